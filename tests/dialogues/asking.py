"""Members in numbers, leave, and what the database says of offers: for the tests of asking."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from storage.database import transaction
from storage.models import (
    Appointment,
    Assignment,
    Identity,
    Leave,
    OrderEvent,
    Person,
)
from storage.sealing import keyed_hash, seal
from storage.vocabulary import (
    AssignmentStatus,
    OrderAction,
    Platform,
    Role,
)
from tests.factories import NOON, OFFICIAL, World

PROGRESS = "\n[看 #1 进度]"
ASKED = "先接先办，您方便就接。"
SECRETARY = "陈书记"
USERIDS = {"张三": "zhangsan", "李四": "lisi", "赵敏": "zhaomin"}


def enlist(world: World, count: int) -> None:
    """Give the first branch more members, m1 to m…, who speak through the official account."""
    with transaction(world.engine) as session:
        for number in range(1, count + 1):
            phone = f"137{number:08}"
            person = Person(
                name=f"员{number}",
                phone_sealed=seal(phone),
                phone_hash=keyed_hash(phone),
                created_at=NOON,
            )
            session.add(person)
            session.flush()
            world.people[f"员{number}"] = person.id
            session.add(
                Appointment(
                    person_id=person.id,
                    organisation_id=world.organisations["b1"],
                    role=Role.MEMBER,
                    starts_on=date(2026, 1, 1),
                )
            )
            session.add(
                Identity(
                    platform=Platform.OFFICIAL,
                    app_id=OFFICIAL,
                    external_id=f"m{number}",
                    person_id=person.id,
                )
            )


def away(world: World, name: str, *, until: date) -> None:
    """Send somebody on leave."""
    with transaction(world.engine) as session:
        session.add(
            Leave(person_id=world.people[name], starts_on=date(2026, 11, 20), ends_on=until)
        )


def asked(world: World, status: AssignmentStatus = AssignmentStatus.OFFERED) -> set[str]:
    """Name those whose assignment to the first order stands in a state."""
    with transaction(world.engine) as session:
        rows = session.scalars(
            select(Person.name)
            .join(Assignment, Assignment.person_id == Person.id)
            .where(Assignment.order_id == 1, Assignment.status == status)
        )
        return {str(name) for name in rows}


def steps(world: World) -> list[OrderAction]:
    with transaction(world.engine) as session:
        return list(
            session.scalars(
                select(OrderEvent.action).where(OrderEvent.order_id == 1).order_by(OrderEvent.id)
            )
        )


def at_night(world: World) -> None:
    """It is half past ten in the evening."""
    world.now = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)
