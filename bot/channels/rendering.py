"""Writes texts and replies, XML or JSON; no text can break the frame or smuggle in a link."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias
from urllib.parse import quote

from bot.channels import Envelope, Outgoing, limits
from bot.channels.crypto import MessageCipher, signature
from bot.channels.cutting import cut_to_bytes, ended, size
from bot.channels.documents import clean
from handlers.messages import Action
from handlers.texts import lines

Content: TypeAlias = Mapping[str, "str | int | Content"]
"""What a reply consists of; a mapping is an element with elements inside."""

FULLWIDTH_LESS_THAN = "\uff1c"
_MENU_ID = 1


def plain(text: str) -> str:
    """Make a text safe to show.

    Both clients turn ``<a href>`` into links wherever it comes from, and what a resident typed
    travels to others: the full-width sign reads the same and links nowhere.
    """
    return clean(text).replace("<", FULLWIDTH_LESS_THAN)


def cdata(text: str) -> str:
    """Wrap a text; a CDATA end inside it is split, or the XML would end in its middle."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def one_line(text: str) -> str:
    """Make a label safe and give it one line."""
    return " ".join(plain(text).split())


def shortened(text: str, characters: int) -> str:
    """Cut a label at a number of characters; the last one says that it was cut."""
    return ended(one_line(text), characters)


def tappable(action: Action) -> str:
    """Write a link that says the command when it is tapped in the official account."""
    command = quote(clean(action.command), safe="")
    href = f"weixin://bizmsgmenu?msgmenucontent={command}&msgmenuid={_MENU_ID}"
    return f'<a href="{href}">{one_line(action.label)}</a>'


def spoken(action: Action) -> str:
    """Write the words to type, for where nothing can be tapped."""
    return plain(lines.spoken(action))


def notice(outgoing: Outgoing) -> str:
    """Write a notice's content as text, what matters most first: a plugin may show 20 bytes."""
    written = [outgoing.title, outgoing.text]
    written += [lines.field(label, value) for label, value in outgoing.fields if value]
    return "\n".join(plain(part) for part in written if part)


def composed(text: str, taps: Sequence[str], *, shorter: Sequence[str] = ()) -> str:
    """Put the lines to tap below a safe text, within the platforms' limit of bytes.

    A text that is too long is cut, because the taps are the question it asks; taps that do not
    fit either are dropped whole from the end. A last line says that something is missing.

    Args:
        text: already made safe.
        taps: one line each.
        shorter: the same lines in fewer bytes, for when all fits with them, or the taps alone take
            half of the room.
    """
    whole = "\n".join((text, *taps)).strip("\n")
    if size(whole) <= limits.TEXT_BYTES:
        return whole
    fits = size("\n".join((text, *shorter)).strip("\n")) <= limits.TEXT_BYTES
    if shorter and (fits or size("\n".join(taps)) > limits.TEXT_BYTES // 2):
        return composed(text, shorter)
    more = "\n" + lines.MORE
    room = limits.TEXT_BYTES - size(more)
    below = "".join(f"\n{tap}" for tap in taps)
    head = cut_to_bytes(text, max(room - size(below), room // 2))
    if size(head) + size(below) <= room:
        return head + more + below
    shown = head
    for tap in taps:
        if size(shown) + size(tap) + 1 > room:
            break
        shown += "\n" + tap
    return shown + more


def passive(envelope: Envelope, *, kind: str, content: Content, at: int) -> str:
    """Write a passive reply; the receiver of the request is its sender, or WeChat shows a fault.

    Args:
        envelope: of the request that it answers; decides between XML and JSON.
        kind: the MsgType.
        content: what belongs to that MsgType, by the names that XML and JSON share.
        at: CreateTime.
    """
    fields: Content = {
        "ToUserName": clean(envelope.sender),
        "FromUserName": clean(envelope.recipient),
        "CreateTime": at,
        "MsgType": kind,
        **content,
    }
    return _written(fields, envelope)


def enveloped(
    reply: str, envelope: Envelope, *, cipher: MessageCipher, token: str, at: int
) -> bytes:
    """Encrypt a reply if its request was encrypted, with the same key and nonce."""
    if not envelope.encrypted:
        return reply.encode()
    sealed = cipher.seal(reply.encode(), key_index=envelope.key_index)
    signed = signature(token, str(at), envelope.nonce, sealed)
    fields: Content = {
        "Encrypt": sealed,
        "MsgSignature": signed,
        "TimeStamp": at,
        "Nonce": clean(envelope.nonce),
    }
    return _written(fields, envelope).encode()


def _written(fields: Content, envelope: Envelope) -> str:
    if envelope.is_json:
        return json.dumps(fields, ensure_ascii=False)
    return "<xml>" + _elements(fields) + "</xml>"


def _elements(fields: Content) -> str:
    return "".join(f"<{tag}>{_value(value)}</{tag}>" for tag, value in fields.items())


def _value(value: "str | int | Content") -> str:
    match value:
        case str():
            return cdata(value)
        case int():
            return str(value)
        case _:
            return _elements(value)
