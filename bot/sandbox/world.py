"""Everything the sandbox remembers: phones, tokens, media, codes and the log, behind one lock.

It lives in the memory of one process and ends with it. Whoever reads or changes it holds
``World.lock``, and nobody holds the lock while the bot is spoken to.
"""

import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bot.config import Account
from bot.sandbox import quotas
from bot.sandbox.catalogue import TEMPLATES
from bot.sandbox.clock import MovableClock
from bot.sandbox.faults import Faults
from bot.sandbox.media import MediaBook
from bot.sandbox.quotas import Quotas
from bot.sandbox.samples import PEOPLE, Sample
from bot.sandbox.screen import Attached, Card, Kind, Message, Part, Sender
from bot.sandbox.standing import AccountStanding, PersonStanding
from bot.sandbox.tokens import Tokens
from bot.sandbox.windows import MemberRate, SendWindows
from storage.vocabulary import Platform

Menu = dict[str, Any]
"""A published menu as its account wrote it: ``{button: […]}``."""

ORIGINAL_ID = "gh_0sandbox0near"
CODE_LIFETIME = timedelta(hours=72)

_CALLS_KEPT = 300


def utc_now() -> datetime:
    """Read the wall clock; tests hand in their own."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Phone:
    """One person's phone; ``version`` is the world's version at its last change."""

    person: Sample
    messages: list[Message] = field(default_factory=list)
    is_following: bool = False
    windows: SendWindows = field(default_factory=SendWindows)
    rate: MemberRate = field(default_factory=MemberRate)
    standing: PersonStanding = field(default_factory=PersonStanding)
    version: int = 0

    def message(self, message_id: int) -> Message | None:
        """Find what is on this phone; other phones' messages are not."""
        return next((message for message in self.messages if message.id == message_id), None)

    def cards(self, send_id: int) -> list[Card]:
        """Find the copies of one send's card on this phone."""
        cards = (message.card for message in self.messages)
        return [card for card in cards if card is not None and card.send_id == send_id]


@dataclass(frozen=True, slots=True)
class Call:
    """One line of the log: an API call of the bot, or one try of a push to its webhook.

    ``missed`` are those whom a message did not reach although the call went well, by the reason
    in the platform's word for it.
    """

    id: int
    at: datetime
    platform: Platform
    is_push: bool
    name: str
    about: str
    status: int
    result: str
    missed: Mapping[str, tuple[str, ...]]

    def to_json(self) -> dict[str, Any]:
        """Give what the log panel draws."""
        return {
            "id": self.id,
            "at": self.at.isoformat(),
            "platform": self.platform.value,
            "direction": "push" if self.is_push else "api",
            "name": self.name,
            "about": self.about,
            "status": self.status,
            "result": self.result,
            "missed": {reason: list(names) for reason, names in self.missed.items()},
        }


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that a platform took: by which number, when, and where phones show it."""

    number: int
    at: datetime
    shown: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Code:
    send_id: int
    expires_at: datetime


class World:
    """One official account, one WeCom app, and the sample people who use them."""

    def __init__(
        self,
        official: Account,
        wecom: Account,
        *,
        webhook: str,
        people: Iterable[Sample] = PEOPLE,
        clock: Callable[[], datetime] = utc_now,
        clock_file: Path | None = None,
    ) -> None:
        """Build a world in which nothing has happened yet.

        Args:
            official: the official account as the bot's settings have it.
            wecom: the WeCom app as the bot's settings have it.
            webhook: the address up to the account's name, such as ``http://127.0.0.1:8000/webhook``.
            people: who has a phone.
            clock: the platforms' clock, aware, before anybody moves it.
            clock_file: where it is written by how many seconds the clock has been moved.

        Raises:
            ClockError: the file holds no number of seconds.
        """
        self.accounts = {Platform.OFFICIAL: official, Platform.WECOM: wecom}
        self.webhook = webhook.rstrip("/")
        self.webhooks: dict[Platform, str] = {}
        self.clock = MovableClock(clock, clock_file)
        self.lock = threading.RLock()
        self.phones = {person.key: Phone(person) for person in people}
        self.calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
        self.version = 0
        self.stable_tokens = Tokens()
        self.plain_tokens = Tokens()
        self.wecom_tokens = Tokens()
        self.media = MediaBook()
        self.task_ids: set[str] = set()
        self.recent_sends: dict[str, datetime] = {}
        self.standing = AccountStanding()
        self.faults = {platform: Faults() for platform in self.accounts}
        self.quotas = {
            Platform.OFFICIAL: Quotas(dict(quotas.OFFICIAL)),
            Platform.WECOM: Quotas(dict(quotas.WECOM)),
        }
        self.menus: dict[Platform, Menu] = {}
        self.templates = {template.id: template for template in TEMPLATES}
        self.accepted: dict[tuple[str, str], Accepted] = {}
        self.sends: dict[str, Accepted] = {}
        self.forced_at: datetime | None = None
        self._codes: dict[str, _Code] = {}
        # A later run on the same database must not repeat the numbers of an earlier one.
        self._ids = count(int(self.clock().timestamp() * 1_000_000))

    def now(self) -> datetime:
        """Give the stand-in's time, aware; ``clock`` called gives the same."""
        return self.clock()

    def move(self, seconds: float) -> None:
        """Move the stand-in's time on, or back towards the real one.

        Raises:
            ClockError: it would fall behind the real time, or go too far ahead.
        """
        self.clock.move(seconds)
        for phone in self.phones.values():
            self.touch(phone)

    def webhook_of(self, platform: Platform) -> str:
        """Give the whole address that one platform pushes to, named in ``webhooks`` or composed."""
        return self.webhooks.get(platform) or f"{self.webhook}/{self.accounts[platform].name}"

    def next_id(self) -> int:
        """Give a number that this world never gives again."""
        return next(self._ids)

    def find(self, platform: Platform, external_id: str) -> Phone | None:
        """Find a phone by openid (exact) or userid (any case)."""
        for phone in self.phones.values():
            person = phone.person
            if person.platform is not platform:
                continue
            if person.external_id == external_id or (
                platform is Platform.WECOM and person.external_id == external_id.lower()
            ):
                return phone
        return None

    def show(
        self,
        phone: Phone,
        sender: Sender,
        kind: Kind,
        parts: tuple[Part, ...] = (),
        *,
        attached: Attached | None = None,
        is_pushed: bool = False,
    ) -> Message:
        """Add a message to a phone's chat."""
        message = Message(
            id=self.next_id(),
            sender=sender,
            kind=kind,
            at=self.clock(),
            parts=parts,
            attached=attached,
            is_pushed=is_pushed,
        )
        phone.messages.append(message)
        self.touch(phone)
        return message

    def touch(self, phone: Phone) -> None:
        """Note that a phone looks different now, so that the page fetches it."""
        self.version += 1
        phone.version = self.version

    def record(
        self,
        platform: Platform,
        name: str,
        *,
        is_push: bool,
        about: str,
        status: int,
        result: str,
        missed: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """Add a line to the log panel."""
        self.version += 1
        self.calls.append(
            Call(
                id=self.version,
                at=self.now(),
                platform=platform,
                is_push=is_push,
                name=name,
                about=about,
                status=status,
                result=result,
                missed=missed or {},
            )
        )

    def issue_code(self, send_id: int) -> str:
        """Give a response code for the cards of one send: for one update, within 72 hours."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Code(send_id, self.clock() + CODE_LIFETIME)
        return code

    def spend_code(self, code: str) -> int | None:
        """Use up a response code and give its send; None when it is unknown, spent or too old."""
        found = self._codes.pop(code, None)
        return found.send_id if found and self.clock() < found.expires_at else None
