"""How often each API may be called, as data that can be changed while the sandbox runs.

The numbers are those of a new account (PLATFORM.md A8, A9, A11, B4). Days are calendar days in
Asia/Shanghai, and a minute or an hour here is one of the clock's, not the last sixty seconds.
Pure: the caller holds the world's lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

_SHANGHAI = ZoneInfo("Asia/Shanghai")

WECOM_ACCOUNTS = 1000
"""How many accounts the sample company has paid for."""

_SENDS_AN_ACCOUNT = 200


class Per(StrEnum):
    """The span after which a count begins again."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


_FORMATS: Mapping[Per, str] = MappingProxyType(
    {
        Per.MINUTE: "%Y%m%d%H%M",
        Per.HOUR: "%Y%m%d%H",
        Per.DAY: "%Y%m%d",
        Per.MONTH: "%Y%m",
    }
)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in a span."""

    most: int
    per: Per


CUSTOM_SEND = "custom_send"
TEMPLATE_SEND = "template_send"
TOKEN = "token"  # noqa: S105 (the name of a quota)
STABLE_TOKEN = "stable_token"  # noqa: S105 (the name of a quota)
STABLE_TOKEN_MINUTE = "stable_token_minute"  # noqa: S105 (the name of a quota)
STABLE_TOKEN_FORCED = "stable_token_forced"  # noqa: S105 (the name of a quota)
MENU_CREATE = "menu_create"
MENU_QUERY = "menu_query"
MENU_DELETE = "menu_delete"
MEDIA_UPLOAD = "media_upload"
MEDIA_DOWNLOAD = "media_download"
QR_CODE = "qr_code"
USER_INFO = "user_info"
CLEAR_QUOTA = "clear_quota"

API_MINUTE = "api_minute"
API_HOUR = "api_hour"
PERSON_SENDS = "person_sends"
MEMBER_MINUTE = "member_minute"
MEMBER_HOUR = "member_hour"

OFFICIAL: Mapping[str, Limit] = MappingProxyType(
    {
        TOKEN: Limit(2_000, Per.DAY),
        STABLE_TOKEN: Limit(500_000, Per.DAY),
        STABLE_TOKEN_MINUTE: Limit(10_000, Per.MINUTE),
        STABLE_TOKEN_FORCED: Limit(20, Per.DAY),
        CUSTOM_SEND: Limit(500_000, Per.DAY),
        TEMPLATE_SEND: Limit(100_000, Per.DAY),
        MENU_CREATE: Limit(1_000, Per.DAY),
        MENU_QUERY: Limit(10_000, Per.DAY),
        MENU_DELETE: Limit(1_000, Per.DAY),
        MEDIA_UPLOAD: Limit(100_000, Per.DAY),
        MEDIA_DOWNLOAD: Limit(200_000, Per.DAY),
        QR_CODE: Limit(100_000, Per.DAY),
        USER_INFO: Limit(5_000_000, Per.DAY),
        CLEAR_QUOTA: Limit(10, Per.MONTH),
    }
)
WECOM: Mapping[str, Limit] = MappingProxyType(
    {
        API_MINUTE: Limit(10_000, Per.MINUTE),
        API_HOUR: Limit(150_000, Per.HOUR),
        PERSON_SENDS: Limit(WECOM_ACCOUNTS * _SENDS_AN_ACCOUNT, Per.DAY),
        MEMBER_MINUTE: Limit(30, Per.MINUTE),
        MEMBER_HOUR: Limit(1_000, Per.HOUR),
    }
)
_EACH_MEMBER = frozenset({MEMBER_MINUTE, MEMBER_HOUR})


@dataclass(slots=True)
class _Count:
    span: str
    used: int = 0


@dataclass(slots=True)
class Quotas:
    """The limits of one platform and what has been used of them."""

    limits: dict[str, Limit]
    _counts: dict[tuple[str, str], _Count] = field(default_factory=dict)

    def use(self, name: str, now: datetime, *, of: str = "", times: int = 1) -> bool:
        """Count uses of a limit; False, and nothing is counted, where they would pass it.

        Args:
            name: the limit's, a constant of this module.
            now: the stand-in's time, aware.
            of: the API that is counted by itself.
            times: how many at once, such as the receivers of one message.
        """
        limit = self.limits[name]
        count = self._count(name, of, now)
        if count.used + times > limit.most:
            return False
        count.used += times
        return True

    def change(self, most: Mapping[str, int]) -> None:
        """Change how many are allowed; what has been used stays used.

        Raises:
            KeyError: there is no such limit; none is changed then.
        """
        changed = {name: replace(self.limits[name], most=number) for name, number in most.items()}
        self.limits |= changed

    def clear(self) -> None:
        """Begin every daily count again, as ``clear_quota`` does."""
        kept = {name for name, limit in self.limits.items() if limit.per is not Per.DAY}
        self._counts = {key: count for key, count in self._counts.items() if key[0] in kept}

    def to_json(self, now: datetime) -> dict[str, Any]:
        """Give ``{name: {limit, used, per}}``.

        Of APIs that are counted singly the busiest is told; what is counted for each member, on
        the phones, has null.
        """
        return {
            name: {"limit": limit.most, "used": self._used(name, now), "per": limit.per.value}
            for name, limit in self.limits.items()
        }

    def _count(self, name: str, of: str, now: datetime) -> _Count:
        span = _span(self.limits[name].per, now)
        count = self._counts.get((name, of))
        if count is None or count.span != span:
            count = self._counts[name, of] = _Count(span)
        return count

    def _used(self, name: str, now: datetime) -> int | None:
        if name in _EACH_MEMBER:
            return None
        span = _span(self.limits[name].per, now)
        used = [
            count.used
            for (counted, _), count in self._counts.items()
            if counted == name and count.span == span
        ]
        return max(used, default=0)


def _span(per: Per, now: datetime) -> str:
    return now.astimezone(_SHANGHAI).strftime(_FORMATS[per])
