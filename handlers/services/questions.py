"""The branch asks the resident, the resident answers or adds something (DESIGN.md 7.7).

A question is the order's last ASK event; it waits as long as the order is NEED_INFO, and a timer
ends that after 72 hours. So nothing else has to remember it, whichever phone the answer comes
from. The promise moves by the time that was waited for the resident.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context, Policy
from handlers.messages import Notice
from handlers.rules.permissions import Post
from handlers.services import branches, cards, intake
from handlers.services.moves import LostError, make, move, read
from handlers.texts import orders as order_texts
from handlers.texts import questions as texts
from storage import histories, orders
from storage import notices as deliveries
from storage.orders import Found, Step
from storage.vocabulary import NoticeKind, OrderAction, OrderStatus, Outcome, TimerKind

_MOST_ORDERS = 9


@dataclass(frozen=True, slots=True)
class Question:
    """What a branch asked, when, and for which organisation."""

    words: str
    branch: str
    asked_at: datetime


def ask(ctx: Context, found: Found, post: Post, question: str) -> None:
    """Ask the resident; the order waits for the answer, and no longer than the window.

    Raises:
        IllegalTransitionError: the order does not wait to be dispatched.
        LostError: it has moved on.
    """
    move(ctx, found, OrderAction.ASK, post, details={"question": question})
    orders.set_timer(
        ctx.session,
        found.order.id,
        TimerKind.INFO_WINDOW,
        version=found.order.version + 1,
        due_at=ctx.now + ctx.policy.question_window,
    )
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_QUESTION,
            order_id=found.order.id,
            title=order_texts.head(found.order.id, found.order.matter),
            text=texts.question(post.name, question),
            actions=(texts.answer_action(found.order.id),),
            recipients=(found.order.reporter_id,),
        )
    )


def last_question(session: Session, order_id: int) -> Question | None:
    """Read the question that was asked last, answered or not."""
    asked = histories.steps(session, order_id, (OrderAction.ASK,))
    if not asked:
        return None
    return Question(asked[-1].details["question"], asked[-1].organisation or "", asked[-1].at)


def waiting(ctx: Context) -> list[tuple[Found, Question]]:
    """Give the questions that wait for the speaker's answer, leaving out what was not shown yet."""
    mine = orders.reported_by(ctx.session, ctx.speaker.person_id, since=ctx.now, most=_MOST_ORDERS)
    open_ones = [found for found in mine if found.order.status is OrderStatus.NEED_INFO]
    if not open_ones:
        return []
    unseen = set[int | None]()
    if ctx.speaker.has_pending:
        pending = deliveries.pending_for(ctx.session, ctx.speaker.person_id, _MOST_ORDERS)
        unseen = {one.order_id for one in pending if one.kind is NoticeKind.ORDER_QUESTION}
    return [
        (found, question)
        for found in open_ones
        if found.order.id not in unseen
        if (question := last_question(ctx.session, found.order.id))
    ]


def answer(ctx: Context, found: Found, said: str) -> datetime:
    """Bring the order back to the desk with the answer, and give the promise that holds now.

    Raises:
        IllegalTransitionError: no question waits.
        LostError: the order has moved on.
    """
    promised_at = _moved_promise(ctx, found)
    move(ctx, found, OrderAction.ANSWER, details={"said": said}, promised_at=promised_at)
    deliveries.revoke_due(ctx.session, found.order.id, NoticeKind.ORDER_QUESTION)
    again = read(ctx.session, found.order.id)
    intake.ask_to_dispatch(
        ctx, again, reopened=False, words=texts.answered_to_desk(said, again.order.kind)
    )
    return promised_at


def resume(ctx: Context, found: Found, said: str) -> datetime:
    """Take up an order again that was put aside unanswered; gives the promise that holds now.

    It comes back to the same desk: nobody's work was found wanting.

    Raises:
        LostError: the order has moved on.
    """
    promised_at = _moved_promise(ctx, found)
    move(
        ctx,
        found,
        OrderAction.REOPEN,
        details={"said": said} if said else None,
        promised_at=promised_at,
        outcome=None,
        closed_at=None,
    )
    again = read(ctx.session, found.order.id)
    intake.ask_to_dispatch(
        ctx, again, reopened=False, words=texts.resumed_to_desk(said, again.order.kind)
    )
    return promised_at


def is_put_aside(found: Found, policy: Policy, now: datetime) -> bool:
    """Say whether one word takes the order up again: closed unanswered, not too long ago."""
    order = found.order
    return (
        order.status is OrderStatus.CLOSED
        and order.outcome is Outcome.UNREACHABLE
        and order.closed_at is not None
        and now - order.closed_at <= policy.reopen_window
    )


def supplement(
    ctx: Context, found: Found, said: str, *, enclosed: Sequence[int] = ()
) -> str | None:
    """Add the resident's words to an open order; gives the name of the holder they went to.

    Photos and voices (``enclosed``) belong to the order already; they follow the words.

    Raises:
        LostError: the order has moved on, and may wait for just these words now.
    """
    if not histories.is_unchanged(ctx.session, found.order):
        raise LostError
    orders.record(ctx.session, found.order.id, ctx.step(OrderAction.SUPPLEMENT), said=said)
    holders = [holder.id for holder in found.holders]
    if found.order.status is OrderStatus.DONE:
        finisher = orders.last_finisher(ctx.session, found.order.id)
        holders = [finisher[0]] if finisher else []
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_MESSAGE,
            order_id=found.order.id,
            title=order_texts.head(found.order.id, cards.public_matter(found)),
            text=texts.supplement_news(said),
            actions=(order_texts.progress_action(found.order.id),),
            media=tuple(enclosed),
            recipients=tuple(holders or _dispatchers(ctx, found)),
        )
    )
    return found.holder_name


def give_up(session: Session, order_id: int, version: int, *, now: datetime) -> list[Notice]:
    """Put an order aside whose question was not answered in time.

    The resident is told, because the promise does not hold any more; one word resumes.
    """
    found = orders.find(session, order_id)
    if found is None or found.order.version != version:
        return []
    step = Step(action=OrderAction.GIVE_UP, at=now)
    try:
        make(session, found, step, outcome=Outcome.UNREACHABLE, closed_at=now)
    except LostError:
        return []  # answered at this very moment
    deliveries.revoke_due(session, order_id, NoticeKind.ORDER_QUESTION)
    return [
        Notice(
            kind=NoticeKind.ORDER_CHANGED,
            order_id=order_id,
            title=order_texts.head(order_id, found.order.matter),
            text=texts.put_aside(order_id),
            actions=(texts.resume_action(order_id),),
            recipients=(found.order.reporter_id,),
        )
    ]


def _moved_promise(ctx: Context, found: Found) -> datetime:
    question = last_question(ctx.session, found.order.id)
    waited = ctx.now - question.asked_at if question else ctx.now - ctx.now
    return found.order.promised_at + waited


def _dispatchers(ctx: Context, found: Found) -> list[int]:
    tree = branches.tree_of(ctx.session)
    officers = branches.dispatchers(ctx.session, tree, found.order.branch_id, today=ctx.today)
    return [officer.person_id for officer in officers]
