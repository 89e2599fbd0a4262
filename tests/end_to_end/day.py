"""A branch of twelve members and thirty residents, and a clock that steps through its day.

Every word goes through the real turn; timers, digests, the relay and the cards run every five
minutes of the clock. Only the platforms' network is played, and for a while it is busy.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, select

from bot.channels import ApiError, FailureKind, Outgoing, Sent
from handlers.messages import IncomingKind, Reply
from handlers.rules.delivery import notice_of
from handlers.services import digests
from handlers.texts import general
from storage.database import transaction
from storage.models import Appointment, Assignment, Identity, Notice, Order, Person
from storage.sealing import keyed_hash, seal
from storage.vocabulary import AssignmentStatus, NoticeKind, OrderStatus, Platform, Role
from tests import post_office
from tests.factories import OFFICIAL, POLICY, ROSTER, WECOM, World, found
from tests.post_office import FakeChannel
from workers import cards
from workers.delivery import accounts_of, deliver, deliver_bulk
from workers.timers import HANDLERS, fire_due

STEP = timedelta(minutes=5)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=POLICY.timezone)  # a Monday begins
OPENS = timedelta(hours=7, minutes=30)
ENDS = timedelta(hours=33)
AWAY = (timedelta(hours=10, minutes=20), timedelta(hours=10, minutes=40))
"""From when to when either platform says that it is busy."""

DEPUTY = ("吴副书记", "13900000008", "wufushuji", Role.DEPUTY)
ON_WECOM = tuple((f"员{n}", f"137000000{n:02}", f"yuan{n}", Role.MEMBER) for n in range(1, 7))
ON_OFFICIAL = tuple((f"员{n}", f"137000000{n:02}", f"m{n}", Role.MEMBER) for n in range(7, 10))


def _same(at: datetime) -> datetime:
    return at


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something said at a moment of the day, and what must come of it.

    ``who`` is a sender, or stands for one: the resident, somebody who is asked, the holder. ``#``
    in ``said`` is the order's number. ``expected`` is a piece of the answer, or the order's state
    afterwards. With nothing said the state is only looked at.
    """

    at: timedelta
    who: str
    said: str
    expected: str | OrderStatus


@dataclass(slots=True, kw_only=True)
class Story:
    """One order: who reports it, in which words, and what is said about it afterwards."""

    name: str
    at: timedelta
    resident: str
    opening: tuple[str, ...]
    lines: tuple[Line, ...]
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One recipient of a notice that left for a platform, and what was true at that moment.

    ``taps`` are the words of its commands, each with the state of the order that it names.
    """

    at: datetime
    person_id: int
    reader: str
    notice_id: int
    kind: NoticeKind
    order_id: int | None
    written_at: datetime
    taps: tuple[tuple[str, OrderStatus], ...]
    is_offered: bool


@dataclass(slots=True)
class Day:
    """The branch, who spoke when, what was pushed so far, and what the clock did."""

    world: World
    root: Path
    pushes: list[Push] = field(default_factory=list)
    spoken: set[tuple[str, datetime]] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    wecom: FakeChannel = field(init=False)
    official: FakeChannel = field(init=False)

    def __post_init__(self) -> None:
        self.wecom = FakeChannel(
            post_office.WECOM.model_copy(update={"app_id": WECOM}), 1000, self._carry
        )
        self.official = FakeChannel(
            post_office.OFFICIAL.model_copy(update={"app_id": OFFICIAL}), 1, self._carry
        )

    @property
    def engine(self) -> Engine:
        """The database of this day."""
        return self.world.engine

    @property
    def hour(self) -> timedelta:
        """How far the clock is from the midnight at which the day began."""
        return self.world.now - MIDNIGHT

    def say(self, sender: str, text: str) -> Reply:
        """Say something, on WeCom by tapping where it is a member's command about an order."""
        is_tap = sender in _wecom_members() and re.fullmatch(r"(接单|不接|完成) \d+", text)
        incoming = self.world.hear(sender, text)
        if sender in _on_wecom():
            incoming = replace(
                incoming,
                platform=Platform.WECOM,
                app_id=WECOM,
                kind=IncomingKind.TAP if is_tap else IncomingKind.TEXT,
                is_tap=bool(is_tap),
                response_code=f"tapped-{incoming.key}" if is_tap else "",
            )
        reply = self.world.give(incoming)
        assert reply.text or reply.card_note, (sender, text)
        assert general.APOLOGY not in reply.text + reply.card_note, (sender, text)
        self.spoken.add((sender, self.world.now))
        self.counts["said"] += 1
        return reply

    def report(self, story: Story) -> None:
        """Let the resident place the order of a story."""
        for words in story.opening:
            reply = self.say(story.resident, words)
        numbers = re.findall(r"编号 #(\d+)", reply.text)
        assert numbers, (story.name, reply.text)
        story.number = int(numbers[0])

    def play(self, story: Story, line: Line) -> None:
        """Say one line of a story and hold what comes of it against what was expected."""
        answer = ""
        if line.said:
            sender = self._sender(story, line.who)
            reply = self.say(sender, line.said.replace("#", str(story.number)))
            menu = "".join(action.label for action in reply.menu)
            answer = f"{reply.text}{menu}{reply.card_note}"
        where = (story.name, str(line.at), line.who, line.said, answer)
        if isinstance(line.expected, OrderStatus):
            assert self.order(story.number).status is line.expected, where
        else:
            assert line.expected in answer, where

    def tick(self) -> None:
        """Do what the scheduler and the workers do: timers, digests, the relay, the cards."""
        now = self.world.now
        fired = fire_due(self.engine, now=lambda: now, policy=POLICY, handlers=HANDLERS)
        assert fired["failed"] == 0
        with transaction(self.engine) as session:
            self.counts["digests"] += digests.tell(session, now=now)
        channels = {"wecom": self.wecom, "oa": self.official}
        self.counts += fired
        at, postponed = now, 1
        while postponed:  # relays run every ten seconds, and a member gets 15 messages a minute
            sent = deliver(self.engine, channels, root=self.root, now=partial(_same, at))
            sent += deliver_bulk(self.engine, channels, root=self.root, now=partial(_same, at))
            self.counts += sent
            at, postponed = at + timedelta(minutes=1), sent["postponed"]
        self.counts += cards.renew(self.engine, accounts_of(channels), now=lambda: now)

    def order(self, number: int) -> Order:
        """Read an order as it is stored."""
        with transaction(self.engine) as session:
            row = session.get_one(Order, number)
            session.expunge(row)
            return row

    def _sender(self, story: Story, who: str) -> str:
        """Find who is meant: a person, or whoever has that part in the order now."""
        if who == "居民":
            return story.resident
        if who not in _PARTS:
            return _OFFICERS.get(who, who)
        status, is_last = _PARTS[who]
        with transaction(self.engine) as session:
            people = list(
                session.scalars(
                    select(Identity.external_id)
                    .join(Assignment, Assignment.person_id == Identity.person_id)
                    .where(Assignment.order_id == story.number, Assignment.status == status)
                    .order_by(Assignment.id)
                )
            )
        assert people, (story.name, who)
        return people[-1 if is_last else 0]

    def _carry(self, recipients: Sequence[str], outgoing: Outgoing) -> Sent:
        """Play the network; note who is told what, and what is true at this moment."""
        if AWAY[0] <= self.hour < AWAY[1]:
            raise ApiError(-1, "system busy", FailureKind.RETRY)
        with transaction(self.engine) as session:
            notice = session.get_one(Notice, notice_of(outgoing.task_id))
            taps = tuple(
                (words[0], order.status)
                for words in (action.command.split() for action in outgoing.actions)
                if len(words) > 1 and words[1].isdecimal()
                if (order := session.get(Order, int(words[1])))
            )
            offered = set(
                session.scalars(
                    select(Assignment.person_id).where(
                        Assignment.order_id == notice.order_id,
                        Assignment.status == AssignmentStatus.OFFERED,
                    )
                )
            )
            people = session.execute(
                select(Identity.person_id, Identity.external_id).where(
                    Identity.external_id.in_(recipients)
                )
            )
            self.pushes += [
                Push(
                    at=self.world.now,
                    person_id=person,
                    reader=reader,
                    notice_id=notice.id,
                    kind=notice.kind,
                    order_id=notice.order_id,
                    written_at=notice.created_at,
                    taps=taps,
                    is_offered=person in offered,
                )
                for person, reader in people
            ]
        has_card = outgoing.actions and not outgoing.as_text
        return Sent(response_code=outgoing.task_id if has_card else "")


_OFFICERS = {"书记": "chenshuji", "副书记": "wufushuji", "刘主任": "liuzhuren"}
_PARTS = {
    "被问": (AssignmentStatus.OFFERED, False),
    "后问": (AssignmentStatus.OFFERED, True),
    "来办": (AssignmentStatus.ACCEPTED, False),
    "来晚": (AssignmentStatus.LOST, False),
    "不用": (AssignmentStatus.REVOKED, False),
    "退了": (AssignmentStatus.RELEASED, False),
    "没到": (AssignmentStatus.NO_SHOW, False),
    "婉拒": (AssignmentStatus.DECLINED, False),
}


def _on_wecom() -> set[str]:
    return {row[2] for row in (*ROSTER, DEPUTY, *ON_WECOM)}


def _wecom_members() -> set[str]:
    return {row[2] for row in (*ROSTER, *ON_WECOM) if row[3] is Role.MEMBER}


def branch(engine: Engine, root: Path) -> Day:
    """Found the branch on the morning of the day, before anybody has said anything."""
    world = found(engine)
    world.now = MIDNIGHT + OPENS
    enlisted = (DEPUTY, *ON_WECOM, *ON_OFFICIAL)
    with transaction(engine) as session:
        for name, phone, sender, role in enlisted:
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
                    role=role,
                    starts_on=date(2026, 1, 1),
                )
            )
            is_official = sender.startswith("m")
            session.add(
                Identity(
                    platform=Platform.OFFICIAL if is_official else Platform.WECOM,
                    app_id=OFFICIAL if is_official else WECOM,
                    external_id=sender,
                    person_id=person.id,
                )
            )
    return Day(world, root)


def members(day: Day) -> set[int]:
    """Give the members of the branch, who sleep at night."""
    rows = [row for row in ROSTER if row[4] == "b1" and row[3] is Role.MEMBER]
    return {day.world.people[row[0]] for row in (*rows, *ON_WECOM, *ON_OFFICIAL)}
