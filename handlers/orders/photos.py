"""A photo or voice before, inside or without a report, and what cannot be read at all."""

from dataclasses import replace

from handlers import conversation as engine
from handlers.context import Context
from handlers.conversation import Answers, Conversation, Move
from handlers.messages import Reply
from handlers.orders import proxy, report, supplement
from handlers.rules.words import Said
from handlers.services import media, questions, wishes
from handlers.services.moves import RefusedError
from handlers.texts import media as texts
from handlers.texts import proxies
from handlers.texts import reports as report_texts
from storage.vocabulary import MediaKind

Current = Conversation[Context] | None


def take_in(ctx: Context, current: Current, fresh: int | None) -> Move | Reply:
    """Make a photo or voice part of what it belongs to, or begin a report with it.

    It belongs to the running conversation; else to the wish that the speaker has just delivered,
    to the order whose question waits for the speaker,
    to the one placed a moment ago (``fresh``), or to that of the album it is part of. A plain reply
    leaves what is open as it was.
    """
    kind = media.KINDS.get(ctx.incoming.kind)
    if kind is None:
        return Reply(text=texts.unreadable(ctx.incoming.kind), is_unhandled=True)
    answers = dict(ctx.speaker.talk.answers) if current else {}
    if hindrance := _hindrance(current, answers):
        return Reply(text=hindrance)
    delivered = None if current else wishes.just_delivered(ctx)
    number = None if current else delivered or _asked(ctx) or fresh or media.album(ctx)
    try:
        medium = media.receive(ctx)
    except RefusedError as refusal:
        return Reply(text=refusal.sentence)
    if current is supplement.supplement:
        return Move(_onto(ctx, answers["order"], medium, kind))
    if number is not None:
        is_own = delivered is None
        return _onto(ctx, number, medium, kind) if is_own else wishes.show(ctx, number, medium)
    answers[report.MEDIA] = [*answers.get(report.MEDIA, ()), medium]
    move = _inside(ctx, current, answers, kind) if current else _first(ctx, answers, kind)
    return replace(
        move, reply=replace(move.reply, text=f"{texts.RECEIVED[kind]}\n{move.reply.text}")
    )


def _hindrance(current: Current, answers: Answers) -> str:
    """Say why nothing can be taken in at this point of a conversation; empty: it can."""
    if current is proxy.conversation and not proxy.has_consent(answers):
        return proxies.PHOTOS_LATER
    takes = {None, report.conversation, proxy.conversation}
    if "order" in answers:
        takes.add(supplement.supplement)
    if current not in takes:
        return texts.WORDS_ONLY
    is_enough = len(answers.get(report.MEDIA, ())) >= media.MOST_OF_AN_ORDER
    return texts.ENOUGH if is_enough else ""


def _asked(ctx: Context) -> int | None:
    """Give the one order whose question waits for the speaker; of several none is meant."""
    waiting = questions.waiting(ctx)
    return waiting[0][0].order.id if len(waiting) == 1 else None


def _onto(ctx: Context, number: int, medium: int, kind: MediaKind) -> Reply:
    words = _spoken(ctx) if kind is MediaKind.VOICE else texts.PHOTO
    return supplement.show(ctx, number, medium, words)


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
