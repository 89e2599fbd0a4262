"""The chain by which a notice reaches a person. Nothing here does I/O or knows the time.

WeCom comes first, then the official account while one of its two windows is open and has sends
left, then its template message where it has one for the purpose, then waiting: the notice heads the
person's next passive reply.
"""

import re
from collections.abc import Container, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from storage.vocabulary import NoticeKind, Platform, Waiting

NO_CHANNEL = Waiting.NO_CHANNEL.value
WINDOW_CLOSED = Waiting.WINDOW_CLOSED.value


BULK = frozenset(
    {
        NoticeKind.BRIEFING,
        NoticeKind.DIGEST,
        NoticeKind.HOME_DAY,
        NoticeKind.POINTS,
        NoticeKind.SERVICE,
    }
)
"""What travels in a queue of its own, so that an urgent card never waits behind it."""

_PLATFORM_ZONE = ZoneInfo("Asia/Shanghai")  # where both platforms' days begin


class Way(StrEnum):
    """How an address is reached; the official account's first two are send windows.

    TAP is opened by a tap, follow or scan, MESSAGE by a message.
    """

    WECOM = "wecom"
    TAP = "tap"
    MESSAGE = "message"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many sends a window gives and how long we trust it.

    Photos and voices may use ``media_sends`` of them: the rest is kept for words to come.
    """

    sends: int
    lasts: timedelta
    media_sends: int

    def opened_after(self, now: datetime) -> datetime:
        """Give the moment after which a window must have opened to be still open at ``now``."""
        return now - self.lasts


# The margins (30 s of 48 h, 5 s of a minute) are for clocks that differ and for the call itself.
ALLOWANCES = MappingProxyType(
    {
        Way.TAP: Allowance(3, timedelta(minutes=1) - timedelta(seconds=5), 3),
        Way.MESSAGE: Allowance(5, timedelta(hours=48) - timedelta(seconds=30), 3),
    }
)

_BACKOFF = (
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=8),
)
_ORDER = (Platform.WECOM, Platform.OFFICIAL)


class Address(Protocol):
    """What the chain must know of an identity."""

    @property
    def identity_id(self) -> int:
        """The identity's row."""
        ...

    @property
    def platform(self) -> Platform:
        """Where it lives."""
        ...

    @property
    def app_id(self) -> str:
        """The app id or CorpID it belongs to."""
        ...

    @property
    def is_following(self) -> bool:
        """Whether it may be written to at all."""
        ...

    @property
    def messaged_at(self) -> datetime | None:
        """When its last message opened the long window."""
        ...

    @property
    def message_sends(self) -> int:
        """Sends used of the long window."""
        ...

    @property
    def tapped_at(self) -> datetime | None:
        """When its last tap, follow or scan opened the short window."""
        ...

    @property
    def tap_sends(self) -> int:
        """Sends used of the short window."""
        ...


A = TypeVar("A", bound=Address)


@dataclass(frozen=True, slots=True)
class Send(Generic[A]):
    """Try this address next, this way; a send through a window is charged to it."""

    address: A
    way: Way

    @property
    def key(self) -> tuple[int, Way]:
        """What ``tried`` must contain for this step not to come again."""
        return self.address.identity_id, self.way


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is left to try: the notice waits for the person's next message."""

    reason: str


def is_open(address: Address, window: Way, *, now: datetime) -> bool:
    """Say whether the window has time and sends left, as far as this copy of the row knows."""
    opened_at, used = (
        (address.tapped_at, address.tap_sends)
        if window is Way.TAP
        else (address.messaged_at, address.message_sends)
    )
    allowance = ALLOWANCES[window]
    return (
        opened_at is not None and opened_at > allowance.opened_after(now) and used < allowance.sends
    )


def next_step(
    addresses: Sequence[A],
    *,
    now: datetime,
    accounts: Container[tuple[Platform, str]],
    templates: Container[str] = frozenset(),
    tried: AbstractSet[tuple[int, Way]] = frozenset(),
    resume_at: int | None = None,
) -> Send[A] | Wait:
    """Choose the next address of a person, or find that the notice must wait.

    The short window is used up before the long one: its sends are lost in a minute anyway.

    Args:
        addresses: every identity of the person.
        now: the moment of the send.
        accounts: the accounts this deployment can send with.
        templates: app ids of the official accounts that have a template for the notice's purpose.
        tried: keys of the steps that failed for good.
        resume_at: the identity a former attempt stood at; the chain does not go back behind it,
            because the identities before it have refused.
    """
    chain = sorted(addresses, key=lambda each: (_ORDER.index(each.platform), each.identity_id))
    ids = [address.identity_id for address in chain]
    if resume_at in ids:
        chain = chain[ids.index(resume_at) :]
    usable = [
        address
        for address in chain
        if address.is_following and (address.platform, address.app_id) in accounts
    ]
    for address in usable:
        if address.platform is Platform.WECOM:
            steps = [Send(address, Way.WECOM)]
        else:
            steps = [Send(address, each) for each in ALLOWANCES if is_open(address, each, now=now)]
            if address.app_id in templates:
                steps.append(Send(address, Way.TEMPLATE))
        for step in steps:
            if step.key not in tried:
                return step
    return Wait(WINDOW_CLOSED if usable else NO_CHANNEL)


def platform_day(now: datetime) -> date:
    """Give the calendar day by which the platforms count their daily quotas."""
    return now.astimezone(_PLATFORM_ZONE).date()


def next_platform_day(now: datetime) -> datetime:
    """Give the moment at which daily quotas are fresh, with five minutes for clocks that differ."""
    tomorrow = platform_day(now) + timedelta(days=1)
    return datetime.combine(tomorrow, time(0, 5), _PLATFORM_ZONE)


def backoff(attempts: int) -> timedelta | None:
    """Say how long to wait after so many attempts; None after about a day: give up pushing."""
    return _BACKOFF[attempts - 1] if attempts <= len(_BACKOFF) else None


_TASK = re.compile(r"n(?P<notice>\d+)-[0-9A-Za-z]+")


def task_id(notice_id: int, digest: str) -> str:
    """Name one send of a notice for the platform: unique, the same again in a retry."""
    return f"n{notice_id}-{digest}"


def notice_of(task_id: str) -> int | None:
    """Say which notice a tapped card came from; None when it is none of ours."""
    found = _TASK.fullmatch(task_id)
    return int(found["notice"]) if found else None
