"""The reporter asks how long it takes, and hears who has it and until when."""

from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Candidate, Command
from handlers.messages import Reply
from handlers.orders.withdraw import said_to_be_done
from handlers.orders.worded import own
from handlers.rules.clocks import LEGS
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import cards, endings, urging
from handlers.services.steps import UNKNOWN, about, attempt, candidate
from handlers.texts import clocks as texts
from handlers.texts import orders as order_texts
from handlers.texts import questions as question_texts
from handlers.texts import words
from storage import orders
from storage.orders import Found
from storage.vocabulary import OrderStatus


def _candidates(ctx: Context) -> Sequence[Candidate]:
    mine = orders.reported_by(
        ctx.session, ctx.speaker.person_id, since=ctx.now, most=ctx.policy.list_length
    )
    return [candidate(found) for found in mine]


def _answer(ctx: Context, said: Said) -> Reply:
    found = own(ctx, said.number or 0)
    if found is None:
        return UNKNOWN
    return attempt(ctx, found, lambda found: _urge(ctx, found))


def _urge(ctx: Context, found: Found) -> Reply:
    number = found.order.id
    progress = order_texts.progress_action(number)
    if found.order.status not in LEGS:
        return about(found, _waits_for_nobody(ctx, found))
    urged = urging.urge(ctx, found)
    text = texts.urged(number, urged.where, urged.promise, urged.above)
    return about(found, Reply(text=text, actions=(progress,)))


def _waits_for_nobody(ctx: Context, found: Found) -> Reply:
    """Say with whom it lies, where none of ours is waited for, and what can be done instead."""
    number = found.order.id
    if found.order.status is OrderStatus.DONE:
        return said_to_be_done(ctx, found)
    if found.order.status is OrderStatus.NEED_INFO:
        return Reply(
            text=texts.waits_for_you(number), actions=(question_texts.answer_action(number),)
        )
    again = (cards.answers(found)[-1],) if endings.may_reopen(found, ctx.policy, ctx.now) else ()
    return Reply(
        text=texts.nothing_to_urge(number, cards.note(found)),
        actions=(*again, order_texts.progress_action(number)),
    )


urge: Command[Context] = Command(
    words=words.URGE,
    permission=Permission.FOLLOW,
    answer=_answer,
    numbered=True,
    candidates=_candidates,
    nothing_fits=texts.NOTHING_TO_URGE,
    alone=True,
)
