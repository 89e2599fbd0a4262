"""A member says no to an offer, with a reason or without."""

from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Candidate, Command
from handlers.messages import Reply
from handlers.rules.permissions import Permission, serving
from handlers.rules.words import Said
from handlers.services import views, waves
from handlers.services.steps import UNKNOWN, about, attempt, candidate
from handlers.texts import dispatch as texts
from handlers.texts import words
from storage import offers, orders
from storage.orders import Found
from storage.vocabulary import OrderStatus

_MOST_LETTERS = 200


def _candidates(ctx: Context) -> Sequence[Candidate]:
    numbers = offers.open_to(ctx.session, ctx.speaker.person_id, most=ctx.policy.list_length)
    found = [orders.find(ctx.session, number) for number in numbers]
    return [candidate(one) for one in found if one is not None]


def _answer(ctx: Context, said: Said) -> Reply:
    found = orders.find(ctx.session, said.number or 0)
    if found is None or not _is_visible(ctx, found):
        return UNKNOWN

    def step(found: Found) -> Reply:
        now = waves.decline(ctx, found, said.rest[:_MOST_LETTERS])
        is_open = now.order.status is OrderStatus.DISPATCHED
        reply = Reply(
            text=texts.declined(now.order.id, is_open=is_open),
            card_note=texts.declined_short(),
        )
        return about(now, reply)

    return attempt(ctx, found, step)


def _is_visible(ctx: Context, found: Found) -> bool:
    """Hide orders of other branches like numbers that do not exist (DESIGN.md 7.9)."""
    return (
        serving(ctx.posts, found.branch_path) is not None
        or views.progress_fields(ctx, found) is not None
        or orders.assignment_of(ctx.session, found.order.id, ctx.speaker.person_id) is not None
    )


command: Command[Context] = Command(
    words=words.DECLINE,
    permission=Permission.TAKE,
    answer=_answer,
    numbered=True,
    candidates=_candidates,
    nothing_fits=texts.NOTHING_TO_DECLINE,
)
