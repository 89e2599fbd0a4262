"""The idempotent receiver: once each, the same reply for repeats, sealed, and forgotten in time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text

from storage import inbox
from storage.database import transaction
from storage.inbox import Arrival, Outcome
from storage.models import InboxMessage
from storage.vocabulary import InboxStatus
from tests.factories import NOON, OFFICIAL


def arrival(key: str, said: str = "灯坏了", *, at: datetime = NOON) -> Arrival:
    return Arrival(key=key, app_id=OFFICIAL, sender="wang", kind="text", text=said, received_at=at)


def receive(engine: Engine, arrivals: Sequence[Arrival]) -> dict[str, int]:
    with engine.begin() as connection:
        return inbox.receive(connection, arrivals)


def stored(engine: Engine) -> list[InboxMessage]:
    with transaction(engine) as session:
        return list(session.scalars(select(InboxMessage).order_by(InboxMessage.id)))


def test_new_messages_are_stored_and_known_ones_are_left_out(engine: Engine) -> None:
    first = receive(engine, [arrival("b"), arrival("a")])
    second = receive(engine, [arrival("a"), arrival("c"), arrival("b")])

    assert (set(first), set(second)) == ({"a", "b"}, {"c"})
    assert [(row.key, row.status) for row in stored(engine)] == [
        ("a", InboxStatus.RECEIVED),
        ("b", InboxStatus.RECEIVED),
        ("c", InboxStatus.RECEIVED),
    ]


def test_rows_are_written_in_the_order_of_their_keys(engine: Engine) -> None:
    ids = receive(engine, [arrival(key) for key in "dbca"])

    assert [key for key, _ in sorted(ids.items(), key=lambda pair: pair[1])] == list("abcd")


def test_a_repeat_gets_the_reply_that_was_stored(engine: Engine) -> None:
    ids = receive(engine, [arrival("a"), arrival("b"), arrival("c")])
    with engine.begin() as connection:
        inbox.conclude(
            connection,
            [
                Outcome(ids["a"], InboxStatus.ANSWERED, {"text": "收到了"}),
                Outcome(ids["b"], InboxStatus.FAILED, {"text": "对不住"}, "ValueError"),
            ],
        )
        replies = inbox.replies(connection, ["a", "b", "c", "unknown"])

    assert replies == {"a": {"text": "收到了"}, "b": {"text": "对不住"}, "c": None}
    assert [(row.key, row.status, row.failure) for row in stored(engine)] == [
        ("a", InboxStatus.ANSWERED, None),
        ("b", InboxStatus.FAILED, "ValueError"),
        ("c", InboxStatus.RECEIVED, None),
    ]


def test_what_people_wrote_and_read_is_sealed(engine: Engine) -> None:
    ids = receive(engine, [arrival("a", "王阿姨 13800000001")])
    with engine.begin() as connection:
        inbox.conclude(
            connection, [Outcome(ids["a"], InboxStatus.ANSWERED, {"text": "13800000001"})]
        )
        raw = connection.execute(text("SELECT text, reply FROM inbox_messages")).one()

    assert not any("1380000" in value or "text" in value for value in raw)
    (row,) = stored(engine)
    assert (row.text, row.reply) == ("王阿姨 13800000001", {"text": "13800000001"})


@pytest.mark.parametrize(("age", "left"), [(inbox.KEPT, 1), (inbox.KEPT + timedelta(days=1), 0)])
def test_texts_are_kept_for_ninety_days(engine: Engine, age: timedelta, left: int) -> None:
    receive(engine, [arrival("a", at=NOON - age)])

    with transaction(engine) as session:
        inbox.forget(session, before=NOON - inbox.KEPT, most=10)

    assert (inbox.KEPT, len(stored(engine))) == (timedelta(days=90), left)


def test_the_oldest_go_first_and_no_more_than_asked_for(engine: Engine) -> None:
    for days in (1, 3, 2):
        receive(engine, [arrival(f"{days} days ago", at=NOON - timedelta(days=days))])

    with transaction(engine) as session:
        assert inbox.forget(session, before=NOON, most=2) == 2

    assert [row.key for row in stored(engine)] == ["1 days ago"]
