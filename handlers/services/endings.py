"""The work is done, and the resident says what became of it; silence says nothing."""

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context, Policy
from handlers.messages import Notice
from handlers.rules import clocks, masking
from handlers.rules import orders as rules
from handlers.rules.permissions import Permission, reaching, serving
from handlers.services import branches, cards, intake, offers, points, pool
from handlers.services.intake import Report, Submitted
from handlers.services.moves import RefusedError, move, read, who
from handlers.texts import dispatch as dispatch_texts
from handlers.texts import orders as texts
from handlers.texts import wishes as wish_texts
from storage import notices as deliveries
from storage import offers as offered
from storage import orders
from storage.orders import Found, Step
from storage.sealing import unseal
from storage.vocabulary import (
    AssignmentStatus,
    NoticeKind,
    OrderAction,
    OrderStatus,
    Outcome,
    TimerKind,
)


def finish(ctx: Context, found: Found, said: str) -> None:
    """Say that the work is done; only the resident will say whether it is solved.

    Raises:
        RefusedError: the speaker does not hold the order.
        LostError: the order has moved on.
    """
    if not found.is_held_by(ctx.speaker.person_id):
        raise RefusedError(texts.NOT_YOURS_TO_FINISH)
    post = serving(ctx.posts, found.branch_path) or reaching(
        ctx.posts, Permission.HANDLE, found.branch_path
    )
    move(ctx, found, OrderAction.FINISH, post, details={"said": said} if said else None)
    orders.end_assignments(
        ctx.session,
        found.order.id,
        was=AssignmentStatus.ACCEPTED,
        becomes=AssignmentStatus.FINISHED,
        now=ctx.now,
    )
    if found.order.status is OrderStatus.DISPATCHED:
        offers.close(ctx.session, found.order.id, now=ctx.now)
    is_wish = pool.is_wish(found.order)
    ask = wish_texts.please_confirm if is_wish else texts.please_confirm
    orders.set_timer(
        ctx.session,
        found.order.id,
        TimerKind.CONFIRM_WINDOW,
        version=found.order.version + 1,
        due_at=ctx.now + (ctx.policy.wish_confirm_window if is_wish else ctx.policy.confirm_window),
    )
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_DONE,
            order_id=found.order.id,
            title=texts.head(found.order.id, found.order.matter),
            text=ask(found.order.id, who(ctx, post), said),
            actions=cards.answers(found),
            recipients=(found.order.reporter_id,),
        )
    )
    me = ctx.speaker.person_id
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_HELD,
            order_id=found.order.id,
            title=texts.head(found.order.id, found.order.matter),
            text=dispatch_texts.finished_together(found.order.id, ctx.speaker.name or ""),
            recipients=tuple(each.id for each in found.holders if each.id != me),
        )
    )


def confirm(ctx: Context, found: Found) -> None:
    """Close an order as solved, in the resident's word."""
    move(ctx, found, OrderAction.CONFIRM, outcome=Outcome.RESOLVED, closed_at=ctx.now)
    is_wish = pool.is_wish(found.order)
    thank = wish_texts.realised_for_holder if is_wish else texts.confirmed_for_holder
    _end_finished(ctx, found, thank(found.order.id), Outcome.RESOLVED)


def partly(ctx: Context, found: Found, missing: str) -> Submitted:
    """Close an order as partly solved and open a linked one for what is missing.

    Raises:
        RefusedError: it is a wish, which comes true or does not.
    """
    if pool.is_wish(found.order):
        raise RefusedError(wish_texts.NO_PARTLY)
    move(
        ctx,
        found,
        OrderAction.PARTLY,
        outcome=Outcome.PARTLY,
        closed_at=ctx.now,
        details={"missing": missing},
    )
    news = texts.partly_for_holder(found.order.id, masking.phones(missing))
    _end_finished(ctx, found, news, Outcome.PARTLY)
    order = found.order
    return intake.submit(
        ctx,
        Report(
            matter=missing,
            place=order.place,
            place_id=order.place_id,
            contact_name=order.contact_name,
            contact_phone=unseal(order.contact_sealed) if order.contact_sealed else None,
        ),
        parent=found,
    )


def reopen(ctx: Context, found: Found, said: str) -> str:
    """Bring an order back, one level higher (DESIGN.md 7.8); gives who arranges it now.

    A promise that has passed meanwhile is replaced by a new one.
    """
    tree = branches.tree_of(ctx.session)
    higher = branches.one_level_higher(tree, found.order.branch_id)
    finishers = offered.last_finishers(ctx.session, found.order.id)
    was_closed = found.order.status is OrderStatus.CLOSED
    move(
        ctx,
        found,
        OrderAction.REOPEN,
        branch_id=higher.id if higher else found.order.branch_id,
        reopen_count=found.order.reopen_count + 1,
        promised_at=clocks.renewed(found.order.matter_class, found.order.promised_at, ctx.now),
        is_flagged=True,
        dispatch_mode=None,
        outcome=None,
        closed_at=None,
        details={"said": said} if said else None,
    )
    again = read(ctx.session, found.order.id)
    intake.ask_to_dispatch(ctx, again, reopened=True)
    is_wish = pool.is_wish(found.order)
    tell = wish_texts.not_realised_for_holder if is_wish else texts.reopened_for_holder
    news = tell(found.order.id, masking.phones(said))
    if was_closed and (taken := points.take_back(ctx, found)):
        news = f"{news}\n{taken}"
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_REOPENED,
            order_id=found.order.id,
            title=texts.head(found.order.id, cards.public_matter(found)),
            text=news,
            recipients=tuple(each.id for each in finishers),
        )
    )
    return again.branch_name


def lapse(
    session: Session, order_id: int, version: int, *, now: datetime, policy: Policy
) -> list[Notice]:
    """Close an order that the resident did not answer in time: unrated, never solved.

    Nothing is pushed to the resident, whose send window is kept for news that matters.
    """
    del policy
    found = orders.find(session, order_id)
    if found is None or found.order.version != version:
        return []
    status = rules.after(found.order.status, OrderAction.LAPSE)
    if orders.transition(session, found.order, status, outcome=Outcome.UNRATED, closed_at=now):
        orders.record(session, order_id, Step(action=OrderAction.LAPSE, at=now))
        deliveries.mark_stale(session, order_id)
    return []


def may_reopen(found: Found, policy: Policy, now: datetime) -> bool:
    """Say whether a closed order is still young enough to be reopened by the resident."""
    closed_at = found.order.closed_at
    return (
        found.order.status is OrderStatus.CLOSED
        and closed_at is not None
        and now - closed_at <= policy.reopen_window
        and found.order.outcome is not Outcome.PARTLY
    )


def _end_finished(ctx: Context, found: Found, news: str, outcome: Outcome) -> None:
    """Confirm and reward the work of those who did it last; earlier work was not what was needed.

    Each is told by how many points; members with the same news share a notice.
    """
    earlier: set[int] = set()
    if found.order.reopen_count:
        last = {each.id for each in offered.last_finishers(ctx.session, found.order.id)}
        earlier = orders.served_by(ctx.session, found.order.id) - last
    served = orders.end_assignments(
        ctx.session,
        found.order.id,
        was=AssignmentStatus.FINISHED,
        becomes=AssignmentStatus.CONFIRMED,
        now=ctx.now,
        keep=sorted(earlier),
    )
    if not served:
        return
    for reward, people in points.award(ctx, found, served, outcome).items():
        ctx.notify(
            Notice(
                kind=NoticeKind.ORDER_CLOSED,
                order_id=found.order.id,
                title=texts.head(found.order.id, cards.public_matter(found)),
                text=f"{news}\n{reward}" if reward else news,
                recipients=tuple(people),
            )
        )
