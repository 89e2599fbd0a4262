"""The wall of wishes, and claiming one of them."""

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Reply
from handlers.rules.permissions import Permission, serving
from handlers.rules.words import Said, normalise
from handlers.services import pool, views, wishes
from handlers.services.steps import UNKNOWN, about
from handlers.texts import general, words
from handlers.texts import orders as order_texts
from handlers.texts import wishes as texts
from storage import orders


def is_next_page(said: str) -> bool:
    """Say whether a line of a list turns the page of the wall."""
    found = wall.read(said)
    return found is not None and found.rest.startswith(texts.PAGE_MARK)


def _answer_wall(ctx: Context, said: Said) -> Reply:
    page = normalise(said.rest).removeprefix(texts.PAGE_MARK).strip()
    seen = wishes.wall(ctx, int(page) if page.isdecimal() else 1)
    if not seen.shown:
        return Reply(text=texts.WALL_EMPTY, actions=(general.TAKEABLE_ACTION,))
    menu = wishes.lines(ctx, seen.shown)
    if seen.number < seen.last:
        menu = (*menu, texts.next_page(seen.number + 1))
    return Reply(text=texts.wall_head(seen.count, seen.number, seen.last), menu=menu)


def _answer_claim(ctx: Context, said: Said) -> Reply:
    if said.number is None:
        return _answer_wall(ctx, Said())
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


wall: Command[Context] = Command(words=words.WALL, permission=Permission.TAKE, answer=_answer_wall)
claim: Command[Context] = Command(
    words=words.CLAIM, permission=Permission.TAKE, answer=_answer_claim, numbered=True
)
