"""A small community in the database, and people who talk to it: what most tests begin with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from handlers import turn
from handlers.context import Policy
from handlers.messages import Incoming, IncomingKind, Reply
from storage.database import transaction
from storage.models import Appointment, Delivery, Identity, Notice, Organisation, Person
from storage.sealing import keyed_hash, seal
from storage.vocabulary import OrganisationKind, Platform, Role

POLICY = Policy(community="近邻社区", timezone=ZoneInfo("Asia/Shanghai"))
NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
OFFICIAL = "wx0000000000000001"
WECOM = "ww0000000000000001"

TREE = (
    ("c1", "近邻社区", OrganisationKind.COMMUNITY, None),
    ("b1", "第一支部", OrganisationKind.BRANCH, "c1"),
    ("e1", "阳光小区", OrganisationKind.ESTATE, "b1"),
    ("e1-1", "1栋", OrganisationKind.BUILDING, "e1"),
    ("e1-2", "2栋", OrganisationKind.BUILDING, "e1"),
    ("e1-3", "3栋", OrganisationKind.BUILDING, "e1"),
    ("e1-3-1", "1单元", OrganisationKind.UNIT, "e1-3"),
    ("e1-3-2", "2单元", OrganisationKind.UNIT, "e1-3"),
    ("b2", "第二支部", OrganisationKind.BRANCH, "c1"),
    ("e2", "和谐小区", OrganisationKind.ESTATE, "b2"),
    ("e2-3", "3栋", OrganisationKind.BUILDING, "e2"),
)
ROSTER = (
    ("陈书记", "13900000001", "chenshuji", Role.SECRETARY, "b1"),
    ("张三", "13900000002", "zhangsan", Role.MEMBER, "b1"),
    ("李四", "13900000003", "lisi", Role.MEMBER, "b1"),
    ("赵敏", "13900000004", "zhaomin", Role.MEMBER, "b1"),
    ("孙书记", "13900000005", "sunshuji", Role.SECRETARY, "b2"),
    ("周八", "13900000006", "zhouba", Role.MEMBER, "b2"),
    ("刘主任", "13900000007", "liuzhuren", Role.COMMUNITY_WORKER, "c1"),
)


@dataclass(slots=True)
class World:
    """A community and a clock; people speak through it as the platforms would deliver them."""

    engine: Engine
    organisations: dict[str, int]
    people: dict[str, int]
    now: datetime = NOON
    policy: Policy = POLICY
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def later(self, **span: float) -> None:
        """Move the clock."""
        self.now += timedelta(**span)

    def hear(
        self,
        sender: str,
        text: str = "",
        *,
        kind: IncomingKind = IncomingKind.TEXT,
        is_tap: bool = False,
        scene: str = "",
        response_code: str = "",
        key: str | None = None,
    ) -> Incoming:
        """Make a message; whoever is in the roster writes from WeCom, all others do not."""
        on_wecom = sender in {userid for _, _, userid, _, _ in ROSTER}
        app_id = WECOM if on_wecom else OFFICIAL
        return Incoming(
            platform=Platform.WECOM if on_wecom else Platform.OFFICIAL,
            app_id=app_id,
            sender=sender,
            key=key or f"{app_id}:{sender}:{next(self._ids)}",
            kind=kind,
            text=text,
            received_at=self.now,
            is_tap=is_tap,
            scene=scene,
            response_code=response_code,
        )

    def say(self, sender: str, text: str, *, is_tap: bool = False) -> Reply:
        """Say something and give the whole reply."""
        return self.give(self.hear(sender, text, is_tap=is_tap))

    def press(self, sender: str, command: str) -> Reply:
        """Tap a button of a WeCom card."""
        return self.give(
            self.hear(sender, command, kind=IncomingKind.TAP, is_tap=True, response_code="code")
        )

    def report(self, sender: str, matter: str) -> int:
        """Report a matter that names its building, and give the number of the order."""
        self.say(sender, f"报事 {matter}")
        numbers = re.findall(r"#(\d+)", self.say(sender, "1").text)
        return int(numbers[0])

    def give(self, incoming: Incoming) -> Reply:
        """Hand a message in and give the reply."""
        return turn.many(self.engine, [incoming], policy=self.policy, now=self.now)[0].reply

    def news_of(self, name: str) -> list[str]:
        """Give what notices tell a person of the roster, oldest first, title and text."""
        return self.news_for(self.people[name])

    def news_for(self, person_id: int) -> list[str]:
        """Give what notices tell a person, oldest first, title and text."""
        with transaction(self.engine) as session:
            rows = session.execute(
                select(Notice.title, Notice.text)
                .join(Delivery, Delivery.notice_id == Notice.id)
                .where(Delivery.person_id == person_id)
                .order_by(Delivery.id)
            )
            return [f"{title}\n{text}" for title, text in rows]

    def person_behind(self, sender: str) -> int:
        """Give the person that an identity stands for."""
        with transaction(self.engine) as session:
            return session.execute(
                select(Identity.person_id).where(Identity.external_id == sender)
            ).scalar_one()


def shown(reply: Reply) -> str:
    """Give a reply as the phone shows it: text, numbered menu, further taps in brackets."""
    rows = [reply.text] if reply.text else []
    rows += [f"{number}. {action.label}" for number, action in enumerate(reply.menu, 1)]
    if reply.actions:
        rows.append(" ".join(f"[{action.label}]" for action in reply.actions))
    return "\n".join(rows)


def found(engine: Engine) -> World:
    """Found the community: tree, roster, WeCom identities."""
    organisations: dict[str, int] = {}
    people: dict[str, int] = {}
    with transaction(engine) as session:
        paths: dict[str | None, str] = {None: "/"}
        for code, name, kind, parent in TREE:
            node = Organisation(
                code=code, name=name, kind=kind, parent_id=organisations.get(parent or "")
            )
            session.add(node)
            session.flush()
            paths[code] = node.path = f"{paths[parent]}{node.id}/"
            organisations[code] = node.id
        for name, phone, userid, role, code in ROSTER:
            person = Person(
                name=name,
                phone_sealed=seal(phone),
                phone_hash=keyed_hash(phone),
                created_at=NOON,
            )
            session.add(person)
            session.flush()
            people[name] = person.id
            session.add(
                Appointment(
                    person_id=person.id,
                    organisation_id=organisations[code],
                    role=role,
                    starts_on=date(2026, 1, 1),
                )
            )
            session.add(
                Identity(
                    platform=Platform.WECOM,
                    app_id=WECOM,
                    external_id=userid,
                    person_id=person.id,
                )
            )
    return World(engine=engine, organisations=organisations, people=people)
