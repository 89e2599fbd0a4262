"""One step of an order: the won transition, its event, and the truth on every card.

Who may do it, what it means and who is told is for the use cases beside this module.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.rules import clocks
from handlers.rules import orders as rules
from handlers.rules.permissions import Post
from handlers.texts import orders as texts
from handlers.texts.roster import ROLE
from storage import notices as deliveries
from storage import orders
from storage.models import Order
from storage.orders import Found, Step
from storage.vocabulary import OrderAction, OrderStatus, TimerKind


class LostError(rules.RuleError):
    """Raised when somebody else was faster; the order has to be read again."""


class RefusedError(rules.RuleError):
    """Raised when a rule says no; ``sentence`` is the truth for the person."""

    def __init__(self, sentence: str) -> None:
        super().__init__("refused")
        self.sentence = sentence


def move(
    ctx: Context,
    found: Found,
    action: OrderAction,
    post: Post | None = None,
    *,
    details: dict[str, object] | None = None,
    **changes: object,
) -> None:
    """Let the speaker make one step of an order.

    Raises:
        IllegalTransitionError: the table does not allow the step.
        LostError: the order has moved on since it was read.
    """
    if make(ctx.session, found, ctx.step(action, post), details=details, **changes):
        ctx.has_outdated_cards = True


def make(
    session: Session,
    found: Found,
    step: Step,
    *,
    details: dict[str, object] | None = None,
    **changes: object,
) -> bool:
    """Make one step of an order, a person's or the clock's: the won transition and its event.

    Cards that were sent lose their buttons and questions that nobody has seen yet are withdrawn,
    unless the order goes on being offered: then the next member may still take it, and the timers
    that wait for one are carried over. Where a leg begins, so does its clock. Gives whether cards
    have become outdated.

    Raises:
        IllegalTransitionError: the table does not allow the step.
        LostError: the order has moved on since it was read.
    """
    status = rules.after(found.order.status, step.action)
    goes_on = is_still_offered(found.order.status, status, step.action)
    leg = {} if goes_on else _leg(found.order, status, step)
    if not orders.transition(session, found.order, status, **leg, **changes):
        raise LostError
    step = replace(step, version=found.order.version + 1)
    before = {"was": _before(found.order)} if step.action in rules.UNDOABLE else {}
    orders.record(session, found.order.id, step, **(details or {}), **before)
    if goes_on:
        orders.carry_timers(session, found.order)
        return False
    if status in clocks.LEGS:
        after = {"status": status, "version": step.version, **leg, **changes}
        set_clock(session, found.order, **after)
    deliveries.mark_stale(session, found.order.id)
    deliveries.revoke_questions(session, found.order.id)
    return True


def _leg(order: Order, status: OrderStatus, step: Step) -> dict[str, Any]:
    """Say what a step changes of the clock: who dispatches again has no more time for it."""
    if status is order.status:
        return {}
    return {"leg_at": step.at if status in clocks.LEGS else None, "late_stage": 0}


def set_clock(session: Session, order: Order, **after: Any) -> None:  # noqa: ANN401 (column values)
    """Set the clock of the leg that has just begun.

    It strikes first when nothing can be due before; pauses are looked up only then.

    Args:
        session: the turn's or the job's.
        order: as it was read.
        after: the columns that are different by now.
    """

    def column(name: str) -> Any:  # noqa: ANN401 (a column's value)
        return after.get(name, getattr(order, name))

    running = clocks.Running(
        matter_class=order.matter_class,
        leg=clocks.LEGS[column("status")],
        leg_at=column("leg_at") or order.submitted_at,
        promised_at=column("promised_at"),
        overdue_at=column("overdue_at"),
    )
    orders.set_timer(
        session,
        order.id,
        TimerKind.CLOCK,
        version=column("version"),
        due_at=running.at_earliest(),
    )


def is_still_offered(before: OrderStatus, after: OrderStatus, action: OrderAction) -> bool:
    """Say whether a step leaves open what was offered: the cards stay true, the timers go on."""
    return before is after is OrderStatus.DISPATCHED and action is not OrderAction.DISPATCH


def _before(order: Order) -> dict[str, object]:
    """Give what a step changes of an order, as an event can keep it for whoever takes it back."""
    return {
        "status": order.status,
        "dispatch_mode": order.dispatch_mode,
        "wave": order.wave,
        "seats": order.seats,
        "starts_at": order.starts_at.isoformat() if order.starts_at else None,
        "ends_at": order.ends_at.isoformat() if order.ends_at else None,
        "leg_at": order.leg_at.isoformat() if order.leg_at else None,
        "late_stage": order.late_stage,
    }


def barred(session: Session, found: Found) -> set[int]:
    """Give those who may not take an order: its reporter, and after a reopening its holders."""
    reporter = {found.order.reporter_id}
    if not found.order.reopen_count:
        return reporter
    return reporter | orders.served_by(session, found.order.id)


def read(session: Session, number: int) -> Found:
    """Read an order that must exist.

    Raises:
        LookupError: it does not; orders are never deleted, so the caller is wrong.
    """
    found = orders.find(session, number)
    if found is None:
        raise LookupError(f"order {number} is gone")
    return found


def who(ctx: Context, post: Post | None, *, duties: Sequence[str] = ()) -> str:
    """Name the speaker as residents see members: by name and post, and by what they took on."""
    return texts.member(
        ctx.speaker.name,
        ROLE[post.role] if post else None,
        post.name if post else None,
        duties,
    )
