"""Finds the place that somebody means in this deployment's tree."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from handlers.rules.places import Gazetteer, Node
from handlers.services import branches
from handlers.texts.places import VOCABULARY
from storage.organisations import Tree
from storage.vocabulary import OrganisationKind

_MOST_CHOICES = 9
_EXACT = frozenset({OrganisationKind.BUILDING, OrganisationKind.UNIT})
_gazetteers: "WeakKeyDictionary[Tree, Gazetteer]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Inside:
    """The place inside a text.

    Attributes:
        node_id: the deepest certain node; None when nothing is certain.
        is_exact: whether it is a building or a unit, so that nothing has to be asked.
        name: the certain place in full, with the room if one was said; empty without a node.
        text: the words of the text that are the place; empty when none are.
    """

    node_id: int | None
    is_exact: bool
    name: str
    text: str


def find(session: Session, text: str, *, home: int | None) -> Inside:
    """Find the place inside a text; ``home`` decides where the text names no estate."""
    tree = branches.tree_of(session)
    found = _gazetteer(tree).match(text, home=home)
    words = text[slice(*found.span)] if found.span else ""
    if found.node_id is None:
        return Inside(None, is_exact=False, name="", text=words)
    node = tree.by_id[found.node_id]
    name = branches.place_name(tree, node.id) + found.room
    return Inside(node.id, is_exact=node.kind in _EXACT, name=name, text=words)


def candidates(session: Session, text: str) -> list[str]:
    """Name the estates that a text may mean; all of them when it gives no hint."""
    tree = branches.tree_of(session)
    found = _gazetteer(tree).match(text, home=None)
    meant = [tree.nearest(node, OrganisationKind.ESTATE) for node in found.candidates]
    names = dict.fromkeys(estate.name for estate in meant if estate)
    return list(names or dict.fromkeys(estates(session)))[:_MOST_CHOICES]


def estates(session: Session) -> list[str]:
    """Name all estates."""
    tree = branches.tree_of(session)
    return [place.name for place in tree.places if place.kind is OrganisationKind.ESTATE]


def inside_estate(session: Session, estate: str, text: str) -> int | None:
    """Find the place that a text means inside the named estate, at least the estate itself."""
    gazetteer = _gazetteer(branches.tree_of(session))
    whole = gazetteer.match(f"{estate}{text}", home=None)
    if whole.node_id is not None:
        return whole.node_id
    return gazetteer.match(estate, home=None).node_id


def _gazetteer(tree: Tree) -> Gazetteer:
    known = _gazetteers.get(tree)
    if known is None:
        nodes = (Node(place.id, place.name, place.kind, place.path) for place in tree.places)
        known = _gazetteers[tree] = Gazetteer(nodes, VOCABULARY)
    return known
