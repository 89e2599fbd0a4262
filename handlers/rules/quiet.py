"""Quiet hours: what may wait until they end, and when that is. Nothing here does I/O.

The hours are the community's; an end before the beginning lies on the next day.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from storage.vocabulary import NoticeKind

MOST_HOURS = 12

_DAY_HOURS = 24
_NOON = 12


@dataclass(frozen=True, slots=True)
class Hours:
    """From one full hour of the day to another."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many hours lie between."""
        return (self.last - self.first) % _DAY_HOURS


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """What decides whether a notice may wait.

    ``is_held``: it is about an order that the reader holds now; ``is_danger``: somebody may come to
    harm meanwhile.
    """

    kind: NoticeKind
    is_bulk: bool = False
    is_held: bool = False
    is_danger: bool = False


def can_wait(notice: Urgency) -> bool:
    """Say whether nobody is harmed when a notice comes in the morning.

    An answer to the reader's own tap, what they hold live, and danger come at once; what goes to
    many can always wait.
    """
    if notice.is_bulk:
        return True
    return not (notice.kind is NoticeKind.REPLY or notice.is_held or notice.is_danger)


def ends_at(now: datetime, hours: Hours | None, zone: ZoneInfo) -> datetime | None:
    """Give the moment at which the quiet hours that ``now`` lies in end; None outside of them."""
    if hours is None or not hours.length:
        return None
    local = now.astimezone(zone)
    if (local.hour - hours.first) % _DAY_HOURS >= hours.length:
        return None
    is_tomorrow = local.hour >= hours.last % _DAY_HOURS
    day = local.date() + timedelta(days=int(is_tomorrow))
    end = datetime.combine(day, time(hours.last % _DAY_HOURS), tzinfo=zone)
    return end.astimezone(UTC)


class HoursFault(StrEnum):
    """Why hours cannot be kept."""

    NO_SUCH_HOUR = "no_such_hour"
    NOT_FULL = "not_full"
    TOO_LONG = "too_long"


class HoursError(Exception):
    """Raised when hours were meant but cannot be."""

    def __init__(self, fault: HoursFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class HourWords:
    """The words around hours.

    Attributes:
        halves: words before an hour, with how many hours they may add.
        hour: what may follow an hour's number.
        until: what stands between the two.
    """

    halves: Mapping[str, int]
    hour: tuple[str, ...]
    until: tuple[str, ...]


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


class HoursReader:
    """Reads from which hour to which; built once per vocabulary."""

    def __init__(self, words: HourWords) -> None:
        self._words = words
        clock = (
            rf"(?P<half{{0}}>{_any_of(words.halves)})?\s*(?P<hour{{0}}>\d{{{{1,2}}}})"
            rf"\s*(?::(?P<minute{{0}}>\d{{{{2}}}})|(?:{_any_of(words.hour)}))?"
        )
        between = rf"\s*(?:{_any_of(words.until)})\s*"
        self._span = re.compile(clock.format("") + between + clock.format("_2") + r"(?!\d)")

    def read(self, text: str) -> Hours | None:
        """Find the hours; None when there are none.

        Raises:
            HoursError: hours were meant that a day has not, that are none or not full, or too many.
        """
        found = self._span.search(unicodedata.normalize("NFKC", text))
        if found is None:
            return None
        if any(int(found[key] or 0) for key in ("minute", "minute_2")):
            raise HoursError(HoursFault.NOT_FULL)
        hours = Hours(self._hour(found, ""), self._hour(found, "_2"))
        if not 0 < hours.length <= MOST_HOURS:
            raise HoursError(HoursFault.TOO_LONG)
        return hours

    def _hour(self, found: re.Match[str], suffix: str) -> int:
        hour = int(found[f"hour{suffix}"])
        if hour < _NOON:
            hour += self._words.halves.get(found[f"half{suffix}"] or "", 0)
        if hour > _DAY_HOURS:
            raise HoursError(HoursFault.NO_SUCH_HOUR)
        return hour % _DAY_HOURS
