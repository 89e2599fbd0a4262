"""A month's orders as the street's ledger lists them: when each step was made, by which post.

Nothing here names a resident.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from storage.models import Order, OrderEvent, Organisation
from storage.vocabulary import OrderAction, OrderStatus, Role

_CHUNK = 500
_TAKEN = (OrderAction.TAKE, OrderAction.JOIN, OrderAction.HANDLE)
_HELD = frozenset({OrderStatus.TAKEN, OrderStatus.DONE, OrderStatus.CLOSED})


@dataclass(frozen=True, slots=True)
class Entry:
    """One order: its row, its branch, its steps, and the post of whoever held it last."""

    order: Order
    branch: str
    dispatched_at: datetime | None = None
    taken_at: datetime | None = None
    finished_at: datetime | None = None
    post: tuple[Role | None, str | None] | None = field(default=None)


_select_orders = (
    select(Order, Organisation.name)
    .join(Organisation, Organisation.id == Order.branch_id)
    .where(
        Order.submitted_at >= bindparam("since"),
        Order.submitted_at < bindparam("until"),
        Order.id > bindparam("above"),
        Organisation.path.like(bindparam("prefix")),
    )
    .order_by(Order.id)
    .limit(_CHUNK)
)
_select_steps = (
    select(OrderEvent.order_id, OrderEvent.action, func.min(OrderEvent.at), func.max(OrderEvent.at))
    .where(
        OrderEvent.order_id.in_(bindparam("numbers", expanding=True)),
        OrderEvent.action.in_((OrderAction.DISPATCH, OrderAction.FINISH, *_TAKEN)),
    )
    .group_by(OrderEvent.order_id, OrderEvent.action)
)
_select_posts = (
    select(OrderEvent.order_id, OrderEvent.role, Organisation.name)
    .outerjoin(Organisation, Organisation.id == OrderEvent.organisation_id)
    .where(
        OrderEvent.order_id.in_(bindparam("numbers", expanding=True)),
        OrderEvent.action.in_(_TAKEN),
    )
    .order_by(OrderEvent.id)
)


def path_of(session: Session, code: str) -> str | None:
    """Give the path of an organisation by its code."""
    return session.execute(
        select(Organisation.path).where(Organisation.code == code)
    ).scalar_one_or_none()


def entries(session: Session, *, since: datetime, until: datetime, path: str) -> Iterator[Entry]:
    """Give the orders that were placed in a span below an organisation, by number."""
    above = 0
    while True:
        span = {"since": since, "until": until, "above": above, "prefix": path + "%"}
        rows = [(order, branch) for order, branch in session.execute(_select_orders, span)]
        if not rows:
            return
        yield from _with_steps(session, rows)
        above = rows[-1][0].id
        session.expunge_all()


def _with_steps(session: Session, rows: Sequence[tuple[Order, str]]) -> Iterator[Entry]:
    numbers = {"numbers": [order.id for order, _ in rows]}
    first: dict[tuple[int, OrderAction], datetime] = {}
    last: dict[tuple[int, OrderAction], datetime] = {}
    for number, action, begins, ends in session.execute(_select_steps, numbers):
        first[number, action], last[number, action] = begins, ends
    posts = {number: (role, name) for number, role, name in session.execute(_select_posts, numbers)}
    for order, branch in rows:
        is_held = order.status in _HELD
        taken = [last[order.id, action] for action in _TAKEN if (order.id, action) in last]
        yield Entry(
            order,
            branch,
            dispatched_at=first.get((order.id, OrderAction.DISPATCH)),
            taken_at=max(taken) if taken and is_held else None,
            finished_at=last.get((order.id, OrderAction.FINISH)) if is_held else None,
            post=posts.get(order.id) if is_held else None,
        )
