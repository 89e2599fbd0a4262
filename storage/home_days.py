"""Home days, what members answered to them, who came, and the orders picked for them.

What is reminded of whom, and once only, lives in ``reminders``.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import CheckIn, HomeDay, HomeDayPick, Invitation
from storage.vocabulary import Attendance, Moved


@dataclass(frozen=True, slots=True)
class Stored:
    """A home day as it stands; ``decided_at`` is None while only the calendar has spoken."""

    id: int
    community_id: int
    month: date
    day: date
    moved: Moved | None
    is_known: bool
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a member said to the invitation."""

    answer: Attendance
    other_day: date | None


_days = cast("Table", HomeDay.__table__)
_invitations = cast("Table", Invitation.__table__)
_check_ins = cast("Table", CheckIn.__table__)
_picks = cast("Table", HomeDayPick.__table__)

_select_days = select(
    _days.c.id,
    _days.c.community_id,
    _days.c.month,
    _days.c.day,
    _days.c.moved,
    _days.c.is_known,
    _days.c.decided_at,
)
_select_one = _select_days.where(
    _days.c.community_id == bindparam("community"), _days.c.month == bindparam("of_month")
)
_chosen_days = select(_invitations.c.home_day_id).where(
    _invitations.c.other_day.between(bindparam("first"), bindparam("last"))
)
_select_near = _select_days.where(
    or_(
        _days.c.day.between(bindparam("first"), bindparam("last")),
        _days.c.id.in_(_chosen_days),
    )
).order_by(_days.c.id)
_select_planned = select(_days.c.community_id).where(_days.c.month == bindparam("of_month"))
_decide = (
    update(_days)
    .where(_days.c.id == bindparam("row"))
    .values(
        day=bindparam("its_day"),
        moved=bindparam("its_moved"),
        decided_by_id=bindparam("by"),
        decided_at=bindparam("at"),
    )
)
_select_answer = select(_invitations.c.answer, _invitations.c.other_day).where(
    _invitations.c.home_day_id == bindparam("home_day"),
    _invitations.c.person_id == bindparam("person"),
)
_select_other_days = (
    select(_invitations.c.other_day)
    .where(
        _invitations.c.home_day_id == bindparam("home_day"),
        _invitations.c.answer == Attendance.OTHER_DAY,
        _invitations.c.other_day.between(bindparam("first"), bindparam("last")),
    )
    .distinct()
    .order_by(_invitations.c.other_day)
)
_select_check_in = select(_check_ins.c.checked_in_at).where(
    _check_ins.c.person_id == bindparam("person"), _check_ins.c.month == bindparam("of_month")
)
_select_picks = (
    select(_picks.c.order_id)
    .where(_picks.c.home_day_id == bindparam("home_day"))
    .order_by(_picks.c.picked_at, _picks.c.order_id)
)
_drop_pick = delete(_picks).where(
    _picks.c.home_day_id == bindparam("home_day"), _picks.c.order_id == bindparam("number")
)


def _dialect(session: Session) -> Any:  # noqa: ANN401 (each dialect has an insert of its own)
    return postgresql if session.get_bind().dialect.name == "postgresql" else sqlite


def _is_new(session: Session, table: Table, values: dict[str, Any]) -> bool:
    """Insert a row unless one with its key is there; say whether this call did."""
    done = session.execute(_dialect(session).insert(table).values(values).on_conflict_do_nothing())
    return bool(done.rowcount)  # type: ignore[attr-defined]  # an INSERT's result has it


def lay_down(
    session: Session, community_id: int, month: date, day: date, moved: Moved | None, *, known: bool
) -> None:
    """Store the day that follows from the calendar, unless the month has its day already."""
    values = {
        "community_id": community_id,
        "month": month,
        "day": day,
        "moved": moved,
        "is_known": known,
    }
    _is_new(session, _days, values)


def of(session: Session, community_id: int, month: date) -> Stored | None:
    """Read a community's home day of a month."""
    row = session.execute(_select_one, {"community": community_id, "of_month": month}).one_or_none()
    return Stored(*row) if row else None


def near(session: Session, first: date, last: date) -> list[Stored]:
    """Give the home days that lie between two dates, or for which somebody chose such a date."""
    return [Stored(*row) for row in session.execute(_select_near, {"first": first, "last": last})]


def planned(session: Session, month: date) -> set[int]:
    """Give the communities that have a home day for a month."""
    return set(session.execute(_select_planned, {"of_month": month}).scalars())


def decide(
    session: Session, home_day_id: int, day: date, moved: Moved | None, *, by: int, now: datetime
) -> None:
    """Set the day for good, or till somebody sets another one."""
    session.execute(
        _decide,
        {"row": home_day_id, "its_day": day, "its_moved": moved, "by": by, "at": now},
    )


def answer(
    session: Session,
    home_day_id: int,
    person_id: int,
    said: Answered,
    *,
    now: datetime,
) -> None:
    """Keep what a member answers; the last answer counts."""
    statement = (
        _dialect(session)
        .insert(_invitations)
        .values(
            home_day_id=home_day_id,
            person_id=person_id,
            answer=said.answer,
            other_day=said.other_day,
            answered_at=now,
        )
    )
    kept = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[_invitations.c.home_day_id, _invitations.c.person_id],
            set_={
                "answer": kept.answer,
                "other_day": kept.other_day,
                "answered_at": kept.answered_at,
            },
        )
    )


def answer_of(session: Session, home_day_id: int, person_id: int) -> Answered | None:
    """Read what a member answered."""
    row = session.execute(
        _select_answer, {"home_day": home_day_id, "person": person_id}
    ).one_or_none()
    return Answered(*row) if row else None


def other_days(session: Session, home_day_id: int, first: date, last: date) -> list[date]:
    """Give the days between two dates that members chose instead of a home day."""
    values = {"home_day": home_day_id, "first": first, "last": last}
    return list(session.execute(_select_other_days, values).scalars())


def check_in(
    session: Session, person_id: int, home_day_id: int, month: date, *, now: datetime
) -> bool:
    """Note that a member came; False when that is noted for the month already."""
    values = {
        "person_id": person_id,
        "home_day_id": home_day_id,
        "month": month,
        "checked_in_at": now,
    }
    return _is_new(session, _check_ins, values)


def checked_in_at(session: Session, person_id: int, month: date) -> datetime | None:
    """Say when a member came this month."""
    return session.execute(
        _select_check_in, {"person": person_id, "of_month": month}
    ).scalar_one_or_none()


def pick(session: Session, home_day_id: int, number: int, *, by: int, now: datetime) -> bool:
    """Choose an order for the day; False when it is chosen already."""
    values = {
        "home_day_id": home_day_id,
        "order_id": number,
        "picked_by_id": by,
        "picked_at": now,
    }
    return _is_new(session, _picks, values)


def unpick(session: Session, home_day_id: int, number: int) -> bool:
    """Take an order off the day's list; False when it was not on it."""
    done = session.execute(_drop_pick, {"home_day": home_day_id, "number": number})
    return bool(done.rowcount)  # type: ignore[attr-defined]  # a DELETE's result has it


def picks(session: Session, home_day_id: int) -> list[int]:
    """Give the orders chosen for the day, first chosen first."""
    return list(session.execute(_select_picks, {"home_day": home_day_id}).scalars())
