"""Words pass between the resident and whoever serves, and nobody needs the other's number.

The resident's words go to those who hold the order, or finished it and wait for the resident's
answer; while nobody does, to those who dispatch. Theirs go to the resident at once, without the
numbers in them: a person waits at the other end, which is why this one kind of news is pushed
besides those of DESIGN.md 5.
"""

from dataclasses import dataclass

from handlers.context import Context
from handlers.messages import Notice
from handlers.rules import masking
from handlers.rules.permissions import Permission, Post, reaching, serving
from handlers.services import branches, cards, moves
from handlers.services.moves import LostError
from handlers.texts import leavings
from handlers.texts import orders as order_texts
from handlers.texts import talks as texts
from storage import histories, orders
from storage.orders import Found
from storage.vocabulary import NoticeKind, OrderAction, OrderStatus

_HEARD = frozenset(
    {
        OrderStatus.SUBMITTED,
        OrderStatus.NEED_INFO,
        OrderStatus.DISPATCHED,
        OrderStatus.TAKEN,
        OrderStatus.DONE,
    }
)


@dataclass(frozen=True, slots=True)
class Route:
    """Who gets somebody's words about an order, and as whose they are shown."""

    speaker: str
    names: str
    recipients: tuple[int, ...]
    post: Post | None
    is_to_desk: bool = False
    is_to_resident: bool = False


def route(ctx: Context, found: Found) -> Route | None:
    """Find whom the speaker's words are for; None: the speaker has no part in the order."""
    order = found.order
    if order.reporter_id == ctx.speaker.person_id:
        return _to_those_who_serve(ctx, found)
    post = reaching(ctx.posts, Permission.DISPATCH, found.branch_path)
    finisher = _finisher(ctx, found)
    is_serving = found.is_held_by(ctx.speaker.person_id) or (
        finisher is not None and finisher[0] == ctx.speaker.person_id
    )
    if post is None and not is_serving:
        return None
    own = serving(ctx.posts, found.branch_path) if is_serving else post
    name = moves.who(ctx, own or post)
    return Route(name, texts.RESIDENT, (order.reporter_id,), own or post, is_to_resident=True)


def _to_those_who_serve(ctx: Context, found: Found) -> Route:
    people = [(holder.id, holder.name) for holder in found.holders]
    if not people and (finisher := _finisher(ctx, found)):
        people = [finisher]
    if people:
        names = leavings.together([name for _, name in people])
        return Route(texts.RESIDENT, names, tuple(person for person, _ in people), None)
    officers = branches.dispatchers(
        ctx.session, branches.tree_of(ctx.session), found.order.branch_id, today=ctx.today
    )
    ids = tuple(officer.person_id for officer in officers)
    return Route(texts.RESIDENT, found.branch_name, ids, None, is_to_desk=True)


def _finisher(ctx: Context, found: Found) -> tuple[int, str | None] | None:
    if found.order.status is not OrderStatus.DONE:
        return None
    return orders.last_finisher(ctx.session, found.order.id)


def is_heard(found: Found) -> bool:
    """Say whether anybody still waits for words about the order."""
    return found.order.status in _HEARD


def send(ctx: Context, found: Found, route: Route, words: str) -> str:
    """Pass words on and give them as the other side reads them.

    Raises:
        LostError: the order has moved on, perhaps into other hands.
    """
    if not histories.is_unchanged(ctx.session, found.order):
        raise LostError
    shown = masking.phones(words) if route.is_to_resident else words
    number = found.order.id
    step = ctx.step(OrderAction.MESSAGE, route.post)
    orders.record(ctx.session, number, step, words=words)
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_MESSAGE,
            order_id=number,
            title=order_texts.head(number, cards.public_matter(found)),
            text=texts.received(route.speaker, shown),
            actions=(texts.answer_action(number),),
            recipients=route.recipients,
        )
    )
    return shown
