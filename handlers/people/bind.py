"""A resident says where home is, by digits from the tree or in words."""

from handlers.context import Context
from handlers.conversation import Answers, Conversation, Prompt, Step, UnclearError
from handlers.messages import Action, Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import branches, places
from handlers.texts import general, words
from handlers.texts import people as texts
from handlers.texts.reading import READER
from storage import people
from storage.organisations import Place
from storage.vocabulary import OrganisationKind

_ESTATES = frozenset({OrganisationKind.ESTATE})
_BUILDINGS = frozenset({OrganisationKind.BUILDING})
_UNITS = frozenset({OrganisationKind.UNIT})


def _below(ctx: Context, node: int | None, kinds: frozenset[OrganisationKind]) -> list[Place]:
    return branches.tree_of(ctx.session).children(node, kinds)


def _opening(ctx: Context, said: Said) -> Answers:
    if not said.rest:
        return {}
    found = places.find(ctx.session, said.rest, home=None)
    if found.node_id is None:
        return {}
    answers = _down_to(ctx, found.node_id)
    return answers if "estate" in answers else {}


def _down_to(ctx: Context, place: int) -> Answers:
    """Give the estate, building and unit in which a place lies, as far as they are known."""
    tree = branches.tree_of(ctx.session)
    answers: Answers = {}
    for key, kind in (
        ("estate", OrganisationKind.ESTATE),
        ("building", OrganisationKind.BUILDING),
        ("unit", OrganisationKind.UNIT),
    ):
        node = tree.nearest(place, kind)
        if node is not None:
            answers[key] = node.id
    return answers


def _absorb(ctx: Context, answers: Answers, text: str) -> Answers:
    """Take the building and the unit along where the answer names them; a bare digit does not."""
    if READER.bare_number(text) is not None:
        return answers
    found = places.find(ctx.session, text, home=answers["estate"])
    if found.node_id is None:
        return answers
    return _down_to(ctx, found.node_id) | answers


def _choose(ctx: Context, above: int | None, kinds: frozenset[OrganisationKind], said: str) -> int:
    for node in _below(ctx, above, kinds):
        if said == node.name:
            return node.id
    found = places.find(ctx.session, said, home=above)
    if found.node_id is not None:
        for node in branches.tree_of(ctx.session).ancestors(found.node_id):
            if node.kind in kinds:
                return node.id
    raise UnclearError(texts.CHOOSE_FROM_LIST)


def _prompt(text: str, nodes: list[Place]) -> Prompt:
    return Prompt(text, tuple(Action(node.name, node.name) for node in nodes))


def _ask_estate(ctx: Context, answers: Answers) -> Prompt:
    del answers
    return _prompt(texts.ASK_HOME_ESTATE, _below(ctx, None, _ESTATES))


def _read_estate(ctx: Context, answers: Answers, said: str) -> int:
    del answers
    return _choose(ctx, None, _ESTATES, said)


def _has_buildings(ctx: Context, answers: Answers) -> bool:
    return "estate" in answers and bool(_below(ctx, answers["estate"], _BUILDINGS))


def _ask_building(ctx: Context, answers: Answers) -> Prompt:
    return _prompt(texts.ASK_HOME_BUILDING, _below(ctx, answers["estate"], _BUILDINGS))


def _read_building(ctx: Context, answers: Answers, said: str) -> int:
    return _choose(ctx, answers["estate"], _BUILDINGS, said)


def _has_units(ctx: Context, answers: Answers) -> bool:
    return answers.get("building") is not None and bool(_below(ctx, answers["building"], _UNITS))


def _ask_unit(ctx: Context, answers: Answers) -> Prompt:
    return _prompt(texts.ASK_HOME_UNIT, _below(ctx, answers["building"], _UNITS))


def _read_unit(ctx: Context, answers: Answers, said: str) -> int:
    return _choose(ctx, answers["building"], _UNITS, said)


def _refuse(ctx: Context, answers: Answers) -> Reply | None:
    del answers
    return None if _below(ctx, None, _ESTATES) else Reply(text=texts.NO_ESTATES)


def _finish(ctx: Context, answers: Answers) -> Reply:
    home = answers.get("unit") or answers.get("building") or answers["estate"]
    people.bind_home(ctx.session, ctx.speaker.person_id, home)
    ctx.speaker.home_id = home
    name = branches.place_name(branches.tree_of(ctx.session), home)
    return Reply(text=texts.bound(name), actions=(general.REPORT_ACTION,))


conversation: Conversation[Context] = Conversation(
    name="bind",
    keywords=words.BIND,
    permission=Permission.BIND,
    steps=(
        Step("estate", _ask_estate, _read_estate),
        Step("building", _ask_building, _read_building, when=_has_buildings, optional=True),
        Step("unit", _ask_unit, _read_unit, when=_has_units, optional=True),
    ),
    finish=_finish,
    opening=_opening,
    absorb=_absorb,
    refuse=_refuse,
)
