"""A resident reports what is wrong: everything at once or piece by piece, in any order.

Only what is missing is asked. Whatever else is said before the resident submits is taken in: a
phone becomes the contact, a place the place, other words and photos belong to the matter.
"""

from handlers.context import Context
from handlers.conversation import Answers, Conversation, Prompt, Step, UnclearError, never
from handlers.messages import Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import branches, media, places, placing
from handlers.services.contacts import (
    NAME_LENGTH,
    Contact,
    contact_in,
    says_something,
    without_contact,
)
from handlers.services.intake import Report, submit
from handlers.services.moves import RefusedError
from handlers.texts import general, moments, words
from handlers.texts import reports as texts
from handlers.texts.orders import contact as joined
from handlers.texts.orders import received, received_unbound
from handlers.texts.reading import NO, NODS, READER, SKIP, YES
from storage.sealing import unseal
from storage.vocabulary import OrganisationKind

UNASKED = "unasked"
"""Stands in the answers where free words began the report: whether they meant one is open."""

MEDIA = "media"
"""The answer that holds the ids of photos and voices."""

MOST_LETTERS = 2000
"""How much of a matter is taken in."""

_PLACE_ANSWER = 15
_HOMES = frozenset({OrganisationKind.BUILDING, OrganisationKind.UNIT})


def _opening(ctx: Context, said: Said) -> Answers:
    answers: Answers = {}
    if ctx.speaker.contact_sealed is not None:
        phone = unseal(ctx.speaker.contact_sealed)
        answers["contact"] = {"name": ctx.speaker.contact_name, "phone": phone}
    if not said.rest:
        return answers
    matter, contact = without_contact(said.rest)
    if contact:
        answers["contact"] = contact
    inside = places.find(ctx.session, matter, home=ctx.speaker.home_id)
    if inside.node_id is not None and not says_something(matter.replace(inside.text, "", 1)):
        return {**answers, "place": {"text": inside.name, "id": inside.node_id}}
    if matter:
        answers["matter"] = matter[:MOST_LETTERS]
    return _with_place(ctx, answers, matter)


def _absorb(ctx: Context, answers: Answers, text: str) -> Answers:
    """Take in what an answer says besides what it was asked for."""
    if answers.get("meant") and "place" not in answers and READER.stripped(text) not in YES | NODS:
        return _after_meant(ctx, answers, text)
    rest, contact = without_contact(text)
    if contact and "contact" not in answers:
        answers = {**answers, "contact": contact}
    return _with_place(ctx, answers, rest)


def _after_meant(ctx: Context, answers: Answers, text: str) -> Answers:
    """Read what was said instead of a plain yes: where it is, or more about what it is."""
    rest, contact = without_contact(text)
    if contact:
        answers = {**answers, "contact": contact}
    is_place = len(rest) <= _PLACE_ANSWER or places.find(ctx.session, rest, home=None).text
    if says_something(rest) and is_place:
        return {**answers, "place": placing.read_place(ctx, answers, rest, ctx.speaker.home_id)}
    return _amend(ctx, answers, rest) or answers


def _with_place(ctx: Context, answers: Answers, text: str) -> Answers:
    """Find the place inside the matter; assume home where nothing better is known."""
    if "place" in answers or "matter" not in answers:
        return answers
    answers = placing.with_place(ctx, answers, text, ctx.speaker.home_id)
    if "place" not in answers and "area" not in answers and (home := _home(ctx)):
        return {**answers, "place": {**home, "assumed": True}}
    return answers


def _home(ctx: Context) -> dict[str, object] | None:
    """Give the speaker's home where it is a building or a unit."""
    tree = branches.tree_of(ctx.session)
    node = tree.by_id.get(ctx.speaker.home_id or 0)
    if node is None or node.kind not in _HOMES:
        return None
    return {"text": branches.place_name(tree, node.id), "id": node.id}


def _is_unasked(ctx: Context, answers: Answers) -> bool:
    del ctx
    return UNASKED in answers and "matter" in answers and "place" not in answers


def _ask_meant(ctx: Context, answers: Answers) -> Prompt:
    del ctx
    return Prompt(texts.ask_meant(answers["matter"]), texts.MEANT_CHOICES)


def _read_meant(ctx: Context, answers: Answers, said: str) -> bool:
    """Take yes, no, or more about the matter, which means yes."""
    del ctx, answers
    return READER.stripped(said) not in NO | texts.DROP_WORDS


def _not_meant(ctx: Context, answers: Answers) -> Reply | None:
    """Let go of words that were no report; where people sit behind the account, they may help."""
    del ctx
    if answers.get("meant") is False:
        return Reply(text=texts.NOT_MEANT, is_unhandled=True)
    return None


def _ask_matter(ctx: Context, answers: Answers) -> Prompt:
    del ctx
    place = answers.get("place")
    if place and not place.get("assumed"):
        return Prompt(texts.ask_matter_at(place["text"]))
    return Prompt(texts.ASK_MATTER)


def _read_matter(ctx: Context, answers: Answers, said: str) -> str:
    del ctx, answers
    matter, _ = without_contact(said)
    if not says_something(matter):
        raise UnclearError(texts.MATTER_HINT)
    return matter[:MOST_LETTERS]


def _ask_contact(ctx: Context, answers: Answers) -> Prompt:
    del ctx, answers
    return Prompt(texts.ASK_CONTACT)


def _read_contact(ctx: Context, answers: Answers, said: str) -> Contact:
    del ctx, answers
    contact = contact_in(said)
    if contact is None:
        raise UnclearError(texts.CONTACT_HINT)
    return contact


def _amend(ctx: Context, answers: Answers, said: str) -> Answers | None:
    """Take in what is said before submitting: a contact, a place, or more about the matter."""
    plain = READER.stripped(said)
    if plain in texts.DROP_WORDS:
        return {**answers, "meant": False}
    if plain in SKIP:
        return answers
    if not says_something(plain) or READER.bare_number(plain) is not None:
        return None
    rest, contact = without_contact(said)
    if (
        contact
        and len(rest) <= NAME_LENGTH
        and not places.find(ctx.session, rest, home=None).is_exact
    ):
        return {**answers, "contact": contact_in(said)}
    if contact:
        answers = {**answers, "contact": contact}
    inside = places.find(ctx.session, rest, home=ctx.speaker.home_id)
    if inside.is_exact:
        answers = {**answers, "place": {"text": inside.name, "id": inside.node_id}}
        answers.pop("estate", None)
        rest = rest.replace(inside.text, "", 1).strip(texts.PUNCTUATION)
    if says_something(rest):
        matter = f"{answers.get('matter', '')}\n{rest}".strip()
        answers = {**answers, "matter": matter[:MOST_LETTERS]}
    return answers


def _contact_of(answers: Answers) -> Contact:
    return answers.get("contact") or {"name": None, "phone": None}


def _is_at_home(ctx: Context, answers: Answers) -> bool:
    """Say whether the place is the speaker's home because nothing better was said."""
    place = answers["place"]
    return bool(place.get("assumed")) and place["id"] == ctx.speaker.home_id


def _confirm(ctx: Context, answers: Answers) -> Prompt:
    contact = _contact_of(answers)
    place, _ = placing.place_of(answers)
    is_asked = UNASKED in answers and "meant" not in answers
    text = texts.summary(
        answers["matter"],
        place,
        joined(contact["name"], contact["phone"]),
        is_assumed=_is_at_home(ctx, answers),
        is_asked=is_asked,
        media_count=media.count_alive(ctx.session, answers.get(MEDIA, ())),
    )
    choices = (texts.SUBMIT, texts.CHANGE)
    return Prompt(text, (*choices, texts.DROP) if is_asked else choices)


def _finish(ctx: Context, answers: Answers) -> Reply:
    place, place_id = placing.place_of(answers)
    contact = _contact_of(answers)
    report = Report(
        matter=answers["matter"],
        place=place,
        place_id=place_id,
        contact_name=contact["name"],
        contact_phone=contact["phone"],
        media=tuple(answers.get(MEDIA, ())),
    )
    try:
        done = submit(ctx, report)
    except RefusedError as refusal:
        return Reply(text=refusal.sentence)
    text = received(done.number, moments.date_and_hour(done.promised_at, ctx.policy.timezone))
    if ctx.speaker.home_id is None:
        return Reply(
            text=f"{text}\n{received_unbound()}",
            actions=(texts.progress_of(done.number), general.BIND_ACTION),
        )
    return Reply(text=text, actions=(texts.progress_of(done.number),))


conversation: Conversation[Context] = Conversation(
    name="report",
    keywords=words.REPORT,
    permission=Permission.REPORT,
    steps=(
        Step("meant", _ask_meant, _read_meant, when=_is_unasked),
        Step("matter", _ask_matter, _read_matter, label=texts.MATTER_LABEL),
        *placing.steps(lambda ctx: ctx.speaker.home_id),
        Step(
            "contact",
            _ask_contact,
            _read_contact,
            when=never,
            optional=True,
            label=texts.CONTACT_LABEL,
        ),
    ),
    confirm=_confirm,
    amend=_amend,
    finish=_finish,
    opening=_opening,
    absorb=_absorb,
    refuse=_not_meant,
    glued=True,
)
