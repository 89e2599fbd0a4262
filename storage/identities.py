"""Whom an identity speaks for, and what goes with it when that changes.

An order follows the identity that it was placed through, and so does whatever its reporter did or
is still to be told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update
from sqlalchemy.orm import Session

from storage.models import (
    Assignment,
    Conversation,
    Delivery,
    Identity,
    InboxMessage,
    Medium,
    Notice,
    Order,
    OrderEvent,
    Person,
)
from storage.sealing import unseal
from storage.vocabulary import AssignmentStatus, DeliveryStatus, OrderAction, Platform

_UNDELIVERED = (DeliveryStatus.DUE, DeliveryStatus.PENDING)
_TAKEN = (OrderAction.TAKE, OrderAction.JOIN, OrderAction.HANDLE)


@dataclass(frozen=True, slots=True)
class Account:
    """An identity as operators see it."""

    id: int
    platform: Platform
    app_id: str
    external_id: str
    person_id: int
    is_following: bool


class Renaming(StrEnum):
    """What a new userid did: changed the row, or found one that bears it already.

    UNKNOWN: nobody had the former one. JOINED: both stand for one person. APART: for two persons
    of the roster, which only an operator can mend.
    """

    DONE = "done"
    UNKNOWN = "unknown"
    JOINED = "joined"
    APART = "apart"


_accounts = select(
    Identity.id,
    Identity.platform,
    Identity.app_id,
    Identity.external_id,
    Identity.person_id,
    Identity.is_following,
).order_by(Identity.id)
_owners = select(
    Identity.id,
    Identity.external_id,
    Identity.person_id,
    Person.phone_hash.is_not(None).label("is_registered"),
).join(Person, Person.id == Identity.person_id)
# An inbox row is deleted after a while, and SQLite may give its number to another message: that
# one was received after the event.
_message = and_(InboxMessage.id == OrderEvent.inbox_id, InboxMessage.received_at <= OrderEvent.at)
_steps = (
    select(OrderEvent.order_id, OrderEvent.platform, InboxMessage.app_id, InboxMessage.sender)
    .join(Order, Order.id == OrderEvent.order_id)
    .outerjoin(InboxMessage, _message)
    .where(OrderEvent.actor_id == bindparam("person"))
    .order_by(OrderEvent.order_id)
)
_placed = _steps.where(
    OrderEvent.action == OrderAction.SUBMIT,
    Order.reporter_id == bindparam("person"),
    Order.proxy_id.is_(None),
)
_taken = _steps.where(
    OrderEvent.action.in_(_TAKEN),
    Order.id.in_(
        select(Assignment.order_id).where(
            Assignment.person_id == bindparam("person"),
            Assignment.status == AssignmentStatus.ACCEPTED,
        )
    ),
)


def of(session: Session, person_id: int) -> list[Account]:
    """Give the identities that speak for a person."""
    rows = session.execute(_accounts.where(Identity.person_id == person_id))
    return [Account(*row) for row in rows]


def find(session: Session, identity_id: int) -> Account | None:
    """Read one identity."""
    row = session.execute(_accounts.where(Identity.id == identity_id)).one_or_none()
    return Account(*row) if row else None


def follow(session: Session, app_id: str, external_id: str, *, is_following: bool) -> None:
    """Say whether an identity may be written to; one that is not known stays unknown."""
    session.execute(
        update(Identity)
        .where(Identity.app_id == app_id, Identity.external_id == external_id)
        .values(is_following=is_following)
        .execution_options(synchronize_session=False)
    )


def rename(session: Session, app_id: str, former: str, name: str) -> Renaming:
    """Know an identity by another userid.

    Where the new userid is known already (somebody wrote under it, or it stood in the roster), both
    rows stay: the former one is not written to any more, and what a person of whom nothing is known
    had placed under one of them comes to the other's person. Two persons of the roster stay two.

    Args:
        session: where to write.
        app_id: the CorpID.
        former: the userid until now, in lower case.
        name: the userid from now on, in lower case.
    """
    rows = session.execute(
        _owners.where(Identity.app_id == app_id, Identity.external_id.in_((former, name)))
    )
    found = {row.external_id: row for row in rows}
    if former not in found:
        return Renaming.UNKNOWN
    old, new = found[former], found.get(name)
    if new is None:
        session.execute(
            update(Identity)
            .where(Identity.id == old.id)
            .values(external_id=name)
            .execution_options(synchronize_session=False)
        )
        return Renaming.DONE
    follow(session, app_id, former, is_following=False)
    if old.person_id == new.person_id:
        return Renaming.JOINED
    if not new.is_registered:
        adopt(session, new.id, from_id=new.person_id, to_id=old.person_id)
        return Renaming.JOINED
    if not old.is_registered:
        adopt(session, old.id, from_id=old.person_id, to_id=new.person_id)
        return Renaming.JOINED
    return Renaming.APART


def placed_through(session: Session, account: Account) -> list[int]:
    """Give the orders that a person placed through an identity.

    What was written down for somebody else is not among them: it was written in a post, and holds
    that somebody's contact.
    """
    return _through(session, account, session.execute(_placed, {"person": account.person_id}))


def taken_through(session: Session, account: Account) -> list[int]:
    """Give the orders that a person took through an identity and still holds."""
    return _through(session, account, session.execute(_taken, {"person": account.person_id}))


def _through(session: Session, account: Account, steps: Iterable[Any]) -> list[int]:
    """Keep the steps that were made through an identity.

    Where the message is deleted, the platform decides if the person has only this identity there.
    """
    others = [each for each in of(session, account.person_id) if each.id != account.id]
    is_only = all(each.platform is not account.platform for each in others)
    numbers = {
        number
        for number, platform, app_id, sender in steps
        if (app_id, sender) == (account.app_id, account.external_id)
        or (app_id is None and is_only and platform is account.platform)
    }
    return sorted(numbers)


def _tie(session: Session, identity_id: int, person_id: int) -> None:
    session.execute(
        update(Identity)
        .where(Identity.id == identity_id)
        .values(person_id=person_id)
        .execution_options(synchronize_session=False)
    )


def stranger(session: Session, *, now: datetime) -> int:
    """Make a person of whom nothing is known."""
    return session.execute(
        insert(Person).values(created_at=now, skills="", prefers_text=False).returning(Person.id)
    ).scalar_one()


def hand_over(session: Session, orders: Sequence[int], *, from_id: int, to_id: int) -> None:
    """Make another person the reporter of orders, with all that belongs to a reporter.

    That is what the reporter did and sent, and what the reporter is still to be told.
    """
    about_them = select(Notice.id).where(Notice.order_id.in_(orders))
    for statement in (
        update(Order).where(Order.id.in_(orders)).values(reporter_id=to_id),
        update(OrderEvent)
        .where(OrderEvent.order_id.in_(orders), OrderEvent.actor_id == from_id)
        .values(actor_id=to_id),
        update(Medium)
        .where(Medium.order_id.in_(orders), Medium.person_id == from_id)
        .values(person_id=to_id),
        update(Delivery)
        .where(
            Delivery.notice_id.in_(about_them),
            Delivery.person_id == from_id,
            Delivery.status.in_(_UNDELIVERED),
        )
        .values(person_id=to_id),
    ):
        session.execute(statement.execution_options(synchronize_session=False))


def adopt(session: Session, identity_id: int, *, from_id: int, to_id: int) -> None:
    """Tie an identity to a roster person; what the unknown person had placed comes along."""
    placed = session.execute(select(Order.id).where(Order.reporter_id == from_id)).scalars().all()
    hand_over(session, placed, from_id=from_id, to_id=to_id)
    home = select(Person.home_id).where(Person.id == from_id).scalar_subquery()
    session.execute(
        update(Person)
        .where(Person.id == to_id, Person.home_id.is_(None))
        .values(home_id=home)
        .execution_options(synchronize_session=False)
    )
    _tie(session, identity_id, to_id)


def part(session: Session, account: Account, *, to_id: int) -> list[int]:
    """Let an identity speak for somebody else, and take along what was placed through it.

    A home or a contact that the person has from this identity goes back, too: the contact if it
    is the one on these orders, the home if it is also the other person's. Gives the orders.
    """
    from_id = account.person_id
    placed = placed_through(session, account)
    hand_over(session, placed, from_id=from_id, to_id=to_id)
    _tie(session, account.id, to_id)
    session.execute(  # what it was in the middle of may hold what the person has told
        update(Conversation)
        .where(Conversation.identity_id == account.id)
        .values(name=None, answers={}, asked_at=None, menu=[], menu_until=None, pages=None)
        .execution_options(synchronize_session=False)
    )
    former = session.get_one(Person, from_id, populate_existing=True)
    other = session.get_one(Person, to_id, populate_existing=True)
    if former.home_id == other.home_id:
        former.home_id = None
    sealed = session.execute(select(Order.contact_sealed).where(Order.id.in_(placed))).scalars()
    told = {unseal(each) for each in sealed if each is not None}
    if former.contact_sealed and unseal(former.contact_sealed) in told:
        other.contact_name, other.contact_sealed = former.contact_name, former.contact_sealed
        former.contact_name = former.contact_sealed = None
    session.flush()
    return placed
