"""The reporter takes a report back; whoever had taken the order says that they know."""

from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Candidate, Command
from handlers.messages import Reply
from handlers.orders.worded import own, visible
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import cards, withdrawals
from handlers.services.moves import read
from handlers.services.steps import UNKNOWN, about, attempt, candidate, standing
from handlers.texts import general, words
from handlers.texts import leavings as texts
from handlers.texts import orders as order_texts
from storage import histories, orders
from storage.orders import Found
from storage.vocabulary import OrderStatus


def _open(ctx: Context) -> list[Found]:
    """Give the speaker's orders that can still be taken back."""
    mine = orders.reported_by(
        ctx.session, ctx.speaker.person_id, since=ctx.now, most=ctx.policy.list_length
    )
    return [found for found in mine if found.order.status is not OrderStatus.DONE]


def _candidates(ctx: Context) -> Sequence[Candidate]:
    return [candidate(found) for found in _open(ctx)]


def offered(ctx: Context) -> Reply | None:
    """Offer to take something back where there was nothing to cancel; never without asking."""
    mine = _open(ctx)
    if not mine:
        return None
    menu = tuple(
        texts.withdraw_action(found.order.id, order_texts.head(found.order.id, found.order.matter))
        for found in mine
    )
    return Reply(text=texts.ASK_WITHDRAW, menu=menu)


def _withdraw(ctx: Context, said: Said) -> Reply:
    found = own(ctx, said.number or 0)
    if found is None:
        return UNKNOWN

    def step(found: Found) -> Reply:
        withdrawals.withdraw(ctx, found)
        number = found.order.id
        reply = Reply(
            text=texts.withdrawn(number, found.holder_name), actions=(general.REPORT_ACTION,)
        )
        return about(read(ctx.session, number), reply)

    return attempt(ctx, found, step, otherwise=lambda now: _moved_on(ctx, now))


def _moved_on(ctx: Context, found: Found) -> Reply:
    """Say what is true; of an order that is said to be done, ask the question that waits."""
    order = found.order
    if order.status is not OrderStatus.DONE:
        return standing(found)
    return about(found, said_to_be_done(ctx, found))


def said_to_be_done(ctx: Context, found: Found) -> Reply:
    """Come back to the resident's three answers."""
    number = found.order.id
    finisher = orders.last_finisher(ctx.session, number)
    return Reply(
        text=texts.done_already(number, finisher[1] if finisher else None),
        menu=cards.answers(found),
    )


def _know(ctx: Context, said: Said) -> Reply:
    if said.number is None:
        unseen = histories.unseen_withdrawals(ctx.session, ctx.speaker.person_id)
        known = [withdrawals.acknowledge(ctx, read(ctx.session, number)) for number in unseen]
        return Reply(text=texts.KNOWN if known else general.NOD)
    found = visible(ctx, said.number)
    mine = orders.assignment_of(ctx.session, said.number, ctx.speaker.person_id)
    if found is None and mine is None:
        return UNKNOWN
    found = read(ctx.session, said.number)
    withdrawals.acknowledge(ctx, found)
    return about(found, Reply(text=texts.KNOWN))


withdraw: Command[Context] = Command(
    words=words.WITHDRAW,
    permission=Permission.FOLLOW,
    answer=_withdraw,
    numbered=True,
    candidates=_candidates,
    nothing_fits=texts.NOTHING_TO_WITHDRAW,
)
know: Command[Context] = Command(
    words=words.KNOW,
    permission=Permission.FOLLOW,
    answer=_know,
    numbered=True,
    alone=True,
)
