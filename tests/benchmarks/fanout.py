"""Measure one notice to very many people: through the real relay, to a stand-in over real HTTP.

Run it as ``python -m tests.benchmarks.fanout``; the README beside it says what it does and shows
figures. The relay and the stand-in are processes of their own; both end by themselves.
"""

import argparse
import multiprocessing
import os
import platform
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import Engine, Table, func, insert, select

from bot.channels.factory import open_channel
from bot.config import Account, Community
from bot.embedded import free_port
from storage import database, notices, sealing
from storage.models import Delivery, Identity, Person
from storage.notices import Draft
from storage.vocabulary import DeliveryStatus, NoticeKind, Platform
from tests import post_office, servers
from tests.benchmarks import fanout_platform
from tests.benchmarks.fanout_platform import REFUSES_EVERY, Seen
from workers.delivery import deliver_bulk

_SECRET_KEY = bytes(range(32))
_AT_ONCE = 5_000
_ROWS = (("wecom", 4_458), ("wecom", 225_000), ("official", 47_000))
_HEAD = (
    "| database | platform | people | latency ms | seconds | people/s | calls | sent | listed "
    "| twice | missed | peak MB |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)


@dataclass(frozen=True, slots=True)
class Run:
    """What the relay's process measured of itself."""

    seconds: float
    peak_megabytes: float
    is_over: bool


def main() -> None:
    """Measure what was asked for and print a Markdown table; status 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.fanout")
    parser.add_argument("--platform", nargs="+", choices=("wecom", "official"))
    parser.add_argument("--people", type=int, nargs="+", help="instead of the usual sizes")
    parser.add_argument(
        "--database", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"]
    )
    parser.add_argument("--latency", type=float, default=50.0, help="of each call, in ms")
    parser.add_argument("--most-seconds", type=float, default=600.0, help="of each row")
    asked = parser.parse_args()
    sizes = [
        (name, people)
        for name, usual in _ROWS
        if name in (asked.platform or {name})
        for people in (asked.people or [usual])
    ]
    _say(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"load average {os.getloadavg()[0]:.1f} before the first row\n\n{_HEAD}"
    )
    rows = [(kind, *size) for kind in asked.database for size in dict.fromkeys(sizes)]
    is_right = [_row(*row, asked.latency, asked.most_seconds) for row in rows]
    if not all(is_right):
        sys.exit(1)


def _row(kind: str, name: str, people: int, latency: float, most_seconds: float) -> bool:
    """Measure one row and print it; says whether everybody was accounted for."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(TemporaryDirectory(prefix="jinlin-fanout-")))
        url = stack.enter_context(_database(kind, home))
        port, parent = stack.enter_context(_platform(latency / 1000))
        engine = database.connect(url)
        sealing.set_key(_SECRET_KEY)
        _write(engine, Platform(name), people)
        run = _relayed(url, port, home, most_seconds)
        parent.send("enough")
        seen: Seen = parent.recv()
        sent, listed = _told(engine)
        engine.dispose()
    twice = sum(count - 1 for count in seen.got.values())
    missed = people - sent - listed
    _say(
        f"| {kind} | {name} | {people:,} | {latency:.0f} | {run.seconds:,.1f} "
        f"| {people / run.seconds:,.0f} | {seen.calls:,} | {sent:,} | {listed:,} "
        f"| {twice:,} | {missed:,} | {run.peak_megabytes:,.0f} |"
    )
    refused = people // REFUSES_EVERY
    return (run.is_over, len(seen.got), sent, listed, twice) == (
        True, people - refused, people - refused, refused, 0,
    )  # fmt: skip


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def _database(kind: str, home: Path) -> Iterator[str]:
    """Make a database of this row alone; PostgreSQL with its durable defaults."""
    if kind == "sqlite":
        url = f"sqlite:///{home / 'jinlin.db'}"
        database.migrate(url)
        yield url
        return
    with servers.postgres() as server:
        if "JINLIN_TEST_POSTGRES_URL" not in os.environ:
            servers.execute(server, "ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()")
        name = f"jinlin_fanout_{os.getpid()}"
        servers.execute(server, f"CREATE DATABASE {name}")
        try:
            url = servers.with_database(server, name)
            database.migrate(url)
            yield url
        finally:
            servers.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _platform(latency: float) -> Iterator[tuple[int, Connection]]:
    """Start the stand-in; it gives what it has seen when it is told that it is enough."""
    spawn = multiprocessing.get_context("spawn")
    parent, child = spawn.Pipe()
    port = free_port()
    process = spawn.Process(target=fanout_platform.serve, args=(port, latency, child), daemon=True)
    process.start()
    parent.recv()  # it listens
    try:
        yield port, parent
    finally:
        process.terminate()
        process.join()


def _write(engine: Engine, where: Platform, people: int) -> None:
    """Store people with an address each, the long window open, and one notice to all of them."""
    now = datetime.now(UTC)
    app_id = "corp" if where is Platform.WECOM else "wx"
    persons, identities = (cast("Table", each.__table__) for each in (Person, Identity))
    for first in range(1, people + 1, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, people + 1))
        with database.transaction(engine) as session:
            blank = {"skills": "", "prefers_text": False, "created_at": now}
            session.execute(insert(persons), [{"id": each, **blank} for each in numbers])
            address = {"platform": where, "app_id": app_id, "messaged_at": now}
            usual = {"message_sends": 0, "tap_sends": 0, "is_following": True}
            session.execute(
                insert(identities),
                [
                    {"person_id": each, "external_id": f"u{each}", **address, **usual}
                    for each in numbers
                ],
            )
    reminder = Draft(
        kind=NoticeKind.HOME_DAY,
        title="Home day",
        text="Tomorrow at nine",
        is_bulk=True,
        recipients=tuple(range(1, people + 1)),
    )
    with database.transaction(engine) as session:
        notices.add(session, [reminder], now=now)


def _relayed(url: str, port: int, home: Path, most_seconds: float) -> Run:
    """Let a process relay until nothing is due, or for as long as it may take."""
    spawn = multiprocessing.get_context("spawn")
    parent, child = spawn.Pipe()
    process = spawn.Process(target=relay, args=(url, port, home, most_seconds, child), daemon=True)
    process.start()
    run: Run = parent.recv()
    process.join()
    return run


def relay(url: str, port: int, home: Path, most_seconds: float, results: Connection) -> None:
    """Do what the bulk job does at one tick after another."""
    sealing.set_key(_SECRET_KEY)
    engine = database.connect(url)
    nowhere = Redis(port=1, retry=Retry(NoBackoff(), 0))
    here = {"api_base_url": f"http://127.0.0.1:{port}"}
    accounts = [
        Account.model_validate(each.model_dump() | here)
        for each in (post_office.WECOM, post_office.OFFICIAL)
    ]
    community = Community(name="bench")
    channels = {each.name: open_channel(each, nowhere, community=community) for each in accounts}
    begun = time.monotonic()
    while (is_due := _is_due(engine)) and time.monotonic() < begun + most_seconds:
        deliver_bulk(engine, channels, root=home, now=lambda: datetime.now(UTC))
    seconds = time.monotonic() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    engine.dispose()
    results.send(Run(seconds, peak, is_over=not is_due))


def _is_due(engine: Engine) -> bool:
    due = select(func.count()).where(
        Delivery.status == DeliveryStatus.DUE,
        Delivery.due_at <= datetime.now(UTC) + timedelta(seconds=1),
    )
    with database.transaction(engine) as session:
        return bool(session.scalar(due))


def _told(engine: Engine) -> tuple[int, int]:
    """Count who has it, and who is listed as not reached."""
    with database.transaction(engine) as session:
        rows = session.execute(select(Delivery.status, func.count()).group_by(Delivery.status))
        counts = Counter({row[0]: row[1] for row in rows})
    listed = counts[DeliveryStatus.PENDING] + counts[DeliveryStatus.FAILED]
    return counts[DeliveryStatus.SENT], listed


if __name__ == "__main__":
    main()
