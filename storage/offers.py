"""Offers as those who were asked see them: what is open, what was answered, what clashes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session, aliased

from storage.models import Assignment, Delivery, Notice, Order, OrderEvent, Person, Timer
from storage.notices import OUTDATED
from storage.orders import Holder
from storage.vocabulary import (
    AssignmentStatus,
    DeliveryStatus,
    NoticeKind,
    OrderAction,
    OrderStatus,
    TimerKind,
)

_NEVER_AGAIN = (AssignmentStatus.DECLINED, AssignmentStatus.RELEASED, AssignmentStatus.NO_SHOW)
_ASKED = (AssignmentStatus.OFFERED, AssignmentStatus.ACCEPTED)

_lock = select(Order.id).where(Order.id == bindparam("number")).with_for_update()
_people = select(Assignment.person_id).where(
    Assignment.order_id == bindparam("number"),
    Assignment.status.in_(bindparam("statuses", expanding=True)),
)
_open_to = (
    select(Order.id)
    .join(Assignment, Assignment.order_id == Order.id)
    .where(
        Assignment.person_id == bindparam("person"),
        Assignment.status == AssignmentStatus.OFFERED,
        Order.status == OrderStatus.DISPATCHED,
    )
    .order_by(Order.promised_at, Order.id)
    .limit(bindparam("most"))
)
_clashing = (
    select(Order)
    .join(Assignment, Assignment.order_id == Order.id)
    .where(
        Assignment.person_id == bindparam("person"),
        Assignment.status == AssignmentStatus.ACCEPTED,
        Order.id != bindparam("besides"),
        Order.status.in_((OrderStatus.DISPATCHED, OrderStatus.TAKEN)),
        Order.starts_at < bindparam("until"),
        Order.ends_at > bindparam("since"),
    )
    .order_by(Order.starts_at, Order.id)
    .limit(1)
)
_names_awaited = (
    select(Person.name)
    .join(Assignment, Assignment.person_id == Person.id)
    .where(
        Assignment.order_id == bindparam("number"), Assignment.status == AssignmentStatus.OFFERED
    )
    .order_by(Assignment.id)
)
_refusals = (
    select(Person.name, Assignment.reason)
    .join(Assignment, Assignment.person_id == Person.id)
    .where(
        Assignment.order_id == bindparam("number"),
        Assignment.status == AssignmentStatus.DECLINED,
        Assignment.ended_at >= bindparam("since"),
    )
    .order_by(Assignment.ended_at, Assignment.id)
)
_done = (AssignmentStatus.FINISHED, AssignmentStatus.CONFIRMED)
_earlier = aliased(Assignment)
_last_finishers = (
    select(Person.id, Person.name)
    .join(Assignment, Assignment.person_id == Person.id)
    .where(
        Assignment.order_id == bindparam("number"),
        Assignment.status.in_(_done),
        Assignment.ended_at
        == select(func.max(_earlier.ended_at))
        .where(_earlier.order_id == bindparam("number"), _earlier.status.in_(_done))
        .scalar_subquery(),
    )
    .order_by(Assignment.seat)
)
_dispatched_at = (
    select(OrderEvent.at)
    .where(OrderEvent.order_id == bindparam("number"), OrderEvent.action == OrderAction.DISPATCH)
    .order_by(OrderEvent.id.desc())
    .limit(1)
)


def last_finishers(session: Session, number: int) -> tuple[Holder, ...]:
    """Give those who said last that an order is done: all who held it then."""
    rows = session.execute(_last_finishers, {"number": number})
    return tuple(Holder(person_id, name) for person_id, name in rows)


def lock(session: Session, number: int) -> None:
    """Hold an order until the transaction ends, so that answers to it come one after the other."""
    session.execute(_lock, {"number": number})


def people(session: Session, number: int, statuses: Sequence[AssignmentStatus]) -> set[int]:
    """Give those whose assignment to an order stands in one of the states."""
    rows = session.execute(_people, {"number": number, "statuses": list(statuses)})
    return set(rows.scalars())


def not_again(session: Session, number: int) -> set[int]:
    """Give those who said no to an order or left it: nobody asks them about it again."""
    return people(session, number, _NEVER_AGAIN)


def asked(session: Session, number: int) -> set[int]:
    """Give those whose offer is open, or who have taken a seat."""
    return people(session, number, _ASKED)


def awaited(session: Session, number: int) -> set[int]:
    """Give those who were asked and can still answer."""
    return people(session, number, (AssignmentStatus.OFFERED,))


def open_to(session: Session, person_id: int, *, most: int) -> list[int]:
    """Give the numbers of the orders that wait for a member's answer, most urgent first."""
    return list(session.execute(_open_to, {"person": person_id, "most": most}).scalars())


def decline(
    session: Session, number: int, person_id: int, *, now: datetime, reason: str | None
) -> bool:
    """End a member's open offer by their own no; False when there was none."""
    changed = session.execute(
        update(Assignment)
        .where(
            Assignment.order_id == number,
            Assignment.person_id == person_id,
            Assignment.status == AssignmentStatus.OFFERED,
        )
        .values(status=AssignmentStatus.DECLINED, ended_at=now, reason=reason)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def clash(
    session: Session, person_id: int, *, since: datetime, until: datetime, besides: int
) -> Order | None:
    """Find an order that a member holds and whose agreed time overlaps a span."""
    values: dict[str, Any] = {
        "person": person_id,
        "since": since,
        "until": until,
        "besides": besides,
    }
    return session.execute(_clashing, values).scalar_one_or_none()


def dispatched_at(session: Session, number: int) -> datetime | None:
    """Say when an order was last given out by somebody who dispatches."""
    return session.execute(_dispatched_at, {"number": number}).scalar_one_or_none()


def withdraw(session: Session, number: int, person_id: int, kind: NoticeKind) -> None:
    """Take one person's notices of a kind back before they are seen: they have answered already."""
    of_order = select(Notice.id).where(Notice.order_id == number, Notice.kind == kind)
    session.execute(
        update(Delivery)
        .where(
            Delivery.notice_id.in_(of_order),
            Delivery.person_id == person_id,
            Delivery.status.in_((DeliveryStatus.DUE, DeliveryStatus.PENDING)),
        )
        .values(status=DeliveryStatus.FAILED, failure=OUTDATED)
        .execution_options(synchronize_session=False)
    )


def names_awaited(session: Session, number: int) -> list[str]:
    """Name those who were asked and can still answer."""
    rows = session.execute(_names_awaited, {"number": number})
    return [name for name in rows.scalars() if name]


def refusals(session: Session, number: int, *, since: datetime) -> list[tuple[str, str]]:
    """Give who has said no since an instant, and why; the reason may be empty."""
    rows = session.execute(_refusals, {"number": number, "since": since})
    return [(name or "", reason or "") for name, reason in rows]


def drop_timers(session: Session, number: int, kind: TimerKind) -> None:
    """Take back timers of an order that have not fired, because another takes their place."""
    session.execute(
        delete(Timer)
        .where(Timer.order_id == number, Timer.kind == kind, Timer.fired_at.is_(None))
        .execution_options(synchronize_session=False)
    )
