"""A branch's ranking, where its secretary has switched it on; nobody is named who keeps out."""

from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Action, Reply
from handlers.rules import points as rules
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from handlers.services import branches, desks, points
from handlers.texts import general, words
from handlers.texts import points as point_texts
from handlers.texts import rankings as texts
from storage import standings
from storage.organisations import Place
from storage.vocabulary import OrganisationKind

_SHOWN = 10
_MOST = 500


def _answer(ctx: Context, said: Said) -> Reply:
    word, _, rest = said.rest.partition(" ")
    if word in texts.SWITCHES:
        return _switch(ctx, word, rest.strip())
    if word in texts.TAKING_PART:
        is_ranked = texts.TAKING_PART[word]
        standings.keep_out(ctx.session, ctx.speaker.person_id, is_ranked=is_ranked)
        return Reply(text=texts.LET_IN if is_ranked else texts.KEPT_OUT)
    return _ranking(ctx)


def _ranking(ctx: Context) -> Reply:
    branch = _home(ctx)
    if branch is None or not standings.has_ranking(ctx.session, branch.id):
        return Reply(text=texts.SWITCHED_OFF, actions=(point_texts.BALANCE_ACTION,))
    since = rules.month_of(ctx.today).replace(month=1)
    ranked = standings.ranking(ctx.session, branch.id, since=since, most=_MOST)
    if not ranked:
        return Reply(text=texts.EMPTY, actions=(point_texts.RULES_ACTION,))
    rows = [
        texts.row(place, each.name, each.hundredths)
        for place, each in enumerate(ranked[:_SHOWN], 1)
    ]
    me = ctx.speaker.person_id
    mine = [(place, each) for place, each in enumerate(ranked, 1) if each.person_id == me]
    own = [texts.own(place, each.hundredths) for place, each in mine]
    return Reply(
        text="\n".join([texts.head(branch.name, ctx.today.year), *rows, *own]),
        actions=(texts.KEEP_OUT_ACTION,) if mine else (),
    )


def _home(ctx: Context) -> Place | None:
    """Find the branch to which the speaker belongs by any post."""
    tree = branches.tree_of(ctx.session)
    for post in ctx.posts:
        branch = points.branch_at(tree, post.path)
        if branch is not None and tree.by_id[branch].kind is OrganisationKind.BRANCH:
            return tree.by_id[branch]
    return None


def _switch(ctx: Context, word: str, wanted: str) -> Reply:
    if not ctx.may(Permission.DISPATCH):
        return Reply(text=general.NOT_ALLOWED)
    tree = branches.tree_of(ctx.session)
    paths = desks.of(ctx.posts)
    mine = [
        place
        for place in tree.places
        if place.kind is OrganisationKind.BRANCH
        and any(place.path.startswith(path) for path in paths)
        and (not wanted or place.name == wanted)
    ]
    if not mine:
        return Reply(text=texts.NO_SUCH_BRANCH)
    if len(mine) > 1:
        menu = tuple(Action(place.name, texts.switch(word, place.name)) for place in mine[:_SHOWN])
        return Reply(text=texts.WHICH_BRANCH, menu=menu)
    is_on = texts.SWITCHES[word]
    standings.switch_ranking(
        ctx.session, mine[0].id, is_on=is_on, by_id=ctx.speaker.person_id, now=ctx.now
    )
    return Reply(text=texts.switched(mine[0].name, is_on=is_on))


ranking: Command[Context] = Command(
    words=words.RANKING, permission=Permission.FOLLOW, answer=_answer
)
