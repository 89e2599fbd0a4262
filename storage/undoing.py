"""What taking a step back needs: the last step of a person, and who was told because of it.

A step and all that it ended or began bear the same instant, which is how its traces are found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, literal, null, select, update
from sqlalchemy.orm import Session

from storage.models import Assignment, Delivery, Notice, OrderEvent, Timer
from storage.notices import OUTDATED
from storage.vocabulary import AssignmentStatus, DeliveryStatus, NoticeKind, OrderAction


@dataclass(frozen=True, slots=True)
class Deed:
    """A step with the version that it gave its order; None where it changed no order."""

    order_id: int
    action: OrderAction
    at: datetime
    version: int | None
    details: dict[str, Any]


_select_last = (
    select(
        OrderEvent.order_id,
        OrderEvent.action,
        OrderEvent.at,
        OrderEvent.order_version,
        OrderEvent.details,
    )
    .where(OrderEvent.actor_id == bindparam("person"), OrderEvent.at >= bindparam("since"))
    .order_by(OrderEvent.id.desc())
    .limit(1)
)


def last_deed(session: Session, person_id: int, *, since: datetime) -> Deed | None:
    """Read what a person did last to any order, if it is recent enough."""
    row = session.execute(_select_last, {"person": person_id, "since": since}).one_or_none()
    return Deed(*row) if row else None


def restore(
    session: Session,
    order_id: int,
    *,
    ended: AssignmentStatus,
    at: datetime,
    becomes: AssignmentStatus,
    people: Sequence[int] | None = None,
) -> list[int]:
    """Bring back assignments that ended in a state at an instant; gives the person ids.

    Only accepted ones become accepted again, and only mere offers become offers; ``people`` limits
    them further.
    """
    was_accepted = Assignment.accepted_at.is_not(None)
    is_fitting = was_accepted if becomes is AssignmentStatus.ACCEPTED else ~was_accepted
    statement = (
        update(Assignment)
        .where(
            Assignment.order_id == order_id,
            Assignment.status == ended,
            Assignment.ended_at == at,
            is_fitting,
        )
        .values(status=becomes, ended_at=None, reason=None)
        .returning(Assignment.person_id)
        .execution_options(synchronize_session=False)
    )
    if people is not None:
        statement = statement.where(Assignment.person_id.in_(people))
    return sorted(session.execute(statement).scalars())


def withdraw_offers(
    session: Session, order_id: int, people: Sequence[int], *, offered_at: datetime, now: datetime
) -> None:
    """Revoke the offers that were made to some people at one instant."""
    session.execute(
        update(Assignment)
        .where(
            Assignment.order_id == order_id,
            Assignment.status == AssignmentStatus.OFFERED,
            Assignment.offered_at == offered_at,
            Assignment.person_id.in_(people),
        )
        .values(status=AssignmentStatus.REVOKED, ended_at=now)
        .execution_options(synchronize_session=False)
    )


def unseat(session: Session, order_id: int, person_id: int, *, now: datetime) -> None:
    """Take a seat from a person; who had been offered it has the offer again."""
    was_offered = Assignment.offered_at.is_not(None)
    session.execute(
        update(Assignment)
        .where(
            Assignment.order_id == order_id,
            Assignment.person_id == person_id,
            Assignment.status == AssignmentStatus.ACCEPTED,
        )
        .values(
            status=case(
                (was_offered, literal(AssignmentStatus.OFFERED, Assignment.status.type)),
                else_=literal(AssignmentStatus.REVOKED, Assignment.status.type),
            ),
            accepted_at=case((was_offered, null()), else_=Assignment.accepted_at),
            ended_at=case((was_offered, null()), else_=literal(now, Assignment.ended_at.type)),
        )
        .execution_options(synchronize_session=False)
    )


def revive_timers(
    session: Session, order_id: int, *, version: int, becomes: int, due_after: datetime
) -> None:
    """Let the timers that a step put out of force count again, each at its own time.

    A timer that was due before the step has done its work and is left alone.
    """
    session.execute(
        update(Timer)
        .where(
            Timer.order_id == order_id,
            Timer.order_version == version,
            Timer.due_at > due_after,
        )
        .values(order_version=becomes, fired_at=None)
        .execution_options(synchronize_session=False)
    )


def take_back(
    session: Session, order_id: int, kind: NoticeKind, *, written_at: datetime, now: datetime
) -> set[int]:
    """Withdraw the notices of a kind that a step wrote; gives who was told already.

    What is on its way at this moment counts as told.
    """
    written = select(Notice.id).where(
        Notice.order_id == order_id, Notice.kind == kind, Notice.created_at == written_at
    )
    session.execute(
        update(Delivery)
        .where(
            Delivery.notice_id.in_(written),
            Delivery.status.in_((DeliveryStatus.DUE, DeliveryStatus.PENDING)),
            Delivery.leased_until.is_(None) | (Delivery.leased_until <= now),
        )
        .values(status=DeliveryStatus.FAILED, failure=OUTDATED)
        .execution_options(synchronize_session=False)
    )
    told = select(Delivery.person_id).where(
        Delivery.notice_id.in_(written),
        (Delivery.status == DeliveryStatus.SENT) | (Delivery.leased_until > now),
    )
    return set(session.execute(told).scalars())
