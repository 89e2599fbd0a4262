"""What a phone shows: messages, tappable text, cards, places, and how each looks as JSON. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, model_validator

from bot.sandbox.media import Medium
from storage.vocabulary import MediaKind, Platform

TEXT_BYTES = 2048

_ANCHOR = re.compile(r"<a\b([^>]*)>(.*?)</a>", re.DOTALL)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TAP = ("weixin", "bizmsgmenu")
_LISTS = frozenset({"button_list", "horizontal_content_list", "option_list"})
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&"))
_KEY_BYTES = 1024
_ID_BYTES = 128


class Sender(StrEnum):
    """Whose side of the chat a message stands on; what the platform itself says has none."""

    PERSON = "person"
    BOT = "bot"
    PLATFORM = "platform"


class Kind(StrEnum):
    """What a message is; an ``EVENT`` is a line such as "followed", a ``FAULT`` a failure."""

    TEXT = "text"
    CARD = "card"
    PHOTO = "photo"
    VOICE = "voice"
    PLACE = "place"
    EVENT = "event"
    FAULT = "fault"


KIND_OF_MEDIA = MappingProxyType({MediaKind.IMAGE: Kind.PHOTO, MediaKind.VOICE: Kind.VOICE})


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the map and what the map calls it, which may be nothing."""

    label: str
    latitude: float
    longitude: float

    def to_json(self) -> dict[str, Any]:
        """Give the documented form; see ``bot.sandbox.page``."""
        return {"label": self.label, "latitude": self.latitude, "longitude": self.longitude}


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text; with a command it is tappable, with an address it opens a page."""

    text: str
    command: str = ""
    menu_id: str = ""
    url: str = ""


def _at_most(limit: int) -> AfterValidator:
    def check(value: str) -> str:
        if len(value.encode()) > limit:
            raise ValueError(f"longer than {limit} bytes")
        return value

    return AfterValidator(check)


class _Section(BaseModel):
    """A part of a card: fields that this sandbox does not show are let through."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class _MainTitle(_Section):
    title: str = ""
    desc: str = ""


class _Field(_Section):
    label: str = Field(validation_alias=AliasChoices("keyname", "key_name"), min_length=1)
    value: str = ""


class Button(_Section):
    """A button of a card; type 0 calls back with its key, type 1 opens a page."""

    type: int = Field(default=0, ge=0, le=1)
    label: str = Field(validation_alias="text", min_length=1)
    style: int = 1
    key: Annotated[str, _at_most(_KEY_BYTES)] = ""
    url: str = ""

    @model_validator(mode="after")
    def _does_something(self) -> "Button":
        if not (self.url if self.type else self.key):
            raise ValueError("needs a key, or a url when its type is 1")
        return self


class _Option(_Section):
    id: Annotated[str, _at_most(_ID_BYTES)] = Field(min_length=1)
    text: str = Field(min_length=1)


class Selection(_Section):
    """The drop-down list of a button card; its choice travels with whichever button is pressed."""

    question_key: Annotated[str, _at_most(_KEY_BYTES)] = Field(min_length=1)
    title: str = ""
    options: list[_Option] = Field(validation_alias="option_list", min_length=1, max_length=10)
    selected_id: str = ""


class Card(_Section):
    """A template card as one phone shows it, with the limits of PLATFORM.md B5.

    ``send_id`` is shared by all who got it in one send; an update may change only some of them.
    """

    card_type: Literal["button_interaction", "text_notice"]
    task_id: str = ""
    main_title: _MainTitle = _MainTitle()
    sub_title_text: str = ""
    fields: list[_Field] = Field(
        default=[], validation_alias="horizontal_content_list", max_length=6
    )
    selection: Selection | None = Field(default=None, validation_alias="button_selection")
    buttons: list[Button] = Field(default=[], validation_alias="button_list", max_length=6)
    note: str = Field(default="", validation_alias="replace_text")
    send_id: int = 0

    @model_validator(mode="after")
    def _is_whole(self) -> "Card":
        if self.card_type == "button_interaction" and not self.main_title.title:
            raise ValueError("main_title.title is missing")
        if not (self.main_title.title or self.sub_title_text):
            raise ValueError("main_title.title or sub_title_text is missing")
        if self.card_type == "button_interaction" and not (self.buttons or self.note):
            raise ValueError("button_list is missing")
        keys = [button.key for button in self.buttons if button.type == 0]
        if len(set(keys)) != len(keys):
            raise ValueError("button_list has a key twice")
        return self

    def settle(self, note: str) -> None:
        """Replace buttons and drop-down list by a note, as ``update_button`` does."""
        self.buttons, self.selection, self.note = [], None, note

    def become(self, other: "Card") -> None:
        """Take over another card's content; a card with a replacing text has no live buttons."""
        for name in ("card_type", "main_title", "sub_title_text", "fields", "note"):
            setattr(self, name, getattr(other, name))
        self.selection = None if other.note else other.selection
        self.buttons = [] if other.note else other.buttons
        self.task_id = other.task_id or self.task_id

    def to_json(self) -> dict[str, Any]:
        """Give what the page draws and the end-to-end tests read."""
        texts = (self.main_title.desc, self.sub_title_text)
        return {
            "title": self.main_title.title,
            "text": "\n".join(text for text in texts if text),
            "fields": [{"label": field.label, "value": field.value} for field in self.fields],
            "buttons": [
                {"label": button.label, "key": button.key, "style": button.style, "url": button.url}
                for button in self.buttons
            ],
            "selection": self.selection
            and {
                "title": self.selection.title,
                "selected": self.selection.selected_id,
                "options": [
                    {"id": option.id, "text": option.text} for option in self.selection.options
                ],
            },
            "note": self.note,
        }


def card_from_xml(element: ET.Element) -> dict[str, Any]:
    """Turn the CamelCase twin of a passive update into the JSON form that ``Card`` reads."""
    read: dict[str, Any] = {}
    for child in element:
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", child.tag).lower()
        value: Any = card_from_xml(child) if len(child) else (child.text or "")
        if name in _LISTS:
            read.setdefault(name, []).append(value)
        else:
            read[name] = value
    return read


@dataclass(slots=True)
class Message:
    """One entry of a chat, in the order in which the phone got it."""

    id: int
    sender: Sender
    kind: Kind
    at: datetime
    parts: tuple[Part, ...] = ()
    attached: Card | Medium | Place | None = None
    is_pushed: bool = False

    @property
    def card(self) -> Card | None:
        """The card that this message is, as it looks now."""
        return self.attached if isinstance(self.attached, Card) else None

    @property
    def text(self) -> str:
        """The words as a reader sees them, without the addresses behind tappable lines."""
        return "".join(part.text for part in self.parts)

    def link(self, command: str) -> Part | None:
        """Find the tappable part that says a command."""
        return next((part for part in self.parts if part.command == command), None)

    def to_json(self) -> dict[str, Any]:
        """Give the documented form; see ``bot.sandbox.page``."""
        return {
            "id": self.id,
            "sender": self.sender.value,
            "kind": self.kind.value,
            "at": self.at.isoformat(),
            "pushed": self.is_pushed,
            "text": self.text,
            "links": [
                {"label": part.text, "command": part.command} for part in self.parts if part.command
            ],
            "parts": [
                {"text": part.text, "command": part.command, "url": part.url} for part in self.parts
            ],
            "card": self._attached(Card),
            "media": self._attached(Medium),
            "place": self._attached(Place),
        }

    def _attached(self, kind: type[Card | Medium | Place]) -> dict[str, Any] | None:
        return self.attached.to_json() if isinstance(self.attached, kind) else None


def plain(text: str) -> tuple[Part, ...]:
    """Give text in which nothing can be tapped, such as what a person typed."""
    return (Part(text),) if text else ()


def read_text(raw: str, platform: Platform) -> tuple[Part, ...]:
    """Read a bot's text as the client does.

    Both clients open web links; ``weixin://bizmsgmenu`` can be tapped in WeChat only, and only
    WeChat turns entities into characters.
    """
    decode = _decoded if platform is Platform.OFFICIAL else str
    parts: list[Part] = []
    end = 0
    for match in _ANCHOR.finditer(raw):
        parts += plain(decode(raw[end : match.start()]))
        parts.append(_link(match[1], decode(match[2]), platform))
        end = match.end()
    return (*parts, *plain(decode(raw[end:])))


def cut(text: str, limit: int = TEXT_BYTES) -> str:
    """Cut a text at a number of bytes without splitting a character, as WeCom does."""
    return text.encode()[:limit].decode(errors="ignore")


def _decoded(text: str) -> str:
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text


def _link(attributes: str, label: str, platform: Platform) -> Part:
    found = _HREF.search(attributes)
    address = _decoded(found[1] or found[2] or "") if found else ""
    parsed = urlsplit(address)
    if parsed.scheme in {"http", "https"}:
        return Part(label, url=address)
    if platform is Platform.OFFICIAL and (parsed.scheme, parsed.netloc) == _TAP:
        # The client decodes percent signs only: a plus sign stays a plus sign.
        said = dict(parse_qsl(parsed.query.replace("+", "%2B")))
        if said.get("msgmenucontent") and said.get("msgmenuid"):
            return Part(label, command=said["msgmenucontent"], menu_id=said["msgmenuid"])
    return Part(label)
