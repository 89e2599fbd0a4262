"""A member's card: what stands on it, the promise, and whether the points do."""

import re
import unicodedata

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import points
from handlers.texts import duties, words
from handlers.texts import profiles as texts
from handlers.texts.places import VOCABULARY as PLACES
from handlers.texts.reading import folded
from storage import members, people

_DIGITS = str.maketrans({word: str(value) for word, value in PLACES.numerals.items()})
_NUMBER = re.compile(r"\d(?:[\s\-.·]*\d){6,}")


def _answer_card(ctx: Context, said: Said) -> Reply:
    del said
    person = ctx.speaker.person_id
    shown = members.profile(ctx.session, person)
    held = members.holdings(ctx.session, person, today=ctx.today)
    total = None
    if shown.shows_points:
        total = points.month_now(ctx.session, ctx.policy, person, ctx.now).total
    text = texts.card(
        ctx.speaker.name or "",
        people.post_of(ctx.session, person, today=ctx.today),
        [duties.name(each.post, each.name) for each in held],
        shown.promise,
        total,
    )
    taps = [texts.HIDE_ACTION if shown.shows_points else texts.SHOW_ACTION]
    if shown.promise:
        taps.append(texts.DROP_ACTION)
    return Reply(text=text, actions=(*taps, texts.DUTY_ACTION))


def _answer_promise(ctx: Context, said: Said) -> Reply:
    text = " ".join(said.rest.split())
    if not text:
        return _answer_card(ctx, said)
    if folded(text) in texts.GONE:
        members.promise(ctx.session, ctx.speaker.person_id, "")
        return Reply(text=texts.PROMISE_GONE, actions=(texts.CARD_ACTION,))
    if len(text) > texts.MOST_LETTERS:
        return Reply(text=texts.PROMISE_TOO_LONG)
    if _has_number(text):
        return Reply(text=texts.PROMISE_HAS_NUMBER)
    members.promise(ctx.session, ctx.speaker.person_id, text)
    return Reply(text=texts.promised(text), actions=(texts.CARD_ACTION, texts.DROP_ACTION))


def _has_number(text: str) -> bool:
    """Say whether a phone or another long number stands in a text, also one in words."""
    return bool(_NUMBER.search(unicodedata.normalize("NFKC", text).translate(_DIGITS)))


def _answer_points(ctx: Context, said: Said) -> Reply:
    wanted = folded(said.rest)
    if wanted not in texts.ON | texts.OFF:
        return Reply(text=texts.HOW_TO_SHOW, actions=(texts.SHOW_ACTION, texts.HIDE_ACTION))
    is_on = wanted in texts.ON
    members.show_points(ctx.session, ctx.speaker.person_id, shows_points=is_on)
    text = texts.POINTS_SHOWN if is_on else texts.POINTS_HIDDEN
    return Reply(text=text, actions=(texts.CARD_ACTION,))


commands: tuple[Command[Context], ...] = (
    Command(words=words.CARD, permission=Permission.TAKE, answer=_answer_card, alone=True),
    Command(words=words.PROMISE, permission=Permission.TAKE, answer=_answer_promise),
    Command(words=words.SHOW_POINTS, permission=Permission.TAKE, answer=_answer_points),
)
