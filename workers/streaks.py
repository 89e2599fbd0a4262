"""How the platforms' accounts answer during one run: who rests, what an operator must know."""

import threading
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.channels import ApiError, Channel, FailureKind
from storage.vocabulary import AlertKind

log = structlog.stdlib.get_logger(__name__)

_TIRED_AFTER = 3  # an account that fails so often in a row rests until the next run

PATIENCE = {
    FailureKind.RETRY: timedelta(seconds=30),
    FailureKind.MISCONFIGURED: timedelta(minutes=5),
}
"""How soon an account that failed so is asked again at the earliest, by one call."""

ALERTS = {
    FailureKind.MISCONFIGURED: AlertKind.MISCONFIGURED,
    FailureKind.UNAUTHORISED: AlertKind.UNAUTHORISED,
    FailureKind.REFUSED: AlertKind.REFUSED,
    FailureKind.QUOTA: AlertKind.QUOTA,
}
"""What an operator is told of, and under which heading."""


@dataclass(slots=True)
class _Streak:
    """How often in a row something failed, and how it did last."""

    app_id: str
    length: int = 0
    error: ApiError | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """A fault of an account that an operator must know of."""

    app_id: str
    kind: AlertKind
    code: str


class Streaks:
    """Failures in a row, by account and by what was asked of it. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streaks: dict[Hashable, _Streak] = {}
        self._complaints: set[Complaint] = set()

    def resting(self, channel: Channel, what: str) -> ApiError | None:
        """Give the last error where no further try is worth it in this run."""
        with self._lock:
            streak = self._streaks.get((channel.account.name, what))
            return streak.error if streak and streak.length >= _TIRED_AFTER else None

    def answered(self, channel: Channel, what: str) -> None:
        """End a streak: the account answers."""
        with self._lock:
            self._streaks.pop((channel.account.name, what), None)

    def failed(self, channel: Channel, what: str, error: ApiError) -> None:
        """Remember how an account failed; log and keep what no retry will mend."""
        with self._lock:
            streak = self._streaks.setdefault(
                (channel.account.name, what), _Streak(channel.account.app_id)
            )
            match error.kind:
                case FailureKind.RETRY:
                    streak.length, streak.error = streak.length + 1, error
                case FailureKind.MISCONFIGURED | FailureKind.UNAUTHORISED:
                    streak.length, streak.error = _TIRED_AFTER, error
                case _:
                    streak.length = 0
            if error.kind not in ALERTS or error.code is None:
                return
            complaint = Complaint(channel.account.app_id, ALERTS[error.kind], str(error.code))
            is_new = complaint not in self._complaints
            self._complaints.add(complaint)
        if is_new:
            log.error(
                "the platform refuses",
                account=channel.account.name,
                kind=error.kind,
                code=error.code,
                asked=what,
            )

    def failing(self) -> dict[str, timedelta]:
        """Give the app ids of accounts whose last try met a fault that passes, and the patience."""
        with self._lock:
            return {
                streak.app_id: PATIENCE[streak.error.kind]
                for streak in self._streaks.values()
                if streak.length and streak.error and streak.error.kind in PATIENCE
            }

    def complaints(self) -> frozenset[Complaint]:
        """Give what an operator must know since the run began."""
        with self._lock:
            return frozenset(self._complaints)
