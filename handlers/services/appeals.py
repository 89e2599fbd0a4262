"""A member has a line looked at again, by the level above, by somebody who had no hand in it.

What is decided is a line of its own: nothing that is written is changed, and a month that is fixed
stays as it is.
"""

from dataclasses import dataclass
from datetime import datetime

from handlers.context import Context
from handlers.messages import Notice
from handlers.rules import points as rules
from handlers.rules.points import PointRule
from handlers.services import branches, points
from handlers.services.moves import RefusedError
from handlers.texts import appeals as texts
from handlers.texts import points as point_texts
from storage import appeals as store
from storage import people
from storage import points as ledger
from storage.appeals import NewAppeal
from storage.models import PointAppeal, PointEntry
from storage.organisations import Tree
from storage.points import Line
from storage.vocabulary import AppealOutcome, NoticeKind, PointSource, Role

_DECIDERS = (Role.COMMUNITY_WORKER, Role.SECRETARY, Role.DEPUTY)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between what a line may be set, and what it comes to now."""

    least: int
    most: int
    left: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a line, by how many hundredths that changes it, and the words to it."""

    outcome: AppealOutcome
    change: int
    words: str


def own_line(ctx: Context, number: int) -> Line:
    """Give a line of the speaker's that may be appealed against now.

    Raises:
        RefusedError: it is no such line, or too late, or decided for good.
    """
    line = ledger.line(ctx.session, number)
    if line is None or line.entry.person_id != ctx.speaker.person_id:
        raise RefusedError(point_texts.NOT_YOUR_LINE)
    entry = line.entry
    if entry.source is PointSource.APPEAL:
        raise RefusedError(texts.is_a_decision(entry.id, entry.reverses_id or entry.id))
    earlier = store.of_line(ctx.session, entry.id)
    if earlier and earlier[-1].decided_at is None:
        raise RefusedError(texts.being_decided(entry.id, _day(ctx, earlier[-1].decide_by)))
    if len(earlier) >= rules.MOST_ROUNDS:
        raise RefusedError(texts.decided_for_good(entry.id))
    until = _deadline(ctx, entry, earlier)
    if ctx.now >= until:
        comes_again = not earlier and _is_to_be_drafted(ctx, entry)
        raise RefusedError(texts.too_late(entry.id, _day(ctx, until), comes_again=comes_again))
    return line


def open_lines(ctx: Context, most: int) -> list[Line]:
    """Give the newest lines of the speaker's that may be appealed against now."""
    found = []
    for line in ledger.lines(ctx.session, ctx.speaker.person_id, most=most):
        try:
            found.append(own_line(ctx, line.entry.id))
        except RefusedError:
            continue
    return found


def until(ctx: Context, entry: PointEntry) -> str:
    """Say until when a line may be appealed against."""
    return _day(ctx, _deadline(ctx, entry, store.of_line(ctx.session, entry.id)))


def file(ctx: Context, number: int, reason: str) -> str:
    """Ask the level above to look at a line again; gives by when it answers.

    Raises:
        RefusedError: the line is none to appeal against, or nobody is there who may decide.
    """
    line = own_line(ctx, number)
    entry = line.entry
    earlier = store.of_line(ctx.session, entry.id)
    organisation_id, deciders = _deciders(ctx, entry, earlier)
    decide_by = points.last_of_working_days(ctx.policy, ctx.now, rules.DECISION_WORKING_DAYS)
    appeal = store.add(
        ctx.session,
        NewAppeal(
            entry_id=entry.id,
            round=len(earlier),
            person_id=ctx.speaker.person_id,
            organisation_id=organisation_id,
            reason=reason,
            appealed_at=ctx.now,
            decide_by=decide_by,
        ),
    )
    if appeal is None:
        raise RefusedError(texts.being_decided(entry.id, _day(ctx, decide_by)))
    ctx.notify(
        Notice(
            kind=NoticeKind.POINTS,
            order_id=entry.order_id,
            title=texts.title(appeal),
            text=texts.question(
                ctx.speaker.name or "",
                points.described(ctx.policy, line),
                reason,
                _day(ctx, decide_by),
            ),
            actions=texts.decisions(appeal),
            recipients=tuple(deciders),
        )
    )
    return _day(ctx, decide_by)


def to_decide(ctx: Context, number: int) -> tuple[PointAppeal, Line] | None:
    """Give an appeal that is the speaker's to decide, decided or not; None: it is not."""
    appeal = store.find(ctx.session, number)
    line = ledger.line(ctx.session, appeal.entry_id) if appeal else None
    if appeal is None or line is None:
        return None
    is_there = any(
        post.organisation_id == appeal.organisation_id and post.role in _DECIDERS
        for post in ctx.posts
    )
    me = ctx.speaker.person_id
    if appeal.decided_by_id == me:
        return appeal, line
    if not is_there or me in store.involved(ctx.session, line.entry):
        return None
    return appeal, line


def bounds(ctx: Context, entry: PointEntry) -> Bounds:
    """Hold a line until the turn ends, and say between what it may be set.

    No decision gives more than the rule's limits, and none takes more than there is.
    """
    left = ledger.lock(ctx.session, entry.id)
    day = entry.served_on or ctx.policy.today(entry.at)
    tariff = rules.tariff_of(day)
    why, takes_back = rules.origin(entry.rule)
    least, most = (entry.hundredths, 0) if takes_back else (0, rules.most_for(why, tariff))
    if why is PointRule.SERVICE:
        paid = ledger.paid(ctx.session, entry.person_id, day, rules.both(PointRule.SERVICE))
        most = min(most, left + max(0, tariff.most_a_day - paid))
    return Bounds(least, most, left)


def decide(ctx: Context, appeal: PointAppeal, line: Line, decision: Decision) -> bool:
    """Decide an appeal, write what it changes, and tell the member; False: it is decided."""
    entry, me = line.entry, ctx.speaker.person_id
    if not store.decide(ctx.session, appeal.id, decision.outcome, by_id=me, now=ctx.now):
        return False
    if decision.change:
        ledger.correct(
            ctx.session,
            entry.id,
            decision.change,
            appeal_id=appeal.id,
            reason=decision.words,
            by_id=me,
            now=ctx.now,
            month=rules.month_of(ctx.today),
        )
    again = appeal.round + 1 < rules.MOST_ROUNDS
    ctx.notify(
        Notice(
            kind=NoticeKind.POINTS,
            order_id=entry.order_id,
            title=texts.answer_title(entry.id),
            text=texts.answered(
                entry.id,
                decision.outcome,
                decision.change,
                decision.words,
                again_until=_day(ctx, ctx.now + rules.APPEAL_WINDOW) if again else "",
            ),
            recipients=(appeal.person_id,),
        )
    )
    return True


def _deadline(ctx: Context, entry: PointEntry, earlier: list[PointAppeal]) -> datetime:
    """Give when the time to object ends: of a line, of its month's notice, of a decision."""
    if earlier and (decided_at := earlier[-1].decided_at):
        return decided_at + rules.APPEAL_WINDOW
    period = store.period(ctx.session, entry.branch_id, entry.month)
    ends = entry.at + rules.APPEAL_WINDOW
    return max(ends, period.appeals_until) if period else ends


def _is_to_be_drafted(ctx: Context, entry: PointEntry) -> bool:
    return (
        entry.branch_id is not None
        and store.period(ctx.session, entry.branch_id, entry.month) is None
    )


def _deciders(ctx: Context, entry: PointEntry, earlier: list[PointAppeal]) -> tuple[int, list[int]]:
    """Find the nearest level above with somebody who had no hand in it."""
    tree = branches.tree_of(ctx.session)
    nobody = store.involved(ctx.session, entry)
    for node in _levels(tree, entry, earlier):
        officers = people.officers(ctx.session, [node], _DECIDERS, today=ctx.today)
        found = sorted({each.person_id for each in officers} - nobody)
        if found:
            return node, found
    raise RefusedError(texts.NOBODY_TO_DECIDE)


def _levels(tree: Tree, entry: PointEntry, earlier: list[PointAppeal]) -> list[int]:
    """List the organisations to ask, the nearest first; a second time, higher ones first."""
    if earlier:
        last = earlier[-1].organisation_id
        return [*_above(tree, last), last]
    if entry.branch_id is None:
        return [node.id for node in tree.places if node.parent_id is None]
    return _above(tree, entry.branch_id)


def _above(tree: Tree, node_id: int) -> list[int]:
    return [node.id for node in reversed(tree.ancestors(node_id)[:-1])]


def _day(ctx: Context, ends: datetime) -> str:
    return texts.moment(ends, ctx.policy.timezone)
