"""The secretary lets a wish onto the wall, and sees which wishes nobody claims."""

from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Candidate, Command
from handlers.messages import Action, Reply
from handlers.rules.permissions import Permission, reaching
from handlers.rules.words import Said
from handlers.services import desks, pool, recalls, views, wishes
from handlers.services.moves import read
from handlers.services.steps import UNKNOWN, about, attempt, candidate, standing
from handlers.texts import corrections, general, words
from handlers.texts import orders as order_texts
from handlers.texts import wishes as texts
from storage import orders
from storage import wishes as store
from storage.orders import Found
from storage.vocabulary import OrderStatus


def _candidates(ctx: Context) -> Sequence[Candidate]:
    waiting = recalls.on_desk(ctx, (OrderStatus.SUBMITTED,))
    return [candidate(found) for found in waiting if pool.is_wish(found.order)]


def _answer(ctx: Context, said: Said) -> Reply:
    found = orders.find(ctx.session, said.number or 0)
    if found is None or views.progress_fields(ctx, found) is None:
        return UNKNOWN
    post = reaching(ctx.posts, Permission.DISPATCH, found.branch_path)
    if post is None:
        return Reply(text=general.NOT_ALLOWED)
    if not pool.is_wish(found.order):
        return about(found, Reply(text=texts.no_wish(found.order.id)))

    if found.order.status is OrderStatus.DISPATCHED:
        return standing(found)

    def step(found: Found) -> Reply:
        wishes.admit(ctx, found, post)
        now = read(ctx.session, found.order.id)
        taps = (corrections.UNDO_ACTION, order_texts.progress_action(now.order.id))
        return about(now, Reply(text=texts.passed(now.order.id), actions=taps))

    return attempt(ctx, found, step)


def _answer_unclaimed(ctx: Context, said: Said) -> Reply:
    del said
    before = ctx.now - ctx.policy.wish_patience
    most = ctx.policy.list_length
    found = [
        one
        for path in desks.of(ctx.posts)
        for one in store.unclaimed(ctx.session, path, before=before, most=most)
    ][:most]
    if not found:
        return Reply(text=texts.NOTHING_UNCLAIMED, actions=(general.TODO_ACTION,))
    menu = tuple(
        Action(wishes.line(ctx, one), order_texts.progress_action(one.found.order.id).command)
        for one in found
    )
    return Reply(text=texts.unclaimed_head(len(found)), menu=menu)


admit: Command[Context] = Command(
    words=words.PASS,
    permission=Permission.DISPATCH,
    answer=_answer,
    numbered=True,
    candidates=_candidates,
    nothing_fits=texts.NOTHING_TO_CHECK,
    alone=True,
)
unclaimed: Command[Context] = Command(
    words=words.UNCLAIMED, permission=Permission.DISPATCH, answer=_answer_unclaimed
)
