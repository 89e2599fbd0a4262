"""A platform that is away, or answers nonsense: nothing is lost, no storm, nobody hears twice."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import Engine
from structlog.testing import capture_logs

from bot.channels import Channel
from bot.channels.api import Endpoint
from bot.channels.failures import TABLES, TOKEN_TABLES
from bot.channels.official_account import OfficialAccount
from bot.channels.tokens import Tokens
from bot.channels.wecom import WeCom
from bot.config import Account, Template
from bot.sandbox.catalogue import PROGRESS
from bot.sandbox.faults import Faults, ForcedCode
from bot.sandbox.quotas import CUSTOM_SEND
from bot.sandbox.samples import Sample
from storage import alerts, notices
from storage.database import transaction
from storage.models import Person
from storage.notices import Draft
from storage.vocabulary import AlertKind, DeliveryStatus, NoticeKind, Platform
from tests.post_office import (
    NOW,
    TAKE,
    Clock,
    FakeChannel,
    add_organisation,
    add_person,
    draft,
    post,
    rows,
)
from tests.workers.stand_in import (
    SENDS,
    TICK,
    TOKENS,
    WECOM_SEND,
    Chain,
    StandIn,
    chain,
    stand_in,
    tokens_on,
)

OFFICIAL, WECOM = Platform.OFFICIAL, Platform.WECOM
DONE = NoticeKind.ORDER_DONE
HOUR = timedelta(hours=1)
NOBODY_LISTENS = "http://127.0.0.1:1"

MEMBERS = 20
FOLLOWERS = 60
SILENT = 20
PEOPLE = tuple(
    Sample(f"{prefix}{number}", "", "", platform, f"{prefix}{number}")
    for platform, prefix, count in ((WECOM, "w", MEMBERS), (OFFICIAL, "o", FOLLOWERS + SILENT))
    for number in range(count)
)


@pytest.fixture(scope="module")
def platforms() -> Iterator[StandIn]:
    with stand_in() as found:
        yield found


@dataclass
class Scene:
    """A chain whose calls are counted; ``members`` and the others are people by their places."""

    chain: Chain
    engine: Engine
    path: str
    counted: Mapping[Platform, FakeChannel]
    members: Sequence[int]
    followers: Sequence[int]
    silent: Sequence[int]

    @property
    def calls(self) -> int:
        """How many sends were tried, whether anybody listened or not."""
        return sum(len(each.sent) + len(each.templates) for each in self.counted.values())

    def use(self, channels: Mapping[str, Channel]) -> None:
        """Let the counted channels go on through these."""
        for channel in channels.values():
            counted = self.counted[channel.account.platform]
            counted.answer, counted.template = channel.send, channel.send_template

    def break_down(self, faults: Faults) -> None:
        """Let both platforms fail; ``Faults()`` ends it."""
        with self.chain.world.lock:
            for platform in Platform:
                self.chain.world.faults[platform] = faults.model_copy(deep=True)

    def pass_by(self, span: timedelta) -> None:
        """Run a relay at every tick."""
        end = self.chain.clock.at + span
        while self.chain.clock.at < end:
            self.chain.relay()
            self.chain.clock.move(TICK)
        self.chain.relay()

    def statuses(self) -> Counter[DeliveryStatus]:
        return Counter(row.status for row in rows(self.engine))

    def listed(self) -> int:
        """Count who stands in the list of those whom news did not reach."""
        with transaction(self.engine) as session:
            return len(notices.undelivered(session, self.path, 1000))

    def told(self) -> dict[tuple[str, AlertKind, str], int]:
        """Give what operators see: how often each fault of each account was met."""
        with transaction(self.engine) as session:
            found = alerts.recent(session, NOW - timedelta(days=1))
        return {(each.app_id, each.kind, each.code): each.count for each in found}


@pytest.fixture
def scene(platforms: StandIn, engine: Engine, tmp_path: Path) -> Iterator[Scene]:
    """Twenty members, sixty followers who have just written, twenty who never did."""
    clock = Clock()
    official = {
        "templates": {DONE: Template(id=PROGRESS.id)},
        "daily_sends": 2 * FOLLOWERS,
    }
    begun = chain(platforms, engine, clock, tmp_path, PEOPLE, official=official)
    begun.world.quotas[OFFICIAL].change({CUSTOM_SEND: 2 * FOLLOWERS})
    counted = {
        each.account.platform: FakeChannel(each.account, batch_size=each.batch_size)
        for each in begun.channels.values()
    }
    with transaction(engine) as session:
        branch = add_organisation(session)
        members = [add_person(session, wecom=f"w{number}") for number in range(MEMBERS)]
        others = [
            add_person(session, official=f"o{number}") for number in range(FOLLOWERS + SILENT)
        ]
        for person in session.query(Person):
            person.home_id = branch.id
        path = branch.path
    found = Scene(
        chain=begun,
        engine=engine,
        path=path,
        counted=counted,
        members=members,
        followers=others[:FOLLOWERS],
        silent=others[FOLLOWERS:],
    )
    found.use(begun.channels)
    begun.channels = {each.account.name: each for each in counted.values()}
    for phone in begun.world.phones.values():
        phone.is_following = True
    for number in range(FOLLOWERS):
        begun.write(f"o{number}")
    with tokens_on(clock):
        yield found


def two_hundred(scene: Scene) -> list[Draft]:
    """Write cards, texts and a digest to members, texts to followers, templates to the silent."""
    cards = [draft(*scene.members[:10], title=f"N{n} 派单", actions=[TAKE]) for n in range(1, 5)]
    texts = [draft(*scene.members[10:], title=f"N{n} 提醒") for n in range(5, 7)]
    arrivals = [
        draft(person, title=f"N{10 + place} 有人来了", actions=[TAKE])
        for place, person in enumerate((*scene.followers, *scene.followers))
    ]
    done = [
        draft(person, kind=DONE, title=f"N{400 + place} 完成了", order_id=None)
        for place, person in enumerate(scene.silent)
    ]
    return [*cards, *texts, *arrivals, *done]


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(None, id="refuses connections"),
        pytest.param(Faults(down="unavailable"), id="answers 503"),
    ],
)
def test_after_an_hour_without_the_platforms_everything_is_out_within_a_minute(
    scene: Scene, faults: Faults | None
) -> None:
    post(scene.engine, *two_hundred(scene))
    assert len(rows(scene.engine)) == 200
    away, back = _ends(scene, faults)
    away()
    scene.pass_by(HOUR)
    assert scene.statuses() == {DeliveryStatus.DUE: 200}
    assert scene.listed() == 200
    # One call each half minute and account, the first run's, and what comes in its own time.
    assert scene.calls <= 2 * 120 + 100, scene.calls
    assert not set(scene.chain.answers(*SENDS)) & {(OFFICIAL, 0), (WECOM, 0)}
    scene.chain.world.calls.clear()

    back()
    before = scene.calls
    scene.pass_by(timedelta(minutes=1))
    assert scene.statuses() == {DeliveryStatus.SENT: 200}
    assert scene.listed() == 0
    # A call for each notice to members, and for each of the others; no call was made in vain.
    assert scene.calls - before <= 6 + 120 + 20 + 2
    assert set(scene.chain.answers(*SENDS)) == {(OFFICIAL, 0), (WECOM, 0)}
    seen = scene.chain.seen()
    assert set(seen.values()) == {1}
    assert max(Counter(who for who, _ in seen).values()) <= 15
    assert [call for call in scene.chain.world.calls if "dropped" in call.missed] == []


def _ends(scene: Scene, faults: Faults | None) -> tuple[Callable[[], None], Callable[[], None]]:
    """Give how an outage begins and ends."""
    if faults is not None:
        return lambda: scene.break_down(faults), lambda: scene.break_down(Faults())
    there = {each.account.name: _opened(each.account) for each in scene.counted.values()}
    gone = {
        name: _opened(each.account.model_copy(update={"api_base_url": NOBODY_LISTENS}))
        for name, each in there.items()
    }
    return lambda: scene.use(gone), lambda: scene.use(there)


def _opened(account: Account, *, read_seconds: float = 5.0) -> Channel:
    """Open a channel that waits only so long for an answer."""
    asking = Endpoint(account.api, TOKEN_TABLES[account.platform], read_seconds=read_seconds)
    calling = Endpoint(account.api, TABLES[account.platform], read_seconds=read_seconds)
    nowhere = Redis(port=1, retry=Retry(NoBackoff(), 0))
    tokens = Tokens(account, nowhere, endpoint=asking)
    if account.platform is OFFICIAL:
        return OfficialAccount(account, tokens, endpoint=calling)
    return WeCom(account, tokens, endpoint=calling)


def test_a_token_server_that_says_40001_for_ever_is_asked_seldom_and_the_operator_told(
    scene: Scene,
) -> None:
    post(scene.engine, *two_hundred(scene))
    scene.break_down(Faults(token=True))
    complaints = Counter[str]()
    runs = 0
    for _ in range(360):
        with capture_logs() as logged:
            scene.chain.relay()
        said = Counter(str(line["account"]) for line in logged if line["log_level"] == "error")
        assert set(said.values()) <= {1}
        complaints += said
        runs += bool(said)
        scene.chain.clock.move(TICK)
    assert scene.statuses() == {DeliveryStatus.DUE: 200}
    assert {row.failure for row in rows(scene.engine)} == {"official 40001", "wecom 40001"}
    assert scene.listed() == 200
    assert scene.chain.answers(*SENDS) == {}
    asked = scene.chain.answers(*TOKENS)
    assert set(asked) == {(OFFICIAL, 40001), (WECOM, 40001)}
    # The times of the retries of an hour, and one scout in five minutes.
    assert max(asked.values()) <= 6 + 12
    assert scene.told() == {
        ("corp", AlertKind.MISCONFIGURED, "40001"): complaints["wecom"],
        ("wx", AlertKind.MISCONFIGURED, "40001"): complaints["oa"],
    }

    scene.break_down(Faults())
    scene.pass_by(timedelta(minutes=5))
    assert scene.statuses() == {DeliveryStatus.SENT: 200}
    assert set(scene.chain.seen().values()) == {1}


@pytest.mark.parametrize(
    ("faults", "word"),
    [
        pytest.param(Faults(html=200), "no answer", id="answers a page"),
        pytest.param(Faults(down="closed"), "no answer", id="breaks off"),
        pytest.param(Faults(hang=True), "no answer", id="hangs"),
        pytest.param(Faults(codes=[ForcedCode(code=-1)]), "-1", id="is busy"),
    ],
)
def test_a_platform_that_answers_nothing_of_use_is_left_alone_and_the_news_is_listed(
    scene: Scene, faults: Faults, word: str
) -> None:
    scene.use(
        {
            each.account.name: _opened(each.account, read_seconds=0.3)
            for each in scene.counted.values()
        }
    )
    post(
        scene.engine, draft(*scene.members, title="N1 提醒"), draft(*scene.followers, title="N2 好")
    )
    scene.break_down(faults)
    with capture_logs() as logged:
        scene.chain.relay()
    assert [line for line in logged if line["log_level"] == "error"] == []
    # One call to all members; to followers the twenty that were under way together.
    assert len(scene.counted[WECOM].sent) == 1
    assert 3 <= len(scene.counted[OFFICIAL].sent) <= 20
    assert {row.failure for row in rows(scene.engine)} == {f"official {word}", f"wecom {word}"}
    assert scene.listed() == MEMBERS + FOLLOWERS
    assert scene.told() == {}
    scene.break_down(Faults())
    scene.pass_by(timedelta(minutes=1))
    assert scene.statuses() == {DeliveryStatus.SENT: MEMBERS + FOLLOWERS}
    assert set(scene.chain.seen().values()) == {1}


def test_a_send_that_is_refused_for_its_token_is_made_once_more_and_then_left(
    scene: Scene,
) -> None:
    post(scene.engine, draft(*scene.members, title="N1 提醒"))
    scene.break_down(Faults(codes=[ForcedCode(path=WECOM_SEND, code=40001)]))
    scene.chain.relay()
    assert scene.chain.answers(WECOM_SEND) == {(WECOM, 40001): 2}
    assert sum(scene.chain.answers(*TOKENS).values()) <= 2
    assert {row.failure for row in rows(scene.engine)} == {"wecom 40001"}
    assert scene.listed() == MEMBERS
