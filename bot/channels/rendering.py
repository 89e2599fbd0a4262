"""Writes texts and reply XML so that no text can break the frame or smuggle in a link."""

from collections.abc import Sequence
from urllib.parse import quote

from bot.channels import Envelope, Outgoing, limits
from bot.channels.crypto import MessageCipher, signature
from bot.channels.documents import clean
from handlers.messages import Action
from handlers.texts import lines

FULLWIDTH_LESS_THAN = "\uff1c"
ELLIPSIS = "…"
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


def element(tag: str, text: str) -> str:
    """Write one leaf of a reply."""
    return f"<{tag}>{cdata(text)}</{tag}>"


def one_line(text: str) -> str:
    """Make a label safe and give it one line."""
    return " ".join(plain(text).split())


def shortened(text: str, characters: int) -> str:
    """Cut a label at a number of characters; the last one says that it was cut."""
    label = one_line(text)
    return label if len(label) <= characters else label[: characters - 1] + ELLIPSIS


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
        shorter: the same lines in fewer bytes, for when the taps alone take half of the room.
    """
    whole = "\n".join((text, *taps)).strip("\n")
    if _size(whole) <= limits.TEXT_BYTES:
        return whole
    if shorter and _size("\n".join(taps)) > limits.TEXT_BYTES // 2:
        return composed(text, shorter)
    more = "\n" + lines.MORE
    room = limits.TEXT_BYTES - _size(more)
    below = "".join(f"\n{tap}" for tap in taps)
    head = _cut(text, max(room - _size(below), room // 2))
    if _size(head) + _size(below) <= room:
        return head + more + below
    shown = head
    for tap in taps:
        if _size(shown) + _size(tap) + 1 > room:
            break
        shown += "\n" + tap
    return shown + more


def _size(text: str) -> int:
    return len(text.encode())


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode("utf-8", "ignore")


def reply_xml(envelope: Envelope, *, kind: str, content: str, at: int) -> str:
    """Write a passive reply; the receiver of the request is its sender, or WeChat shows a fault."""
    return (
        "<xml>"
        + element("ToUserName", clean(envelope.sender))
        + element("FromUserName", clean(envelope.recipient))
        + f"<CreateTime>{at}</CreateTime>"
        + element("MsgType", kind)
        + content
        + "</xml>"
    )


def enveloped(
    reply: str, envelope: Envelope, *, cipher: MessageCipher, token: str, at: int
) -> bytes:
    """Encrypt a reply if its request was encrypted, with the same key and nonce."""
    if not envelope.encrypted:
        return reply.encode()
    sealed = cipher.seal(reply.encode(), key_index=envelope.key_index)
    signed = signature(token, str(at), envelope.nonce, sealed)
    return (
        "<xml>"
        + element("Encrypt", sealed)
        + element("MsgSignature", signed)
        + f"<TimeStamp>{at}</TimeStamp>"
        + element("Nonce", clean(envelope.nonce))
        + "</xml>"
    ).encode()
