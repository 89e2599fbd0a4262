"""Orders, assignments and events: queries as functions; a transition is won by changing its row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, case, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import Assignment, Order, OrderEvent, Organisation, Person, Timer
from storage.seats import FREE_SEAT
from storage.vocabulary import (
    AssignmentStatus,
    DispatchMode,
    OrderAction,
    OrderKind,
    OrderStatus,
    Platform,
    Role,
    TimerKind,
)

_BETWEEN_NAMES = "\N{IDEOGRAPHIC COMMA}"
_OPEN = (
    OrderStatus.SUBMITTED,
    OrderStatus.NEED_INFO,
    OrderStatus.DISPATCHED,
    OrderStatus.TAKEN,
    OrderStatus.DONE,
)
_SERVED = (AssignmentStatus.FINISHED, AssignmentStatus.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who has taken a seat of an order and not left it."""

    id: int
    name: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """An order with the place of its branch in the tree, and its live holders, first seat first."""

    order: Order
    branch_path: str
    branch_name: str
    holders: tuple[Holder, ...] = ()

    @property
    def holder_id(self) -> int | None:
        """The holder of the first seat; of an order with one seat, the holder."""
        return self.holders[0].id if self.holders else None

    @property
    def holder_name(self) -> str | None:
        """The names of all holders as they are listed to people; None while nobody holds it."""
        return _BETWEEN_NAMES.join(each.name for each in self.holders if each.name) or None

    def is_held_by(self, person_id: int) -> bool:
        """Say whether a person has one of the seats."""
        return any(each.id == person_id for each in self.holders)


@dataclass(frozen=True, slots=True)
class Step:
    """Who did something to an order, when, in which role, and over what.

    ``version`` is the order's version after a step that changed it.
    """

    action: OrderAction
    at: datetime
    actor_id: int | None = None
    role: Role | None = None
    organisation_id: int | None = None
    platform: Platform | None = None
    inbox_id: int | None = None
    version: int | None = None


# An order with several seats has several holders, hence rows: so the orders are chosen (and
# counted, where a list has a length) in a query of their own, and their holders joined to them.
_held = Assignment.status == AssignmentStatus.ACCEPTED
FOUND = (
    select(Order, Organisation.path, Organisation.name, Person.id, Person.name)
    .join(Organisation, Organisation.id == Order.branch_id)
    .outerjoin(Assignment, (Assignment.order_id == Order.id) & _held)
    .outerjoin(Person, Person.id == Assignment.person_id)
    .execution_options(populate_existing=True)
)
_numbers = select(Order.id).correlate(None)
_numbers_below = _numbers.join(Organisation, Organisation.id == Order.branch_id)
_in_states = Order.status.in_(bindparam("statuses", expanding=True))
_most_urgent = (Order.promised_at, Order.id)
_is_first_open = case((Order.status.in_(_OPEN), 0), else_=1)


def _list(numbers: Any, *order: Any) -> Any:  # noqa: ANN401 (select and what it is ordered by)
    """List the orders that ``numbers`` chooses, as many as asked for, with all their holders."""
    chosen = numbers.order_by(*order).limit(bindparam("most"))
    return FOUND.where(Order.id.in_(chosen)).order_by(*order, Assignment.seat)


def _with_assignment(person: Any, *statuses: AssignmentStatus) -> Any:  # noqa: ANN401 (SQL expressions)
    return Order.id.in_(
        select(Assignment.order_id).where(
            Assignment.person_id == person, Assignment.status.in_(statuses)
        )
    )


_select_one = FOUND.where(Order.id == bindparam("number")).order_by(Assignment.seat)
_select_reported = _list(
    _numbers.where(
        Order.reporter_id == bindparam("person"),
        Order.status.in_(_OPEN) | (Order.closed_at > bindparam("since")),
    ),
    _is_first_open,
    Order.id.desc(),
)
_select_held = _list(
    _numbers.where(
        _with_assignment(bindparam("person"), AssignmentStatus.ACCEPTED),
        Order.status.in_((OrderStatus.DISPATCHED, OrderStatus.TAKEN)),
    ),
    *_most_urgent,
)
_select_todo = _list(
    _numbers_below.where(
        Organisation.path.like(bindparam("prefix")),
        _in_states,
    ),
    *_most_urgent,
)
_select_at_places = _list(
    _numbers.where(
        Order.place_id.in_(bindparam("places", expanding=True)),
        _in_states,
    ),
    *_most_urgent,
)
_select_takeable = _list(
    _numbers_below.where(
        Organisation.path.in_(bindparam("paths", expanding=True)),
        Order.status == OrderStatus.DISPATCHED,
        Order.kind != OrderKind.WISH,  # those have a list of their own
        Order.dispatch_mode != DispatchMode.NAMED,
        Order.reporter_id != bindparam("person"),
        ~_with_assignment(bindparam("person"), AssignmentStatus.ACCEPTED, *_SERVED),
    ),
    *_most_urgent,
)
_select_offered = _list(
    _numbers.where(
        Order.status == OrderStatus.DISPATCHED,
        Order.dispatch_mode == DispatchMode.NAMED,
        _with_assignment(bindparam("person"), AssignmentStatus.OFFERED),
    ),
    *_most_urgent,
)
_select_assignment = (
    select(Assignment)
    .where(
        Assignment.order_id == bindparam("number"),
        Assignment.person_id == bindparam("person"),
    )
    .order_by(Assignment.id.desc())
    .limit(1)
    .execution_options(populate_existing=True)
)
_select_finisher = (
    select(Person.id, Person.name)
    .join(Assignment, Assignment.person_id == Person.id)
    .where(
        Assignment.order_id == bindparam("number"),
        Assignment.status.in_((AssignmentStatus.FINISHED, AssignmentStatus.CONFIRMED)),
    )
    .order_by(Assignment.id.desc())
    .limit(1)
)
_select_served = select(Assignment.person_id).where(
    Assignment.order_id == bindparam("number"), Assignment.status.in_(_SERVED)
)
_accept_offer = (
    update(Assignment)
    .where(
        Assignment.order_id == bindparam("its_order"),
        Assignment.person_id == bindparam("its_person"),
        Assignment.status == AssignmentStatus.OFFERED,
    )
    .values(status=AssignmentStatus.ACCEPTED, seat=FREE_SEAT, accepted_at=bindparam("at"))
    .execution_options(synchronize_session=False)
)
_accept_unasked = insert(Assignment).values(
    order_id=bindparam("its_order"),
    seat=FREE_SEAT,
    person_id=bindparam("its_person"),
    status=AssignmentStatus.ACCEPTED,
    accepted_at=bindparam("at"),
)
# Into tables, not entities: that spares an INSERT of one row the mapper's bulk machinery.
_orders = cast("Table", Order.__table__)
_insert_order = insert(_orders).returning(_orders.c.id)
_insert_event = insert(cast("Table", OrderEvent.__table__))
_insert_timer = insert(cast("Table", Timer.__table__))


def read(session: Session, statement: Any, **parameters: Any) -> list[Found]:  # noqa: ANN401 (select and its bind values)
    """Run a statement that begins with ``FOUND``, each order with all its holders."""
    found: dict[int, Found] = {}
    for order, path, name, holder_id, holder_name in session.execute(statement, parameters):
        before = found.get(order.id)
        holders = before.holders if before else ()
        if holder_id is not None:
            holders = (*holders, Holder(holder_id, holder_name))
        found[order.id] = Found(order, path, name, holders)
    return list(found.values())


def add(session: Session, **values: Any) -> int:  # noqa: ANN401 (column values)
    """Insert an order and give its number."""
    return int(session.execute(_insert_order, values).scalar_one())


def find(session: Session, number: int) -> Found | None:
    """Read an order afresh by its number."""
    return next(iter(read(session, _select_one, number=number)), None)


def reported_by(session: Session, person_id: int, *, since: datetime, most: int) -> list[Found]:
    """Give a resident's open orders, newest first, then those closed after ``since``."""
    return read(session, _select_reported, person=person_id, since=since, most=most)


def held_by(session: Session, person_id: int, *, most: int) -> list[Found]:
    """Give the orders that a member has taken and not finished, most urgent first."""
    return read(session, _select_held, person=person_id, most=most)


def below(
    session: Session, path: str, statuses: Sequence[OrderStatus], *, most: int
) -> list[Found]:
    """Give the orders of a subtree's branches in certain states, most urgent first."""
    return read(session, _select_todo, prefix=path + "%", statuses=list(statuses), most=most)


def at_places(
    session: Session, places: Sequence[int], statuses: Sequence[OrderStatus], *, most: int
) -> list[Found]:
    """Give the orders about certain places, whoever dispatches them, most urgent first."""
    return read(session, _select_at_places, places=list(places), statuses=list(statuses), most=most)


def takeable(
    session: Session, person_id: int, branch_paths: Sequence[str], *, most: int
) -> list[Found]:
    """Give what a member could take now: offered by name first, then what is open to all."""
    named = read(session, _select_offered, person=person_id, most=most)
    if not branch_paths:
        return named
    free = read(session, _select_takeable, person=person_id, paths=list(branch_paths), most=most)
    return (named + free)[:most]


def transition(
    session: Session,
    order: Order,
    status: OrderStatus,
    **changes: Any,  # noqa: ANN401 (column values)
) -> bool:
    """Move an order on if it is still as it was read; whoever changes the row has won."""
    changed = session.execute(
        update(Order)
        .where(Order.id == order.id, Order.status == order.status, Order.version == order.version)
        .values(status=status, version=Order.version + 1, **changes)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def record(session: Session, order_id: int, step: Step, **details: Any) -> None:  # noqa: ANN401 (JSON)
    """Write one event row."""
    session.execute(
        _insert_event,
        {
            "order_id": order_id,
            "action": step.action,
            "at": step.at,
            "actor_id": step.actor_id,
            "role": step.role,
            "organisation_id": step.organisation_id,
            "platform": step.platform,
            "inbox_id": step.inbox_id,
            "order_version": step.version,
            "details": details,
        },
    )


def set_timer(
    session: Session, order_id: int, kind: TimerKind, *, version: int, due_at: datetime
) -> None:
    """Set a timer that does nothing once the order has moved on from ``version``."""
    session.execute(
        _insert_timer,
        {"kind": kind, "order_id": order_id, "order_version": version, "due_at": due_at},
    )


def carry_timers(session: Session, order: Order) -> None:
    """Let an order's timers go on after a step that left open what they wait for.

    The step is won: ``order`` is as it was read before.
    """
    session.execute(
        update(Timer)
        .where(
            Timer.order_id == order.id,
            Timer.order_version == order.version,
            Timer.fired_at.is_(None),
        )
        .values(order_version=order.version + 1)
        .execution_options(synchronize_session=False)
    )


def offer(session: Session, order_id: int, people: Sequence[int], *, now: datetime) -> None:
    """Offer an order to members; whoever has an open offer of it already keeps that one."""
    if not people:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    rows = [
        {
            "order_id": order_id,
            "seat": 1,
            "person_id": person_id,
            "status": AssignmentStatus.OFFERED,
            "offered_at": now,
        }
        for person_id in sorted(people)
    ]
    session.execute(dialect.insert(Assignment).on_conflict_do_nothing(), rows)


def accept(session: Session, order_id: int, person_id: int, *, now: datetime) -> None:
    """Give the first free seat to a member, offered or not.

    The caller has won the order's transition, which sees to it that a seat is free.
    """
    values = {"its_order": order_id, "its_person": person_id, "at": now}
    won = session.execute(_accept_offer, values)
    if not won.rowcount:  # type: ignore[attr-defined]  # an UPDATE's result has it
        session.execute(_accept_unasked, values)


def end_assignments(
    session: Session,
    order_id: int,
    *,
    was: AssignmentStatus,
    becomes: AssignmentStatus,
    now: datetime,
    keep: Sequence[int] = (),
    reason: str | None = None,
) -> list[int]:
    """End all of an order's assignments in one state; gives the person ids."""
    ended = session.execute(
        update(Assignment)
        .where(
            Assignment.order_id == order_id,
            Assignment.status == was,
            Assignment.person_id.not_in(keep),
        )
        .values(status=becomes, ended_at=now, reason=reason)
        .returning(Assignment.person_id)
        .execution_options(synchronize_session=False)
    )
    return sorted(ended.scalars())


def assignment_of(session: Session, order_id: int, person_id: int) -> Assignment | None:
    """Read a member's latest assignment on an order."""
    return session.execute(
        _select_assignment, {"number": order_id, "person": person_id}
    ).scalar_one_or_none()


def last_finisher(session: Session, order_id: int) -> tuple[int, str | None] | None:
    """Say who finished an order last."""
    row = session.execute(_select_finisher, {"number": order_id}).one_or_none()
    return (row[0], row[1]) if row else None


def served_by(session: Session, order_id: int) -> set[int]:
    """Give those whose finished work on an order was not what the resident needed."""
    return set(session.execute(_select_served, {"number": order_id}).scalars())
