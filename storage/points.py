"""The ledger of points: read for balances and lines, written line by line, never changed.

What takes something back is computed from the line itself under its lock, so that it can never be
more than what is left of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Integer, Table, bindparam, case, exists, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from storage.models import (
    Appointment,
    Assignment,
    HomeDay,
    Invitation,
    Order,
    OrderEvent,
    Organisation,
    Person,
    PointEntry,
    PointPeriod,
)
from storage.vocabulary import AssignmentStatus, Attendance, OrderAction, PointSource

_entries = cast("Table", PointEntry.__table__)


@dataclass(frozen=True, slots=True)
class Server:
    """Somebody whose work on an order has just been confirmed.

    ``given_at`` is when the order was given out before it was taken; ``is_own_choice`` says that
    the member gave it to himself or herself. ``path`` is that of the member's first post.
    """

    person_id: int
    accepted_at: datetime | None
    finished_at: datetime | None
    given_at: datetime | None
    is_own_choice: bool
    path: str | None


@dataclass(frozen=True, slots=True)
class Day:
    """What a member has of a day already, and whether it is one of going home to serve."""

    paid: int
    home_day_paid: int
    is_home_day: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """A member's points: all there are, of this year, of this month; and how many lines."""

    total: int
    year: int
    month: int
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line as its member sees it; ``order`` is None where it stands for no order."""

    entry: PointEntry
    order: Order | None


_event = select(func.max(OrderEvent.at)).where(OrderEvent.order_id == bindparam("number"))
_gave = (OrderAction.DISPATCH, OrderAction.HANDLE)
_post_path = (
    select(Organisation.path)
    .join(Appointment, Appointment.organisation_id == Organisation.id)
    .where(
        Appointment.person_id == Person.id,
        Appointment.starts_on <= bindparam("today"),
        Appointment.ends_on.is_(None) | (Appointment.ends_on > bindparam("today")),
    )
    .order_by(Appointment.id)
    .limit(1)
    .scalar_subquery()
)
# The members stay locked until the turn ends: what a day may bring is counted one after the other.
_select_servers = (
    select(
        Person.id,
        Assignment.accepted_at,
        _event.where(OrderEvent.action == OrderAction.FINISH).scalar_subquery(),
        _event.where(
            OrderEvent.action == OrderAction.DISPATCH, OrderEvent.at <= Assignment.accepted_at
        ).scalar_subquery(),
        exists()
        .where(
            OrderEvent.order_id == bindparam("number"),
            OrderEvent.actor_id == Person.id,
            OrderEvent.action.in_(_gave),
        )
        .label("is_own_choice"),
        _post_path,
    )
    .join(Assignment, Assignment.person_id == Person.id)
    .where(
        Assignment.order_id == bindparam("number"),
        Assignment.status == AssignmentStatus.CONFIRMED,
        Assignment.ended_at == bindparam("confirmed_at"),
        Person.id.in_(bindparam("people", expanding=True)),
    )
    .order_by(Person.id)
    .with_for_update(of=Person, key_share=True)
)


def _sum_of(rules: str, *conditions: Any) -> Any:  # noqa: ANN401 (SQL expressions)
    return func.coalesce(
        select(func.sum(PointEntry.hundredths))
        .where(
            PointEntry.person_id == Person.id,
            PointEntry.rule.in_(bindparam(rules, expanding=True)),
            *conditions,
        )
        .scalar_subquery(),
        0,
    )


_is_home_day = exists().where(
    HomeDay.day == bindparam("day"),
    HomeDay.community_id.in_(bindparam("communities", expanding=True)),
)
_is_other_day = exists().where(
    Invitation.person_id == Person.id,
    Invitation.answer == Attendance.OTHER_DAY,
    Invitation.other_day == bindparam("day"),
)
_select_days = select(
    Person.id,
    _sum_of("work", PointEntry.served_on == bindparam("day")),
    _sum_of("home", PointEntry.served_on.between(bindparam("since"), bindparam("until"))),
    (_is_home_day | _is_other_day).label("is_home_day"),
).where(Person.id.in_(bindparam("people", expanding=True)))
_select_paid = select(func.coalesce(func.sum(PointEntry.hundredths), 0)).where(
    PointEntry.person_id == bindparam("person"),
    PointEntry.served_on == bindparam("day"),
    PointEntry.rule.in_(bindparam("rules", expanding=True)),
)
_select_balance = select(
    func.coalesce(func.sum(PointEntry.hundredths), 0),
    func.coalesce(
        func.sum(case((PointEntry.month >= bindparam("year"), PointEntry.hundredths), else_=0)), 0
    ),
    func.coalesce(
        func.sum(case((PointEntry.month == bindparam("month"), PointEntry.hundredths), else_=0)), 0
    ),
    func.count(PointEntry.id),
).where(PointEntry.person_id == bindparam("person"))
_lines = (
    select(PointEntry, Order)
    .outerjoin(Order, Order.id == PointEntry.order_id)
    .execution_options(populate_existing=True)
)
_select_lines = (
    _lines.where(PointEntry.person_id == bindparam("person"))
    .order_by(PointEntry.id.desc())
    .limit(bindparam("most"))
)
_select_line = _lines.where(PointEntry.id == bindparam("entry"))
_correcting = aliased(PointEntry)
_corrected = (
    select(func.coalesce(func.sum(_correcting.hundredths), 0))
    .where(_correcting.reverses_id == PointEntry.id)
    .scalar_subquery()
)
_left = PointEntry.hundredths + _corrected
_select_left = select(_left).where(PointEntry.id == bindparam("entry"))
_select_to_lock = (
    select(PointEntry.id).order_by(PointEntry.id).with_for_update(of=PointEntry, key_share=True)
)
_lock_order = _select_to_lock.where(
    PointEntry.order_id == bindparam("number"), PointEntry.reverses_id.is_(None)
)
_lock_member = (
    select(Person.id)
    .join(PointEntry, PointEntry.person_id == Person.id)
    .where(PointEntry.id == bindparam("entry"))
    .with_for_update(of=Person, key_share=True)
)
_lock_entry = _select_to_lock.where(PointEntry.id == bindparam("entry"))
_period = (
    PointPeriod.branch_id == PointEntry.branch_id,
    PointPeriod.month == PointEntry.month,
)
_lock_periods = (
    select(PointPeriod.id)
    .join(PointEntry, _period[0] & _period[1])
    .where(PointEntry.id.in_(bindparam("entries", expanding=True)))
    .order_by(PointPeriod.id)
    .with_for_update(of=PointPeriod, read=True)
)
_month = case(
    (PointEntry.month == bindparam("this_month"), PointEntry.month),
    (exists().where(*_period, PointPeriod.fixed_at.is_(None)), PointEntry.month),
    else_=bindparam("this_month", type_=PointEntry.month.type),
)


def servers(
    session: Session, number: int, people: Sequence[int], *, confirmed_at: datetime, today: date
) -> list[Server]:
    """Give those whose work was confirmed at an instant; they stay locked until the turn ends."""
    values = {
        "number": number,
        "people": list(people),
        "confirmed_at": confirmed_at,
        "today": today,
    }
    return [Server(*row) for row in session.execute(_select_servers, values)]


def days(
    session: Session,
    people: Sequence[int],
    *,
    day: date,
    month: tuple[date, date],
    communities: Sequence[int],
    work: Sequence[str],
    home: Sequence[str],
) -> dict[int, Day]:
    """Say what members have of a day by some rules, and of its month by others."""
    values = {
        "people": list(people),
        "day": day,
        "since": month[0],
        "until": month[1],
        "communities": list(communities),
        "work": list(work),
        "home": list(home),
    }
    return {person: Day(*rest) for person, *rest in session.execute(_select_days, values)}


def paid(session: Session, person_id: int, day: date, rules: Sequence[str]) -> int:
    """Sum up what a member has by some rules for the work of one day."""
    values = {"person": person_id, "day": day, "rules": list(rules)}
    return session.execute(_select_paid, values).scalar_one()


def write(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write lines; one whose source is written already is left as it is."""
    if rows:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        session.execute(dialect.insert(_entries).on_conflict_do_nothing(), list(rows))


def balance(session: Session, person_id: int, *, month: date) -> Balance:
    """Sum up a member's ledger."""
    values = {"person": person_id, "month": month, "year": month.replace(month=1)}
    return Balance(*session.execute(_select_balance, values).one())


def lines(session: Session, person_id: int, *, most: int) -> list[Line]:
    """Give a member's lines, the newest first."""
    values = {"person": person_id, "most": most}
    return [Line(*row) for row in session.execute(_select_lines, values)]


def line(session: Session, number: int) -> Line | None:
    """Read one line."""
    row = session.execute(_select_line, {"entry": number}).one_or_none()
    return Line(*row) if row else None


def lock(session: Session, number: int) -> int:
    """Hold a line until the turn ends, its member and month with it; gives what is left of it."""
    session.execute(_lock_member, {"entry": number})
    session.execute(_lock_entry, {"entry": number})
    session.execute(_lock_periods, {"entries": [number]})
    return session.execute(_select_left, {"entry": number}).scalar_one()


def take_back(
    session: Session, number: int, *, back: dict[str, str], now: datetime, month: date
) -> bool:
    """Take back what is left of an order's lines; say whether there was anything.

    ``back`` names for each rule the rule that takes it back.
    """
    held = list(session.execute(_lock_order, {"number": number}).scalars())
    if not held:
        return False
    session.execute(_lock_periods, {"entries": held})
    names = case(back, value=PointEntry.rule)
    rows = select(
        *_copied(names, -_left, now),
        PointEntry.source,
        PointEntry.source_id,
        literal("", PointEntry.reason.type),
    ).where(PointEntry.id.in_(held), _left > 0)
    return _copy(session, rows, ("source", "source_id", "reason"), month)


def correct(
    session: Session,
    number: int,
    change: int,
    *,
    appeal_id: int,
    reason: str,
    by_id: int,
    now: datetime,
    month: date,
) -> bool:
    """Write what a decision changes of a line; the caller holds it. False: it is written."""
    rows = select(
        *_copied(PointEntry.rule, literal(change, Integer), now),
        literal(PointSource.APPEAL, PointEntry.source.type),
        literal(appeal_id, Integer),
        literal(reason, PointEntry.reason.type),
        literal(by_id, Integer),
    ).where(PointEntry.id == number)
    return _copy(session, rows, ("source", "source_id", "reason", "by_id"), month)


_COPIED = (
    "person_id", "branch_id", "hundredths", "rule", "rule_version", "round", "order_id",
    "reverses_id", "at", "month", "served_on",
)  # fmt: skip


def _copied(rule: Any, hundredths: Any, now: datetime) -> tuple[Any, ...]:  # noqa: ANN401 (SQL expressions)
    return (
        PointEntry.person_id,
        PointEntry.branch_id,
        hundredths,
        rule,
        PointEntry.rule_version,
        PointEntry.round,
        PointEntry.order_id,
        PointEntry.id,
        literal(now, PointEntry.at.type),
        _month,
        PointEntry.served_on,
    )


def _copy(session: Session, rows: Any, more: tuple[str, ...], month: date) -> bool:  # noqa: ANN401 (a select)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(_entries).from_select([*_COPIED, *more], rows).on_conflict_do_nothing()
    )
    written = session.execute(statement, {"this_month": month})
    return bool(written.rowcount)  # type: ignore[attr-defined]  # an INSERT's result has it
