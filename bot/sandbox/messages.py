"""Reads what a bot sends into what a phone shows: photos and voices, text, and msgmenu."""

from bot.sandbox import fields
from bot.sandbox.errors import Answer, ApiFaultError
from bot.sandbox.media import Medium
from bot.sandbox.screen import KIND_OF_MEDIA, Card, Kind, Part, Template, plain
from bot.sandbox.world import World
from storage.vocabulary import MediaKind, Platform

MENU_BYTES = 2048
"""Head, entries and tail of a msgmenu together; no number is published, a text's is taken."""


def medium(world: World, platform: Platform, message: Answer) -> Medium | None:
    """Find the photo or voice that a message names; None where it is no such message.

    Raises:
        ApiFaultError: 40007.
    """
    kind = message.get("msgtype")
    if kind not in list(MediaKind):
        return None
    media_id = fields.text(fields.group(message, kind), "media_id")
    found = world.media.find(media_id, platform, world.now())
    if found is None or found.kind != kind:
        raise ApiFaultError(40007)
    return found


def content(message: Answer) -> str:
    """Give the words of a text message.

    Raises:
        ApiFaultError: 44004, there are none.
    """
    words = fields.text(fields.group(message, "text"), "content")
    if not words.strip():
        raise ApiFaultError(44004)
    return words


def menu_parts(message: Answer) -> tuple[Part, ...]:
    """Read a msgmenu: its entries can be tapped, head and tail cannot.

    Raises:
        ApiFaultError: 47001, an entry without id or content, or none; 45002.
    """
    asked = fields.group(message, "msgmenu")
    entries = fields.groups(asked, "list")
    head, tail = fields.text(asked, "head_content"), fields.text(asked, "tail_content")
    said = [(str(entry.get("id") or ""), fields.text(entry, "content")) for entry in entries]
    if not said or not all(number and words for number, words in said):
        raise ApiFaultError(47001, "msgmenu.list")
    if len("\n".join([head, *(words for _, words in said), tail]).encode()) > MENU_BYTES:
        raise ApiFaultError(45002)
    parts = [*plain(head)]
    for number, words in said:
        parts += [*plain("\n" if parts else ""), Part(words, command=words, menu_id=number)]
    return (*parts, *plain(f"\n{tail}" if tail else ""))


def kind_of(attached: Card | Medium | Template | None) -> Kind:
    """Say as what the phone shows a message, by what is attached to it."""
    match attached:
        case Card():
            return Kind.CARD
        case Template():
            return Kind.TEMPLATE
        case Medium():
            return KIND_OF_MEDIA[attached.kind]
        case None:
            return Kind.TEXT
