"""Clocks of orders as rows: what was told of a leg, what was urged, what a street must hear."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import Appointment, Briefing, Leave, Order, Organisation
from storage.vocabulary import BriefingKind, OrderStatus, Role

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
_select_unbriefed = (
    select(Appointment.person_id, Organisation.path)
    .join(Organisation, Organisation.id == Appointment.organisation_id)
    .outerjoin(
        Briefing,
        (Briefing.person_id == Appointment.person_id)
        & (Briefing.kind == bindparam("kind", type_=Briefing.kind.type))
        & (Briefing.day == bindparam("today")),
    )
    .where(
        Appointment.role == bindparam("role", type_=Appointment.role.type),
        Appointment.starts_on <= bindparam("today"),
        Appointment.ends_on.is_(None) | (Appointment.ends_on > bindparam("today")),
        Briefing.id.is_(None),
    )
    .order_by(Appointment.person_id, Organisation.path)
)
_select_late = (
    select(Order.id, Order.matter, Order.place, Order.place_name, Organisation.path)
    .join(Organisation, Organisation.id == Order.branch_id)
    .where(
        Order.status.in_(_WAITING_FOR_US),
        Order.late_stage >= bindparam("stage"),
    )
    .order_by(Order.promised_at, Order.id)
)


@dataclass(frozen=True, slots=True)
class Late:
    """An order that has waited for long, with what of it may be named to a street."""

    number: int
    matter: str
    place: str
    place_name: str
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


def unbriefed(
    session: Session, kind: BriefingKind, role: Role, *, today: date
) -> dict[int, list[str]]:
    """Give those of a role who have not had a report today, with the paths of their subtrees."""
    rows = session.execute(_select_unbriefed, {"kind": kind, "role": role, "today": today})
    found: dict[int, list[str]] = {}
    for person_id, path in rows:
        found.setdefault(person_id, []).append(path)
    return found


def brief(
    session: Session, kind: BriefingKind, people: Sequence[int], *, today: date, now: datetime
) -> set[int]:
    """Say that people have had a report today; gives those of whom nobody said so before."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(Briefing)
        .values(
            [
                {"person_id": person, "kind": kind, "day": today, "told_at": now}
                for person in sorted(people)
            ]
        )
        .on_conflict_do_nothing()
        .returning(Briefing.person_id)
    )
    return set(session.execute(statement).scalars()) if people else set()


def late(session: Session, stage: int) -> list[Late]:
    """Give the orders whose leg has come to a stage while they wait for somebody of ours."""
    return [Late(*row) for row in session.execute(_select_late, {"stage": stage})]
