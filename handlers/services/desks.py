"""Whose desk is whose: the subtrees in which somebody dispatches, and what is open there."""

from collections.abc import Iterable

from handlers.context import Context
from handlers.rules.permissions import GRANTS, Permission, Post
from handlers.rules.urgency import Standing, rank
from storage import orders
from storage.orders import Found
from storage.vocabulary import OrderStatus

STATES = (
    OrderStatus.SUBMITTED,
    OrderStatus.NEED_INFO,
    OrderStatus.DISPATCHED,
    OrderStatus.TAKEN,
    OrderStatus.DONE,
)
_MOST = 500


def of(posts: Iterable[Post]) -> list[str]:
    """Give the paths of the subtrees in which these posts dispatch, none inside another."""
    paths = {post.path for post in posts if Permission.DISPATCH in GRANTS[post.role]}
    return sorted(
        path
        for path in paths
        if not any(other != path and path.startswith(other) for other in paths)
    )


def open_orders(ctx: Context) -> list[Found]:
    """Give what is open on the speaker's desk, most urgent first (at most 500 a subtree)."""
    found = [
        one for path in of(ctx.posts) for one in orders.below(ctx.session, path, STATES, most=_MOST)
    ]
    return sorted(
        found,
        key=lambda one: rank(
            Standing(one.order.status, one.order.is_flagged, one.order.promised_at), now=ctx.now
        ),
    )
