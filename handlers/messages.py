"""What passes between channels and handlers: Incoming, Action, Reply, Notice. No I/O."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from storage.vocabulary import NoticeKind, Platform


class IncomingKind(StrEnum):
    """What a person did. Whatever needs no turn never becomes an Incoming."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    PLACE = "place"
    LINK = "link"
    FILE = "file"
    TAP = "tap"
    SUBSCRIBE = "subscribe"
    SCAN = "scan"
    ENTER = "enter"
    UNSUBSCRIBE = "unsubscribe"
    JOINED = "joined"
    LEFT = "left"
    RENAMED = "renamed"
    RECEIPT = "receipt"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One verified message or event.

    Attributes:
        app_id: app id or CorpID; with ``sender`` it names an identity.
        sender: openid or userid (userids in lower case).
        key: the inbox key; a repeat of the same message has the same key.
        text: the words said; of a tap the command that the tapped thing stands for.
        sent_at: the platform's CreateTime, for ordering only, never for trust.
        is_tap: came from a tap (menu, tappable line, card), which opens the short send window only.
        scene: the scene of a parametric QR code, without ``qrscene_``.
        media_id: of an image, voice or video; to be fetched within three days.
        seconds: length of a voice message where the platform says it.
        task_id: names a send of ours, that of a tapped card or of a template message's RECEIPT
            (whose outcome is ``text``).
    """

    platform: Platform
    app_id: str
    sender: str
    key: str
    kind: IncomingKind
    text: str = ""
    received_at: datetime
    sent_at: int = 0
    is_tap: bool = False
    scene: str = ""
    media_id: str = ""
    seconds: int = 0
    response_code: str = ""
    task_id: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that may stand for ``{choice}`` in an action's command."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Action:
    """A possible next tap: its label and the command it says.

    With ``choices`` the command is a template that contains ``{choice}``.
    """

    label: str
    command: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The passive answer to one Incoming.

    Attributes:
        text: complete without taps; empty means an empty body.
        menu: numbered choices; the turn remembers them, so that a digit means their command.
        actions: further taps, without digits.
        card_note: the tapped card changes to this (its buttons go); the text follows as a notice.
        title: heads that notice.
        order_id: the order that the reply is about, if it is about one.
        is_unhandled: nothing here could help; an account with customer service hands over.
    """

    text: str = ""
    menu: tuple[Action, ...] = ()
    actions: tuple[Action, ...] = ()
    card_note: str = ""
    title: str = ""
    order_id: int | None = None
    is_unhandled: bool = False

    def to_json(self) -> dict[str, Any]:
        """Give the form that the inbox stores."""
        return {
            "text": self.text,
            "menu": actions_to_json(self.menu),
            "actions": actions_to_json(self.actions),
            "card_note": self.card_note,
            "title": self.title,
            "order_id": self.order_id,
            "is_unhandled": self.is_unhandled,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Reply":
        """Read back what ``to_json`` gave."""
        return cls(
            text=stored["text"],
            menu=actions_from_json(stored["menu"]),
            actions=actions_from_json(stored["actions"]),
            card_note=stored["card_note"],
            title=stored["title"],
            order_id=stored["order_id"],
            is_unhandled=stored.get("is_unhandled", False),  # rows from before 0003 have none
        )


class Nudge(StrEnum):
    """What a committed turn asks the process to hurry along; the scheduler's tick comes anyway."""

    DELIVERY = "delivery"
    MEDIA = "media"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one turn gives back: the stored reply, and what to hurry along after the commit."""

    reply: Reply
    nudges: frozenset[Nudge] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What must reach somebody else, neutral of channels; written in the turn's transaction.

    ``recipients`` are person ids; ``fields`` are (label, value) pairs. A notice with actions is a
    question: its digits wait 72 hours. ``media`` are ids of photos and voices that follow the
    words; a notice of kind MEDIUM has no words of its own.
    """

    kind: NoticeKind
    title: str
    text: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    actions: tuple[Action, ...] = ()
    order_id: int | None = None
    media: tuple[int, ...] = ()
    recipients: tuple[int, ...] = ()


def actions_to_json(actions: tuple[Action, ...]) -> list[dict[str, Any]]:
    """Give the plain form that tables store."""
    return [
        {
            "label": action.label,
            "command": action.command,
            "choices": [{"label": one.label, "value": one.value} for one in action.choices],
        }
        for action in actions
    ]


def actions_from_json(stored: list[dict[str, Any]]) -> tuple[Action, ...]:
    """Read back what ``actions_to_json`` gave."""
    return tuple(
        Action(
            label=row["label"],
            command=row["command"],
            choices=tuple(Choice(**choice) for choice in row["choices"]),
        )
        for row in stored
    )
