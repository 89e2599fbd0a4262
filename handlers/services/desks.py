"""Whose desk is whose: the subtrees in which somebody dispatches, and what is open there."""

from collections.abc import Iterable

from handlers.context import Context
from handlers.rules.permissions import GRANTS, Permission, Post, serving
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
    return outermost(post.path for post in posts if Permission.DISPATCH in GRANTS[post.role])


def outermost(paths: Iterable[str]) -> list[str]:
    """Leave out the subtrees that lie inside another one."""
    every = set(paths)
    return sorted(
        path
        for path in every
        if not any(other != path and path.startswith(other) for other in every)
    )


def served(posts: Iterable[Post]) -> list[str]:
    """Give the paths of all that these posts serve: where they are, and whatever is above."""
    return upwards(post.path for post in posts if serving((post,), "/"))


def upwards(paths: Iterable[str]) -> list[str]:
    """Give these paths and those of everything above them."""
    parts = [path.split("/")[:-1] for path in paths]
    return sorted({"/".join(one[:n]) + "/" for one in parts for n in range(2, len(one) + 1)})


def open_orders(ctx: Context) -> list[Found]:
    """Give what is open on the speaker's desk, most urgent first (at most 500 a subtree)."""
    found = [
        one for path in of(ctx.posts) for one in orders.below(ctx.session, path, STATES, most=_MOST)
    ]
    return sorted(
        found,
        key=lambda one: rank(
            Standing(
                one.order.status,
                one.order.is_flagged,
                one.order.promised_at,
                one.order.overdue_at,
            ),
            now=ctx.now,
        ),
    )
