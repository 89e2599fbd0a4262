"""What the reporter thought of the work: stars and a word, kept beside the outcome, never instead.

A rating reopens nothing and confirms nothing. It can be changed for a while, counted from the
first one, or from the closing where the order was closed (again) after that.
"""

from handlers.context import Context
from handlers.messages import Notice
from handlers.rules.orders import IllegalTransitionError
from handlers.services import branches, cards
from handlers.services.moves import LostError, RefusedError
from handlers.texts import orders as order_texts
from handlers.texts import ratings as texts
from storage import histories, orders
from storage.orders import Found
from storage.vocabulary import NoticeKind, OrderAction, OrderStatus

_LOW = 2


def rate(ctx: Context, found: Found, rating: int, words: str) -> None:
    """Store the speaker's rating; those who dispatch hear of one that is low.

    Raises:
        IllegalTransitionError: the order is not said to be done.
        RefusedError: the time for changing it is over.
        LostError: the order has been reopened meanwhile.
    """
    order = found.order
    if order.status not in {OrderStatus.DONE, OrderStatus.CLOSED}:
        raise IllegalTransitionError(order.status, OrderAction.RATE)
    if not _may_change(ctx, found):
        shown = texts.shown(order.rating or rating, None)
        raise RefusedError(texts.too_late(order.id, shown, ctx.policy.rating_window.days))
    if not histories.rate(ctx.session, order.id, rating=rating, words=words or None, now=ctx.now):
        raise LostError
    orders.record(ctx.session, order.id, ctx.step(OrderAction.RATE), rating=rating, words=words)
    if rating <= _LOW and (order.rating is None or order.rating > _LOW):
        _tell_desk(ctx, found, rating, words)


def fields(found: Found) -> tuple[tuple[str, str], ...]:
    """Give the rating as a labelled fact, for those who may read everything of the order."""
    order = found.order
    if order.rating is None:
        return ()
    return ((texts.FIELD, texts.shown(order.rating, order.rating_words)),)


def _may_change(ctx: Context, found: Found) -> bool:
    order = found.order
    if order.rated_at is None or order.closed_at is None:
        return True
    return ctx.now - max(order.rated_at, order.closed_at) <= ctx.policy.rating_window


def _tell_desk(ctx: Context, found: Found, rating: int, words: str) -> None:
    officers = branches.dispatchers(
        ctx.session, branches.tree_of(ctx.session), found.order.branch_id, today=ctx.today
    )
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_CLOSED,
            order_id=found.order.id,
            title=order_texts.head(found.order.id, cards.public_matter(found)),
            text=texts.for_desk(found.order.id, rating, words),
            actions=(order_texts.progress_action(found.order.id),),
            recipients=tuple(officer.person_id for officer in officers),
        )
    )
