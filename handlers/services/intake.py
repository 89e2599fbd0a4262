"""A matter becomes an order: stored, promised, and laid before those who dispatch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.context import Context
from handlers.rules import classes, clocks, masking
from handlers.rules.permissions import Post
from handlers.services import branches, cards, media, moves, pool, recommendations
from handlers.services.moves import RefusedError
from handlers.texts import orders as texts
from handlers.texts.clocks import CLASS_WORDS
from handlers.texts.reading import DANGER
from storage import orders, people, wishes
from storage.media import Item
from storage.orders import Found
from storage.sealing import seal
from storage.vocabulary import OrderAction, OrderKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a resident said: the matter, the place in their words and in the tree, a contact.

    ``media`` are the ids of photos and voices that came with it. With ``wish`` it is a wish.
    """

    matter: str
    place: str
    place_id: int | None
    contact_name: str | None = None
    contact_phone: str | None = None
    media: tuple[int, ...] = ()
    wish: wishes.Draft | None = None


@dataclass(frozen=True, slots=True)
class Proxy:
    """Who writes a report down for somebody else, by which post, and the code on the paper slip."""

    person_id: int
    code: str
    post: Post


@dataclass(frozen=True, slots=True)
class Submitted:
    """A new order's number and promise."""

    number: int
    promised_at: datetime


def submit(
    ctx: Context, report: Report, *, parent: Found | None = None, proxy: Proxy | None = None
) -> Submitted:
    """Place a report, tell those who dispatch, and promise a time (DESIGN.md 7.1, 7.2).

    Raises:
        RefusedError: the deployment has no organisation that could answer for it.
    """
    tree = branches.tree_of(ctx.session)
    home = proxy.post.organisation_id if proxy else ctx.speaker.home_id
    branch = branches.responsible(tree, report.place_id, home)
    if branch is None:
        raise RefusedError(texts.NOBODY_TO_OFFER)
    kind = OrderKind.WISH if report.wish else OrderKind.REPORT
    matter_class = classes.class_of(kind, report.matter, CLASS_WORDS, DANGER)
    promised_at = clocks.promise(matter_class, ctx.now)
    public = (
        branches.place_name(tree, report.place_id)
        if report.place_id is not None
        else masking.door(report.place)
    )
    proxy_id, slip = _written_down(proxy, parent)
    number = orders.add(
        ctx.session,
        kind=kind,
        matter=report.matter,
        place=report.place,
        place_name=public,
        place_id=report.place_id,
        branch_id=branch.id,
        reporter_id=parent.order.reporter_id if parent else ctx.speaker.person_id,
        contact_name=report.contact_name,
        contact_sealed=seal(report.contact_phone) if report.contact_phone else None,
        parent_id=parent.order.id if parent else None,
        proxy_id=proxy_id,
        slip=slip,
        submitted_at=ctx.now,
        promised_at=promised_at,
        matter_class=matter_class,
        leg_at=ctx.now,
    )
    if report.wish:
        wishes.add(ctx.session, number, report.wish)
    step = ctx.step(OrderAction.SUBMIT, proxy.post if proxy else None)
    orders.record(ctx.session, number, step, **({"consent": True} if proxy else {}))
    media.bind(ctx.session, report.media, number)
    is_own = proxy_id is None
    if is_own and report.contact_phone and ctx.speaker.contact_sealed is None:
        people.remember_contact(
            ctx.session, ctx.speaker.person_id, report.contact_name, seal(report.contact_phone)
        )
    found = moves.read(ctx.session, number)
    moves.set_clock(ctx.session, found.order)
    enclosed = media.of_order(ctx.session, number) if report.media else []
    ask_to_dispatch(ctx, found, reopened=False, enclosed=enclosed)
    return Submitted(number, promised_at)


def _written_down(proxy: Proxy | None, parent: Found | None) -> tuple[int | None, str | None]:
    """Say who wrote a report down for somebody else, and its code; a linked order keeps both."""
    if proxy:
        return proxy.person_id, proxy.code
    return (parent.order.proxy_id, parent.order.slip) if parent else (None, None)


def ask_to_dispatch(
    ctx: Context,
    found: Found,
    *,
    reopened: bool,
    words: str = "",
    enclosed: Sequence[Item] | None = None,
) -> None:
    """Lay an order before those who dispatch for its branch, with members to choose from.

    Args:
        ctx: the turn.
        found: the order.
        reopened: whether the resident sent it back.
        words: why it comes, where it is not simply new or reopened.
        enclosed: its photos and voices, where the caller knows them.
    """
    tree = branches.tree_of(ctx.session)
    officers = branches.dispatchers(ctx.session, tree, found.order.branch_id, today=ctx.today)
    to = [officer.person_id for officer in officers]
    items = media.of_order(ctx.session, found.order.id) if enclosed is None else enclosed
    if pool.is_wish(found.order):
        ctx.notify(
            pool.to_check(
                ctx.session,
                found,
                reopened=reopened,
                words=words,
                policy=ctx.policy,
                to=to,
                enclosed=items,
            )
        )
        return
    choices = recommendations.recommended(
        ctx.session, found, today=ctx.today, most=cards.MOST_CHOICES
    )
    ctx.notify(
        cards.to_dispatch(
            found,
            choices,
            reopened=reopened,
            words=words,
            policy=ctx.policy,
            to=to,
            enclosed=items,
        )
    )
