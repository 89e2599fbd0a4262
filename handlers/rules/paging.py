"""Divides an answer that is too long for one message. Nothing here knows what the text says."""

from dataclasses import dataclass

from handlers.rules.seams import seam

PAGE_BYTES = 1_400
"""Of the 2,000 bytes that a message may have (PLATFORM.md A6); the rest is for lines to tap."""

MESSAGE_BYTES = 2_000
LEAST_BYTES = 500
"""However many lines to tap there are, so much of the text stands above them."""

_WIDENED = "<"
_WIDENED_BYTES = 3
_SPARE_BYTES = 100  # the line that turns the page, as a link


@dataclass(frozen=True, slots=True)
class Cut:
    """The first page, and what is left for the next ones; together they are the text."""

    page: str
    rest: str


def room_beside(taps_bytes: int) -> int:
    """Say how many bytes a page may have beside lines to tap of so many bytes."""
    return max(LEAST_BYTES, min(PAGE_BYTES, MESSAGE_BYTES - _SPARE_BYTES - taps_bytes))


def size(text: str) -> int:
    """Count the bytes that a text has when it is sent: the sign of a tag is written wider."""
    widened = text.count(_WIDENED) * (_WIDENED_BYTES - 1)
    return len(text.encode("utf-8", "replace")) + widened


def cut(text: str, most: int = PAGE_BYTES) -> Cut:
    """Divide a text that has more than ``most`` bytes: at a line's end, else between characters.

    A line's end far before the limit does not count: nobody turns pages of one line each.
    """
    if size(text) <= most:
        return Cut(text, "")
    place = _fitting(text, most)
    line_end = text.rfind("\n", 0, place) + 1
    if size(text[:line_end]) > most // 2 and text[:line_end].strip():
        return Cut(text[:line_end], text[line_end:])
    place = max(1, seam(text, place))
    return Cut(text[:place], text[place:])


def _fitting(text: str, most: int) -> int:
    """Give how many signs from the beginning have at most so many bytes."""
    used = 0
    for place, sign in enumerate(text):
        used += size(sign)
        if used > most:
            return place
    return len(text)
