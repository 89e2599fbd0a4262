"""A month of points: drafted for each branch, shown to its members for some days, then fixed.

What is corrected while it is shown still counts to it; what is corrected later counts to the month
in which that happens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers.context import Policy
from handlers.messages import Notice
from handlers.rules import points as rules
from handlers.services import branches, notices, points
from handlers.texts import months as texts
from handlers.texts import points as point_texts
from storage import standings as store
from storage.standings import Period, Standing
from storage.vocabulary import NoticeKind

MONTHS_BACK = 3
"""So many months are looked back for a draft that is missing: a worker may have been away."""

_FIRST_HOUR = 9
_LAST_HOUR = 20
_CHUNK = 100


@dataclass(frozen=True, slots=True)
class Draft:
    """A branch's month that is to be drafted."""

    branch_id: int
    branch: str
    month: date


def to_draft(session: Session, *, now: datetime, policy: Policy) -> list[Draft]:
    """Give months that are over and not drafted, by day only, some branches at a time."""
    local = now.astimezone(policy.timezone)
    if not _FIRST_HOUR <= local.hour < _LAST_HOUR:
        return []
    month, found = rules.month_of(local.date()), []
    for _ in range(MONTHS_BACK):
        month = rules.month_before(month)
        undrafted = store.undrafted(session, month, most=_CHUNK)
        found += [Draft(branch_id, name, month) for branch_id, name in undrafted]
    return found


def draft(session: Session, wanted: Draft, *, now: datetime, policy: Policy) -> int:
    """Draft a branch's month and tell its members and its secretary; gives how many notices."""
    until = points.last_of_working_days(policy, now, rules.NOTICE_WORKING_DAYS)
    if not store.draft(session, wanted.branch_id, wanted.month, now=now, appeals_until=until):
        return 0
    shown = store.of_month(session, wanted.branch_id, wanted.month)
    officers = branches.dispatchers(
        session, branches.tree_of(session), wanted.branch_id, today=policy.today(now)
    )
    last = texts.last_moment(until, policy.timezone)
    written = [
        *_for_members(wanted, shown, last),
        Notice(
            kind=NoticeKind.POINTS,
            title=texts.branch_title(wanted.branch, wanted.month),
            text=texts.for_branch([(each.name, each.hundredths) for each in shown], last),
            recipients=tuple(sorted({officer.person_id for officer in officers})),
        ),
    ]
    return len(notices.post(session, written, now=now))


def to_fix(session: Session, *, now: datetime) -> list[Period]:
    """Give months whose time for appeals is over, some at a time."""
    return store.over(session, now=now, most=_CHUNK)


def _for_members(wanted: Draft, shown: Sequence[Standing], last: str) -> list[Notice]:
    """Tell each member the own sum only; those with the same sum share a notice."""
    by_sum: dict[tuple[int, int], list[int]] = {}
    for each in shown:
        by_sum.setdefault((each.hundredths, each.count), []).append(each.person_id)
    return [
        Notice(
            kind=NoticeKind.POINTS,
            title=texts.title(wanted.month),
            text=texts.for_member(wanted.month, hundredths, count, last),
            actions=(point_texts.LINES_ACTION,),
            recipients=tuple(people),
        )
        for (hundredths, count), people in by_sum.items()
    ]
