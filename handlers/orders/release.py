"""A member gives an order back, with a reason, so that somebody else can come."""

from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Prompt
from handlers.messages import Reply
from handlers.orders.worded import Worded, conversation, visible, words_in
from handlers.rules.permissions import Permission, reaching
from handlers.services import leavings, pool
from handlers.services.steps import about, standing
from handlers.texts import general, words
from handlers.texts import leavings as texts
from handlers.texts import orders as order_texts
from handlers.texts import wishes as wish_texts
from storage import orders
from storage.orders import Found
from storage.vocabulary import OrderStatus

_HELD = frozenset({OrderStatus.TAKEN, OrderStatus.DISPATCHED})


def _held(ctx: Context) -> Sequence[Found]:
    return orders.held_by(ctx.session, ctx.speaker.person_id, most=ctx.policy.list_length)


def _refuse(ctx: Context, found: Found) -> Reply | None:
    if found.is_held_by(ctx.speaker.person_id):
        return None
    if found.order.status in _HELD:
        return about(found, Reply(text=texts.NOT_YOURS_TO_RELEASE))
    return standing(found)


def _ask(found: Found) -> Prompt:
    order = found.order
    return Prompt(
        f"{order_texts.head(order.id, order.matter)}\n{texts.ASK_REASON}",
        tuple(texts.reason_choice(order.id, reason) for reason in texts.REASONS),
    )


def _step(ctx: Context, found: Found, reason: str, note: None) -> Reply:
    del note
    vacancy = leavings.release(ctx, found, reason)
    is_wish = pool.is_wish(found.order)
    text = (wish_texts.released if is_wish else texts.released)(found.order.id)
    if reaching(ctx.posts, Permission.DISPATCH, found.branch_path):
        reply = Reply(text=f"{text}\n{vacancy.then}", actions=leavings.taps(vacancy))
    else:
        reply = Reply(
            text=text, actions=(wish_texts.wall_action() if is_wish else general.TAKEABLE_ACTION,)
        )
    return about(vacancy.found, reply)


release = conversation(
    Worded(
        name="release",
        keywords=words.RELEASE,
        fitting=_held,
        nothing_fits=order_texts.NOTHING_HELD,
        find=visible,
        refuse=_refuse,
        ask=_ask,
        read=words_in,
        hint=texts.REASON_TOO_SHORT,
        step=_step,
    )
)
