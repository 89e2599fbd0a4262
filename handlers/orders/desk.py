"""What waits on somebody's desk: open orders, orders held, news that did not arrive."""

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Action, Reply
from handlers.rules.permissions import GRANTS, Permission
from handlers.rules.words import Said
from handlers.texts import desk as texts
from handlers.texts import general, words
from handlers.texts import orders as order_texts
from storage import notices, orders
from storage.orders import Found
from storage.vocabulary import OrderStatus

_URGENT = (
    OrderStatus.SUBMITTED,
    OrderStatus.NEED_INFO,
    OrderStatus.DISPATCHED,
    OrderStatus.TAKEN,
    OrderStatus.DONE,
)
_UNDELIVERED_SHOWN = 12


def _desks(ctx: Context) -> list[str]:
    """Give the paths of the subtrees in which the speaker dispatches, none inside another."""
    paths = {post.path for post in ctx.posts if Permission.DISPATCH in GRANTS[post.role]}
    return sorted(
        path
        for path in paths
        if not any(other != path and path.startswith(other) for other in paths)
    )


def _todo(ctx: Context, said: Said) -> Reply:
    del said
    desks = _desks(ctx)
    if not desks:
        return _held(ctx)
    counts: dict[OrderStatus, int] = {}
    first: list[Found] = []
    for path in desks:
        for status, count in orders.counts_below(ctx.session, path).items():
            counts[status] = counts.get(status, 0) + count
        for status in _URGENT:
            if len(first) < ctx.policy.list_length and counts.get(status):
                first += orders.below(
                    ctx.session, path, (status,), most=ctx.policy.list_length - len(first)
                )
    if not counts:
        return Reply(text=order_texts.NOTHING_TO_DO)
    ordered = {status: counts[status] for status in _URGENT if status in counts}
    return Reply(
        text=order_texts.todo_head(order_texts.counted(ordered)),
        menu=tuple(_entry(ctx, found) for found in first),
    )


def _entry(ctx: Context, found: Found) -> Action:
    order = found.order
    label = texts.todo_line(
        order.id,
        order.matter,
        order.status,
        holder=found.holder_name,
        since=order.submitted_at,
        now=ctx.now,
    )
    if order.status is OrderStatus.SUBMITTED:
        return Action(label, order_texts.ask_taker_command(order.id))
    return Action(label, order_texts.progress_action(order.id).command)


def _held(ctx: Context) -> Reply:
    held = orders.held_by(ctx.session, ctx.speaker.person_id, most=ctx.policy.list_length)
    if not held:
        return Reply(text=order_texts.NOTHING_HELD, actions=(general.TAKEABLE_ACTION,))
    return Reply(text=order_texts.held_head(), menu=tuple(_entry(ctx, found) for found in held))


def _undelivered(ctx: Context, said: Said) -> Reply:
    del said
    missing = [
        entry
        for path in _desks(ctx)
        for entry in notices.undelivered(ctx.session, path, _UNDELIVERED_SHOWN)
    ]
    if not missing:
        return Reply(text=texts.ALL_DELIVERED)
    lines = [
        texts.undelivered_line(entry.person_name, entry.title, entry.failure)
        for entry in missing[:_UNDELIVERED_SHOWN]
    ]
    return Reply(text="\n".join([texts.UNDELIVERED_HEAD, *lines]))


todo: Command[Context] = Command(words=words.TODO, permission=Permission.FOLLOW, answer=_todo)
undelivered: Command[Context] = Command(
    words=words.UNDELIVERED, permission=Permission.DISPATCH, answer=_undelivered
)
