"""Reads the day until which something is wanted inside what was typed.

The words of the language are handed in (``handlers.texts.days``); so is today. A day must exist and
lie ahead. Inside other words only what can hardly be anything else counts as a day: most forms need
to stand apart, or a word like "before" behind them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from handlers.rules.numerals import Numerals, any_of
from handlers.rules.orders import RuleError
from handlers.rules.words import normalise

_HALF_A_YEAR = timedelta(days=183)
_FARTHEST = timedelta(days=366)
_WEEK = 7
_DECEMBER = 12
_LAST_OF_ALL = 31
_SHORTEST_MONTH = 28


class DayFault(StrEnum):
    """Why a day cannot be kept; the person is asked again."""

    NO_SUCH_DAY = "no_such_day"
    PAST = "past"
    TOO_FAR = "too_far"


class DayError(RuleError):
    """Raised when a day was meant but cannot be; ``said`` are the words that were."""

    def __init__(self, fault: DayFault, said: str) -> None:
        super().__init__(fault)
        self.fault = fault
        self.said = said


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was found, and the text without it where its words stood apart."""

    on: date
    rest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayWords:
    """The words around numbers, and those that are days by themselves.

    Attributes:
        numerals: the digits as words, with their values.
        ten: the word for ten.
        days: words for days, counted from today.
        weekdays: the letters of the days of a week, and which day they are, Monday first.
        weeks: what stands before such a letter.
        next_week: what makes it the week after.
        month_ends: words for the end of a month, counted from this one.
        year_ends: words for the end of the year.
        feasts: days that have a name, as month and day.
        year: what follows a year's number.
        month: what follows a month's number.
        day: what follows a day's number.
        spans: what may follow a number of days, weeks or months, with that length in days.
        within: what makes such a number a limit.
        before: what may follow a day.
        separators: what may stand around a day that stands apart.
    """

    numerals: Mapping[str, int]
    ten: str
    days: Mapping[str, int]
    weekdays: Mapping[str, int]
    weeks: tuple[str, ...]
    next_week: str
    month_ends: Mapping[str, int]
    year_ends: tuple[str, ...]
    feasts: Mapping[str, tuple[int, int]]
    year: str
    month: str
    day: tuple[str, ...]
    spans: Mapping[str, int]
    within: tuple[str, ...]
    before: tuple[str, ...]
    separators: str


class DayReader:
    """Finds the first day in a text; built once per vocabulary."""

    def __init__(self, words: DayWords) -> None:
        self._words = words
        self._numerals = Numerals(words.numerals, words.ten)
        number = self._numerals.pattern
        day = any_of(words.day)
        no_number = r"(?<![\d./#-])"
        pattern = "|".join(
            (
                (
                    rf"{no_number}(?P<year>\d{{4}})\s*[-/.{words.year}]\s*(?P<ym>\d{{1,2}})"
                    rf"\s*[-/.{words.month}]\s*(?P<yd>\d{{1,2}})(?:{day})?(?!\d)"
                ),
                rf"(?P<m>{number})\s*{re.escape(words.month)}\s*(?P<d>{number})(?:\s*(?:{day}))?",
                (
                    rf"(?P<next>{re.escape(words.next_week)})?(?:{any_of(words.weeks)})"
                    rf"(?P<weekday>[{re.escape(''.join(words.weekdays))}])"
                ),
                rf"(?P<month_end>{any_of(words.month_ends)})",
                rf"(?P<year_end>{any_of(words.year_ends)})",
                rf"(?P<feast>{any_of(words.feasts)})",
                rf"(?P<named>{any_of(words.days)})",
                (
                    rf"(?P<count>{number})\s*(?P<span>{any_of(words.spans)})"
                    rf"(?:{any_of(words.within)})"
                ),
                rf"{no_number}(?P<sm>\d{{1,2}})\s*[-/.]\s*(?P<sd>\d{{1,2}})(?![\d./-])",
                rf"(?P<only>{number})\s*(?:{day})",
            )
        )
        self._day = re.compile(rf"(?P<day>{pattern})(?P<before>\s*(?:{any_of(words.before)}))?")

    def read(
        self, text: str, *, today: date, is_answer: bool = False, takes_today: bool = False
    ) -> Day | None:
        """Find the day; None when there is none.

        Args:
            text: what was typed; full-width letters and digits are folded.
            today: the day on which it was said.
            is_answer: whether a day was asked for, so that anything like one is meant as one.
            takes_today: whether today itself will do.

        Raises:
            DayError: a day was meant that does not exist, has gone by, or is a year away.
        """
        plain = normalise(text)
        for found in self._day.finditer(plain):
            is_apart = self._is_apart(plain, found)
            if not (is_answer or is_apart or found["before"] or _is_clear(found)):
                continue
            said = found["day"].strip()
            on = self._date(found, today, said)
            if on < today or (on == today and not takes_today):
                raise DayError(DayFault.PAST, said)
            if on - today > _FARTHEST:
                raise DayError(DayFault.TOO_FAR, said)
            return Day(on, self._without(plain, found) if is_apart else plain)
        return None

    def _is_apart(self, text: str, found: re.Match[str]) -> bool:
        around = (text[: found.start()][-1:], text[found.end() :][:1])
        return all(not letter or letter in self._words.separators for letter in around)

    def _without(self, text: str, found: re.Match[str]) -> str:
        marks = self._words.separators
        left, right = text[: found.start()].rstrip(marks), text[found.end() :].lstrip(marks)
        return f"{left}{text[len(left)] if left and right else ''}{right}"

    def _date(self, found: re.Match[str], today: date, said: str) -> date:
        words = self._words
        if found["named"]:
            return today + timedelta(days=words.days[found["named"]])
        if found["weekday"]:
            wanted = words.weekdays[found["weekday"]] - today.weekday()
            ahead = wanted + _WEEK if found["next"] else (wanted - 1) % _WEEK + 1
            return today + timedelta(days=ahead)
        if found["month_end"]:
            months = words.month_ends[found["month_end"]]
            return _moved(today, months, _LAST_OF_ALL)
        if found["year_end"]:
            return date(today.year, _DECEMBER, _LAST_OF_ALL)
        if found["count"]:
            return today + timedelta(
                days=self._numerals.value(found["count"]) * words.spans[found["span"]]
            )
        try:
            return self._in_calendar(found, today)
        except ValueError:
            raise DayError(DayFault.NO_SUCH_DAY, said) from None

    def _in_calendar(self, found: re.Match[str], today: date) -> date:
        if found["feast"]:
            month, day = self._words.feasts[found["feast"]]
            return _coming(month, day, today, is_ahead=True)
        if found["year"]:
            return date(int(found["year"]), int(found["ym"]), int(found["yd"]))
        if found["only"]:
            day = self._numerals.value(found["only"])
            return _moved(today, int(day < today.day), 1).replace(day=day)
        month, day = (
            self._numerals.value(found["m"] or found["sm"]),
            self._numerals.value(found["d"] or found["sd"]),
        )
        return _coming(month, day, today)


def _is_clear(found: re.Match[str]) -> bool:
    """Say whether words are a day wherever they stand; today is often said of other things."""
    return bool(found["year"] or found["m"] or found["weekday"] or found["month_end"])


def _moved(today: date, months: int, day: int) -> date:
    """Give a day some months ahead; a day that the month is too short for is its last one."""
    moved: date = today + relativedelta(months=months, day=day)
    return moved


def _coming(month: int, day: int, today: date, *, is_ahead: bool = False) -> date:
    """Give the day that is meant: in January's name in December, the next year's."""
    about = date(today.year, month, min(day, _SHORTEST_MONTH))
    is_next = today >= about if is_ahead else today - about > _HALF_A_YEAR
    return date(today.year + int(is_next), month, day)
