"""The resident's three answers to a finished order; nobody else may say that it is solved."""

from collections.abc import Callable, Sequence

from handlers.context import Context
from handlers.conversation import (
    Answers,
    Candidate,
    Command,
    Conversation,
    Prompt,
    Step,
    UnclearError,
)
from handlers.messages import Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import cards, endings, questions, refusals
from handlers.services.steps import UNKNOWN, about, attempt, candidate, standing
from handlers.texts import corrections, general, moments, ratings, words
from handlers.texts import orders as texts
from handlers.texts import questions as question_texts
from handlers.texts import wishes as wish_texts
from handlers.texts.reading import READER
from storage import orders
from storage.orders import Found
from storage.vocabulary import OrderKind, OrderStatus, Outcome

_MOST_LETTERS = 500
_LIST_LENGTH = 9


def _waiting(ctx: Context) -> list[Found]:
    mine = orders.reported_by(ctx.session, ctx.speaker.person_id, since=ctx.now, most=_LIST_LENGTH)
    return [found for found in mine if found.order.status is OrderStatus.DONE]


def _candidates(ctx: Context) -> Sequence[Candidate]:
    return [candidate(found) for found in _waiting(ctx)]


def _objectionable(ctx: Context) -> Sequence[Candidate]:
    """Give what may be meant by not solved: what waits for an answer, else what ended without it.

    That is an order that was refused, or put aside because a question was not answered.
    """
    if waiting := _waiting(ctx):
        return [candidate(found) for found in waiting]
    since = ctx.now - ctx.policy.reopen_window
    recent = orders.reported_by(ctx.session, ctx.speaker.person_id, since=since, most=_LIST_LENGTH)
    return [
        candidate(found)
        for found in recent
        if found.order.status is OrderStatus.REJECTED
        or questions.is_put_aside(found, ctx.policy, ctx.now)
    ]


def _own(ctx: Context, number: int) -> Found | None:
    found = orders.find(ctx.session, number)
    return found if found and found.order.reporter_id == ctx.speaker.person_id else None


def _answer_with(step: Callable[[Context, Found, str], Reply]) -> Callable[[Context, Said], Reply]:
    """Make a command's answer from a step that only the reporter of the order may take."""

    def answer(ctx: Context, said: Said) -> Reply:
        found = _own(ctx, said.number or 0)
        if found is None:
            return UNKNOWN
        return attempt(ctx, found, lambda found: step(ctx, found, said.rest[:_MOST_LETTERS]))

    return answer


def _confirm(ctx: Context, found: Found, said: str) -> Reply:
    del said
    endings.confirm(ctx, found)
    number = found.order.id
    taps = () if found.order.rating else (ratings.rate_action(number),)
    is_wish = found.order.kind is OrderKind.WISH
    text = wish_texts.realised(number) if is_wish else texts.confirmed(number)
    return Reply(text=text, actions=taps)


def _reopen(ctx: Context, found: Found, said: str) -> Reply:
    if found.order.status is OrderStatus.REJECTED:
        who, promised_at = refusals.appeal(ctx, found, said)
        promise = moments.date_and_hour(promised_at, ctx.policy.timezone)
        return Reply(text=corrections.appealed(found.order.id, who, promise))
    if questions.is_put_aside(found, ctx.policy, ctx.now):
        promised_at = questions.resume(ctx, found, said)
        promise = moments.date_and_hour(promised_at, ctx.policy.timezone)
        return Reply(text=question_texts.resumed(found.order.id, promise))
    if found.order.status is OrderStatus.CLOSED and not endings.may_reopen(
        found, ctx.policy, ctx.now
    ):
        if found.order.outcome is Outcome.PARTLY:
            return standing(found)
        return Reply(text=texts.too_old(found.order.id), actions=(general.REPORT_ACTION,))
    who = endings.reopen(ctx, found, said)
    return Reply(text=texts.reopened(found.order.id, who))


resolved: Command[Context] = Command(
    words=words.RESOLVED,
    permission=Permission.FOLLOW,
    answer=_answer_with(_confirm),
    numbered=True,
    candidates=_candidates,
    nothing_fits=texts.NOTHING_TO_CONFIRM,
)
unresolved: Command[Context] = Command(
    words=words.UNRESOLVED,
    permission=Permission.FOLLOW,
    answer=_answer_with(_reopen),
    numbered=True,
    candidates=_objectionable,
    nothing_fits=texts.NOTHING_TO_CONFIRM,
)


def _opening(ctx: Context, said: Said) -> Answers:
    if said.number is not None:
        return {"order": said.number} | _missing(said.rest)
    waiting = _waiting(ctx)
    if len(waiting) == 1:
        return {"order": waiting[0].order.id} | _missing(said.rest)
    return _missing(said.rest)


def _missing(rest: str) -> Answers:
    return {"missing": rest[:_MOST_LETTERS]} if rest.strip() else {}


def _ask_order(ctx: Context, answers: Answers) -> Prompt:
    del answers
    waiting = _waiting(ctx)
    if not waiting:
        return Prompt(texts.NOTHING_TO_CONFIRM)
    return Prompt(
        general.WHICH_ORDER,
        tuple(texts.numbered_choice(found.order.id, found.order.matter) for found in waiting),
    )


def _read_order(ctx: Context, answers: Answers, said: str) -> int:
    del ctx, answers
    number = READER.bare_number(said)
    if number is None:
        raise UnclearError(general.WHICH_ORDER)
    return number


def _ask_missing(ctx: Context, answers: Answers) -> Prompt:
    del ctx, answers
    return Prompt(texts.ASK_MISSING)


def _read_missing(ctx: Context, answers: Answers, said: str) -> str:
    del ctx, answers
    if not any(letter.isalnum() for letter in said):
        raise UnclearError(texts.MISSING_TOO_SHORT)
    return said[:_MOST_LETTERS]


def _finish(ctx: Context, answers: Answers) -> Reply:
    found = _own(ctx, answers["order"])
    if found is None:
        return UNKNOWN

    def step(found: Found) -> Reply:
        follow_up = endings.partly(ctx, found, answers["missing"])
        return Reply(text=texts.partly(found.order.id, follow_up.number))

    return attempt(ctx, found, step)


def _fits(ctx: Context, answers: Answers) -> Reply | None:
    """Refuse before asking on, when the order is not one that waits for this person's answer."""
    if "order" not in answers:
        return None if _waiting(ctx) else Reply(text=texts.NOTHING_TO_CONFIRM)
    found = _own(ctx, answers["order"])
    if found is None:
        return UNKNOWN
    if found.order.status is not OrderStatus.DONE:
        return standing(found)
    if found.order.kind is OrderKind.WISH:
        return about(found, Reply(text=wish_texts.NO_PARTLY, menu=cards.answers(found)))
    return None


partly: Conversation[Context] = Conversation(
    name="partly",
    keywords=words.PARTLY,
    permission=Permission.FOLLOW,
    steps=(
        Step("order", _ask_order, _read_order),
        Step("missing", _ask_missing, _read_missing),
    ),
    finish=_finish,
    opening=_opening,
    refuse=_fits,
    numbered=True,
)
