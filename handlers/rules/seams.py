"""Where a text may be cut so that no reader sees it: never inside a character written in parts.

A family or a flag is one character to the eye and several to the computer. Where one such
character alone is too long it is cut all the same.
"""

import unicodedata

_JOINER = "\u200d"
_FLAG_LETTERS = ("\U0001f1e6", "\U0001f1ff")
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_TAGS = ("\U000e0020", "\U000e007f")
_MARKS = frozenset({"Mn", "Mc", "Me"})


def seam(text: str, place: int) -> int:
    """Go back from a place to where a character begins; the place itself where none does."""
    start = place
    while 0 < start < len(text) and _joins(text, start):
        start -= 1
    return start or place


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
