"""Reads the terms of a dispatch inside what was typed: how many people, and an agreed time.

The words of the language are handed in (``handlers.texts.dispatch``); so is the moment at which
they were said. Nothing is guessed that the reader could not see and correct: whoever dispatches
is told the time as it was understood.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from handlers.rules.numerals import Numerals, any_of
from handlers.rules.orders import RuleError

MOST_SEATS = 20

_USUAL_LENGTH = timedelta(hours=1)
_HALF_A_YEAR = timedelta(days=183)
_WEEK = 7
_NOON = 12
_DAY_HOURS = 24
_EARLIEST_SPOKEN = 7  # nobody who says "at two" means the night
_EARLIEST_EVENING = 5


class Half(StrEnum):
    """The part of the day that a word before an hour stands for."""

    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    NIGHT = "night"


class Fault(StrEnum):
    """Why terms cannot be kept; the person is asked again."""

    NO_SUCH_DAY = "no_such_day"
    NO_SUCH_HOUR = "no_such_hour"
    NO_HOUR = "no_hour"
    PAST = "past"
    BACKWARDS = "backwards"
    SEATS = "seats"


class TermsError(RuleError):
    """Raised when terms were meant but cannot be; ``said`` are the words that were."""

    def __init__(self, fault: Fault, said: str) -> None:
        super().__init__(fault)
        self.fault = fault
        self.said = said


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when somebody is to be there."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What was found, and the words that are left when it is taken out."""

    rest: str
    seats: int | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words around numbers.

    Attributes:
        numerals: the digits as words, with their values.
        ten: the word for ten.
        people: what follows a number of people.
        days: words for days, counted from today.
        in_short: day and part of the day in one word, with both in full.
        weekdays: the letters of the days of a week, Monday first, and which day they are.
        weeks: what stands before such a letter.
        next_week: what makes it the week after.
        month: what follows a month's number.
        day: what follows a day's number.
        halves: words before an hour.
        hour: what follows an hour's number.
        half_past: half an hour.
        quarter: a quarter of an hour, after its number.
        minute: what may follow a minute's number.
        until: what stands between beginning and end.
    """

    numerals: Mapping[str, int]
    ten: str
    people: tuple[str, ...]
    days: Mapping[str, int]
    in_short: Mapping[str, str]
    weekdays: Mapping[str, int]
    weeks: tuple[str, ...]
    next_week: str
    month: str
    day: tuple[str, ...]
    halves: Mapping[str, Half]
    hour: tuple[str, ...]
    half_past: str
    quarter: str
    minute: str
    until: tuple[str, ...]


class TermsReader:
    """Finds the terms in a text; built once per vocabulary."""

    def __init__(self, words: Vocabulary) -> None:
        self._words = words
        self._numerals = Numerals(words.numerals, words.ten)
        number, spoken = self._numerals.pattern, self._numerals.spoken
        until = rf"\s*(?:{any_of(words.until)})\s*"
        half = any_of(words.halves)
        day = (
            rf"(?P<named>{any_of(words.days)})"
            rf"|(?P<next>{re.escape(words.next_week)})?(?:{any_of(words.weeks)})"
            rf"(?P<weekday>[{re.escape(''.join(words.weekdays))}])"
            rf"|(?:(?P<month>{number})\s*{re.escape(words.month)}\s*)?"
            rf"(?P<day>{number})\s*(?:{any_of(words.day)})"
        )
        self._seats = re.compile(
            rf"(?:(?<!\d)(?P<digits>\d{{1,3}})|(?<![^\s,;])(?P<spoken>{spoken}))"
            rf"\s*(?:{any_of(words.people)})"
        )
        self._short = re.compile(rf"(?:{any_of(words.in_short)})(?=\s*{number})")
        self._day = re.compile(rf"(?<![^\s,;])(?:{day})(?![^\s,;])")  # names hold such letters too
        first = self._clock("", number)
        any_clock = rf"(?:{half})?\s*(?:\d{{1,2}}:\d{{2}}|{number}\s*(?:{any_of(words.hour)}))"
        self._time = re.compile(
            rf"(?:(?:{day}|(?P<m>\d{{1,2}})[-/](?P<d>\d{{1,2}})(?=\s*(?:{half})?\s*\d))\s*)?"
            rf"(?:(?P<half>{half})\s*)?(?:{first}|(?P<bare>{number})(?={until}{any_clock}))"
            rf"(?:{until}(?P<half_2>{half})?\s*{self._clock('_2', number)})?"
        )

    def _clock(self, suffix: str, number: str) -> str:
        words = self._words
        minute = (
            rf"(?P<half_past{suffix}>{re.escape(words.half_past)})"
            rf"|(?P<quarter{suffix}>{number}){re.escape(words.quarter)}"
            rf"|(?P<minute{suffix}>{number})(?:{re.escape(words.minute)})?"
        )
        return (
            rf"(?:(?<!\d)(?P<hh{suffix}>\d{{1,2}}):(?P<mm{suffix}>\d{{2}})(?!\d)"
            rf"|(?P<hour{suffix}>{number})\s*(?:{any_of(words.hour)})(?:{minute})?)"
        )

    def read(self, text: str, *, now: datetime) -> Terms:
        """Find the number of people and the time, each at most once.

        Args:
            text: what was typed; full-width forms, of marks too, are folded.
            now: the moment in the community's zone.

        Raises:
            TermsError: something was meant that cannot be: no such day, gone by, nobody.
        """
        plain = unicodedata.normalize("NFKC", text)
        text = self._short.sub(lambda found: self._words.in_short[found.group()], plain)
        rest, span = self._span(text, now)
        found = self._seats.search(rest)
        if found is None:
            return Terms(rest.strip(), span=span)
        seats = self._numerals.value(found["digits"] or found["spoken"])
        if not 1 <= seats <= MOST_SEATS:
            raise TermsError(Fault.SEATS, found.group())
        return Terms(_without(rest, found), seats=seats, span=span)

    def _span(self, text: str, now: datetime) -> tuple[str, Span | None]:
        found = self._time.search(text)
        if found is None:
            if alone := self._day.search(text):
                raise TermsError(Fault.NO_HOUR, alone.group())
            return text, None
        said = found.group().strip()
        day = self._date(found, now.date(), said)
        half = self._words.halves.get(found["half"] or "")
        begins = self._minutes(found, "", half, said)
        starts_at = _at(day, begins, now)
        ends_at = starts_at + _USUAL_LENGTH
        if found["hour_2"] or found["hh_2"]:
            ends_at = _at(day, self._ending(found, half, begins, said), now)
        if ends_at <= starts_at:
            raise TermsError(Fault.BACKWARDS, said)
        if starts_at <= now:
            raise TermsError(Fault.PAST, said)
        return _without(text, found), Span(starts_at, ends_at)

    def _date(self, found: re.Match[str], today: date, said: str) -> date:
        words = self._words
        if found["named"]:
            return today + timedelta(days=words.days[found["named"]])
        if found["weekday"]:
            wanted = words.weekdays[found["weekday"]] - today.weekday()
            ahead = wanted + _WEEK if found["next"] else wanted % _WEEK
            return today + timedelta(days=ahead)
        month, day = found["month"] or found["m"], found["day"] or found["d"]
        if day is None:
            return today
        try:
            return _next_date(
                self._numerals.value(month) if month else None, self._numerals.value(day), today
            )
        except ValueError:
            raise TermsError(Fault.NO_SUCH_DAY, said) from None

    def _ending(self, found: re.Match[str], half: Half | None, begins: int, said: str) -> int:
        """Read the later clock; the word before the first holds on, unless time would run back."""
        own = self._words.halves.get(found["half_2"] or "")
        ends = self._minutes(found, "_2", own or half, said)
        if own is None and ends <= begins:
            return self._minutes(found, "_2", None, said)
        return ends

    def _minutes(self, found: re.Match[str], suffix: str, half: Half | None, said: str) -> int:
        """Give the minutes since midnight that a clock says; 24:00 is the day's end."""
        group = found.groupdict()
        written = group[f"hh{suffix}"] or group[f"hour{suffix}"] or group["bare"]
        hour, minute = self._numerals.value(written), 0
        if group[f"half_past{suffix}"]:
            minute = 30
        elif group[f"quarter{suffix}"]:
            minute = 15 * self._numerals.value(group[f"quarter{suffix}"])
        elif past := group[f"mm{suffix}"] or group[f"minute{suffix}"]:
            minute = self._numerals.value(past)
        hour = _whole_day(hour, half, is_loose=not written.startswith("0"))
        total = hour * 60 + minute
        if minute >= 60 or total > _DAY_HOURS * 60:  # noqa: PLR2004 (minutes of an hour)
            raise TermsError(Fault.NO_SUCH_HOUR, said)
        return total


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()].rstrip()} {text[found.end() :].lstrip()}".strip()


def _at(day: date, minutes: int, now: datetime) -> datetime:
    return datetime.combine(day, time(), tzinfo=now.tzinfo) + timedelta(minutes=minutes)


def _next_date(month: int | None, day: int, today: date) -> date:
    """Give the day that is meant: in January's name in December, the next year's."""
    if month is None:
        if day >= today.day:
            return today.replace(day=day)
        after = today.replace(day=1) + timedelta(days=31)
        return after.replace(day=day)
    meant = date(today.year, month, day)
    return meant.replace(year=today.year + 1) if today - meant > _HALF_A_YEAR else meant


def _whole_day(hour: int, half: Half | None, *, is_loose: bool) -> int:
    """Count an hour from midnight, by the word before it or as people mean it without one."""
    if hour > _NOON:
        return hour
    if half is None:
        is_afternoon = is_loose and 0 < hour < _EARLIEST_SPOKEN
        return hour + _NOON if is_afternoon else hour
    if hour == _NOON:
        return _DAY_HOURS if half is Half.NIGHT else _NOON
    if half is Half.NIGHT and hour < _EARLIEST_EVENING:
        return hour + _DAY_HOURS
    if half is Half.MORNING or (half is Half.NOON and hour >= _EARLIEST_SPOKEN):
        return hour
    return hour + _NOON
