"""A member appeals against a line of the own points; the level above decides by tap."""

from handlers.context import Context
from handlers.conversation import Answers, Command, Conversation, Prompt, Step, UnclearError
from handlers.messages import Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import appeals, points
from handlers.services.appeals import Bounds, Decision
from handlers.services.moves import RefusedError
from handlers.texts import appeals as texts
from handlers.texts import points as point_texts
from handlers.texts import words
from handlers.texts.reading import READER
from storage.models import PointAppeal
from storage.points import Line
from storage.vocabulary import AppealOutcome

_MOST_LETTERS = 500
_MOST_CHOICES = 5
_LEAST_LETTERS = 2
_STEP = 50


def _opening(ctx: Context, said: Said) -> Answers:
    del ctx
    answers: Answers = {} if said.number is None else {"line": said.number}
    return answers | ({"reason": said.rest[:_MOST_LETTERS]} if _says_something(said.rest) else {})


def _says_something(text: str) -> bool:
    return sum(letter.isalnum() for letter in text) >= _LEAST_LETTERS


def _refuse(ctx: Context, answers: Answers) -> Reply | None:
    """Look at the line before anything is asked, so that nobody writes in vain."""
    if "line" not in answers:
        if appeals.open_lines(ctx, _MOST_CHOICES):
            return None
        return Reply(text=texts.NOTHING_OPEN, actions=(point_texts.LINES_ACTION,))
    try:
        appeals.own_line(ctx, answers["line"])
    except RefusedError as refusal:
        return Reply(text=refusal.sentence, actions=(point_texts.LINES_ACTION,))
    return None


def _ask_line(ctx: Context, answers: Answers) -> Prompt:
    del answers
    lines = appeals.open_lines(ctx, _MOST_CHOICES)
    choices = tuple(
        texts.choice(line.entry.id, points.described(ctx.policy, line)) for line in lines
    )
    return Prompt(texts.ASK_LINE, choices)


def _read_line(ctx: Context, answers: Answers, said: str) -> int:
    del ctx, answers
    number = READER.bare_number(said.removeprefix(f"{texts.APPEAL_WORD} "))
    if number is None:
        raise UnclearError(texts.LINE_HINT)
    return number


def _ask_reason(ctx: Context, answers: Answers) -> Prompt:
    line = appeals.own_line(ctx, answers["line"])
    until = appeals.until(ctx, line.entry)
    return Prompt(texts.ask_reason(points.described(ctx.policy, line), until))


def _read_reason(ctx: Context, answers: Answers, said: str) -> str:
    del ctx, answers
    if not _says_something(said):
        raise UnclearError(texts.REASON_TOO_SHORT)
    return said[:_MOST_LETTERS]


def _finish(ctx: Context, answers: Answers) -> Reply:
    try:
        decide_by = appeals.file(ctx, answers["line"], answers["reason"])
    except RefusedError as refusal:
        return Reply(text=refusal.sentence)
    return Reply(text=texts.filed(answers["line"], decide_by), actions=(point_texts.LINES_ACTION,))


appeal: Conversation[Context] = Conversation(
    name="appeal",
    keywords=words.POINT_APPEAL,
    permission=Permission.FOLLOW,
    steps=(Step("line", _ask_line, _read_line), Step("reason", _ask_reason, _read_reason)),
    finish=_finish,
    opening=_opening,
    refuse=_refuse,
    numbered=True,
)


def _answer_decide(ctx: Context, said: Said) -> Reply:
    number = said.number or 0
    found = appeals.to_decide(ctx, number)
    if found is None:
        return Reply(text=texts.NO_SUCH_APPEAL, card_note=texts.NO_SUCH_APPEAL)
    appeal, line = found
    if appeal.decided_at is not None:
        return Reply(text=texts.already(number), card_note=texts.already(number))
    wanted = texts.read(said.rest)
    if wanted is None:
        asked = f"{points.described(ctx.policy, line)}\n{appeal.reason}"
        return Reply(text=asked, menu=texts.decisions(number), title=texts.title(number))
    return _decided(ctx, appeal, line, wanted)


def _decided(
    ctx: Context, appeal: PointAppeal, line: Line, wanted: tuple[AppealOutcome, int | None, str]
) -> Reply:
    outcome, hundredths, reason = wanted
    number, limits = appeal.id, appeals.bounds(ctx, line.entry)
    if outcome is AppealOutcome.STANDS:
        return _decide(ctx, appeal, line, Decision(outcome, 0, reason))
    if outcome is AppealOutcome.REVERSED:
        nothing = limits.most if line.entry.hundredths < 0 else limits.least
        return _decide(ctx, appeal, line, Decision(outcome, nothing - limits.left, reason))
    # Of a line that takes something, the amount is what it takes.
    target = hundredths if hundredths is None or line.entry.hundredths > 0 else -hundredths
    if target is None or not limits.least <= target <= limits.most:
        return _ask_amount(number, limits)
    if target == limits.left:
        return Reply(text=texts.NO_CHANGE, menu=texts.decisions(number), title=texts.title(number))
    return _decide(ctx, appeal, line, Decision(outcome, target - limits.left, reason))


def _ask_amount(number: int, limits: Bounds) -> Reply:
    asked = texts.ask_amount(number, limits.least, limits.most, limits.left)
    menu = texts.amounts(number, _choices(limits))
    return Reply(text=asked, menu=menu, title=texts.title(number))


def _choices(limits: Bounds) -> list[int]:
    steps = range(limits.least, limits.most + 1, _STEP)
    return [one for one in steps if one not in {0, limits.left}][:_MOST_CHOICES]


def _decide(ctx: Context, appeal: PointAppeal, line: Line, decision: Decision) -> Reply:
    if not appeals.decide(ctx, appeal, line, decision):
        return Reply(text=texts.already(appeal.id), card_note=texts.already(appeal.id))
    done = texts.decided(appeal.id, decision.outcome)
    return Reply(text=done, card_note=done)


decide: Command[Context] = Command(
    words=words.DECIDE, permission=Permission.APPROVE, answer=_answer_decide, numbered=True
)
