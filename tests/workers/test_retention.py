"""What is told is kept as long as promised, and no longer."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from handlers.texts import general
from storage import inbox, receipts, slips
from storage.database import transaction
from storage.inbox import Arrival
from storage.models import Identity, InboxMessage, Receipt, SlipMiss
from tests.factories import OFFICIAL, found
from workers import retention

NIGHT = datetime(2026, 11, 20, 19, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """The little of the settings."""

    data_dir: Path = Path("nowhere")


@dataclass(frozen=True)
class Here:
    """The little of a runtime that the job asks for."""

    engine: Engine
    settings: Place = field(default_factory=Place)
    instants: list[datetime] = field(default_factory=lambda: [NIGHT])

    def now(self) -> datetime:
        return self.instants[-1]


@pytest.fixture
def here(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Here:
    """The job in the small hours, three rows a batch."""
    here = Here(engine)
    monkeypatch.setattr(retention, "current", lambda: here)
    monkeypatch.setattr(retention, "_BATCH", 3)
    return here


def receive(engine: Engine, ages: list[timedelta]) -> None:
    with engine.begin() as connection:
        for number, age in enumerate(ages):
            inbox.receive(
                connection,
                [
                    Arrival(
                        key=f"{number}",
                        app_id=OFFICIAL,
                        sender="wang",
                        kind="text",
                        text="灯坏了",
                        received_at=NIGHT - age,
                    )
                ],
            )


def kept(engine: Engine) -> list[str]:
    with transaction(engine) as session:
        return list(session.scalars(select(InboxMessage.key).order_by(InboxMessage.id)))


def test_messages_go_after_the_days_that_the_privacy_words_name(here: Here) -> None:
    assert f"{inbox.KEPT.days} 天" in general.privacy("近邻社区")
    second = timedelta(seconds=1)
    receive(here.engine, [inbox.KEPT + second, inbox.KEPT, timedelta(0), inbox.KEPT + second])

    retention.forget()

    assert kept(here.engine) == ["1", "2"]


def test_all_of_them_go_however_many_batches_it_takes(here: Here) -> None:
    receive(here.engine, [timedelta(days=100)] * 7 + [timedelta(days=1)])

    with capture_logs() as logged:
        retention.forget()

    assert kept(here.engine) == ["7"]
    assert logged == [
        {
            "event": "old rows deleted",
            "log_level": "info",
            "messages": 7,
            "misses": 0,
            "receipts": 0,
            "media": 0,
        }
    ]


def test_each_batch_is_a_transaction_of_its_own(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(here.engine, [timedelta(days=100)] * 7)
    calls: list[int] = []

    def fails_the_third_time(session: Session, *, before: datetime, most: int) -> int:
        calls.append(most)
        if len(calls) == 3:
            raise ValueError("broken")
        return forget(session, before=before, most=most)

    forget = inbox.forget
    monkeypatch.setattr(inbox, "forget", fails_the_third_time)
    with pytest.raises(ValueError, match="broken"):
        retention.forget()

    assert (calls, len(kept(here.engine))) == ([3, 3, 3], 1)


def test_notes_of_wrong_codes_go_once_their_day_is_over(here: Here) -> None:
    found(here.engine)
    with transaction(here.engine) as session:
        identity_id = session.scalars(select(Identity.id)).first() or 0
        for hours in (1, 47, 49):
            slips.miss(session, identity_id, now=NIGHT - timedelta(hours=hours))

    retention.forget()

    with transaction(here.engine) as session:
        left = session.scalars(select(SlipMiss.missed_at).order_by(SlipMiss.id)).all()
    assert left == [NIGHT - timedelta(hours=hours) for hours in (1, 47)]


def test_receipts_of_nothing_we_sent_go_after_a_day(here: Here) -> None:
    with transaction(here.engine) as session:
        for hours in (1, 23, 25):
            at = NIGHT - timedelta(hours=hours)
            receipts.add(session, OFFICIAL, f"{hours}", "success", now=at)

    retention.forget()

    with transaction(here.engine) as session:
        left = session.scalars(select(Receipt.message_id).order_by(Receipt.id)).all()
    assert left == ["1", "23"]


def test_orders_outlive_the_messages_that_placed_them(here: Here) -> None:
    world = found(here.engine)
    number = world.report("wang", "阳光小区1栋灯坏了")
    here.instants.append(world.now + inbox.KEPT + timedelta(days=1))

    retention.forget()

    assert kept(here.engine) == []
    assert world.say("wang", f"进度 {number} 经过").text.endswith("您报事")
