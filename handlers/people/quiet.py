"""Somebody wants no messages at certain hours, as far as they can wait."""

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Reply
from handlers.rules.permissions import Permission
from handlers.rules.quiet import Hours, HoursError
from handlers.rules.words import Said
from handlers.texts import quiet as texts
from handlers.texts import reports, words
from handlers.texts.reading import folded
from storage import members


def _answer(ctx: Context, said: Said) -> Reply:
    if folded(said.rest) in texts.OFF:
        members.set_quiet_hours(ctx.session, ctx.speaker.person_id, None)
        return Reply(text=texts.IS_OFF, actions=(texts.NIGHT_ACTION,))
    try:
        hours = texts.READER.read(said.rest)
    except HoursError as error:
        return Reply(text=texts.not_kept(error.fault), actions=(texts.NIGHT_ACTION,))
    if hours is None:
        return _standing(ctx, said)
    kept = (hours.first, hours.last)
    members.set_quiet_hours(ctx.session, ctx.speaker.person_id, kept)
    return Reply(text=texts.is_set(hours), actions=(texts.OFF_ACTION,))


def _standing(ctx: Context, said: Said) -> Reply:
    """Say what is set; other words may be a matter."""
    kept = members.quiet_hours(ctx.session, ctx.speaker.person_id)
    text = texts.standing(Hours(*kept)) if kept else f"{texts.NOT_SET}\n{texts.HOW}"
    taps = [texts.OFF_ACTION if kept else texts.NIGHT_ACTION]
    if said.rest:
        taps.append(reports.these_words(ctx.incoming.text.strip()))
    return Reply(text=text, actions=tuple(taps))


command: Command[Context] = Command(
    words=words.QUIET, permission=Permission.FOLLOW, answer=_answer, glued=True
)
