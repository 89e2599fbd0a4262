"""Access tokens as the platforms issue and check them. Pure: the caller holds the lock."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LIFETIME = timedelta(seconds=7200)
OVERLAP = timedelta(minutes=5)

OK = 0
REPLACED = 40001
UNKNOWN = 40014
EXPIRED = 42001


@dataclass(slots=True)
class _Token:
    value: str
    expires_at: datetime
    is_replaced: bool = False


@dataclass(slots=True)
class Tokens:
    """The tokens of one secret; a replaced one stays valid for five minutes."""

    lifetime: timedelta = LIFETIME
    _issued: list[_Token] = field(default_factory=list)

    def issue(self, now: datetime) -> tuple[str, int]:
        """Give a new token and its seconds, however many are still valid (official ``/token``)."""
        for token in self._issued:
            if not token.is_replaced:
                token.is_replaced = True
                token.expires_at = min(token.expires_at, now + OVERLAP)
        token = _Token(secrets.token_urlsafe(96), now + self.lifetime)
        self._issued.append(token)
        return token.value, int(self.lifetime.total_seconds())

    def current(self, now: datetime) -> tuple[str, int]:
        """Give the same token until five minutes before its end (``stable_token``, WeCom)."""
        newest = self._issued[-1] if self._issued else None
        if newest is None or newest.expires_at - now <= min(OVERLAP, self.lifetime / 2):
            return self.issue(now)
        return newest.value, int((newest.expires_at - now).total_seconds())

    def check(self, value: str, now: datetime) -> int:
        """Give 0, or the error code of a token that is unknown, expired or replaced."""
        for token in self._issued:
            if token.value == value:
                if now < token.expires_at:
                    return OK
                return REPLACED if token.is_replaced else EXPIRED
        return UNKNOWN
