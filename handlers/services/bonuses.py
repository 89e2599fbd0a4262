"""A special award: one proposes, two of the level above agree, nobody for himself or herself."""

from handlers.context import Context
from handlers.messages import Notice, Reply
from handlers.rules import points as rules
from handlers.rules.permissions import GRANTS, Permission
from handlers.rules.points import PointRule
from handlers.services import branches, points
from handlers.services.moves import RefusedError
from handlers.texts import bonuses as texts
from storage import appeals as store
from storage import people
from storage import points as ledger
from storage.appeals import Named
from storage.models import PointAward
from storage.organisations import Tree
from storage.vocabulary import NoticeKind, OrganisationKind, PointSource, Role

_APPROVERS = (Role.COMMUNITY_WORKER, Role.SECRETARY, Role.DEPUTY)
_NEEDED = 2
_LOWER = frozenset(
    {
        OrganisationKind.BRANCH,
        OrganisationKind.ESTATE,
        OrganisationKind.GRID,
        OrganisationKind.BUILDING,
        OrganisationKind.UNIT,
    }
)


def propose(ctx: Context, member: Named, hundredths: int, reason: str) -> int:
    """Ask the level above whether a member gets a special award; gives its number.

    Raises:
        RefusedError: it is for the speaker, too much, or there are not two who may agree.
    """
    me = ctx.speaker.person_id
    if member.person_id == me:
        raise RefusedError(texts.NOT_TO_ONESELF)
    most = rules.tariff_of(ctx.today).most_special
    if not 0 < hundredths <= most:
        raise RefusedError(texts.too_much(most))
    approvers = _approvers(ctx, member.path) - {me, member.person_id}
    if len(approvers) < _NEEDED:
        raise RefusedError(texts.TOO_FEW_TO_AGREE)
    number = store.propose(
        ctx.session,
        person_id=member.person_id,
        hundredths=hundredths,
        reason=reason,
        by_id=me,
        now=ctx.now,
    )
    ctx.notify(
        Notice(
            kind=NoticeKind.POINTS,
            title=texts.title(number),
            text=texts.question(ctx.speaker.name or "", member.name, hundredths, reason),
            actions=texts.answers(number),
            recipients=tuple(sorted(approvers)),
        )
    )
    return number


def agree(ctx: Context, number: int) -> Reply:
    """Agree to an award; the second one who does has it written."""
    award = _mine_to_decide(ctx, number)
    if award is None:
        return Reply(text=texts.NO_SUCH_AWARD, card_note=texts.NO_SUCH_AWARD)
    me = ctx.speaker.person_id
    if store.agree_second(ctx.session, number, by_id=me, now=ctx.now):
        _write(ctx, award)
        return Reply(text=texts.AGREED, card_note=texts.AGREED)
    if store.agree_first(ctx.session, number, by_id=me):
        return Reply(text=texts.ONE_MORE, card_note=texts.ONE_MORE)
    # Somebody else was first a moment ago.
    if store.agree_second(ctx.session, number, by_id=me, now=ctx.now):
        _write(ctx, award)
        return Reply(text=texts.AGREED, card_note=texts.AGREED)
    return _standing(ctx, number)


def refuse(ctx: Context, number: int) -> Reply:
    """Refuse an award; whoever proposed it is told."""
    award = _mine_to_decide(ctx, number)
    if award is None:
        return Reply(text=texts.NO_SUCH_AWARD, card_note=texts.NO_SUCH_AWARD)
    if not store.refuse(ctx.session, number, by_id=ctx.speaker.person_id, now=ctx.now):
        return _standing(ctx, number)
    _tell(ctx, texts.refused_news(number), to=award.proposed_by_id)
    return Reply(text=texts.REFUSED, card_note=texts.REFUSED)


def _standing(ctx: Context, number: int) -> Reply:
    """Say what is true of an award that this tap did not change."""
    award = store.find_award(ctx.session, number)
    is_open = award is not None and award.decided_at is None
    text = texts.ONE_MORE if is_open else texts.ALREADY
    return Reply(text=text, card_note=text)


def _mine_to_decide(ctx: Context, number: int) -> PointAward | None:
    award = store.find_award(ctx.session, number)
    me = ctx.speaker.person_id
    if award is None or me in {award.proposed_by_id, award.person_id}:
        return None
    paths = people.home_paths(ctx.session, award.person_id, today=ctx.today)
    is_above = any(
        post.kind not in _LOWER
        and Permission.APPROVE in GRANTS[post.role]
        and any(path.startswith(post.path) for path in paths)
        for post in ctx.posts
    )
    return award if is_above else None


def _approvers(ctx: Context, path: str) -> set[int]:
    """Give those who may agree, from the nearest levels that have enough of them."""
    tree = branches.tree_of(ctx.session)
    found: set[int] = set()
    me = ctx.speaker.person_id
    for node in reversed(_upper(tree, path)):
        officers = people.officers(ctx.session, [node], _APPROVERS, today=ctx.today)
        found |= {officer.person_id for officer in officers}
        if len(found - {me}) > _NEEDED:
            break
    return found


def _upper(tree: Tree, path: str) -> list[int]:
    nodes = [tree.by_id[node] for node in map(int, path.strip("/").split("/"))]
    return [node.id for node in nodes if node.kind not in _LOWER]


def _write(ctx: Context, award: PointAward) -> None:
    path = next(iter(people.home_paths(ctx.session, award.person_id, today=ctx.today)), None)
    ledger.write(
        ctx.session,
        [
            {
                "person_id": award.person_id,
                "branch_id": points.branch_at(branches.tree_of(ctx.session), path),
                "hundredths": award.hundredths,
                "rule": PointRule.SPECIAL.value,
                "rule_version": rules.tariff_of(ctx.today).version,
                "source": PointSource.AWARD,
                "source_id": award.id,
                "round": 0,
                "reason": award.reason,
                "by_id": award.proposed_by_id,
                "approved_by_id": ctx.speaker.person_id,
                "at": ctx.now,
                "month": rules.month_of(ctx.today),
                "served_on": None,
            }
        ],
    )
    _tell(ctx, texts.awarded(award.hundredths, award.reason), to=award.person_id)
    _tell(ctx, texts.agreed_news(award.id), to=award.proposed_by_id)


def _tell(ctx: Context, text: str, *, to: int) -> None:
    ctx.notify(Notice(kind=NoticeKind.POINTS, title=texts.TITLE, text=text, recipients=(to,)))
