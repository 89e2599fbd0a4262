"""Words of those who dispatch that need an order and a sentence: what is left out is asked for.

The order is looked at before anything is asked, so that nobody writes a reason in vain.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handlers.context import Context
from handlers.conversation import Answers, Conversation, Prompt, Step, UnclearError
from handlers.messages import Reply
from handlers.rules import orders as rules
from handlers.rules.permissions import Permission, Post, reaching
from handlers.rules.words import Said
from handlers.services import recalls, views
from handlers.services.steps import UNKNOWN, about, attempt, standing
from handlers.texts import corrections, general
from handlers.texts import orders as texts
from handlers.texts.reading import READER
from storage import orders
from storage.orders import Found
from storage.vocabulary import OrderAction, OrderStatus

_MOST_LETTERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One such word.

    Attributes:
        action: the step that is taken.
        statuses: where the orders stand that are offered when the number is left out.
        step: takes the step with the sentence and gives the reply.
        ask: asks for the sentence.
        too_short: the hint when there are no words in it.
        nothing_fits: what is said when no order is there for it.
        instead: the truth about an order for which only this word does not fit, or None.
    """

    name: str
    keywords: tuple[str, ...]
    action: OrderAction
    statuses: Sequence[OrderStatus]
    step: Callable[[Context, Found, Post, str], Reply]
    ask: str
    too_short: str
    nothing_fits: str
    instead: Callable[[Found], str | None] = lambda _: None

    def conversation(self) -> Conversation[Context]:
        """Make the conversation of the word: which order, then the sentence, then it is done."""
        return Conversation(
            name=self.name,
            keywords=self.keywords,
            permission=Permission.DISPATCH,
            steps=(
                Step("order", self._ask_order, _read_order),
                Step("words", self._ask_words, self._read_words),
            ),
            finish=self._finish,
            opening=self._opening,
            refuse=self._refuse,
            numbered=True,
        )

    def _opening(self, ctx: Context, said: Said) -> Answers:
        answers: Answers = {}
        if said.number is not None:
            answers["order"] = said.number
        elif len(found := recalls.on_desk(ctx, self.statuses)) == 1:
            answers["order"] = found[0].order.id
        if any(letter.isalnum() for letter in said.rest):
            answers["words"] = said.rest[:_MOST_LETTERS]
        return answers

    def _ask_order(self, ctx: Context, answers: Answers) -> Prompt:
        del answers
        found = recalls.on_desk(ctx, self.statuses)
        choices = (texts.numbered_choice(one.order.id, one.order.matter) for one in found)
        return Prompt(general.WHICH_ORDER, tuple(choices))

    def _ask_words(self, ctx: Context, answers: Answers) -> Prompt:
        found = orders.find(ctx.session, answers["order"])
        head = texts.head(found.order.id, found.order.matter) if found else ""
        return Prompt(f"{head}\n{self.ask}")

    def _read_words(self, ctx: Context, answers: Answers, said: str) -> str:
        del ctx, answers
        if not any(letter.isalnum() for letter in said):
            raise UnclearError(self.too_short)
        return said[:_MOST_LETTERS]

    def _refuse(self, ctx: Context, answers: Answers) -> Reply | None:
        if "order" not in answers:
            fits = recalls.on_desk(ctx, self.statuses)
            return None if fits else Reply(text=self.nothing_fits)
        found = visible(ctx, answers["order"])
        if found is None:
            return UNKNOWN
        if reaching(ctx.posts, Permission.DISPATCH, found.branch_path) is None:
            return Reply(text=general.NOT_ALLOWED)
        try:
            rules.after(found.order.status, self.action)
        except rules.IllegalTransitionError:
            return self._truth(found)
        return None

    def _finish(self, ctx: Context, answers: Answers) -> Reply:
        found = visible(ctx, answers["order"])
        if found is None:
            return UNKNOWN
        post = reaching(ctx.posts, Permission.DISPATCH, found.branch_path)
        if post is None:
            return Reply(text=general.NOT_ALLOWED)
        return attempt(
            ctx,
            found,
            lambda found: self.step(ctx, found, post, answers["words"]),
            otherwise=self._truth,
        )

    def _truth(self, found: Found) -> Reply:
        """Say why the word does not fit; an order that is out has to come back first."""
        order = found.order
        progress = texts.progress_action(order.id)
        if (instead := self.instead(found)) is not None:
            return about(found, Reply(text=instead, actions=(progress,)))
        if order.status not in {OrderStatus.DISPATCHED, OrderStatus.TAKEN}:
            return standing(found)
        stands = corrections.stands(
            order.id, order.status, order.outcome, found.holder_name, order.kind
        )
        return about(
            found,
            Reply(
                text=corrections.first_recall(stands, self.keywords[0]),
                actions=(corrections.recall_action(order.id), progress),
            ),
        )


def visible(ctx: Context, number: int) -> Found | None:
    """Find an order unless it is to look like a number that does not exist (DESIGN.md 7.9)."""
    found = orders.find(ctx.session, number)
    if found is None or views.progress_fields(ctx, found) is None:
        return None
    return found


def _read_order(ctx: Context, answers: Answers, said: str) -> int:
    del ctx, answers
    number = READER.bare_number(said)
    if number is None:
        raise UnclearError(general.WHICH_ORDER)
    return number
