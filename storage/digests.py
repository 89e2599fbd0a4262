"""News that is told together: noted in the turn, gathered into one notice a person later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from storage.models import DigestItem, Order, OrderEvent
from storage.vocabulary import OrderAction

_LIMIT = 2000

_select_dispatcher = (
    select(OrderEvent.actor_id)
    .where(OrderEvent.order_id == bindparam("number"), OrderEvent.action == OrderAction.DISPATCH)
    .order_by(OrderEvent.id.desc())
    .limit(1)
)
_waiting_since = (
    select(DigestItem.person_id)
    .where(DigestItem.notice_id.is_(None))
    .group_by(DigestItem.person_id)
    .having(func.min(DigestItem.created_at) <= bindparam("before"))
)
_select_ripe = (
    select(DigestItem.id, DigestItem.person_id, DigestItem.text)
    .where(DigestItem.notice_id.is_(None), DigestItem.person_id.in_(_waiting_since))
    .order_by(DigestItem.person_id, DigestItem.id)
    .limit(_LIMIT)
    .with_for_update(skip_locked=True)
)
_version = select(Order.version).where(Order.id == DigestItem.order_id).scalar_subquery()
_forget = (
    delete(DigestItem)
    .where(DigestItem.notice_id.is_(None), DigestItem.order_version != _version)
    .execution_options(synchronize_session=False)
)


@dataclass(frozen=True, slots=True)
class Item:
    """One untold piece of news."""

    id: int
    person_id: int
    text: str


def dispatcher_of(session: Session, order_id: int) -> int | None:
    """Say who dispatched an order last."""
    return session.execute(_select_dispatcher, {"number": order_id}).scalar_one_or_none()


def note(session: Session, person_id: int, order_id: int, text: str, *, now: datetime) -> None:
    """Note a piece of news for a person."""
    session.execute(
        insert(DigestItem).values(person_id=person_id, order_id=order_id, text=text, created_at=now)
    )


def remind(
    session: Session, people: Sequence[int], order: Order, text: str, *, now: datetime
) -> None:
    """Note for several people what is true only while an order stands as it does."""
    rows = [
        {
            "person_id": person,
            "order_id": order.id,
            "order_version": order.version,
            "text": text,
            "created_at": now,
        }
        for person in people
    ]
    if rows:
        session.execute(insert(DigestItem), rows)


def forget_untrue(session: Session) -> None:
    """Drop untold news that is no longer true because its order has moved on."""
    session.execute(_forget)


def ripe(session: Session, *, before: datetime) -> list[Item]:
    """Claim all untold news of those whose oldest piece has waited since ``before``."""
    rows = session.execute(_select_ripe, {"before": before})
    return [Item(row_id, person_id, text) for row_id, person_id, text in rows]


def told(session: Session, items: list[int], notice_id: int) -> None:
    """Say by which notice news was told."""
    session.execute(
        update(DigestItem)
        .where(DigestItem.id.in_(items))
        .values(notice_id=notice_id)
        .execution_options(synchronize_session=False)
    )
