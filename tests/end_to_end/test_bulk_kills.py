"""Real workers are killed in the middle of a bulk send: nobody is missed, and copies are counted.

``tests/workers/test_bulk_kills.py`` is the same with a fake network, at every point of a send.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from sqlalchemy import Engine, select, update

from bot import queue
from bot.sandbox.faults import Faults
from bot.sandbox.samples import PEOPLE, Sample
from bot.sandbox.world import Phone
from storage import database, notices
from storage.models import Delivery, Identity, Person
from storage.vocabulary import DeliveryStatus, NoticeKind, Platform
from tests.conftest import ReportFigures
from tests.end_to_end.people import THIRD_BRANCH
from tests.end_to_end.town import Town, founded
from tests.servers import wait_until

TITLE = "回家日快到了"
UNDER_WAY = 20  # sends to one person each that are recorded together
ANSWER_SECONDS = {Platform.WECOM: 1.0, Platform.OFFICIAL: 0.5}

FOLLOWERS = tuple(
    Sample(f"follower-{number}", f"居民{number}", "居民", Platform.OFFICIAL, f"o-follower-{number}")
    for number in range(120)
)
MEMBERS = tuple(person for person in (*PEOPLE, *THIRD_BRANCH) if person.platform is Platform.WECOM)
TEXT_READERS = frozenset(person.external_id for person in MEMBERS[::2])
CARD_READERS = frozenset(person.external_id for person in MEMBERS[1::2])
ON_WECOM = TEXT_READERS | CARD_READERS
ON_OFFICIAL = frozenset(person.external_id for person in FOLLOWERS)


@dataclass
class Bulk:
    """One notice to everybody, and the workers that send it."""

    town: Town
    engine: Engine
    notice_id: int = 0
    under_way: list[set[str]] = field(default_factory=list)

    def post(self) -> None:
        """Write the notice; half of the members read cards, the others want plain text."""
        now = datetime.now(UTC)
        official = self.town.official.app_id
        with self.town.world.lock:
            for phone in map(self._phone, FOLLOWERS):
                phone.is_following = True
                phone.windows.open_by_message(now)
        with database.transaction(self.engine) as session:
            people = [Person(created_at=now) for _ in FOLLOWERS]
            session.add_all(people)
            session.flush()
            session.add_all(
                Identity(
                    platform=Platform.OFFICIAL,
                    app_id=official,
                    external_id=follower.external_id,
                    person_id=person.id,
                    messaged_at=now,
                )
                for follower, person in zip(FOLLOWERS, people, strict=True)
            )
            session.flush()
            readers = {
                external_id: person_id
                for external_id, person_id in session.execute(
                    select(Identity.external_id, Identity.person_id)
                )
                if external_id in ON_WECOM | ON_OFFICIAL
            }
            texts = [readers[external_id] for external_id in sorted(TEXT_READERS)]
            session.execute(update(Person).where(Person.id.in_(texts)).values(prefers_text=True))
            draft = notices.Draft(
                kind=NoticeKind.DIGEST,
                title=TITLE,
                actions=[{"label": "回家日", "command": "回家日", "choices": []}],
                is_bulk=True,
                recipients=tuple(readers.values()),
            )
            (self.notice_id,) = notices.add(session, [draft], now=now)

    def _phone(self, person: Sample) -> Phone:
        return self.town.world.phones[person.key]

    def got(self) -> Counter[str]:
        """Count the copies that have come to each phone."""
        with self.town.world.lock:
            return Counter(
                phone.person.external_id
                for phone in self.town.world.phones.values()
                for message in phone.messages
                if TITLE in (message.card.main_title.title if message.card else message.text)
            )

    def unrecorded(self) -> set[str]:
        """Name those of whom the database does not say that they were written to."""
        statement = (
            select(Identity.external_id)
            .join(Delivery, Delivery.person_id == Identity.person_id)
            .where(Delivery.notice_id == self.notice_id, Delivery.status != DeliveryStatus.SENT)
            .where(Identity.external_id.in_(ON_WECOM | ON_OFFICIAL))
        )
        with database.transaction(self.engine) as session:
            return set(session.execute(statement).scalars())

    def ask(self) -> None:
        """Bring the next tick of the bulk queue forward."""
        with Redis.from_url(self.town.settings.redis_url) as client:
            queue.enqueue(client, queue.BULK)

    def kill_when(self, is_time: Callable[[Counter[str]], bool]) -> None:
        """Kill the workers at that time, let their leases run out, and start others."""
        self.ask()
        wait_until(lambda: is_time(self.got()))
        self.town.programs.kill("worker")
        self.settle()
        self.under_way.append(set(self.got()) & self.unrecorded())
        with database.transaction(self.engine) as session:
            session.execute(
                update(Delivery)
                .where(Delivery.leased_until.is_not(None))
                .values(leased_until=datetime.now(UTC) - timedelta(seconds=1))
            )
        self.town.programs.start("worker", "worker", "--processes", "1")  # ready sooner than two

    def settle(self) -> None:
        """Wait until the platforms have worked off what the dead left in their sockets."""
        seen = [self.got()]

        def is_quiet() -> bool:
            seen.append(self.got())
            return len(seen) > 10 and seen[-10] == seen[-1]

        wait_until(is_quiet)


@pytest.fixture
def bulk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bulk]:
    folder = tmp_path_factory.mktemp("bulk-kills")
    url = f"sqlite:///{folder / 'jinlin.db'}"
    with founded(folder, url, people=(*PEOPLE, *THIRD_BRANCH, *FOLLOWERS)) as town:
        for platform, seconds in ANSWER_SECONDS.items():
            town.world.faults[platform] = Faults(latency=seconds)
        engine = database.connect(url)
        yield Bulk(town, engine)
        engine.dispose()


def test_workers_are_killed_in_a_bulk_send_and_everybody_hears(
    bulk: Bulk, report_figures: ReportFigures
) -> None:
    bulk.post()

    bulk.kill_when(lambda got: bool(got.keys() & ON_WECOM))
    bulk.kill_when(lambda got: got.keys() >= ON_WECOM)
    bulk.kill_when(lambda got: len(got.keys() & ON_OFFICIAL) >= len(ON_OFFICIAL) / 3)
    assert ON_OFFICIAL - bulk.got().keys()  # it was the middle
    bulk.ask()
    wait_until(lambda: not bulk.unrecorded())

    got = bulk.got()
    repeated = Counter(name for each in bulk.under_way for name in each)
    guarded, twice = repeated.keys() & ON_WECOM, repeated.keys() & ON_OFFICIAL
    assert guarded
    assert {name: got[name] for name in ON_WECOM} == dict.fromkeys(ON_WECOM, 1)
    assert {name: got[name] for name in ON_OFFICIAL} == {
        name: 1 + repeated[name] for name in ON_OFFICIAL
    }
    assert max(len(each & ON_OFFICIAL) for each in bulk.under_way) <= UNDER_WAY
    report_figures(
        f"bulk send on real processes, killed {len(bulk.under_way)} times: {len(got)} reached; "
        f"under way then: {len(guarded)} on WeCom, shown once; {len(twice)} on the official "
        "account, which has no guard, shown twice"
    )
