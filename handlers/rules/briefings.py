"""Which numbers a secretary's report has, for which time, and when one comes by itself. Pure.

What happened is counted over a span of time; what waits is counted as it is at the moment.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage.vocabulary import BriefingKind, OrderKind

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
RECENT = timedelta(days=30)
"""How far back troubles at one place are counted together."""

MANY = 3
"""So many troubles at one place within that time are one that keeps coming back."""

TROUBLES = (OrderKind.REPORT, OrderKind.REQUEST)
"""What can come back; three wishes in one building are no trouble."""

_DAILY_AT = time(18)
_WEEKLY_AT = time(8, 30)
_NIGHT = time(22)  # what could not be told until then is not told at night
_MONDAY = 0


@dataclass(frozen=True, slots=True)
class Span:
    """From ``since`` on, until just before ``until``."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Issue:
    """A report that is to come by itself: once a day and person."""

    kind: BriefingKind
    day: date
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What a report tells; the first eight of the span, the others of this moment.

    ``dispatched`` and ``taken`` count orders, however often each was. ``undelivered`` counts the
    news of the span that has not reached people. ``wishes`` are those nobody has granted yet.
    """

    submitted: int = 0
    dispatched: int = 0
    taken: int = 0
    resolved: int = 0
    partly: int = 0
    unrated: int = 0
    unreachable: int = 0
    reopened: int = 0
    undelivered: int = 0
    waiting: int = 0
    overdue: int = 0
    wishes: int = 0
    unclaimed: int = 0

    @property
    def closed(self) -> int:
        """How many orders ended, in whichever way."""
        return self.resolved + self.partly + self.unrated + self.unreachable

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing at all to tell."""
        return self == Numbers()


def due(now: datetime, zone: ZoneInfo) -> tuple[Issue, ...]:
    """Give the reports that should have come by now and may still come today.

    A day's report is about the day and night before its hour, so that nothing falls between two;
    that of a week, on Monday, is about the calendar week before.
    """
    local = now.astimezone(zone)
    issues: list[Issue] = []
    if local.weekday() == _MONDAY and _WEEKLY_AT <= local.time() < _NIGHT:
        issues.append(Issue(BriefingKind.WEEKLY, local.date(), last_week(now, zone)))
    if _DAILY_AT <= local.time() < _NIGHT:
        until = datetime.combine(local.date(), _DAILY_AT, zone)
        since = datetime.combine(local.date() - DAY, _DAILY_AT, zone)
        issues.append(Issue(BriefingKind.DAILY, local.date(), Span(since, until)))
    return tuple(issues)


def last_day(now: datetime) -> Span:
    """Give what a report is about that is asked for: the last 24 hours, this moment included."""
    return Span(now - DAY, now + timedelta(microseconds=1))


def last_week(now: datetime, zone: ZoneInfo) -> Span:
    """Give the calendar week before the one of ``now``."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    return Span(
        datetime.combine(monday - WEEK, time(), zone), datetime.combine(monday, time(), zone)
    )


@dataclass(frozen=True, slots=True)
class Trouble:
    """An order that may be one of those that keep coming back.

    ``is_recent``: it was reported within the last 30 days; others are here for having been opened
    again.
    """

    number: int
    kind: OrderKind
    place_id: int | None
    is_recent: bool
    reopen_count: int


@dataclass(frozen=True, slots=True)
class Recurring:
    """An order that came back, or one of several of its kind at one place."""

    number: int
    reopen_count: int
    place_id: int | None
    alike: int


def recurring(
    troubles: Iterable[Trouble], building_of: Callable[[int], int | None]
) -> list[Recurring]:
    """Choose what keeps coming back: the buildings with the most first, then what was reopened.

    Args:
        troubles: what was reported of late, or opened again.
        building_of: the building that a place is or lies in; None where it is wider than that.
    """
    every = list(troubles)
    places = {
        each.number: (building_of(each.place_id), each.kind)
        for each in every
        if each.is_recent and each.kind in TROUBLES and each.place_id is not None
    }
    counts = Counter(place for place in places.values() if place[0] is not None)
    chosen: list[Recurring] = []
    for each in every:
        place = places.get(each.number, (None, each.kind))
        alike = counts[place] if counts[place] >= MANY else 0
        if alike or each.reopen_count:
            building = place[0] if alike else None
            chosen.append(Recurring(each.number, each.reopen_count, building, alike))
    return sorted(
        chosen,
        key=lambda one: (-one.alike, one.place_id or 0, -one.reopen_count, -one.number),
    )
