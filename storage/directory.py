"""Looks persons up for operators: by name, phone or number, with posts and home."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Appointment, Organisation, Person
from storage.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Entry:
    """A person; without ``phone_sealed`` not one of the roster."""

    id: int
    name: str | None
    phone_sealed: str | None
    home_id: int | None


_people = select(Person.id, Person.name, Person.phone_sealed, Person.home_id).order_by(Person.id)


def named(session: Session, name: str) -> list[Entry]:
    """Find everybody of a name."""
    return _entries(session, Person.name == name)


def with_phone(session: Session, phone_hash: str) -> list[Entry]:
    """Find whoever has a phone in the roster."""
    return _entries(session, Person.phone_hash == phone_hash)


def numbered(session: Session, person_id: int) -> list[Entry]:
    """Find a person by id."""
    return _entries(session, Person.id == person_id)


def _entries(session: Session, condition: Any) -> list[Entry]:  # noqa: ANN401 (an SQL expression)
    return [Entry(*row) for row in session.execute(_people.where(condition))]


def posts(session: Session, person_id: int, *, today: date) -> list[tuple[Role, str, date]]:
    """Give the running appointments of a person: role, organisation, first day."""
    rows = session.execute(
        select(Appointment.role, Organisation.name, Appointment.starts_on)
        .join(Organisation, Organisation.id == Appointment.organisation_id)
        .where(
            Appointment.person_id == person_id,
            Appointment.starts_on <= today,
            Appointment.ends_on.is_(None) | (Appointment.ends_on > today),
        )
        .order_by(Appointment.id)
    )
    return [(role, organisation, since) for role, organisation, since in rows]
