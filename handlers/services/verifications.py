"""A member's claim is decided, and a decision that met the wrong person is taken back.

Whoever is recognised speaks as the member of the roster from then on.
"""

from handlers.context import Context
from handlers.messages import Action, Notice, Reply
from handlers.rules.permissions import Permission, reaching
from handlers.texts import people as texts
from storage import identities, people
from storage.models import Verification
from storage.vocabulary import NoticeKind


def decide(ctx: Context, number: int, *, is_approved: bool) -> Reply:
    """Decide a claim, or refuse what the speaker has approved a moment ago."""
    request = people.verification(ctx.session, number)
    if request is None or request.claimed_id is None:
        return Reply(text=texts.NO_SUCH_VERIFICATION)
    paths = people.home_paths(ctx.session, request.claimed_id, today=ctx.today)
    if not any(reaching(ctx.posts, Permission.APPROVE, path) for path in paths):
        return Reply(text=texts.NO_SUCH_VERIFICATION)
    won = people.decide_verification(
        ctx.session,
        number,
        decided_by=ctx.speaker.person_id,
        is_approved=is_approved,
        now=ctx.now,
    )
    if won:
        return _decided(ctx, request, request.claimed_id, is_approved=is_approved)
    mine = request.decided_by_id == ctx.speaker.person_id
    if mine and request.is_approved and not is_approved:
        return take_back(ctx, number) or Reply(text=texts.TOO_LATE_TO_TAKE_BACK)
    return Reply(text=texts.ALREADY_DECIDED, card_note=texts.ALREADY_DECIDED_SHORT)


def _decided(ctx: Context, request: Verification, claimed: int, *, is_approved: bool) -> Reply:
    if is_approved:
        identities.adopt(ctx.session, request.identity_id, from_id=request.person_id, to_id=claimed)
    _tell(
        ctx,
        texts.APPROVED_NEWS if is_approved else texts.REFUSED_NEWS,
        to=claimed if is_approved else request.person_id,
    )
    if is_approved:
        return Reply(
            text=texts.APPROVED,
            card_note=texts.APPROVED_SHORT,
            actions=(texts.wrong_person(request.id),),
        )
    return Reply(text=texts.REFUSED_SHORT, card_note=texts.REFUSED_SHORT)


def take_back(ctx: Context, number: int) -> Reply | None:
    """Untie an identity from the member for whom it was taken by mistake; None: too late.

    It is an unknown person's again, with the orders placed through it. What it took meanwhile
    stays with the member: those who dispatch are told, and decide.
    """
    since = ctx.now - ctx.policy.undo_window
    me = ctx.speaker.person_id
    if not people.take_back_approval(ctx.session, number, decided_by=me, since=since, now=ctx.now):
        return None
    request = people.verification(ctx.session, number)
    account = identities.find(ctx.session, request.identity_id) if request else None
    if request is None or account is None:
        return None
    taken: list[int] = []
    if account.person_id == request.claimed_id:
        taken = identities.taken_through(ctx.session, account)
        identities.part(ctx.session, account, to_id=request.person_id)
    _tell(ctx, texts.TAKEN_BACK_NEWS, to=request.person_id)
    actions: tuple[Action, ...] = tuple(map(texts.recall_what_it_took, taken))
    return Reply(text=texts.taken_back(taken), card_note=texts.REFUSED_SHORT, actions=actions)


def _tell(ctx: Context, text: str, *, to: int) -> None:
    ctx.notify(
        Notice(
            kind=NoticeKind.VERIFICATION,
            title=texts.VERIFICATION_RESULT,
            text=text,
            recipients=(to,),
        )
    )
