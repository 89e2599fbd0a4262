"""The present instant: the wall clock, or in the sandbox one that a file moves on.

The file holds a number of seconds. Every process of a demo adds it to the wall clock, so that
moving time in the sandbox moves the whole town: confirm windows close, reminders come. Never in
production.
"""

import math
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

LOOK_SECONDS = 0.2
"""At most so old is what is known of the file: it costs less than one look for every turn."""

_MOST = timedelta(days=36_500)

Clock = Callable[[], datetime]

log = structlog.stdlib.get_logger(__name__)


def utc_now() -> datetime:
    """Read the wall clock, aware, in UTC."""
    return datetime.now(UTC)


class MovedClock:
    """The wall clock plus the seconds in a file; a file that is not there moves nothing.

    A file that cannot be read as a number leaves the clock as it was, and is told once in the log.
    """

    def __init__(
        self, path: Path, *, wall: Clock = utc_now, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the file that is looked at from now on.

        Args:
            path: holds the seconds, whole or with decimals; replaced as a whole when they change.
            wall: what the seconds are added to.
            ticks: seconds that only ever grow; says when to look again.
        """
        self._path = path
        self._wall = wall
        self._ticks = ticks
        self._look_at = -math.inf
        self._seen: tuple[int, ...] | None = None
        self._offset = timedelta()
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        """Give the moved instant, aware, in UTC."""
        ticks = self._ticks()
        if ticks >= self._look_at:
            with self._lock:
                self._look_at = ticks + LOOK_SECONDS
                self._look()
        return self._wall() + self._offset

    def _look(self) -> None:
        """Read the file anew if it is another one than before."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._seen, self._offset = None, timedelta()
            return
        seen = (found.st_ino, found.st_mtime_ns, found.st_size)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            offset = timedelta(seconds=float(self._path.read_text(encoding="ascii")))
        except (OSError, ValueError, OverflowError) as error:
            self._refuse(type(error).__name__)
            return
        if abs(offset) > _MOST:
            self._refuse("farther than a hundred years")
            return
        self._offset = offset

    def _refuse(self, reason: str) -> None:
        log.warning("clock file not read", path=str(self._path), reason=reason)


def clock_of(path: Path | None) -> Clock:
    """Give the clock of a process: the wall clock unless the settings name a file."""
    if path is None:
        return utc_now
    log.warning("clock is moved by a file, which no production has", path=str(path))
    return MovedClock(path)
