"""Somebody follows, scans, opens the app or leaves: events that are answered, or end silently."""

from handlers.context import Context
from handlers.messages import Reply
from handlers.rules import scans
from handlers.rules.permissions import Permission
from handlers.services import branches
from handlers.texts import general
from handlers.texts import people as texts
from storage import people
from storage.vocabulary import OrganisationKind

_HOMES = frozenset(
    {
        OrganisationKind.UNIT,
        OrganisationKind.BUILDING,
        OrganisationKind.GRID,
        OrganisationKind.ESTATE,
        OrganisationKind.BRANCH,
    }
)


def subscribe(ctx: Context) -> Reply:
    """Welcome a new follower; a scanned code binds at once."""
    bound = _bind(ctx)
    welcome = ctx.policy.welcome or general.welcome(ctx.policy.community)
    taps = (general.REPORT_ACTION, general.HELP_ACTION)
    if bound:
        return Reply(text=f"{welcome}\n{bound}", actions=taps)
    return Reply(text=welcome, actions=(general.REPORT_ACTION, general.BIND_ACTION))


def scan(ctx: Context) -> Reply:
    """Bind a follower who scanned a code."""
    return Reply(text=_bind(ctx) or texts.UNKNOWN_CODE, actions=(general.REPORT_ACTION,))


def unsubscribe(ctx: Context) -> Reply:
    """Drop what the leaver told us; open orders run on, and no answer is possible."""
    speaker = ctx.speaker
    stranger = people.forget(ctx.session, speaker.identity_id, speaker.person_id, now=ctx.now)
    speaker.become_stranger(stranger)
    return Reply()


def enter(ctx: Context) -> Reply:
    """Greet whoever opens the app, once a day: the event comes at every opening."""
    if ctx.speaker.greeted_on == ctx.today:
        return Reply()
    people.greet(ctx.session, ctx.speaker.identity_id, today=ctx.today)
    taps = [general.REPORT_ACTION]
    if ctx.may(Permission.TAKE):
        taps.insert(0, general.TAKEABLE_ACTION)
    if ctx.may(Permission.DISPATCH):
        taps.insert(0, general.TODO_ACTION)
    return Reply(text=general.greet_staff(ctx.policy.community), actions=tuple(taps))


def _bind(ctx: Context) -> str | None:
    """Bind to the organisation that the scanned scene names; None when it names none."""
    if not scans.is_home(ctx.incoming.scene):
        return None
    tree = branches.tree_of(ctx.session)
    node = tree.by_code.get(ctx.incoming.scene.removeprefix(scans.HOME))
    if node is None or node.kind not in _HOMES:
        return None
    people.bind_home(ctx.session, ctx.speaker.person_id, node.id)
    ctx.speaker.home_id = node.id
    return texts.bound(branches.place_name(tree, node.id))
