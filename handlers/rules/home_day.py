"""When a community's home day is, and when what is said about it: dates and hours, no I/O.

The last Sunday of the month. Where that one is worked or lies inside a statutory holiday, the
nearest ordinary Sunday of the month; where there is none, the nearest ordinary Saturday. There are
no ties: every other Sunday lies before the last one, and Saturdays lie 1, 8, 15, … days before it
or 6 after. Where not one day is left (only an operator's calendar can say so) the last Sunday
stands.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from dateutil.relativedelta import relativedelta
from dateutil.rrule import MONTHLY, SA, SU, WEEKLY, rrule

from handlers.rules.calendars import OFFICIAL, Calendar
from storage.vocabulary import Moved, ReminderKind

_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """The home day that follows from the calendar.

    ``rule_day`` is the last Sunday; ``moved`` says why ``day`` is another one. ``is_known`` is
    False where nobody has told the year's days yet.
    """

    day: date
    rule_day: date
    moved: Moved | None = None
    is_known: bool = True


def read_month(text: str) -> date | None:
    """Read ``2026-09`` as the first of that month; None when it is no month."""
    found = _MONTH.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), 1)
    except ValueError:
        return None


def plan(month: date, calendar: Calendar = OFFICIAL) -> Plan:
    """Find the home day of the month that begins with ``month``."""
    first = datetime.combine(month, time())
    last = first + relativedelta(day=31)
    rule_day = rrule(MONTHLY, dtstart=first, byweekday=SU(-1), count=1)[0].date()
    is_known = calendar.is_known(month.year)
    if calendar.is_ordinary(rule_day):
        return Plan(rule_day, rule_day, is_known=is_known)
    for weekday in (SU, SA):
        days = [at.date() for at in rrule(WEEKLY, dtstart=first, until=last, byweekday=weekday)]
        free = [day for day in days if calendar.is_ordinary(day)]
        if free:
            nearest = min(free, key=lambda day: abs(day - rule_day))
            return Plan(nearest, rule_day, _why(rule_day, calendar), is_known=is_known)
    return Plan(rule_day, rule_day, is_known=is_known)


def _why(day: date, calendar: Calendar) -> Moved:
    if calendar.is_mine(day):
        return Moved.CALENDAR
    return Moved.WORKING_DAY if calendar.is_working(day) else Moved.HOLIDAY


def first_of(day: date) -> date:
    """Give the first of a day's month: what a month is called by."""
    return day.replace(day=1)


def last_month(month: date) -> date:
    """Give the first of the month before."""
    return first_of(month - _DAY)


def next_month(month: date) -> date:
    """Give the first of the month after."""
    return first_of(month + timedelta(days=31))


@dataclass(frozen=True, slots=True)
class Span:
    """When a thing is still worth saying, in days from the home day and hours of the clock.

    It is begun on day ``first`` at ``since``; on every day up to ``last`` it may be made up for
    between ``since`` and ``until``, so that nobody is disturbed at night.
    """

    first: int
    last: int
    since: time
    until: time


_WAKING = (time(9), time(20))  # the evening belongs to the reminder
SPANS: Mapping[ReminderKind, Span] = MappingProxyType(
    {
        ReminderKind.DATE: Span(-14, -1, *_WAKING),
        ReminderKind.PICK: Span(-10, -1, *_WAKING),
        ReminderKind.INVITATION: Span(-7, -1, *_WAKING),
        ReminderKind.EVE: Span(-1, -1, time(20), time(22)),
        ReminderKind.MORNING: Span(0, 0, time(8, 30), time(12)),
        ReminderKind.THANKS: Span(1, 7, *_WAKING),
        ReminderKind.SUMMARY: Span(3, 10, *_WAKING),
    }
)
"""The time line of DOMAIN.md c8: what was missed is made up for while it is of use to somebody."""

EVE_HOUR = SPANS[ReminderKind.EVE].since
INVITED = SPANS[ReminderKind.INVITATION].first * _DAY
"""From the home day back to the day on which members are asked."""

SUMMED_UP = SPANS[ReminderKind.SUMMARY].last * _DAY
"""From the home day to the last day on which its summary is news."""


def due_days(kind: ReminderKind, local: datetime) -> tuple[date, date] | None:
    """Give the first and last day of those home days of which something is to be said now.

    Args:
        kind: what is to be said.
        local: the moment on the community's clock.
    """
    span = SPANS[kind]
    if not span.since <= local.time() < span.until:
        return None
    return local.date() - span.last * _DAY, local.date() - span.first * _DAY


def is_settled(day: date, local: datetime) -> bool:
    """Say whether a home day cannot be moved any more: the evening's reminder is on its way."""
    return local >= datetime.combine(day - _DAY, EVE_HOUR, local.tzinfo)


def may_choose(day: date, *, month: date, today: date) -> bool:
    """Say whether a member may come on this day instead: any day left of the month."""
    return first_of(day) == month and day >= today
