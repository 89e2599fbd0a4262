"""Who answers for a place: the branch or the community, and those who dispatch there."""

from datetime import date

from sqlalchemy.orm import Session

from storage import organisations, people
from storage.organisations import Place, Tree
from storage.people import Officer
from storage.vocabulary import OrganisationKind, Role

_LADDER = (
    (OrganisationKind.BRANCH, (Role.SECRETARY,)),
    (OrganisationKind.BRANCH, (Role.DEPUTY,)),
    (OrganisationKind.COMMUNITY, (Role.COMMUNITY_WORKER, Role.SECRETARY, Role.DEPUTY)),
)
_OFFICES = tuple({role for _, roles in _LADDER for role in roles})


def responsible(tree: Tree, place_id: int | None, home_id: int | None) -> Place | None:
    """Find who dispatches for a place: its branch, else its community (DESIGN.md 7.2).

    A place that nobody recognised belongs to the community of the resident's home, else to the
    first community there is. None only while the tree has no organisation at all.
    """
    for kind in (OrganisationKind.BRANCH, OrganisationKind.COMMUNITY):
        if place_id is not None and (found := tree.nearest(place_id, kind)):
            return found
    if home_id is not None and (found := tree.nearest(home_id, OrganisationKind.COMMUNITY)):
        return found
    inside = [place for place in tree.places if place.kind is not OrganisationKind.EMPLOYER]
    communities = [place for place in inside if place.kind is OrganisationKind.COMMUNITY]
    return next(iter(communities or inside), None)


def dispatchers(session: Session, tree: Tree, branch_id: int, *, today: date) -> list[Officer]:
    """Find who gets the card: all secretaries of the branch, else its deputies, else the community.

    Where the community has nobody either, whoever dispatches further up the tree is asked.
    """
    ancestors = list(reversed(tree.ancestors(branch_id)))
    officers = people.officers(session, [node.id for node in ancestors], _OFFICES, today=today)
    steps = [
        (node, roles)
        for node in ancestors
        for kind, roles in _LADDER
        if node.kind is kind or (kind is OrganisationKind.COMMUNITY and not _is_branch(node))
    ]
    for node, roles in steps:
        found = [
            officer
            for officer in officers
            if officer.organisation_id == node.id and officer.role in roles
        ]
        if found:
            return found
    return []


def _is_branch(node: Place) -> bool:
    return node.kind is OrganisationKind.BRANCH


def one_level_higher(tree: Tree, branch_id: int) -> Place | None:
    """Find the nearest community above an organisation (itself excluded); None at the top."""
    above = tree.ancestors(branch_id)[:-1]
    communities = [node for node in above if node.kind is OrganisationKind.COMMUNITY]
    return communities[-1] if communities else None


def place_name(tree: Tree, place_id: int) -> str:
    """Name a place from its estate down: what any member may see."""
    shown = (OrganisationKind.ESTATE, OrganisationKind.BUILDING, OrganisationKind.UNIT)
    names = [node.name for node in tree.ancestors(place_id) if node.kind in shown]
    return "".join(names) or tree.by_id[place_id].name


def tree_of(session: Session) -> Tree:
    """Give the tree of organisations."""
    return organisations.tree(session)
