"""The holder says that the work is done."""

from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Candidate, Command
from handlers.messages import Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import endings, pool, views
from handlers.services.steps import UNKNOWN, about, attempt, candidate
from handlers.texts import orders as texts
from handlers.texts import wishes as wish_texts
from handlers.texts import words
from storage import orders
from storage.orders import Found

_MOST_LETTERS = 500


def _candidates(ctx: Context) -> Sequence[Candidate]:
    held = orders.held_by(ctx.session, ctx.speaker.person_id, most=ctx.policy.list_length)
    return [candidate(found) for found in held]


def _answer(ctx: Context, said: Said) -> Reply:
    found = orders.find(ctx.session, said.number or 0)
    if found is None or views.progress_fields(ctx, found) is None:
        return UNKNOWN

    def step(found: Found) -> Reply:
        endings.finish(ctx, found, said.rest[:_MOST_LETTERS])
        now = orders.find(ctx.session, found.order.id) or found
        thank = wish_texts.delivered if pool.is_wish(found.order) else texts.finished
        return about(now, Reply(text=thank(found.order.id)))

    return attempt(ctx, found, step)


command: Command[Context] = Command(
    words=words.FINISH,
    permission=Permission.FOLLOW,
    answer=_answer,
    numbered=True,
    candidates=_candidates,
    nothing_fits=texts.NOTHING_HELD,
)
