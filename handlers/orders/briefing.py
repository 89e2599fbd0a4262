"""The report of the day or the week when a secretary asks for it."""

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Action, Reply
from handlers.rules import briefings as rules
from handlers.rules.briefings import Span
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import briefings, desks
from handlers.texts import briefings as texts
from handlers.texts import words
from storage.vocabulary import BriefingKind


def _day(ctx: Context, said: Said) -> Reply:
    del said
    return _report(ctx, rules.last_day(ctx.now), texts.LAST_DAY, texts.WEEK_ACTION)


def _week(ctx: Context, said: Said) -> Reply:
    del said
    span = rules.last_week(ctx.now, ctx.policy.timezone)
    head = texts.title(BriefingKind.WEEKLY, span.since, span.until, ctx.policy.timezone)
    return _report(ctx, span, head, texts.DAY_ACTION)


def _report(ctx: Context, span: Span, head: str, other: Action) -> Reply:
    numbers = briefings.numbers(
        ctx.session, desks.of(ctx.posts), span, now=ctx.now, policy=ctx.policy
    )
    if numbers.is_silent:
        return Reply(text=f"{head}\n{texts.NOTHING_HAPPENED}", actions=(other,))
    is_week = other is texts.DAY_ACTION
    text = f"{head}\n{texts.report(numbers, is_week=is_week)}"
    return Reply(text=text, menu=texts.ways_on(numbers), actions=(other,))


day: Command[Context] = Command(
    words=words.BRIEFING, permission=Permission.DISPATCH, answer=_day, alone=True
)
week: Command[Context] = Command(
    words=words.WEEKLY, permission=Permission.DISPATCH, answer=_week, alone=True
)
