"""The resident does not need it any more: nobody is asked or on the way after that, or learns it.

An order that somebody has is withdrawn at once as well; whoever has it is asked to say so, and
after some silence those who dispatch are asked to call (DESIGN.md 7.6).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context, Policy
from handlers.messages import Notice
from handlers.rules.permissions import serving
from handlers.rules.waves import awake
from handlers.services import branches, cards
from handlers.services.moves import move, read
from handlers.texts import leavings as texts
from handlers.texts import orders as order_texts
from storage import histories, orders
from storage import notices as deliveries
from storage.orders import Found
from storage.vocabulary import AssignmentStatus, NoticeKind, OrderAction, TimerKind

_OUTDATED = (NoticeKind.ORDER_SUBMITTED, NoticeKind.ORDER_OFFERED, NoticeKind.ORDER_QUESTION)


def withdraw(ctx: Context, found: Found) -> None:
    """Take the speaker's order back; news of it that nobody has seen yet never comes.

    Raises:
        IllegalTransitionError: it is said to be done, or over.
        LostError: the order has moved on.
    """
    move(ctx, found, OrderAction.WITHDRAW, closed_at=ctx.now)
    number = found.order.id
    for status in (AssignmentStatus.OFFERED, AssignmentStatus.ACCEPTED):
        orders.end_assignments(
            ctx.session, number, was=status, becomes=AssignmentStatus.REVOKED, now=ctx.now
        )
    for kind in _OUTDATED:
        deliveries.revoke_due(ctx.session, number, kind)
    if not found.holders:
        return
    orders.set_timer(
        ctx.session,
        number,
        TimerKind.WITHDRAWAL_SEEN,
        version=found.order.version + 1,
        due_at=awake(ctx.now + ctx.policy.holder_window, ctx.policy.timezone),
    )
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_CHANGED,
            order_id=number,
            title=order_texts.head(number, cards.public_matter(found)),
            text=texts.WITHDRAWN_FOR_HOLDER,
            actions=(texts.known_action(number),),
            recipients=tuple(holder.id for holder in found.holders),
        )
    )


def acknowledge(ctx: Context, found: Found) -> bool:
    """Note that the speaker, who had the order, knows; False where there is nothing to know."""
    unaware = {former.person_id for former in histories.unaware(ctx.session, found.order.id)}
    if ctx.speaker.person_id not in unaware:
        return False
    post = serving(ctx.posts, found.branch_path)
    orders.record(ctx.session, found.order.id, ctx.step(OrderAction.ACKNOWLEDGE, post))
    return True


def tell_of_silence(
    session: Session, order_id: int, *, now: datetime, policy: Policy
) -> list[Notice]:
    """Ask those who dispatch to call the former holders who have not said that they know."""
    unaware = histories.unaware(session, order_id)
    if not unaware:
        return []
    found = read(session, order_id)
    officers = branches.dispatchers(
        session, branches.tree_of(session), found.order.branch_id, today=policy.today(now)
    )
    names = texts.together([former.name for former in unaware])
    return [
        Notice(
            kind=NoticeKind.ORDER_CHANGED,
            order_id=order_id,
            title=order_texts.head(order_id, cards.public_matter(found)),
            text=texts.unaware_for_desk(names),
            actions=(order_texts.progress_action(order_id),),
            recipients=tuple(officer.person_id for officer in officers),
        )
    ]
