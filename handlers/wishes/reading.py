"""What a message says of a wish: whose, what it may cost, until when, where; and its own words."""

from handlers.context import Context
from handlers.conversation import Answers
from handlers.rules.days import DayError
from handlers.rules.permissions import Permission
from handlers.rules.wishes import TooDearError, cost_in, kind_in, without_numbers
from handlers.rules.words import normalise
from handlers.services import places, placing, proxies, wishes
from handlers.services.contacts import without_contact
from handlers.texts import days
from handlers.texts import reports as report_texts
from handlers.texts import wishes as texts

FAULT = "?fault"
"""Why the day that was said cannot be kept."""

DEAR = "?dear"
"""What to say of a cost that is too high."""

PHONE = "?phone"
"""A phone that was said before it was said whose it is."""


def taken_in(ctx: Context, answers: Answers, text: str, *, is_answer: bool) -> Answers:
    """Read contact, recipient, day, cost and place from words, keeping what is known."""
    rest, contact = without_contact(text)
    named = texts.FOR_WHOM.search(rest) if ctx.may(Permission.PROXY) else None
    if "whom" not in answers and named:
        answers = {**answers, "whom": {"name": named[1], "phone": contact and contact["phone"]}}
    elif contact and "whom" not in answers:
        answers = {**answers, PHONE: contact["phone"], "contact": contact}
    elif contact and not answers.get("whom", {}).get("name"):
        answers = {**answers, "contact": contact}
    answers = _with_day(ctx, _with_cost(answers, rest), rest)
    if "place" not in answers and not is_answer:
        answers = placing.with_place(ctx, answers, rest, home(ctx))
    return answers


def _with_day(ctx: Context, answers: Answers, text: str) -> Answers:
    if "by" in answers:
        return answers
    if texts.NO_HURRY_APART.search(text):
        return {**answers, "by": None}
    try:
        day = days.DAYS.read(text, today=ctx.today)
    except DayError as refusal:
        return {**answers, FAULT: days.not_kept(refusal.fault, refusal.said)}
    return {**answers, "by": day.on.isoformat()} if day else answers


def _with_cost(answers: Answers, text: str) -> Answers:
    if "cost" in answers:
        return answers
    try:
        cost = cost_in(normalise(text), texts.NO_MONEY, texts.MONEY)
    except TooDearError as refusal:
        return {**answers, DEAR: texts.too_dear(refusal.said)}
    return {**answers, "cost": cost} if cost else answers


def without_terms(ctx: Context, text: str) -> str:
    """Leave words without contact, day and cost, where those stand apart."""
    rest, _ = without_contact(text)
    try:
        day = days.DAYS.read(rest, today=ctx.today)
        rest = day.rest if day else rest
    except DayError as refusal:
        rest = rest.replace(refusal.said, "", 1)
    return texts.NO_HURRY_APART.sub("", texts.COST_APART.sub("", rest))


def without_extras(ctx: Context, text: str) -> str:
    """Leave the words of the wish itself: also without recipient and place."""
    rest = without_terms(ctx, text)
    if ctx.may(Permission.PROXY):
        rest = texts.FOR_WHOM.sub("", rest, count=1)
    inside = places.find(ctx.session, rest, home=home(ctx))
    if inside.is_exact and _stands_apart(rest, inside.text):
        rest = rest.replace(inside.text, "", 1)
    return normalise(rest).strip(report_texts.PUNCTUATION)


def _stands_apart(text: str, words: str) -> bool:
    """Say whether words are no part of a sentence, so that it reads well without them."""
    before, _, after = text.partition(words)
    marks = report_texts.PUNCTUATION
    return (not before or before[-1] in marks) and (not after or after[0] in marks)


def worded(answers: Answers, text: str) -> Answers:
    """Give the words of the wish, without numbers that nobody needs, and the kind they suggest."""
    shown = without_numbers(text)[: wishes.MOST_LETTERS]
    found: Answers = {"matter": shown}
    if "kind" not in answers and (kind := kind_in(shown, texts.HINTS)):
        found["kind"] = kind
    return found


def home(ctx: Context) -> int | None:
    """Give the place from which words without an estate are read."""
    return proxies.home(ctx) or ctx.speaker.home_id
