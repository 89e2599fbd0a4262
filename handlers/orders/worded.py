"""A word that needs an order and something said about it; what was left out is asked for.

The order is looked at before anything is asked, so that nobody answers in vain. Choices under the
question are complete commands, so that an old one still means what it meant.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.context import Context
from handlers.conversation import Answers, Conversation, Prompt, Step, UnclearError
from handlers.messages import Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import views
from handlers.services.steps import UNKNOWN, attempt
from handlers.texts import general
from handlers.texts import orders as texts
from handlers.texts.reading import READER
from storage import orders
from storage.orders import Found

MOST_LETTERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """One such word.

    Attributes:
        fitting: the orders that could be meant when the number is left out.
        nothing_fits: what is said when there is none.
        find: the order of a number, unless the speaker may not know of it.
        refuse: the reason, if any, why this order is not one for the word.
        ask: asks for what is still to be said.
        read: reads it, from the first message or the answer; None where it says nothing.
        hint: what would be understood.
        note: what else the first message says, kept until the end.
        recast: reads what followed the keyword differently where the plain reading cannot be meant.
        step: does it and gives the reply.
    """

    name: str
    keywords: tuple[str, ...]
    fitting: Callable[[Context], Sequence[Found]]
    nothing_fits: str
    find: Callable[[Context, int], Found | None]
    refuse: Callable[[Context, Found], Reply | None]
    ask: Callable[[Found], Prompt]
    read: Callable[[str], Any]
    hint: str
    note: Callable[[str], Any] = lambda _: None
    recast: Callable[[Context, Said], Said] = lambda _, said: said
    step: Callable[[Context, Found, Any, Any], Reply]

    def opening(self, ctx: Context, said: Said) -> Answers:
        """Take from the first message whatever it already says."""
        answers: Answers = {}
        said = self.recast(ctx, said)
        if said.number is not None:
            answers["order"] = said.number
        elif len(fitting := self.fitting(ctx)) == 1:
            answers["order"] = fitting[0].order.id
        if (value := self.read(said.rest)) is not None:
            answers["value"] = value
        if (note := self.note(said.rest)) is not None:
            answers["note"] = note
        return answers

    def ask_order(self, ctx: Context, answers: Answers) -> Prompt:
        """Ask which of the fitting orders is meant."""
        del answers
        choices = (
            texts.numbered_choice(one.order.id, one.order.matter) for one in self.fitting(ctx)
        )
        return Prompt(general.WHICH_ORDER, tuple(choices))

    def ask_value(self, ctx: Context, answers: Answers) -> Prompt:
        """Ask for what is to be said of the order."""
        found = self.find(ctx, answers["order"])
        return self.ask(found) if found else Prompt(general.NO_SUCH_ORDER)

    def read_value(self, ctx: Context, answers: Answers, said: str) -> Any:  # noqa: ANN401 (a JSON value)
        """Read the answer; a choice is a whole command, of which the end counts."""
        del ctx, answers
        for keyword in self.keywords:
            whole = READER.read(said, keyword)
            if whole and whole.number is not None:
                said = whole.rest
        value = self.read(said)
        if value is None:
            raise UnclearError(self.hint)
        return value

    def object_to(self, ctx: Context, answers: Answers) -> Reply | None:
        """Say why there is no point in asking on, if there is none."""
        if "order" not in answers:
            return None if self.fitting(ctx) else Reply(text=self.nothing_fits)
        found = self.find(ctx, answers["order"])
        return self.refuse(ctx, found) if found else UNKNOWN

    def conclude(self, ctx: Context, answers: Answers) -> Reply:
        """Do what was said, if it still fits."""
        found = self.find(ctx, answers["order"])
        if found is None:
            return UNKNOWN
        value, note = answers["value"], answers.get("note")
        return attempt(ctx, found, lambda found: self.step(ctx, found, value, note))


def visible(ctx: Context, number: int) -> Found | None:
    """Find an order unless it is to look like a number that does not exist (DESIGN.md 7.9)."""
    found = orders.find(ctx.session, number)
    if found is None or views.progress_fields(ctx, found) is None:
        return None
    return found


def own(ctx: Context, number: int) -> Found | None:
    """Find an order of the speaker's own; all others look like numbers that do not exist."""
    found = orders.find(ctx.session, number)
    return found if found and found.order.reporter_id == ctx.speaker.person_id else None


def words_in(said: str) -> str | None:
    """Read words in which something is said."""
    return said[:MOST_LETTERS] if any(letter.isalnum() for letter in said) else None


def conversation(word: Worded) -> Conversation[Context]:
    """Make the conversation of a word: which order, then what is said of it, then it is done."""
    return Conversation(
        name=word.name,
        keywords=word.keywords,
        permission=Permission.FOLLOW,
        steps=(
            Step("order", word.ask_order, _read_order),
            Step("value", word.ask_value, word.read_value),
        ),
        finish=word.conclude,
        opening=word.opening,
        refuse=word.object_to,
        numbered=True,
    )


def _read_order(ctx: Context, answers: Answers, said: str) -> int:
    del ctx, answers
    number = READER.bare_number(said)
    if number is None:
        raise UnclearError(general.WHICH_ORDER)
    return number
