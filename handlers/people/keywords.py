"""What the community itself answers to words of its own: data from the settings, no code."""

from handlers.context import Context
from handlers.messages import IncomingKind, Reply
from handlers.rules import danger, keywords
from handlers.texts.reading import DANGER, folded


def answered(ctx: Context) -> Reply | None:
    """Give the community's answer to exactly these words; None where it has none."""
    answer = keywords.exactly(ctx.policy.keywords, folded(ctx.incoming.text))
    return None if answer is None else Reply(text=answer)


def mentioned(ctx: Context) -> Reply | None:
    """Give the community's answer to a short text that mentions one of its words.

    Words of present danger are heard as a matter.
    """
    said = ctx.incoming.text
    if ctx.incoming.kind is not IncomingKind.TEXT or danger.is_present(said, DANGER):
        return None
    answer = keywords.inside(ctx.policy.keywords, folded(said))
    return None if answer is None else Reply(text=answer)
