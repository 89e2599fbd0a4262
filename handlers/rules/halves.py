"""Halves of years, by which a member's service is told to the employer. Nothing here does I/O."""

import re
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

_WRITTEN = re.compile(r"(?P<year>20\d{2})\s*[Hh](?P<part>[12])")
_MONTHS = 6
_TELLING_DAYS = 14  # whoever was down on the first day catches up, nobody is told in spring


@dataclass(frozen=True, slots=True)
class Half:
    """The first or second half of a year."""

    year: int
    part: int

    @property
    def label(self) -> str:
        """How it is written: ``2026H2``."""
        return f"{self.year}H{self.part}"

    @property
    def starts_on(self) -> date:
        """Its first day."""
        return date(self.year, 1 + _MONTHS * (self.part - 1), 1)

    @property
    def ends_before(self) -> date:
        """The first day that is not in it any more."""
        after: date = self.starts_on + relativedelta(months=_MONTHS)
        return after


def read(said: str) -> Half | None:
    """Read a half as it is written; None when it is none."""
    found = _WRITTEN.fullmatch(said.strip())
    return Half(int(found["year"]), int(found["part"])) if found else None


def just_over(today: date) -> Half | None:
    """Give the half that is to be told now: in the first two weeks after its end."""
    if today.day > _TELLING_DAYS or today.month not in {1, 1 + _MONTHS}:
        return None
    return Half(today.year - 1, 2) if today.month == 1 else Half(today.year, 1)
