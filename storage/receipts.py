"""What the platform says became of template messages, and how that ends their deliveries.

A receipt may come before the relay has recorded its send: it waits until its delivery is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Integer, Table, bindparam, delete, null, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import Delivery, Identity, Receipt
from storage.vocabulary import DeliveryStatus, Platform

KEPT = timedelta(days=1)

_SUCCESS = "success"
_CHARACTERS = 64  # of the columns
_BATCH = 1000

_receipts = cast("Table", Receipt.__table__)
_deliveries = cast("Table", Delivery.__table__)
_identities = cast("Table", Identity.__table__)


@dataclass(frozen=True, slots=True)
class Settled:
    """How many template messages arrived, and how many wait for their reader to write."""

    arrived: int = 0
    failed: int = 0


def _add(insert: Any) -> Any:  # noqa: ANN401 (each dialect has an insert class of its own)
    return insert(_receipts).on_conflict_do_nothing(
        index_elements=[_receipts.c.app_id, _receipts.c.message_id]
    )


_adds = {"postgresql": _add(postgresql.insert), "sqlite": _add(sqlite.insert)}
# Who else settles at this moment takes other receipts.
_matching = (
    select(
        _receipts.c.id,
        _receipts.c.outcome,
        _deliveries.c.id.label("delivery_id"),
        _deliveries.c.receipt,
    )
    .join(_deliveries, _deliveries.c.receipt == _receipts.c.message_id)
    .join(
        _identities,
        (_identities.c.id == _deliveries.c.identity_id)
        & (_identities.c.app_id == _receipts.c.app_id),
    )
    .order_by(_receipts.c.id)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(of=_receipts, skip_locked=True)
)
_is_this = (_deliveries.c.id == bindparam("row")) & (_deliveries.c.receipt == bindparam("named"))
_end = update(_deliveries).where(_is_this).values(receipt=null())
# What was shown or revoked meanwhile stays what it is.
_wait = (
    update(_deliveries)
    .where(_is_this, _deliveries.c.status == DeliveryStatus.SENT)
    .values(
        status=DeliveryStatus.PENDING,
        failure=bindparam("its_failure"),
        due_at=bindparam("at"),
        channel=null(),
        sent_at=null(),
    )
)
_drop = delete(_receipts).where(_receipts.c.id.in_(bindparam("rows", expanding=True)))


def add(
    session: Session | Connection, app_id: str, message_id: str, outcome: str, *, now: datetime
) -> None:
    """Keep what the platform says; a repeat is ignored.

    Args:
        session: where to write.
        app_id: of the official account.
        message_id: the MsgID that the send was given; longer than 64 characters it is none of ours.
        outcome: ``success``, or ``failed:`` and why.
        now: when it came.
    """
    bind = session.get_bind() if isinstance(session, Session) else session
    session.execute(
        _adds[bind.dialect.name],
        {
            "app_id": app_id,
            "message_id": message_id[:_CHARACTERS],
            "outcome": outcome[:_CHARACTERS],
            "received_at": now,
        },
    )


def settle(session: Session, now: datetime) -> Settled:
    """End the deliveries whose receipts have come, a thousand at most.

    One that failed waits for its reader to write, and is listed as undelivered until then.
    """
    rows = session.execute(_matching, {"limit": _BATCH}).all()
    if not rows:
        return Settled()
    failed = [row for row in rows if not _has_arrived(row.outcome)]
    if failed:
        session.execute(
            _wait,
            [
                {
                    "row": row.delivery_id,
                    "named": row.receipt,
                    "its_failure": _failure(row.outcome),
                    "at": now,
                }
                for row in failed
            ],
        )
    session.execute(_end, [{"row": row.delivery_id, "named": row.receipt} for row in rows])
    session.execute(_drop, {"rows": _ids(rows)})
    return Settled(arrived=len(rows) - len(failed), failed=len(failed))


def _has_arrived(outcome: str) -> bool:
    return outcome.strip().lower() == _SUCCESS


def _failure(outcome: str) -> str:
    """Say why: ``failed:user block`` is written with and without a blank."""
    word, _, why = outcome.partition(":")
    said = f"{word.strip()}: {why.strip()}" if why.strip() else word.strip() or "failed"
    return f"{Platform.OFFICIAL} {said}"


def _ids(rows: Sequence[Any]) -> list[int]:
    return sorted({row.id for row in rows})


def forget(session: Session, *, before: datetime, most: int) -> int:
    """Delete receipts that came before an instant and found no delivery, ``most`` of them.

    They are kept for ``KEPT``; gives how many went.
    """
    old = select(Receipt.id).where(Receipt.received_at < before).order_by(Receipt.id).limit(most)
    gone = session.execute(
        delete(Receipt).where(Receipt.id.in_(old)).execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE's result has it
