"""One platform account as the rest of the bot sees it: the Channel protocol and its values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Protocol

from bot.config import Account, MenuButton
from handlers.messages import Action, Incoming, Reply
from storage.vocabulary import MediaKind, NoticeKind


class WebhookError(Exception):
    """Raised for any fault of an incoming request; answered with ``status`` and an empty body."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Envelope:
    """What rendering a reply needs of the request it answers.

    ``is_card_tap``: only an update of the tapped card can answer it. ``is_json``: the account's
    data format is JSON, and XML would be taken for a fault.
    """

    sender: str
    recipient: str
    timestamp: str
    nonce: str
    encrypted: bool
    key_index: int = 0
    is_card_tap: bool = False
    is_json: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """A verified request: its message, or None for what is only acknowledged.

    ``acknowledgement`` is the body that does it, nearly always an empty one.
    """

    incoming: Incoming | None
    envelope: Envelope
    acknowledgement: str = ""


class FailureKind(StrEnum):
    """What a failed send means for the delivery, and whether an operator must know.

    RETRY: later, the same way. QUOTA: the account has used up its day, told. UNREACHABLE: not this
    person, another way. WINDOW_CLOSED: not now, another way. REFUSED: not this content, another
    way, told. UNAUTHORISED: the account may not do this, another way, told. MISCONFIGURED: nothing
    goes until an operator corrects the settings; later, told.
    """

    RETRY = "retry"
    QUOTA = "quota"
    UNREACHABLE = "unreachable"
    WINDOW_CLOSED = "window_closed"
    REFUSED = "refused"
    UNAUTHORISED = "unauthorised"
    MISCONFIGURED = "misconfigured"


class ApiError(Exception):
    """Raised when the platform's API said no, or could not be reached (``code`` is then None).

    ``is_unsent``: the call was certainly not made; without an answer it may have had its effect.
    """

    def __init__(
        self, code: int | None, message: str, kind: FailureKind, *, is_unsent: bool = False
    ) -> None:
        super().__init__(f"{code}: {message}" if code is not None else message)
        self.code = code
        self.kind = kind
        self.is_unsent = is_unsent


class TooLargeError(Exception):
    """Raised when a photo or voice has more bytes than were asked for."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A photo or voice by the name that the platform gave it for three days."""

    kind: MediaKind
    media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A notice as a channel sends it. ``task_id`` is the same in a retry of the same send.

    With ``enclosed`` it is that photo or voice, and nothing else. ``purpose`` finds the template
    for it, where the account has one.
    """

    title: str
    text: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    actions: tuple[Action, ...] = ()
    as_text: bool = False
    purpose: NoticeKind = NoticeKind.REPLY
    order_id: int | None = None
    created_at: datetime | None = None
    task_id: str = ""
    enclosed: Enclosed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The outcome of one send call: who was skipped and why, and the card's response code.

    ``receipt`` names a template message whose outcome the platform pushes later.
    """

    failures: Mapping[str, str] = field(default_factory=dict)
    response_code: str = ""
    receipt: str = ""


class Channel(Protocol):
    """One account of one platform.

    ``menu_refused``: settings say that it may send msgmenu, and the platform said that it may not.
    """

    account: Account
    batch_size: int
    menu_refused: bool

    @property
    def skew_seconds(self) -> float | None:
        """How far our clock is ahead of the platform's; None before its first answer."""
        ...

    def verify(self, query: Mapping[str, str]) -> str:
        """Answer the platform's GET verification; raises WebhookError."""
        ...

    def read(self, query: Mapping[str, str], body: bytes, *, now: datetime) -> Received:
        """Verify, decrypt and parse a POST; raises WebhookError."""
        ...

    def render(self, envelope: Envelope, reply: Reply, *, now: datetime) -> bytes:
        """Render a passive reply, encrypted as the request was; an empty reply gives b''."""
        ...

    def send(self, recipients: Sequence[str], outgoing: Outgoing) -> Sent:
        """Send to at most ``batch_size`` openids or userids; raises ApiError when none got it."""
        ...

    def send_template(self, recipient: str, outgoing: Outgoing) -> Sent:
        """Send a notice as the template message for its purpose; raises ApiError.

        Only where ``account.templates`` has that purpose.
        """
        ...

    def update_card(self, recipients: Sequence[str], *, response_code: str, note: str) -> None:
        """Replace the buttons of a sent card by a note, for all named; raises ApiError."""
        ...

    def download(self, media_id: str, into: IO[bytes], *, most: int) -> None:
        """Write what a person sent into a file; raises ApiError, TooLargeError, OSError."""
        ...

    def upload(self, path: Path, *, kind: MediaKind, content_type: str) -> str:
        """Hand a kept file to the platform and give its name there; raises ApiError, OSError.

        What the platform would not carry is refused without a call.
        """
        ...

    def publish_menu(self, menu: Sequence[MenuButton]) -> None:
        """Replace the menu below the chat by what is for this platform; raises ApiError."""
        ...
