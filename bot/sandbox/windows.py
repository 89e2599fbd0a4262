"""When the official account may write to a person, and when WeCom drops it. Pure."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

MESSAGE_WINDOW, MESSAGE_SENDS = timedelta(hours=48), 5
TAP_WINDOW, TAP_SENDS = timedelta(minutes=1), 3
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

OK = 0
NO_WINDOW = 45015
QUOTA_USED = 45047


@dataclass(slots=True)
class _Window:
    closes_at: datetime
    left: int


@dataclass(slots=True)
class SendWindows:
    """The windows for customer-service messages to one openid (PLATFORM.md A7).

    Each message or tap opens its window anew. Sends are taken from the long window first; which
    one the platform takes is not published, and this order leaves a bot the least.
    """

    _message: _Window | None = None
    _tap: _Window | None = None

    def open_by_message(self, now: datetime) -> None:
        """The person wrote or sent something: five sends in 48 hours."""
        self._message = _Window(now + MESSAGE_WINDOW, MESSAGE_SENDS)

    def open_by_tap(self, now: datetime) -> None:
        """The person tapped a menu item, followed or scanned: three sends in one minute."""
        self._tap = _Window(now + TAP_WINDOW, TAP_SENDS)

    def close(self) -> None:
        """Nothing can be sent to somebody who unfollowed."""
        self._message = self._tap = None

    def use(self, now: datetime) -> int:
        """Count one send: 0, or the error code that says why it must not be sent."""
        opened = [w for w in (self._message, self._tap) if w is not None and now < w.closes_at]
        if not opened:
            return NO_WINDOW
        for window in opened:
            if window.left:
                window.left -= 1
                return OK
        return QUOTA_USED

    def opened(self, now: datetime) -> dict[str, tuple[datetime, int]]:
        """Give when each open window closes and the sends left in it: ``message`` and ``tap``."""
        windows = {"message": self._message, "tap": self._tap}
        return {
            name: (window.closes_at, window.left)
            for name, window in windows.items()
            if window is not None and now < window.closes_at
        }

    def left(self, now: datetime) -> int:
        """Give how many sends are possible at this moment."""
        windows = (self._message, self._tap)
        return sum(w.left for w in windows if w is not None and now < w.closes_at)


@dataclass(slots=True)
class MemberRate:
    """What one app sent to one WeCom member lately; the excess is dropped without a word."""

    _sent: deque[datetime] = field(default_factory=deque)

    def use(self, now: datetime, a_minute: int, an_hour: int) -> bool:
        """Count one send; False when the platform would drop it."""
        while self._sent and now - self._sent[0] >= HOUR:
            self._sent.popleft()
        for period, most in ((MINUTE, a_minute), (HOUR, an_hour)):
            if sum(now - at < period for at in self._sent) >= most:
                return False
        self._sent.append(now)
        return True
