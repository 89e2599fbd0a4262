"""What the desk does besides dispatching: take an order back, or do it itself.

Asking the resident has a room of its own (``questions``), and so have refusing (``refusals``) and
undoing (``reversals``).
"""

from collections.abc import Sequence

from handlers.context import Context
from handlers.messages import Notice
from handlers.rules import orders as rules
from handlers.rules.permissions import GRANTS, Permission, Post, reaching
from handlers.services import branches, cards, desks, digests, media
from handlers.services.moves import RefusedError, barred, move, read, who
from handlers.services.pool import is_wish
from handlers.texts import corrections as texts
from handlers.texts import dispatch as dispatch_texts
from handlers.texts import orders as order_texts
from handlers.texts import wishes as wish_texts
from storage import notices as deliveries
from storage import offers, orders
from storage.orders import Found
from storage.vocabulary import (
    AssignmentStatus,
    DispatchMode,
    NoticeKind,
    OrderAction,
    OrderStatus,
)


def on_desk(ctx: Context, statuses: Sequence[OrderStatus]) -> list[Found]:
    """Give the orders of the speaker's desks in certain states, most urgent first."""
    most = ctx.policy.list_length
    paths = desks.of(ctx.posts)
    found = [one for path in paths for one in orders.below(ctx.session, path, statuses, most=most)]
    return found[:most]


def around(ctx: Context, statuses: Sequence[OrderStatus]) -> list[Found]:
    """Give the orders at the places of a steward who dispatches nothing, most urgent first."""
    tree = branches.tree_of(ctx.session)
    homes = [
        post.path
        for post in ctx.posts
        if Permission.HANDLE in GRANTS[post.role] and Permission.DISPATCH not in GRANTS[post.role]
    ]
    places = [place.id for place in tree.places if place.path.startswith(tuple(homes))]
    if not places:
        return []
    found = orders.at_places(ctx.session, places, statuses, most=ctx.policy.list_length)
    return [one for one in found if not one.order.is_flagged]


def handling_post(ctx: Context, found: Found) -> Post | None:
    """Find the post by which the speaker may do an order without being asked (DESIGN.md 7.10).

    Who dispatches reaches down to the branch. A steward's post reaches down to the place, until
    the order was sent a level higher: then only those who dispatch there decide.
    """
    above = reaching(ctx.posts, Permission.HANDLE, found.branch_path)
    if above is not None or found.order.is_flagged or found.order.place_id is None:
        return above
    place = branches.tree_of(ctx.session).by_id.get(found.order.place_id)
    return reaching(ctx.posts, Permission.HANDLE, place.path) if place else None


def recall(ctx: Context, found: Found, post: Post, reason: str) -> None:
    """Take an order back from those who were asked, and from whoever has it (DESIGN.md 7.6).

    Raises:
        IllegalTransitionError: nobody has it or is asked.
        LostError: the order has moved on.
    """
    offered = offers.awaited(ctx.session, found.order.id)
    move(
        ctx,
        found,
        OrderAction.RECALL,
        post,
        details={"people": sorted(offered)} | ({"reason": reason} if reason else {}),
        dispatch_mode=None,
        wave=0,
    )
    revoke_offers(ctx, found)
    orders.end_assignments(
        ctx.session,
        found.order.id,
        was=AssignmentStatus.ACCEPTED,
        becomes=AssignmentStatus.REVOKED,
        now=ctx.now,
        reason=reason or None,
    )
    tell(
        ctx,
        found,
        texts.recalled_for_holder(found.order.id, reason),
        to=[holder.id for holder in found.holders],
    )
    if found.holders:
        tell(ctx, found, texts.recalled_for_resident(found.order.id), to=[found.order.reporter_id])


def handle(ctx: Context, found: Found, post: Post) -> None:
    """Make the speaker the holder; whoever was asked is not needed any more.

    Who has taken a seat before comes along; the other seats are not needed either.

    Raises:
        RefusedError: it is the speaker's own order, one that came back after them, or given to
            somebody by name by those who dispatch.
        IllegalTransitionError: somebody has the order, or it is over.
        LostError: the order has moved on.
    """
    person = ctx.speaker.person_id
    if found.order.reporter_id == person:
        raise RefusedError(wish_texts.OWN_WISH if is_wish(found.order) else order_texts.OWN_ORDER)
    if found.is_held_by(person):
        raise RefusedError(order_texts.YOURS_ALREADY)
    rules.after(found.order.status, OrderAction.HANDLE)
    offered = offers.awaited(ctx.session, found.order.id)
    is_steward = Permission.DISPATCH not in GRANTS[post.role]
    is_named = found.order.dispatch_mode is DispatchMode.NAMED
    if is_steward and is_named and person not in offered:
        raise RefusedError(order_texts.named_only(found.order.id))
    if person in barred(ctx.session, found):
        raise RefusedError(order_texts.NOT_AFTER_REOPENING)
    move(
        ctx,
        found,
        OrderAction.HANDLE,
        post,
        details={"people": sorted(offered)},
        seats=len(found.holders) + 1,
    )
    orders.accept(ctx.session, found.order.id, person, now=ctx.now)
    revoke_offers(ctx, found)
    media.show(ctx, found, to=(person,))
    digests.note_taken(ctx, found, ctx.speaker.name or "")
    if found.holders:
        everybody = read(ctx.session, found.order.id).holder_name or ""
        tell(
            ctx,
            found,
            dispatch_texts.settled_for_holders(found.order.id, everybody),
            to=[holder.id for holder in found.holders],
        )
    claimed = wish_texts.somebody_claimed
    announce = claimed if is_wish(found.order) else order_texts.somebody_comes
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_TAKEN,
            order_id=found.order.id,
            title=order_texts.head(found.order.id, found.order.matter),
            text=announce(found.order.id, who(ctx, post)),
            recipients=(found.order.reporter_id,),
        )
    )


def revoke_offers(ctx: Context, found: Found) -> None:
    """Withdraw every open offer: what was not seen yet never comes, cards say what is true."""
    orders.end_assignments(
        ctx.session,
        found.order.id,
        was=AssignmentStatus.OFFERED,
        becomes=AssignmentStatus.REVOKED,
        now=ctx.now,
    )
    deliveries.revoke_due(ctx.session, found.order.id, NoticeKind.ORDER_OFFERED)


def tell(ctx: Context, found: Found, text: str, *, to: Sequence[int]) -> None:
    """Tell others that something they knew of an order is different now; never the speaker."""
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_CHANGED,
            order_id=found.order.id,
            title=order_texts.head(found.order.id, cards.public_matter(found)),
            text=text,
            recipients=tuple(person for person in to if person != ctx.speaker.person_id),
        )
    )
