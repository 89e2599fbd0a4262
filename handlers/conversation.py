"""The conversation engine: ask, read, ask again with a hint. Generic over its context; no I/O.

A conversation is one declared value. Its state is its answers; the open question is the first
step without an answer. Going back drops the last answer. There is no step counter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from handlers.messages import Action, Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said, normalise
from handlers.texts import general as texts
from handlers.texts.reading import NO, READER, SKIP, YES

C = TypeVar("C")
Answers = dict[str, Any]

_MENU_WORD_LENGTH = 40
_CHANGING = "?changing"  # stands in the answers while the list of what can be changed is open
_WANTED = "?wanted"  # the step whose answer is to be given anew


class UnclearError(Exception):
    """Raised by a step's ``read`` when the answer does not fit; the hint says what would."""

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question: its text, and choices whose ``command`` is the answer they stand for."""

    text: str
    choices: tuple[Action, ...] = ()


def always(ctx: object, answers: Answers) -> bool:
    """Ask the question in any case."""
    del ctx, answers
    return True


def never(ctx: object, answers: Answers) -> bool:
    """Ask the question only when somebody wants to change its answer."""
    del ctx, answers
    return False


@dataclass(frozen=True, slots=True)
class Step(Generic[C]):
    """One question.

    Attributes:
        key: under which the answer is stored and handed to ``finish``.
        ask: gives the prompt, from what is known so far.
        read: gives the answer as a JSON-friendly value, or raises UnclearError.
        when: whether the question is needed at all.
        optional: whether it may be skipped; the answer is then None.
        label: names the answer in the list of what can be changed; without it, it cannot.
        clears: other answers that mean nothing any more when this one is given anew.
    """

    key: str
    ask: Callable[[C, Answers], Prompt]
    read: Callable[[C, Answers, str], Any]
    when: Callable[[C, Answers], bool] = always
    optional: bool = False
    label: str = ""
    clears: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation(Generic[C]):
    """One conversation as a value.

    Attributes:
        opening: what the first message already answers, as (context, what followed the keyword).
        confirm: the summary that is confirmed before ``finish``; None finishes at once.
        amend: what something else said at the confirmation changes; None when it says nothing.
        absorb: what else an answer says besides what it was asked for.
        refuse: the reason, if any, not to go on asking; looked at before every question.
        finish: does what was agreed and gives the closing reply.
        numbered: whether the first message may name an order right after the keyword.
        glued: whether text may follow the keyword without a separator.
    """

    name: str
    keywords: tuple[str, ...]
    permission: Permission
    steps: tuple[Step[C], ...]
    finish: Callable[[C, Answers], Reply]
    confirm: Callable[[C, Answers], Prompt] | None = None
    amend: Callable[[C, Answers, str], Answers | None] | None = None
    opening: Callable[[C, Said], Answers] | None = None
    absorb: Callable[[C, Answers, str], Answers] | None = None
    refuse: Callable[[C, Answers], Reply | None] | None = None
    numbered: bool = False
    glued: bool = False

    def read(self, text: str) -> Said | None:
        """Read a message as a use of one of the keywords."""
        return _read_words(self.keywords, text, numbered=self.numbered, glued=self.glued)

    def __post_init__(self) -> None:
        """Refuse two steps with one key: the second would never be asked."""
        keys = [step.key for step in self.steps]
        if len(set(keys)) != len(keys):
            raise ValueError(f"conversation {self.name} has a step twice")


@dataclass(frozen=True, slots=True)
class Move:
    """What one message did to a conversation: the reply, and the answers (None: it is over)."""

    reply: Reply
    answers: Answers | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order that could be meant where a number was left out."""

    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Command(Generic[C]):
    """Words that are answered at once.

    Attributes:
        words: the first one is shown to people, the others are synonyms.
        answer: gives the reply; of a numbered command ``said.number`` is never None.
        numbered: whether an order's number may follow the word.
        candidates: the orders that fit when the number was left out; one is taken, several make
            a list. Without candidates ``answer`` deals with a missing number itself.
        nothing_fits: what is said when there is no candidate.
        glued: whether text may follow the word without a separator.
        alone: whether the word, where its number was left out, must be all that was said; it is
            so common that longer words around it are a sentence.
    """

    words: tuple[str, ...]
    permission: Permission
    answer: Callable[[C, Said], Reply]
    numbered: bool = False
    candidates: Callable[[C], Sequence[Candidate]] | None = None
    nothing_fits: str = ""
    glued: bool = False
    alone: bool = False

    def read(self, text: str) -> Said | None:
        """Read a message as a use of this command."""
        said = _read_words(self.words, text, numbered=self.numbered, glued=self.glued)
        if said and self.alone and said.number is None and said.rest:
            return None
        return said


def _read_words(known: tuple[str, ...], text: str, *, numbered: bool, glued: bool) -> Said | None:
    for word in known:
        said = READER.read(text, word, numbered=numbered, glued=glued)
        if said is not None:
            return said
    return None


def run(command: Command[C], ctx: C, said: Said) -> Reply:
    """Answer a command, finding the order that is meant where its number was left out."""
    if said.number is not None or command.candidates is None:
        return command.answer(ctx, said)
    fitting = command.candidates(ctx)
    if not fitting:
        return Reply(text=command.nothing_fits)
    if len(fitting) == 1:
        return command.answer(ctx, Said(number=fitting[0].number, rest=said.rest))
    menu = tuple(
        Action(candidate.label, f"{command.words[0]} {candidate.number} {said.rest}".strip())
        for candidate in fitting
    )
    return Reply(text=texts.WHICH_ORDER, menu=menu)


def start(
    conversation: Conversation[C], ctx: C, said: Said, *, known: Answers | None = None
) -> Move:
    """Open a conversation with what is known and whatever the first message already says."""
    answers = dict(known or {})
    if conversation.opening:
        answers |= conversation.opening(ctx, said)
    return _next(conversation, ctx, answers, hint="")


def ask_again(conversation: Conversation[C], ctx: C, answers: Answers) -> Reply:
    """Repeat the open question, for example after something else was answered in between."""
    return _next(conversation, ctx, answers, hint="").reply


def advance(conversation: Conversation[C], ctx: C, answers: Answers, text: str) -> Move:
    """Read a message as the answer to the open question."""
    if _CHANGING in answers:
        return _chosen_change(conversation, ctx, answers, text)
    step = _open_step(conversation, ctx, answers)
    if step is None:
        return _confirmed(conversation, ctx, answers, text)
    if READER.stripped(text) in SKIP and step.optional:
        return _next(conversation, ctx, _answered(answers, step.key, None), hint="")
    try:
        value = step.read(ctx, answers, _chosen(step.ask(ctx, answers).choices, text))
    except UnclearError as unclear:
        return _next(conversation, ctx, answers, hint=unclear.hint)
    answers = _answered(answers, step.key, value)
    if conversation.absorb:
        answers = conversation.absorb(ctx, answers, text)
    return _next(conversation, ctx, answers, hint="")


def _confirmed(conversation: Conversation[C], ctx: C, answers: Answers, text: str) -> Move:
    """Read what is said to the summary: yes, a wish to change something, or more to say."""
    summary = conversation.confirm(ctx, answers) if conversation.confirm else Prompt("")
    said = READER.stripped(_chosen(summary.choices, text))
    if said in YES:
        return Move(conversation.finish(ctx, answers))
    if said in NO and any(step.label for step in conversation.steps):
        return _next(conversation, ctx, {**answers, _CHANGING: True}, hint="")
    if said in NO:
        return back(conversation, ctx, answers)
    amended = conversation.amend(ctx, answers, said) if conversation.amend else None
    if amended is not None:
        return _next(conversation, ctx, amended, hint="")
    return _next(conversation, ctx, answers, hint=texts.CONFIRM_HINT)


def _chosen_change(conversation: Conversation[C], ctx: C, answers: Answers, text: str) -> Move:
    """Read which answer is to be given anew; the question then asked again is that one."""
    labels = _changeable(conversation, text="").choices
    said = _chosen(labels, text)
    kept = {key: value for key, value in answers.items() if key != _CHANGING}
    for step in conversation.steps:
        if step.label and said == step.label:
            for key in (step.key, *step.clears):
                kept.pop(key, None)
            return _next(conversation, ctx, {**kept, _WANTED: step.key}, hint="")
    return _next(conversation, ctx, answers, hint=texts.CHANGE_HINT)


def _changeable(conversation: Conversation[C], text: str) -> Prompt:
    labels = [step.label for step in conversation.steps if step.label]
    return Prompt(text, tuple(Action(label, label) for label in labels))


def _answered(answers: Answers, key: str, value: object) -> Answers:
    kept = {known: answer for known, answer in answers.items() if known != _WANTED}
    return {**kept, key: value}


def back(conversation: Conversation[C], ctx: C, answers: Answers) -> Move:
    """Drop the last answer and ask for it again; at the first question ask that one again."""
    answers = {key: value for key, value in answers.items() if key not in {_CHANGING, _WANTED}}
    answered = [step.key for step in conversation.steps if step.key in answers]
    if not answered:
        return _next(conversation, ctx, answers, hint="")
    kept = {key: value for key, value in answers.items() if key != answered[-1]}
    return _next(conversation, ctx, kept, hint="")


def is_expecting(conversation: Conversation[C], ctx: C, answers: Answers, text: str) -> bool:
    """Say whether the words are one of the open question's own choices, or yes, no or skip."""
    said = READER.stripped(text)
    step = _open_step(conversation, ctx, answers)
    if _CHANGING in answers:
        prompt = _changeable(conversation, "")
    elif step is None:
        prompt = conversation.confirm(ctx, answers) if conversation.confirm else Prompt("")
        if said in YES | NO:
            return True
    else:
        prompt = step.ask(ctx, answers)
        if step.optional and said in SKIP:
            return True
    return _chosen(prompt.choices, text) != normalise(text) or any(
        said == choice.command for choice in prompt.choices
    )


def _open_step(conversation: Conversation[C], ctx: C, answers: Answers) -> Step[C] | None:
    for step in conversation.steps:
        wanted = answers.get(_WANTED) == step.key or step.when(ctx, answers)
        if step.key not in answers and wanted:
            return step
    return None


def _chosen(choices: tuple[Action, ...], text: str) -> str:
    """Give the command that a digit or a label stands for, else the words themselves."""
    plain = normalise(text)
    number = READER.bare_number(plain)
    if number is not None and 1 <= number <= len(choices):
        return choices[number - 1].command
    if len(plain) <= _MENU_WORD_LENGTH:
        for choice in choices:
            if READER.stripped(plain) == READER.stripped(choice.label):
                return choice.command
    return plain


def _next(conversation: Conversation[C], ctx: C, answers: Answers, *, hint: str) -> Move:
    refusal = conversation.refuse(ctx, answers) if conversation.refuse else None
    if refusal is not None:
        return Move(refusal)
    step = _open_step(conversation, ctx, answers)
    actions: tuple[Action, ...] = ()
    if _CHANGING in answers:
        prompt = _changeable(conversation, texts.ASK_CHANGE)
    elif step is not None:
        prompt = step.ask(ctx, answers)
        actions = (texts.SKIP_ACTION,) if step.optional else ()
    elif conversation.confirm is None:
        return Move(conversation.finish(ctx, answers))
    else:
        prompt = conversation.confirm(ctx, answers)
    text = f"{hint}\n{prompt.text}" if hint else prompt.text
    return Move(Reply(text=text, menu=prompt.choices, actions=actions), answers)
