"""The secretary takes an order back from those who were asked, or from whoever has it."""

from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Candidate, Command
from handlers.messages import Reply
from handlers.orders.explained import visible
from handlers.rules.permissions import Permission, reaching
from handlers.rules.words import Said
from handlers.services import recalls
from handlers.services.moves import read
from handlers.services.steps import UNKNOWN, about, attempt, candidate, standing
from handlers.texts import corrections as texts
from handlers.texts import general, words
from handlers.texts import orders as order_texts
from storage.orders import Found
from storage.vocabulary import OrderStatus

_OUT = (OrderStatus.DISPATCHED, OrderStatus.TAKEN)
_MOST_LETTERS = 500


def _candidates(ctx: Context) -> Sequence[Candidate]:
    return [candidate(found) for found in recalls.on_desk(ctx, _OUT)]


def _answer(ctx: Context, said: Said) -> Reply:
    found = visible(ctx, said.number or 0)
    if found is None:
        return UNKNOWN
    post = reaching(ctx.posts, Permission.DISPATCH, found.branch_path)
    if post is None:
        return Reply(text=general.NOT_ALLOWED)

    def step(found: Found) -> Reply:
        number, kind = found.order.id, found.order.kind
        recalls.recall(ctx, found, post, said.rest[:_MOST_LETTERS])
        reply = Reply(
            text=texts.recalled(
                number,
                found.holder_name,
                order_texts.state(OrderStatus.SUBMITTED, None, kind),
            ),
            actions=(
                texts.dispatch_action(number, kind),
                texts.handle_action(number),
                texts.UNDO_ACTION,
            ),
        )
        return about(read(ctx.session, number), reply)

    return attempt(ctx, found, step, otherwise=_moved_on)


def _moved_on(found: Found) -> Reply:
    """Tell who has the order now; who still wants it back taps once more."""
    if found.order.status not in _OUT:
        return standing(found)
    order = found.order
    return about(
        found,
        Reply(
            text=texts.stands(order.id, order.status, order.outcome, found.holder_name, order.kind),
            actions=(texts.recall_action(order.id), order_texts.progress_action(order.id)),
        ),
    )


recall: Command[Context] = Command(
    words=words.RECALL,
    permission=Permission.DISPATCH,
    answer=_answer,
    numbered=True,
    candidates=_candidates,
    nothing_fits=texts.NOTHING_TO_RECALL,
)
