"""The resident waits and has seen nobody: the member is asked first, and gets time to answer.

The first word of the resident is a question to the member. A second one after that time, or the
member's silence, makes room for somebody else (DOMAIN.md c6.6). What was asked and answered since
the member took the order stands in its steps, so nothing else has to be remembered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context, Policy
from handlers.messages import Notice
from handlers.rules.permissions import serving
from handlers.rules.waves import awake
from handlers.services import branches, cards, leavings, moves
from handlers.services.leavings import Vacancy
from handlers.services.moves import LostError
from handlers.texts import leavings as texts
from handlers.texts import moments
from handlers.texts import orders as order_texts
from storage import histories, orders
from storage.histories import Past
from storage.orders import Found, Holder, Step
from storage.vocabulary import AssignmentStatus, NoticeKind, OrderAction, OrderStatus, TimerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """How far the question to one holder has come.

    ``until`` is when somebody else may be asked: counted from the question, or from the answer.
    """

    holder: Holder
    is_asked: bool
    is_coming: bool
    until: datetime
    is_over: bool


def look(ctx: Context, found: Found, holders: Sequence[Holder]) -> list[Sighting]:
    """Say of each holder whether the resident's question was put, answered, or waited too long."""
    return _look(ctx.session, found, holders, now=ctx.now, policy=ctx.policy)


def _look(
    session: Session, found: Found, holders: Sequence[Holder], *, now: datetime, policy: Policy
) -> list[Sighting]:
    past = histories.steps(session, found.order.id, (OrderAction.MISSED, OrderAction.COMING))
    sightings = []
    for holder in holders:
        mine = orders.assignment_of(session, found.order.id, holder.id)
        since = mine.accepted_at if mine else None
        recent = [step for step in past if since is None or step.at >= since]
        sightings.append(_stand(holder, recent, now=now, policy=policy))
    return sightings


def _stand(holder: Holder, past: Sequence[Past], *, now: datetime, policy: Policy) -> Sighting:
    asked_at = answered_at = None
    for step in past:
        if step.action is OrderAction.MISSED and holder.id in step.details["people"]:
            asked_at = asked_at or step.at
        elif step.actor_id == holder.id and asked_at:
            answered_at = answered_at or step.at
    until = awake((answered_at or asked_at or now) + policy.holder_window, policy.timezone)
    return Sighting(
        holder=holder,
        is_asked=asked_at is not None,
        is_coming=answered_at is not None,
        until=until,
        is_over=asked_at is not None and now >= until,
    )


def ask(ctx: Context, found: Found, missing: Sequence[Sighting]) -> None:
    """Put the resident's question to members who have not been asked, and tell who dispatches.

    Raises:
        LostError: the order has moved on.
    """
    if not histories.is_unchanged(ctx.session, found.order):
        raise LostError
    number, title = found.order.id, order_texts.head(found.order.id, cards.public_matter(found))
    people = [sighting.holder.id for sighting in missing]
    orders.record(ctx.session, number, ctx.step(OrderAction.MISSED), people=people)
    until = missing[0].until
    orders.set_timer(
        ctx.session, number, TimerKind.SIGHTING, version=found.order.version, due_at=until
    )
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_HELD,
            order_id=number,
            title=title,
            text=texts.ASK_HOLDER,
            fields=order_texts.fields(found.order.place, cards.contact(found), None),
            actions=(texts.coming_action(number), texts.release_action(number)),
            recipients=tuple(people),
        )
    )
    officers = branches.dispatchers(
        ctx.session, branches.tree_of(ctx.session), found.order.branch_id, today=ctx.today
    )
    names = texts.together([sighting.holder.name for sighting in missing])
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_CHANGED,
            order_id=number,
            title=title,
            text=texts.missed_for_desk(names, moments.soon(until, ctx.now, ctx.policy.timezone)),
            actions=(order_texts.progress_action(number),),
            recipients=tuple(
                each.person_id for each in officers if each.person_id not in set(people)
            ),
        )
    )


def come(ctx: Context, found: Found) -> bool:
    """Note that the speaker is on the way; gives whether the resident waited to hear so.

    Raises:
        LostError: the order has moved on.
    """
    if not histories.is_unchanged(ctx.session, found.order):
        raise LostError
    me = Holder(ctx.speaker.person_id, ctx.speaker.name)
    (sighting,) = look(ctx, found, (me,))
    if sighting.is_coming or not sighting.is_asked:
        return False
    post = serving(ctx.posts, found.branch_path)
    orders.record(ctx.session, found.order.id, ctx.step(OrderAction.COMING, post))
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_CHANGED,
            order_id=found.order.id,
            title=order_texts.head(found.order.id, found.order.matter),
            text=texts.coming_for_resident(moves.who(ctx, post)),
            recipients=(found.order.reporter_id,),
        )
    )
    return True


def give_up(ctx: Context, found: Found, missing: Sequence[Holder]) -> str:
    """Make room for somebody else on the resident's second word; gives what is true now.

    Raises:
        LostError: the order has moved on.
    """
    step = ctx.step(OrderAction.NO_SHOW)
    vacancy, notices = _replace(ctx.session, found, missing, step, policy=ctx.policy)
    ctx.has_outdated_cards |= vacancy.are_cards_outdated
    for notice in notices:
        ctx.notify(notice)
    return leavings.another_comes(vacancy, now=ctx.now, policy=ctx.policy)


def pass_over(session: Session, order_id: int, *, now: datetime, policy: Policy) -> list[Notice]:
    """Make room for somebody else when a member has left the resident's question open."""
    found = orders.find(session, order_id)
    if found is None or found.order.status not in {OrderStatus.DISPATCHED, OrderStatus.TAKEN}:
        return []
    silent = [
        sighting.holder
        for sighting in _look(session, found, found.holders, now=now, policy=policy)
        if sighting.is_over and not sighting.is_coming
    ]
    if not silent:
        return []
    step = Step(action=OrderAction.NO_SHOW, at=now)
    vacancy, notices = _replace(session, found, silent, step, policy=policy)
    sentence = leavings.another_comes(vacancy, now=now, policy=policy)
    return [*notices, leavings.for_resident(vacancy, texts.sorry(sentence))]


def _replace(
    session: Session, found: Found, missing: Sequence[Holder], step: Step, *, policy: Policy
) -> tuple[Vacancy, list[Notice]]:
    vacancy = leavings.vacate(
        session, found, step, missing, AssignmentStatus.NO_SHOW, policy=policy
    )
    number = found.order.id
    names = texts.together([holder.name for holder in missing])
    news = texts.missed_out_for_desk(names, vacancy.then)
    not_needed = Notice(
        kind=NoticeKind.ORDER_CHANGED,
        order_id=number,
        title=order_texts.head(number, cards.public_matter(found)),
        text=texts.not_needed(number),
        recipients=tuple(holder.id for holder in missing),
    )
    desk = leavings.for_desk(session, vacancy, news, policy=policy, now=step.at)
    return vacancy, [*vacancy.offers, not_needed, desk]
