"""What has happened to an order: its steps with who took them, who left it, what it was rated.

Reading is what the time line and the rules about leaving need; an order's present state is in
``storage.orders``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, select, update
from sqlalchemy.orm import Session

from storage.models import Assignment, Order, OrderEvent, Organisation, Person
from storage.vocabulary import AssignmentStatus, OrderAction, OrderStatus, Platform, Role


@dataclass(frozen=True, slots=True)
class Past:
    """One step as it was written down; without an actor the clock took it."""

    action: OrderAction
    at: datetime
    actor_id: int | None
    actor_name: str | None
    role: Role | None
    organisation: str | None
    platform: Platform | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Former:
    """Somebody who once held an order."""

    person_id: int
    name: str | None


_select_steps = (
    select(
        OrderEvent.action,
        OrderEvent.at,
        OrderEvent.actor_id,
        Person.name,
        OrderEvent.role,
        Organisation.name,
        OrderEvent.platform,
        OrderEvent.details,
    )
    .outerjoin(Person, Person.id == OrderEvent.actor_id)
    .outerjoin(Organisation, Organisation.id == OrderEvent.organisation_id)
    .where(
        OrderEvent.order_id == bindparam("number"),
        OrderEvent.action.in_(bindparam("actions", expanding=True)),
    )
    .order_by(OrderEvent.id)
)
_select_version = (
    select(Order.version).where(Order.id == bindparam("number")).with_for_update(of=Order)
)
# Whoever had taken the order when it was withdrawn has to learn it; the others' cards say it.
_has_lost_it = (
    Assignment.status == AssignmentStatus.REVOKED,
    Assignment.accepted_at.is_not(None),
    Order.status == OrderStatus.WITHDRAWN,
    ~exists().where(
        OrderEvent.order_id == Order.id,
        OrderEvent.action == OrderAction.ACKNOWLEDGE,
        OrderEvent.actor_id == Assignment.person_id,
    ),
)
_select_unaware = (
    select(Person.id, Person.name)
    .join(Assignment, Assignment.person_id == Person.id)
    .join(Order, Order.id == Assignment.order_id)
    .where(Order.id == bindparam("number"), *_has_lost_it)
    .group_by(Person.id, Person.name)
    .order_by(Person.id)
)
_select_unseen = (
    select(Order.id)
    .join(Assignment, Assignment.order_id == Order.id)
    .where(Assignment.person_id == bindparam("person"), *_has_lost_it)
    .group_by(Order.id)
    .order_by(Order.id)
)
_rate = (
    update(Order)
    .where(
        Order.id == bindparam("its_number"),
        Order.status.in_((OrderStatus.DONE, OrderStatus.CLOSED)),
    )
    .values(
        rating=bindparam("its_rating"),
        rating_words=bindparam("its_words"),
        rated_at=func.coalesce(Order.rated_at, bindparam("its_moment", type_=Order.rated_at.type)),
    )
    .execution_options(synchronize_session=False)
)


def steps(session: Session, order_id: int, actions: Sequence[OrderAction]) -> list[Past]:
    """Read the steps of some kinds, oldest first."""
    rows = session.execute(_select_steps, {"number": order_id, "actions": list(actions)})
    return [Past(*row) for row in rows]


def is_unchanged(session: Session, order: Order) -> bool:
    """Lock an order's row and say whether it is still as it was read.

    For steps that are no transition but must not be written of an order that has moved on.
    """
    version = session.execute(_select_version, {"number": order.id}).scalar_one_or_none()
    return version == order.version


def unaware(session: Session, order_id: int) -> list[Former]:
    """Give the former holders of a withdrawn order who have not said that they know."""
    return [Former(*row) for row in session.execute(_select_unaware, {"number": order_id})]


def unseen_withdrawals(session: Session, person_id: int) -> list[int]:
    """Give the withdrawn orders of which a former holder has not said so."""
    return list(session.execute(_select_unseen, {"person": person_id}).scalars())


def rate(session: Session, order_id: int, *, rating: int, words: str | None, now: datetime) -> bool:
    """Store a rating of a finished order; the moment of the first one stays. False: not finished.

    The order's version stays as well: no timer of the order depends on what it was rated.
    """
    changed = session.execute(
        _rate,
        {"its_number": order_id, "its_rating": rating, "its_words": words, "its_moment": now},
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it
