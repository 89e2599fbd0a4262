"""The idempotent receiver: every message once, its outcome, and the reply for repeats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import InboxMessage
from storage.vocabulary import InboxStatus

KEPT = timedelta(days=90)

_messages = cast("Table", InboxMessage.__table__)

_receive = {
    "postgresql": postgresql.insert(_messages)
    .on_conflict_do_nothing(index_elements=[_messages.c.key])
    .returning(_messages.c.id, _messages.c.key),
    "sqlite": sqlite.insert(_messages)
    .on_conflict_do_nothing(index_elements=[_messages.c.key])
    .returning(_messages.c.id, _messages.c.key),
}
_select_replies = select(_messages.c.key, _messages.c.reply).where(
    _messages.c.key.in_(bindparam("keys", expanding=True))
)
_update_outcome = (
    update(_messages)
    .where(_messages.c.id == bindparam("row"))
    .values(
        status=bindparam("outcome"), reply=bindparam("answer"), failure=bindparam("what_failed")
    )
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it is stored on arrival."""

    key: str
    app_id: str
    sender: str
    kind: str
    text: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the turn of a stored message ended."""

    row: int
    status: InboxStatus
    reply: dict[str, Any]
    failure: str | None = None


def receive(connection: Connection, arrivals: Sequence[Arrival]) -> dict[str, int]:
    """Store messages that are new and give their row ids by key; known keys are absent.

    The rows go in sorted by key, so that two processes never wait for each other in a circle.
    """
    rows = [
        {
            "key": arrival.key,
            "app_id": arrival.app_id,
            "sender": arrival.sender,
            "kind": arrival.kind,
            "text": arrival.text,
            "received_at": arrival.received_at,
            "status": InboxStatus.RECEIVED,
        }
        for arrival in sorted(arrivals, key=lambda arrival: arrival.key)
    ]
    found = connection.execute(_receive[connection.dialect.name], rows)
    return {key: row for row, key in found}


def replies(connection: Connection, keys: Sequence[str]) -> dict[str, dict[str, Any] | None]:
    """Give the stored replies of known messages by key."""
    found = connection.execute(_select_replies, {"keys": list(keys)})
    return {key: reply for key, reply in found}  # noqa: C416 (rows are not pairs to mypy)


def conclude(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """Write the outcomes of a batch."""
    connection.execute(
        _update_outcome,
        [
            {
                "row": outcome.row,
                "outcome": outcome.status,
                "answer": outcome.reply,
                "what_failed": outcome.failure,
            }
            for outcome in outcomes
        ],
    )


def forget(session: Session, *, before: datetime, most: int) -> int:
    """Delete the inbox rows received before an instant, ``most`` of them; gives how many went.

    Texts are kept ``KEPT``, no longer.
    """
    oldest = (
        select(InboxMessage.id)
        .where(InboxMessage.received_at < before)
        .order_by(InboxMessage.received_at)
        .limit(most)
    )
    gone = session.execute(
        delete(InboxMessage)
        .where(InboxMessage.id.in_(oldest))
        .execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE's result has it
