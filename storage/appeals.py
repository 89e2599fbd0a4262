"""Appeals against lines of the ledger, and special awards that wait for two to agree."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import (
    Appointment,
    OrderEvent,
    Organisation,
    Person,
    PointAppeal,
    PointAward,
    PointEntry,
    PointPeriod,
)
from storage.vocabulary import AppealOutcome, PointSource

_select_of_line = (
    select(PointAppeal)
    .where(PointAppeal.entry_id == bindparam("entry"))
    .order_by(PointAppeal.round)
    .execution_options(populate_existing=True)
)
_select_period = select(PointPeriod).where(
    PointPeriod.branch_id == bindparam("branch"), PointPeriod.month == bindparam("month")
)
_select_actors = select(OrderEvent.actor_id).where(
    OrderEvent.order_id == bindparam("number"), OrderEvent.actor_id.is_not(None)
)
_select_named = (
    select(
        Person.id,
        func.coalesce(Person.name, ""),
        Person.phone_sealed,
        func.min(Organisation.name),
        func.min(Organisation.path),
    )
    .join(Appointment, Appointment.person_id == Person.id)
    .join(Organisation, Organisation.id == Appointment.organisation_id)
    .where(
        Person.name == bindparam("name"),
        Organisation.path.like(bindparam("prefix")),
        Appointment.starts_on <= bindparam("today"),
        Appointment.ends_on.is_(None) | (Appointment.ends_on > bindparam("today")),
    )
    .group_by(Person.id, Person.name, Person.phone_sealed)
    .order_by(Person.id)
)


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who goes by a name; ``path`` is that of one of the posts."""

    person_id: int
    name: str
    phone_sealed: str | None
    organisation: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAppeal:
    """What a member says against a line, to whom, and until when it is to be decided."""

    entry_id: int
    round: int
    person_id: int
    organisation_id: int
    reason: str
    appealed_at: datetime
    decide_by: datetime


def of_line(session: Session, entry_id: int) -> list[PointAppeal]:
    """Give the appeals against a line, the first one first."""
    return list(session.execute(_select_of_line, {"entry": entry_id}).scalars())


def find(session: Session, number: int) -> PointAppeal | None:
    """Read an appeal."""
    return session.get(PointAppeal, number, populate_existing=True)


def period(session: Session, branch_id: int | None, month: date) -> PointPeriod | None:
    """Read a branch's month, once it is drafted."""
    values = {"branch": branch_id, "month": month}
    return session.execute(_select_period, values).scalar_one_or_none()


def add(session: Session, appeal: NewAppeal) -> int | None:
    """Store an appeal and give its number; None: the member has just made one elsewhere."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return session.execute(
        dialect.insert(PointAppeal)
        .values(
            entry_id=appeal.entry_id,
            round=appeal.round,
            person_id=appeal.person_id,
            organisation_id=appeal.organisation_id,
            reason=appeal.reason,
            appealed_at=appeal.appealed_at,
            decide_by=appeal.decide_by,
        )
        .on_conflict_do_nothing()
        .returning(PointAppeal.id)
    ).scalar_one_or_none()


def decide(
    session: Session, number: int, outcome: AppealOutcome, *, by_id: int, now: datetime
) -> bool:
    """Decide an open appeal; False when somebody has decided it already."""
    changed = session.execute(
        update(PointAppeal)
        .where(PointAppeal.id == number, PointAppeal.decided_at.is_(None))
        .values(outcome=outcome, decided_by_id=by_id, decided_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def involved(session: Session, entry: PointEntry) -> set[int]:
    """Give everybody who had a hand in what a line stands for, its member among them."""
    found = {entry.person_id, entry.by_id, entry.approved_by_id}
    if entry.order_id is not None:
        found |= set(session.execute(_select_actors, {"number": entry.order_id}).scalars())
    if entry.source is PointSource.AWARD and (award := find_award(session, entry.source_id)):
        found |= {award.proposed_by_id, award.first_by_id, award.second_by_id}
    found |= {each.decided_by_id for each in of_line(session, entry.id)}
    return {person for person in found if person is not None}


def propose(
    session: Session, *, person_id: int, hundredths: int, reason: str, by_id: int, now: datetime
) -> int:
    """Store a special award that waits for two to agree, and give its number."""
    return session.execute(
        insert(PointAward)
        .values(
            person_id=person_id,
            hundredths=hundredths,
            reason=reason,
            proposed_by_id=by_id,
            proposed_at=now,
        )
        .returning(PointAward.id)
    ).scalar_one()


def find_award(session: Session, number: int) -> PointAward | None:
    """Read a special award."""
    return session.get(PointAward, number, populate_existing=True)


def _change(session: Session, number: int, *conditions: object, **values: object) -> bool:
    changed = session.execute(
        update(PointAward)
        .where(PointAward.id == number, PointAward.decided_at.is_(None), *conditions)  # type: ignore[arg-type]  # SQL expressions
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def agree_first(session: Session, number: int, *, by_id: int) -> bool:
    """Be the first who agrees to an award; False: somebody was, or it is decided."""
    return _change(
        session,
        number,
        PointAward.first_by_id.is_(None),
        PointAward.proposed_by_id != by_id,
        PointAward.person_id != by_id,
        first_by_id=by_id,
    )


def agree_second(session: Session, number: int, *, by_id: int, now: datetime) -> bool:
    """Be the second, which decides it; False: nobody agreed yet, or it is decided."""
    return _change(
        session,
        number,
        PointAward.first_by_id != by_id,
        PointAward.proposed_by_id != by_id,
        PointAward.person_id != by_id,
        second_by_id=by_id,
        decided_at=now,
    )


def refuse(session: Session, number: int, *, by_id: int, now: datetime) -> bool:
    """Refuse an award that is not decided yet."""
    return _change(session, number, refused_by_id=by_id, decided_at=now)


def named(session: Session, path: str, name: str, *, today: date) -> list[Named]:
    """Give everybody of a name who holds a running post in a subtree."""
    values = {"prefix": path + "%", "name": name, "today": today}
    return [Named(*row) for row in session.execute(_select_named, values)]
