"""Who is to be told something about a home day, and has not been: each kind once a month.

The members of a community are those who may take orders anywhere inside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, bindparam, case, exists, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.home_days import Stored
from storage.models import (
    Appointment,
    Assignment,
    CheckIn,
    Identity,
    Invitation,
    Leave,
    OrderEvent,
    Organisation,
    Person,
    Reminder,
)
from storage.vocabulary import AssignmentStatus, Attendance, OrderAction, ReminderKind, Role

_reminders = cast("Table", Reminder.__table__)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody to be told; ``path`` is of the highest organisation in which they hold a post."""

    person_id: int
    path: str
    home_id: int | None


@dataclass(frozen=True, slots=True)
class Silent:
    """A member who has not answered; nobody can write to whoever is not reachable."""

    name: str
    is_reachable: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of a home day in a subtree, in numbers only."""

    members: int
    came: int
    coming: int
    other_day: int
    excused: int
    silent: int
    served: int


@dataclass(frozen=True, slots=True)
class Window:
    """The first instant of a calendar day, and of the next."""

    begins_at: datetime
    ends_at: datetime


_has_reminder = exists().where(
    Reminder.person_id == Person.id,
    Reminder.month == bindparam("of_month"),
    Reminder.kind == bindparam("of_kind"),
)
_is_here = exists().where(CheckIn.person_id == Person.id, CheckIn.month == bindparam("of_month"))
# A finished order counts on the day on which that was said; a finish that was undone does not,
# nor does one of somebody else before the order was opened again.
_has_served = exists().where(
    Assignment.person_id == Person.id,
    Assignment.status.in_((AssignmentStatus.FINISHED, AssignmentStatus.CONFIRMED)),
    Assignment.accepted_at <= OrderEvent.at,
    OrderEvent.order_id == Assignment.order_id,
    OrderEvent.action == OrderAction.FINISH,
    OrderEvent.at >= bindparam("begins_at"),
    OrderEvent.at < bindparam("ends_at"),
)
# Whoever is on leave that day is excused without a word.
_is_away = exists().where(
    Leave.person_id == Person.id,
    Leave.starts_on <= bindparam("its_day"),
    Leave.ends_on >= bindparam("its_day"),
)
_said = Invitation.answer
_is_silent = _said.is_(None)
_comes_on_the_day = or_(_is_silent, _said == Attendance.COMING)
_comes_on_another = (_said == Attendance.OTHER_DAY) & (Invitation.other_day == bindparam("its_day"))


def _posted(*columns: Any) -> Select[Any]:  # noqa: ANN401 (columns and labels of any type)
    """Choose from those who hold one of the roles in a subtree, with their answer if any."""
    return (
        select(*columns)
        .select_from(Person)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Organisation, Organisation.id == Appointment.organisation_id)
        .outerjoin(
            Invitation,
            (Invitation.person_id == Person.id) & (Invitation.home_day_id == bindparam("home_day")),
        )
        .where(
            Organisation.path.like(bindparam("pattern")),
            Appointment.role.in_(bindparam("roles", expanding=True)),
            Appointment.starts_on <= bindparam("today"),
            (Appointment.ends_on.is_(None)) | (Appointment.ends_on > bindparam("today")),
        )
    )


def _unreminded(*conditions: ColumnElement[bool]) -> Select[Any]:
    path = func.min(Organisation.path).label("path")
    return (
        _posted(Person.id, path, Person.home_id)
        .where(~_has_reminder, *conditions)
        .group_by(Person.id, Person.home_id)
        .order_by("path", Person.id)
        .limit(bindparam("most"))
    )


_select_officers = _unreminded()
_select_silent = _unreminded(_is_silent, ~_is_here, ~_is_away)
_select_coming = {
    True: _unreminded(_comes_on_the_day, ~_is_here, ~_is_away),
    False: _unreminded(_comes_on_another, ~_is_here),
}
_select_came = {
    True: _unreminded(or_(_is_silent, _said != Attendance.OTHER_DAY), or_(_is_here, _has_served)),
    False: _unreminded(_comes_on_another, or_(_is_here, _has_served)),
}
_is_reachable = exists().where(Identity.person_id == Person.id, Identity.is_following)
_list_silent = (
    _posted(Person.name, _is_reachable)
    .where(_is_silent, ~_is_here, ~_has_served, ~_is_away)
    .group_by(Person.id, Person.name)
    .order_by(Person.id)
    .limit(bindparam("most"))
)
_members = (
    _posted(
        func.min(_said).label("said"),
        case((or_(_is_here, _has_served), 1), else_=0).label("came"),
        case((_is_away, 1), else_=0).label("away"),
    )
    .group_by(Person.id)
    .subquery()
)


_says_nothing = _members.c.said.is_(None) & (_members.c.came == 0)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


_tally = select(
    func.count(),
    _count(_members.c.came == 1),
    _count(_members.c.said == Attendance.COMING),
    _count(_members.c.said == Attendance.OTHER_DAY),
    _count(or_(_members.c.said == Attendance.EXCUSED, _says_nothing & (_members.c.away == 1))),
    _count(_says_nothing & (_members.c.away == 0)),
)
_count_served = (
    select(func.count(OrderEvent.order_id.distinct()))
    .join(Assignment, Assignment.order_id == OrderEvent.order_id)
    .where(
        OrderEvent.action == OrderAction.FINISH,
        OrderEvent.at >= bindparam("begins_at"),
        OrderEvent.at < bindparam("ends_at"),
        Assignment.status.in_((AssignmentStatus.FINISHED, AssignmentStatus.CONFIRMED)),
        Assignment.accepted_at <= OrderEvent.at,
        Assignment.person_id.in_(_posted(Person.id).correlate(None)),
    )
)
_told_of = select(_reminders.c.person_id).where(
    _reminders.c.home_day_id == bindparam("home_day"), _reminders.c.kind == bindparam("of_kind")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Who is looked at: those with one of the roles in organisations of a path pattern."""

    home_day: Stored
    pattern: str
    roles: Sequence[Role]
    today: date

    def values(self, **more: object) -> dict[str, object]:
        """Give the bind values that every statement here needs."""
        return {
            "home_day": self.home_day.id,
            "of_month": self.home_day.month,
            "pattern": self.pattern,
            "roles": list(self.roles),
            "today": self.today,
            "its_day": self.home_day.day,
            **more,
        }


def officers(session: Session, scope: Scope, kind: ReminderKind, *, most: int) -> list[Member]:
    """Give those who look after the day and have not been told this yet."""
    rows = session.execute(_select_officers, scope.values(of_kind=kind, most=most))
    return [Member(*row) for row in rows]


def silent(session: Session, scope: Scope, *, most: int) -> list[Member]:
    """Give the members who have neither answered, nor come, nor been invited."""
    values = scope.values(of_kind=ReminderKind.INVITATION, most=most)
    return [Member(*row) for row in session.execute(_select_silent, values)]


def awaited(
    session: Session, scope: Scope, kind: ReminderKind, day: date, *, most: int
) -> list[Member]:
    """Give the members who may come on a day, their own or the home day, and were not reminded."""
    statement = _select_coming[day == scope.home_day.day]
    values = scope.values(of_kind=kind, its_day=day, most=most)
    return [Member(*row) for row in session.execute(statement, values)]


def arrived(
    session: Session, scope: Scope, day: date, window: Window, *, most: int
) -> list[Member]:
    """Give the members who came, or finished an order, on their day and were not thanked."""
    statement = _select_came[day == scope.home_day.day]
    values = scope.values(
        of_kind=ReminderKind.THANKS,
        its_day=day,
        begins_at=window.begins_at,
        ends_at=window.ends_at,
        most=most,
    )
    return [Member(*row) for row in session.execute(statement, values)]


def remind(
    session: Session,
    members: Sequence[Member],
    home_day: Stored,
    kind: ReminderKind,
    *,
    now: datetime,
) -> set[int]:
    """Note that members are told something now; give those who were not told it before.

    Whoever writes the row first tells it: two jobs at once leave each member to one of them.
    """
    if not members:
        return set()
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(_reminders).on_conflict_do_nothing()
    rows = [
        {
            "person_id": person_id,
            "home_day_id": home_day.id,
            "month": home_day.month,
            "kind": kind,
            "reminded_at": now,
        }
        for person_id in sorted(member.person_id for member in members)
    ]
    return set(session.execute(statement.returning(_reminders.c.person_id), rows).scalars())


def told(session: Session, home_day_id: int, kind: ReminderKind) -> list[int]:
    """Give everybody who was told something about a home day."""
    values = {"home_day": home_day_id, "of_kind": kind}
    return sorted(session.execute(_told_of, values).scalars())


def unanswered(session: Session, scope: Scope, window: Window, *, most: int) -> list[Silent]:
    """Give the members who have not answered, come or served, whether invited or not."""
    values = scope.values(begins_at=window.begins_at, ends_at=window.ends_at, most=most)
    rows = session.execute(_list_silent, values)
    return [Silent(name or "", bool(is_reachable)) for name, is_reachable in rows]


def tally(session: Session, scope: Scope, window: Window) -> Tally:
    """Count what became of the day; orders finished on the day itself are counted as served."""
    values = scope.values(begins_at=window.begins_at, ends_at=window.ends_at)
    numbers = session.execute(_tally, values).one()
    return Tally(*numbers, served=session.execute(_count_served, values).scalar_one())
