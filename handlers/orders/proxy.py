"""Somebody responsible writes a matter down for a neighbour without a phone (DESIGN.md 7.10).

Nothing is stored before the neighbour's spoken consent is given.
"""

from handlers.context import Context
from handlers.conversation import Answers, Conversation, Prompt, Step, UnclearError
from handlers.messages import Reply
from handlers.orders.report import MEDIA, MOST_LETTERS
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import branches, places, placing, proxies
from handlers.services.contacts import (
    NAME_LENGTH,
    Contact,
    contact_in,
    says_something,
    without_contact,
)
from handlers.services.intake import Report
from handlers.services.moves import RefusedError
from handlers.texts import general, moments, words
from handlers.texts import orders as order_texts
from handlers.texts import proxies as texts
from handlers.texts import reports as report_texts
from handlers.texts.reading import NO, READER, SKIP, YES

_PHONE = "phone"  # stands in the answers while a phone is known and its owner's name is not


def has_consent(answers: Answers) -> bool:
    """Say whether the neighbour has agreed, so that photos may be kept."""
    return bool(answers.get("consent"))


def _opening(ctx: Context, said: Said) -> Answers:
    return _taken_in(ctx, {}, said.rest, is_matter=True) if said.rest else {}


def _absorb(ctx: Context, answers: Answers, text: str) -> Answers:
    """Take in what an answer says besides what it was asked for."""
    return _taken_in(ctx, answers, text, is_matter=False)


def _taken_in(ctx: Context, answers: Answers, text: str, *, is_matter: bool) -> Answers:
    """Read contact, place and matter from words, without overwriting what is known."""
    rest, contact = without_contact(text)
    if contact and "whom" not in answers:
        known = {"whom": contact} if contact["name"] else {_PHONE: contact["phone"]}
        answers = {**answers, **known}
    if "place" not in answers:
        answers = placing.with_place(ctx, answers, rest, proxies.home(ctx))
    inside = places.find(ctx.session, rest, home=proxies.home(ctx))
    if is_matter and says_something(rest.replace(inside.text, "", 1)):
        answers = {**answers, "matter": rest[:MOST_LETTERS]}
    return answers


def _ask_matter(ctx: Context, answers: Answers) -> Prompt:
    del ctx, answers
    return Prompt(texts.ASK_MATTER)


def _read_matter(ctx: Context, answers: Answers, said: str) -> str:
    del ctx, answers
    matter, _ = without_contact(said)
    if not says_something(matter):
        raise UnclearError(report_texts.MATTER_HINT)
    return matter[:MOST_LETTERS]


def _ask_whom(ctx: Context, answers: Answers) -> Prompt:
    del ctx
    return Prompt(texts.ASK_WHOM_NAMED if _PHONE in answers else texts.ASK_WHOM)


def _read_whom(ctx: Context, answers: Answers, said: str) -> Contact:
    """Take a name with or without a phone; a phone may have been said before."""
    del ctx
    contact = contact_in(said)
    if contact is None:
        name = said.strip(report_texts.PUNCTUATION)[:NAME_LENGTH]
        contact = {"name": name, "phone": answers.get(_PHONE)}
    if not contact["name"] or not any(letter.isalpha() for letter in contact["name"]):
        raise UnclearError(texts.WHOM_HINT)
    return contact


def _ask_consent(ctx: Context, answers: Answers) -> Prompt:
    del ctx
    return Prompt(texts.ask_consent(answers["whom"]["name"]), (texts.AGREED, texts.NOT_ASKED))


def _read_consent(ctx: Context, answers: Answers, said: str) -> bool:
    del ctx, answers
    plain = READER.stripped(said)
    if plain in texts.YES_WORDS | YES:
        return True
    if plain in texts.NO_WORDS | NO:
        return False
    raise UnclearError(texts.CONSENT_HINT)


def _refuse(ctx: Context, answers: Answers) -> Reply | None:
    """End kindly without consent, beyond the day's limit, or where the speaker has no post."""
    if answers.get("consent") is False:
        return Reply(text=texts.NO_CONSENT)
    if proxies.is_spent(ctx):
        return Reply(text=texts.SPENT)
    place_id = placing.place_of(answers)[1] if "place" in answers else None
    if place_id is None or proxies.post_for(ctx, place_id):
        return None
    tree = branches.tree_of(ctx.session)
    mine = [branches.place_name(tree, post.organisation_id) for post in proxies.posts(ctx)]
    if not mine:
        return Reply(text=general.NOT_ALLOWED)
    taps = (texts.as_own(answers["matter"]),) if "matter" in answers else ()
    return Reply(text=texts.not_here(order_texts.NAME_JOINT.join(mine)), actions=taps)


def _confirm(ctx: Context, answers: Answers) -> Prompt:
    del ctx
    whom = answers["whom"]
    place, _ = placing.place_of(answers)
    text = texts.summary(
        answers["matter"],
        place,
        order_texts.contact(whom["name"], whom["phone"]),
        len(answers.get(MEDIA, ())),
    )
    return Prompt(text, (report_texts.SUBMIT, report_texts.CHANGE))


def _amend(ctx: Context, answers: Answers, said: str) -> Answers | None:
    """Take in what is said before submitting: a phone, a place, or more about the matter."""
    if READER.stripped(said) in SKIP:
        return answers
    if not says_something(said) or READER.bare_number(said) is not None:
        return None
    rest, contact = without_contact(said)
    if contact:
        name = contact["name"] or answers["whom"]["name"]
        if name != answers["whom"]["name"]:
            answers = {key: value for key, value in answers.items() if key != "consent"}
        answers = {**answers, "whom": {"name": name, "phone": contact["phone"]}}
    inside = places.find(ctx.session, rest, home=proxies.home(ctx))
    if inside.is_exact:
        answers = {**answers, "place": {"text": inside.name, "id": inside.node_id}}
        answers.pop("estate", None)
        rest = rest.replace(inside.text, "", 1).strip(report_texts.PUNCTUATION)
    if says_something(rest):
        answers = {**answers, "matter": f"{answers['matter']}\n{rest}"[:MOST_LETTERS]}
    return answers


def _finish(ctx: Context, answers: Answers) -> Reply:
    place, place_id = placing.place_of(answers)
    whom = answers["whom"]
    report = Report(
        matter=answers["matter"],
        place=place,
        place_id=place_id,
        contact_name=whom["name"],
        contact_phone=whom["phone"],
        media=tuple(answers.get(MEDIA, ())),
    )
    try:
        slip = proxies.submit(ctx, report)
    except RefusedError as refusal:
        return Reply(text=refusal.sentence)
    promise = moments.date_and_hour(slip.promised_at, ctx.policy.timezone)
    return Reply(
        text="\n".join(
            [
                order_texts.received(slip.number, promise),
                texts.slip(slip.number, slip.code, whom["name"]),
            ]
        ),
        actions=(report_texts.progress_of(slip.number),),
    )


conversation: Conversation[Context] = Conversation(
    name="proxy",
    keywords=words.PROXY,
    permission=Permission.PROXY,
    steps=(
        Step("matter", _ask_matter, _read_matter, label=report_texts.MATTER_LABEL),
        *placing.steps(proxies.home, is_inside=True),
        Step("whom", _ask_whom, _read_whom, label=texts.WHOM_LABEL, clears=("consent",)),
        Step("consent", _ask_consent, _read_consent),
    ),
    confirm=_confirm,
    amend=_amend,
    finish=_finish,
    opening=_opening,
    absorb=_absorb,
    refuse=_refuse,
    glued=True,
)
