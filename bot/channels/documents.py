"""Reads what the platforms post, XML or JSON, into flat fields. Knows no platform and no message.

Tags may come in any order and number. DOCTYPEs are refused, and with them every entity; control
characters that people paste into chats (U+001D and its kin) are removed instead of refused.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MAX_DEPTH = 16
_FIELD_DEPTH = 2
_CONTENT_START = "<Content><![CDATA["
_CONTENT_END = "]]></Content>"
_SPLIT_CDATA_END = "]]]]><![CDATA[>"


class DocumentError(Exception):
    """Raised when a body is neither XML nor JSON as the platforms write them."""


@dataclass(frozen=True, slots=True)
class Document:
    """A message's own fields, and the leaves of its nested ones by tag, in document order.

    Of a field that comes twice the first one counts. ``is_json``: what answers it is JSON, too.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    leaves: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_json: bool = False

    def text(self, name: str) -> str:
        """Give a field without the white space around it; empty when it is absent."""
        return self.fields.get(name, "").strip()

    def leaf(self, name: str) -> str:
        """Give the first nested leaf of a tag without the white space; empty when there is none."""
        return next(iter(self.leaves.get(name, ())), "").strip()


def clean(text: str) -> str:
    """Remove what XML cannot carry: control characters, lone surrogates, U+FFFE and U+FFFF."""
    return _NOT_XML.sub("", text)


def parse(body: bytes) -> Document:
    """Read a body; a leading brace means JSON.

    Raises:
        DocumentError: broken, too deep, or with a DOCTYPE.
    """
    text = clean(_decoded(body)).strip("\ufeff \t\r\n")
    if text.startswith("{"):
        return _parse_json(text)
    try:
        return _parse_xml(text)
    except expat.ExpatError as error:
        mended = _mended(text)
        if mended == text:
            raise DocumentError(f"not XML: {expat.ErrorString(error.code)}") from error
    try:
        return _parse_xml(mended)
    except expat.ExpatError as error:
        raise DocumentError(f"not XML: {expat.ErrorString(error.code)}") from error


def _decoded(body: bytes) -> str:
    """Decode UTF-8; encoded surrogates become lone ones, which ``clean`` takes away."""
    try:
        return body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace")


def _mended(text: str) -> str:
    """Split a CDATA end that stands raw inside what a person wrote, so that it is text again."""
    start = text.find(_CONTENT_START)
    end = text.rfind(_CONTENT_END)
    if start < 0 or end < start:
        return text
    start += len(_CONTENT_START)
    return text[:start] + text[start:end].replace("]]>", _SPLIT_CDATA_END) + text[end:]


class _Reader:
    """Collects the texts of elements while expat walks through them."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.leaves: dict[str, list[str]] = {}
        self._open: list[tuple[list[str], bool]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        del tag, attributes
        if len(self._open) >= _MAX_DEPTH:
            raise DocumentError("nested too deeply")
        if self._open:
            self._open[-1] = (self._open[-1][0], False)
        self._open.append(([], True))

    def data(self, text: str) -> None:
        self._open[-1][0].append(text)

    def end(self, tag: str) -> None:
        texts, is_leaf = self._open.pop()
        depth = len(self._open) + 1
        if depth == _FIELD_DEPTH:
            self.fields.setdefault(tag, "".join(texts) if is_leaf else "")
        elif is_leaf and depth > _FIELD_DEPTH:
            self.leaves.setdefault(tag, []).append("".join(texts))

    def doctype(self, *declaration: object) -> None:
        del declaration
        raise DocumentError("a DOCTYPE is refused")


def _parse_xml(text: str) -> Document:
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.Parse(text, True)  # noqa: FBT003 (expat takes no keywords)
    return Document(reader.fields, reader.leaves)


def _parse_json(text: str) -> Document:
    try:
        loaded = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise DocumentError("not JSON") from error
    fields: dict[str, str] = {}
    leaves: dict[str, list[str]] = {}
    for name, value in loaded.items():
        # A list of one stands for the one, as an object may stand for a list of one.
        only = value[0] if isinstance(value, list) and len(value) == 1 else value
        if isinstance(only, dict | list):
            fields[name] = ""
            _gather(name, only, leaves, depth=_FIELD_DEPTH)
        else:
            fields[name] = _scalar(only)
    return Document(fields, leaves, is_json=True)


def _gather(name: str, value: object, leaves: dict[str, list[str]], *, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise DocumentError("nested too deeply")
    if isinstance(value, dict):
        for key, inner in value.items():
            _gather(key, inner, leaves, depth=depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _gather(name, inner, leaves, depth=depth + 1)
    else:
        leaves.setdefault(name, []).append(_scalar(value))


def _scalar(value: object) -> str:
    """Write a JSON scalar as XML would have carried it; escapes may hide control characters."""
    return "" if value is None else clean(str(value))
