"""What is open to be taken: by the speaker, or by anybody who serves a place."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.messages import Action
from handlers.services import branches, cards, desks
from handlers.texts import orders as texts
from storage import orders
from storage.orders import Found
from storage.organisations import Tree
from storage.vocabulary import OrganisationKind

_NOBODY = 0  # no row has this id: an order is left out for nobody's sake
_LOOKED_AT = 50


def takeable(ctx: Context, *, besides: int | None = None) -> list[Found]:
    """Give what the speaker could take: offered by name, or open to the branches served."""
    found = orders.takeable(
        ctx.session,
        ctx.speaker.person_id,
        desks.served(ctx.posts),
        most=ctx.policy.list_length,
    )
    return [order for order in found if order.order.id != besides]


def menu(found: Iterable[Found]) -> tuple[Action, ...]:
    """Offer each to be taken, as whoever does not hold it may read it."""
    return tuple(
        Action(
            texts.take_label(one.order.id, cards.public_matter(one), one.order.place_name),
            texts.take_action(one.order.id).command,
        )
        for one in found
    )


def neighbourhood(tree: Tree, path: str, home_id: int | None) -> int | None:
    """Give the estate where a member lives, else the one in which the post at ``path`` lies."""
    post_id = int(path.rstrip("/").rpartition("/")[2])
    for node_id in (home_id, post_id):
        if node_id is not None and (found := tree.nearest(node_id, OrganisationKind.ESTATE)):
            return found.id
    return None


def nearest_first(
    tree: Tree, found: Iterable[Found], estate_id: int | None, chosen: Iterable[int] = ()
) -> list[Found]:
    """Put what was chosen for the day first, then what lies in the own estate."""
    picks = list(chosen)

    def rank(one: Found) -> tuple[bool, bool]:
        place = one.order.place_id
        estate = tree.nearest(place, OrganisationKind.ESTATE) if place is not None else None
        is_near = estate is not None and estate.id == estate_id
        return one.order.id not in picks, not is_near

    return sorted(found, key=rank)


def near(session: Session, path: str, estate_id: int | None, chosen: Iterable[int]) -> list[Found]:
    """Give the reports open to any member with a post at ``path``, those nearby first."""
    found = orders.takeable(session, _NOBODY, desks.upwards((path,)), most=_LOOKED_AT)
    return nearest_first(branches.tree_of(session), found, estate_id, chosen)
