"""What the clock says about a home day: to whom, in which words, each kind once (DOMAIN.md c8).

A chunk of people is noted as told and its notices are written in one transaction; whoever was
noted by somebody else is left out. So it may run at any time, as often as anybody likes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from types import MappingProxyType

from sqlalchemy.orm import Session

from handlers.context import Policy
from handlers.messages import Action, Notice
from handlers.rules import home_day as rules
from handlers.rules.permissions import TAKERS
from handlers.services import branches, cards, home_days, notices, openings
from handlers.texts import home_day as texts
from handlers.texts import orders as order_texts
from storage import home_days as store
from storage import orders, reminders
from storage.home_days import Stored
from storage.organisations import Place
from storage.reminders import Member, Scope, Tally
from storage.vocabulary import (
    DispatchMode,
    NoticeKind,
    OrderKind,
    OrderStatus,
    OrganisationKind,
    ReminderKind,
)

CHUNK = 1000
_ORDERS_SHOWN = 3
_LOOKED_AT = 200
_AHEAD = timedelta(days=-rules.SPANS[ReminderKind.DATE].first)


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to be said about one home day, to those whose own day is ``day``."""

    home_day: Stored
    kind: ReminderKind
    day: date


@dataclass(frozen=True, slots=True)
class _Job:
    session: Session
    errand: Errand
    community: Place
    now: datetime
    policy: Policy

    @property
    def today(self) -> date:
        return self.policy.today(self.now)

    def among(self, path_pattern: str, *, is_office: bool) -> Scope:
        roles = home_days.DISPATCHERS if is_office else TAKERS
        return Scope(
            home_day=self.errand.home_day,
            pattern=path_pattern,
            roles=roles,
            today=self.today,
        )


def lay_down(session: Session, *, now: datetime, policy: Policy) -> int:
    """Give each community its home day two weeks ahead, by the calendar; give how many got one."""
    today, laid = policy.today(now), 0
    this = rules.first_of(today)
    for month in (this, rules.next_month(this)):
        plan = rules.plan(month, policy.calendar)
        if not today <= plan.day <= today + _AHEAD:
            continue
        known = store.planned(session, month)
        for place in branches.tree_of(session).places:
            if place.kind is OrganisationKind.COMMUNITY and place.id not in known:
                store.lay_down(session, place.id, month, plan.day, plan.moved, known=plan.is_known)
                laid += 1
    return laid


def errands(session: Session, *, now: datetime, policy: Policy) -> list[Errand]:
    """Give everything that is to be said now, of the time line of every home day near."""
    local = now.astimezone(policy.timezone)
    due = {kind: days for kind in ReminderKind if (days := rules.due_days(kind, local))}
    if not due:
        return []
    first, last = min(each[0] for each in due.values()), max(each[1] for each in due.values())
    return [
        Errand(each, kind, day)
        for each in store.near(session, first, last)
        for kind, (begin, end) in due.items()
        for day in _days(session, each, kind, begin, end)
    ]


def _days(
    session: Session, home_day: Stored, kind: ReminderKind, begin: date, end: date
) -> Iterator[date]:
    if begin <= home_day.day <= end:
        yield home_day.day
    if kind in _BY_OWN_DAY:
        for other in store.other_days(session, home_day.id, begin, end):
            if other != home_day.day:
                yield other


def tell(session: Session, errand: Errand, *, now: datetime, policy: Policy) -> int:
    """Tell the next chunk of people; give how many there were, 0 when all have been told."""
    community = branches.tree_of(session).by_id.get(errand.home_day.community_id)
    fresh_day = store.of(session, errand.home_day.community_id, errand.home_day.month)
    if community is None or fresh_day is None or fresh_day.day != errand.home_day.day:
        return 0  # moved a moment ago; the next run reads the new date
    job = _Job(session, errand, community, now, policy)
    people = _PEOPLE[errand.kind](job)
    new = reminders.remind(session, people, errand.home_day, errand.kind, now=now)
    fresh = [member for member in people if member.person_id in new]
    if fresh:
        notices.post(session, _NOTICES[errand.kind](job, fresh), now=now)
    return len(people)


def _office(job: _Job) -> list[Member]:
    if job.errand.kind is ReminderKind.DATE and job.errand.home_day.decided_at is not None:
        return []
    pattern = home_days.office(job.session, job.community, job.today)
    return reminders.officers(
        job.session, job.among(pattern, is_office=True), job.errand.kind, most=CHUNK
    )


def _dispatchers(job: _Job) -> list[Member]:
    scope = job.among(f"{job.community.path}%", is_office=True)
    return reminders.officers(job.session, scope, job.errand.kind, most=CHUNK)


def _silent(job: _Job) -> list[Member]:
    scope = job.among(f"{job.community.path}%", is_office=False)
    return reminders.silent(job.session, scope, most=CHUNK)


def _awaited(job: _Job) -> list[Member]:
    scope = job.among(f"{job.community.path}%", is_office=False)
    return reminders.awaited(job.session, scope, job.errand.kind, job.errand.day, most=CHUNK)


def _arrived(job: _Job) -> list[Member]:
    scope = job.among(f"{job.community.path}%", is_office=False)
    window = home_days.window(job.errand.day, job.policy)
    return reminders.arrived(job.session, scope, job.errand.day, window, most=CHUNK)


def _notice(
    members: Sequence[Member], title: str, text: str, actions: tuple[Action, ...] = ()
) -> Notice:
    return Notice(
        kind=NoticeKind.HOME_DAY,
        title=title,
        text=text,
        actions=actions,
        recipients=tuple(member.person_id for member in members),
    )


def _date(job: _Job, members: Sequence[Member]) -> list[Notice]:
    day = job.errand.day
    text = texts.date_question(day, _explanation(job))
    return [_notice(members, texts.date_title(day), text, (texts.decide_action(day),))]


def _pick(job: _Job, members: Sequence[Member]) -> list[Notice]:
    written = []
    for path, theirs in _by_path(members):
        found = orders.below(
            job.session, path, (OrderStatus.SUBMITTED, OrderStatus.DISPATCHED), most=_LOOKED_AT
        )
        reports = [one for one in found if one.order.kind is not OrderKind.WISH]
        count = sum(one.order.dispatch_mode is not DispatchMode.NAMED for one in reports)
        title, text = texts.pick_title(job.errand.day), texts.pick_text(count)
        taps = (texts.PICK_ACTION,) if count else ()
        written.append(_notice(theirs, title, text, taps))
    return written


def _invitation(job: _Job, members: Sequence[Member]) -> list[Notice]:
    day = job.errand.day
    text = texts.invitation_text(_explanation(job))
    return [_notice(members, texts.invitation_title(day), text, texts.ANSWERS)]


def _reminder(job: _Job, members: Sequence[Member]) -> list[Notice]:
    """Remind of the day with what waits near each; neighbours share a notice."""
    is_eve = job.errand.kind is ReminderKind.EVE
    title = texts.eve_title(job.errand.day) if is_eve else texts.morning_title(job.errand.day)
    own = () if is_eve else (texts.CHECK_IN_ACTION,)
    tree = branches.tree_of(job.session)
    chosen = store.picks(job.session, job.errand.home_day.id)
    groups: dict[tuple[str, int | None], list[Member]] = {}
    for member in members:
        estate = openings.neighbourhood(tree, member.path, member.home_id)
        groups.setdefault((member.path, estate), []).append(member)
    written = []
    for (path, estate), theirs in groups.items():
        found = openings.near(job.session, path, estate, chosen)
        shown = found[:_ORDERS_SHOWN]
        lines = [
            texts.order_line(
                order_texts.head(one.order.id, cards.public_matter(one)), one.order.place_name
            )
            for one in shown
        ]
        text = f"{texts.waiting_near(lines, len(found))}\n{texts.check_in_hint()}"
        takes = tuple(texts.take_action(one.order.id) for one in shown)
        written.append(_notice(theirs, title, text, (*own, *takes)))
    return written


def _thanks(job: _Job, members: Sequence[Member]) -> list[Notice]:
    return [_notice(members, texts.thanks_title(job.errand.day), texts.THANKS)]


def _summary(job: _Job, members: Sequence[Member]) -> list[Notice]:
    """Sum the day up for each branch and for the community: numbers, nobody's name."""
    tree = branches.tree_of(job.session)
    window = home_days.window(job.errand.day, job.policy)
    written = []
    for path, theirs in _by_path(members):
        scope = home_days.members(job.errand.home_day, path, job.today)
        numbers = _labelled(reminders.tally(job.session, scope, window))
        name = tree.ancestors(int(path.rstrip("/").rpartition("/")[2]))[-1].name
        title = texts.summary_title(name, job.errand.day)
        taps = (texts.SILENT_ACTION,) if numbers[texts.SILENT] else ()
        written.append(_notice(theirs, title, texts.summary(numbers), taps))
    return written


def _labelled(tally: Tally) -> dict[str, int]:
    return {
        texts.MEMBERS: tally.members,
        texts.CAME: tally.came,
        texts.SAID_COMING: tally.coming,
        texts.CHANGED: tally.other_day,
        texts.EXCUSED: tally.excused,
        texts.SILENT: tally.silent,
        texts.SERVED: tally.served,
    }


def _by_path(members: Sequence[Member]) -> Iterator[tuple[str, list[Member]]]:
    ordered = sorted(members, key=lambda member: (member.path, member.person_id))
    for path, theirs in groupby(ordered, key=lambda member: member.path):
        yield path, list(theirs)


def _explanation(job: _Job) -> str:
    day = job.errand.home_day
    rule_day = rules.plan(day.month, job.policy.calendar).rule_day
    return texts.explained(day.moved, rule_day, is_known=day.is_known)


_BY_OWN_DAY = frozenset({ReminderKind.EVE, ReminderKind.MORNING, ReminderKind.THANKS})
_PEOPLE: Mapping[ReminderKind, Callable[[_Job], list[Member]]] = MappingProxyType(
    {
        ReminderKind.DATE: _office,
        ReminderKind.PICK: _dispatchers,
        ReminderKind.INVITATION: _silent,
        ReminderKind.EVE: _awaited,
        ReminderKind.MORNING: _awaited,
        ReminderKind.THANKS: _arrived,
        ReminderKind.SUMMARY: _dispatchers,
    }
)
_NOTICES: Mapping[ReminderKind, Callable[[_Job, Sequence[Member]], list[Notice]]] = (
    MappingProxyType(
        {
            ReminderKind.DATE: _date,
            ReminderKind.PICK: _pick,
            ReminderKind.INVITATION: _invitation,
            ReminderKind.EVE: _reminder,
            ReminderKind.MORNING: _reminder,
            ReminderKind.THANKS: _thanks,
            ReminderKind.SUMMARY: _summary,
        }
    )
)
