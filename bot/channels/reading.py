"""What both platforms' requests have in common: freshness, envelopes, senders, inbox keys."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from bot.channels import WebhookError, limits
from bot.channels.crypto import CryptoError, MessageCipher, Opened, is_signed
from bot.channels.documents import Document, DocumentError, parse
from bot.config import Account
from handlers.messages import Incoming, IncomingKind
from storage.vocabulary import Platform

FORBIDDEN = 403
BAD_REQUEST = 400

CONTAINER_CHECK = "CheckContainerPath"
"""A2: the body with which cloud hosting looks whether somebody answers."""

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
    }
)
"""MsgTypes that need a turn; all others are acknowledged."""

_TIMESTAMP = re.compile(r"[0-9]{1,11}")


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
    if abs(now.timestamp() - int(timestamp)) > limits.FRESHNESS_SECONDS:
        raise WebhookError(FORBIDDEN, "stale timestamp")


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
) -> Incoming:
    """Build the value that handlers get.

    Raises:
        WebhookError: the sender is missing or too long.
    """
    sender = sender_of(account, message)
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
    if not sender:
        raise WebhookError(BAD_REQUEST, "no sender")
    if len(sender) > limits.SENDER_CHARACTERS:
        raise WebhookError(BAD_REQUEST, "sender too long")
    return sender


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

    A message is named by its MsgId. Events have none, and some taps on message menus come without
    one: they are named by second, kind and content, because two may share a second.
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
        )
        rest = ":".join(parts).rstrip(":")
    key = f"{app_id}:{sender}:{rest}"
    if len(key) <= limits.INBOX_KEY_CHARACTERS:
        return key
    return f"{app_id}:{sender}:{hashlib.sha256(rest.encode()).hexdigest()}"
