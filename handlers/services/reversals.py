"""The last step of a person is taken back, if nothing has happened to the order since.

Undoing is a step of its own: nothing is erased, the order is led back to the state it was in, the
offers and seats that the step ended live again, and so do the timers. Whoever was told of the step
is told that it does not hold; what was not delivered yet never comes.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from handlers.context import Context
from handlers.rules import orders as rules
from handlers.rules.permissions import Permission, reaching, serving
from handlers.services import cards
from handlers.services.moves import LostError, read
from handlers.services.recalls import tell
from handlers.texts import corrections as texts
from storage import notices as deliveries
from storage import orders, undoing
from storage.orders import Found
from storage.undoing import Deed
from storage.vocabulary import (
    AssignmentStatus,
    DispatchMode,
    NoticeKind,
    OrderAction,
    OrderStatus,
)

_NEWS = {
    OrderAction.DISPATCH: NoticeKind.ORDER_OFFERED,
    OrderAction.HANDLE: NoticeKind.ORDER_TAKEN,
    OrderAction.RECALL: NoticeKind.ORDER_CHANGED,
    OrderAction.ASK: NoticeKind.ORDER_QUESTION,
    OrderAction.REJECT: NoticeKind.ORDER_CHANGED,
    OrderAction.FINISH: NoticeKind.ORDER_DONE,
}
_ENDED_SEATS = {
    OrderAction.RECALL: AssignmentStatus.REVOKED,
    OrderAction.FINISH: AssignmentStatus.FINISHED,
}


def undo(ctx: Context, found: Found, deed: Deed) -> Found:
    """Lead an order back to where it stood before a step; gives it as it is then.

    Raises:
        IllegalTransitionError: the step cannot be taken back.
        LostError: the order has moved on since the step.
    """
    was = deed.details.get("was", {})
    status = rules.undone(
        found.order.status, deed.action, OrderStatus(was.get("status", found.order.status))
    )
    if found.order.version != deed.version:
        raise LostError
    if not orders.transition(ctx.session, found.order, status, **_before(was), closed_at=None):
        raise LostError
    version = found.order.version + 1
    post = reaching(ctx.posts, Permission.DISPATCH, found.branch_path) or serving(
        ctx.posts, found.branch_path
    )
    step = replace(ctx.step(OrderAction.UNDO, post), version=version)
    orders.record(ctx.session, found.order.id, step, undone=deed.action)
    deliveries.mark_stale(ctx.session, found.order.id)
    ctx.has_outdated_cards = True
    told = undoing.take_back(
        ctx.session, found.order.id, _NEWS[deed.action], written_at=deed.at, now=ctx.now
    )
    offered = _bring_back(ctx, found, deed, status)
    undoing.revive_timers(
        ctx.session, found.order.id, version=deed.version - 1, becomes=version, due_after=deed.at
    )
    again = read(ctx.session, found.order.id)
    if offered:
        by_name = again.order.dispatch_mode is DispatchMode.NAMED
        ctx.notify(cards.offer(again, by_name=by_name, policy=ctx.policy, to=offered))
    _correct(ctx, again, deed.action, told)
    return again


def _before(was: dict[str, Any]) -> dict[str, Any]:
    """Read the columns that a step changed, as ``moves.move`` wrote them down."""
    mode = was["dispatch_mode"]
    return {
        "dispatch_mode": DispatchMode(mode) if mode else None,
        "wave": was["wave"],
        "seats": was["seats"],
        "starts_at": _instant(was["starts_at"]),
        "ends_at": _instant(was["ends_at"]),
        "leg_at": _instant(was.get("leg_at")),
        "late_stage": was.get("late_stage", 0),
    }


def _instant(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _bring_back(ctx: Context, found: Found, deed: Deed, status: OrderStatus) -> list[int]:
    """Undo what the step did to offers and seats; gives those who are offered the order again."""
    number, session = found.order.id, ctx.session
    if deed.action in _ENDED_SEATS:
        undoing.restore(
            session,
            number,
            ended=_ENDED_SEATS[deed.action],
            at=deed.at,
            becomes=AssignmentStatus.ACCEPTED,
        )
    if deed.action is OrderAction.HANDLE:
        undoing.unseat(session, number, ctx.speaker.person_id, now=ctx.now)
    offered: list[int] = []
    if status is OrderStatus.DISPATCHED:
        is_finish = deed.action is OrderAction.FINISH
        is_dispatch = deed.action is OrderAction.DISPATCH
        offered = undoing.restore(
            session,
            number,
            ended=AssignmentStatus.LOST if is_finish else AssignmentStatus.REVOKED,
            at=deed.at,
            becomes=AssignmentStatus.OFFERED,
            people=None if is_finish or is_dispatch else deed.details["people"],
        )
    if deed.action is OrderAction.DISPATCH:
        undoing.withdraw_offers(
            session, number, deed.details["people"], offered_at=deed.at, now=ctx.now
        )
    return offered


def _correct(ctx: Context, again: Found, action: OrderAction, told: set[int]) -> None:
    """Tell those who know of the step that it does not hold; of an offer the cards say it."""
    number, reporter = again.order.id, again.order.reporter_id
    if action is OrderAction.RECALL:
        back = [holder.id for holder in again.holders if holder.id in told]
        tell(ctx, again, texts.recall_undone(number), to=back)
    if action is not OrderAction.DISPATCH and reporter in told:
        tell(ctx, again, _correction(ctx, again, action), to=[reporter])


def _correction(ctx: Context, again: Found, action: OrderAction) -> str:
    number = again.order.id
    match action:
        case OrderAction.RECALL:
            return texts.comes_after_all(number, again.holder_name or again.branch_name)
        case OrderAction.HANDLE:
            return texts.nobody_yet(number)
        case OrderAction.ASK:
            return texts.question_undone(number)
        case OrderAction.FINISH:
            return texts.finish_undone(number, ctx.speaker.name or again.branch_name)
        case _ if again.order.status is OrderStatus.NEED_INFO:
            return texts.refusal_undone_question_open(number)
        case _:
            return texts.refusal_undone(number)
