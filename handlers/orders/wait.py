"""The secretary gives those who were named more time to answer."""

from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Candidate, Command
from handlers.messages import Reply
from handlers.rules.permissions import Permission, reaching
from handlers.rules.words import Said
from handlers.services import desks, views, waves
from handlers.services.steps import UNKNOWN, about, attempt, candidate
from handlers.texts import dispatch as texts
from handlers.texts import general, moments, words
from storage import orders
from storage.orders import Found
from storage.vocabulary import DispatchMode, OrderStatus


def _candidates(ctx: Context) -> Sequence[Candidate]:
    offered = [
        found
        for path in desks.of(ctx.posts)
        for found in orders.below(
            ctx.session, path, (OrderStatus.DISPATCHED,), most=ctx.policy.list_length
        )
    ]
    return [
        candidate(found) for found in offered if found.order.dispatch_mode is DispatchMode.NAMED
    ]


def _answer(ctx: Context, said: Said) -> Reply:
    found = orders.find(ctx.session, said.number or 0)
    if found is None or views.progress_fields(ctx, found) is None:
        return UNKNOWN
    post = reaching(ctx.posts, Permission.DISPATCH, found.branch_path)
    if post is None:
        return Reply(text=general.NOT_ALLOWED)

    def step(found: Found) -> Reply:
        until = waves.wait(ctx, found, post)
        at = moments.soon(until, ctx.now, ctx.policy.timezone)
        return about(found, Reply(text=texts.waiting(found.order.id, at)))

    return attempt(ctx, found, step)


command: Command[Context] = Command(
    words=words.WAIT,
    permission=Permission.DISPATCH,
    answer=_answer,
    numbered=True,
    candidates=_candidates,
    nothing_fits=texts.NOTHING_TO_WAIT_FOR,
)
