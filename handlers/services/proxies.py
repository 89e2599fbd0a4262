"""Reports written down for somebody without a phone, and the paper slip that follows one up."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from handlers.context import Context
from handlers.rules.permissions import GRANTS, Permission, Post, reaching
from handlers.services import branches, intake
from handlers.services.intake import Proxy, Report
from handlers.services.moves import RefusedError
from handlers.texts import general, moments
from handlers.texts import orders as order_texts
from handlers.texts import proxies as texts
from storage import slips
from storage.orders import Found
from storage.vocabulary import OrganisationKind

_CODES = 10_000
_PLACES = frozenset(
    {
        OrganisationKind.ESTATE,
        OrganisationKind.GRID,
        OrganisationKind.BUILDING,
        OrganisationKind.UNIT,
    }
)


@dataclass(frozen=True, slots=True)
class Slip:
    """What is written on the paper, and the promise."""

    number: int
    code: str
    promised_at: datetime


def posts(ctx: Context) -> list[Post]:
    """Give the posts by which the speaker writes for others."""
    return [post for post in ctx.posts if Permission.PROXY in GRANTS[post.role]]


def home(ctx: Context) -> int | None:
    """Give the one place that the speaker looks after: words without an estate mean it."""
    mine = posts(ctx)
    return mine[0].organisation_id if len(mine) == 1 and mine[0].kind in _PLACES else None


def post_for(ctx: Context, place_id: int | None) -> Post | None:
    """Find the post that reaches a place; a place nobody knows is anybody's to write down."""
    if place_id is None:
        return next(iter(posts(ctx)), None)
    tree = branches.tree_of(ctx.session)
    return reaching(ctx.posts, Permission.PROXY, tree.by_id[place_id].path)


def is_spent(ctx: Context) -> bool:
    """Say whether the speaker has written down as much as one may in a day."""
    written = slips.written(ctx.session, ctx.speaker.person_id, since=ctx.midnight)
    return written >= ctx.policy.proxy_reports_a_day


def submit(ctx: Context, report: Report) -> Slip:
    """Place a report for somebody else, who has agreed; the writer gets its news and answers.

    Raises:
        RefusedError: the place is not the speaker's to write for, or the day's limit is reached.
    """
    post = post_for(ctx, report.place_id)
    if post is None:
        raise RefusedError(general.NOT_ALLOWED)
    if is_spent(ctx):
        raise RefusedError(texts.SPENT)
    code = f"{secrets.randbelow(_CODES):04}"
    placed = intake.submit(ctx, report, proxy=Proxy(ctx.speaker.person_id, code, post))
    return Slip(placed.number, code, placed.promised_at)


def by_slip(ctx: Context, found: Found | None, code: str) -> str | None:
    """Tell whoever shows the right code where an order stands; None: the code is wrong.

    Raises:
        RefusedError: the identity has guessed too often today.
    """
    identity = ctx.speaker.identity_id
    misses = slips.misses(ctx.session, identity, since=ctx.midnight)
    if misses >= ctx.policy.slip_misses_a_day:
        raise RefusedError(texts.TRIES_USED_UP)
    written = found.order.slip if found else None
    if found is None or written is None or not secrets.compare_digest(written, code):
        slips.miss(ctx.session, identity, now=ctx.now)
        return None
    order = found.order
    facts = [(order_texts.STATUS_FIELD, order_texts.state(order.status, order.outcome, order.kind))]
    if found.holder_name:
        facts.append((order_texts.HOLDER_FIELD, found.holder_name))
    if order.closed_at is None:
        promise = moments.date_and_hour(order.promised_at, ctx.policy.timezone)
        facts.append((order_texts.PROMISE_FIELD, promise))
    return texts.by_slip(order.id, order_texts.lines_of(tuple(facts)))
