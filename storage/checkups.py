"""What operators ask of a running service: whether work is stuck, and whether anybody can be told.

Only reads, and only counts and instants: nothing here gives a name of a person, a text or a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Text, and_, func, select, text, type_coerce
from sqlalchemy.orm import Session

from storage.models import (
    Appointment,
    Delivery,
    Identity,
    InboxMessage,
    Notice,
    Organisation,
    Person,
)
from storage.vocabulary import DeliveryStatus, InboxStatus, OrganisationKind, Role

_OFFICES = (Role.SECRETARY, Role.DEPUTY, Role.COMMUNITY_WORKER)
_HEADS = (Role.SECRETARY, Role.DEPUTY)

# The columns that hold sealed values, read as they lie in the table.
_SEALED = (
    (Person.id, Person.phone_sealed),
    (InboxMessage.id, type_coerce(InboxMessage.text, Text)),
    (Notice.id, type_coerce(Notice.title, Text)),
)


@dataclass(frozen=True, slots=True)
class Overdue:
    """Deliveries whose time has passed: how many, and since when the oldest waits."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Staff:
    """How many people have a running post, and how many can be told something.

    Attributes:
        dispatchers: those of them who dispatch: secretaries, deputies, community workers.
        reachable_dispatchers: with an account that follows, of one of the apps asked about.
        reachable: the same of everybody who has a post.
    """

    people: int
    reachable: int
    dispatchers: int
    reachable_dispatchers: int


def server_version(session: Session) -> str:
    """Give the version of the database's program, as it names itself."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    ask = "SELECT sqlite_version()" if is_sqlite else "SHOW server_version"
    return str(session.execute(text(ask)).scalar_one())


def server_now(session: Session) -> datetime | None:
    """Give PostgreSQL's clock, aware; None for SQLite, which has this machine's."""
    if session.get_bind().dialect.name == "sqlite":
        return None
    now: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return now


def sealed_samples(session: Session) -> list[str]:
    """Give the newest and the oldest sealed value of each kind that there is."""
    found: list[str] = []
    for number, sealed in _SEALED:
        for order in (number.desc(), number.asc()):
            value = session.execute(
                select(sealed).where(sealed.is_not(None)).order_by(order).limit(1)
            ).scalar_one_or_none()
            found += [value] if value else []
    return found


def overdue(session: Session, now: datetime, *, since: datetime) -> Overdue:
    """Count what was due before ``since`` and nobody has under lease at ``now``."""
    count, oldest = session.execute(
        select(func.count(), func.min(Delivery.due_at)).where(
            Delivery.status == DeliveryStatus.DUE,
            Delivery.due_at < since,
            Delivery.leased_until.is_(None) | (Delivery.leased_until <= now),
        )
    ).one()
    return Overdue(count, oldest)


def failed_turns(session: Session, since: datetime) -> int:
    """Count the messages received since an instant whose turn failed."""
    return session.execute(
        select(func.count()).where(
            InboxMessage.received_at >= since, InboxMessage.status == InboxStatus.FAILED
        )
    ).scalar_one()


def last_received(session: Session, app_id: str) -> datetime | None:
    """Give when the newest message or event of an AppID or CorpID was accepted."""
    return session.execute(
        select(InboxMessage.received_at)
        .where(InboxMessage.app_id == app_id)
        .order_by(InboxMessage.received_at.desc())
        .limit(1)
    ).scalar_one_or_none()


def organisation_count(session: Session) -> int:
    """Count the nodes of the tree; employers stand outside it."""
    return session.execute(
        select(func.count())
        .select_from(Organisation)
        .where(Organisation.kind != OrganisationKind.EMPLOYER)
    ).scalar_one()


def branches_without_head(session: Session, *, today: date) -> list[str]:
    """Name the branches in which nobody is secretary or deputy today."""
    headed = select(Appointment.organisation_id).where(
        Appointment.role.in_(_HEADS), _is_running(today)
    )
    return list(
        session.execute(
            select(Organisation.name)
            .where(Organisation.kind == OrganisationKind.BRANCH, Organisation.id.not_in(headed))
            .order_by(Organisation.path, Organisation.id)
        ).scalars()
    )


def staff(session: Session, app_ids: Sequence[str], *, today: date) -> Staff:
    """Count who has a running post, and who of them can be told something through these apps."""
    can_be_told = (
        select(Identity.id)
        .where(
            Identity.person_id == Appointment.person_id,
            Identity.app_id.in_(app_ids),
            Identity.is_following,
        )
        .exists()
    )
    dispatches = Appointment.role.in_(_OFFICES)

    def count(*conditions: ColumnElement[bool]) -> int:
        return session.execute(
            select(func.count(Appointment.person_id.distinct())).where(
                _is_running(today), *conditions
            )
        ).scalar_one()

    return Staff(
        people=count(),
        reachable=count(can_be_told),
        dispatchers=count(dispatches),
        reachable_dispatchers=count(dispatches, can_be_told),
    )


def _is_running(today: date) -> ColumnElement[bool]:
    return and_(
        Appointment.starts_on <= today,
        Appointment.ends_on.is_(None) | (Appointment.ends_on > today),
    )
