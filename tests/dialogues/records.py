"""What the database holds after a dialogue: offers, steps, and what is on its way."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import select, update

from storage.database import transaction
from storage.models import Appointment, Assignment, Delivery, Notice, OrderEvent
from storage.vocabulary import AssignmentStatus, DeliveryStatus, OrderAction, Role
from tests.factories import World

Scene = Callable[[World], None]


def assignments(world: World, number: int = 1) -> list[tuple[int, AssignmentStatus]]:
    """Give who was offered an order and what became of it, oldest first."""
    with transaction(world.engine) as session:
        rows = session.execute(
            select(Assignment.person_id, Assignment.status)
            .where(Assignment.order_id == number)
            .order_by(Assignment.id)
        )
        return [(person, status) for person, status in rows]


def steps(world: World, number: int = 1) -> list[OrderAction]:
    """Give what has happened to an order, oldest first."""
    with transaction(world.engine) as session:
        rows = session.execute(
            select(OrderEvent.action).where(OrderEvent.order_id == number).order_by(OrderEvent.id)
        )
        return list(rows.scalars())


def deliver(world: World) -> None:
    """Let everything that was written reach its readers."""
    with transaction(world.engine) as session:
        session.execute(
            update(Delivery)
            .where(Delivery.status == DeliveryStatus.DUE)
            .values(status=DeliveryStatus.SENT, sent_at=world.now)
        )


def appoint(world: World, name: str, role: Role, code: str) -> None:
    """Give somebody one more post, from the beginning of the year."""
    with transaction(world.engine) as session:
        session.add(
            Appointment(
                person_id=world.people[name],
                organisation_id=world.organisations[code],
                role=role,
                starts_on=date(2026, 1, 1),
            )
        )


def live(world: World, number: int = 1) -> list[tuple[int, AssignmentStatus]]:
    """Give the open offers and taken seats of an order, by person."""
    open_ones = {AssignmentStatus.OFFERED, AssignmentStatus.ACCEPTED}
    return sorted(pair for pair in assignments(world, number) if pair[1] in open_ones)


def due(world: World, name: str) -> list[str]:
    """Give what is still on its way to somebody."""
    person = world.people.get(name) or world.person_behind(name)
    with transaction(world.engine) as session:
        rows = session.execute(
            select(Notice.text)
            .join(Delivery, Delivery.notice_id == Notice.id)
            .where(Delivery.person_id == person, Delivery.status == DeliveryStatus.DUE)
            .order_by(Delivery.id)
        )
        return list(rows.scalars())
