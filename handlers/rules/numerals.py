"""Numbers as people type them: digits, or the words for them up to ninety-nine."""

import re
from collections.abc import Iterable, Mapping


def any_of(words: Iterable[str]) -> str:
    """Write a pattern that matches any of the words, the longest one first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


class Numerals:
    """Reads numbers of one or two places.

    ``pattern`` finds one in a text, without groups; digits that belong to a longer number are none.
    """

    def __init__(self, ones: Mapping[str, int], ten: str) -> None:
        """Take the words of a language.

        Args:
            ones: the digits as words of one letter, with their values.
            ten: the word for ten.
        """
        self._ones = ones
        self._ten = ten
        one = f"[{re.escape(''.join(ones))}]"
        self.spoken = f"(?:{one}?{re.escape(ten)}{one}?|{one})"
        self.pattern = rf"(?:(?<!\d)\d{{1,2}}(?!\d)|{self.spoken})"

    def value(self, written: str) -> int:
        """Give the value of what the pattern found, or of any digits."""
        if written.isdecimal():
            return int(written)
        tens, mark, ones = written.rpartition(self._ten)
        if not mark:
            return self._ones[written]
        return 10 * (self._ones[tens] if tens else 1) + (self._ones[ones] if ones else 0)
