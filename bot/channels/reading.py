"""What both platforms' requests have in common: freshness, envelopes, senders, inbox keys."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

import structlog

from bot.channels import WebhookError, limits
from bot.channels.crypto import CryptoError, MessageCipher, Opened, is_signed
from bot.channels.documents import Document, DocumentError, parse
from bot.config import Account
from handlers.messages import Incoming, IncomingKind
from handlers.rules import scans
from storage.vocabulary import Platform

FORBIDDEN = 403
BAD_REQUEST = 400

CONTAINER_CHECK = "CheckContainerPath"
"""A2: the action with which cloud hosting looks whether somebody answers."""

CHECKED = "success"
"""A2: what it wants to hear."""

MESSAGE_KINDS: Mapping[str, IncomingKind] = MappingProxyType(
    {
        "text": IncomingKind.TEXT,
        "image": IncomingKind.IMAGE,
        "voice": IncomingKind.VOICE,
        "video": IncomingKind.VIDEO,
        "shortvideo": IncomingKind.VIDEO,
        "location": IncomingKind.PLACE,
        "link": IncomingKind.LINK,
        "file": IncomingKind.FILE,
        "miniprogrampage": IncomingKind.LINK,
    }
)
"""MsgTypes that need a turn; all others are acknowledged."""

PLATFORM_ITSELF = "sys"
"""Who sends what the platform tells about an app or its company (PLATFORM.md B1)."""

log = structlog.stdlib.get_logger(__name__)

SUBSCRIPTION_EVENTS = frozenset(
    {"subscribe_msg_popup_event", "subscribe_msg_change_event", "subscribe_msg_sent_event"}
)
"""A5: what followers allow, take back, and got of subscription notices."""

_OUTCOME_LETTERS = 32
_TIMESTAMP = re.compile(r"[0-9]{1,11}")


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A proved message, and the key that opened it, or None where it came in plain.

    ``is_json`` is the outer body's: the answer is to look like it.
    """

    message: Document
    key_index: int | None
    is_json: bool

    @property
    def acknowledgement(self) -> str:
        """The body by which the message is acknowledged where no turn is needed."""
        is_check = self.message.text("action") == CONTAINER_CHECK
        return CHECKED if is_check and not self.message.text("MsgType") else ""


def cipher_for(account: Account) -> MessageCipher:
    """Make the cipher of an account; without keys (plain mode) it opens nothing."""
    keys = (account.encoding_aes_key, account.previous_encoding_aes_key)
    return MessageCipher([key for key in keys if key], receive_id=account.app_id)


def refuse_stale(query: Mapping[str, str], *, now: datetime) -> None:
    """Refuse a request whose URL timestamp is too far from now; CreateTime is never trusted.

    Raises:
        WebhookError: stale, from the future, or without a timestamp.
    """
    timestamp = query.get("timestamp", "")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise WebhookError(FORBIDDEN, "no timestamp")
    ahead = round(now.timestamp()) - int(timestamp)
    if abs(ahead) > limits.FRESHNESS_SECONDS:
        raise WebhookError(FORBIDDEN, f"stale timestamp, our clock differs by {ahead:+} s")


def is_url_signed(account: Account, query: Mapping[str, str]) -> bool:
    """Say whether ``signature`` is right; it proves the token only, nothing about the body."""
    return is_signed(
        query.get("signature", ""),
        account.token,
        query.get("timestamp", ""),
        query.get("nonce", ""),
    )


def opened(
    account: Account, cipher: MessageCipher, query: Mapping[str, str], sealed: str
) -> Opened:
    """Verify ``msg_signature`` over the sealed text, then decrypt it.

    Raises:
        WebhookError: a wrong signature, another key, another AppID or CorpID, or garbage.
    """
    parts = (account.token, query.get("timestamp", ""), query.get("nonce", ""), sealed)
    if not is_signed(query.get("msg_signature", ""), *parts):
        raise WebhookError(FORBIDDEN, "wrong signature")
    try:
        return cipher.open(sealed)
    except CryptoError as error:
        raise WebhookError(FORBIDDEN, str(error)) from error


def document(body: bytes) -> Document:
    """Read a body that is known to come from the platform.

    Raises:
        WebhookError: it is broken all the same.
    """
    try:
        return parse(body)
    except DocumentError as error:
        raise WebhookError(BAD_REQUEST, str(error)) from error


def incoming(
    account: Account,
    message: Document,
    *,
    now: datetime,
    kind: IncomingKind,
    text: str = "",
    is_tap: bool = False,
    scene: str = "",
    sender: str | None = None,
) -> Incoming:
    """Build the value that handlers get.

    ``sender`` is whom the message is about, where that is not who it comes from.

    Raises:
        WebhookError: the sender is missing or too long.
    """
    if sender is None:
        sender = sender_of(account, message)
    refuse_absurd(sender)
    return Incoming(
        platform=account.platform,
        app_id=account.app_id,
        sender=sender,
        key=inbox_key(account.app_id, sender, message),
        kind=kind,
        text=text[: limits.INCOMING_TEXT_CHARACTERS],
        received_at=now,
        sent_at=_sent_at(message),
        is_tap=is_tap,
        scene=scene,
        media_id=message.text("MediaId"),
        response_code=message.text("ResponseCode"),
        task_id=message.text("TaskId"),
    )


def sender_of(account: Account, message: Document) -> str:
    """Give the openid as it stands, or the userid in lower case: WeCom ignores its case.

    Raises:
        WebhookError: missing, or longer than any openid or userid.
    """
    sender = message.text("FromUserName")
    if account.platform is Platform.WECOM:
        sender = sender.lower()
    refuse_absurd(sender)
    return sender


def refuse_absurd(sender: str) -> None:
    """Refuse what can be no openid or userid.

    Raises:
        WebhookError: empty, or longer than any.
    """
    if not sender:
        raise WebhookError(BAD_REQUEST, "no sender")
    if len(sender) > limits.SENDER_CHARACTERS:
        raise WebhookError(BAD_REQUEST, "sender too long")


def scan_of(message: Document) -> tuple[IncomingKind, str, str]:
    """Give kind, words and scene of something scanned with a menu that waits for the answer."""
    scanned = message.leaf("ScanResult")
    if scans.are_words(scanned, message.leaf("ScanType")):
        return IncomingKind.TEXT, scanned, ""
    return IncomingKind.SCAN, "", scanned


def receipt(account: Account, message: Document, *, now: datetime) -> Incoming | None:
    """Give what became of a template message; None where it does not say of which.

    Raises:
        WebhookError: the sender is missing or too long.
    """
    number = message.text("MsgID") or message.text("MsgId")
    if not number:
        return None
    status = message.text("Status")
    told = incoming(account, message, now=now, kind=IncomingKind.RECEIPT, text=status)
    return replace(told, task_id=number)


def note_consent(event: str, message: Document) -> None:
    """Log how many subscription notices an event is about: we send none, and somebody asked.

    The change event came with the popup event's tag for a while; leaves are found under either.
    """
    if event not in SUBSCRIPTION_EVENTS:
        return
    outcomes = message.leaves.get("SubscribeStatusString") or message.leaves.get("ErrorStatus", ())
    log.info(
        "subscription event acknowledged",
        kind=event,
        templates=len(message.leaves.get("TemplateId", ())),
        outcomes=dict(Counter(outcome.strip()[:_OUTCOME_LETTERS] for outcome in outcomes)),
    )


def kind_of(message: Document) -> str:
    """Give the MsgType in lower case, empty for the platform's check of a container.

    Raises:
        WebhookError: there is none.
    """
    kind = message.text("MsgType").lower()
    if not kind and message.text("action") != CONTAINER_CHECK:
        raise WebhookError(BAD_REQUEST, "no MsgType")
    return kind


def words_of(kind: IncomingKind, message: Document) -> str:
    """Give what a message says in words; white space inside Content is kept."""
    match kind:
        case IncomingKind.TEXT:
            return message.fields.get("Content", "")
        case IncomingKind.VOICE:
            return message.text("Recognition")
        case IncomingKind.PLACE:
            place = (message.text("Location_X"), message.text("Location_Y"))
            return message.text("Label") or ",".join(part for part in place if part)
        case IncomingKind.LINK | IncomingKind.FILE:
            return " ".join(filter(None, (message.text("Title"), message.text("Url"))))
        case _:
            return ""


def _sent_at(message: Document) -> int:
    """Give CreateTime, or 0 where a tool wrote something else."""
    stated = message.text("CreateTime")
    return int(stated) if _TIMESTAMP.fullmatch(stated) else 0


def inbox_key(app_id: str, sender: str, message: Document) -> str:
    """Name a message as the platform repeats it.

    A message is named by its MsgId. Events have none of their own, and some taps on message menus
    come without one: they are named by second, kind and content, because two may share a second.
    """
    number = message.text("MsgId") or message.text("MsgID")
    is_event = message.text("MsgType").lower() == "event"
    if number and not is_event:
        rest = number
    else:
        parts = (
            message.text("CreateTime"),
            message.text("Event") if is_event else message.text("MsgType"),
            message.text("EventKey"),
            message.text("TaskId"),
            message.text("ResponseCode"),
            message.text("MediaId"),
            message.fields.get("Content", ""),
            *message.leaves.get("OptionId", ()),
            number,
            message.text("ChangeType"),
            message.text("UserID"),
            message.text("NewUserID"),
            message.leaf("ScanResult"),
        )
        rest = ":".join(parts).rstrip(":")
    key = f"{app_id}:{sender}:{rest}"
    if len(key) <= limits.INBOX_KEY_CHARACTERS:
        return key
    return f"{app_id}:{sender}:{hashlib.sha256(rest.encode()).hexdigest()}"
