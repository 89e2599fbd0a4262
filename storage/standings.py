"""Rankings where a branch wants one, and the months that are drafted, shown and fixed for ever."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, exists, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import (
    BranchSetting,
    Organisation,
    Person,
    PointEntry,
    PointPeriod,
    PointStanding,
    Profile,
)
from storage.vocabulary import OrganisationKind


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody has, of a year or of a month; ``count`` is how many lines that are."""

    person_id: int
    name: str
    hundredths: int
    count: int


@dataclass(frozen=True, slots=True)
class Period:
    """A branch's month that is to be fixed."""

    id: int
    branch_id: int
    month: date


_sums = (
    select(
        Person.id,
        func.coalesce(Person.name, ""),
        func.sum(PointEntry.hundredths).label("hundredths"),
        func.count(PointEntry.id),
    )
    .join(PointEntry, PointEntry.person_id == Person.id)
    .where(PointEntry.branch_id == bindparam("branch"))
    .group_by(Person.id, Person.name)
)
_keeps_out = exists().where(Profile.person_id == Person.id, Profile.is_ranked.is_(False))
# Of equals, who reached it first stands first.
_select_ranking = (
    _sums.where(PointEntry.month >= bindparam("since"), ~_keeps_out)
    .having(func.sum(PointEntry.hundredths) > 0)
    .order_by(func.sum(PointEntry.hundredths).desc(), func.max(PointEntry.at), Person.id)
    .limit(bindparam("most"))
)
_select_month = _sums.where(PointEntry.month == bindparam("month")).order_by(
    func.sum(PointEntry.hundredths).desc(), Person.id
)
_has_ranking = select(BranchSetting.has_ranking).where(
    BranchSetting.organisation_id == bindparam("branch")
)
_select_undrafted = (
    select(Organisation.id, Organisation.name)
    .where(
        Organisation.kind.in_((OrganisationKind.BRANCH, OrganisationKind.COMMUNITY)),
        exists().where(
            PointEntry.branch_id == Organisation.id, PointEntry.month == bindparam("month")
        ),
        ~exists().where(
            PointPeriod.branch_id == Organisation.id, PointPeriod.month == bindparam("month")
        ),
    )
    .order_by(Organisation.id)
    .limit(bindparam("most"))
)
_select_over = (
    select(PointPeriod.id, PointPeriod.branch_id, PointPeriod.month)
    .where(PointPeriod.fixed_at.is_(None), PointPeriod.appeals_until <= bindparam("now"))
    .order_by(PointPeriod.id)
    .limit(bindparam("most"))
)


def ranking(session: Session, branch_id: int, *, since: date, most: int) -> list[Standing]:
    """Rank the members of a branch by what they have since a month; who keeps out is not there."""
    values = {"branch": branch_id, "since": since, "most": most}
    return [Standing(*row) for row in session.execute(_select_ranking, values)]


def has_ranking(session: Session, branch_id: int) -> bool:
    """Say whether a branch has switched its ranking on."""
    return bool(session.execute(_has_ranking, {"branch": branch_id}).scalar_one_or_none())


def switch_ranking(
    session: Session, branch_id: int, *, is_on: bool, by_id: int, now: datetime
) -> None:
    """Switch a branch's ranking, and keep who did it when."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"has_ranking": is_on, "set_by_id": by_id, "set_at": now}
    session.execute(
        dialect.insert(BranchSetting)
        .values(organisation_id=branch_id, **values)
        .on_conflict_do_update(index_elements=["organisation_id"], set_=values)
    )


def keep_out(session: Session, person_id: int, *, is_ranked: bool) -> None:
    """Keep a member's name out of every ranking, or let it in again."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(
        dialect.insert(Profile)
        .values(person_id=person_id, promise="", shows_points=False, is_ranked=is_ranked)
        .on_conflict_do_update(index_elements=["person_id"], set_={"is_ranked": is_ranked})
    )


def undrafted(session: Session, month: date, *, most: int) -> list[tuple[int, str]]:
    """Give the branches with points of a month of which no draft was made; ids and names."""
    rows = session.execute(_select_undrafted, {"month": month, "most": most})
    return [(branch, name) for branch, name in rows]


def draft(
    session: Session, branch_id: int, month: date, *, now: datetime, appeals_until: datetime
) -> bool:
    """Make a branch's draft of a month; False: another worker has made it."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    made = session.execute(
        dialect.insert(PointPeriod)
        .values(branch_id=branch_id, month=month, drafted_at=now, appeals_until=appeals_until)
        .on_conflict_do_nothing()
        .returning(PointPeriod.id)
    )
    return made.scalar_one_or_none() is not None


def of_month(session: Session, branch_id: int, month: date) -> list[Standing]:
    """Sum up a month of a branch by member, from the ledger as it is now."""
    values = {"branch": branch_id, "month": month}
    return [Standing(*row) for row in session.execute(_select_month, values)]


def over(session: Session, *, now: datetime, most: int) -> list[Period]:
    """Give the months whose notice is over and that are not fixed yet."""
    return [Period(*row) for row in session.execute(_select_over, {"now": now, "most": most})]


def fix(session: Session, period: Period, *, now: datetime) -> bool:
    """Fix a month: its standings are copied from the ledger once; False: somebody has done it."""
    won = session.execute(
        update(PointPeriod)
        .where(PointPeriod.id == period.id, PointPeriod.fixed_at.is_(None))
        .values(fixed_at=now)
        .execution_options(synchronize_session=False)
    )
    if not won.rowcount:  # type: ignore[attr-defined]  # an UPDATE's result has it
        return False
    sums = (
        select(literal(period.id), PointEntry.person_id, func.sum(PointEntry.hundredths))
        .where(PointEntry.branch_id == period.branch_id, PointEntry.month == period.month)
        .group_by(PointEntry.person_id)
    )
    session.execute(
        insert(PointStanding).from_select(["period_id", "person_id", "hundredths"], sums)
    )
    return True
