"""Reads what WeCom posts for one app, and for its company's contacts: what needs a turn.

Every message and event of PLATFORM.md B2 stands here, or is acknowledged.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.channels import WebhookError, reading
from bot.channels.crypto import MessageCipher
from bot.channels.documents import Document, DocumentError, parse
from bot.channels.reading import Unwrapped
from bot.config import Account
from handlers.messages import Incoming, IncomingKind
from handlers.rules.operations import IDLE, REVIVED
from handlers.texts import lines

CARD_TAP = "template_card_event"


def unwrapped(
    account: Account, cipher: MessageCipher, query: Mapping[str, str], body: bytes
) -> Unwrapped:
    """Verify a request and decrypt its message.

    Raises:
        WebhookError: 403 for what cannot be proved to be the platform's, 400 for what is broken.
    """
    try:
        outer = parse(body)
    except DocumentError as error:
        # Only what is inside is signed: a broken envelope proves nothing.
        raise WebhookError(reading.FORBIDDEN, str(error)) from error
    opened = reading.opened(account, cipher, query, outer.text("Encrypt"))
    return Unwrapped(reading.document(opened.plain), opened.key_index, is_json=outer.is_json)


def incoming(account: Account, message: Document, *, now: datetime) -> Incoming | None:
    """Give what needs a turn; None for what is only acknowledged, another app's messages too.

    Raises:
        WebhookError: there is no MsgType, or no sender that can be one.
    """
    kind = reading.kind_of(message)
    agent = message.text("AgentID") or message.text("AgentId")
    if agent and agent != str(account.agent_id):
        return None
    if kind == "event":
        return _event(account, message, now=now)
    if kind not in reading.MESSAGE_KINDS:
        return None
    said = reading.MESSAGE_KINDS[kind]
    text = reading.words_of(said, message)
    return reading.incoming(account, message, now=now, kind=said, text=text)


def _event(account: Account, message: Document, *, now: datetime) -> Incoming | None:
    kind, is_tap, scene = IncomingKind.TAP, True, ""
    text = message.text("EventKey")
    match message.text("Event").lower():
        case "click":
            pass
        case "template_card_menu_event":
            # Unlike a button it is answered in words, and its card stays as it is.
            told = reading.incoming(account, message, now=now, kind=kind, text=text, is_tap=True)
            return replace(told, response_code="")
        case event if event == CARD_TAP:
            chosen = " ".join(message.leaves.get("OptionId", ()))
            text = text.replace(lines.CHOICE, chosen).strip()
        case "scancode_waitmsg":
            kind, text, scene = reading.scan_of(message)
        case "enter_agent":
            kind, text, is_tap = IncomingKind.ENTER, "", False
        case "subscribe":
            kind, text, is_tap = IncomingKind.JOINED, "", False
        case "unsubscribe":
            kind, text, is_tap = IncomingKind.LEFT, "", False
        case "change_contact":
            return _contact(account, message, now=now)
        case event if event in IDLE | REVIVED:
            return reading.incoming(
                account,
                message,
                now=now,
                kind=IncomingKind.WARNING,
                text=event,
                sender=reading.PLATFORM_ITSELF,
            )
        case _:
            return None
    return reading.incoming(
        account, message, now=now, kind=kind, text=text, scene=scene, is_tap=is_tap
    )


def _contact(account: Account, message: Document, *, now: datetime) -> Incoming | None:
    """Give who left the company or has another userid now; the platform says it, not they."""
    userid = message.text("UserID").lower()
    name = message.text("NewUserID").lower()
    match message.text("ChangeType").lower():
        case "delete_user":
            kind, name = IncomingKind.LEFT, ""
        case "update_user" if name and name != userid:
            kind = IncomingKind.RENAMED
            reading.refuse_absurd(name)
        case _:
            return None
    return reading.incoming(account, message, now=now, kind=kind, text=name, sender=userid)
