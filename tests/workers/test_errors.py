"""Every error code of the platforms: what the reader gets, the operator sees, and is retried.

The tables are the specification (PLATFORM.md A10 and B7); the relay is run against each row.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

from bot.channels import Channel, FailureKind, Sent
from bot.channels.failures import TABLES
from bot.config import Template
from handlers import turn
from handlers.messages import Incoming, IncomingKind
from storage import alerts
from storage.alerts import Raised
from storage.database import transaction
from storage.models import Appointment, Person
from storage.vocabulary import AlertKind, DeliveryStatus, NoticeKind, Platform, Role
from tests.factories import POLICY
from tests.post_office import (
    NOW,
    OFFICIAL,
    TAKE,
    WECOM,
    Answer,
    Clock,
    FakeChannel,
    add_organisation,
    add_person,
    draft,
    fails,
    post,
    rows,
)
from workers.delivery import deliver

DONE = NoticeKind.ORDER_DONE
TITLE = "#12 楼道灯修好了"


class Next(StrEnum):
    """What becomes of a notice that met the code."""

    AGAIN = "the same way ten seconds later"
    TOMORROW = "the same way on the account's next day"
    TEMPLATE = "as a template message at once"
    OFFICIAL = "through the official account at once"
    REPLY = "heads the reader's next passive reply"


AGAIN, TOMORROW, REPLY = Next.AGAIN, Next.TOMORROW, Next.REPLY
BY_TEMPLATE, BY_OFFICIAL = Next.TEMPLATE, Next.OFFICIAL
SETTINGS, RIGHTS = AlertKind.MISCONFIGURED, AlertKind.UNAUTHORISED
CONTENT, DAY = AlertKind.REFUSED, AlertKind.QUOTA


@dataclass(frozen=True)
class Row:
    """One code.

    Attributes:
        pushed: what becomes of a message that met it, to a reader who can be reached another way.
        alone: of the last link of the chain: a template message, a member without WeChat.
        told: under which heading the operator finds it; None: nothing to do.
    """

    code: int
    pushed: Next
    alone: Next
    told: AlertKind | None = None


A10 = (
    Row(-1, AGAIN, AGAIN),
    Row(40001, AGAIN, AGAIN),
    Row(40003, REPLY, REPLY),
    Row(40007, REPLY, REPLY, CONTENT),
    Row(40013, AGAIN, AGAIN, SETTINGS),
    Row(40014, AGAIN, AGAIN),
    Row(40037, BY_TEMPLATE, REPLY, RIGHTS),
    Row(40125, AGAIN, AGAIN, SETTINGS),
    Row(40163, REPLY, REPLY, CONTENT),
    Row(40164, AGAIN, AGAIN, SETTINGS),
    Row(40200, BY_TEMPLATE, REPLY, RIGHTS),
    Row(40243, AGAIN, AGAIN, SETTINGS),
    Row(41001, REPLY, REPLY, CONTENT),
    Row(41030, REPLY, REPLY, CONTENT),
    Row(42001, AGAIN, AGAIN),
    Row(43004, REPLY, REPLY),
    Row(43019, REPLY, REPLY),
    Row(43101, REPLY, REPLY),
    Row(45002, REPLY, REPLY, CONTENT),
    Row(45009, BY_TEMPLATE, TOMORROW, DAY),
    Row(45011, AGAIN, AGAIN),
    Row(45015, BY_TEMPLATE, REPLY),
    Row(45047, BY_TEMPLATE, REPLY),
    Row(47001, REPLY, REPLY, CONTENT),
    Row(47003, REPLY, REPLY, CONTENT),
    Row(48001, BY_TEMPLATE, REPLY, RIGHTS),
    Row(48002, REPLY, REPLY),
    Row(48004, BY_TEMPLATE, REPLY, RIGHTS),
    Row(48006, BY_TEMPLATE, TOMORROW, DAY),
    Row(50002, BY_TEMPLATE, REPLY, RIGHTS),
    Row(50005, REPLY, REPLY),
    Row(89503, AGAIN, AGAIN, SETTINGS),
)
B7 = (
    Row(-1, AGAIN, AGAIN),
    Row(40001, AGAIN, AGAIN),
    Row(40003, BY_OFFICIAL, REPLY),
    Row(40007, BY_OFFICIAL, REPLY, CONTENT),
    Row(40013, AGAIN, AGAIN, SETTINGS),
    Row(40014, AGAIN, AGAIN),
    Row(40056, AGAIN, AGAIN, SETTINGS),
    Row(40058, BY_OFFICIAL, REPLY, CONTENT),
    Row(40091, AGAIN, AGAIN, SETTINGS),
    Row(41001, BY_OFFICIAL, REPLY, CONTENT),
    Row(41016, BY_OFFICIAL, REPLY, CONTENT),
    Row(42001, AGAIN, AGAIN),
    Row(42014, BY_OFFICIAL, REPLY, CONTENT),
    Row(44004, BY_OFFICIAL, REPLY, CONTENT),
    Row(45002, BY_OFFICIAL, REPLY, CONTENT),
    Row(45009, AGAIN, AGAIN),
    Row(45033, AGAIN, AGAIN),
    Row(48002, BY_OFFICIAL, REPLY, RIGHTS),
    Row(50001, AGAIN, AGAIN, SETTINGS),
    Row(50002, BY_OFFICIAL, REPLY),
    Row(50003, AGAIN, AGAIN, SETTINGS),
    Row(60011, BY_OFFICIAL, REPLY, RIGHTS),
    Row(60020, AGAIN, AGAIN, SETTINGS),
    Row(60111, BY_OFFICIAL, REPLY),
    Row(81013, BY_OFFICIAL, REPLY),
    Row(82001, BY_OFFICIAL, REPLY),
    Row(301002, AGAIN, AGAIN, SETTINGS),
    Row(830002, BY_OFFICIAL, REPLY, CONTENT),
)

Position = Literal["pushed", "alone"]
CASES = [
    pytest.param(platform, row, position, id=f"{platform} {row.code} {position}")
    for platform, table in ((Platform.OFFICIAL, A10), (Platform.WECOM, B7))
    for row in table
    for position in ("pushed", "alone")
]
DUE_AT = {
    AGAIN: NOW + timedelta(seconds=10),
    # Five minutes after midnight in Shanghai.
    TOMORROW: datetime(2026, 11, 21, 16, 5, tzinfo=UTC),
}


class Town:
    """A branch with its secretary and one reader, and both platforms' networks."""

    def __init__(self, engine: Engine, root: Path) -> None:
        self.clock = Clock()
        self.wecom = FakeChannel(WECOM, batch_size=1000)
        self.official = FakeChannel(
            OFFICIAL.model_copy(update={"templates": {DONE: Template(id="t1")}})
        )
        self._engine = engine
        self._root = root
        with transaction(engine) as session:
            self.branch = add_organisation(session).id
            secretary = add_person(session, wecom="secretary", name="陈书记")
            session.add(
                Appointment(
                    person_id=secretary,
                    organisation_id=self.branch,
                    role=Role.SECRETARY,
                    starts_on=date(2026, 1, 1),
                )
            )

    def reader(self, *, wecom: str = "", official: str = "", has_written: bool = False) -> int:
        with transaction(self._engine) as session:
            messaged_at = NOW if has_written else None
            added = add_person(
                session, wecom=wecom, official=official, name="王阿姨", messaged_at=messaged_at
            )
            person = session.get_one(Person, added)
            person.home_id = self.branch
            return added

    def run(self) -> None:
        channels: dict[str, Channel] = {"wecom": self.wecom, "oa": self.official}
        deliver(self._engine, channels, root=self._root, now=self.clock)

    def say(self, platform: Platform, sender: str, text: str) -> str:
        """Say something and give the passive reply's text."""
        said = Incoming(
            platform=platform,
            app_id="wx" if platform is Platform.OFFICIAL else "corp",
            sender=sender,
            key=f"{sender}:{text}",
            kind=IncomingKind.TEXT,
            text=text,
            received_at=self.clock.at,
        )
        return turn.many(self._engine, [said], policy=POLICY, now=self.clock.at)[0].reply.text

    def alerts(self) -> list[Raised]:
        with transaction(self._engine) as session:
            return alerts.recent(session, NOW - timedelta(days=1))


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Town:
    return Town(engine, tmp_path)


def prepared(town: Town, platform: Platform, position: Position, answer: Answer) -> int:
    """Find a reader whom the notice reaches by the call that answers so."""
    if platform is Platform.WECOM:
        town.wecom.answer = answer
        if position == "alone":
            return town.reader(wecom="w1")
        return town.reader(wecom="w1", official="o1", has_written=True)
    if position == "alone":
        town.official.template = answer
        return town.reader(official="o1")
    town.official.answer = answer
    return town.reader(official="o1", has_written=True)


def test_every_code_stands_in_the_table_and_only_those() -> None:
    for platform, table in ((Platform.OFFICIAL, A10), (Platform.WECOM, B7)):
        codes = Counter(row.code for row in table)
        assert set(codes) == set(TABLES[platform])
        assert set(codes.values()) == {1}


@pytest.mark.parametrize(("platform", "row", "position"), CASES)
def test_a_code_means_what_the_table_says(
    engine: Engine, town: Town, platform: Platform, row: Row, position: Position
) -> None:
    expected: Next = row.pushed if position == "pushed" else row.alone
    kind = TABLES[platform][row.code]
    person = prepared(town, platform, position, fails(kind, row.code))
    post(engine, draft(person, kind=DONE, title=TITLE, actions=[TAKE]))
    with capture_logs() as logged:
        town.run()

    assert [(each.app_id, each.kind, each.code, each.count) for each in town.alerts()] == (
        [(_app(platform), row.told, str(row.code), 1)] if row.told else []
    )
    assert [(line["account"], line["code"]) for line in logged if line["log_level"] == "error"] == (
        [(_name(platform), row.code)] if row.told else []
    )
    _check_delivery(engine, platform, row, expected)
    listed = town.say(Platform.WECOM, "secretary", "未送达")
    assert (f"王阿姨：{TITLE}" in listed) == (expected not in {BY_TEMPLATE, BY_OFFICIAL})
    if expected in DUE_AT:
        _check_retry(engine, town, platform, position, DUE_AT[expected])
    if expected is REPLY:
        reader = "o1" if platform is Platform.OFFICIAL else "w1"
        assert town.say(platform, reader, "你好").startswith(TITLE)
        assert _status(engine) is DeliveryStatus.SENT


def _check_delivery(engine: Engine, platform: Platform, row: Row, expected: Next) -> None:
    """Say where the notice stands after the one run that met the code."""
    (delivery,) = rows(engine)
    word = "over quota" if row.told is DAY else str(row.code)
    assert delivery.failure == f"{platform} {word}"
    match expected:
        case Next.AGAIN | Next.TOMORROW:
            assert delivery.status is DeliveryStatus.DUE
            assert delivery.due_at == DUE_AT[expected]
        case Next.TEMPLATE:
            assert (delivery.status, delivery.receipt) == (DeliveryStatus.SENT, "1")
        case Next.OFFICIAL:
            assert delivery.status is DeliveryStatus.SENT
            assert delivery.channel is Platform.OFFICIAL
        case Next.REPLY:
            assert delivery.status is DeliveryStatus.PENDING


def _check_retry(
    engine: Engine, town: Town, platform: Platform, position: Position, due_at: datetime
) -> None:
    """Let the platform work again: nothing goes out early, and then the same way."""
    made = _calls(town)
    town.wecom.answer = town.official.answer = lambda _, __: Sent()
    town.official.template = lambda _, __: Sent(receipt="1")
    town.clock.at = due_at - timedelta(seconds=1)
    town.run()
    assert _calls(town) == made
    town.clock.at = due_at
    town.run()
    (delivery,) = rows(engine)
    assert (delivery.status, delivery.channel) == (DeliveryStatus.SENT, platform)
    assert bool(delivery.receipt) == (platform is Platform.OFFICIAL and position == "alone")


def _calls(town: Town) -> int:
    return len(town.wecom.sent) + len(town.official.sent) + len(town.official.templates)


def _status(engine: Engine) -> DeliveryStatus:
    return rows(engine)[0].status


def _app(platform: Platform) -> str:
    return OFFICIAL.app_id if platform is Platform.OFFICIAL else WECOM.app_id


def _name(platform: Platform) -> str:
    return OFFICIAL.name if platform is Platform.OFFICIAL else WECOM.name


@pytest.mark.parametrize("word", ["invaliduser", "unlicenseduser"])
@pytest.mark.parametrize("has_official", [True, False])
def test_whom_wecom_names_as_skipped_is_told_another_way(
    engine: Engine, town: Town, word: str, *, has_official: bool
) -> None:
    position: Position = "pushed" if has_official else "alone"
    skipped = lambda _, __: Sent(failures={"w1": word})  # noqa: E731 (a network in a line)
    person = prepared(town, Platform.WECOM, position, skipped)
    post(engine, draft(person, kind=DONE, title=TITLE))
    town.run()
    (delivery,) = rows(engine)
    assert delivery.failure == f"wecom {word}"
    listed = town.say(Platform.WECOM, "secretary", "未送达")
    assert (TITLE in listed) == (delivery.status is DeliveryStatus.PENDING) == (not has_official)
    assert town.alerts() == []


def test_a_code_of_neither_table_is_a_refusal_that_the_operator_hears_of(
    engine: Engine, town: Town
) -> None:
    person = prepared(town, Platform.WECOM, "alone", fails(FailureKind.REFUSED, 99999))
    post(engine, draft(person, kind=DONE, title=TITLE))
    town.run()
    assert _status(engine) is DeliveryStatus.PENDING
    assert [(each.kind, each.code) for each in town.alerts()] == [(CONTENT, "99999")]
