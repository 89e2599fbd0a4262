"""An order is offered to members, and one of them takes it."""

from collections.abc import Sequence

from handlers.context import Context
from handlers.messages import Notice
from handlers.rules import orders as rules
from handlers.rules.permissions import Post, serving
from handlers.services import cards, media
from handlers.services.moves import RefusedError, barred, move, who
from handlers.texts import orders as texts
from storage import orders, people
from storage.orders import Found
from storage.vocabulary import AssignmentStatus, DispatchMode, NoticeKind, OrderAction


def dispatch(
    ctx: Context, found: Found, post: Post, members: Sequence[people.Taker], mode: DispatchMode
) -> int:
    """Offer an order to members and give how many were asked; the first to take it has it.

    Offers that were open before are revoked unless the member is asked again. Nobody is asked to
    do their own order, or one that the resident sent back after them.
    """
    not_asked = barred(ctx.session, found)
    asked = [taker for taker in members if taker.person_id not in not_asked]
    move(
        ctx,
        found,
        OrderAction.DISPATCH,
        post,
        dispatch_mode=mode,
        details={"mode": mode, "people": [taker.person_id for taker in asked]},
    )
    ids = [taker.person_id for taker in asked]
    orders.end_assignments(
        ctx.session,
        found.order.id,
        was=AssignmentStatus.OFFERED,
        becomes=AssignmentStatus.REVOKED,
        now=ctx.now,
        keep=ids,
    )
    orders.offer(ctx.session, found.order.id, ids, now=ctx.now)
    ctx.notify(cards.offer(found, by_name=mode is DispatchMode.NAMED, policy=ctx.policy, to=ids))
    return len(ids)


def take(ctx: Context, found: Found) -> None:
    """Give the order to the speaker (DESIGN.md 7.5).

    Raises:
        RefusedError: a rule says no.
        IllegalTransitionError: the order is not waiting for a taker.
        LostError: somebody else was faster.
    """
    post = serving(ctx.posts, found.branch_path)
    person = ctx.speaker.person_id
    if found.order.reporter_id == person:
        raise RefusedError(texts.OWN_ORDER)
    if found.is_held_by(person):
        raise RefusedError(texts.YOURS_ALREADY)
    rules.after(found.order.status, OrderAction.TAKE)
    mine = orders.assignment_of(ctx.session, found.order.id, person)
    is_offered = mine is not None and mine.status is AssignmentStatus.OFFERED
    if not is_offered and post is None:
        raise RefusedError(texts.NOT_YOUR_BRANCH)
    if not is_offered and found.order.dispatch_mode is DispatchMode.NAMED:
        raise RefusedError(texts.named_only(found.order.id))
    if person in barred(ctx.session, found):
        raise RefusedError(texts.NOT_AFTER_REOPENING)
    move(ctx, found, OrderAction.TAKE, post)
    orders.accept(ctx.session, found.order.id, person, now=ctx.now)
    media.show(ctx, found, to=(person,))
    orders.end_assignments(
        ctx.session,
        found.order.id,
        was=AssignmentStatus.OFFERED,
        becomes=AssignmentStatus.LOST,
        now=ctx.now,
    )
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_TAKEN,
            order_id=found.order.id,
            title=texts.head(found.order.id, found.order.matter),
            text=texts.somebody_comes(found.order.id, who(ctx, post)),
            recipients=(found.order.reporter_id,),
        )
    )
