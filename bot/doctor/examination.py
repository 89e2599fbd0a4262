"""``jinlin doctor``: every look in its order, and which of them need what others found."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.clock import MovedClock, utc_now
from bot.config import Account, Settings
from bot.doctor import (
    apps,
    callback,
    community,
    databases,
    findings,
    limits,
    machine,
    official,
    platforms,
    processes,
    published,
    reading,
    received,
)
from bot.doctor.findings import Finding, State, fault, skipped
from bot.doctor.looks import taken
from bot.doctor.probe import Prober
from handlers.texts import doctor as texts
from handlers.texts import doctor_callback, doctor_community, doctor_machine, doctor_platforms
from storage import database, sealing
from storage.vocabulary import Platform

Clock = Callable[[], datetime]


class RequestError(Exception):
    """Raised when the options ask for what is not there; ``line`` says so."""

    def __init__(self, line: str) -> None:
        super().__init__("bad option")
        self.line = line


def run(say: Callable[[str], None], *, account: str, url: str) -> bool:
    """Look at everything and say each finding as it comes; give whether nothing is wrong.

    Args:
        say: takes a line.
        account: the name of the only account to look at; empty for all.
        url: where the platforms find us; empty to leave that out.

    Raises:
        RequestError: no such account, or no such address.
    """
    site = callback.site_of(url) if url else None
    if url and site is None:
        raise RequestError(texts.BAD_URL)
    settings, found = reading.read()
    if settings is not None:
        names = [each.name for each in settings.accounts]
        if account and account not in names:
            raise RequestError(texts.unknown_account(account, names))
        chosen = [each for each in settings.accounts if account in {"", each.name}]
        rest = examine(settings, chosen, site)
    else:
        rest = iter((skipped(texts.REST, texts.SETTINGS),))
    every: list[Finding] = []
    for group in (found, rest):
        for finding in group:
            every.append(finding)
            for line in findings.lines(finding):
                say(line)
    say(findings.summary(every))
    return findings.is_sound(every)


def examine(
    settings: Settings,
    accounts: Sequence[Account],
    site: callback.Site | None = None,
    *,
    wall: Clock = utc_now,
) -> Iterator[Finding]:
    """Look at all that the settings name; sets the process's sealing key.

    Args:
        settings: have been read without a fault.
        accounts: those of them to look at.
        site: where the platforms find us.
        wall: this machine's clock.
    """
    sealing.set_key(settings.secret_key)
    yield from machine.look(settings)
    now = _clock_of(settings, wall)
    engine = databases.open_read_only(settings)
    try:
        found = taken(doctor_machine.DATABASE, lambda: databases.look(settings, engine, wall()))
        yield from found
        redis = processes.connect(settings)
        yield from _running(redis, wall)
        yield from _stored(settings, accounts, engine, now, is_usable=findings.is_sound(found))
    finally:
        engine.dispose()
    for account in accounts:
        yield from _account(settings, account, now)
    if site is not None:
        yield from _outside(site, accounts, now, wall)


def _clock_of(settings: Settings, wall: Clock) -> Clock:
    """Give the clock that the service has."""
    return wall if settings.clock_file is None else MovedClock(settings.clock_file, wall=wall)


def _running(redis: Redis, wall: Clock) -> Iterator[Finding]:
    looks: Sequence[tuple[str, Callable[[], Iterable[Finding]]]] = (
        (doctor_machine.WORKER, lambda: processes.look_at_workers(redis, wall())),
        (doctor_machine.SCHEDULER, lambda: processes.look_at_scheduler(redis, wall())),
        (doctor_machine.QUEUES, lambda: processes.look_at_queues(redis)),
    )
    found = taken(doctor_machine.REDIS, lambda: processes.look_at_redis(redis))
    yield from found
    is_usable = findings.is_sound(found)
    for name, look in looks:
        if not is_usable:
            yield skipped(name, doctor_machine.REDIS)
            continue
        try:
            yield from taken(name, look)
        except RedisError:
            yield fault(name, doctor_machine.REDIS_ERROR, setting="JINLIN_REDIS_URL")
    redis.close()


def _stored(
    settings: Settings,
    accounts: Sequence[Account],
    engine: Engine,
    now: Clock,
    *,
    is_usable: bool,
) -> Iterator[Finding]:
    """Look at what the database holds."""
    at = now()
    today = settings.policy.today(at)
    looks: Sequence[tuple[str, Callable[[Session], Iterable[Finding]]]] = (
        (doctor_machine.KEY, databases.look_at_key),
        (doctor_machine.DELIVERIES, lambda session: processes.look_at_work(session, at)),
        (doctor_platforms.RECEIVING, lambda session: received.look(session, accounts, at)),
        (doctor_platforms.ALERTS, lambda session: received.look_at_alerts(session, accounts, at)),
        (doctor_community.ROSTER, lambda session: community.look(session, settings, today=today)),
    )
    for name, look in looks:
        if not is_usable:
            yield skipped(name, doctor_machine.DATABASE)
            continue
        try:
            yield from taken(name, partial(_in_session, engine, look))
        except SQLAlchemyError:
            advice = doctor_machine.DATABASE_SLOW
            yield fault(name, advice, setting="JINLIN_DATABASE_URL")


def _in_session(engine: Engine, look: Callable[[Session], Iterable[Finding]]) -> list[Finding]:
    with database.transaction(engine) as session:
        return list(look(session))


def _account(settings: Settings, account: Account, now: Clock) -> Iterator[Finding]:
    access = platforms.Access(account, Prober())
    api = access.name(doctor_platforms.API)
    yield from taken(api, lambda: platforms.look(access, now))
    is_official = account.platform is Platform.OFFICIAL
    name = access.name(doctor_platforms.KIND if is_official else doctor_platforms.APP)
    menu = access.name(doctor_platforms.MENU)
    if not access.has_token:
        for each in (name, menu):
            yield skipped(each, access.name(doctor_platforms.TOKEN))
        return
    look = official.look if is_official else apps.look
    try:
        found = taken(name, lambda: look(access))
        yield from found
        if findings.is_sound(finding for finding in found if finding.name == name):
            yield from taken(menu, lambda: published.look(access, settings.menu))
        else:
            yield skipped(menu, name)
    except platforms.OutOfOrderError as error:
        yield error.finding


def _outside(
    site: callback.Site, accounts: Sequence[Account], now: Clock, wall: Clock
) -> Iterator[Finding]:
    prober = Prober()
    found = taken(doctor_callback.SITE, lambda: callback.look_at_site(site, prober, wall()))
    yield from found
    is_reachable = all(
        finding.state is not State.FAULT or finding.name != doctor_callback.SITE
        for finding in found
    )
    seconds = limits.LOOK_SECONDS * len(accounts)
    yield from taken(
        doctor_callback.CALLBACK,
        lambda: callback.look_at_accounts(site, accounts, prober, now, is_reachable=is_reachable),
        seconds=seconds,
    )
