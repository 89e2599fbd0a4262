"""The stand-in's clock: a real one and the seconds by which somebody has moved it on.

Tokens, windows, quotas, media and response codes follow it, because all of them read it.
"""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

FURTHEST = timedelta(days=3650)
"""Ten years: beyond that a slip of the finger is likelier than a wish."""


class ClockError(ValueError):
    """Raised when the clock cannot be moved so far, or its file holds no usable number."""


class MovableClock:
    """A clock that can be moved on and back again, never behind the real one.

    With a file, what is added is written there as a decimal number of seconds, so that other
    processes can keep the same time; a file that holds one already is taken up again.
    """

    def __init__(self, real: Callable[[], datetime], file: Path | None = None) -> None:
        """Start where the file left off, or at the real time.

        Args:
            real: gives the aware time to which the offset is added.
            file: where the offset is kept; its folder exists.

        Raises:
            ClockError: the file holds something else than a number of seconds.
        """
        self._real = real
        self._file = file
        self.offset = self._kept()

    def __call__(self) -> datetime:
        """Give the time that it is here."""
        return self._real() + self.offset

    def move(self, seconds: float) -> None:
        """Move on by some seconds, or back when they are negative.

        Raises:
            ClockError: it would fall behind the real time, or go more than ten years ahead.
        """
        self.offset = _checked(self.offset.total_seconds() + seconds)
        if self._file is not None:
            _write(self._file, self.offset.total_seconds())

    def _kept(self) -> timedelta:
        if self._file is None or not self._file.exists():
            return timedelta()
        try:
            seconds = float(self._file.read_text(encoding="ascii"))
        except ValueError as error:
            raise ClockError(f"{self._file.name} holds no number of seconds") from error
        return _checked(seconds)


def _checked(seconds: float) -> timedelta:
    if not math.isfinite(seconds):
        raise ClockError("is no number of seconds")
    if seconds < 0:
        raise ClockError("the clock cannot fall behind the real time")
    if seconds > FURTHEST.total_seconds():
        raise ClockError("the clock cannot go more than ten years ahead")
    return timedelta(seconds=seconds)


def _write(file: Path, seconds: float) -> None:
    """Replace the file as a whole: whoever reads it meanwhile sees the old or the new number."""
    new = file.with_name(f"{file.name}.new")
    new.write_text(f"{seconds:.6f}\n", encoding="ascii")
    new.replace(file)
