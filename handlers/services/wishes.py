"""What people do with wishes: make one, let it pass, claim it, change it, show what was brought."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.context import Context
from handlers.messages import Action, Notice, Reply
from handlers.rules import wishes as rules
from handlers.rules.permissions import Permission, Post
from handlers.services import branches, cards, desks, intake, media, offers, pool, proxies
from handlers.services.intake import Report
from handlers.services.moves import LostError, move, read
from handlers.services.proxies import Slip
from handlers.services.steps import about, attempt
from handlers.texts import moments
from handlers.texts import orders as order_texts
from handlers.texts import questions as question_texts
from handlers.texts import wishes as texts
from storage import histories, orders, wishes
from storage.orders import Found
from storage.vocabulary import (
    DispatchMode,
    NoticeKind,
    OrderAction,
    OrderStatus,
    OrganisationKind,
)
from storage.wishes import Draft, Waiting

MOST_LETTERS = 500
_BRANCHES = frozenset({OrganisationKind.BRANCH, OrganisationKind.COMMUNITY})


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the wall, with how many wishes and pages there are."""

    shown: list[Waiting]
    count: int
    number: int
    last: int


def submit(ctx: Context, report: Report, wish: Draft) -> Slip:
    """Lay a wish before those who check it; one's own has no code on paper.

    Raises:
        RefusedError: nobody could answer for it, or the day's limit for others is reached.
    """
    whole = Report(
        matter=report.matter,
        place=report.place,
        place_id=report.place_id,
        contact_name=report.contact_name,
        contact_phone=report.contact_phone,
        wish=wish,
    )
    if wish.recipient:
        return proxies.submit(ctx, whole)
    placed = intake.submit(ctx, whole)
    return Slip(placed.number, "", placed.promised_at)


def admit(ctx: Context, found: Found, post: Post) -> None:
    """Let a wish onto the wall; whoever made it is told when somebody claims it.

    Raises:
        IllegalTransitionError: it does not wait to be checked.
        LostError: it has moved on.
    """
    number = found.order.id
    mode = DispatchMode.EVERYONE
    details: dict[str, object] = {"mode": mode, "people": []}
    move(ctx, found, OrderAction.DISPATCH, post, dispatch_mode=mode, wave=0, details=details)
    pool.enter(ctx.session, number, found.order.version + 1, now=ctx.now, policy=ctx.policy)


def wall(ctx: Context, wanted: int = 1, *, besides: int | None = None) -> Page:
    """Give a page of the wall as the speaker sees it; a page that is not there is the last one."""
    person, paths, length = ctx.speaker.person_id, _paths(ctx), ctx.policy.list_length
    count = wishes.count_wall(ctx.session, person, paths) if paths else 0
    last = max(1, (count + length - 1) // length)
    number = min(max(1, wanted), last)
    found = (
        wishes.wall(ctx.session, person, paths, most=length, skipped=(number - 1) * length)
        if count
        else []
    )
    shown = [one for one in found if one.found.order.id != besides]
    return Page(shown, count, number, last)


def _paths(ctx: Context) -> list[str]:
    """Give whose wishes the speaker sees: those of the branches served, and of the own desks."""
    mine = desks.of(ctx.posts)
    places = branches.tree_of(ctx.session).places if mine else ()
    below = {
        place.path
        for place in places
        if place.kind in _BRANCHES and place.path.startswith(tuple(mine))
    }
    return sorted({*desks.served(ctx.posts), *below})


def lines(ctx: Context, shown: Sequence[Waiting]) -> tuple[Action, ...]:
    """Show wishes as choices: each claims one, or shows it to who only looks after them."""
    choose = texts.claim_action if ctx.may(Permission.TAKE) else order_texts.progress_action
    return tuple(Action(line(ctx, one), choose(one.found.order.id).command) for one in shown)


def line(ctx: Context, waiting: Waiting) -> str:
    """Say in one line what is wished for, what it may cost, until when, since when."""
    found, wish = waiting.found, waiting.wish
    days = rules.days_open(wish.pooled_at or found.order.submitted_at, ctx.now)
    matter = cards.public_matter(found)
    return texts.wall_line(found.order.id, matter, wish.cost, wish.wished_by, days)


def claim(ctx: Context, found: Found) -> Reply:
    """Give a wish to the speaker, with the contact; who comes late reads who has it."""

    def step(found: Found) -> Reply:
        found = offers.take(ctx, found)
        order = found.order
        promise = moments.date_and_hour(order.promised_at, ctx.policy.timezone)
        contact = cards.contact(found)
        facts = (
            *pool.facts_of(ctx.session, order),
            *order_texts.fields(order.place, contact, promise),
        )
        reply = Reply(
            text="\n".join([texts.claimed(order.id, order.matter), *order_texts.lines_of(facts)]),
            actions=(texts.delivered_action(order.id),),
            card_note=texts.CLAIMED_SHORT,
        )
        return about(found, reply)

    return attempt(ctx, found, step, otherwise=lambda now: _too_late(ctx, now))


def _too_late(ctx: Context, found: Found) -> Reply:
    order = found.order
    if order.status is OrderStatus.SUBMITTED:
        truth = texts.not_passed_yet(order.id)
    else:
        holder = found.holder_name
        if holder is None and order.status in {OrderStatus.DONE, OrderStatus.CLOSED}:
            finisher = orders.last_finisher(ctx.session, order.id)
            holder = finisher[1] if finisher else None
        truth = order_texts.too_late(order.id, holder, order.status, order.outcome, order.kind)
    others = wall(ctx, besides=order.id).shown
    more = texts.STILL_OPEN if others else texts.NOTHING_ELSE
    return about(found, Reply(text=f"{truth}\n{more}", menu=lines(ctx, others)))


def amend(ctx: Context, found: Found, said: str, *, enclosed: Sequence[int] = ()) -> bool:
    """Add to the words of a wish that nobody has claimed; gives whether a number was hidden.

    Raises:
        LostError: somebody has claimed it meanwhile.
    """
    order = found.order
    shown = rules.without_numbers(said)
    whole = f"{order.matter}\n{shown}"[:MOST_LETTERS]
    is_same = histories.is_unchanged(ctx.session, order)
    if not is_same or not wishes.rewrite(ctx.session, order, whole):
        raise LostError
    orders.record(ctx.session, order.id, ctx.step(OrderAction.SUPPLEMENT), said=shown)
    tree = branches.tree_of(ctx.session)
    officers = branches.dispatchers(ctx.session, tree, order.branch_id, today=ctx.today)
    is_on_wall = order.status is OrderStatus.DISPATCHED
    again = read(ctx.session, order.id)
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_MESSAGE,
            order_id=order.id,
            title=order_texts.head(order.id, cards.public_matter(again)),
            text=texts.amended_for_desk(shown)
            if is_on_wall
            else question_texts.supplement_news(shown),
            actions=(order_texts.progress_action(order.id),),
            media=tuple(enclosed),
            recipients=tuple(officer.person_id for officer in officers),
        )
    )
    return shown != said


def just_delivered(ctx: Context) -> int | None:
    """Give the wish that the speaker said to be delivered a moment ago."""
    since = ctx.now - ctx.policy.gather_window
    return wishes.delivered_by(ctx.session, ctx.speaker.person_id, since=since)


def show(ctx: Context, number: int, medium_id: int) -> Reply:
    """Pass a photo of what was delivered on to whoever made the wish."""
    found = read(ctx.session, number)
    media.bind(ctx.session, [medium_id], number)
    ctx.notify(
        Notice(
            kind=NoticeKind.MEDIUM,
            order_id=number,
            title=order_texts.head(number, found.order.matter),
            media=(medium_id,),
            recipients=(found.order.reporter_id,),
        )
    )
    return about(found, Reply(text=texts.photo_passed(number)))
