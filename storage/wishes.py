"""Small wishes: what an order of that kind has besides, and which of them wait on the wall."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from storage.models import Appointment, Assignment, DutyHolding, Order, Organisation, Wish
from storage.orders import Found
from storage.vocabulary import (
    AssignmentStatus,
    Cost,
    DutyPost,
    OrderKind,
    OrderStatus,
    WishKind,
)

_LEFT_OR_DONE = (
    AssignmentStatus.RELEASED,
    AssignmentStatus.NO_SHOW,
    AssignmentStatus.FINISHED,
    AssignmentStatus.CONFIRMED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a wish says besides its matter; ``recipient`` is empty where it is one's own."""

    kind: WishKind
    cost: Cost
    wished_by: date | None
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wish that waits on the wall."""

    found: Found
    wish: Wish


_insert_wish = insert(cast("Table", Wish.__table__))
_select_wish = (
    select(Wish)
    .where(Wish.order_id == bindparam("number"))
    .execution_options(populate_existing=True)
)
_pool = (
    update(Wish)
    .where(Wish.order_id == bindparam("number"))
    .values(pooled_at=bindparam("at", type_=Wish.pooled_at.type))
    .execution_options(synchronize_session=False)
)
_rewrite = (
    update(Order)
    .where(Order.id == bindparam("number"), Order.version == bindparam("seen"))
    .values(matter=bindparam("words", type_=Order.matter.type))
    .execution_options(synchronize_session=False)
)
_is_waiting = (Order.kind == OrderKind.WISH, Order.status == OrderStatus.DISPATCHED)
_waiting = (
    select(Order, Organisation.path, Organisation.name, Wish)
    .join(Organisation, Organisation.id == Order.branch_id)
    .join(Wish, Wish.order_id == Order.id)
    .where(*_is_waiting)
    .execution_options(populate_existing=True)
)
_for_member = (
    Organisation.path.in_(bindparam("paths", expanding=True)),
    Order.reporter_id != bindparam("person"),
    Order.id.not_in(
        select(Assignment.order_id).where(
            Assignment.person_id == bindparam("person"), Assignment.status.in_(_LEFT_OR_DONE)
        )
    ),
)
_select_wall = (
    _waiting.where(*_for_member)
    .order_by(Wish.wished_by.is_(None), Wish.wished_by, Order.id)
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
_count_wall = (
    select(func.count())
    .select_from(Order)
    .join(Organisation, Organisation.id == Order.branch_id)
    .where(*_is_waiting, *_for_member)
)
_select_unclaimed = (
    _waiting.where(
        Organisation.path.like(bindparam("prefix")), Wish.pooled_at <= bindparam("before")
    )
    .order_by(Wish.pooled_at, Order.id)
    .limit(bindparam("most"))
)
_select_carers = (
    select(DutyHolding.person_id)
    .join(Appointment, Appointment.person_id == DutyHolding.person_id)
    .join(Organisation, Organisation.id == Appointment.organisation_id)
    .where(
        DutyHolding.post == DutyPost.CARE,
        DutyHolding.starts_on <= bindparam("today"),
        DutyHolding.ends_on.is_(None) | (DutyHolding.ends_on > bindparam("today")),
        Organisation.path.like(bindparam("prefix")),
    )
    .distinct()
)
_select_delivered = (
    select(Order.id)
    .join(Assignment, Assignment.order_id == Order.id)
    .where(
        Assignment.person_id == bindparam("person"),
        Assignment.status == AssignmentStatus.FINISHED,
        Assignment.ended_at >= bindparam("since"),
        Order.kind == OrderKind.WISH,
        Order.status == OrderStatus.DONE,
    )
    .order_by(Assignment.ended_at.desc(), Order.id.desc())
    .limit(1)
)


def add(session: Session, number: int, draft: Draft) -> None:
    """Write down what a new order of this kind has besides."""
    session.execute(
        _insert_wish,
        {
            "order_id": number,
            "kind": draft.kind,
            "recipient": draft.recipient,
            "cost": draft.cost,
            "wished_by": draft.wished_by,
        },
    )


def of(session: Session, number: int) -> Wish:
    """Read what a wish has besides its order."""
    return session.execute(_select_wish, {"number": number}).scalar_one()


def pool(session: Session, number: int, *, now: datetime) -> None:
    """Note since when a wish waits on the wall."""
    session.execute(_pool, {"number": number, "at": now})


def rewrite(session: Session, order: Order, words: str) -> bool:
    """Change a wish's words if it is still as it was read."""
    values = {"number": order.id, "seen": order.version, "words": words}
    return bool(session.execute(_rewrite, values).rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def wall(
    session: Session, person_id: int, paths: Sequence[str], *, most: int, skipped: int = 0
) -> list[Waiting]:
    """Give what a member may claim in some branches, the nearest wish-by day first."""
    return _all(
        session, _select_wall, person=person_id, paths=list(paths), most=most, skipped=skipped
    )


def count_wall(session: Session, person_id: int, paths: Sequence[str]) -> int:
    """Count what a member may claim in some branches."""
    return session.execute(_count_wall, {"person": person_id, "paths": list(paths)}).scalar_one()


def unclaimed(session: Session, path: str, *, before: datetime, most: int) -> list[Waiting]:
    """Give the wishes of a subtree that wait since ``before`` or longer, the longest first."""
    return _all(session, _select_unclaimed, prefix=path + "%", before=before, most=most)


def carers(session: Session, path: str, *, today: date) -> set[int]:
    """Give those of a subtree who have taken on to look after others."""
    rows = session.execute(_select_carers, {"prefix": path + "%", "today": today})
    return set(rows.scalars())


def delivered_by(session: Session, person_id: int, *, since: datetime) -> int | None:
    """Give the wish that a member said to be delivered last, while its answer is waited for."""
    values = {"person": person_id, "since": since}
    return session.execute(_select_delivered, values).scalar_one_or_none()


def _all(session: Session, statement: Any, **parameters: Any) -> list[Waiting]:  # noqa: ANN401 (select and its bind values)
    rows = session.execute(statement, parameters)
    return [Waiting(Found(order, path, name), wish) for order, path, name, wish in rows]
