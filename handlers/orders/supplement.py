"""The reporter answers the branch's question, or adds something to an order that is still open.

While a question waits (``services.questions``), free words of the resident are asked back: is this
the answer, or another matter? The choices are complete commands with the words in them, like
every menu, so that no state has to be kept and nothing said is lost. It is asked even where only
one question waits, because a new matter that is swallowed as an answer would never be dispatched.
"""

from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Answers, Conversation, Prompt, Step, UnclearError
from handlers.messages import Action, Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import cards, endings, media, questions, remarks, wishes
from handlers.services.steps import UNKNOWN, about, attempt
from handlers.texts import general, moments, reports, words
from handlers.texts import orders as order_texts
from handlers.texts import questions as texts
from handlers.texts import wishes as wish_texts
from handlers.texts.reading import READER
from storage import orders
from storage.orders import Found
from storage.vocabulary import OrderKind, OrderStatus

MEDIA = "media"
"""The answer that holds the ids of photos and voices."""

_MOST_LETTERS = 500
_MOST_ORDERS = 9
_LOCKED = frozenset({OrderStatus.TAKEN, OrderStatus.DONE})


def whether_answer(ctx: Context) -> Reply | None:
    """Ask which waiting question the speaker's words answer, if any; None when none waits."""
    waiting = questions.waiting(ctx)
    if not waiting:
        return None
    said = ctx.incoming.text.strip()
    asked = [(found.order.id, question.words) for found, question in waiting]
    menu = [
        texts.as_answer(number, words, said[:_MOST_LETTERS], is_only=len(asked) == 1)
        for number, words in asked
    ]
    return Reply(text=texts.whether_answer(asked), menu=(*menu, reports.another(said)))


def _open_ones(ctx: Context) -> list[Found]:
    """Give what can be added to: the asked ones alone if there are any, else all that is open."""
    since = ctx.now - ctx.policy.reopen_window
    mine = orders.reported_by(ctx.session, ctx.speaker.person_id, since=since, most=_MOST_ORDERS)
    asked = [found for found in mine if found.order.status is OrderStatus.NEED_INFO]
    return asked or [
        found
        for found in mine
        if found.order.closed_at is None or questions.is_put_aside(found, ctx.policy, ctx.now)
    ]


def _opening(ctx: Context, said: Said) -> Answers:
    answers: Answers = {}
    if said.number is not None:
        answers["order"] = said.number
    elif len(found := _open_ones(ctx)) == 1:
        answers["order"] = found[0].order.id
    if any(letter.isalnum() for letter in said.rest):
        answers["words"] = said.rest[:_MOST_LETTERS]
    return answers


def _ask_order(ctx: Context, answers: Answers) -> Prompt:
    del answers
    choices = (
        order_texts.numbered_choice(found.order.id, found.order.matter) for found in _open_ones(ctx)
    )
    return Prompt(general.WHICH_ORDER, tuple(choices))


def _read_order(ctx: Context, answers: Answers, said: str) -> int:
    del ctx, answers
    number = READER.bare_number(said)
    if number is None:
        raise UnclearError(general.WHICH_ORDER)
    return number


def _ask_words(ctx: Context, answers: Answers) -> Prompt:
    found = _own(ctx, answers["order"])
    is_asked = found and (
        found.order.status is OrderStatus.NEED_INFO
        or questions.is_put_aside(found, ctx.policy, ctx.now)
    )
    question = questions.last_question(ctx.session, answers["order"]) if is_asked else None
    if question is None:
        return Prompt(texts.ASK_SUPPLEMENT)
    return Prompt(texts.asked_again(question.branch, question.words))


def _read_words(ctx: Context, answers: Answers, said: str) -> str:
    del ctx, answers
    if not any(letter.isalnum() for letter in said):
        raise UnclearError(texts.SUPPLEMENT_TOO_SHORT)
    return said[:_MOST_LETTERS]


def _own(ctx: Context, number: int) -> Found | None:
    found = orders.find(ctx.session, number)
    return found if found and found.order.reporter_id == ctx.speaker.person_id else None


def _refuse(ctx: Context, answers: Answers) -> Reply | None:
    """Say before asking that nothing can be added to an order that is over."""
    if "order" not in answers:
        return None if _open_ones(ctx) else Reply(text=texts.NOTHING_TO_SUPPLEMENT)
    found = _own(ctx, answers["order"])
    if found is None:
        return UNKNOWN
    order = found.order
    state = order_texts.state(order.status, order.outcome, order.kind)
    if order.closed_at is None or questions.is_put_aside(found, ctx.policy, ctx.now):
        is_locked = order.kind is OrderKind.WISH and order.status in _LOCKED
        locked = Reply(text=wish_texts.locked(order.id, state))
        return about(found, locked) if is_locked else None
    if endings.may_reopen(found, ctx.policy, ctx.now):
        again: Action = cards.answers(found)[-1]
        return about(found, Reply(text=texts.closed_but_young(order.id, state), actions=(again,)))
    if appeal := remarks.of(ctx, found).actions:
        return about(found, Reply(text=texts.closed_but_young(order.id, state), actions=appeal))
    text = texts.closed_to_supplements(order.id, state)
    return about(found, Reply(text=text, actions=(general.REPORT_ACTION,)))


def _finish(ctx: Context, answers: Answers) -> Reply:
    found = _own(ctx, answers["order"])
    if found is None:
        return UNKNOWN

    def step(found: Found) -> Reply:
        return _added(ctx, found, answers["words"], answers.get(MEDIA, ()))

    # What was read may be outdated by a question that was asked meanwhile: read once more.
    return attempt(ctx, found, step, otherwise=lambda now: attempt(ctx, now, step))


def show(ctx: Context, number: int, medium_id: int, said: str) -> Reply:
    """Add a photo or voice to an order of the speaker, as the answer where a question waits."""
    return _finish(ctx, {"order": number, "words": said, MEDIA: [medium_id]})


def _added(ctx: Context, found: Found, said: str, enclosed: Sequence[int]) -> Reply:
    number = found.order.id
    progress = (order_texts.progress_action(number),)
    if found.order.status is OrderStatus.NEED_INFO:
        media.bind(ctx.session, enclosed, number)
        before = moments.date_and_hour(found.order.promised_at, ctx.policy.timezone)
        promised_at = questions.answer(ctx, found, said)
        promise = moments.date_and_hour(promised_at, ctx.policy.timezone)
        text = texts.answered(number, promise, is_moved=promise != before)
        return about(found, Reply(text=text, actions=progress))
    if questions.is_put_aside(found, ctx.policy, ctx.now):
        media.bind(ctx.session, enclosed, number)
        promise = moments.date_and_hour(questions.resume(ctx, found, said), ctx.policy.timezone)
        return about(found, Reply(text=texts.resumed(number, promise), actions=progress))
    refusal = _refuse(ctx, {"order": number})
    if refusal is not None:
        return refusal
    media.bind(ctx.session, enclosed, number)
    if found.order.kind is OrderKind.WISH:
        is_hidden = wishes.amend(ctx, found, said, enclosed=enclosed)
        text = wish_texts.amended(number, is_hidden=is_hidden)
        return about(found, Reply(text=text, actions=progress))
    holder = questions.supplement(ctx, found, said, enclosed=enclosed)
    if found.order.status is OrderStatus.DONE:
        text = texts.supplemented_while_done(number)
        return about(found, Reply(text=text, menu=cards.answers(found)))
    return about(found, Reply(text=texts.supplemented(number, holder), actions=progress))


supplement: Conversation[Context] = Conversation(
    name="supplement",
    keywords=words.SUPPLEMENT,
    permission=Permission.FOLLOW,
    steps=(
        Step("order", _ask_order, _read_order),
        Step("words", _ask_words, _read_words),
    ),
    finish=_finish,
    opening=_opening,
    refuse=_refuse,
    numbered=True,
)
