"""A resident and whoever serves leave each other words, without numbers."""

from collections.abc import Sequence

from handlers.context import Context
from handlers.conversation import Prompt
from handlers.messages import Reply
from handlers.orders.worded import Worded, conversation, visible, words_in
from handlers.services import endings, talks
from handlers.services.steps import about
from handlers.texts import orders as order_texts
from handlers.texts import talks as texts
from handlers.texts import words
from storage import orders
from storage.orders import Found


def _open(ctx: Context) -> Sequence[Found]:
    """Give what the speaker reported or holds, as long as somebody waits for words about it."""
    most = ctx.policy.list_length
    mine = orders.reported_by(ctx.session, ctx.speaker.person_id, since=ctx.now, most=most)
    held = orders.held_by(ctx.session, ctx.speaker.person_id, most=most)
    return [found for found in (*mine, *held) if talks.is_heard(found)][:most]


def _refuse(ctx: Context, found: Found) -> Reply | None:
    if talks.route(ctx, found) is None:
        return about(found, Reply(text=texts.NOT_YOURS))
    if talks.is_heard(found):
        return None
    order = found.order
    is_young = order.reporter_id == ctx.speaker.person_id and endings.may_reopen(
        found, ctx.policy, ctx.now
    )
    sentence = texts.closed_but_young if is_young else texts.closed
    text = sentence(order.id, order_texts.state(order.status, order.outcome, order.kind))
    return about(found, Reply(text=text, actions=(order_texts.progress_action(order.id),)))


def _ask(found: Found) -> Prompt:
    return Prompt(f"{order_texts.head(found.order.id, found.order.matter)}\n{texts.ASK_WORDS}")


def _step(ctx: Context, found: Found, said: str, note: None) -> Reply:
    del note
    refusal, route = _refuse(ctx, found), talks.route(ctx, found)
    if refusal is not None or route is None:
        return refusal or Reply(text=texts.NOT_YOURS)
    shown = talks.send(ctx, found, route, said)
    if route.is_to_desk:
        text = texts.passed_to_desk(found.order.id, route.names)
    else:
        text = texts.passed_on(route.names)
    if shown != said:
        text = f"{text}\n{texts.NUMBERS_STAY}"
    return about(found, Reply(text=text, actions=(order_texts.progress_action(found.order.id),)))


message = conversation(
    Worded(
        name="message",
        keywords=words.MESSAGE,
        fitting=_open,
        nothing_fits=texts.NOTHING_TO_SAY_TO,
        find=visible,
        refuse=_refuse,
        ask=_ask,
        read=words_in,
        hint=texts.WORDS_TOO_SHORT,
        step=_step,
    )
)
