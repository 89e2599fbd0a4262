"""A photo or voice before, inside or without a report, and what cannot be read at all."""

from dataclasses import replace

from handlers import conversation as engine
from handlers.context import Context
from handlers.conversation import Answers, Conversation, Move
from handlers.messages import Reply
from handlers.orders import proxy, report
from handlers.rules.words import Said
from handlers.services import media
from handlers.services.moves import RefusedError
from handlers.texts import media as texts
from handlers.texts import proxies
from handlers.texts import reports as report_texts
from storage.vocabulary import MediaKind


def take_in(ctx: Context, current: Conversation[Context] | None) -> Move | Reply:
    """Make a photo or voice part of the running report, or begin one with it.

    Gives a plain reply where nothing was taken in: whatever was open is still open.
    """
    kind = media.KINDS.get(ctx.incoming.kind)
    if kind is None:
        return Reply(text=texts.unreadable(ctx.incoming.kind))
    answers = dict(ctx.speaker.talk.answers) if current else {}
    if current is proxy.conversation and not proxy.has_consent(answers):
        return Reply(text=proxies.PHOTOS_LATER)
    if current not in {None, report.conversation, proxy.conversation}:
        return Reply(text=texts.WORDS_ONLY)
    known = answers.get(report.MEDIA, ())
    if len(known) >= media.MOST_OF_AN_ORDER:
        return Reply(text=texts.ENOUGH)
    try:
        medium = media.receive(ctx)
    except RefusedError as refusal:
        return Reply(text=refusal.sentence)
    answers[report.MEDIA] = [*known, medium]
    move = _inside(ctx, current, answers, kind) if current else _first(ctx, answers, kind)
    return replace(
        move, reply=replace(move.reply, text=f"{texts.RECEIVED[kind]}\n{move.reply.text}")
    )


def _first(ctx: Context, answers: Answers, kind: MediaKind) -> Move:
    """Begin a report; a voice is its matter already, though nobody has said that it is one."""
    said = Said(rest=_spoken(ctx) if kind is MediaKind.VOICE else "")
    known = {**answers, report.UNASKED: True}
    return engine.start(report.conversation, ctx, said, known=known)


def _inside(
    ctx: Context, current: Conversation[Context], answers: Answers, kind: MediaKind
) -> Move:
    """Go on with the running report; a voice answers the question what the matter is."""
    if kind is MediaKind.VOICE and "matter" not in answers:
        return engine.advance(current, ctx, answers, _spoken(ctx))
    return Move(engine.ask_again(current, ctx, answers), answers)


def _spoken(ctx: Context) -> str:
    """Give the words that the platform heard, or say that it is a voice (DESIGN.md 7.13)."""
    return ctx.incoming.text.strip() or report_texts.voice(ctx.incoming.seconds)
