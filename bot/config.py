"""Settings: read once at the start, frozen, passed down; a missing or bad one is named."""

import base64
import binascii
import os
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot import wording
from handlers.context import Policy
from handlers.rules import template_fields
from handlers.rules.calendars import OFFICIAL, Calendar
from handlers.rules.keywords import KeywordReply
from handlers.texts.reading import folded
from handlers.texts.wording import ONE_PURPOSE, ONE_PURPOSE_OR_ITEMS
from storage.sealing import KEY_BYTES
from storage.vocabulary import NoticeKind, Platform

ENVIRONMENT_PREFIX = "JINLIN_"
TABLES = frozenset({"community", "calendar", "accounts", "replies", "menu"})
DEFAULT_API = {
    Platform.OFFICIAL: "https://api.weixin.qq.com",
    Platform.WECOM: "https://qyapi.weixin.qq.com",
}
DAILY_SENDS = 500_000
"""A11: custom sends a day of an official account."""

DAILY_TEMPLATES = 100_000
"""A8: template messages a day."""

_AES_KEY_CHARACTERS = 43


class SettingsError(Exception):
    """Raised when settings are missing or bad; each line of ``lines`` names one of them."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


class Frozen(BaseModel):
    """A part of the settings: unknown names are refused, values do not change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Community(Frozen):
    """The community whose bot this is."""

    name: str = Field(min_length=1, max_length=30)
    timezone: str = "Asia/Shanghai"

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("no such time zone") from error
        return value


class WorkCalendar(Frozen):
    """The operator's days, which go before the official calendar's."""

    working: frozenset[date] = frozenset()
    free: frozenset[date] = frozenset()

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Self:
        if both := sorted(self.working & self.free):
            raise ValueError(f"{both[0]} is in working and in free")
        return self

    @property
    def rules(self) -> Calendar:
        """The form in which rules take it."""
        return Calendar(self.working, self.free)


class Template(Frozen):
    """The template for one purpose; without ``fields`` they are guessed from the template's words.

    ``fields`` maps the template's own keys (``thing1``) to what fills them (``title``, see
    ``handlers.rules.template_fields``).
    """

    id: str = Field(min_length=1, max_length=64)
    fields: dict[str, str] = {}

    @field_validator("fields")
    @classmethod
    def _can_be_filled(cls, value: dict[str, str]) -> dict[str, str]:
        template_fields.check(value)
        return value


class Account(Frozen):
    """One official account or one WeCom app; ``name`` is the last part of its webhook path."""

    name: str = Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")
    platform: Platform
    app_id: str = Field(min_length=1)
    secret: str = Field(min_length=1, repr=False)
    token: str = Field(min_length=1, repr=False)
    encoding_aes_key: str = Field(default="", repr=False)
    previous_encoding_aes_key: str | None = Field(default=None, repr=False)
    encryption: Literal["safe", "compatible", "plain"] = "safe"
    agent_id: int | None = None
    api_base_url: str = ""
    templates: dict[NoticeKind, Template] = {}
    daily_sends: int | None = Field(default=None, gt=0)
    daily_templates: int = Field(default=DAILY_TEMPLATES, gt=0)
    message_menu: bool = False
    customer_service: bool = False

    @field_validator("templates", mode="before")
    @classmethod
    def _is_an_id_alone(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {
            key: {"id": template} if isinstance(template, str) else template
            for key, template in value.items()
        }

    @field_validator("encoding_aes_key", "previous_encoding_aes_key")
    @classmethod
    def _is_a_key(cls, value: str | None) -> str | None:
        if not value:
            return value
        if len(value) != _AES_KEY_CHARACTERS:
            raise ValueError("must have 43 characters")
        try:
            base64.b64decode(value + "=", validate=True)
        except binascii.Error as error:
            raise ValueError("is not base64") from error
        return value

    @model_validator(mode="after")
    def _fits_its_platform(self) -> Self:
        if self.platform is Platform.WECOM and self.agent_id is None:
            raise ValueError("agent_id is missing")
        if self.platform is Platform.WECOM and self.encryption != "safe":
            raise ValueError('encryption: WeCom is always encrypted, leave it out or say "safe"')
        if self.encryption != "plain" and not self.encoding_aes_key:
            raise ValueError("encoding_aes_key is missing")
        if self.platform is Platform.WECOM and (self.templates or self.message_menu):
            raise ValueError("templates and message_menu: only an official account has them")
        return self

    @property
    def sends_a_day(self) -> int | None:
        """How many messages go out a day at most; None where nothing is counted."""
        if self.daily_sends is None and self.platform is Platform.OFFICIAL:
            return DAILY_SENDS
        return self.daily_sends

    @property
    def api(self) -> str:
        """The base URL of the platform's API, without a slash at the end."""
        return (self.api_base_url or DEFAULT_API[self.platform]).rstrip("/")


class KeywordAnswer(Frozen):
    """What the community answers to words of its own, before the bot looks for a matter in them."""

    words: tuple[Annotated[str, Field(max_length=30), AfterValidator(wording.keyword)], ...]
    answer: Annotated[str, Field(min_length=1, max_length=600), AfterValidator(wording.fillable)]
    match: Literal["exact", "contains"] = "exact"

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        wording.check_words(self.words, are_inside=self.match == "contains")
        return self


class Replies(Frozen):
    """Texts of the community: developer mode switches the platform's own automatic replies off."""

    welcome: Annotated[str, Field(max_length=600), AfterValidator(wording.fillable)] = ""
    keywords: tuple[KeywordAnswer, ...] = ()

    @field_validator("keywords")
    @classmethod
    def _stand_once(cls, value: tuple[KeywordAnswer, ...]) -> tuple[KeywordAnswer, ...]:
        wording.check_once(word for answer in value for word in answer.words)
        return value


class MenuItem(Frozen):
    """What a tap on the menu does: say words, open a page, or ask for a photo, place or code."""

    name: Annotated[str, AfterValidator(wording.item_name)]
    say: Annotated[str, AfterValidator(wording.key)] = ""
    url: Annotated[str, AfterValidator(wording.address)] = ""
    opens: Literal["", "photo", "place", "scan"] = ""
    only: Platform | None = None

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        if not wording.has_one_purpose(self.say, self.url, self.opens):
            raise ValueError(ONE_PURPOSE)
        return self


class MenuButton(MenuItem):
    """One of the three buttons at the foot of the chat; with items it opens a list of five."""

    name: Annotated[str, AfterValidator(wording.button_name)]
    items: tuple[MenuItem, ...] = ()

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        if not wording.has_one_purpose(self.say, self.url, self.opens, self.items):
            raise ValueError(ONE_PURPOSE_OR_ITEMS)
        wording.check_items(item.only for item in self.items)
        return self


class _Dated(BaseModel):
    """The one table of the file that commands without settings look at."""

    calendar: WorkCalendar = WorkCalendar()


class Settings(BaseSettings):
    """Everything a process is told: the environment, and the TOML file it names.

    The README's table says what each setting means; a test holds the two together.
    """

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX, env_ignore_empty=True, frozen=True, extra="ignore"
    )

    data_dir: Path = Path("data")
    database_url: str = ""
    redis_url: str = "redis://127.0.0.1:6379/0"
    clock_file: Path | None = None
    config: Path
    secret_key: Annotated[bytes, NoDecode] = Field(repr=False)
    community: Community
    calendar: WorkCalendar = WorkCalendar()
    accounts: tuple[Account, ...] = Field(min_length=1)
    replies: Replies = Replies()
    menu: tuple[MenuButton, ...] = ()

    @field_validator("secret_key", mode="before")
    @classmethod
    def _decodes(cls, value: str) -> bytes:
        try:
            decoded = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError("is not base64") from error
        if len(decoded) != KEY_BYTES:
            raise ValueError("must be the base64 of 32 bytes")
        return decoded

    @field_validator("database_url")
    @classmethod
    def _is_supported(cls, value: str) -> str:
        known = ("sqlite:", "postgresql:", "postgresql+psycopg:", "postgres:")
        if value and not value.startswith(known):
            raise ValueError("only sqlite: and postgresql: are supported")
        return value.replace("postgres://", "postgresql://", 1)

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str) -> str:
        if not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [account.name for account in self.accounts]
        if len(set(names)) != len(names):
            raise ValueError("accounts: two accounts have the same name")
        return self

    @field_validator("menu")
    @classmethod
    def _fits_the_foot(cls, value: tuple[MenuButton, ...]) -> tuple[MenuButton, ...]:
        wording.check_buttons(button.only for button in value)
        return value

    @property
    def database(self) -> str:
        """The database's URL, with the default filled in."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'jinlin.db').resolve()}"

    @property
    def policy(self) -> Policy:
        """What handlers need to know of the settings."""
        name = self.community.name
        return Policy(
            community=name,
            timezone=ZoneInfo(self.community.timezone),
            calendar=self.calendar.rules,
            welcome=wording.filled(self.replies.welcome, name),
            keywords=tuple(
                KeywordReply(
                    words=frozenset(map(folded, reply.words)),
                    answer=wording.filled(reply.answer, name),
                    is_inside=reply.match == "contains",
                )
                for reply in self.replies.keywords
            ),
        )

    def account(self, name: str) -> Account | None:
        """Find an account by the name in its webhook path."""
        return next((account for account in self.accounts if account.name == name), None)


def _named(error: ValidationError) -> list[str]:
    """Turn pydantic's report into lines: where the setting stands, and what is wrong with it."""
    lines = []
    faults = error.errors(include_url=False, include_input=False)
    has_bad_account = any(len(each["loc"]) > 1 and each["loc"][0] == "accounts" for each in faults)
    for fault in faults:
        if has_bad_account and fault["loc"] == ("accounts",):
            continue  # bad accounts are no missing ones
        place = [str(part) for part in fault["loc"]]
        if place and place[0] in TABLES:
            name = ".".join(place)
        else:
            name = ENVIRONMENT_PREFIX + "_".join(place).upper() if place else "settings"
        problem = "is missing" if fault["type"] == "missing" else fault["msg"]
        lines.append(f"{name}: {problem.removeprefix('Value error, ')}")
    return lines


def _tables(path: str) -> dict[str, object]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError([f"JINLIN_CONFIG: cannot read {path}: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"JINLIN_CONFIG: {path} is not TOML: {error}"]) from error


def load_calendar() -> Calendar:
    """Read the operator's calendar alone; without settings there is only the official one.

    Raises:
        SettingsError: the file that the environment names cannot be read, or its calendar is bad.
    """
    path = os.environ.get(ENVIRONMENT_PREFIX + "CONFIG")
    if not path:
        return OFFICIAL
    try:
        return _Dated.model_validate(_tables(path)).calendar.rules
    except ValidationError as error:
        raise SettingsError(_named(error)) from error


def load() -> Settings:
    """Read the settings from the environment and the file it names.

    Raises:
        SettingsError: something is missing or bad.
    """
    path = os.environ.get(ENVIRONMENT_PREFIX + "CONFIG")
    if not path:
        raise SettingsError(["JINLIN_CONFIG: is missing"])
    tables = _tables(path)
    unknown = sorted(set(tables) - TABLES)
    if unknown:
        raise SettingsError([f"{name}: unknown table in {path}" for name in unknown])
    try:
        return Settings.model_validate(tables)
    except ValidationError as error:
        raise SettingsError(_named(error)) from error
