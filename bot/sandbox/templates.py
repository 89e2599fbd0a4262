"""Template messages: what a template asks for, and which values its typed fields take. Pure.

The limits are those of PLATFORM.md A8. A type that is not listed there takes any value.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

_KEYWORD = re.compile(r"\{\{(\w+)\.DATA\}\}")
_ROW = re.compile(r"^(.*?)[:\uff1a]?\{\{(\w+)\.DATA\}\}$")

# Year, month and day with their Chinese signs, or with strokes.
_DAY = r"\d{4}(?:\u5e74\d{1,2}\u6708\d{1,2}\u65e5|-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2})"
_HOUR = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_TIME = rf"(?:{_DAY} ?)?{_HOUR}"
_DATE = rf"{_DAY}(?: ?{_HOUR})?"
_HAN = r"[\u4e00-\u9fff]"
_VALUES: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "thing": re.compile(r"[^\x00-\x1f]{1,20}"),
        "number": re.compile(r"(?=.{1,32}$)-?\d+(?:\.\d+)?"),
        "letter": re.compile(r"[A-Za-z]{1,32}"),
        "symbol": re.compile(r"[^\w\s]{1,5}"),
        "character_string": re.compile(r"[\x21-\x7e]{1,32}"),
        "time": re.compile(rf"{_TIME}(?:~{_TIME})?"),
        "date": re.compile(rf"{_DATE}(?:~{_DATE})?"),
        "amount": re.compile(r"[^\w\s]?\d{1,10}(?:\.\d+)?\u5143?"),
        "phone_number": re.compile(r"[\d+\-() #]{1,17}"),
        "car_number": re.compile(rf"(?:{_HAN}|[A-Za-z\d])[A-Za-z\d]{{0,6}}(?:{_HAN}|[A-Za-z\d])?"),
        "name": re.compile(rf"(?:{_HAN}|\u00b7){{1,10}}|[^\d\u4e00-\u9fff\x00-\x1f]{{1,20}}"),
        "phrase": re.compile(rf"{_HAN}{{1,5}}"),
    }
)
_LISTED = frozenset({"const", "enum"})


@dataclass(frozen=True, slots=True)
class PrivateTemplate:
    """A template that the account has added.

    Attributes:
        content: lines such as ``label:{{thing1.DATA}}``.
        listed: which values each ``const`` or ``enum`` field takes.
    """

    id: str
    title: str
    primary_industry: str
    deputy_industry: str
    content: str
    example: str
    listed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Give an entry of ``template_list``."""
        return {
            "template_id": self.id,
            "title": self.title,
            "primary_industry": self.primary_industry,
            "deputy_industry": self.deputy_industry,
            "content": self.content,
            "example": self.example,
        }

    def fault(self, values: Mapping[str, str]) -> str | None:
        """Say which field is missing, empty or breaks its limit; None where all is well."""
        for key in _KEYWORD.findall(self.content):
            value = values.get(key, "")
            if not value.strip():
                return f"data.{key}.value is empty"
            if not self._takes(key, value):
                return f"data.{key}.value invalid"
        return None

    def rows(self, values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """Fill the lines in: a label and a value each; a line without a field is a label."""
        rows = []
        for line in self.content.splitlines():
            found = _ROW.match(line)
            rows.append((found[1], values[found[2]]) if found else (line, ""))
        return tuple(row for row in rows if any(row))

    def text(self, values: Mapping[str, str]) -> str:
        """Fill the lines in, as one text."""
        return _KEYWORD.sub(lambda found: values[found[1]], self.content).strip()

    def _takes(self, key: str, value: str) -> bool:
        kind = key.rstrip("0123456789")
        if kind in _LISTED:
            return value in self.listed.get(key, ())
        pattern = _VALUES.get(kind)
        return pattern is None or pattern.fullmatch(value) is not None
