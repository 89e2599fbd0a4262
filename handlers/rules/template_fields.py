"""The fields of a template message: their types, told by their keys, and what may fill them.

Settings name a source for each key; they are checked at the start, by the same words that the
channel reads later. Nothing here does I/O.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

_KEY = re.compile(r"(?P<type>[a-z]+(?:_[a-z]+)*)[0-9]*")


class FieldType(StrEnum):
    """What the platform takes for a key (PLATFORM.md A8): the key without its number."""

    THING = "thing"
    SHORT_THING = "short_thing"
    NUMBER = "number"
    LETTER = "letter"
    SYMBOL = "symbol"
    CHARACTER_STRING = "character_string"
    TIME = "time"
    DATE = "date"
    AMOUNT = "amount"
    PHONE_NUMBER = "phone_number"
    CAR_NUMBER = "car_number"
    NAME = "name"
    PHRASE = "phrase"
    CONST = "const"
    ENUM = "enum"


_UNTYPED = frozenset({"first", "keyword", "remark"})

LISTED = frozenset({FieldType.CONST, FieldType.ENUM})
"""Types that take values of a list which the platform does not tell: only words can fill them."""


class Source(StrEnum):
    """What fills a field: a part of the notice, or of what is known about it.

    TITLE and TEXT are the notice's own, NUMBER is its order's, STATUS says in a word what it is
    about, TIME is when it was written, COMMUNITY who writes, NEXT what to say next.
    """

    TITLE = "title"
    TEXT = "text"
    NUMBER = "number"
    STATUS = "status"
    TIME = "time"
    COMMUNITY = "community"
    NEXT = "next"


LABELLED = "field:"
"""Before the label of one of the notice's fields."""

LITERAL = "="
"""Before words that are the same in every message."""


def type_of(key: str) -> FieldType | None:
    """Tell the type of a template's key; None for one that is not known.

    Keys from before 2023 have no type (``keyword1``): what a thing takes is safe for them.
    """
    found = _KEY.fullmatch(key)
    name = found["type"] if found else ""
    if name in _UNTYPED:
        return FieldType.THING
    return FieldType(name) if name in list(FieldType) else None


def check(fields: Mapping[str, str]) -> None:
    """Check a template's keys and sources as settings have them.

    Raises:
        ValueError: a key or a source is not known; the message names it.
    """
    for key, source in fields.items():
        kind = type_of(key)
        if kind is None:
            raise ValueError(f"{key}: no such type of field, {_listed(FieldType)} are known")
        is_literal = source.startswith(LITERAL) and bool(source.removeprefix(LITERAL).strip())
        if kind in LISTED and not is_literal:
            raise ValueError(f'{key}: needs one of the words the template lists, as "=words"')
        is_labelled = source.startswith(LABELLED) and bool(source.removeprefix(LABELLED).strip())
        if not (is_literal or is_labelled or source in list(Source)):
            raise ValueError(
                f'{key}: no such source "{source}", use {_listed(Source)}, '
                f'"{LABELLED}" and a label, or "{LITERAL}" and words'
            )


def _listed(kinds: type[StrEnum]) -> str:
    return ", ".join(kinds)
