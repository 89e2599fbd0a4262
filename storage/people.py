"""Persons and their posts: who dispatches, who may take, who is called what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from storage import identities
from storage.models import (
    Appointment,
    Assignment,
    Identity,
    Leave,
    Order,
    Organisation,
    Person,
    Verification,
)
from storage.vocabulary import AssignmentStatus, Role


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who may dispatch for an organisation."""

    person_id: int
    name: str | None
    role: Role
    organisation_id: int


@dataclass(frozen=True, slots=True)
class Taker:
    """A member who may take orders, with what helps to choose.

    ``asked_at`` is when the member was last offered one; ``away_until`` is the last day of a leave
    that is running.
    """

    person_id: int
    name: str
    phone_sealed: str | None
    organisation: str
    open_count: int
    skills: str
    asked_at: datetime | None
    away_until: date | None


_running = (
    Appointment.starts_on <= bindparam("today"),
    (Appointment.ends_on.is_(None)) | (Appointment.ends_on > bindparam("today")),
)
_select_officers = (
    select(Person.id, Person.name, Appointment.role, Appointment.organisation_id)
    .join(Appointment, Appointment.person_id == Person.id)
    .where(
        Appointment.organisation_id.in_(bindparam("organisations", expanding=True)),
        Appointment.role.in_(bindparam("roles", expanding=True)),
        *_running,
    )
    .order_by(Person.id)
)
# Asked for each member by the index on (person, status): a grouping of all assignments ever made
# would grow with the years.
_open_count = (
    select(func.count())
    .select_from(Assignment)
    .where(Assignment.person_id == Person.id, Assignment.status == AssignmentStatus.ACCEPTED)
    .scalar_subquery()
)
_asked_at = (
    select(func.max(Assignment.offered_at))
    .where(Assignment.person_id == Person.id)
    .scalar_subquery()
)
_away_until = (
    select(func.max(Leave.ends_on))
    .where(
        Leave.person_id == Person.id,
        Leave.starts_on <= bindparam("today"),
        Leave.ends_on >= bindparam("today"),
    )
    .scalar_subquery()
)
_select_takers = (
    select(
        Person.id,
        Person.name,
        Person.phone_sealed,
        func.min(Organisation.name),
        _open_count.label("open_count"),
        Person.skills,
        _asked_at,
        _away_until,
    )
    .join(Appointment, Appointment.person_id == Person.id)
    .join(Organisation, Organisation.id == Appointment.organisation_id)
    .where(
        Organisation.path.like(bindparam("prefix")),
        Appointment.role.in_(bindparam("roles", expanding=True)),
        *_running,
    )
    .group_by(Person.id, Person.name, Person.phone_sealed, Person.skills)
    .order_by("open_count", Person.id)
    .limit(bindparam("most"))
)
_select_post = (
    select(Appointment.role, Organisation.name)
    .join(Organisation, Organisation.id == Appointment.organisation_id)
    .where(Appointment.person_id == bindparam("person"), *_running)
    .order_by(Appointment.id)
    .limit(1)
)

_people = cast("Table", Person.__table__)
_identities = cast("Table", Identity.__table__)
_is_person = _people.c.id == bindparam("row")
_bind_home = update(_people).where(_is_person).values(home_id=bindparam("its_home_id"))
_remember_contact = (
    update(_people)
    .where(_is_person)
    .values(
        contact_name=bindparam("its_contact_name"), contact_sealed=bindparam("its_contact_sealed")
    )
)
_prefer_text = update(_people).where(_is_person).values(prefers_text=bindparam("its_prefers_text"))
_greet = (
    update(_identities)
    .where(_identities.c.id == bindparam("row"))
    .values(greeted_on=bindparam("its_greeted_on"))
)


def officers(
    session: Session, organisations: Sequence[int], roles: Sequence[Role], *, today: date
) -> list[Officer]:
    """Give those who hold one of the roles exactly in one of the organisations."""
    rows = session.execute(
        _select_officers,
        {"organisations": list(organisations), "roles": list(roles), "today": today},
    )
    return [Officer(*row) for row in rows]


def takers(
    session: Session, path: str, roles: Sequence[Role], *, today: date, most: int
) -> list[Taker]:
    """Give the members of a subtree, those with the least open work first."""
    rows = session.execute(
        _select_takers,
        {"prefix": path + "%", "roles": list(roles), "today": today, "most": most},
    )
    return [Taker(*row) for row in rows if row[1]]


def post_of(session: Session, person_id: int, *, today: date) -> tuple[Role, str] | None:
    """Give a person's first running post: the role and the organisation's name."""
    row = session.execute(_select_post, {"person": person_id, "today": today}).one_or_none()
    return (row[0], row[1]) if row else None


def bind_home(session: Session, person_id: int, organisation_id: int | None) -> None:
    """Say where a person lives."""
    session.execute(_bind_home, {"row": person_id, "its_home_id": organisation_id})


def remember_contact(session: Session, person_id: int, name: str | None, sealed: str) -> None:
    """Keep the contact a resident gave, so that the next report need not ask."""
    session.execute(
        _remember_contact,
        {"row": person_id, "its_contact_name": name, "its_contact_sealed": sealed},
    )


def prefer_text(session: Session, person_id: int, *, prefers_text: bool) -> None:
    """Say whether a person wants plain text instead of cards."""
    session.execute(_prefer_text, {"row": person_id, "its_prefers_text": prefers_text})


def greet(session: Session, identity_id: int, *, today: date) -> None:
    """Note that an identity was greeted today."""
    session.execute(_greet, {"row": identity_id, "its_greeted_on": today})


def forget(session: Session, identity_id: int, person_id: int, *, now: datetime) -> int:
    """Drop what an unsubscriber told us: home, contact, the contact on orders, the identity's tie.

    The contact of somebody else, whose report they wrote down, stays with the order. A person of
    the roster stays in the roster; the identity is tied to a new, unknown person. Gives the person
    that the identity stands for now.
    """
    for statement in (
        update(Person)
        .where(Person.id == person_id)
        .values(home_id=None, contact_name=None, contact_sealed=None),
        update(Order)
        .where(Order.reporter_id == person_id, Order.proxy_id.is_(None))
        .values(contact_name=None, contact_sealed=None),
        update(Identity).where(Identity.id == identity_id).values(is_following=False),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
    registered = session.execute(
        select(Person.phone_hash).where(Person.id == person_id)
    ).scalar_one()
    if registered is None:
        return person_id
    stranger = identities.stranger(session, now=now)
    session.execute(
        update(Identity)
        .where(Identity.id == identity_id)
        .values(person_id=stranger)
        .execution_options(synchronize_session=False)
    )
    return stranger


def by_phone(session: Session, phone_hash: str, name: str) -> int | None:
    """Find a roster person by phone and name together."""
    return session.execute(
        select(Person.id).where(Person.phone_hash == phone_hash, Person.name == name)
    ).scalar_one_or_none()


def home_paths(session: Session, person_id: int, *, today: date) -> list[str]:
    """Give the paths of the organisations in which a person holds a running post."""
    rows = session.execute(
        select(Organisation.path)
        .join(Appointment, Appointment.organisation_id == Organisation.id)
        .where(Appointment.person_id == person_id, *_running)
        .order_by(Appointment.id),
        {"today": today},
    )
    return list(rows.scalars())


def add_verification(
    session: Session, *, person_id: int, identity_id: int, claimed_id: int | None, now: datetime
) -> int:
    """Store one try to be recognised as somebody of the roster, and give its id."""
    return session.execute(
        insert(Verification)
        .values(person_id=person_id, identity_id=identity_id, claimed_id=claimed_id, created_at=now)
        .returning(Verification.id)
    ).scalar_one()


def count_verifications(session: Session, identity_id: int, *, since: datetime) -> int:
    """Count an identity's tries since an instant."""
    return session.execute(
        select(func.count())
        .select_from(Verification)
        .where(Verification.identity_id == identity_id, Verification.created_at >= since)
    ).scalar_one()


def verification(session: Session, number: int) -> Verification | None:
    """Read one try."""
    return session.get(Verification, number, populate_existing=True)


def decide_verification(
    session: Session, number: int, *, decided_by: int, is_approved: bool, now: datetime
) -> bool:
    """Decide an open try; False when somebody has decided it already."""
    changed = session.execute(
        update(Verification)
        .where(Verification.id == number, Verification.decided_at.is_(None))
        .values(decided_at=now, decided_by_id=decided_by, is_approved=is_approved)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def last_approval(session: Session, person_id: int, *, after: datetime) -> int | None:
    """Give the newest try that somebody has approved after an instant."""
    return session.execute(
        select(Verification.id)
        .where(
            Verification.decided_by_id == person_id,
            Verification.is_approved.is_(True),
            Verification.decided_at > after,
        )
        .order_by(Verification.decided_at.desc(), Verification.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def take_back_approval(
    session: Session, number: int, *, decided_by: int, since: datetime, now: datetime
) -> bool:
    """Turn one's own approval, given since an instant, into a refusal; False: it is none such."""
    changed = session.execute(
        update(Verification)
        .where(
            Verification.id == number,
            Verification.is_approved.is_(True),
            Verification.decided_by_id == decided_by,
            Verification.decided_at >= since,
        )
        .values(is_approved=False, decided_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it
