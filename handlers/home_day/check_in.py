"""A member comes to the home day: noted once a month, and shown what can be done at once."""

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Reply
from handlers.rules import home_day as rules
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import branches, home_days, openings
from handlers.services.home_days import Known
from handlers.texts import general, words
from handlers.texts import home_day as texts
from storage import home_days as store
from storage.home_days import Answered
from storage.vocabulary import Attendance


def _answer(ctx: Context, said: Said) -> Reply:
    del said
    communities = home_days.served(ctx.posts, branches.tree_of(ctx.session))
    if not communities:
        return Reply(text=texts.NO_COMMUNITY)
    month = rules.first_of(ctx.today)
    days = [home_days.known(ctx.session, each, month, ctx.policy) for each in communities]
    here = store.checked_in_at(ctx.session, ctx.speaker.person_id, month)
    if here is not None:
        return _already(ctx, days[0])
    todays = next((day for day in days if _is_today(ctx, day)), None)
    if todays is None:
        return _another_day(ctx, days[0])
    row = home_days.kept(ctx.session, todays)
    if not store.check_in(ctx.session, ctx.speaker.person_id, row.id, month, now=ctx.now):
        return _already(ctx, todays)
    return _with_orders(ctx, todays, texts.WELCOME_HOME)


def _is_today(ctx: Context, day: Known) -> bool:
    if day.day == ctx.today:
        return True
    said = _said(ctx, day)
    return said is not None and said.other_day == ctx.today


def _said(ctx: Context, day: Known) -> Answered | None:
    if day.stored is None:
        return None
    return store.answer_of(ctx.session, day.stored.id, ctx.speaker.person_id)


def _already(ctx: Context, day: Known) -> Reply:
    here = store.checked_in_at(ctx.session, ctx.speaker.person_id, rules.first_of(ctx.today))
    on = ctx.policy.today(here) if here else ctx.today
    head = texts.ALREADY_HERE if on == ctx.today else texts.you_were_here(on)
    return _with_orders(ctx, day, head)


def _another_day(ctx: Context, day: Known) -> Reply:
    said = _said(ctx, day)
    chosen = said.other_day if said and said.answer is Attendance.OTHER_DAY else None
    on = chosen or day.day
    if on > ctx.today:
        return Reply(text=texts.not_today(on), actions=(texts.TO_TODAY_ACTION,))
    return Reply(
        text=texts.day_is_over(on), actions=(texts.TO_TODAY_ACTION, general.TAKEABLE_ACTION)
    )


def _with_orders(ctx: Context, day: Known, head: str) -> Reply:
    """Show what can be taken at once: what was picked for the day first, then what is near."""
    tree = branches.tree_of(ctx.session)
    path = next((post.path for post in ctx.posts), day.community.path)
    estate = openings.neighbourhood(tree, path, ctx.speaker.home_id)
    chosen = store.picks(ctx.session, day.stored.id) if day.stored else []
    found = openings.nearest_first(tree, openings.takeable(ctx), estate, chosen)
    if not found:
        return Reply(text=f"{head}{texts.NOTHING_OPEN}", actions=(general.TAKEABLE_ACTION,))
    return Reply(text=f"{head}{texts.OPEN_NOW}", menu=openings.menu(found))


command: Command[Context] = Command(
    words=words.CHECK_IN, permission=Permission.TAKE, answer=_answer
)
