"""Help, privacy and small talk: what can be said here, and a kind word back."""

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Action, Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.texts import general, words
from handlers.texts.reading import GREETINGS, NODS, PARTICLES, READER, THANKS


def suggestions(ctx: Context) -> tuple[Action, ...]:
    """Give the taps that fit the speaker's posts."""
    taps = [general.REPORT_ACTION, general.PROGRESS_ACTION]
    if ctx.may(Permission.TAKE):
        taps.append(general.TAKEABLE_ACTION)
    if ctx.may(Permission.DISPATCH):
        taps.append(general.TODO_ACTION)
    return tuple(taps)


def is_greeting(text: str) -> bool:
    """Say whether a message is a greeting, thanks, or no words at all."""
    bare = _bare(text)
    return bare in GREETINGS | THANKS or not any(letter.isalnum() for letter in bare)


def _bare(text: str) -> str:
    said = READER.stripped(text).lower()
    return said.rstrip(PARTICLES) or said


def small_talk(ctx: Context) -> Reply | None:
    """Give a greeting, thanks or a nod its short kind answer; None for anything else."""
    said = READER.stripped(ctx.incoming.text).lower()
    bare = _bare(said)
    if bare in GREETINGS:
        return Reply(text=general.GREETING, actions=suggestions(ctx))
    if bare in THANKS:
        return Reply(text=general.THANKS)
    if bare in NODS or said in NODS:
        return Reply(text=general.NOD)
    if not any(letter.isalnum() for letter in said):
        return unclear(ctx)
    return None


def unclear(ctx: Context) -> Reply:
    """Say that nothing was understood, and what can be done; people may understand it."""
    return Reply(text=general.UNCLEAR, actions=suggestions(ctx), is_unhandled=True)


def _help(ctx: Context, said: Said) -> Reply:
    del said
    text = general.help_text(
        may_take=ctx.may(Permission.TAKE),
        may_handle=ctx.may(Permission.HANDLE),
        may_proxy=ctx.may(Permission.PROXY),
        may_dispatch=ctx.may(Permission.DISPATCH),
    )
    return Reply(text=text, actions=suggestions(ctx))


def _privacy(ctx: Context, said: Said) -> Reply:
    del said
    return Reply(text=general.privacy(ctx.policy.community))


assistance: Command[Context] = Command(words=words.HELP, permission=Permission.REPORT, answer=_help)
privacy: Command[Context] = Command(
    words=words.PRIVACY, permission=Permission.REPORT, answer=_privacy
)
