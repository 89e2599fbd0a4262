"""The parts of a WeCom template card, with the limits of PLATFORM.md B5. Pure.

Lengths that the platform only suggests are not checked: it shows longer ones cut.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

CardType: TypeAlias = Literal[
    "text_notice",
    "news_notice",
    "button_interaction",
    "vote_interaction",
    "multiple_interaction",
]
NOTICES = frozenset({"text_notice", "news_notice"})
WITH_SUBMIT = frozenset({"vote_interaction", "multiple_interaction"})

_KEY_BYTES = 1024
_ID_BYTES = 128
_WITH_A_VALUE = {1: "url", 2: "media_id", 3: "userid"}


def _at_most(limit: int) -> AfterValidator:
    def check(value: str) -> str:
        if len(value.encode()) > limit:
            raise ValueError(f"longer than {limit} bytes")
        return value

    return AfterValidator(check)


Key: TypeAlias = Annotated[str, _at_most(_KEY_BYTES)]


class Section(BaseModel):
    """A part of a card: fields that this sandbox does not show are let through."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class Source(Section):
    """Where a card says it comes from; colour 0 grey, 1 black, 2 red, 3 green."""

    desc: str = ""
    desc_color: int = Field(default=0, ge=0, le=3)


class Titles(Section):
    """A title and the words under it."""

    title: str = ""
    desc: str = ""


class _MenuEntry(Section):
    text: str = Field(min_length=1)
    key: Key = Field(min_length=1)


class ActionMenu(Section):
    """The menu at a card's upper right; it makes a notice card able to call back."""

    desc: str = ""
    actions: list[_MenuEntry] = Field(validation_alias="action_list", min_length=1, max_length=3)

    @field_validator("actions")
    @classmethod
    def _has_each_key_once(cls, actions: list[_MenuEntry]) -> list[_MenuEntry]:
        if len({action.key for action in actions}) != len(actions):
            raise ValueError("has a key twice")
        return actions


class _Leading(Section):
    """What leads somewhere: type 0 nowhere, 1 to a page, 2 into a mini program."""

    type: int = Field(default=0, ge=0, le=2)
    url: str = ""
    appid: str = ""

    @model_validator(mode="after")
    def _leads_somewhere(self) -> "_Leading":
        if (self.type == 1 and not self.url) or (self.type == 2 and not self.appid):  # noqa: PLR2004 (the platform's number for a mini program)
            raise ValueError("needs a url when its type is 1, an appid when it is 2")
        return self


class Quote(_Leading):
    """What a card quotes."""

    title: str = ""
    quote_text: str = ""


class Jump(_Leading):
    """A line at the foot of a notice card that leads somewhere."""

    title: str = Field(min_length=1)


class CardAction(_Leading):
    """Where a tap on the card itself leads; the two notice types must have one."""


class LabelledValue(Section):
    """A label and its value; type 1 opens a page, 2 gets a file, 3 shows a member."""

    type: int = Field(default=0, ge=0, le=3)
    label: str = Field(validation_alias=AliasChoices("keyname", "key_name"), min_length=1)
    value: str = ""
    url: str = ""
    media_id: str = ""
    userid: str = ""

    @model_validator(mode="after")
    def _has_what_its_type_needs(self) -> "LabelledValue":
        needed = _WITH_A_VALUE.get(self.type)
        if needed and not getattr(self, needed):
            raise ValueError(f"needs a {needed} when its type is {self.type}")
        return self


class VerticalText(Section):
    """A heading and a paragraph of a news card."""

    title: str = Field(min_length=1)
    desc: str = ""


class CardImage(Section):
    """The picture of a news card."""

    url: str = Field(min_length=1)
    aspect_ratio: float = Field(default=1.3, ge=1.3, le=2.25)


class ImageText(_Leading):
    """A small picture with words, in the place of a news card's large one."""

    title: str = ""
    desc: str = ""
    image_url: str = Field(min_length=1)


class SubmitButton(Section):
    """The one button of a card with choices."""

    text: str = Field(min_length=1)
    key: Key = Field(min_length=1)


class Button(Section):
    """A button of a card; type 0 calls back with its key, type 1 opens a page."""

    type: int = Field(default=0, ge=0, le=1)
    label: str = Field(validation_alias="text", min_length=1)
    style: int = Field(default=1, ge=1, le=4)
    key: Key = ""
    url: str = ""

    @model_validator(mode="after")
    def _does_something(self) -> "Button":
        if not (self.url if self.type else self.key):
            raise ValueError("needs a key, or a url when its type is 1")
        return self

    @classmethod
    def submitting(cls, submit: SubmitButton) -> "Button":
        """Show the button that submits choices as one that is pressed like the others."""
        return cls.model_validate({"text": submit.text, "key": submit.key})


class _Option(Section):
    id: Annotated[str, _at_most(_ID_BYTES)] = Field(min_length=1)
    text: str = Field(min_length=1)
    is_checked: bool = False


class Selection(Section):
    """A drop-down list; its choice travels with whichever button is pressed."""

    question_key: Key = Field(min_length=1)
    title: str = ""
    options: list[_Option] = Field(validation_alias="option_list", min_length=1, max_length=10)
    selected_id: str = ""

    def chosen(self, wanted: Sequence[str]) -> list[str]:
        """Give the one id that is chosen: what is wanted, the preset one, or the first."""
        return list(wanted) or [self.selected_id or self.options[0].id]

    def to_json(self) -> dict[str, Any]:
        """Give what the page draws; see ``bot.sandbox.page``."""
        return {
            "key": self.question_key,
            "title": self.title,
            "multiple": False,
            "selected": self.selected_id,
            "options": [{"id": option.id, "text": option.text} for option in self.options],
        }


class Checkbox(Section):
    """Boxes to tick; mode 0 lets one be ticked, mode 1 several."""

    question_key: Key = Field(min_length=1)
    mode: int = Field(default=0, ge=0, le=1)
    options: list[_Option] = Field(validation_alias="option_list", min_length=1, max_length=20)

    def chosen(self, wanted: Sequence[str]) -> list[str]:
        """Give the ids that are ticked: those wanted, or those ticked from the start."""
        return list(wanted) or [option.id for option in self.options if option.is_checked]

    def to_json(self) -> dict[str, Any]:
        """Give what the page draws; see ``bot.sandbox.page``."""
        return {
            "key": self.question_key,
            "title": "",
            "multiple": self.mode == 1,
            "selected": ",".join(option.id for option in self.options if option.is_checked),
            "options": [{"id": option.id, "text": option.text} for option in self.options],
        }
