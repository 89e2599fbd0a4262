"""What waits on somebody's desk: three things first, the rest by page, state or building."""

from collections import Counter
from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Action, Reply
from handlers.rules import clocks
from handlers.rules.permissions import Permission
from handlers.rules.words import Said, normalise
from handlers.services import cards, desks
from handlers.texts import desk as texts
from handlers.texts import general, words
from handlers.texts import orders as order_texts
from storage import orders
from storage.orders import Found
from storage.vocabulary import OrderKind, OrderStatus

_FIRST = 3


def _answer(ctx: Context, said: Said) -> Reply:
    if ctx.may(Permission.DISPATCH):
        return _desk(ctx, normalise(said.rest))
    if ctx.may(Permission.TAKE):
        return _held(ctx)
    return Reply(text=texts.NO_DESK, actions=(general.REPORT_ACTION, general.PROGRESS_ACTION))


def _desk(ctx: Context, wanted: str) -> Reply:
    found = desks.open_orders(ctx)
    if not found:
        return Reply(text=order_texts.NOTHING_TO_DO)
    if not wanted:
        return _overview(ctx, found)
    if wanted == texts.BY_BUILDING:
        return _buildings(found)
    word, page = _split(wanted)
    return _page(ctx, _filtered(found, word), word, page)


def _split(wanted: str) -> tuple[str, int]:
    """Split the words of a filter from the page number that stands last after a mark."""
    word, mark, page = wanted.rpartition(texts.PAGE_MARK)
    if mark and page.strip().isdigit():
        return word.strip(), max(1, int(page))
    return wanted, 1


def _filtered(found: Sequence[Found], word: str) -> list[Found]:
    """Keep a state by its name, or a building by any part of its name."""
    if word in {"", texts.ALL}:
        return list(found)
    in_state = [one for one in found if _state(one) == word]
    return in_state or [one for one in found if word in normalise(one.order.place_name)]


def is_next_page(said: str) -> bool:
    """Say whether a line of a list turns the list's page."""
    found = command.read(said)
    return found is not None and f" {texts.PAGE_MARK}" in found.rest


def _overview(ctx: Context, found: Sequence[Found]) -> Reply:
    counts = Counter(_state(one) for one in found)
    states = list(
        dict.fromkeys(
            state
            for status in desks.STATES
            for kind in (OrderKind.REPORT, OrderKind.WISH)
            if counts[state := order_texts.state(status, None, kind)]
        )
    )
    head = order_texts.todo_head(order_texts.counted({each: counts[each] for each in states}))
    if len(found) <= ctx.policy.list_length:
        return Reply(text=head, menu=tuple(_entry(ctx, one) for one in found))
    more = (
        texts.see_all(len(found)),
        *(texts.see_state(state, counts[state]) for state in states),
        texts.SEE_BUILDINGS,
    )
    return Reply(text=head, menu=(*(_entry(ctx, one) for one in found[:_FIRST]), *more))


def _buildings(found: Sequence[Found]) -> Reply:
    counts = Counter(one.order.place_name or order_texts.PLACE_UNKNOWN for one in found)
    return Reply(
        text=texts.BUILDINGS_HEAD,
        menu=tuple(
            texts.see_building(name, count)
            for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
            if name != order_texts.PLACE_UNKNOWN
        ),
    )


def _page(ctx: Context, found: Sequence[Found], word: str, page: int) -> Reply:
    if not found:
        return Reply(text=texts.nothing_there(word), actions=(general.TODO_ACTION,))
    length = ctx.policy.list_length
    last = (len(found) + length - 1) // length
    page = min(page, last)
    shown = found[(page - 1) * length : page * length]
    menu = tuple(_entry(ctx, one) for one in shown)
    if page < last:
        menu = (*menu, texts.next_page(word, page + 1))
    return Reply(text=texts.page_head(word, len(found), page, last), menu=menu)


def _state(found: Found) -> str:
    return order_texts.state(found.order.status, None, found.order.kind)


def _entry(ctx: Context, found: Found) -> Action:
    order = found.order
    is_mine = found.is_held_by(ctx.speaker.person_id)
    label = texts.todo_line(
        order.id,
        order.matter if is_mine else cards.public_matter(found),
        _state(found),
        holder=found.holder_name,
        since=order.submitted_at,
        now=ctx.now,
        is_late=clocks.is_late(order.status, order.promised_at, order.overdue_at, ctx.now),
    )
    if order.status is OrderStatus.SUBMITTED and order.kind is not OrderKind.WISH:
        return Action(label, order_texts.ask_taker_command(order.id))
    return Action(label, order_texts.progress_action(order.id).command)


def _held(ctx: Context) -> Reply:
    held = orders.held_by(ctx.session, ctx.speaker.person_id, most=ctx.policy.list_length)
    if not held:
        return Reply(text=order_texts.NOTHING_HELD, actions=(general.TAKEABLE_ACTION,))
    return Reply(text=order_texts.held_head(), menu=tuple(_entry(ctx, found) for found in held))


command: Command[Context] = Command(words=words.TODO, permission=Permission.FOLLOW, answer=_answer)
