"""Where something is: the place inside what was said, and the questions about what is missing.

Words that name no estate are read from where the speaker is at home, whatever that means for a
conversation: the home of a resident, the post of somebody who writes for others.
"""

from collections.abc import Callable

from handlers.context import Context
from handlers.conversation import Answers, Prompt, Step, UnclearError
from handlers.messages import Action
from handlers.services import branches, places
from handlers.services.contacts import says_something, without_contact
from handlers.texts import reports as texts

At = Callable[[Context], int | None]
"""Gives the organisation where the speaker is at home."""

_MOST_LETTERS = 200


def with_place(ctx: Context, answers: Answers, text: str, home: int | None) -> Answers:
    """Take the place from a text: a building is enough, an estate leaves open where in it."""
    inside = places.find(ctx.session, text, home=home)
    if inside.is_exact:
        return {**answers, "place": {"text": inside.name, "id": inside.node_id}}
    if inside.node_id is not None:
        return {**answers, "area": {"text": inside.name, "id": inside.node_id}}
    return answers


def read_place(
    ctx: Context, answers: Answers, said: str, home: int | None, *, is_inside: bool = False
) -> dict[str, str | int | None]:
    """Read the answer to where it is; words that no place is known by are kept as they are.

    Args:
        ctx: the turn.
        answers: what is known; an estate is, where only the place inside it is still open.
        said: the answer.
        home: where the speaker is at home.
        is_inside: whether unknown words, too, mean something at home.

    Raises:
        UnclearError: it says nothing.
    """
    said, _ = without_contact(said)
    if not says_something(said):
        raise UnclearError(texts.PLACE_HINT)
    area = answers.get("area")
    inside = places.find(ctx.session, said, home=area["id"] if area else home)
    if inside.node_id is None and area:
        return {"text": f"{area['text']}{said}"[:_MOST_LETTERS], "id": area["id"]}
    if inside.node_id is None and is_inside and home is not None:
        name = branches.place_name(branches.tree_of(ctx.session), home)
        return {"text": f"{name}{said}"[:_MOST_LETTERS], "id": home}
    if inside.node_id is None:
        return {"text": said[:_MOST_LETTERS], "id": None}
    beside = said.replace(inside.text, "", 1).strip(texts.PUNCTUATION)
    return {"text": (inside.name + beside)[:_MOST_LETTERS], "id": inside.node_id}


def place_of(answers: Answers) -> tuple[str, int | None]:
    """Give the place in words and in the tree, once it has been asked for."""
    place, estate = answers["place"], answers.get("estate")
    if estate:
        written = place["text"]
        whole = written if estate["text"] in written else f"{estate['text']}{written}"
        return whole, estate["id"]
    return place["text"], place["id"]


def steps(
    at: At, *, is_inside: bool = False, where: str = texts.ASK_PLACE
) -> tuple[Step[Context], Step[Context]]:
    """Give the questions about the place: where, and in which estate if that is still open.

    ``is_inside`` says that unknown words mean something where the speaker is at home; ``where`` is
    the question, where it is not about a trouble.
    """

    def ask(ctx: Context, answers: Answers) -> Prompt:
        if area := answers.get("area"):
            return Prompt(texts.ask_place_inside(area["text"]))
        home = at(ctx)
        if home is None:
            return Prompt(where)
        name = branches.place_name(branches.tree_of(ctx.session), home)
        return Prompt(where, (Action(texts.at_home(name), name),))

    def read(ctx: Context, answers: Answers, said: str) -> dict[str, str | int | None]:
        return read_place(ctx, answers, said, at(ctx), is_inside=is_inside)

    return (
        Step("place", ask, read, label=texts.PLACE_LABEL, clears=("estate", "area")),
        Step("estate", _ask_estate, _read_estate, when=_estate_is_open),
    )


def _estate_is_open(ctx: Context, answers: Answers) -> bool:
    place = answers.get("place")
    return bool(place and place["id"] is None and places.estates(ctx.session))


def _ask_estate(ctx: Context, answers: Answers) -> Prompt:
    found = places.candidates(ctx.session, answers["place"]["text"])
    choices = tuple(Action(name, name) for name in found)
    return Prompt(texts.ASK_ESTATE, (*choices, texts.SOMEWHERE_ELSE))


def _read_estate(ctx: Context, answers: Answers, said: str) -> dict[str, str | int] | None:
    if said == texts.SOMEWHERE_ELSE.command:
        return None
    node = places.inside_estate(ctx.session, said, answers["place"]["text"])
    if node is None:
        raise UnclearError(texts.ESTATE_HINT)
    return {"text": said, "id": node}
