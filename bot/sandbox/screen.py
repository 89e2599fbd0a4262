"""What a phone shows: messages, tappable text, cards, places, and how each looks as JSON. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

from pydantic import AliasChoices, Field, model_validator

from bot.sandbox.media import Medium
from bot.sandbox.sections import (
    NOTICES,
    WITH_SUBMIT,
    ActionMenu,
    Button,
    CardAction,
    CardImage,
    CardType,
    Checkbox,
    ImageText,
    Jump,
    LabelledValue,
    Quote,
    Section,
    Selection,
    Source,
    SubmitButton,
    Titles,
    VerticalText,
)
from storage.vocabulary import MediaKind, Platform

TEXT_BYTES = 2048

_ANCHOR = re.compile(r"<a\b([^>]*)>(.*?)</a>", re.DOTALL)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TAP = ("weixin", "bizmsgmenu")
_LISTS = frozenset(
    {
        "action_list",
        "button_list",
        "horizontal_content_list",
        "jump_list",
        "option_list",
        "select_list",
        "vertical_content_list",
    }
)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&"))


class Sender(StrEnum):
    """Whose side of the chat a message stands on; what the platform itself says has none."""

    PERSON = "person"
    BOT = "bot"
    PLATFORM = "platform"


class Kind(StrEnum):
    """What a message is; an ``EVENT`` is a line such as "followed", a ``FAULT`` a failure."""

    TEXT = "text"
    MSGMENU = "msgmenu"
    TEMPLATE = "template"
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


class Card(Section):
    """A template card as one phone shows it, with the limits of PLATFORM.md B5.

    ``send_id`` is shared by all who got it in one send; an update may change only some of them.
    The button of a card with choices stands among ``buttons``, whatever the platform calls it.
    """

    card_type: CardType
    task_id: str = ""
    source: Source | None = None
    action_menu: ActionMenu | None = None
    main_title: Titles = Titles()
    quote: Quote | None = Field(default=None, validation_alias="quote_area")
    emphasis: Titles | None = Field(default=None, validation_alias="emphasis_content")
    sub_title_text: str = ""
    fields: list[LabelledValue] = Field(
        default=[], validation_alias="horizontal_content_list", max_length=6
    )
    verticals: list[VerticalText] = Field(
        default=[], validation_alias="vertical_content_list", max_length=4
    )
    jumps: list[Jump] = Field(default=[], validation_alias="jump_list", max_length=3)
    action: CardAction | None = Field(default=None, validation_alias="card_action")
    image: CardImage | None = Field(default=None, validation_alias="card_image")
    image_text: ImageText | None = Field(default=None, validation_alias="image_text_area")
    selection: Selection | None = Field(default=None, validation_alias="button_selection")
    checkbox: Checkbox | None = Field(
        default=None, validation_alias=AliasChoices("checkbox", "check_box")
    )
    select_list: list[Selection] = Field(default=[], max_length=3)
    submit: SubmitButton | None = Field(default=None, validation_alias="submit_button")
    buttons: list[Button] = Field(default=[], validation_alias="button_list", max_length=6)
    note: str = Field(default="", validation_alias="replace_text")
    send_id: int = 0

    @model_validator(mode="after")
    def _is_whole(self) -> "Card":
        self._check_titles()
        if not self.note:
            self._check_controls()
        if self.card_type in NOTICES and (self.action is None or self.action.type == 0):
            raise ValueError("card_action is missing, or its type is 0")
        if self.card_type == "news_notice" and not (self.image or self.image_text):
            raise ValueError("card_image or image_text_area is missing")
        return self

    def _check_titles(self) -> None:
        if self.card_type != "text_notice" and not self.main_title.title:
            raise ValueError("main_title.title is missing")
        if not (self.main_title.title or self.sub_title_text):
            raise ValueError("main_title.title or sub_title_text is missing")

    def _check_controls(self) -> None:
        if self.card_type == "button_interaction" and not self.buttons:
            raise ValueError("button_list is missing")
        keys = [button.key for button in self.buttons if button.type == 0]
        if len(set(keys)) != len(keys):
            raise ValueError("button_list has a key twice")
        if self.card_type in WITH_SUBMIT and self.submit is None:
            raise ValueError("submit_button is missing")
        if self.card_type == "vote_interaction" and self.checkbox is None:
            raise ValueError("checkbox is missing")
        if self.card_type == "multiple_interaction" and not self.select_list:
            raise ValueError("select_list is missing")
        questions = [one.question_key for one in self.select_list]
        if len(set(questions)) != len(questions):
            raise ValueError("select_list has a question_key twice")

    @property
    def calls_back(self) -> bool:
        """Say whether a tap on it can reach the bot, so that it has a response code."""
        return self.card_type not in NOTICES or self.action_menu is not None

    @property
    def questions(self) -> list[Selection | Checkbox]:
        """What can be chosen, in the order in which it is shown."""
        asked = (self.selection, self.checkbox, *self.select_list)
        return [one for one in asked if one is not None]

    @property
    def keys(self) -> list[Button]:
        """The buttons that are pressed, the one that submits choices included."""
        submit = self.submit
        return [*self.buttons, *([Button.submitting(submit)] if submit else [])]

    def settle(self, note: str) -> None:
        """Replace buttons and choices by a note, as ``update_button`` does."""
        self.note = note
        self._be_done()

    def become(self, other: "Card") -> None:
        """Take over another card's content; a card with a replacing text has no live buttons."""
        for name in set(Card.model_fields) - {"send_id", "task_id"}:
            setattr(self, name, getattr(other, name))
        self.task_id = other.task_id or self.task_id
        if self.note:
            self._be_done()

    def _be_done(self) -> None:
        self.buttons, self.select_list = [], []
        self.selection = self.checkbox = self.submit = None

    def to_json(self) -> dict[str, Any]:
        """Give what the page draws and the end-to-end tests read."""
        quoted = (self.quote.title, self.quote.quote_text) if self.quote else ()
        big = (self.emphasis.title, self.emphasis.desc) if self.emphasis else ()
        more = (text for one in self.verticals for text in (one.title, one.desc))
        image = (self.image_text.title, self.image_text.desc) if self.image_text else ()
        texts = (self.main_title.desc, *big, *quoted, self.sub_title_text, *image, *more)
        questions = [question.to_json() for question in self.questions]
        return {
            "title": self.main_title.title,
            "text": "\n".join(text for text in texts if text),
            "fields": [{"label": field.label, "value": field.value} for field in self.fields],
            "buttons": [
                {"label": button.label, "key": button.key, "style": button.style, "url": button.url}
                for button in self.keys
            ],
            "selection": questions[0] if self.selection else None,
            "questions": questions,
            "menu": [
                {"label": one.text, "key": one.key}
                for one in (self.action_menu.actions if self.action_menu else [])
            ],
            "links": [{"label": one.title, "url": one.url} for one in self.jumps],
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Template:
    """A template message as a phone shows it: a title, and rows of a label and a value."""

    template_id: str
    title: str
    rows: tuple[tuple[str, str], ...]
    url: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give the documented form; see ``bot.sandbox.page``."""
        rows = [{"label": label, "value": value} for label, value in self.rows]
        return {"id": self.template_id, "title": self.title, "rows": rows, "url": self.url}


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


Attached: TypeAlias = Card | Medium | Place | Template


@dataclass(slots=True)
class Message:
    """One entry of a chat, in the order in which the phone got it."""

    id: int
    sender: Sender
    kind: Kind
    at: datetime
    parts: tuple[Part, ...] = ()
    attached: Attached | None = None
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
            "template": self._attached(Template),
        }

    def _attached(self, kind: type[Attached]) -> dict[str, Any] | None:
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
