"""The reporter says what the work was like: one to five stars, and a word where wanted."""

from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Prompt
from handlers.messages import Action, Reply
from handlers.orders.worded import MOST_LETTERS, Worded, conversation, own, words_in
from handlers.rules.words import Said
from handlers.services import cards, endings, ratings
from handlers.services.steps import about, standing
from handlers.texts import orders as order_texts
from handlers.texts import ratings as texts
from handlers.texts import words
from storage import orders
from storage.orders import Found
from storage.vocabulary import OrderStatus, Outcome

_LOW = 2
_RATED = frozenset({OrderStatus.DONE, OrderStatus.CLOSED})


def _finished(ctx: Context) -> Sequence[Found]:
    mine = orders.reported_by(
        ctx.session,
        ctx.speaker.person_id,
        since=ctx.now - ctx.policy.rating_window,
        most=ctx.policy.list_length,
    )
    return [found for found in mine if _is_done(found)]


def _is_done(found: Found) -> bool:
    order = found.order
    return order.status in _RATED and order.outcome is not Outcome.UNREACHABLE


def _refuse(ctx: Context, found: Found) -> Reply | None:
    del ctx
    order = found.order
    if _is_done(found):
        return None
    if order.status in {OrderStatus.WITHDRAWN, OrderStatus.REJECTED, OrderStatus.CLOSED}:
        return standing(found)
    state = order_texts.state(order.status, order.outcome, order.kind)
    return about(found, Reply(text=texts.too_early(order.id, state)))


def _ask(found: Found) -> Prompt:
    order = found.order
    return Prompt(
        f"{order_texts.head(order.id, order.matter)}\n{texts.ASK_SCORE}", texts.choices(order.id)
    )


def _read(said: str) -> list[object] | None:
    """Read stars and words as plain values, as a conversation keeps them."""
    found = texts.read(said)
    return [found[0], found[1][:MOST_LETTERS]] if found else None


def _note(said: str) -> str | None:
    """Keep words that came without a score until the score is given."""
    return None if texts.read(said) else words_in(said)


def _recast(ctx: Context, said: Said) -> Said:
    """Take a number that is no order of the speaker's for the score of the only one there is."""
    number = said.number
    if number is None or number > texts.MOST or own(ctx, number) or len(_finished(ctx)) != 1:
        return said
    return Said(rest=texts.score_first(number, said.rest))


def _step(ctx: Context, found: Found, value: tuple[int, str], note: str | None) -> Reply:
    rating, said = value
    said = said or note or ""
    ratings.rate(ctx, found, rating, said)
    order = found.order
    text = texts.rated(order.id, rating, said, ctx.policy.rating_window.days)
    if order.status is OrderStatus.DONE:
        text = f"{text}\n{texts.still_to_confirm(order.id)}"
        return about(found, Reply(text=text, menu=cards.answers(found)))
    return about(found, Reply(text=text, actions=_more(ctx, found, rating)))


def _more(ctx: Context, found: Found, rating: int) -> tuple[Action, ...]:
    """Offer to take it up again to somebody who was not content, while that is possible."""
    if rating > _LOW or not endings.may_reopen(found, ctx.policy, ctx.now):
        return ()
    return (cards.answers(found)[-1],)


rate = conversation(
    Worded(
        name="rate",
        keywords=words.RATE,
        fitting=_finished,
        nothing_fits=texts.NOTHING_TO_RATE,
        find=own,
        refuse=_refuse,
        ask=_ask,
        read=_read,
        hint=texts.SCORE_HINT,
        note=_note,
        recast=_recast,
        step=_step,
    )
)
