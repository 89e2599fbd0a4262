"""Clocks of orders as rows: what was told of a leg, what was urged, what a street must hear."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from storage.models import Leave, Order, Organisation
from storage.vocabulary import OrderStatus

_WAITING_FOR_US = (OrderStatus.SUBMITTED, OrderStatus.DISPATCHED, OrderStatus.TAKEN)

_is_as_read = (Order.id == bindparam("its_number"), Order.version == bindparam("its_version"))
_advance = (
    update(Order)
    .where(*_is_as_read)
    .values(
        late_stage=bindparam("its_stage"),
        promised_at=bindparam("its_promise"),
        overdue_at=bindparam("its_former"),
    )
    .execution_options(synchronize_session=False)
)
_urge = (
    update(Order)
    .where(
        *_is_as_read,
        Order.urged_at.is_(None)
        | (Order.urged_at <= bindparam("since", type_=Order.urged_at.type)),
    )
    .values(urged_at=bindparam("its_moment", type_=Order.urged_at.type))
    .execution_options(synchronize_session=False)
)
_select_away = select(Leave.person_id).where(
    Leave.person_id.in_(bindparam("people", expanding=True)),
    Leave.starts_on <= bindparam("today"),
    Leave.ends_on >= bindparam("today"),
)
_select_late = (
    select(Order.id, Organisation.id, Organisation.path)
    .join(Organisation, Organisation.id == Order.branch_id)
    .where(Order.status.in_(_WAITING_FOR_US), Order.late_stage >= bindparam("stage"))
    .order_by(Order.promised_at, Order.id)
)


@dataclass(frozen=True, slots=True)
class Late:
    """An order that has waited for long, and the branch that has it."""

    number: int
    branch_id: int
    path: str


def advance(
    session: Session,
    order: Order,
    *,
    stage: int,
    promised_at: datetime,
    overdue_at: datetime | None,
) -> bool:
    """Say which stage of a leg is told, unless the order has moved on; its version stays."""
    changed = session.execute(
        _advance,
        {
            "its_number": order.id,
            "its_version": order.version,
            "its_stage": stage,
            "its_promise": promised_at,
            "its_former": overdue_at,
        },
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def urge(session: Session, order: Order, *, now: datetime, since: datetime) -> bool:
    """Note that an order was urged, unless it was after ``since`` or the order has moved on."""
    changed = session.execute(
        _urge,
        {
            "its_number": order.id,
            "its_version": order.version,
            "since": since,
            "its_moment": now,
        },
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def away(session: Session, people: Sequence[int], *, today: date) -> set[int]:
    """Give those who are on leave."""
    rows = session.execute(_select_away, {"people": list(people), "today": today})
    return set(rows.scalars())


def late(session: Session, stage: int) -> list[Late]:
    """Give the orders whose leg has come to a stage while they wait for somebody of ours."""
    return [Late(*row) for row in session.execute(_select_late, {"stage": stage})]
