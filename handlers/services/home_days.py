"""The home day as it concerns somebody: which communities, which month, which day, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from handlers.context import Context, Policy
from handlers.messages import Notice, Reply
from handlers.rules import home_day as rules
from handlers.rules.permissions import GRANTS, TAKERS, Permission, Post, reaching
from handlers.services import branches
from handlers.texts import home_day as texts
from storage import home_days as store
from storage import people, reminders
from storage.home_days import Answered, Stored
from storage.organisations import Place, Tree
from storage.reminders import Scope, Window
from storage.vocabulary import Attendance, Moved, NoticeKind, OrganisationKind, ReminderKind

DISPATCHERS = tuple(role for role, granted in GRANTS.items() if Permission.DISPATCH in granted)
_GRACE = timedelta(days=3)  # after the day an answer may still be about it


@dataclass(frozen=True, slots=True)
class Known:
    """A community's home day of a month: as it was stored, or as the calendar gives it."""

    community: Place
    month: date
    day: date
    rule_day: date
    moved: Moved | None
    is_known: bool
    stored: Stored | None = None

    @property
    def is_decided(self) -> bool:
        """Whether somebody of the community has set the day."""
        return self.stored is not None and self.stored.decided_at is not None

    @property
    def explanation(self) -> str:
        """Why it is that day, in a sentence; empty where there is nothing to say."""
        return texts.explained(self.moved, self.rule_day, is_known=self.is_known)


def known(session: Session, community: Place, month: date, policy: Policy) -> Known:
    """Read or work out a community's home day of the month that begins with ``month``."""
    plan = rules.plan(month, policy.calendar)
    stored = store.of(session, community.id, month)
    if stored is None:
        return Known(community, month, plan.day, plan.rule_day, plan.moved, plan.is_known)
    return Known(community, month, stored.day, plan.rule_day, stored.moved, stored.is_known, stored)


def kept(session: Session, day: Known) -> Stored:
    """Give the stored home day, storing what the calendar gives where there is none yet."""
    if day.stored is not None:
        return day.stored
    store.lay_down(session, day.community.id, day.month, day.day, day.moved, known=day.is_known)
    stored = store.of(session, day.community.id, day.month)
    if stored is None:
        raise LookupError("a home day that was just stored is gone")
    return stored


def coming(session: Session, community: Place, policy: Policy, today: date) -> Known:
    """Give the next home day: this month's, or when that is over the next month's."""
    this = known(session, community, rules.first_of(today), policy)
    if this.day >= today:
        return this
    return known(session, community, rules.next_month(this.month), policy)


def asked(session: Session, community: Place, policy: Policy, today: date) -> Known:
    """Give the home day that answers are about: the next one, from some days after the last."""
    this = known(session, community, rules.first_of(today), policy)
    if this.day + _GRACE >= today:
        return this
    return known(session, community, rules.next_month(this.month), policy)


def served(posts: Iterable[Post], tree: Tree) -> list[Place]:
    """Give the communities in which these posts make somebody a member, each once."""
    nodes = [
        tree.nearest(post.organisation_id, OrganisationKind.COMMUNITY)
        for post in posts
        if post.role in TAKERS
    ]
    return list(dict.fromkeys(node for node in nodes if node is not None))


def looked_after(posts: Iterable[Post], tree: Tree) -> list[tuple[Place, str]]:
    """Give the communities of a dispatcher, each with the path of the part that is theirs."""
    found: dict[int, tuple[Place, str]] = {}
    for post in posts:
        if post.role not in DISPATCHERS:
            continue
        above = tree.nearest(post.organisation_id, OrganisationKind.COMMUNITY)
        for node in [above] if above else _communities_below(tree, post.path):
            path = max(post.path, node.path, key=len)
            if node.id not in found or len(path) < len(found[node.id][1]):
                found[node.id] = (node, path)
    return list(found.values())


def _communities_below(tree: Tree, path: str) -> list[Place]:
    return [
        node
        for node in tree.places
        if node.kind is OrganisationKind.COMMUNITY and node.path.startswith(path)
    ]


def may_decide(ctx: Context, community: Place) -> bool:
    """Say whether the speaker sets the date: the community's people, else its branches'."""
    if reaching(ctx.posts, Permission.DISPATCH, community.path):
        return True
    return office(ctx.session, community, ctx.today) != community.path


def office(session: Session, community: Place, today: date) -> str:
    """Give the path pattern of those who look after a community's day."""
    own = people.officers(session, [community.id], DISPATCHERS, today=today)
    return community.path if own else f"{community.path}%"


def members(day: Stored, path: str, today: date) -> Scope:
    """Look at the members of a subtree."""
    return Scope(home_day=day, pattern=f"{path}%", roles=TAKERS, today=today)


def window(day: date, policy: Policy) -> Window:
    """Give the instants between which a calendar day lies."""
    begins_at = datetime.combine(day, time(), policy.timezone)
    return Window(begins_at, datetime.combine(day + timedelta(days=1), time(), policy.timezone))


def is_asking(ctx: Context) -> bool:
    """Say whether the speaker has been asked about a home day, and may answer still."""
    return any(
        ctx.today >= asked(ctx.session, each, ctx.policy, ctx.today).day + rules.INVITED
        for each in served(ctx.posts, branches.tree_of(ctx.session))
    )


def excuse(ctx: Context) -> Reply:
    """Excuse the speaker from the home day that is asked about; to be said without a date."""
    communities = served(ctx.posts, branches.tree_of(ctx.session))
    if not communities:
        return Reply(text=texts.NO_COMMUNITY)
    about = [asked(ctx.session, each, ctx.policy, ctx.today) for each in communities]
    for day in about:
        say(ctx, day, Answered(Attendance.EXCUSED, None))
    return Reply(
        text=texts.noted_excused(about[0].day),
        actions=(texts.COME_ACTION,),
        card_note=texts.CARD_EXCUSED,
    )


def say(ctx: Context, day: Known, said: Answered) -> None:
    """Keep the speaker's answer."""
    row = kept(ctx.session, day)
    store.answer(ctx.session, row.id, ctx.speaker.person_id, said, now=ctx.now)


def move(ctx: Context, day: Known, on: date) -> int:
    """Set the date; whoever was invited to another one is told. Gives how many that are."""
    row = kept(ctx.session, day)
    plan = rules.plan(day.month, ctx.policy.calendar)
    moved = plan.moved if on == plan.day else Moved.COMMUNITY
    if on == plan.rule_day:
        moved = None
    store.decide(ctx.session, row.id, on, moved, by=ctx.speaker.person_id, now=ctx.now)
    if on == row.day:
        return 0
    told = reminders.told(ctx.session, row.id, ReminderKind.INVITATION)
    ctx.notify(
        Notice(
            kind=NoticeKind.HOME_DAY,
            title=texts.changed_title(on),
            text=texts.CHANGED_TEXT,
            actions=texts.ANSWERS,
            recipients=tuple(told),
        )
    )
    return len(told)
