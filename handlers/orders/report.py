"""A resident reports what is wrong: the matter, the place, a contact, and a last look."""

import re

from handlers.context import Context
from handlers.conversation import Answers, Conversation, Prompt, Step, UnclearError
from handlers.messages import Action, Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import branches, places
from handlers.services.intake import Report, submit
from handlers.services.moves import RefusedError
from handlers.texts import general, moments, words
from handlers.texts import reports as texts
from handlers.texts.orders import contact as joined
from handlers.texts.orders import received, received_unbound
from handlers.texts.reading import NO, READER, YES
from storage.sealing import unseal

_MOST_LETTERS = 2000
_PHONE = re.compile(r"(?<!\d)(?:1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,8})(?!\d)")
_PHONE_BLANKS = re.compile(r"(?<=\d)[\s-]+(?=\d{4})")
_NAME_LENGTH = 16


def _opening(ctx: Context, said: Said) -> Answers:
    answers: Answers = {}
    if said.rest:
        answers["matter"] = said.rest[:_MOST_LETTERS]
        answers = _absorb(ctx, answers, said.rest)
    if ctx.speaker.contact_sealed is not None:
        phone = unseal(ctx.speaker.contact_sealed)
        answers["contact"] = {"name": ctx.speaker.contact_name, "phone": phone}
    return answers


def _absorb(ctx: Context, answers: Answers, text: str) -> Answers:
    """Find the place inside the matter, down to a building at least; else it is asked for."""
    if "place" in answers:
        return answers
    inside = places.find(ctx.session, text, home=ctx.speaker.home_id)
    if inside.is_exact:
        return {**answers, "place": {"text": inside.text, "id": inside.node_id}}
    return answers


def _is_unasked(ctx: Context, answers: Answers) -> bool:
    del ctx
    return texts.UNASKED in answers


def _ask_meant(ctx: Context, answers: Answers) -> Prompt:
    del ctx
    return Prompt(texts.ask_meant(answers["matter"]), texts.MEANT_CHOICES)


def _read_meant(ctx: Context, answers: Answers, said: str) -> bool:
    del ctx, answers
    plain = READER.stripped(said)
    if plain not in YES | NO:
        raise UnclearError(texts.MEANT_HINT)
    return plain in YES


def _not_meant(ctx: Context, answers: Answers) -> Reply | None:
    del ctx
    return Reply(text=texts.NOT_MEANT) if answers.get("meant") is False else None


def _ask_matter(ctx: Context, answers: Answers) -> Prompt:
    del ctx, answers
    return Prompt(texts.ASK_MATTER)


def _read_matter(ctx: Context, answers: Answers, said: str) -> str:
    del ctx, answers
    if not any(letter.isalnum() for letter in said):
        raise UnclearError(texts.MATTER_HINT)
    return said[:_MOST_LETTERS]


def _ask_place(ctx: Context, answers: Answers) -> Prompt:
    del answers
    home = ctx.speaker.home_id
    if home is None:
        return Prompt(texts.ASK_PLACE)
    name = branches.place_name(branches.tree_of(ctx.session), home)
    return Prompt(texts.ASK_PLACE, (Action(texts.at_home(name), name),))


def _read_place(ctx: Context, answers: Answers, said: str) -> dict[str, object]:
    del answers
    if not any(letter.isalnum() for letter in said):
        raise UnclearError(texts.PLACE_HINT)
    inside = places.find(ctx.session, said, home=ctx.speaker.home_id)
    return {"text": said[:200], "id": inside.node_id}


def _estate_is_open(ctx: Context, answers: Answers) -> bool:
    place = answers.get("place")
    return bool(place and place["id"] is None and places.estates(ctx.session))


def _ask_estate(ctx: Context, answers: Answers) -> Prompt:
    found = places.candidates(ctx.session, answers["place"]["text"])
    choices = tuple(Action(name, name) for name in found)
    return Prompt(texts.ASK_ESTATE, (*choices, texts.SOMEWHERE_ELSE))


def _read_estate(ctx: Context, answers: Answers, said: str) -> dict[str, object] | None:
    if said == texts.SOMEWHERE_ELSE.command:
        return None
    node = places.inside_estate(ctx.session, said, answers["place"]["text"])
    if node is None:
        raise UnclearError(texts.ESTATE_HINT)
    return {"text": said, "id": node}


def _ask_contact(ctx: Context, answers: Answers) -> Prompt:
    del ctx, answers
    return Prompt(texts.ASK_CONTACT)


def _read_contact(ctx: Context, answers: Answers, said: str) -> dict[str, object]:
    del ctx, answers
    plain = _PHONE_BLANKS.sub("", said)
    phone = _PHONE.search(plain)
    if phone is None:
        raise UnclearError(texts.CONTACT_HINT)
    name = _PHONE.sub(" ", plain).strip(texts.PUNCTUATION)  # kept in clear: no second phone in it
    return {"name": name[:_NAME_LENGTH] or None, "phone": phone.group().replace("-", "")}


def _place_words(answers: Answers) -> tuple[str, int | None]:
    place, estate = answers["place"], answers.get("estate")
    if estate:
        written = place["text"]
        whole = written if estate["text"] in written else f"{estate['text']} {written}"
        return whole, estate["id"]
    return place["text"], place["id"]


def _confirm(ctx: Context, answers: Answers) -> str:
    del ctx
    contact = answers["contact"] or {"name": None, "phone": None}
    place, _ = _place_words(answers)
    return texts.summary(answers["matter"], place, joined(contact["name"], contact["phone"]))


def _finish(ctx: Context, answers: Answers) -> Reply:
    place, place_id = _place_words(answers)
    contact = answers["contact"] or {"name": None, "phone": None}
    try:
        done = submit(
            ctx,
            Report(
                matter=answers["matter"],
                place=place,
                place_id=place_id,
                contact_name=contact["name"],
                contact_phone=contact["phone"],
            ),
        )
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
        Step("matter", _ask_matter, _read_matter),
        Step("place", _ask_place, _read_place),
        Step("estate", _ask_estate, _read_estate, when=_estate_is_open),
        Step("contact", _ask_contact, _read_contact, optional=True),
    ),
    confirm=_confirm,
    finish=_finish,
    opening=_opening,
    absorb=_absorb,
    refuse=_not_meant,
    glued=True,
)
