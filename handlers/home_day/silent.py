"""Who has not answered the invitation: for those who look after the day, never a ranking."""

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Reply
from handlers.rules import home_day as rules
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import branches, home_days
from handlers.services.home_days import Known
from handlers.texts import home_day as texts
from handlers.texts import words
from storage import reminders
from storage.organisations import Place

_SHOWN = 200


def _answer(ctx: Context, said: Said) -> Reply:
    del said
    tree = branches.tree_of(ctx.session)
    after = home_days.looked_after(ctx.posts, tree)
    if not after:
        return Reply(text=texts.NO_COMMUNITY)
    return Reply(text="\n\n".join(_part(ctx, place, path) for place, path in after))


def _part(ctx: Context, community: Place, path: str) -> str:
    """List those of one community, or of the branch that is the speaker's part of it."""
    day = _current(ctx, community)
    invited_on = day.day + rules.INVITED
    if ctx.today < invited_on:
        return texts.not_invited_yet(invited_on)
    row = home_days.kept(ctx.session, day)
    scope = home_days.members(row, path, ctx.today)
    window = home_days.window(day.day, ctx.policy)
    found = reminders.unanswered(ctx.session, scope, window, most=_SHOWN + 1)
    if not found:
        return texts.EVERYBODY_ANSWERED
    shown, is_cut = found[:_SHOWN], len(found) > _SHOWN
    lines = [texts.silent_line(each.name, is_reachable=each.is_reachable) for each in shown]
    node = branches.tree_of(ctx.session).by_id[int(path.rstrip("/").rpartition("/")[2])]
    return "\n".join([texts.silent_head(node.name, day.day, len(shown), is_cut=is_cut), *lines])


def _current(ctx: Context, community: Place) -> Known:
    """Give the home day last asked about; the last month's as long as its summary is news."""
    month = rules.first_of(ctx.today)
    last, this, after = (
        home_days.known(ctx.session, community, each, ctx.policy)
        for each in (rules.last_month(month), month, rules.next_month(month))
    )
    if ctx.today >= after.day + rules.INVITED:
        return after
    is_news = last.stored is not None and ctx.today <= last.day + rules.SUMMED_UP
    return last if is_news and ctx.today < this.day + rules.INVITED else this


command: Command[Context] = Command(
    words=words.SILENT, permission=Permission.DISPATCH, answer=_answer
)
