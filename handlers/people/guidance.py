"""Help and privacy: what can be said here, and what happens to what is told."""

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Action, Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.texts import general, words


def suggestions(ctx: Context) -> tuple[Action, ...]:
    """Give the taps that fit the speaker's posts."""
    taps = [general.REPORT_ACTION, general.PROGRESS_ACTION]
    if ctx.may(Permission.TAKE):
        taps.append(general.TAKEABLE_ACTION)
    if ctx.may(Permission.DISPATCH):
        taps.append(general.TODO_ACTION)
    return tuple(taps)


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
