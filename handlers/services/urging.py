"""The resident asks how long it takes: whoever has the order hears of it, once a day.

Urging changes no state. What it adds after a broken promise is an ear: a second time it also goes
to the level above.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.context import Context
from handlers.messages import Action, Notice
from handlers.rules import clocks as rules
from handlers.services import cards, clocks
from handlers.services.moves import LostError, RefusedError, read
from handlers.texts import clocks as texts
from handlers.texts import moments
from handlers.texts import orders as order_texts
from handlers.texts.corrections import dispatch_action
from storage import clocks as store
from storage import orders
from storage.orders import Found
from storage.vocabulary import NoticeKind, OrderAction, OrderStatus

_PAUSE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Urged:
    """Where an order is, by when it is promised (None: that has passed), and who else was told."""

    where: str
    promise: str | None
    above: str | None


def urge(ctx: Context, found: Found) -> Urged:
    """Tell those who have an order that its reporter waits; gives what the reporter may know.

    Raises:
        RefusedError: it was urged less than a day ago.
        LostError: the order has moved on.
    """
    order = found.order
    urged_at = order.urged_at
    if not store.urge(ctx.session, order, now=ctx.now, since=ctx.now - _PAUSE):
        again = read(ctx.session, order.id)
        if again.order.version != order.version or again.order.urged_at is None:
            raise LostError
        raise RefusedError(_too_early(ctx, again, again.order.urged_at))
    orders.record(ctx.session, order.id, ctx.step(OrderAction.URGE))
    above = None
    is_late = rules.is_late(order.status, order.promised_at, order.overdue_at, ctx.now)
    if urged_at is not None and is_late:
        above = clocks.above(ctx.session, found, now=ctx.now, policy=ctx.policy)
    holders = [holder.id for holder in found.holders]
    desk = [] if holders else clocks.desk(ctx.session, found, now=ctx.now, policy=ctx.policy)
    promise = _promise(ctx, found)
    news = texts.urge_news(is_holder=bool(holders), promise=promise)
    _tell(ctx, found, news, [*holders, *desk])
    if above:
        told = {*holders, *desk}
        higher = [person for person in above[1] if person not in told]
        _tell(ctx, found, texts.urge_news_above(found.branch_name), higher)
    return Urged(_where(found), promise, above[0] if above else None)


def _tell(ctx: Context, found: Found, words: str, to: list[int]) -> None:
    number = found.order.id
    actions: tuple[Action, ...] = (order_texts.progress_action(number),)
    if found.order.status is OrderStatus.SUBMITTED:
        actions = (dispatch_action(number, found.order.kind), *actions)
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_MESSAGE,
            order_id=number,
            title=order_texts.head(number, cards.public_matter(found)),
            text=words,
            actions=actions,
            recipients=tuple(person for person in to if person != ctx.speaker.person_id),
        )
    )


def _where(found: Found) -> str:
    return texts.stands_with(
        found.holder_name,
        found.branch_name,
        is_searching=found.order.status is OrderStatus.DISPATCHED,
    )


def _promise(ctx: Context, found: Found) -> str | None:
    """Give the promise in words, unless it has passed and says nothing any more."""
    promised_at = found.order.promised_at
    if promised_at <= ctx.now:
        return None
    return moments.date_and_hour(promised_at, ctx.policy.timezone)


def _too_early(ctx: Context, found: Found, urged_at: datetime) -> str:
    zone = ctx.policy.timezone
    return texts.urged_already(
        found.order.id,
        moments.lately(urged_at, ctx.now, zone),
        moments.soon(urged_at + _PAUSE, ctx.now, zone),
        _where(found),
        _promise(ctx, found),
    )
