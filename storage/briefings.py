"""What a secretary's report counts, and to whom it was told: three statements for any desk.

A desk is one or several subtrees, none inside another; each statement is built once for each number
of subtrees.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, case, distinct, exists, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage import notices, orders
from storage.models import Appointment, Assignment, Briefing, Order, OrderEvent, Organisation, Wish
from storage.orders import FOUND, Found
from storage.vocabulary import (
    BriefingKind,
    OrderAction,
    OrderKind,
    OrderStatus,
    Outcome,
    Role,
)

_OPEN = (
    OrderStatus.SUBMITTED,
    OrderStatus.NEED_INFO,
    OrderStatus.DISPATCHED,
    OrderStatus.TAKEN,
    OrderStatus.DONE,
)
_NEVER_WERE = (OrderStatus.WITHDRAWN, OrderStatus.REJECTED, OrderStatus.MERGED)
_TAKEN = (OrderAction.TAKE, OrderAction.JOIN, OrderAction.HANDLE)
_TOLD = {
    "dispatched": (OrderAction.DISPATCH,),
    "taken": _TAKEN,
    "reopened": (OrderAction.REOPEN,),
}
_moment = Order.submitted_at.type
_since, _until = bindparam("since", type_=_moment), bindparam("until", type_=_moment)
_now = bindparam("now", type_=_moment)

_briefings = cast("Table", Briefing.__table__)
_is_late = and_(
    Order.status.in_((OrderStatus.SUBMITTED, OrderStatus.DISPATCHED, OrderStatus.TAKEN)),
    or_(Order.overdue_at.is_not(None), Order.promised_at <= _now),
)


@dataclass(frozen=True, slots=True)
class _Statements:
    orders: Any
    steps: Any
    late: Any
    count_late: Any
    troubles: Any


def _sum(*conditions: Any) -> Any:  # noqa: ANN401 (SQL expressions)
    return func.coalesce(func.sum(case((and_(*conditions), 1), else_=0)), 0)


def _closed(outcome: Outcome) -> Any:  # noqa: ANN401 (an SQL expression)
    return _sum(
        Order.status == OrderStatus.CLOSED,
        Order.outcome == outcome,
        Order.closed_at >= _since,
        Order.closed_at < _until,
    )


@lru_cache
def _statements(subtrees: int) -> _Statements:
    inside = select(Organisation.id).where(
        or_(*(Organisation.path.like(bindparam(f"prefix_{each}")) for each in range(subtrees)))
    )
    is_below = Order.branch_id.in_(inside)
    is_wish = Order.kind == OrderKind.WISH
    orders = (
        select(
            _sum(Order.submitted_at >= _since, Order.submitted_at < _until).label("submitted"),
            _closed(Outcome.RESOLVED).label("resolved"),
            _closed(Outcome.PARTLY).label("partly"),
            _closed(Outcome.UNRATED).label("unrated"),
            _closed(Outcome.UNREACHABLE).label("unreachable"),
            _sum(Order.status == OrderStatus.DONE).label("waiting"),
            _sum(_is_late).label("overdue"),
            _sum(is_wish, Order.status.in_(_OPEN), Order.status != OrderStatus.DONE).label(
                "wishes"
            ),
            _sum(
                is_wish,
                Order.status == OrderStatus.DISPATCHED,
                Wish.pooled_at <= bindparam("pooled_before", type_=_moment),
            ).label("unclaimed"),
        )
        .select_from(Order)
        .outerjoin(Wish, Wish.order_id == Order.id)
        .where(
            is_below,
            or_(
                Order.status.in_(_OPEN),
                Order.closed_at >= _since,
                Order.submitted_at >= _since,
            ),
        )
    )
    steps = (
        select(
            *(
                func.count(
                    distinct(case((OrderEvent.action.in_(actions), OrderEvent.order_id)))
                ).label(name)
                for name, actions in _TOLD.items()
            )
        )
        .join(Order, Order.id == OrderEvent.order_id)
        .where(is_below, OrderEvent.at >= _since, OrderEvent.at < _until)
    )
    late = (
        select(Order.id)
        .where(is_below, _is_late)
        .order_by(func.coalesce(Order.overdue_at, Order.promised_at), Order.id)
        .limit(bindparam("most"))
        .offset(bindparam("skipped"))
    )
    count_late = select(func.count()).select_from(Order).where(is_below, _is_late)
    troubles = (
        select(
            Order.id,
            Order.kind,
            Order.place_id,
            and_(Order.submitted_at >= _since, Order.parent_id.is_(None)),
            Order.reopen_count,
        )
        .where(
            is_below,
            Order.status.not_in(_NEVER_WERE),
            or_(
                Order.submitted_at >= _since,
                and_(
                    Order.reopen_count > 0,
                    or_(Order.status.in_(_OPEN), Order.closed_at >= _since),
                ),
            ),
        )
        .order_by(Order.id)
    )
    return _Statements(orders, steps, late, count_late, troubles)


def _prefixes(paths: Sequence[str]) -> dict[str, str]:
    return {f"prefix_{each}": f"{path}%" for each, path in enumerate(paths)}


def count(
    session: Session,
    paths: Sequence[str],
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    pooled_before: datetime,
) -> Mapping[str, int]:
    """Count, by name, what happened in some subtrees from ``since`` to ``until``, and what waits.

    An order counts where it is now; what ended and was opened again has not ended.
    """
    if not paths:
        return {}
    statements = _statements(len(paths))
    span = {"since": since, "until": until, **_prefixes(paths)}
    orders = session.execute(
        statements.orders, {**span, "now": now, "pooled_before": pooled_before}
    ).one()
    steps = session.execute(statements.steps, span).one()
    undelivered = notices.count_undelivered(session, paths, since=since, until=until)
    return {**orders._mapping, **steps._mapping, "undelivered": undelivered}  # noqa: SLF001 (the public name of SQLAlchemy's rows as mappings)


def late(
    session: Session, paths: Sequence[str], *, now: datetime, most: int, skipped: int = 0
) -> list[int]:
    """Give the orders of some subtrees whose promise is broken, the oldest broken one first."""
    if not paths:
        return []
    values = {"now": now, "most": most, "skipped": skipped, **_prefixes(paths)}
    return list(session.execute(_statements(len(paths)).late, values).scalars())


def count_late(session: Session, paths: Sequence[str], *, now: datetime) -> int:
    """Count the orders of some subtrees whose promise is broken."""
    if not paths:
        return 0
    values = {"now": now, **_prefixes(paths)}
    return int(session.execute(_statements(len(paths)).count_late, values).scalar_one())


def troubles(
    session: Session, paths: Sequence[str], *, since: datetime
) -> list[tuple[int, OrderKind, int | None, bool, int]]:
    """Give what was reported in some subtrees since a moment, or opened again and not long ended.

    Of each its number, kind, place, whether it is a new report of that time (what is left of one
    that was partly solved is none), and how often it was opened again. What was withdrawn, refused
    or merged is left out.
    """
    if not paths:
        return []
    values = {"since": since, **_prefixes(paths)}
    rows = session.execute(_statements(len(paths)).troubles, values)
    return [
        (number, kind, place, bool(is_recent), again)
        for number, kind, place, is_recent, again in rows
    ]


_select_these = FOUND.where(Order.id.in_(bindparam("numbers", expanding=True))).order_by(
    Assignment.seat
)


def these(session: Session, numbers: Sequence[int]) -> list[Found]:
    """Read some orders afresh, in the order of their numbers' list."""
    found = {
        each.order.id: each for each in orders.read(session, _select_these, numbers=list(numbers))
    }
    return [found[number] for number in numbers if number in found]


_is_running = (
    Appointment.role.in_(bindparam("roles", expanding=True)),
    Appointment.starts_on <= bindparam("day"),
    or_(Appointment.ends_on.is_(None), Appointment.ends_on > bindparam("day")),
)
_untold = (
    select(Appointment.person_id)
    .where(
        *_is_running,
        ~exists().where(
            Briefing.person_id == Appointment.person_id,
            Briefing.kind == bindparam("kind"),
            Briefing.day == bindparam("day"),
        ),
    )
    .distinct()
    .order_by(Appointment.person_id)
    .limit(bindparam("most"))
)
_desks = (
    select(Appointment.person_id, Organisation.path)
    .join(Organisation, Organisation.id == Appointment.organisation_id)
    .where(*_is_running, Appointment.person_id.in_(bindparam("people", expanding=True)))
    .order_by(Appointment.person_id, Organisation.path)
)


def claim(
    session: Session,
    kind: BriefingKind,
    day: date,
    roles: Sequence[Role],
    *,
    now: datetime,
    most: int,
) -> dict[int, list[str]]:
    """Take some of those who have not been told yet; gives the paths of their posts.

    Whoever takes a person is the only one who does, today and for this kind; the caller's
    transaction carries both that and the notice. An empty answer may mean that others work at it.
    """
    values = {"roles": list(roles), "day": day, "kind": kind, "most": most}
    people = list(session.execute(_untold, values).scalars())
    if not people:
        return {}
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    rows = [{"person_id": each, "kind": kind, "day": day, "told_at": now} for each in people]
    statement = dialect.insert(_briefings).on_conflict_do_nothing()
    won = session.execute(statement.values(rows).returning(_briefings.c.person_id))
    posts: dict[int, list[str]] = {each: [] for each in sorted(won.scalars())}
    found = session.execute(
        _desks, {"roles": list(roles), "day": day, "people": list(posts) or [0]}
    )
    for person_id, path in found:
        posts[person_id].append(path)
    return posts
