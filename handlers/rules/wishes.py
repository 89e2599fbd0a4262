"""What a wish says of itself, and what of it may stand on the wall. Nothing here does I/O.

The words of the language are handed in (``handlers.texts.wishes``).
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from handlers.rules import masking
from storage.vocabulary import Cost, WishKind

_HIDDEN = "***"
_SHORTEST_NAME = 2
_MOST = {Cost.UP_TO_100: 100, Cost.UP_TO_300: 300}
_DATE = r"(?:19|20)\d{2}([-/.]?)(?:0?[1-9]|1[0-2])\1(?:[0-2]?\d|3[01])(?!\d)"
_LONG_NUMBER = re.compile(rf"(?<!\d)(?!{_DATE})\d(?:[\s-]?\d){{6,}}[Xx]?(?!\d)")


class TooDearError(Exception):
    """Raised when a wish costs more than wishes may; ``said`` are the words that say so."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def without_numbers(text: str) -> str:
    """Mask every phone, identity-card and other long number: nobody needs one to grant a wish."""
    return _LONG_NUMBER.sub(_HIDDEN, masking.phones(text))


def has_hidden(text: str) -> bool:
    """Say whether something was masked in a text."""
    return _HIDDEN in text


def for_everybody(text: str, names: Iterable[str | None], doors: re.Pattern[str]) -> str:
    """Give a wish's words as the wall may show them: no numbers, no doors, none of the names."""
    text = doors.sub(_HIDDEN, without_numbers(text))
    for name in names:
        if name and len(name) >= _SHORTEST_NAME:
            text = text.replace(name, _HIDDEN)
    return text


def kind_in(text: str, hints: Mapping[WishKind, tuple[str, ...]]) -> WishKind | None:
    """Guess what is wished for from words; the first kind whose hint stands in the text."""
    for kind, words in hints.items():
        if any(word in text for word in words):
            return kind
    return None


def cost_in(text: str, nothing: re.Pattern[str], money: re.Pattern[str]) -> Cost | None:
    """Read what a wish may cost; None when nothing is said of it.

    Args:
        text: what was typed.
        nothing: words that say that it costs nothing.
        money: an amount, as group ``amount``.

    Raises:
        TooDearError: it costs more than the highest class.
    """
    if nothing.search(text):
        return Cost.NONE
    found = money.search(text)
    if found is None:
        return None
    amount = int(found["amount"])
    for cost, most in _MOST.items():
        if amount <= most:
            return cost
    raise TooDearError(found.group().strip())


def days_open(since: datetime, now: datetime) -> int:
    """Count the whole days that a wish has stood on the wall."""
    return max(timedelta(), now - since).days
