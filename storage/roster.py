"""Set-based reads and writes of a roster import: a few statements, however many rows.

Nothing here decides. Lists that go into an IN are cut into chunks; writes of many rows are one
statement with many parameter sets.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, insert, or_, select, text, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.models import (
    Appointment,
    Delivery,
    Identity,
    Order,
    OrderEvent,
    Organisation,
    Person,
    Verification,
)
from storage.vocabulary import OrganisationKind, Platform, Role

CHUNK = 1000
_IMPORT_LOCK = 0x6A696E6C696E

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredOrganisation:
    """One node as it is stored."""

    id: int
    code: str
    name: str
    kind: OrganisationKind
    parent_id: int | None
    path: str


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """What the roster keeps of one person, and the hash by which the phone is found."""

    id: int
    phone_hash: str
    name: str | None
    employer_id: int | None
    skills: str


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person of the roster who is not stored yet."""

    phone_hash: str
    phone_sealed: str
    name: str
    employer_id: int | None
    skills: str


@dataclass(frozen=True, slots=True)
class StoredAppointment:
    """An appointment that has not ended."""

    id: int
    person_id: int
    organisation_id: int
    role: Role


@dataclass(frozen=True, slots=True)
class StoredIdentity:
    """A WeCom identity; ``is_listed`` says whether its person is one of the roster."""

    id: int
    app_id: str
    userid: str
    person_id: int
    is_listed: bool


def _chunks(values: Iterable[T]) -> Iterator[list[T]]:
    every = list(values)
    for start in range(0, len(every), CHUNK):
        yield every[start : start + CHUNK]


def _write(session: Session, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:  # noqa: ANN401 (any kind of statement)
    if rows:
        session.connection().execute(statement, rows)


def prepare(session: Session) -> None:
    """Let one import run at a time, with more patience than a turn has.

    SQLite needs nothing: its transaction holds the only write lock from the start.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL lock_timeout = '10s'"))
        session.execute(text("SET LOCAL statement_timeout = '60s'"))
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _IMPORT_LOCK})


def organisations(session: Session) -> list[StoredOrganisation]:
    """Read the whole tree and the employers beside it."""
    rows = session.execute(
        select(
            Organisation.id,
            Organisation.code,
            Organisation.name,
            Organisation.kind,
            Organisation.parent_id,
            Organisation.path,
        )
    )
    return [StoredOrganisation(*row) for row in rows]


def add_organisations(
    session: Session, nodes: Iterable[tuple[str, str, OrganisationKind]]
) -> dict[str, int]:
    """Insert (code, name, kind) without a place in the tree, and give the ids by code.

    A path names ids, so it can be written only afterwards: by ``change_organisations``.
    """
    rows = [
        {"code": code, "name": name, "kind": kind, "parent_id": None, "path": ""}
        for code, name, kind in nodes
    ]
    if not rows:
        return {}
    added = session.execute(
        insert(Organisation).returning(Organisation.code, Organisation.id), rows
    )
    return {row.code: row.id for row in added}


def change_organisations(session: Session, nodes: Iterable[StoredOrganisation]) -> None:
    """Write nodes as they are to be, found by their ids."""
    _write(
        session,
        update(Organisation)
        .where(Organisation.id == bindparam("key"))
        .values(
            code=bindparam("new_code"),
            name=bindparam("new_name"),
            kind=bindparam("new_kind"),
            parent_id=bindparam("new_parent"),
            path=bindparam("new_path"),
        ),
        [
            {
                "key": node.id,
                "new_code": node.code,
                "new_name": node.name,
                "new_kind": node.kind,
                "new_parent": node.parent_id,
                "new_path": node.path,
            }
            for node in nodes
        ],
    )


def people(session: Session, phone_hashes: Collection[str]) -> dict[str, StoredPerson]:
    """Find the persons of the roster by the hashes of their phones."""
    found = {}
    for chunk in _chunks(phone_hashes):
        rows = session.execute(
            select(
                Person.id, Person.phone_hash, Person.name, Person.employer_id, Person.skills
            ).where(Person.phone_hash.in_(chunk))
        )
        for number, phone_hash, name, employer_id, skills in rows:
            found[str(phone_hash)] = StoredPerson(
                number, str(phone_hash), name, employer_id, skills
            )
    return found


def add_people(
    session: Session, newcomers: Iterable[NewPerson], *, now: datetime
) -> dict[str, int]:
    """Insert persons of the roster, and give their ids by phone hash."""
    rows = [asdict(newcomer) | {"prefers_text": False, "created_at": now} for newcomer in newcomers]
    if not rows:
        return {}
    added = session.execute(insert(Person).returning(Person.phone_hash, Person.id), rows)
    return {phone_hash: number for phone_hash, number in added if phone_hash is not None}


def change_people(session: Session, persons: Iterable[StoredPerson]) -> None:
    """Write what the roster says of persons now, found by their ids."""
    _write(
        session,
        update(Person)
        .where(Person.id == bindparam("key"))
        .values(
            name=bindparam("new_name"),
            employer_id=bindparam("new_employer"),
            skills=bindparam("new_skills"),
        ),
        [
            {
                "key": person.id,
                "new_name": person.name,
                "new_employer": person.employer_id,
                "new_skills": person.skills,
            }
            for person in persons
        ],
    )


def appointments(
    session: Session, person_ids: Collection[int] | None, *, today: date
) -> list[StoredAppointment]:
    """Read the appointments that have not ended, of some persons or (None) of everybody."""
    statement = select(
        Appointment.id, Appointment.person_id, Appointment.organisation_id, Appointment.role
    ).where(or_(Appointment.ends_on.is_(None), Appointment.ends_on > today))
    if person_ids is None:
        return [StoredAppointment(*row) for row in session.execute(statement)]
    return [
        StoredAppointment(*row)
        for chunk in _chunks(person_ids)
        for row in session.execute(statement.where(Appointment.person_id.in_(chunk)))
    ]


def add_appointments(
    session: Session, posts: Iterable[tuple[int, int, Role]], *, today: date
) -> None:
    """Insert (person, organisation, role) from today on, without an end."""
    rows = [
        {"person_id": person, "organisation_id": node, "role": role, "starts_on": today}
        for person, node, role in posts
    ]
    _write(session, insert(Appointment), rows)


def end_appointments(session: Session, numbers: Iterable[int], *, today: date) -> None:
    """Let appointments end: from today on they count no more."""
    _write(
        session,
        update(Appointment)
        .where(Appointment.id == bindparam("key"))
        .values(ends_on=bindparam("last_day")),
        [{"key": number, "last_day": today} for number in numbers],
    )


def identities(
    session: Session, app_ids: Collection[str], userids: Collection[str], persons: Collection[int]
) -> list[StoredIdentity]:
    """Read the identities of some CorpIDs that bear one of the userids or speak for the persons."""
    statement = (
        select(
            Identity.id,
            Identity.app_id,
            Identity.external_id,
            Identity.person_id,
            Person.phone_hash.is_not(None),
        )
        .join(Person, Person.id == Identity.person_id)
        .where(Identity.platform == Platform.WECOM, Identity.app_id.in_(list(app_ids)))
    )
    found = [
        row
        for chunk in _chunks(userids)
        for row in session.execute(statement.where(Identity.external_id.in_(chunk)))
    ]
    found += [
        row
        for chunk in _chunks(persons)
        for row in session.execute(statement.where(Identity.person_id.in_(chunk)))
    ]
    return list({row[0]: StoredIdentity(*row) for row in found}.values())


def add_identities(session: Session, newcomers: Iterable[tuple[str, str, int]]) -> None:
    """Insert WeCom identities as (CorpID, userid, person)."""
    rows = [
        {
            "platform": Platform.WECOM,
            "app_id": app_id,
            "external_id": userid,
            "person_id": person,
            "is_following": True,
            "message_sends": 0,
            "tap_sends": 0,
        }
        for app_id, userid, person in newcomers
    ]
    _write(session, insert(Identity), rows)


def move_identities(session: Session, moves: Mapping[int, int]) -> None:
    """Let identities speak for other persons: identity id → person id."""
    _write(
        session,
        update(Identity)
        .where(Identity.id == bindparam("key"))
        .values(person_id=bindparam("new_person")),
        [{"key": number, "new_person": person} for number, person in moves.items()],
    )


def add_strangers(session: Session, count: int, *, now: datetime) -> list[int]:
    """Insert persons of whom nothing is known, for identities that lost theirs."""
    rows = [{"skills": "", "prefers_text": False, "created_at": now} for _ in range(count)]
    if not rows:
        return []
    return list(session.execute(insert(Person).returning(Person.id), rows).scalars())


def adopt(session: Session, pairs: Mapping[int, int]) -> None:
    """Let roster persons take over what unknown ones left: unknown person → roster person.

    Identities, orders, events, deliveries and tries to be recognised follow. Home and contact
    follow where the roster person has none; the unknown person keeps nothing.
    """
    columns: tuple[InstrumentedAttribute[Any], ...] = (
        Identity.person_id,
        Order.reporter_id,
        OrderEvent.actor_id,
        Delivery.person_id,
        Verification.person_id,
    )
    moves = [{"old_person": old, "new_person": new} for old, new in pairs.items()]
    for column in columns:
        _write(
            session,
            update(column.class_)
            .where(column == bindparam("old_person"))
            .values({column: bindparam("new_person")}),
            moves,
        )
    _hand_over_contacts(session, pairs)


def _hand_over_contacts(session: Session, pairs: Mapping[int, int]) -> None:
    read = select(Person.id, Person.home_id, Person.contact_name, Person.contact_sealed)
    known = {
        row[0]: row[1:]
        for chunk in _chunks({*pairs, *pairs.values()})
        for row in session.execute(read.where(Person.id.in_(chunk)))
    }
    after: dict[int, tuple[Any, Any, Any]] = {}
    for old, new in pairs.items():
        home, name, sealed = after.get(new, known[new])
        given_home, given_name, given_sealed = known[old]
        contact = (name, sealed) if sealed is not None else (given_name, given_sealed)
        after[new] = (home if home is not None else given_home, *contact)
        after[old] = (None, None, None)
    changed = {number: values for number, values in after.items() if values != known[number]}
    _write(
        session,
        update(Person)
        .where(Person.id == bindparam("key"))
        .values(
            home_id=bindparam("new_home"),
            contact_name=bindparam("new_name"),
            contact_sealed=bindparam("new_sealed"),
        ),
        [
            {"key": number, "new_home": home, "new_name": name, "new_sealed": sealed}
            for number, (home, name, sealed) in changed.items()
        ],
    )
