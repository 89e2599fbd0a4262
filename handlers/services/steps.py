"""Runs one step of an order and tells the truth when the step no longer fits."""

from collections.abc import Callable
from dataclasses import replace

from handlers.context import Context
from handlers.conversation import Candidate
from handlers.messages import Reply
from handlers.rules.orders import IllegalTransitionError
from handlers.services import cards
from handlers.services.moves import LostError, RefusedError
from handlers.texts import general
from handlers.texts import orders as texts
from storage import orders
from storage.orders import Found

UNKNOWN = Reply(text=general.NO_SUCH_ORDER)


def attempt(
    ctx: Context,
    found: Found,
    step: Callable[[Found], Reply],
    *,
    otherwise: Callable[[Found], Reply] | None = None,
) -> Reply:
    """Run a step; who lost a race or came too late reads what is true now.

    Args:
        ctx: the turn.
        found: the order as it was read.
        step: makes the step and gives its reply.
        otherwise: says the truth about an order that has moved on; the default names its state.
    """
    try:
        return step(found)
    except RefusedError as refusal:
        return about(found, Reply(text=refusal.sentence))
    except (LostError, IllegalTransitionError):
        now = orders.find(ctx.session, found.order.id)
        if now is None:
            return UNKNOWN
        return otherwise(now) if otherwise else standing(now)


def standing(found: Found) -> Reply:
    """Say where an order stands."""
    order = found.order
    return about(
        found,
        Reply(
            text=texts.standing(
                order.id, order.status, order.outcome, found.holder_name, order.kind
            ),
            actions=(texts.progress_action(order.id),),
        ),
    )


def about(found: Found, reply: Reply) -> Reply:
    """Say on a tapped card what is true of the order now, and head the words with the order."""
    order = found.order
    return replace(
        reply,
        card_note=reply.card_note or cards.note(found),
        title=texts.head(order.id, cards.public_matter(found)),
        order_id=order.id,
    )


def candidate(found: Found) -> Candidate:
    """Show an order in a list of those that could be meant."""
    order = found.order
    return Candidate(order.id, texts.head(order.id, cards.public_matter(found)))
