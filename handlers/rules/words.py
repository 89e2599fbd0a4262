"""Reads what people type: a command word, an order's number in any spelling, and what follows.

The marks of the language (what may stand around a number) come from ``handlers.texts.reading``.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_FOLDED_MARKS = frozenset("#+-*/%@&~")
_SPACES = re.compile(r"[ \t\u00a0\u3000]+")


@dataclass(frozen=True, slots=True)
class Said:
    """What followed a command word: the order's number if there was one, and the rest."""

    number: int | None = None
    rest: str = ""


@lru_cache(maxsize=64)  # every word of the routes looks at the same message
def normalise(text: str) -> str:
    """Fold full-width letters, digits, marks and blanks, so that a number has one spelling.

    Chinese punctuation stays: what people wrote is shown to others as they wrote it.
    """
    return _SPACES.sub(" ", "".join(map(_folded, text))).strip()


def _folded(letter: str) -> str:
    plain = unicodedata.normalize("NFKC", letter)
    return plain if plain.isalnum() or plain in _FOLDED_MARKS or plain.isspace() else letter


class Reader:
    """Reads commands and numbers by the marks of one language."""

    def __init__(self, *, number_mark: str, address_marks: str, punctuation: str) -> None:
        """Compile the patterns.

        Args:
            number_mark: the letter that may follow a number ("no.").
            address_marks: letters that make the number part of an address instead.
            punctuation: what may separate a word from what follows.
        """
        no_address = f"(?![{re.escape(address_marks)}])"
        mark = re.escape(number_mark) + no_address
        number = rf"#?\s*(?P<number>\d{{1,9}})(?!\d)\s*(?:{mark}|#|{no_address}(?!{number_mark}))"
        self._punctuation = punctuation + " "
        separators = f"[{re.escape(self._punctuation)}]"
        self._after_word = re.compile(rf"{separators}*{number}")
        self._before_word = re.compile(rf"{number}\s*")
        self._bare = re.compile(rf"{number}{separators}*$")
        self._separator = re.compile(separators)

    def bare_number(self, text: str) -> int | None:
        """Read a message that is nothing but a number, with or without its marks."""
        found = self._bare.match(normalise(text))
        return int(found["number"]) if found else None

    def stripped(self, text: str) -> str:
        """Give the text without surrounding blanks and punctuation, for comparing words."""
        return normalise(text).strip(self._punctuation + "~…")

    def read(
        self, text: str, word: str, *, numbered: bool = True, glued: bool = False
    ) -> Said | None:
        """Read ``text`` as a use of ``word``; None when it is something else.

        A number may follow with or without a blank, or stand before the word. Without a number
        something must separate the word from what follows.

        Args:
            text: what was said.
            word: a command word.
            numbered: whether the word takes a number at all.
            glued: whether the word may run into its text without a separator.
        """
        plain = normalise(text)
        if word not in plain:
            return None
        before = self._before_word.match(plain) if numbered else None
        if before and plain[before.end() :].rstrip(self._punctuation) == word:
            return Said(number=int(before["number"]))
        if not plain.startswith(word):
            return None
        rest = plain[len(word) :]
        number = self._after_word.match(rest) if numbered else None
        if number:
            tail = rest[number.end() :].lstrip(self._punctuation).rstrip()
            return Said(number=int(number["number"]), rest=tail)
        if not rest or glued or self._separator.match(rest):
            return Said(rest=rest.lstrip(self._punctuation).rstrip())
        return None
