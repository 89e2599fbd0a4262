"""Writes a notice as the template message for its purpose: which field says what, and fills it.

Only what the notice's own readers may see goes in: its title, text, fields and taps.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bot.channels import ApiError, FailureKind, Outgoing, limits, rendering, typed_fields
from bot.channels.api import ApiClient
from bot.channels.cutting import units
from bot.config import Account, Community
from handlers.rules.template_fields import LABELLED, LISTED, LITERAL, FieldType, Source, type_of
from handlers.texts import lines
from handlers.texts import templates as texts

_LIST = "/cgi-bin/template/get_all_private_template"
_BY_TYPE: Mapping[FieldType, tuple[str, ...]] = {
    FieldType.NUMBER: (Source.NUMBER,),
    FieldType.CHARACTER_STRING: (Source.NUMBER,),
    FieldType.TIME: (Source.TIME,),
    FieldType.DATE: (Source.TIME,),
    FieldType.PHRASE: (Source.STATUS,),
    FieldType.SHORT_THING: (Source.STATUS,),
    FieldType.NAME: (texts.HOLDER,),
    FieldType.THING: (Source.TITLE, Source.TEXT, Source.NEXT, Source.COMMUNITY),
}


def listed(api: ApiClient) -> dict[str, str]:
    """Ask for the templates that the account has, as their content by id.

    Raises:
        ApiError: the platform did not tell.
    """
    rows = api.get(_LIST).get("template_list")
    return {
        str(row.get("template_id")): str(row.get("content") or "")
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
    }


def guessed(content: str) -> dict[str, tuple[str, ...]]:
    """Choose sources for each key of a template by its label and type, best first.

    Two keys begin with two different sources as long as there are any.

    Raises:
        ValueError: a key that only settings can fill; the message names it.
    """
    chosen: dict[str, tuple[str, ...]] = {}
    used: set[str] = set()
    for row in texts.ROW.finditer(content):
        kind = type_of(row["key"])
        if kind is None or kind in LISTED:
            raise ValueError(f'{row["key"]}: cannot be guessed, its words must be set as "=words"')
        sources = (*texts.sources_of(row["label"]), *_BY_TYPE.get(kind, ()))
        fresh = [source for source in sources if source not in used]
        ordered = tuple(dict.fromkeys((*fresh, *sources)))
        used.update(ordered[:1])
        chosen[row["key"]] = ordered
    return chosen


class Templates:
    """The templates of one official account; their contents are read at most once an hour."""

    def __init__(
        self,
        account: Account,
        api: ApiClient,
        community: Community | None,
        *,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._account = account
        self._ticks = ticks
        self._api = api
        self._community = community.name if community else ""
        self._zone = ZoneInfo(community.timezone if community else limits.TIMEZONE)
        self._lock = threading.Lock()
        self._contents: dict[str, str] = {}
        self._read_until = float("-inf")

    def message(self, recipient: str, outgoing: Outgoing) -> dict[str, Any]:
        """Write the body of message/template/send.

        ``client_msg_id`` is the same in a retry, so that the platform swallows it.

        Raises:
            ApiError: UNAUTHORISED where the account has no such template (any more), or one whose
                fields must be set; else what the question for its content met.
            ValueError: the notice has no ``created_at``.
        """
        template = self._account.templates.get(outgoing.purpose)
        if template is None:
            raise _unusable(f"no template for {outgoing.purpose}")
        sources: dict[str, tuple[str, ...]] = {
            key: (source,) for key, source in template.fields.items()
        }
        if not sources:
            sources = self._sources(template.id)
        values = self._values(outgoing)
        return {
            "touser": recipient,
            "template_id": template.id,
            "client_msg_id": _guard(outgoing.task_id),
            "data": {
                key: {"value": _value(key, wanted, values)} for key, wanted in sources.items()
            },
        }

    def forget(self) -> None:
        """Read the templates anew before the next message: one of them is gone."""
        self._read_until = float("-inf")

    def _sources(self, template_id: str) -> dict[str, tuple[str, ...]]:
        with self._lock:
            if self._ticks() >= self._read_until:
                self._contents = listed(self._api)
                self._read_until = self._ticks() + limits.TEMPLATES_KNOWN_SECONDS
            content = self._contents.get(template_id)
        if content is None:
            raise _unusable(f"template {template_id} is not the account's")
        try:
            sources = guessed(content)
        except ValueError as error:
            raise _unusable(f"template {template_id}: {error}") from error
        if not sources:
            raise _unusable(f"template {template_id} has no fields")
        return sources

    def _values(self, outgoing: Outgoing) -> dict[str, str]:
        """Give what each source says of this notice."""
        if outgoing.created_at is None:
            raise ValueError("a template message says when its notice was written")
        number = "" if outgoing.order_id is None else texts.number(outgoing.order_id)
        values = {f"{LABELLED}{label}": value for label, value in outgoing.fields}
        return values | {
            Source.TITLE: outgoing.title,
            Source.TEXT: outgoing.text,
            Source.NUMBER: number,
            Source.STATUS: texts.STATUS[outgoing.purpose],
            Source.TIME: texts.moment(outgoing.created_at, self._zone),
            Source.COMMUNITY: self._community,
            Source.NEXT: _say_next(outgoing),
        }


def _unusable(message: str) -> ApiError:
    return ApiError(None, message, FailureKind.UNAUTHORISED)


def _value(key: str, sources: Sequence[str], values: Mapping[str, str]) -> str:
    kind = type_of(key)
    if kind is None:
        raise _unusable(f"{key}: no such type of field")
    said = [
        source.removeprefix(LITERAL) if source.startswith(LITERAL) else values.get(source, "")
        for source in sources
    ]
    if kind in (FieldType.TIME, FieldType.DATE):
        said.append(values[Source.TIME])
    return typed_fields.filled(kind, said)


def _say_next(outgoing: Outgoing) -> str:
    """Choose what to say next that fits into a thing; empty where nothing does."""
    actions = lines.complete(outgoing.actions)
    most = limits.FIELD_CHARACTERS[FieldType.THING]
    said = (rendering.one_line(words) for words in texts.say_next(actions, outgoing.order_id))
    return next((words for words in said if units(words) <= most), "")


def _guard(task_id: str) -> str:
    """Keep a short task id; another one is named by its digest, the same in every retry."""
    if task_id.isascii() and len(task_id) <= limits.CLIENT_ID_CHARACTERS:
        return task_id
    return hashlib.sha256(task_id.encode("utf-8", "replace")).hexdigest()[
        : limits.CLIENT_ID_CHARACTERS
    ]
