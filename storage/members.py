"""What members say about themselves: days of leave, posts, quiet hours, a promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import DutyHolding, Leave, Organisation, Person, Profile
from storage.vocabulary import DutyPost

_leaves = cast("Table", Leave.__table__)
_holdings = cast("Table", DutyHolding.__table__)
_people = cast("Table", Person.__table__)
_profiles = cast("Table", Profile.__table__)


@dataclass(frozen=True, slots=True)
class Absence:
    """A leave that is running or to come."""

    id: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Holding:
    """A post that a member holds now; ``name`` is written out where it is the own choice."""

    id: int
    post: DutyPost
    name: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a member shows of themselves."""

    promise: str = ""
    shows_points: bool = False


_select_absences = (
    select(_leaves.c.id, _leaves.c.starts_on, _leaves.c.ends_on)
    .where(_leaves.c.person_id == bindparam("person"), _leaves.c.ends_on >= bindparam("today"))
    .order_by(_leaves.c.starts_on, _leaves.c.id)
)
_insert_leave = insert(_leaves)
_drop_leaves = delete(_leaves).where(_leaves.c.id.in_(bindparam("ids", expanding=True)))
_end_leave = (
    update(_leaves).where(_leaves.c.id == bindparam("row")).values(ends_on=bindparam("its_end"))
)
_is_held = (
    (_holdings.c.ends_on.is_(None)) | (_holdings.c.ends_on > bindparam("today")),
    _holdings.c.starts_on <= bindparam("today"),
)
_select_holdings = (
    select(_holdings.c.id, _holdings.c.post, _holdings.c.name)
    .where(_holdings.c.person_id == bindparam("person"), *_is_held)
    .order_by(_holdings.c.id)
)
_insert_holding = insert(_holdings)
_end_holdings = (
    update(_holdings)
    .where(_holdings.c.id.in_(bindparam("ids", expanding=True)))
    .values(ends_on=bindparam("its_end"))
)
_select_holders = (
    select(_holdings.c.person_id)
    .join(Organisation, Organisation.id == _holdings.c.organisation_id)
    .where(
        Organisation.path.like(bindparam("prefix")),
        _holdings.c.post.in_(bindparam("posts", expanding=True)),
        *_is_held,
    )
)
_set_quiet = (
    update(_people)
    .where(_people.c.id == bindparam("row"))
    .values(quiet_from=bindparam("its_from"), quiet_until=bindparam("its_until"))
)
_select_quiet = select(_people.c.quiet_from, _people.c.quiet_until).where(
    _people.c.id == bindparam("row")
)
_select_profile = select(_profiles.c.promise, _profiles.c.shows_points).where(
    _profiles.c.person_id == bindparam("person")
)


def absences(session: Session, person_id: int, *, today: date) -> list[Absence]:
    """Give the leaves that are running or to come, the next one first."""
    rows = session.execute(_select_absences, {"person": person_id, "today": today})
    return [Absence(*row) for row in rows]


def add_leave(session: Session, person_id: int, starts_on: date, ends_on: date) -> None:
    """Note a leave."""
    session.execute(
        _insert_leave, {"person_id": person_id, "starts_on": starts_on, "ends_on": ends_on}
    )


def drop_leaves(session: Session, leaves: Sequence[Absence], *, today: date) -> None:
    """End leaves yesterday where they have begun before, and forget those that have not."""
    begun = [each for each in leaves if each.starts_on < today]
    ahead = [each.id for each in leaves if each.starts_on >= today]
    yesterday = today - timedelta(days=1)
    if begun:
        session.execute(_end_leave, [{"row": each.id, "its_end": yesterday} for each in begun])
    if ahead:
        session.execute(_drop_leaves, {"ids": ahead})


def holdings(session: Session, person_id: int, *, today: date) -> list[Holding]:
    """Give the posts that a member holds, in the order in which they were taken on."""
    rows = session.execute(_select_holdings, {"person": person_id, "today": today})
    return [Holding(*row) for row in rows]


def hold(
    session: Session,
    person_id: int,
    organisation_id: int,
    post: DutyPost,
    *,
    name: str,
    today: date,
) -> None:
    """Let a member take a post on, from today."""
    session.execute(
        _insert_holding,
        {
            "person_id": person_id,
            "organisation_id": organisation_id,
            "post": post,
            "name": name,
            "starts_on": today,
        },
    )


def give_back(session: Session, ids: Sequence[int], *, today: date) -> None:
    """End the holding of posts; that they were held stays."""
    if ids:
        session.execute(_end_holdings, {"ids": list(ids), "its_end": today})


def holders(session: Session, path: str, posts: Sequence[DutyPost], *, today: date) -> set[int]:
    """Give those below a branch who hold one of the posts."""
    if not posts:
        return set()
    rows = session.execute(
        _select_holders, {"prefix": path + "%", "posts": list(posts), "today": today}
    )
    return set(rows.scalars())


def quiet_hours(session: Session, person_id: int) -> tuple[int, int] | None:
    """Give the hours in which nothing that can wait is pushed to somebody; None: no such hours."""
    first, last = session.execute(_select_quiet, {"row": person_id}).one()
    return None if first is None or last is None else (first, last)


def set_quiet_hours(session: Session, person_id: int, hours: tuple[int, int] | None) -> None:
    """Keep somebody's quiet hours, or drop them."""
    first, last = hours or (None, None)
    session.execute(_set_quiet, {"row": person_id, "its_from": first, "its_until": last})


def _set_profile(session: Session, person_id: int, **values: str | bool) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"promise": "", "shows_points": False, "is_ranked": True} | values
    session.execute(
        dialect.insert(_profiles)
        .values(person_id=person_id, **row)
        .on_conflict_do_update(index_elements=[_profiles.c.person_id], set_=values)
    )


def promise(session: Session, person_id: int, text: str) -> None:
    """Keep what a member promises; an empty text takes it back."""
    _set_profile(session, person_id, promise=text)


def show_points(session: Session, person_id: int, *, shows_points: bool) -> None:
    """Say whether a member's card shows the points."""
    _set_profile(session, person_id, shows_points=shows_points)


def profile(session: Session, person_id: int) -> Shown:
    """Give what a member shows; who never said anything shows nothing."""
    row = session.execute(_select_profile, {"person": person_id}).one_or_none()
    return Shown(*row) if row else Shown()
