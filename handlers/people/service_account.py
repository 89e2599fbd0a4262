"""A member lets the employer see a half-year of service, or keeps it back."""

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Reply
from handlers.rules import halves
from handlers.rules.halves import Half
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.texts import service_accounts as texts
from handlers.texts import words
from storage import service_accounts as store


def _meant(ctx: Context, said: Said) -> Half | None:
    """Give the half that is named, or the latest: of those that the member has been shown."""
    shown = store.shown(ctx.session, ctx.speaker.person_id)
    named = halves.read(said.rest) if said.rest else None
    if said.rest:
        return named if named and named.label in shown else None
    return halves.read(shown[0]) if shown else None


def _answer_release(ctx: Context, said: Said) -> Reply:
    half = _meant(ctx, said)
    employer = store.employer(ctx.session, ctx.speaker.person_id)
    if half is None or employer is None:
        return Reply(text=texts.NOTHING_TO_RELEASE)
    store.release(ctx.session, ctx.speaker.person_id, half.label, at=ctx.now)
    return Reply(
        text=texts.released(half, employer),
        actions=(texts.keep_action(half),),
        card_note=texts.RELEASED_SHORT,
        title=texts.title(half),
    )


def _answer_keep(ctx: Context, said: Said) -> Reply:
    half = _meant(ctx, said)
    if half is None:
        return Reply(text=texts.NOTHING_TO_RELEASE)
    store.release(ctx.session, ctx.speaker.person_id, half.label, at=None)
    return Reply(
        text=texts.kept(half),
        actions=(texts.release_action(half),),
        card_note=texts.KEPT_SHORT,
        title=texts.title(half),
    )


release: Command[Context] = Command(
    words=words.TO_EMPLOYER, permission=Permission.TAKE, answer=_answer_release
)
keep: Command[Context] = Command(
    words=words.NOT_YET_TO_EMPLOYER, permission=Permission.TAKE, answer=_answer_keep
)
