"""The lists behind the numbers of a report: broken promises, and what keeps coming back."""

from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Action, Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said, normalise
from handlers.services import branches, briefings, cards, desks
from handlers.texts import briefings as texts
from handlers.texts import desk as desk_texts
from handlers.texts import general, words
from handlers.texts import orders as order_texts
from storage import briefings as store
from storage.orders import Found
from storage.vocabulary import OrderKind, OrderStatus


def _late(ctx: Context, said: Said) -> Reply:
    paths = desks.of(ctx.posts)
    count = store.count_late(ctx.session, paths, now=ctx.now)
    if not count:
        return Reply(text=texts.NOTHING_LATE, actions=(general.TODO_ACTION,))
    page, skipped = _page(ctx, said, count)
    numbers = store.late(
        ctx.session, paths, now=ctx.now, most=ctx.policy.list_length, skipped=skipped
    )
    entries = [
        (found, texts.late_for(found.order.overdue_at or found.order.promised_at, ctx.now))
        for found in store.these(ctx.session, numbers)
    ]
    return _shown(ctx, words.OVERDUE[0], count, page, entries)


def _recurring(ctx: Context, said: Said) -> Reply:
    every = briefings.recurring(ctx.session, desks.of(ctx.posts), now=ctx.now)
    if not every:
        return Reply(text=texts.NOTHING_RECURS, actions=(general.TODO_ACTION,))
    page, skipped = _page(ctx, said, len(every))
    shown = every[skipped : skipped + ctx.policy.list_length]
    tree = branches.tree_of(ctx.session)
    whys = [
        texts.recurs(
            branches.place_name(tree, one.place_id) if one.place_id else "",
            one.alike,
            one.reopen_count,
        )
        for one in shown
    ]
    found = store.these(ctx.session, [one.number for one in shown])
    entries = list(zip(found, whys, strict=True))
    return _shown(ctx, words.RECURRING[0], len(every), page, entries)


def _page(ctx: Context, said: Said, count: int) -> tuple[int, int]:
    """Give the page that is asked for, the last one at most, and how many lines stand before it."""
    _, mark, typed = normalise(said.rest).rpartition(desk_texts.PAGE_MARK)
    wanted = int(typed) if mark and typed.strip().isdecimal() else 1
    page = min(max(1, wanted), _last(ctx, count))
    return page, (page - 1) * ctx.policy.list_length


def _last(ctx: Context, count: int) -> int:
    return (count + ctx.policy.list_length - 1) // ctx.policy.list_length


def _shown(
    ctx: Context, word: str, count: int, page: int, entries: Sequence[tuple[Found, str]]
) -> Reply:
    last = _last(ctx, count)
    menu = tuple(_entry(found, why) for found, why in entries)
    if page < last:
        menu = (*menu, texts.next_page(word, page + 1))
    return Reply(text=desk_texts.page_head(word, count, page, last), menu=menu)


def _entry(found: Found, why: str) -> Action:
    """Give a line whose digit asks whom to send, or shows the order where that is not the step."""
    order = found.order
    label = (
        f"{order_texts.head(order.id, cards.public_matter(found))} · {cards.note(found)} · {why}"
    )
    if order.status is OrderStatus.SUBMITTED and order.kind is not OrderKind.WISH:
        return Action(label, order_texts.ask_taker_command(order.id))
    return Action(label, order_texts.progress_action(order.id).command)


overdue: Command[Context] = Command(
    words=words.OVERDUE, permission=Permission.DISPATCH, answer=_late
)
recurring: Command[Context] = Command(
    words=words.RECURRING, permission=Permission.DISPATCH, answer=_recurring
)


def is_next_page(said: str) -> bool:
    """Say whether a line of one of these lists turns its page."""
    found = overdue.read(said) or recurring.read(said)
    return found is not None and found.rest.startswith(desk_texts.PAGE_MARK)
