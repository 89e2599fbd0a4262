"""The street's morning list: what has waited twice as long as it may, community by community."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Policy
from handlers.messages import Notice
from handlers.rules.clocks import Stage, Town
from handlers.services import branches, cards, notices
from handlers.texts import clocks as texts
from handlers.texts import orders as order_texts
from storage import briefings
from storage import clocks as store
from storage.clocks import Late
from storage.organisations import Tree
from storage.vocabulary import BriefingKind, NoticeKind, OrganisationKind, Role

_CHUNK = 100
_COMMUNITIES = 6
_HEADS = 2
_TAPS = 3


def tell(session: Session, *, now: datetime, policy: Policy) -> tuple[int, int]:
    """Write the list for some who have not had it today; gives how many people and notices.

    Nobody is told of nothing. Zero people: it is not the time, or all have been looked after.
    """
    day = Town(policy.timezone, policy.calendar).street_day(now)
    if day is None:
        return 0, 0
    posts = briefings.claim(
        session, BriefingKind.STREET, day, (Role.STREET_WORKER,), now=now, most=_CHUNK
    )
    if not posts:
        return 0, 0
    late = store.late(session, Stage.STREET)
    tree = branches.tree_of(session)
    readers: dict[tuple[str, ...], list[int]] = {}
    for person_id, paths in posts.items():
        readers.setdefault(tuple(sorted(paths)), []).append(person_id)
    written = [
        _list(session, tree, theirs, to)
        for paths, to in readers.items()
        if (theirs := [one for one in late if one.path.startswith(paths)])
    ]
    notices.post(session, written, now=now)
    return len(posts), len(written)


def _list(session: Session, tree: Tree, late: Sequence[Late], to: Sequence[int]) -> Notice:
    communities: dict[str, list[int]] = {}
    for one in late:
        community = tree.nearest(one.branch_id, OrganisationKind.COMMUNITY)
        name = (community or tree.by_id[one.branch_id]).name
        communities.setdefault(name, []).append(one.number)
    shown = list(communities.items())[:_COMMUNITIES]
    named = [number for _, numbers in shown for number in numbers[:_HEADS]]
    heads = {
        found.order.id: order_texts.head(found.order.id, cards.public_matter(found))
        for found in briefings.these(session, named)
    }
    return Notice(
        kind=NoticeKind.BRIEFING,
        title=texts.street_title(len(late)),
        text=texts.street_list(
            [
                (name, len(numbers), [heads[number] for number in numbers[:_HEADS]])
                for name, numbers in shown
            ],
            len(communities) - len(shown),
        ),
        actions=tuple(order_texts.progress_action(number) for number in named[:_TAPS]),
        recipients=tuple(to),
    )
