"""What members did in half a year, who has been shown it, and who let it go to the employer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import (
    Appointment,
    Assignment,
    CheckIn,
    Order,
    Organisation,
    Person,
    PointEntry,
    ServiceAccount,
)
from storage.vocabulary import AssignmentStatus, OrderStatus, OrganisationKind, Outcome, Role

_accounts = cast("Table", ServiceAccount.__table__)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who serves here and works elsewhere."""

    person_id: int
    name: str | None
    employer: str


@dataclass(frozen=True, slots=True)
class Service:
    """What a member did in a half: orders brought to their end, confirmed ones, home days, points.

    ``hundredths`` are hundredths of a point.
    """

    finished: int = 0
    confirmed: int = 0
    home_days: int = 0
    hundredths: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """A half: its name, its first day, the day after its last, and the same as instants."""

    label: str
    first: date
    after: date
    since: datetime
    until: datetime


_was_member = exists().where(
    Appointment.person_id == Person.id,
    Appointment.role.in_(bindparam("roles", expanding=True)),
    Appointment.starts_on < bindparam("after"),
    or_(Appointment.ends_on.is_(None), Appointment.ends_on > bindparam("first")),
)
_is_shown = exists().where(
    ServiceAccount.person_id == Person.id, ServiceAccount.half == bindparam("label")
)
_select_untold = (
    select(Person.id, Person.name, Organisation.name)
    .join(Organisation, Organisation.id == Person.employer_id)
    .where(Person.id > bindparam("above"), _was_member, ~_is_shown)
    .order_by(Person.id)
    .limit(bindparam("most"))
)
# Work that was not what the resident needed stays FINISHED beside that of whoever came later.
_counts = or_(
    Assignment.status == AssignmentStatus.CONFIRMED,
    (Assignment.status == AssignmentStatus.FINISHED) & (Order.outcome == Outcome.UNRATED),
)
_select_orders = (
    select(Assignment.person_id, Assignment.status, func.count(func.distinct(Order.id)))
    .join(Order, Order.id == Assignment.order_id)
    .where(
        Assignment.person_id.in_(bindparam("people", expanding=True)),
        Order.status == OrderStatus.CLOSED,
        Order.closed_at >= bindparam("since"),
        Order.closed_at < bindparam("until"),
        _counts,
    )
    .group_by(Assignment.person_id, Assignment.status)
)
_select_home_days = (
    select(CheckIn.person_id, func.count())
    .where(
        CheckIn.person_id.in_(bindparam("people", expanding=True)),
        CheckIn.month >= bindparam("first"),
        CheckIn.month < bindparam("after"),
    )
    .group_by(CheckIn.person_id)
)
_select_points = (
    select(PointEntry.person_id, func.sum(PointEntry.hundredths))
    .where(
        PointEntry.person_id.in_(bindparam("people", expanding=True)),
        PointEntry.month >= bindparam("first"),
        PointEntry.month < bindparam("after"),
    )
    .group_by(PointEntry.person_id)
)
_select_shown = select(_accounts.c.half).where(_accounts.c.person_id == bindparam("person"))
_set_release = (
    update(_accounts)
    .where(_accounts.c.person_id == bindparam("its_person"), _accounts.c.half == bindparam("its"))
    .values(released_at=bindparam("at", type_=_accounts.c.released_at.type))
)
_select_employer = (
    select(Organisation.name)
    .join(Person, Person.employer_id == Organisation.id)
    .where(Person.id == bindparam("person"))
)
_select_units = (
    select(Organisation.id, Organisation.name)
    .where(
        Organisation.kind == OrganisationKind.EMPLOYER,
        or_(Organisation.name == bindparam("unit"), Organisation.code == bindparam("unit")),
    )
    .order_by(Organisation.id)
)
_first_post = (
    select(Organisation.name)
    .join(Appointment, Appointment.organisation_id == Organisation.id)
    .where(
        Appointment.person_id == Person.id,
        Appointment.role.in_(bindparam("roles", expanding=True)),
        Appointment.starts_on < bindparam("after"),
        or_(Appointment.ends_on.is_(None), Appointment.ends_on > bindparam("first")),
    )
    .order_by(Appointment.id)
    .limit(1)
    .scalar_subquery()
)
_select_released = (
    select(Person.id, Person.name, _first_post)
    .join(ServiceAccount, ServiceAccount.person_id == Person.id)
    .where(
        Person.employer_id == bindparam("unit"),
        ServiceAccount.half == bindparam("label"),
        ServiceAccount.released_at.is_not(None),
    )
    .order_by(Person.name, Person.id)
)


def untold(
    session: Session, period: Period, roles: Sequence[Role], *, above: int, most: int
) -> list[Member]:
    """Give members with an employer who have not been shown a half, by id from ``above`` on."""
    rows = session.execute(
        _select_untold,
        {
            "label": period.label,
            "first": period.first,
            "after": period.after,
            "roles": list(roles),
            "above": above,
            "most": most,
        },
    )
    return [Member(*row) for row in rows]


def services(session: Session, people: Sequence[int], period: Period) -> dict[int, Service]:
    """Count what people did in a half; who did nothing is left out."""
    span = {"people": list(people), "since": period.since, "until": period.until}
    days = {"people": list(people), "first": period.first, "after": period.after}
    found: dict[int, dict[str, int]] = {}

    def note(person: int, key: str, value: int) -> None:
        values = found.setdefault(person, {})
        values[key] = values.get(key, 0) + value

    for person, status, count in session.execute(_select_orders, span):
        note(person, "finished", count)
        if status is AssignmentStatus.CONFIRMED:
            note(person, "confirmed", count)
    for person, count in session.execute(_select_home_days, days):
        note(person, "home_days", count)
    for person, hundredths in session.execute(_select_points, days):
        note(person, "hundredths", hundredths)
    return {person: Service(**values) for person, values in found.items() if any(values.values())}


def show(session: Session, people: Sequence[int], label: str, *, now: datetime) -> set[int]:
    """Note that people are shown a half; gives those who were not before."""
    if not people:
        return set()
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    rows: list[dict[str, Any]] = [
        {"person_id": person, "half": label, "shown_at": now} for person in people
    ]
    statement = (
        dialect.insert(_accounts)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(_accounts.c.person_id)
    )
    return set(session.execute(statement).scalars())


def shown(session: Session, person_id: int) -> list[str]:
    """Name the halves that a member has been shown, the latest first."""
    return sorted(session.execute(_select_shown, {"person": person_id}).scalars(), reverse=True)


def release(session: Session, person_id: int, label: str, *, at: datetime | None) -> None:
    """Let a half go to the employer, or (None) keep it back."""
    session.execute(_set_release, {"its_person": person_id, "its": label, "at": at})


def employer(session: Session, person_id: int) -> str | None:
    """Name the organisation that somebody works for."""
    return session.execute(_select_employer, {"person": person_id}).scalar_one_or_none()


def units(session: Session, said: str) -> list[tuple[int, str]]:
    """Give the employers of a name or code: id and name."""
    return [(row[0], row[1]) for row in session.execute(_select_units, {"unit": said})]


def released(
    session: Session, unit: int, period: Period, roles: Sequence[Role]
) -> list[tuple[int, str | None, str | None]]:
    """Give an employer's members who let a half go: id, name, where they serve."""
    rows = session.execute(
        _select_released,
        {
            "unit": unit,
            "label": period.label,
            "first": period.first,
            "after": period.after,
            "roles": list(roles),
        },
    )
    return [(row[0], row[1], row[2]) for row in rows]
