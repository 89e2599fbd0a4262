"""The secretary asks the resident for what is missing before anybody can be sent."""

from handlers.context import Context
from handlers.messages import Reply
from handlers.orders.explained import Explained
from handlers.rules.permissions import Post
from handlers.services import questions
from handlers.services.moves import read
from handlers.services.steps import about
from handlers.texts import corrections, words
from handlers.texts import orders as order_texts
from handlers.texts import questions as texts
from storage.orders import Found
from storage.vocabulary import OrderAction, OrderStatus


def _step(ctx: Context, found: Found, post: Post, question: str) -> Reply:
    questions.ask(ctx, found, post, question)
    number = found.order.id
    actions = (corrections.UNDO_ACTION, order_texts.progress_action(number))
    return about(read(ctx.session, number), Reply(text=_asked(found), actions=actions))


def _asked(found: Found) -> str:
    order = found.order
    return texts.asked(order.id, order_texts.state(OrderStatus.SUBMITTED, None, order.kind))


def _instead(found: Found) -> str | None:
    is_asked = found.order.status is OrderStatus.NEED_INFO
    return texts.is_asked_already(found.order.id) if is_asked else None


ask = Explained(
    name="ask",
    keywords=words.ASK,
    action=OrderAction.ASK,
    statuses=(OrderStatus.SUBMITTED,),
    step=_step,
    ask=texts.ASK_QUESTION,
    too_short=texts.QUESTION_TOO_SHORT,
    nothing_fits=texts.NOTHING_TO_ASK,
    instead=_instead,
).conversation()
