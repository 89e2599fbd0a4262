"""Completes what was understood into an answer: what it must begin with, and what it leaves behind.

Danger and news that could not be delivered come first; a tapped card is answered by changing it;
what is too long is shown page by page; the digits of the answer are remembered.
"""

from dataclasses import replace

from handlers import drafts
from handlers.context import Context
from handlers.messages import Action, IncomingKind, Notice, Reply, actions_from_json
from handlers.rules import danger, delivery
from handlers.services import pages
from handlers.texts import general, lines
from handlers.texts.reading import DANGER
from handlers.understanding import understand
from storage import notices
from storage.vocabulary import NoticeKind

_PENDING_SHOWN = 3


def answer(ctx: Context) -> Reply:
    """Answer one message: understand it, put danger and pending news first, remember the menu."""
    reply = understand(ctx)
    if ctx.is_card_tap:
        return _on_the_card(ctx, reply)
    if not reply.text:
        return reply
    if ctx.incoming.kind is IncomingKind.TEXT and danger.is_present(ctx.incoming.text, DANGER):
        reply = replace(reply, text=f"{general.HOTLINES}\n{reply.text}", is_unhandled=False)
    if ctx.speaker.has_pending and not ctx.is_going_on:
        reply = _with_pending(ctx, reply)
    reply = pages.first(ctx, reply)
    _remember_menu(ctx, reply)
    return reply


def _on_the_card(ctx: Context, reply: Reply) -> Reply:
    """Answer a tapped card by what is true now; the words follow as a notice."""
    notice_id = delivery.notice_of(ctx.incoming.task_id)
    if notice_id is not None and reply.card_note:
        person_id, code = ctx.speaker.person_id, ctx.incoming.response_code
        notices.keep_code(ctx.session, notice_id, person_id, code)
    if reply.text:
        reply = pages.first(ctx, reply)
        ctx.notify(
            Notice(
                kind=NoticeKind.REPLY,
                order_id=reply.order_id,
                title=reply.title or ctx.policy.community,
                text=reply.text,
                actions=(*reply.menu, *reply.actions),
                recipients=(ctx.speaker.person_id,),
            )
        )
    return Reply(card_note=reply.card_note)


def _with_pending(ctx: Context, reply: Reply) -> Reply:
    """Put news that could not be delivered at the head of this answer."""
    waiting = notices.pending_for(ctx.session, ctx.speaker.person_id, _PENDING_SHOWN)
    if not waiting:
        return reply
    parts, taps = [], list[Action]()
    for news in waiting:
        facts = [lines.field(label, value) for label, value in news.fields]
        parts.append("\n".join(part for part in (news.title, news.text, *facts) if part))
        taps += lines.complete(actions_from_json(news.actions))
    notices.mark_shown(
        ctx.session,
        [news.delivery_id for news in waiting],
        ctx.now,
        platform=ctx.incoming.platform,
        identity_id=ctx.speaker.identity_id,
    )
    # Whoever hands over shows no text, and the news would be lost.
    reply = replace(reply, is_unhandled=False)
    text = "\n\n".join([*parts, reply.text])
    if reply.menu or drafts.waiting(ctx):
        return replace(reply, text=text, actions=(*reply.actions, *taps))
    return replace(reply, text=text, menu=tuple(taps))


def _remember_menu(ctx: Context, reply: Reply) -> None:
    """Remember what the digits mean, unless they belong to an open question."""
    talk = ctx.speaker.talk
    if reply.menu and drafts.waiting(ctx) is None:
        talk.menu = [action.command for action in reply.menu]
        talk.menu_until = ctx.now + ctx.policy.menu_window
