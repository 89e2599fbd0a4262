"""Cuts texts where a reader sees no seam: never inside a character that is written in parts.

A family or a flag is one character to the eye and several to the computer. Where one such
character alone is too long it is cut all the same.
"""

import unicodedata

ELLIPSIS = "…"

_JOINER = "\u200d"
_FLAG_LETTERS = ("\U0001f1e6", "\U0001f1ff")
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_TAGS = ("\U000e0020", "\U000e007f")
_MARKS = frozenset({"Mn", "Mc", "Me"})


def units(text: str) -> int:
    """Count as JavaScript and the phones do: an emoji beyond the first 65,536 signs is two."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def size(text: str) -> int:
    """Count the bytes of UTF-8; a lone surrogate counts as it would be sent, as a question mark."""
    return len(text.encode("utf-8", "replace"))


def cut_to_bytes(text: str, most: int) -> str:
    """Give the longest beginning of at most so many bytes."""
    if size(text) <= most:
        return text
    kept = len(text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore"))
    return text[: _seam(text, kept)]


def cut_to_units(text: str, most: int) -> str:
    """Give the longest beginning of at most so many ``units``."""
    used = 0
    for place, sign in enumerate(text):
        used += units(sign)
        if used > most:
            return text[: _seam(text, place)]
    return text


def ended(text: str, most: int) -> str:
    """Cut a text to so many ``units``; the last of them says that it was cut."""
    return text if units(text) <= most else cut_to_units(text, most - 1) + ELLIPSIS


def _seam(text: str, place: int) -> int:
    """Go back from a place to where a character begins; the place itself where none does."""
    seam = place
    while 0 < seam < len(text) and _joins(text, seam):
        seam -= 1
    return seam or place


def _joins(text: str, place: int) -> bool:
    """Say whether the sign at a place belongs to what stands before it."""
    before, sign = text[place - 1], text[place]
    if _JOINER in (before, sign) or unicodedata.category(sign) in _MARKS:
        return True
    if _is_in(sign, _SKIN_TONES) or _is_in(sign, _TAGS):
        return True
    return _is_in(sign, _FLAG_LETTERS) and _letters_before(text, place) % 2 == 1


def _letters_before(text: str, place: int) -> int:
    """Count the letters of flags in front of a place: two make a flag."""
    count = 0
    while count < place and _is_in(text[place - count - 1], _FLAG_LETTERS):
        count += 1
    return count


def _is_in(sign: str, span: tuple[str, str]) -> bool:
    return span[0] <= sign <= span[1]
