"""The wall of wishes, and claiming one of them."""

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Reply
from handlers.rules.permissions import Permission, serving
from handlers.rules.words import Said, normalise
from handlers.services import pool, views, wishes
from handlers.services.steps import UNKNOWN, about
from handlers.texts import corrections, general, words
from handlers.texts import orders as order_texts
from handlers.texts import wishes as texts
from storage import orders


def is_next_page(said: str) -> bool:
    """Say whether a line of a list turns the page of the wall."""
    found = wall.read(said)
    return found is not None and found.rest.startswith(texts.PAGE_MARK)


def _no_member(ctx: Context, number: int | None) -> Reply:
    """Say who claims wishes, and what the speaker can do instead."""
    if number and ctx.may(Permission.HANDLE):
        actions = (corrections.handle_action(number),)
        return Reply(text=texts.handle_instead(number), actions=actions)
    if ctx.speaker.is_registered:
        return Reply(text=texts.CLAIM_FOR_MEMBERS)
    text = general.NOT_IN_ROSTER if ctx.is_on_wecom else general.NOT_VERIFIED
    return Reply(text=text, actions=(texts.wish_action(),))


def _answer_wall(ctx: Context, said: Said) -> Reply:
    if not ctx.may(Permission.TAKE) and not ctx.may(Permission.DISPATCH):
        return _no_member(ctx, None)
    page = normalise(said.rest).removeprefix(texts.PAGE_MARK).strip()
    seen = wishes.wall(ctx, int(page) if page.isdecimal() else 1)
    is_taker = ctx.may(Permission.TAKE)
    if not seen.shown:
        return Reply(
            text=texts.WALL_EMPTY,
            actions=(general.TAKEABLE_ACTION if is_taker else general.TODO_ACTION,),
        )
    menu = wishes.lines(ctx, seen.shown)
    if seen.number < seen.last:
        menu = (*menu, texts.next_page(seen.number + 1))
    head = texts.wall_head(seen.count, seen.number, seen.last, is_taker=is_taker)
    return Reply(text=head, menu=menu)


def _answer_claim(ctx: Context, said: Said) -> Reply:
    if said.number is None:
        return _answer_wall(ctx, Said())
    if not ctx.may(Permission.TAKE):
        return _no_member(ctx, said.number)
    found = orders.find(ctx.session, said.number)
    if found is None:
        return UNKNOWN
    is_asked = orders.assignment_of(ctx.session, said.number, ctx.speaker.person_id) is not None
    is_known = serving(ctx.posts, found.branch_path) or views.progress_fields(ctx, found)
    if not is_asked and not is_known:
        return UNKNOWN
    if not pool.is_wish(found.order):
        taps = (order_texts.take_action(said.number),)
        return about(found, Reply(text=texts.take_instead(said.number), actions=taps))
    return wishes.claim(ctx, found)


wall: Command[Context] = Command(
    words=words.WALL, permission=Permission.FOLLOW, answer=_answer_wall
)
claim: Command[Context] = Command(
    words=words.CLAIM,
    permission=Permission.FOLLOW,
    answer=_answer_claim,
    numbered=True,
    alone=True,
)
