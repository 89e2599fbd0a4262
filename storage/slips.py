"""Reports written down for others: how many in a day, and how often a slip's code was wrong."""

from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from storage.models import Order, SlipMiss

_count_misses = (
    select(func.count())
    .select_from(SlipMiss)
    .where(SlipMiss.identity_id == bindparam("identity"), SlipMiss.missed_at >= bindparam("since"))
)

_count_written = (
    select(func.count())
    .select_from(Order)
    .where(
        Order.reporter_id == bindparam("person"),
        Order.proxy_id == bindparam("person"),
        Order.parent_id.is_(None),
        Order.submitted_at >= bindparam("since"),
    )
)


def written(session: Session, person_id: int, *, since: datetime) -> int:
    """Count the reports that somebody has written down for others since an instant."""
    counted = session.execute(_count_written, {"person": person_id, "since": since})
    return int(counted.scalar_one())


def misses(session: Session, identity_id: int, *, since: datetime) -> int:
    """Count an identity's wrong codes since an instant."""
    counted = session.execute(_count_misses, {"identity": identity_id, "since": since})
    return int(counted.scalar_one())


def miss(session: Session, identity_id: int, *, now: datetime) -> None:
    """Note a wrong code."""
    session.execute(insert(SlipMiss).values(identity_id=identity_id, missed_at=now))


def forget(session: Session, *, before: datetime, most: int) -> int:
    """Delete the oldest notes made before an instant, ``most`` of them; gives how many went."""
    old = select(SlipMiss.id).where(SlipMiss.missed_at < before).order_by(SlipMiss.id).limit(most)
    gone = session.execute(
        delete(SlipMiss).where(SlipMiss.id.in_(old)).execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE's result has it
