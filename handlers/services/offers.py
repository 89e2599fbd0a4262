"""An order is offered to members, and they take its seats."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.messages import Notice
from handlers.rules import orders as rules
from handlers.rules import waves
from handlers.rules.permissions import Post, serving
from handlers.rules.terms import Span
from handlers.services import cards, digests, media
from handlers.services.moves import LostError, RefusedError, barred, move, read, who
from handlers.services.pool import is_wish
from handlers.texts import dispatch as dispatch_texts
from handlers.texts import duties as duty_texts
from handlers.texts import leavings as leaving_texts
from handlers.texts import moments
from handlers.texts import orders as texts
from handlers.texts import wishes as wish_texts
from storage import members, offers, orders
from storage import notices as deliveries
from storage.models import Assignment
from storage.orders import Found
from storage.vocabulary import (
    AssignmentStatus,
    DispatchMode,
    NoticeKind,
    OrderAction,
    OrderStatus,
    TimerKind,
)

_TIMERS = {
    DispatchMode.NAMED: TimerKind.NAMED_OFFER,
    DispatchMode.EVERYONE: TimerKind.WAVE,
    DispatchMode.WAVES: TimerKind.WAVE,
}
_FIRST_TAKEN = 3  # submitted, dispatched, taken: nothing was changed that could be told
_LEFT = frozenset({AssignmentStatus.RELEASED, AssignmentStatus.NO_SHOW})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Whom a dispatch asks, in which way, and how long before something else is tried.

    ``seats`` and ``span`` are what the secretary said about them; None leaves them as they are.
    """

    mode: DispatchMode
    people: tuple[int, ...]
    patience: timedelta
    wave: int = 0
    seats: int | None = None
    span: Span | None = None


def dispatch(ctx: Context, found: Found, post: Post, plan: Plan) -> datetime:
    """Offer an order to members; gives the moment at which something else is tried.

    Offers that were open before are revoked unless the member is asked again. Who has a seat
    keeps it.

    Raises:
        RefusedError: fewer people are wanted than have come.
        IllegalTransitionError: the order does not wait for members.
        LostError: the order has moved on.
    """
    order = found.order
    seats = plan.seats or order.seats
    if seats <= len(found.holders):
        raise RefusedError(
            dispatch_texts.too_few_seats(order.id, found.holder_name or "", len(found.holders))
        )
    starts_at, ends_at = _agreed(found, plan.span, ctx.now)
    was_offered = order.status is OrderStatus.DISPATCHED
    version = order.version + 1
    move(
        ctx,
        found,
        OrderAction.DISPATCH,
        post,
        dispatch_mode=plan.mode,
        wave=plan.wave,
        seats=seats,
        starts_at=starts_at,
        ends_at=ends_at,
        details={"mode": plan.mode, "people": list(plan.people)},
    )
    orders.end_assignments(
        ctx.session,
        order.id,
        was=AssignmentStatus.OFFERED,
        becomes=AssignmentStatus.REVOKED,
        now=ctx.now,
        keep=plan.people,
    )
    if was_offered:
        deliveries.revoke_due(ctx.session, order.id, NoticeKind.ORDER_OFFERED)
    orders.offer(ctx.session, order.id, plan.people, now=ctx.now)
    until = waves.awake(ctx.now + plan.patience, ctx.policy.timezone)
    orders.set_timer(ctx.session, order.id, _TIMERS[plan.mode], version=version, due_at=until)
    ctx.notify(
        cards.offer(
            read(ctx.session, order.id),
            by_name=plan.mode is DispatchMode.NAMED,
            policy=ctx.policy,
            to=plan.people,
        )
    )
    return until


def _agreed(
    found: Found, span: Span | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Give the time that holds from now on: a new one, or the former while it lies ahead."""
    if span is not None:
        return span.starts_at, span.ends_at
    starts_at = found.order.starts_at
    if starts_at is None or starts_at <= now:
        return None, None
    return starts_at, found.order.ends_at


def settle(ctx: Context, found: Found, post: Post) -> None:
    """Be content with those who have come: the order is theirs, nobody else is asked any more.

    Raises:
        IllegalTransitionError: nobody is looked for.
        LostError: the order has moved on.
    """
    move(ctx, found, OrderAction.SETTLE, post, seats=len(found.holders))
    close(ctx.session, found.order.id, now=ctx.now)
    names = found.holder_name or ""
    _tell_holders(ctx, found, dispatch_texts.settled_for_holders(found.order.id, names))


def take(ctx: Context, found: Found) -> Found:
    """Give a seat of the order to the speaker (DESIGN.md 7.5); gives the order as it is then.

    Who loses a race for one seat tries the next one, while there is one.

    Raises:
        RefusedError: a rule says no.
        IllegalTransitionError: the order is not waiting for a taker.
    """
    while True:
        try:
            return _take_seat(ctx, found)
        except LostError:
            found = read(ctx.session, found.order.id)


def _take_seat(ctx: Context, found: Found) -> Found:
    post = serving(ctx.posts, found.branch_path)
    _may_take(ctx, found, post)
    order, person = found.order, ctx.speaker.person_id
    is_full = len(found.holders) + 1 >= order.seats
    move(ctx, found, OrderAction.TAKE if is_full else OrderAction.JOIN, post)
    orders.accept(ctx.session, order.id, person, now=ctx.now)
    media.show(ctx, found, to=(person,))
    now = read(ctx.session, order.id)
    if is_full:
        close(ctx.session, order.id, now=ctx.now)
        _tell_holders(ctx, found, dispatch_texts.full(order.id, now.holder_name or ""))
    else:
        offers.withdraw(ctx.session, order.id, person, NoticeKind.ORDER_OFFERED)
    if not found.holders:
        _tell_resident(ctx, now, who(ctx, post, duties=_duties(ctx)))
    digests.note_taken(ctx, found, ctx.speaker.name or "")
    return now


def _may_take(ctx: Context, found: Found, post: Post | None) -> None:
    order, person = found.order, ctx.speaker.person_id
    if order.reporter_id == person:
        raise RefusedError(wish_texts.OWN_WISH if is_wish(order) else texts.OWN_ORDER)
    if found.is_held_by(person):
        raise RefusedError(texts.YOURS_ALREADY)
    rules.after(order.status, OrderAction.TAKE)
    mine = orders.assignment_of(ctx.session, order.id, person)
    is_offered = mine is not None and _is_meant(ctx.session, found, mine)
    if not is_offered and post is None:
        raise RefusedError(texts.NOT_YOUR_BRANCH)
    if not is_offered and order.dispatch_mode is DispatchMode.NAMED:
        raise RefusedError(texts.named_only(order.id))
    if mine is not None and mine.status in _LEFT:
        raise RefusedError(leaving_texts.ANOTHER_COMES)
    if person in barred(ctx.session, found):
        raise RefusedError(texts.NOT_AFTER_REOPENING)
    if order.starts_at and order.ends_at:
        other = offers.clash(
            ctx.session, person, since=order.starts_at, until=order.ends_at, besides=order.id
        )
        if other and other.starts_at and other.ends_at:
            span = moments.span(other.starts_at, other.ends_at, ctx.policy.timezone)
            raise RefusedError(
                dispatch_texts.clashes(order.id, texts.head(other.id, other.matter), span)
            )


def _is_meant(session: Session, found: Found, mine: Assignment) -> bool:
    """Say whether the offer holds: also after a no, while those who were named are still asked."""
    if mine.status is AssignmentStatus.OFFERED:
        return True
    if mine.status is not AssignmentStatus.DECLINED or mine.ended_at is None:
        return False
    dispatched_at = offers.dispatched_at(session, found.order.id)
    return dispatched_at is not None and mine.ended_at >= dispatched_at


def close(session: Session, number: int, *, now: datetime) -> None:
    """End what is still offered: nobody else is needed."""
    orders.end_assignments(
        session, number, was=AssignmentStatus.OFFERED, becomes=AssignmentStatus.LOST, now=now
    )
    deliveries.revoke_due(session, number, NoticeKind.ORDER_OFFERED)


def _tell_holders(ctx: Context, found: Found, sentence: str) -> None:
    order = found.order
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_HELD,
            order_id=order.id,
            title=texts.head(order.id, order.matter),
            text=sentence,
            recipients=tuple(holder.id for holder in found.holders),
        )
    )


def _duties(ctx: Context) -> list[str]:
    held = members.holdings(ctx.session, ctx.speaker.person_id, today=ctx.today)
    return [duty_texts.name(each.post, each.name) for each in held]


def _tell_resident(ctx: Context, now: Found, name: str) -> None:
    """Push who comes, once: who comes besides stands in the progress.

    That somebody was still looked for needs not be read after it.
    """
    order = now.order
    if order.version > _FIRST_TAKEN:
        offers.withdraw(ctx.session, order.id, order.reporter_id, NoticeKind.ORDER_CHANGED)
    span = cards.agreed_time(now, ctx.policy)
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_TAKEN,
            order_id=order.id,
            title=texts.head(order.id, order.matter),
            text=wish_texts.somebody_claimed(order.id, name)
            if is_wish(order)
            else dispatch_texts.somebody_comes(
                order.id, name, order.seats - len(now.holders), span
            ),
            recipients=(order.reporter_id,),
        )
    )
