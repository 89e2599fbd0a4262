"""The secretary proposes a special award; two of the level above agree by tap."""

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Action, Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import bonuses, desks
from handlers.services.moves import RefusedError
from handlers.texts import bonuses as texts
from handlers.texts import orders as order_texts
from handlers.texts import words
from storage import appeals as store
from storage.appeals import Named
from storage.sealing import unseal

_MOST_LETTERS = 200


def _answer_propose(ctx: Context, said: Said) -> Reply:
    wanted = texts.read(said.rest[:_MOST_LETTERS])
    if wanted is None:
        return Reply(text=texts.HOW)
    members = {
        member.person_id: member
        for path in desks.of(ctx.posts)
        for member in store.named(ctx.session, path, wanted.name, today=ctx.today)
        if not wanted.digits or _last_digits(member) == wanted.digits
    }
    if not members:
        return Reply(text=texts.nobody(wanted.name))
    if len(members) > 1:
        menu = tuple(
            Action(
                order_texts.same_name_label(member.name, member.organisation, _last_digits(member)),
                texts.command(wanted, _last_digits(member)),
            )
            for member in members.values()
        )
        return Reply(text=texts.which(wanted.name), menu=menu)
    (member,) = members.values()
    try:
        bonuses.propose(ctx, member, wanted.hundredths, wanted.reason)
    except RefusedError as refusal:
        return Reply(text=refusal.sentence)
    return Reply(text=texts.proposed(member.name, wanted.hundredths))


def _last_digits(member: Named) -> str:
    return unseal(member.phone_sealed)[-4:] if member.phone_sealed else ""


def _answer_agree(ctx: Context, said: Said) -> Reply:
    return bonuses.agree(ctx, said.number or 0)


def _answer_refuse(ctx: Context, said: Said) -> Reply:
    return bonuses.refuse(ctx, said.number or 0)


propose: Command[Context] = Command(
    words=words.BONUS, permission=Permission.DISPATCH, answer=_answer_propose
)
agree: Command[Context] = Command(
    words=words.AGREE_BONUS, permission=Permission.APPROVE, answer=_answer_agree, numbered=True
)
refuse: Command[Context] = Command(
    words=words.REFUSE_BONUS, permission=Permission.APPROVE, answer=_answer_refuse, numbered=True
)
