"""Reads what the official account posts: which key opens it, and what needs a turn.

Every message and event of PLATFORM.md A4 and A5 stands here, or is acknowledged: answering it
would be taken for a fault, or nobody waits for an answer.
"""

from collections.abc import Mapping
from datetime import datetime

from bot.channels import WebhookError, reading
from bot.channels.crypto import MessageCipher
from bot.channels.documents import Document, DocumentError, parse
from bot.channels.reading import Unwrapped
from bot.config import Account
from handlers.messages import Incoming, IncomingKind

_FOLLOWED_BY = "qrscene_"


def unwrapped(
    account: Account, cipher: MessageCipher, query: Mapping[str, str], body: bytes
) -> Unwrapped:
    """Verify a request and give its message; where both are there, the encrypted one counts.

    Raises:
        WebhookError: 403 for what cannot be proved to be the platform's, 400 for what is broken.
    """
    is_signed = reading.is_url_signed(account, query)
    try:
        outer = parse(body)
    except DocumentError as error:
        status = reading.BAD_REQUEST if is_signed else reading.FORBIDDEN
        raise WebhookError(status, str(error)) from error
    sealed = outer.text("Encrypt")
    if sealed:
        opened = reading.opened(account, cipher, query, sealed)
        return Unwrapped(reading.document(opened.plain), opened.key_index, is_json=outer.is_json)
    if account.encryption == "safe" or query.get("encrypt_type") == "aes":
        raise WebhookError(reading.FORBIDDEN, "not encrypted")
    if not is_signed:
        raise WebhookError(reading.FORBIDDEN, "wrong signature")
    return Unwrapped(outer, None, is_json=outer.is_json)


def incoming(account: Account, message: Document, *, now: datetime) -> Incoming | None:
    """Give what needs a turn; None for what is only acknowledged.

    Raises:
        WebhookError: there is no MsgType, or no sender that can be one.
    """
    kind = reading.kind_of(message)
    if kind == "event":
        return _event(account, message, now=now)
    if kind not in reading.MESSAGE_KINDS:
        return None
    said = reading.MESSAGE_KINDS[kind]
    return reading.incoming(
        account,
        message,
        now=now,
        kind=said,
        text=reading.words_of(said, message),
        is_tap=bool(message.text("bizmsgmenuid")),
    )


def _event(account: Account, message: Document, *, now: datetime) -> Incoming | None:
    key = message.text("EventKey")
    kind, text, scene, is_tap = IncomingKind.TAP, "", "", False
    match message.text("Event").lower():
        case "click":
            text, is_tap = key, True
        case "scancode_waitmsg":
            kind, text, scene = reading.scan_of(message)
            is_tap = True
        case "scancode_push":
            is_tap = True  # the phone has shown what was scanned; it opens the short send window
        case "subscribe":
            kind = IncomingKind.SUBSCRIBE
            # Other keys tell where the follower came from (last_trade_no_…): not a scene.
            scene = key.removeprefix(_FOLLOWED_BY) if key.startswith(_FOLLOWED_BY) else ""
        case "scan":
            kind, scene = IncomingKind.SCAN, key
        case "unsubscribe":
            kind = IncomingKind.UNSUBSCRIBE
        case "templatesendjobfinish":
            return reading.receipt(account, message, now=now)
        case event:
            reading.note_consent(event, message)
            return None
    return reading.incoming(
        account, message, now=now, kind=kind, text=text, scene=scene, is_tap=is_tap
    )
