"""The conversation that somebody is in the middle of: kept, waiting, moved on, come back to."""

from dataclasses import replace

from handlers import conversation as engine
from handlers import routes
from handlers.context import Context
from handlers.conversation import Conversation, Move
from handlers.messages import Reply
from handlers.texts import general

Current = Conversation[Context] | None


def kept(ctx: Context) -> Current:
    """Give the conversation that was begun and can still be resumed."""
    talk = ctx.speaker.talk
    if talk.asked_at is None or ctx.now - talk.asked_at > ctx.policy.draft_window:
        return None
    return next((one for one in routes.CONVERSATIONS if one.name == talk.name), None)


def waiting(ctx: Context) -> Current:
    """Give the conversation whose question still waits for an answer."""
    talk = ctx.speaker.talk
    if talk.asked_at is None or ctx.now - talk.asked_at > ctx.policy.answer_window:
        return None
    return kept(ctx)


def moved(ctx: Context, conversation: Conversation[Context], move: Move) -> Reply:
    """Remember where a conversation stands now, and give its reply."""
    talk = ctx.speaker.talk
    if move.answers is None:
        close(ctx)
    else:
        talk.name, talk.answers, talk.asked_at = conversation.name, move.answers, ctx.now
    return move.reply


def close(ctx: Context) -> None:
    """Forget the conversation, and all that was answered in it."""
    talk = ctx.speaker.talk
    talk.name, talk.answers, talk.asked_at = None, {}, None


def with_question(ctx: Context, current: Current, reply: Reply) -> Reply:
    """Come back to the open question; its digits win, so the reply's own list loses them."""
    if current is None:
        return reply
    question = engine.ask_again(current, ctx, ctx.speaker.talk.answers)
    return replace(
        reply,
        text=f"{reply.text}\n\n{general.resume_hint(question.text)}",
        is_unhandled=False,
        menu=question.menu,
        actions=(*reply.menu, *reply.actions, *question.actions),
    )
