"""A branch's month on the real jobs of the workers, with their clock moved; only the network plays.

Each line of the script is said at its moment through the real turn. Every job of ``bot.queue``
runs, under the name by which a worker finds it, at the hours at which something may be due.
"""

import base64
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Engine, func, select
from structlog.testing import capture_logs

from bot import queue
from bot.channels import Outgoing, Sent
from bot.config import Community, Settings
from bot.runtime import Runtime
from handlers.messages import Reply
from storage.database import transaction
from storage.models import Appointment, Person, PointEntry
from storage.sealing import keyed_hash, seal
from storage.vocabulary import NoticeKind, Role
from tests.conftest import SECRET_KEY
from tests.end_to_end.day import Day, branch
from tests.factories import POLICY, World, shown

YEAR = 2026
FIRST, LAST = date(YEAR, 11, 8), date(YEAR, 12, 10)
OUTAGE = date(YEAR, 11, 22)  # the day on which members would have been asked
HOURS = (time(8, 31), time(9, 5), time(12, 1), time(18, 2), time(20, 3), time(20, 30), time(22, 30))
NIGHTLY = time(3)
KILLED_AT = datetime(YEAR, 11, 28, 20, 3, tzinfo=POLICY.timezone)
UNBOUND = ("员10", "13700000010")
_MINUTE = timedelta(minutes=1)
_TWICE_EACH = 3  # each so many steps all jobs run twice
_OFFICERS = {"书记": "chenshuji", "刘主任": "liuzhuren"}


_RELAYS = (queue.RELAY, queue.BULK)  # they come last: what a step writes leaves in it


class KilledError(BaseException):
    """What ends a process; no code catches it."""


@dataclass
class Month(Day):
    """A day that lasts for a month; ``numbers`` are those of orders by the names they have here."""

    steps: int = 0
    twice: int = 0
    numbers: dict[str, int] = field(default_factory=dict)
    killed: tuple[str, ...] = ()
    jobs: tuple[tuple[str, ModuleType, str], ...] = ()

    def play_line(self, at: datetime, who: str, said: str, expected: str) -> None:
        """Say a line: ``name = 报事 …`` names the order that comes of it, ``{name}`` its number."""
        self.world.now = at
        sender = _OFFICERS.get(who, who)
        name, is_opening, words = said.rpartition(" = ")
        reply = self.say(sender, words.format(**self.numbers, **self.first_lines()))
        if is_opening:
            reply = self.say(sender, "1")
            found = re.search(r"#(\d+)", reply.text)
            assert found, (at, who, said, _whole(reply))
            self.numbers[name] = int(found[1])
        assert expected in _whole(reply), (at, who, said, _whole(reply))

    def first_lines(self) -> dict[str, int]:
        """Give the number of the first line of points of everybody who has one, by name."""
        statement = select(PointEntry.person_id, func.min(PointEntry.id)).group_by(
            PointEntry.person_id
        )
        with transaction(self.engine) as session:
            first = {person: number for person, number in session.execute(statement)}  # noqa: C416 (rows are not pairs to mypy)
        return {name: first[who] for name, who in self.world.people.items() if who in first}

    def step(self, at: datetime, *, is_nightly: bool = False) -> None:
        """Run every job as a worker does; in some steps all of them run twice."""
        self.world.now = at
        self.steps += 1
        again = self.steps % _TWICE_EACH == 0
        self.twice += again
        for _ in range(1 + again):
            for name, module, function in self.jobs:
                if is_nightly or name not in queue.NIGHTLY:
                    self._run(module, function)

    def _run(self, module: ModuleType, function: str) -> None:
        with capture_logs() as lines, suppress(KilledError):
            getattr(module, function)()
        failed = [line for line in lines if line["log_level"] in {"error", "critical"}]
        assert not failed, (self.world.now, function, failed)
        for line in lines:
            assert not line.get("failed"), (self.world.now, function, line)

    def _carry(self, recipients: Sequence[str], outgoing: Outgoing) -> Sent:
        """Play the network; once the process dies when a reminder is out and not recorded."""
        sent = super()._carry(recipients, outgoing)
        if (
            self.world.now == KILLED_AT
            and not self.killed
            and outgoing.purpose is NoticeKind.HOME_DAY
        ):
            self.killed = tuple(recipients)
            raise KilledError
        return sent


def _whole(reply: Reply) -> str:
    return f"{shown(reply)}{reply.card_note}"


def moment(text: str) -> datetime:
    """Read ``11-09 09:10`` on the community's clock."""
    return datetime.strptime(f"{YEAR}-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=POLICY.timezone)


def at(day: date, hour: time) -> datetime:
    """Give an instant of the community's clock."""
    return datetime.combine(day, hour, POLICY.timezone)


def found(engine: Engine, root: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Month:
    """Found the branch three weeks before its home day, and give the jobs its runtime."""
    world = branch(engine, root).world
    world.now = at(FIRST, time(8))
    _enlist_unbound(world)
    month = Month(world, root)
    channels = {"wecom": month.wecom, "oa": month.official}
    settings = Settings.model_validate(
        {
            "config": Path("unused.toml"),
            "data_dir": root,
            "secret_key": base64.b64encode(SECRET_KEY).decode(),
            "community": Community(name=POLICY.community),
            "accounts": tuple(channel.account for channel in channels.values()),
        }
    )
    runtime = Runtime(
        settings=settings,
        engine=engine,
        channels=channels,
        redis=queue.connect(redis_url),
        clock=lambda: world.now,
    )
    jobs = []
    for name in sorted(queue.JOBS, key=_RELAYS.__contains__):
        path, _, function = name.rpartition(".")
        module = import_module(path)
        monkeypatch.setattr(module, "current", lambda: runtime)
        jobs.append((name, module, function))
    month.jobs = tuple(jobs)
    return month


def _enlist_unbound(world: World) -> None:
    name, phone = UNBOUND
    with transaction(world.engine) as session:
        person = Person(
            name=name,
            phone_sealed=seal(phone),
            phone_hash=keyed_hash(phone),
            created_at=world.now,
        )
        session.add(person)
        session.flush()
        world.people[name] = person.id
        session.add(
            Appointment(
                person_id=person.id,
                organisation_id=world.organisations["b1"],
                role=Role.MEMBER,
                starts_on=date(YEAR, 1, 1),
            )
        )


def clock(script: Sequence[tuple[str, str, str, str]]) -> list[tuple[datetime, int | None]]:
    """Order the month: script lines by their place in it, and None where the jobs run.

    After whatever is said the jobs run a minute later; on the day of the outage they never do.
    """
    said = [(moment(line[0]), number) for number, line in enumerate(script)]
    after = {when + _MINUTE for when, _ in said}
    days = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    by_hour = {at(day, hour) for day in days for hour in (NIGHTLY, *HOURS)}
    runs = [when for when in after | by_hour if when.date() != OUTAGE]
    return sorted([*said, *((when, None) for when in runs)], key=lambda each: each[0])
