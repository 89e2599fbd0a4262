"""News that did not arrive: whom the secretary has to call or visit instead."""

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import desks
from handlers.texts import desk as texts
from handlers.texts import words
from storage import notices
from storage.vocabulary import DeliveryStatus

_SHOWN = 12


def _answer(ctx: Context, said: Said) -> Reply:
    del said
    missing = [
        entry
        for path in desks.of(ctx.posts)
        for entry in notices.undelivered(ctx.session, path, _SHOWN)
    ]
    if not missing:
        return Reply(text=texts.ALL_DELIVERED)
    lines = [
        texts.undelivered_line(
            entry.person_name,
            entry.title,
            entry.failure,
            is_tried_again=entry.status is DeliveryStatus.DUE,
        )
        for entry in missing[:_SHOWN]
    ]
    return Reply(text="\n".join([texts.UNDELIVERED_HEAD, *lines]))


command: Command[Context] = Command(
    words=words.UNDELIVERED, permission=Permission.DISPATCH, answer=_answer
)
