"""Somebody chooses plain words instead of cards, which the WeChat plugin does not show."""

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.texts import people as texts
from handlers.texts import words
from storage import people


def _prefer_text(ctx: Context, said: Said) -> Reply:
    del said
    people.prefer_text(ctx.session, ctx.speaker.person_id, prefers_text=True)
    return Reply(text=texts.TEXT_FROM_NOW, actions=(texts.CARDS_AGAIN,))


def _prefer_cards(ctx: Context, said: Said) -> Reply:
    del said
    people.prefer_text(ctx.session, ctx.speaker.person_id, prefers_text=False)
    return Reply(text=texts.CARDS_FROM_NOW)


choices: tuple[Command[Context], ...] = (
    Command(words=words.AS_TEXT, permission=Permission.FOLLOW, answer=_prefer_text, alone=True),
    Command(words=words.AS_CARDS, permission=Permission.FOLLOW, answer=_prefer_cards, alone=True),
)
