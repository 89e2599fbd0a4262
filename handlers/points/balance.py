"""A member looks at the own points: how many, for what, and by which rules."""

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Reply
from handlers.rules import points as rules
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import points
from handlers.texts import points as texts
from handlers.texts import words
from storage import points as ledger

_MOST_LINES = 60


def _balance(ctx: Context, said: Said) -> Reply:
    del said
    mine = points.month_now(ctx.session, ctx.policy, ctx.speaker.person_id, ctx.now)
    if not mine.count:
        return Reply(text=texts.NOTHING_YET, actions=(texts.RULES_ACTION,))
    return Reply(
        text=texts.balance(mine.total, month=mine.month, year=mine.year),
        actions=(texts.LINES_ACTION, texts.RULES_ACTION),
    )


def _lines(ctx: Context, said: Said) -> Reply:
    del said
    lines = ledger.lines(ctx.session, ctx.speaker.person_id, most=_MOST_LINES)
    if not lines:
        return Reply(text=texts.NOTHING_YET, actions=(texts.RULES_ACTION,))
    mine = points.month_now(ctx.session, ctx.policy, ctx.speaker.person_id, ctx.now)
    shown = [points.described(ctx.policy, line) for line in lines]
    tail = [texts.earlier(_MOST_LINES)] if mine.count > len(lines) else []
    how = texts.how_to_appeal(lines[0].entry.id)
    return Reply(
        text="\n".join([texts.lines_head(mine.total), how, *shown, *tail]),
        actions=(texts.RULES_ACTION,),
    )


def _rules(ctx: Context, said: Said) -> Reply:
    del said
    return Reply(text=texts.the_rules(rules.tariff_of(ctx.today)), actions=(texts.BALANCE_ACTION,))


balance: Command[Context] = Command(
    words=words.POINTS, permission=Permission.FOLLOW, answer=_balance
)
lines: Command[Context] = Command(
    words=words.POINT_LINES, permission=Permission.FOLLOW, answer=_lines
)
the_rules: Command[Context] = Command(
    words=words.POINT_RULES, permission=Permission.FOLLOW, answer=_rules
)
