"""Whatever is to be told to whomever, the chain ends well and breaks no limit of the platforms.

The real channels and relay work against the sandbox's stand-in, which enforces what the platforms
enforce; its log and its phones are the witnesses.
"""

import itertools
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from bot.channels.failures import TABLES, TASK_ID_USED
from bot.config import Template
from bot.sandbox.catalogue import DISPATCHED, PROGRESS, TO_CONFIRM
from bot.sandbox.faults import Faults, ForcedCode
from bot.sandbox.quotas import CUSTOM_SEND, PERSON_SENDS, TEMPLATE_SEND
from bot.sandbox.samples import Sample
from bot.sandbox.standing import AccountStanding, PersonStanding
from handlers.messages import Action, Choice, actions_to_json
from storage import notices
from storage.database import transaction
from storage.models import Base, Delivery, Identity, Notice, Person
from storage.notices import Draft
from storage.vocabulary import DeliveryStatus, NoticeKind, Platform
from tests.post_office import Clock, add_organisation, add_person, post, rows
from tests.workers.stand_in import SENDS, Chain, StandIn, chain, stand_in, tokens_on

OFFICIAL, WECOM = Platform.OFFICIAL, Platform.WECOM
KNOWN_BEFOREHAND = frozenset({40058, 41016, 42014, 44004, 45002, 45009, 45015, 45047, 47001, 47003})
"""Refusals of what our own books, cuts and fields must have kept from being sent."""

UNLISTED = frozenset({NoticeKind.MEDIUM, NoticeKind.BRIEFING})
"""A photo stands beside words that are listed; for want of a briefing nobody is called."""

AWKWARD = ("", "]]>", "<a href='http://x'>", "😀" * 700, "邻" * 900, "\n" * 40, "&amp;\x1d")
USUAL = ("接单 12", "3栋2单元", "楼道灯坏了，晚上看不见路" * 4)
SIGNS = ((0x01, 0x2FF), (0x4E00, 0x9FFF), (0x1F300, 0x1FAFF), (0xFE00, 0xFE0F), (0x202A, 0x202E))
SPANS = (timedelta(seconds=10), timedelta(seconds=40), timedelta(minutes=20), timedelta(hours=30))
TEMPLATES = (
    Template(id=DISPATCHED.id),
    Template(
        id=PROGRESS.id,
        fields={
            "character_string1": "number",
            "thing2": "title",
            "phrase3": "status",
            "time4": "time",
            "thing5": "field:地点",
        },
    ),
    Template(id=PROGRESS.id),
    Template(id=TO_CONFIRM.id),
    Template(id="gone"),
)


@pytest.fixture(scope="module")
def platforms() -> Iterator[StandIn]:
    with stand_in() as found:
        yield found


class Words:
    """Makes up what a notice may say, from nothing to far too much."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def some(self) -> str:
        match self._chance.randrange(3):
            case 0:
                return self._chance.choice(USUAL)
            case 1:
                return self._chance.choice(AWKWARD)
            case _:
                length = self._chance.choice([1, 3, 20, 60])
                return "".join(
                    chr(self._chance.randint(*self._chance.choice(SIGNS))) for _ in range(length)
                )

    def pairs(self) -> list[list[str]]:
        """Make fields; their labels are always ours, and so never empty."""
        return [[f"项{self.some()}", self.some()] for _ in range(self._chance.choice([0, 1, 8]))]

    def actions(self) -> tuple[Action, ...]:
        return tuple(
            Action(
                self.some(), self.some() + self._chance.choice(["", "{choice}"]), self._choices()
            )
            for _ in range(self._chance.randrange(4))
        )

    def _choices(self) -> tuple[Choice, ...]:
        count = self._chance.choice([0, 0, 2, 12])
        return tuple(Choice(self.some(), self.some()) for _ in range(count))


class Story:
    """A town in a world of its own, and what chance lets happen there."""

    def __init__(self, platforms: StandIn, engine: Engine, root: Path, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 (a story, no secret)
        self.words = Words(self.chance)
        self.platforms = platforms
        self.engine = engine
        self.injected: set[tuple[Platform, int]] = set()
        self._numbers = itertools.count(1)
        with transaction(engine) as session:
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(table.delete())
        self.templates = {
            kind: self.chance.choice(TEMPLATES) for kind in NoticeKind if self.chance.random() < 0.5
        }
        self.chain = self._begun(root)
        self._settle()

    def _begun(self, root: Path) -> Chain:
        """Choose who has which account, and how much the accounts may send a day."""
        held = [self.chance.choice(["o", "o", "w", "ow"]) for _ in range(4)]
        people = [
            Sample(
                f"{prefix}{place}", "", "", OFFICIAL if prefix == "o" else WECOM, f"{prefix}{place}"
            )
            for place, prefixes in enumerate(held)
            for prefix in prefixes
        ]
        sends, wecom_sends = (self.chance.choice([None, None, 2, 9]) for _ in range(2))
        templates = self.chance.choice([1, 4, 1000])
        begun = chain(
            self.platforms,
            self.engine,
            Clock(),
            root,
            people,
            official={
                "daily_sends": sends,
                "daily_templates": templates,
                "message_menu": self.chance.random() < 0.5,
                "templates": self.templates,
            },
            wecom={"daily_sends": wecom_sends},
        )
        begun.world.quotas[OFFICIAL].change({TEMPLATE_SEND: templates})
        if sends is not None:
            begun.world.quotas[OFFICIAL].change({CUSTOM_SEND: sends})
        if wecom_sends is not None:
            begun.world.quotas[WECOM].change({PERSON_SENDS: wecom_sends})
        with transaction(self.engine) as session:
            self.people = [
                add_person(
                    session,
                    wecom=f"w{place}" if "w" in prefixes else "",
                    official=f"o{place}" if "o" in prefixes else "",
                    prefers_text=self.chance.random() < 0.3,
                )
                for place, prefixes in enumerate(held)
            ]
        return begun

    def _settle(self) -> None:
        """Let the people live in a branch, some of them out of reach for one reason or another."""
        world = self.chain.world
        outcome = self.chance.choice(["success", "success", "failed:user block"])
        world.standing = AccountStanding.model_validate({"template_outcome": outcome})
        for phone in world.phones.values():
            phone.is_following = self.chance.random() < 0.9
            held_against = self.chance.choice([None, None, None, *PersonStanding.model_fields])
            if held_against:
                phone.standing = PersonStanding.model_validate({held_against: True})
        away = [key for key, phone in world.phones.items() if not phone.is_following]
        self.followers = [key for key in world.phones if key[0] == "o" and key not in away]
        with transaction(self.engine) as session:
            branch = add_organisation(session)
            self.path = branch.path
            session.execute(update(Person).values(home_id=branch.id))
            left = Identity.external_id.in_([key for key in away if key[0] == "o"])
            session.execute(update(Identity).where(left).values(is_following=False))

    def play(self) -> None:
        """Let one thing happen."""
        match self.chance.choice(
            ["tell", "tell", "tell", "speak", "speak", "speak", "go", "break"]
        ):
            case "tell":
                drafts = self._drafts()
                note(f"{len(drafts)} {drafts[0].kind} to {drafts[0].recipients}")
                post(self.engine, *drafts, now=self.chain.clock.at)
            case "speak" if self.followers:
                key, is_tap = self.chance.choice(self.followers), self.chance.random() < 0.5
                note(f"{key} {'taps' if is_tap else 'writes'}")
                (self.chain.tap if is_tap else self.chain.write)(key)
            case "break":
                self._break(self.chance.choice(list(Platform)))
            case _:
                span = self.chance.choice(SPANS)
                note(f"{span} go by")
                self.chain.relay_for(span)

    def _drafts(self) -> list[Draft]:
        kind, is_bulk = self.chance.choice(list(NoticeKind)), self.chance.random() < 0.3
        to = tuple(self.chance.sample(self.people, self.chance.randint(1, len(self.people))))
        title, text, actions = self.words.some(), self.words.some(), self.words.actions()
        return [
            Draft(
                kind=kind,
                title=f"N{next(self._numbers)} {title}",
                text=text,
                fields=[["地点", "3栋"], *self.words.pairs()],
                actions=actions_to_json(actions),
                is_bulk=is_bulk,
                recipients=to,
            )
            for _ in range(self.chance.choice([1, 1, 1, 1, 2, 2, 7, 35]))
        ]

    def _break(self, platform: Platform) -> None:
        """Let a platform fail in one way or none, and perhaps lose the answers of some sends."""
        times = self.chance.choice([None, 1, 12])
        # Of a task id the platform is believed: it does not invent that one was used.
        codes = sorted(set(TABLES[platform]) - {TASK_ID_USED})
        forced = ForcedCode(code=self.chance.choice(codes), times=times)
        faults = self.chance.choice(
            [
                Faults(),
                Faults(codes=[forced]),
                Faults(codes=[forced]),
                Faults(latency=0.01),
                Faults(token=True),
                Faults(html=200),
                Faults(down="closed"),
                Faults(down="unavailable"),
            ]
        )
        losing = self.chance.choice([0, 0, 1, 3])
        note(f"{platform} {faults.to_json()} losing {losing}")
        self.platforms.losing[platform] = losing
        self.chain.world.faults[platform] = faults
        self.injected |= {(platform, each.code) for each in faults.codes}

    def mend(self) -> None:
        """Let one story of two end with platforms that work."""
        if self.chance.random() < 0.5:
            note("both platforms work")
            for platform in Platform:
                self.chain.world.faults[platform] = Faults()


@given(seed=st.integers(0, 2**62))
@settings(
    max_examples=25,
    deadline=None,
    # A story takes too long to look for a shorter one; its seed tells it again.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_notice_ends_sent_waiting_or_listed_and_no_limit_is_broken(
    platforms: StandIn, engine: Engine, tmp_path: Path, seed: int
) -> None:
    story = Story(platforms, engine, tmp_path, seed)
    with tokens_on(story.chain.clock):
        for _ in range(12):
            story.play()
        story.mend()
        story.chain.relay_for(timedelta(days=3))
    check_ends(story)
    check_limits(story)
    check_phones(story)


def check_ends(story: Story) -> None:
    """Every delivery has ended, or is tried again with a reason; what is not sent is listed."""
    found = rows(story.engine)
    assert all(row.failure for row in found if row.status is DeliveryStatus.DUE)
    with transaction(story.engine) as session:
        listed = notices.undelivered(session, story.path, len(found) + 1)
        unlisted = set(session.scalars(select(Notice.id).where(Notice.kind.in_(UNLISTED))))
    missing = {
        row.id
        for row in found
        if row.status is not DeliveryStatus.SENT and row.notice_id not in unlisted
    }
    assert {each.delivery_id for each in listed} == missing


def check_limits(story: Story) -> None:
    """The stand-in refused nothing that we could have known, and dropped nothing."""
    answers = story.chain.answers(*SENDS)
    # A card whose answer was lost is known when it comes again: that is the guard at work.
    answers[WECOM, TASK_ID_USED] -= story.platforms.lost.total()
    broken = {
        answer: count
        for answer, count in answers.items()
        if count > 0 and answer[1] in KNOWN_BEFOREHAND and answer not in story.injected
    }
    calls = story.chain.world.calls
    refused = [each.result for each in calls if (each.platform, each.status) in broken]
    assert broken == {}, refused
    assert [each.missed["dropped"] for each in calls if "dropped" in each.missed] == []


def check_phones(story: Story) -> None:
    """Who got a notice twice had a send without an answer; who is said to have it, has it.

    The answer that is lost may be the one that says whom a card did not reach.
    """
    seen, lost = story.chain.seen(), story.platforms.lost
    assert {key: n for key, n in seen.items() if n > 1 + lost[key[0]]} == {}
    with transaction(story.engine) as session:
        sent = session.execute(
            select(Identity.external_id, Notice.title)
            .select_from(Delivery)
            .join(Identity, Delivery.identity_id == Identity.id)
            .join(Notice, Delivery.notice_id == Notice.id)
            .where(Delivery.status == DeliveryStatus.SENT, Notice.kind.not_in(story.templates))
        ).all()
    told = {(external_id, int(title.split()[0][1:])) for external_id, title in sent}
    assert {key for key in told - set(seen) if not lost[key[0]]} == set()
