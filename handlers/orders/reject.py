"""The secretary refuses what cannot be done; the resident is told why, in the secretary's words."""

from handlers.context import Context
from handlers.messages import Reply
from handlers.orders.explained import Explained
from handlers.rules.permissions import Post
from handlers.services import refusals
from handlers.services.moves import read
from handlers.services.steps import about
from handlers.texts import corrections as texts
from handlers.texts import words
from storage.orders import Found
from storage.vocabulary import OrderAction, OrderStatus


def _step(ctx: Context, found: Found, post: Post, reason: str) -> Reply:
    higher = refusals.reject(ctx, found, post, reason)
    number = found.order.id
    reply = Reply(text=texts.refused(number, higher), actions=(texts.UNDO_ACTION,))
    return about(read(ctx.session, number), reply)


reject = Explained(
    name="reject",
    keywords=words.REJECT,
    action=OrderAction.REJECT,
    statuses=(OrderStatus.SUBMITTED, OrderStatus.NEED_INFO),
    step=_step,
    ask=texts.ASK_REASON,
    too_short=texts.REASON_TOO_SHORT,
    nothing_fits=texts.NOTHING_TO_REFUSE,
).conversation()
