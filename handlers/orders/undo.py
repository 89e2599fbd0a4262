"""Somebody takes their own last step back, as long as nothing has come of it."""

from datetime import datetime

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Action, Reply
from handlers.rules import orders as rules
from handlers.rules.permissions import Permission, reaching
from handlers.rules.words import Said
from handlers.services import reversals, verifications
from handlers.services.steps import UNKNOWN, about, attempt
from handlers.texts import corrections as texts
from handlers.texts import general, words
from handlers.texts import orders as order_texts
from storage import orders, people, undoing
from storage.orders import Found
from storage.undoing import Deed
from storage.vocabulary import OrderAction, OrderStatus

_LAST = (texts.UNDO_ACTION, general.PROGRESS_ACTION)


def _answer(ctx: Context, said: Said) -> Reply:
    since = ctx.now - ctx.policy.undo_window
    deed = undoing.last_deed(ctx.session, ctx.speaker.person_id, since=since)
    reply = _recognised(ctx, after=deed.at if deed else since) if said.number is None else None
    return reply or _last_deed(ctx, said, deed)


def _recognised(ctx: Context, *, after: datetime) -> Reply | None:
    """Take back that somebody was recognised, if that was the last thing done."""
    number = people.last_approval(ctx.session, ctx.speaker.person_id, after=after)
    return verifications.take_back(ctx, number) if number is not None else None


def _last_deed(ctx: Context, said: Said, deed: Deed | None) -> Reply:
    if deed is None:
        return Reply(text=texts.NOTHING_TO_UNDO, actions=(general.PROGRESS_ACTION,))
    found = orders.find(ctx.session, deed.order_id)
    if found is None:
        return UNKNOWN
    if said.number not in {None, deed.order_id}:
        return about(found, Reply(text=texts.only_the_last(deed.order_id), actions=_LAST))
    if deed.action is OrderAction.UNDO:
        return about(found, Reply(text=texts.UNDONE_ALREADY, actions=_taps(ctx, found)))
    if deed.action not in rules.UNDOABLE:
        text, actions = texts.cannot_undo(deed.action, found.order.id)
        return about(found, Reply(text=text, actions=actions))

    def step(found: Found) -> Reply:
        again = reversals.undo(ctx, found, deed)
        state = order_texts.state(again.order.status, again.order.outcome, again.order.kind)
        text = texts.undone(again.order.id, deed.action, state, again.order.kind)
        return about(again, Reply(text=text, actions=_taps(ctx, again)))

    return attempt(ctx, found, step, otherwise=lambda now: _too_late(ctx, now))


def _too_late(ctx: Context, found: Found) -> Reply:
    order = found.order
    stands = texts.stands(order.id, order.status, order.outcome, found.holder_name, order.kind)
    reply = Reply(text=texts.too_late_to_undo(stands), actions=_taps(ctx, found))
    return about(found, reply)


def _taps(ctx: Context, found: Found) -> tuple[Action, ...]:
    """Give what the speaker can do with the order as it stands."""
    number = found.order.id
    progress = order_texts.progress_action(number)
    if found.is_held_by(ctx.speaker.person_id):
        return (order_texts.finish_action(number), progress)
    if reaching(ctx.posts, Permission.DISPATCH, found.branch_path) is None:
        return (progress,)
    match found.order.status:
        case OrderStatus.SUBMITTED:
            return (
                texts.dispatch_action(number, found.order.kind),
                texts.handle_action(number),
                progress,
            )
        case OrderStatus.DISPATCHED | OrderStatus.TAKEN:
            return (texts.recall_action(number), progress)
        case _:
            return (progress,)


undo: Command[Context] = Command(
    words=words.UNDO, permission=Permission.FOLLOW, answer=_answer, numbered=True
)
