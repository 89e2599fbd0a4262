"""A member on the official account asks to be recognised; those who dispatch approve by tap."""

import re

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Notice, Reply
from handlers.rules.permissions import Permission
from handlers.rules.phones import mobile
from handlers.rules.words import Said
from handlers.services import branches, verifications
from handlers.texts import people as texts
from handlers.texts import words
from storage import people
from storage.sealing import keyed_hash
from storage.vocabulary import NoticeKind

_CLAIM = re.compile(r"(?P<name>[^\d\s]{2,16}?)[^\w+]*(?P<phone>\+?\d[\d\s-]*)$")


def _answer_claim(ctx: Context, said: Said) -> Reply:
    if ctx.speaker.is_registered:
        return Reply(text=texts.ALREADY_VERIFIED)
    claim = _CLAIM.match(said.rest.strip())
    phone = mobile(claim["phone"]) if claim else None
    if claim is None or phone is None:
        return Reply(text=texts.HOW_TO_VERIFY)
    tries = people.count_verifications(ctx.session, ctx.speaker.identity_id, since=ctx.midnight)
    if tries >= ctx.policy.verification_tries_a_day:
        return Reply(text=texts.TOO_MANY_TRIES)
    claimed = people.by_phone(ctx.session, keyed_hash(phone), claim["name"])
    number = people.add_verification(
        ctx.session,
        person_id=ctx.speaker.person_id,
        identity_id=ctx.speaker.identity_id,
        claimed_id=claimed,
        now=ctx.now,
    )
    if claimed is not None:
        ctx.notify(
            Notice(
                kind=NoticeKind.VERIFICATION,
                title=texts.verification_title(claim["name"]),
                text=texts.verification_question(claim["name"]),
                actions=texts.verification_actions(number),
                recipients=tuple(_approvers(ctx, claimed)),
            )
        )
    return Reply(text=texts.VERIFICATION_SENT)


def _approvers(ctx: Context, person_id: int) -> list[int]:
    """Give those who dispatch where a roster person serves; never the person themselves.

    Who is the only one to dispatch there is left to those further up.
    """
    tree = branches.tree_of(ctx.session)
    for path in people.home_paths(ctx.session, person_id, today=ctx.today):
        for node in map(int, reversed(path.strip("/").split("/"))):
            officers = branches.dispatchers(ctx.session, tree, node, today=ctx.today)
            found = [officer.person_id for officer in officers if officer.person_id != person_id]
            if found:
                return found
    return []


def _answer_approve(ctx: Context, said: Said) -> Reply:
    return verifications.decide(ctx, said.number or 0, is_approved=True)


def _answer_refuse(ctx: Context, said: Said) -> Reply:
    return verifications.decide(ctx, said.number or 0, is_approved=False)


claim: Command[Context] = Command(
    words=words.VERIFY, permission=Permission.VERIFY, answer=_answer_claim
)
approve: Command[Context] = Command(
    words=words.APPROVE, permission=Permission.APPROVE, answer=_answer_approve, numbered=True
)
refuse: Command[Context] = Command(
    words=words.REFUSE, permission=Permission.APPROVE, answer=_answer_refuse, numbered=True
)
