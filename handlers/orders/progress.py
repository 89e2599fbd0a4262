"""Where an order stands, and how it got there: by its number as far as the speaker may see it.

Without a number it is the speaker's own list.
"""

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Action, Reply
from handlers.orders import slip
from handlers.rules.permissions import Permission, reaching, serving
from handlers.rules.words import Said
from handlers.services import cards, pool, ratings, remarks, timeline, views
from handlers.services.steps import UNKNOWN
from handlers.texts import clocks as clock_texts
from handlers.texts import general, proxies, words
from handlers.texts import orders as texts
from handlers.texts import timeline as past
from handlers.texts import wishes as wish_texts
from storage import orders
from storage.orders import Found
from storage.vocabulary import OrderStatus


def _answer(ctx: Context, said: Said) -> Reply:
    if said.number is None:
        return _own(ctx)
    found = orders.find(ctx.session, said.number)
    pairs = views.progress_fields(ctx, found) if found else None
    code = proxies.code_in(said.rest)
    if code and not (found and views.is_reader_inside(ctx, found)):
        return slip.look_up(ctx, found, code)
    if found is None or pairs is None:
        return UNKNOWN
    page = past.wanted_page(said.rest)
    if page is not None and (pages := timeline.pages(ctx, found)):
        return _unfold(found, pages, min(page, len(pages)))
    return _describe(ctx, found, pairs)


def _own(ctx: Context) -> Reply:
    mine = orders.reported_by(
        ctx.session,
        ctx.speaker.person_id,
        since=ctx.now - ctx.policy.reopen_window,
        most=ctx.policy.list_length,
    )
    if not mine and ctx.may(Permission.TAKE):
        mine = orders.held_by(ctx.session, ctx.speaker.person_id, most=ctx.policy.list_length)
        head = texts.held_head()
    else:
        head = texts.reported_head()
    if not mine:
        return Reply(text=texts.NOTHING_REPORTED, actions=(general.REPORT_ACTION,))
    if len(mine) == 1:
        pairs = views.progress_fields(ctx, mine[0])
        return _describe(ctx, mine[0], pairs or ())
    menu = tuple(
        Action(
            texts.line(
                found.order.id,
                found.order.matter,
                found.order.status,
                found.order.outcome,
                found.order.kind,
            )
            + (clock_texts.LATE if views.is_late(ctx, found) else ""),
            texts.progress_action(found.order.id).command,
        )
        for found in mine
    )
    return Reply(text=head, menu=menu)


def _describe(ctx: Context, found: Found, pairs: tuple[tuple[str, str], ...]) -> Reply:
    order = found.order
    inside = views.is_reader_inside(ctx, found)
    matter = order.matter if inside else cards.public_matter(found)
    said = remarks.of(ctx, found) if inside else remarks.Remarks()
    rating = ratings.fields(found) if inside else ()
    text = texts.progress(order.id, matter, (*pairs, *said.fields, *rating))
    more = (past.unfold(order.id),) if timeline.may_read(ctx, found) else ()
    if order.status is OrderStatus.DONE and order.reporter_id == ctx.speaker.person_id:
        return Reply(text=text, menu=cards.answers(found), actions=more)
    return Reply(text=text, actions=(*_next_taps(ctx, found), *said.actions, *more))


def _unfold(found: Found, pages: list[list[str]], page: int) -> Reply:
    order = found.order
    head = past.head(texts.head(order.id, order.matter), page, len(pages))
    further = (past.further(order.id, page + 1),) if page < len(pages) else ()
    return Reply(
        text="\n".join([head, *pages[page - 1]]),
        actions=(*further, texts.progress_action(order.id)),
    )


def _next_taps(ctx: Context, found: Found) -> tuple[Action, ...]:
    order = found.order
    if found.is_held_by(ctx.speaker.person_id):
        return (texts.finish_action(order.id),)
    if order.status is OrderStatus.SUBMITTED and reaching(
        ctx.posts, Permission.DISPATCH, found.branch_path
    ):
        if pool.is_wish(order):
            return wish_texts.check_actions(order.id)
        return (texts.dispatch_to_all(order.id),)
    is_mine = order.reporter_id == ctx.speaker.person_id
    if (
        order.status is OrderStatus.DISPATCHED
        and not is_mine
        and serving(ctx.posts, found.branch_path)
    ):
        take = wish_texts.claim_action if pool.is_wish(order) else texts.take_action
        return (take(order.id),)
    return ()


command: Command[Context] = Command(
    words=words.PROGRESS, permission=Permission.FOLLOW, answer=_answer, numbered=True
)
