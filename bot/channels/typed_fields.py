"""Fits any text into the typed fields of template messages: the platform refuses what does not fit.

A refusal is 47003 for the whole message, so whatever cannot be said in a type is left out and
another source, or at last a filler, takes its place. A number, time or phone is never cut: a part
of it would be another one.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from bot.channels import cutting, limits, rendering
from handlers.rules.template_fields import FieldType
from handlers.texts import templates as texts

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_NO_LETTERS = re.compile(r"[^A-Za-z]+")
_NO_SYMBOLS = re.compile(r"[^!-/:-@\[-^`{-~]+")
_NOT_ASCII = re.compile(r"[^!-~]+")
_PHONE = re.compile(r"(?<![0-9])\+?[0-9](?:-?[0-9])+")
_CAR = re.compile(r"[\u4e00-\u9fff]?[A-Z][A-Z0-9]{4,5}[A-Z0-9\u4e00-\u9fff]")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z .'-]+")


def filled(kind: FieldType, values: Iterable[str]) -> str:
    """Give the first value of which something fits its type, else the type's filler.

    Raises:
        KeyError: nothing fits, and there is no filler: a time, or a listed word, cannot be made up.
    """
    for value in values:
        said = fitted(kind, value)
        if said:
            return said
    return texts.FILLERS[kind]


def fitted(kind: FieldType, value: str) -> str:
    """Give what a type can say of a value, within its limit; empty where that is nothing."""
    return _FITS[kind](rendering.one_line(value))


def _cut_to(most: int) -> Callable[[str], str]:
    return lambda line: cutting.ended(line, most)


def _number(line: str) -> str:
    return _found(_NUMBER, line, limits.FIELD_CHARACTERS[FieldType.NUMBER])


def _letter(line: str) -> str:
    return _NO_LETTERS.sub("", _narrow(line))[: limits.FIELD_CHARACTERS[FieldType.LETTER]]


def _symbol(line: str) -> str:
    return _NO_SYMBOLS.sub("", _narrow(line))[: limits.FIELD_CHARACTERS[FieldType.SYMBOL]]


def _character_string(line: str) -> str:
    most = limits.FIELD_CHARACTERS[FieldType.CHARACTER_STRING]
    return _NOT_ASCII.sub("", _narrow(line))[:most]


def _time(line: str) -> str:
    return line if texts.TIME.fullmatch(line) else ""


def _date(line: str) -> str:
    return line if texts.DATE.fullmatch(line) else ""


def _amount(line: str) -> str:
    narrow = _narrow(line).replace(",", "")
    return narrow if texts.AMOUNT.fullmatch(narrow) else ""


def _phone_number(line: str) -> str:
    return _found(_PHONE, line, limits.FIELD_CHARACTERS[FieldType.PHONE_NUMBER])


def _car_number(line: str) -> str:
    narrow = _narrow(line).replace(" ", "").replace("\u00b7", "").upper()
    return narrow if _CAR.fullmatch(narrow) else ""


def _name(line: str) -> str:
    """Take the Chinese name, or else the letters: a field holds one script only."""
    chinese = _HAN.search(line.replace(" ", "").replace("\u00b7", ""))
    if chinese:
        return chinese[0][: limits.NAME_HAN_CHARACTERS]
    letters = " ".join(_NOT_IN_A_NAME.sub(" ", _narrow(line)).split())
    return letters[: limits.FIELD_CHARACTERS[FieldType.NAME]].rstrip()


def _phrase(line: str) -> str:
    found = _HAN.search(line)
    return found[0][: limits.FIELD_CHARACTERS[FieldType.PHRASE]] if found else ""


def _as_given(line: str) -> str:
    return line


def _found(pattern: re.Pattern[str], line: str, most: int) -> str:
    found = pattern.search(_narrow(line))
    return found[0] if found and len(found[0]) <= most else ""


def _narrow(line: str) -> str:
    """Turn full-width digits, letters and signs into those that the types ask for.

    Not the sign that begins a tag: ``rendering.plain`` has just taken it away.
    """
    return unicodedata.normalize("NFKC", line).replace("<", "")


_FITS: Mapping[FieldType, Callable[[str], str]] = MappingProxyType(
    {
        FieldType.THING: _cut_to(limits.FIELD_CHARACTERS[FieldType.THING]),
        FieldType.SHORT_THING: _cut_to(limits.FIELD_CHARACTERS[FieldType.SHORT_THING]),
        FieldType.NUMBER: _number,
        FieldType.LETTER: _letter,
        FieldType.SYMBOL: _symbol,
        FieldType.CHARACTER_STRING: _character_string,
        FieldType.TIME: _time,
        FieldType.DATE: _date,
        FieldType.AMOUNT: _amount,
        FieldType.PHONE_NUMBER: _phone_number,
        FieldType.CAR_NUMBER: _car_number,
        FieldType.NAME: _name,
        FieldType.PHRASE: _phrase,
        FieldType.CONST: _as_given,
        FieldType.ENUM: _as_given,
    }
)
