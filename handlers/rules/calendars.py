"""Which days are worked and which are off: the official calendar, and the operator's above it.

The official one comes from ``chinese_calendar`` and knows no year before its notice was published;
there plain weekdays and weekends hold until the operator writes the days down.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """The operator's days, which go before the official ones.

    ``working`` are days on which people work though they look free; ``free`` are days off. Free
    days in a row with a weekday among them are a holiday; a weekend day alone is only itself.
    """

    working: frozenset[date] = frozenset()
    free: frozenset[date] = frozenset()

    def is_mine(self, day: date) -> bool:
        """Say whether the operator wrote this day down."""
        return day in self.working or day in self.free

    def is_known(self, year: int) -> bool:
        """Say whether anybody has told the days of a year."""
        return _is_official(year) or any(day.year == year for day in self.working | self.free)

    def is_working(self, day: date) -> bool:
        """Say whether people work on a day."""
        if self.is_mine(day):
            return day in self.working
        if _is_official(day.year):
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < _SATURDAY

    def is_holiday(self, day: date) -> bool:
        """Say whether a day lies inside a statutory holiday; an ordinary weekend is none."""
        if self.is_mine(day):
            return day in self.free and self._is_holiday_run(day)
        if not _is_official(day.year):
            return False
        is_off, name = chinese_calendar.get_holiday_detail(day)
        return bool(is_off) and name is not None

    def is_ordinary(self, day: date) -> bool:
        """Say whether a weekend day is free for meeting: no work, no holiday."""
        return not self.is_working(day) and not self.is_holiday(day)

    def _is_holiday_run(self, day: date) -> bool:
        return any(self._reaches_weekday(day, step) for step in (-_DAY, _DAY))

    def _reaches_weekday(self, day: date, step: timedelta) -> bool:
        while day in self.free:
            if day.weekday() < _SATURDAY:
                return True
            day += step
        return False


OFFICIAL = Calendar()


def _is_official(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:  # its way to say that it does not know the year
        return False
    return True
