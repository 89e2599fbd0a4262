"""How far our clock is from the platform's, told by the Date header of its answers.

A clock that is far off makes every request look stale, and closes windows too early or too late.
"""

import time
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime

import structlog

TOLERATED_SECONDS = 60.0
"""More is told in the log; a header has whole seconds, and an answer takes some to arrive."""

_SILENT_SECONDS = 3600.0

log = structlog.stdlib.get_logger(__name__)


class Skew:
    """The last difference seen; safe to share between threads."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the clock that is compared.

        Args:
            clock: seconds since the epoch; the machine's own clock, whatever time the bot lives in.
            ticks: seconds that only ever grow; they say when to warn again.
        """
        self.seconds: float | None = None
        self._clock = clock
        self._ticks = ticks
        self._warn_after = float("-inf")

    @property
    def is_tolerated(self) -> bool:
        """Whether the clocks agree well enough, as far as is known."""
        return self.seconds is None or abs(self.seconds) <= TOLERATED_SECONDS

    def note(self, date: str | None, *, host: str) -> None:
        """Compare our clock with a Date header; one that is missing or no date says nothing.

        ``seconds`` is positive where our clock is ahead. Warns once an hour.
        """
        try:
            theirs = parsedate_to_datetime(date or "")
        except ValueError:
            return
        if theirs.tzinfo is None:  # "-0000": the hour of an unknown place, written in UTC
            theirs = theirs.replace(tzinfo=UTC)
        self.seconds = self._clock() - theirs.timestamp()
        if self.is_tolerated or self._ticks() < self._warn_after:
            return
        self._warn_after = self._ticks() + _SILENT_SECONDS
        log.warning("clock differs from the platform's", host=host, seconds=round(self.seconds))
