"""Somebody who has an order does not do it after all: the seat is free, and others are asked.

All others are asked at once, as a last wave; whoever declined, gave it back or was not seen is not
asked again. The resident, who was told who
comes, is told that it will be somebody else. Why, is between the member and those who dispatch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from handlers.context import Context, Policy
from handlers.messages import Action, Notice
from handlers.rules import waves
from handlers.rules.permissions import Permission, reaching, serving
from handlers.services import branches, cards, moves, pool, recommendations
from handlers.services.moves import RefusedError
from handlers.texts import leavings as texts
from handlers.texts import moments
from handlers.texts import orders as order_texts
from handlers.texts import wishes as wish_texts
from handlers.texts.corrections import dispatch_action, handle_action, recall_action
from storage import offers, orders
from storage.orders import Found, Holder, Step
from storage.vocabulary import (
    AssignmentStatus,
    DispatchMode,
    NoticeKind,
    OrderAction,
    OrderKind,
    OrderStatus,
    TimerKind,
)

_URGENT = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacancy:
    """What a free seat led to: the order as it is now, and how others come to know of it."""

    found: Found
    then: str
    is_on_desk: bool
    offers: tuple[Notice, ...]
    are_cards_outdated: bool


def release(ctx: Context, found: Found, reason: str) -> Vacancy:
    """Let the speaker give the order back, and say what that led to.

    Raises:
        RefusedError: the speaker does not hold it.
        LostError: the order has moved on.
    """
    me = ctx.speaker.person_id
    if not found.is_held_by(me):
        raise RefusedError(texts.NOT_YOURS_TO_RELEASE)
    post = serving(ctx.posts, found.branch_path) or reaching(
        ctx.posts, Permission.DISPATCH, found.branch_path
    )
    vacancy = vacate(
        ctx.session,
        found,
        ctx.step(OrderAction.RELEASE, post),
        (Holder(me, ctx.speaker.name),),
        AssignmentStatus.RELEASED,
        reason=reason,
        policy=ctx.policy,
    )
    ctx.has_outdated_cards |= vacancy.are_cards_outdated
    agreed = _agreed_soon(found, ctx.now, ctx.policy)
    name = moves.who(ctx, post)
    news = texts.released_for_desk(name, reason, vacancy.then, agreed)
    for notice in (
        *vacancy.offers,
        for_desk(ctx.session, vacancy, news, policy=ctx.policy, now=ctx.now, besides=me),
        for_resident(vacancy, another_comes(vacancy, now=ctx.now, policy=ctx.policy)),
    ):
        ctx.notify(notice)
    return vacancy


def vacate(
    session: Session,
    found: Found,
    step: Step,
    leaving: Sequence[Holder],
    becomes: AssignmentStatus,
    *,
    policy: Policy,
    reason: str | None = None,
) -> Vacancy:
    """Free the seats of some holders and ask others, or leave it to those who dispatch.

    While the order is still being offered for other seats, it just goes on being offered. At night
    the others are asked in the morning.

    Raises:
        LostError: the order has moved on.
    """
    number = found.order.id
    gone = {holder.id for holder in leaving}
    waiting = offers.awaited(session, number)
    goes_on = found.order.status is OrderStatus.DISPATCHED and bool(waiting)
    changes = {} if goes_on else {"dispatch_mode": DispatchMode.EVERYONE, "wave": waves.LAST}
    details: dict[str, object] = {"people": sorted(gone)} | ({"reason": reason} if reason else {})
    outdated = moves.make(session, found, step, details=details, **changes)
    orders.end_assignments(
        session,
        number,
        was=AssignmentStatus.ACCEPTED,
        becomes=becomes,
        now=step.at,
        keep=[holder.id for holder in found.holders if holder.id not in gone],
        reason=reason,
    )
    offers.withdraw(session, number, found.order.reporter_id, NoticeKind.ORDER_TAKEN)
    again = moves.read(session, number)
    if goes_on:
        then = texts.others_still_asked(len(waiting))
        return Vacancy(
            found=again, then=then, is_on_desk=False, offers=(), are_cards_outdated=outdated
        )
    for kind in (TimerKind.WAVE, TimerKind.NAMED_OFFER):
        offers.drop_timers(session, number, kind)
    if pool.is_wish(again.order):
        pool.enter(session, number, again.order.version, now=step.at, policy=policy)
        return Vacancy(
            found=again,
            then=wish_texts.BACK_ON_WALL,
            is_on_desk=False,
            offers=(),
            are_cards_outdated=outdated,
        )
    asked = _others(session, again, policy.today(step.at))
    if not asked and not again.holders:
        back = Step(action=OrderAction.EXHAUST, at=step.at)
        moves.make(session, again, back, dispatch_mode=None, wave=0)
        again = moves.read(session, number)
    is_on_desk = not asked
    then, written = texts.nobody_else_to_ask(), tuple[Notice, ...]()
    if asked:
        then, written = _ask(session, again, asked, now=step.at, policy=policy)
    return Vacancy(
        found=again, then=then, is_on_desk=is_on_desk, offers=written, are_cards_outdated=outdated
    )


def ask_others(session: Session, order_id: int, *, now: datetime, policy: Policy) -> list[Notice]:
    """Ask in the morning whom nobody wanted to wake; the order is still open for a taker."""
    found = moves.read(session, order_id)
    asked = _others(session, found, policy.today(now))
    return list(_offer(session, found, asked, now=now, policy=policy))


def _ask(
    session: Session, found: Found, asked: Sequence[int], *, now: datetime, policy: Policy
) -> tuple[str, tuple[Notice, ...]]:
    at = waves.awake(now, policy.timezone)
    if at > now:
        orders.set_timer(
            session,
            found.order.id,
            TimerKind.REOFFER,
            version=found.order.version,
            due_at=at,
        )
        return texts.will_ask_others(len(asked), moments.soon(at, now, policy.timezone)), ()
    return texts.asked_others(len(asked)), _offer(session, found, asked, now=now, policy=policy)


def _offer(
    session: Session, found: Found, asked: Sequence[int], *, now: datetime, policy: Policy
) -> tuple[Notice, ...]:
    number = found.order.id
    orders.offer(session, number, asked, now=now)
    until = waves.awake(now + waves.PATIENCE, policy.timezone)
    orders.set_timer(session, number, TimerKind.WAVE, version=found.order.version, due_at=until)
    return (cards.offer(found, by_name=False, policy=policy, to=asked),)


def _others(session: Session, found: Found, today: date) -> list[int]:
    return [taker.person_id for taker in recommendations.askable(session, found, today=today)]


def another_comes(vacancy: Vacancy, *, now: datetime, policy: Policy) -> str:
    """Say to the resident that it will be somebody else, and what of the promise still holds."""
    found = vacancy.found
    promised_at = found.order.promised_at
    promise = moments.date_and_hour(promised_at, policy.timezone) if promised_at > now else None
    if pool.is_wish(found.order):
        return wish_texts.back_on_wall(found.order.id, promise)
    return texts.another_comes(
        found.order.id, found.holder_name, promise, by_desk=vacancy.is_on_desk
    )


def for_resident(vacancy: Vacancy, sentence: str) -> Notice:
    """Write what the resident is told; a changed promise is pushed."""
    order = vacancy.found.order
    return Notice(
        kind=NoticeKind.ORDER_CHANGED,
        order_id=order.id,
        title=order_texts.head(order.id, order.matter),
        text=sentence,
        recipients=(order.reporter_id,),
    )


def for_desk(
    session: Session,
    vacancy: Vacancy,
    sentence: str,
    *,
    policy: Policy,
    now: datetime,
    besides: int | None = None,
) -> Notice:
    """Tell those who dispatch, with the taps that put it into their hands.

    Once somebody else has it, news of it that was not seen yet is withdrawn with those taps.
    """
    found = vacancy.found
    number = found.order.id
    tree = branches.tree_of(session)
    officers = branches.dispatchers(session, tree, found.order.branch_id, today=policy.today(now))
    return Notice(
        kind=NoticeKind.ORDER_UNTAKEN,
        order_id=number,
        title=order_texts.head(number, cards.public_matter(found)),
        text=sentence,
        actions=taps(vacancy),
        recipients=tuple(each.person_id for each in officers if each.person_id != besides),
    )


def taps(vacancy: Vacancy) -> tuple[Action, ...]:
    """Give what those who dispatch can do about it."""
    number, kind = vacancy.found.order.id, vacancy.found.order.kind
    if vacancy.is_on_desk:
        return (dispatch_action(number, kind), handle_action(number))
    if kind is OrderKind.WISH:
        return (handle_action(number), recall_action(number))
    return (dispatch_action(number, kind), recall_action(number))


def _agreed_soon(found: Found, now: datetime, policy: Policy) -> str | None:
    """Say the time that was agreed, where it is near or already over: somebody must hurry."""
    starts_at = found.order.starts_at
    if starts_at is None or starts_at - now > _URGENT:
        return None
    return moments.soon(starts_at, now, policy.timezone)
