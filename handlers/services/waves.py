"""An order looks for a taker: asked wave by wave, answered by a no or by silence, given back.

Those who dispatch are told when their own choice does not answer and when nobody takes it. The
resident is not pushed anything for it: the promise stands, and the progress tells the state.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context, Policy
from handlers.messages import Notice
from handlers.rules import orders as steps
from handlers.rules import waves as rules
from handlers.rules.permissions import Permission, Post, reaching, serving
from handlers.rules.terms import Terms
from handlers.services import branches, cards, moves, recommendations
from handlers.services import offers as offering
from handlers.services.moves import RefusedError
from handlers.services.offers import Plan
from handlers.services.pool import is_wish
from handlers.texts import dispatch as texts
from handlers.texts import orders as order_texts
from storage import notices as deliveries
from storage import offers, orders
from storage.orders import Found, Step
from storage.vocabulary import (
    AssignmentStatus,
    DispatchMode,
    NoticeKind,
    OrderAction,
    OrderStatus,
    TimerKind,
)


@dataclass(frozen=True, slots=True)
class Begun:
    """How many were asked first, until when, and whether anybody is left to ask after them."""

    count: int
    until: datetime
    is_last: bool


def begin(ctx: Context, found: Found, post: Post, terms: Terms) -> Begun:
    """Ask the recommended, those who fit best first.

    Raises:
        RefusedError: nobody is left who could be asked, or it is asking already.
        IllegalTransitionError: the order does not wait for members.
        LostError: the order has moved on.
    """
    ranked = recommendations.askable(ctx.session, found, today=ctx.today)
    missing = (terms.seats or found.order.seats) - len(found.holders)
    step = rules.following(
        0, [taker.person_id for taker in ranked], not_asked=frozenset(), seats=missing
    )
    if step is None:
        raise RefusedError(texts.NOBODY_LEFT)
    until = offering.dispatch(
        ctx,
        found,
        post,
        Plan(
            mode=DispatchMode.WAVES,
            people=step.people,
            patience=step.patience,
            wave=step.wave,
            seats=terms.seats,
            span=terms.span,
        ),
    )
    return Begun(len(step.people), until, is_last=step.wave == rules.LAST)


def widen(
    session: Session, order_id: int, version: int, *, now: datetime, policy: Policy
) -> list[Notice]:
    """Ask more members, or give the order back when all have been asked in vain."""
    found = _still_looking(session, order_id, version)
    if found is None:
        return []
    if _is_put_off(session, found, TimerKind.WAVE, now=now, policy=policy):
        return []
    step = _next(session, found, now=now, policy=policy)
    if step is None:
        return _give_back(session, found, now=now, policy=policy)
    return _ask(session, found, step, now=now, policy=policy)


def remind(
    session: Session, order_id: int, version: int, *, now: datetime, policy: Policy
) -> list[Notice]:
    """Ask those who dispatch what to do about members who were named and do not answer."""
    found = _still_looking(session, order_id, version)
    if found is None:
        return []
    names = offers.names_awaited(session, order_id)
    if not names or _is_put_off(session, found, TimerKind.NAMED_OFFER, now=now, policy=policy):
        return []
    order = found.order
    return [
        Notice(
            kind=NoticeKind.ORDER_UNTAKEN,
            order_id=order.id,
            title=order_texts.head(order.id, cards.public_matter(found)),
            text=texts.no_answer(order.id, names),
            actions=(texts.wait_action(order.id), *texts.others_instead(order.id)),
            recipients=_desk(session, found, policy=policy, now=now),
        )
    ]


def wait(ctx: Context, found: Found, post: Post) -> datetime:
    """Give those who were named more time; gives the moment of the next reminder.

    Raises:
        RefusedError: nobody was named, or nobody who was can still answer.
        IllegalTransitionError: the order is not being offered.
    """
    found = _locked(ctx.session, found)
    order = found.order
    awaited = offers.awaited(ctx.session, order.id)
    if not awaited:
        raise RefusedError(texts.nobody_to_wait_for(order.id))
    if order.dispatch_mode is not DispatchMode.NAMED:
        raise RefusedError(texts.already_asking(order.id, len(awaited)))
    until = rules.awake(ctx.now + rules.NAMED_PATIENCE, ctx.policy.timezone)
    offers.drop_timers(ctx.session, order.id, TimerKind.NAMED_OFFER)
    orders.set_timer(
        ctx.session, order.id, TimerKind.NAMED_OFFER, version=order.version, due_at=until
    )
    orders.record(ctx.session, order.id, ctx.step(OrderAction.WAIT, post))
    return until


def decline(ctx: Context, found: Found, reason: str) -> Found:
    """Take the speaker's no; the last no is answered at once. Gives the order as it is then.

    Raises:
        RefusedError: the speaker holds the order, was not asked, or has said no already.
        IllegalTransitionError: the order is not being offered.
    """
    person, session = ctx.speaker.person_id, ctx.session
    number = found.order.id
    if found.is_held_by(person):
        raise RefusedError(texts.holds_it(number))
    found = _locked(session, found)
    if not offers.decline(session, number, person, now=ctx.now, reason=reason or None):
        raise RefusedError(_why_not(ctx, found))
    post = serving(ctx.posts, found.branch_path) or reaching(
        ctx.posts, Permission.DISPATCH, found.branch_path
    )
    orders.record(
        session,
        number,
        ctx.step(OrderAction.DECLINE, post),
        **({"reason": reason} if reason else {}),
    )
    offers.withdraw(session, number, person, NoticeKind.ORDER_OFFERED)
    if not offers.awaited(session, number):
        _after_the_last_no(ctx, found)
    return moves.read(session, number)


def _why_not(ctx: Context, found: Found) -> str:
    number = found.order.id
    mine = orders.assignment_of(ctx.session, number, ctx.speaker.person_id)
    if mine is not None and mine.status is AssignmentStatus.DECLINED:
        return texts.declined_before(number)
    return texts.not_asked(number)


def _after_the_last_no(ctx: Context, found: Found) -> None:
    """Ask the next wave at once, in the morning if it is night; without one, tell the desk now."""
    if is_wish(found.order):
        return  # it goes on waiting on the wall
    session, now, policy = ctx.session, ctx.now, ctx.policy
    step = _next(session, found, now=now, policy=policy)
    offers.drop_timers(session, found.order.id, TimerKind.WAVE)
    if step is None:
        notices = _give_back(session, found, now=now, policy=policy)
        ctx.has_outdated_cards = True
    elif _is_put_off(session, found, TimerKind.WAVE, now=now, policy=policy):
        return
    else:
        notices = _ask(session, found, step, now=now, policy=policy)
    for notice in notices:
        ctx.notify(notice)


def _locked(session: Session, found: Found) -> Found:
    """Read an order that is being offered, so that no other answer comes between.

    Raises:
        IllegalTransitionError: it is not being offered.
    """
    offers.lock(session, found.order.id)
    found = moves.read(session, found.order.id)
    steps.after(found.order.status, OrderAction.WIDEN)
    return found


def _still_looking(session: Session, order_id: int, version: int) -> Found | None:
    offers.lock(session, order_id)
    found = moves.read(session, order_id)
    is_same = found.order.version == version
    return found if is_same and found.order.status is OrderStatus.DISPATCHED else None


def _is_put_off(
    session: Session, found: Found, kind: TimerKind, *, now: datetime, policy: Policy
) -> bool:
    """Set the timer for the morning if it is night, as after an outage or an answer at night."""
    morning = rules.awake(now, policy.timezone)
    if morning == now:
        return False
    orders.set_timer(session, found.order.id, kind, version=found.order.version, due_at=morning)
    return True


def _next(session: Session, found: Found, *, now: datetime, policy: Policy) -> rules.Step | None:
    order = found.order
    if order.dispatch_mode is not DispatchMode.WAVES or order.wave >= rules.LAST:
        return None
    ranked = recommendations.askable(session, found, today=policy.today(now))
    return rules.following(
        order.wave,
        [taker.person_id for taker in ranked],
        not_asked=offers.asked(session, order.id),
        seats=order.seats - len(found.holders),
    )


def _ask(
    session: Session, found: Found, step: rules.Step, *, now: datetime, policy: Policy
) -> list[Notice]:
    number = found.order.id
    moves.make(
        session,
        found,
        Step(action=OrderAction.WIDEN, at=now),
        details={"people": list(step.people), "wave": step.wave},
        wave=step.wave,
    )
    orders.offer(session, number, step.people, now=now)
    again = moves.read(session, number)
    orders.set_timer(
        session,
        number,
        TimerKind.WAVE,
        version=again.order.version,
        due_at=rules.awake(now + step.patience, policy.timezone),
    )
    return [cards.offer(again, by_name=False, policy=policy, to=step.people)]


def _give_back(session: Session, found: Found, *, now: datetime, policy: Policy) -> list[Notice]:
    """Lay an order before those who dispatch again; what some have taken stays offered."""
    order = found.order
    to = _desk(session, found, policy=policy, now=now)
    if found.holders:
        count = len(found.holders)
        return [
            Notice(
                kind=NoticeKind.ORDER_UNTAKEN,
                order_id=order.id,
                title=order_texts.head(order.id, cards.public_matter(found)),
                text=texts.some_are_missing(order.id, found.holder_name or "", order.seats - count),
                actions=(texts.settle_action(order.id, count), *texts.others_instead(order.id)),
                recipients=to,
            )
        ]
    since = offers.dispatched_at(session, order.id)
    answers = offers.refusals(session, order.id, since=since) if since else []
    moves.make(session, found, Step(action=OrderAction.EXHAUST, at=now), dispatch_mode=None, wave=0)
    silent = orders.end_assignments(
        session,
        order.id,
        was=AssignmentStatus.OFFERED,
        becomes=AssignmentStatus.EXPIRED,
        now=now,
    )
    deliveries.revoke_due(session, order.id, NoticeKind.ORDER_OFFERED)
    words = (
        texts.nobody_took(order.id, len(silent) + len(answers))
        if silent
        else texts.all_declined(order.id, answers)
    )
    again = moves.read(session, order.id)
    choices = recommendations.recommended(
        session, again, today=policy.today(now), most=cards.MOST_CHOICES
    )
    card = cards.to_dispatch(again, choices, reopened=False, words=words, policy=policy, to=to)
    return [replace(card, kind=NoticeKind.ORDER_UNTAKEN)]


def _desk(session: Session, found: Found, *, policy: Policy, now: datetime) -> tuple[int, ...]:
    officers = branches.dispatchers(
        session,
        branches.tree_of(session),
        found.order.branch_id,
        today=policy.today(now),
    )
    return tuple(officer.person_id for officer in officers)
