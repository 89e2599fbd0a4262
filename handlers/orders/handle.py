"""Somebody responsible does an order without sending for anybody: the secretary, or a steward."""

from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Candidate, Command
from handlers.messages import Reply
from handlers.orders.explained import visible
from handlers.rules.permissions import Permission, reaching
from handlers.rules.words import Said
from handlers.services import cards, recalls
from handlers.services.moves import read
from handlers.services.steps import UNKNOWN, about, attempt, candidate, standing
from handlers.texts import corrections as texts
from handlers.texts import general, moments, words
from handlers.texts import orders as order_texts
from storage.orders import Found
from storage.vocabulary import OrderStatus

_FREE = (OrderStatus.SUBMITTED, OrderStatus.DISPATCHED)


def _candidates(ctx: Context) -> Sequence[Candidate]:
    found = [*recalls.on_desk(ctx, _FREE), *recalls.around(ctx, _FREE)]
    mine = ctx.speaker.person_id
    others = {one.order.id: one for one in found if one.order.reporter_id != mine}
    return [candidate(one) for one in list(others.values())[: ctx.policy.list_length]]


def _answer(ctx: Context, said: Said) -> Reply:
    found = visible(ctx, said.number or 0)
    if found is None:
        return UNKNOWN
    post = recalls.handling_post(ctx, found)
    if post is None:
        return Reply(text=general.NOT_ALLOWED)

    def step(found: Found) -> Reply:
        recalls.handle(ctx, found, post)
        order = found.order
        promise = moments.date_and_hour(order.promised_at, ctx.policy.timezone)
        facts = order_texts.fields(order.place, cards.contact(found), promise)
        reply = Reply(
            text="\n".join([texts.handled(order.id), *order_texts.lines_of(facts)]),
            actions=(order_texts.finish_action(order.id), texts.UNDO_ACTION),
        )
        return about(read(ctx.session, order.id), reply)

    return attempt(ctx, found, step, otherwise=lambda now: _moved_on(ctx, now))


def _moved_on(ctx: Context, found: Found) -> Reply:
    """Tell who has the order; those who dispatch may take it back first."""
    may_recall = reaching(ctx.posts, Permission.DISPATCH, found.branch_path)
    if found.order.status is not OrderStatus.TAKEN or not may_recall:
        return standing(found)
    order = found.order
    stands = texts.stands(order.id, order.status, order.outcome, found.holder_name, order.kind)
    return about(
        found,
        Reply(
            text=texts.first_recall(stands, words.HANDLE[0]),
            actions=(texts.recall_action(order.id), order_texts.progress_action(order.id)),
        ),
    )


handle: Command[Context] = Command(
    words=words.HANDLE,
    permission=Permission.HANDLE,
    answer=_answer,
    numbered=True,
    candidates=_candidates,
    nothing_fits=texts.NOTHING_TO_HANDLE,
)
