"""Reads the days of a leave inside what was typed: one day, from when to when, a week, a length.

The words of the language are handed in (``handlers.texts.leaves``); so is today. Whoever asks for
leave is told the days as they were understood.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from handlers.rules.numerals import Numerals, any_of
from handlers.rules.orders import RuleError

MOST_DAYS = 60

_DAY = timedelta(days=1)
_WEEK = 7
_HALF_A_YEAR = timedelta(days=183)
_FARTHEST = timedelta(days=366)


class LeaveFault(StrEnum):
    """Why days cannot be kept; nothing is stored."""

    NO_SUCH_DAY = "no_such_day"
    BACKWARDS = "backwards"
    PAST = "past"
    TOO_LONG = "too_long"
    TOO_FAR = "too_far"


class LeaveError(RuleError):
    """Raised when days were meant but cannot be; ``said`` are the words that were."""

    def __init__(self, fault: LeaveFault, said: str) -> None:
        super().__init__(fault)
        self.fault = fault
        self.said = said


@dataclass(frozen=True, slots=True)
class DaysOff:
    """The first and the last day; both belong to the leave."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveWords:
    """The words around numbers.

    Attributes:
        numerals: the digits as words, with their values.
        ten: the word for ten.
        days: words for days, counted from today.
        weekdays: the letters of the days of a week, and which day they are, Monday first.
        weeks: what stands before such a letter.
        next_week: what makes it the week after.
        this_week: what may stand before this week.
        year: what follows a year's number.
        month: what follows a month's number.
        day: what follows a day's number.
        since: what may stand between a day and a length.
        length: what follows a number of days.
        until: what stands between the first and the last day.
    """

    numerals: Mapping[str, int]
    ten: str
    days: Mapping[str, int]
    weekdays: Mapping[str, int]
    weeks: tuple[str, ...]
    next_week: str
    this_week: tuple[str, ...]
    year: str
    month: str
    day: tuple[str, ...]
    since: tuple[str, ...]
    length: str
    until: tuple[str, ...]


class LeaveReader:
    """Finds the days of a leave in a text; built once per vocabulary."""

    def __init__(self, words: LeaveWords) -> None:
        self._words = words
        self._numerals = Numerals(words.numerals, words.ten)
        weeks, letters = any_of(words.weeks), f"[{re.escape(''.join(words.weekdays))}]"
        this_week = rf"(?:{any_of(words.this_week)})?"
        self._span = re.compile(
            rf"{self._day_pattern('')}"
            rf"(?:\s*(?:{any_of(words.until)})\s*{self._day_pattern('_2')})?"
            rf"(?:\s*(?:{any_of(words.since)})?\s*{self._length('')})?"
            rf"|(?P<next_week>{re.escape(words.next_week)})(?:{weeks})(?!{letters})"
            rf"|(?P<this_week>{this_week}(?:{weeks}))(?!{letters})"
            rf"|{self._length('_alone')}"
        )

    def _length(self, suffix: str) -> str:
        return rf"(?P<count{suffix}>{self._numerals.pattern})\s*{re.escape(self._words.length)}"

    def _day_pattern(self, suffix: str) -> str:
        words, number = self._words, self._numerals.pattern
        day = any_of(words.day)
        only = rf"(?P<only{suffix}>{number})\s*(?:{day}){'?' if suffix else ''}"
        return (
            rf"(?:(?P<named{suffix}>{any_of(words.days)})"
            rf"|(?P<next{suffix}>{re.escape(words.next_week)})?(?:{any_of(words.this_week)})?"
            rf"(?:{any_of(words.weeks)})(?P<weekday{suffix}>[{re.escape(''.join(words.weekdays))}])"
            rf"|(?:(?P<year{suffix}>\d{{4}})\s*[-/.{words.year}]\s*)?(?P<m{suffix}>{number})"
            rf"\s*[-/.{words.month}]\s*(?P<d{suffix}>{number})(?:\s*(?:{day}))?"
            rf"|{only})"
        )

    def read(self, text: str, *, today: date) -> DaysOff | None:
        """Find the days; None when there are none.

        A leave that has begun already is taken from today on.

        Raises:
            LeaveError: days were meant that do not exist, run backwards, are over, far or too many.
        """
        plain = unicodedata.normalize("NFKC", text)
        found = self._span.search(plain)
        if found is None:
            return None
        said = found.group().strip()
        try:
            first, last = self._days(found, today)
        except ValueError:
            raise LeaveError(LeaveFault.NO_SUCH_DAY, said) from None
        if last < first:
            raise LeaveError(LeaveFault.BACKWARDS, said)
        if last < today:
            raise LeaveError(LeaveFault.PAST, said)
        first = max(first, today)
        if first - today > _FARTHEST:
            raise LeaveError(LeaveFault.TOO_FAR, said)
        if last - first >= MOST_DAYS * _DAY:
            raise LeaveError(LeaveFault.TOO_LONG, said)
        return DaysOff(first, last)

    def _days(self, found: re.Match[str], today: date) -> tuple[date, date]:
        monday = today - today.weekday() * _DAY
        if found["next_week"]:
            return monday + _WEEK * _DAY, monday + (2 * _WEEK - 1) * _DAY
        if found["this_week"]:
            return today, monday + (_WEEK - 1) * _DAY
        if found["count_alone"]:
            return today, today + (self._count(found["count_alone"]) - 1) * _DAY
        first = self._first(found, today)
        if found["count"]:
            return first, first + (self._count(found["count"]) - 1) * _DAY
        return first, self._last(found, first, today)

    def _first(self, found: re.Match[str], today: date) -> date:
        if found["named"]:
            return today + self._words.days[found["named"]] * _DAY
        if found["weekday"]:
            return self._weekday(found, "", today, since=today)
        if found["only"]:
            return _on_or_after(today, self._numerals.value(found["only"]))
        month, day = self._numerals.value(found["m"]), self._numerals.value(found["d"])
        if found["year"]:
            return date(int(found["year"]), month, day)
        about = date(today.year, month, 1)
        is_next = today - about > _HALF_A_YEAR
        return date(today.year + int(is_next), month, day)

    def _last(self, found: re.Match[str], first: date, today: date) -> date:
        """Give the last day; what names no month or year is looked for from the first day on."""
        if found["named_2"]:
            return today + self._words.days[found["named_2"]] * _DAY
        if found["weekday_2"]:
            return self._weekday(found, "_2", today, since=first)
        if found["only_2"]:
            return _on_or_after(first, self._numerals.value(found["only_2"]))
        if not found["m_2"]:
            return first
        month, day = self._numerals.value(found["m_2"]), self._numerals.value(found["d_2"])
        if found["year_2"]:
            return date(int(found["year_2"]), month, day)
        about = date(first.year, month, 1)
        is_next = first - about > _HALF_A_YEAR
        return date(first.year + int(is_next), month, day)

    def _weekday(self, found: re.Match[str], suffix: str, today: date, *, since: date) -> date:
        wanted = self._words.weekdays[found[f"weekday{suffix}"]]
        if found[f"next{suffix}"]:
            return today + (wanted - today.weekday() + _WEEK) * _DAY
        return since + ((wanted - since.weekday()) % _WEEK) * _DAY

    def _count(self, written: str) -> int:
        """Read a number of days; none at all is no leave."""
        count = self._numerals.value(written)
        if not count:
            raise ValueError(written)
        return count


def _on_or_after(since: date, day: int) -> date:
    """Give the next day of that number, in this month or the one after."""
    month: date = since + relativedelta(months=int(day < since.day), day=1)
    return month.replace(day=day)
