"""What the community may write into its menu and its replies, as checks for ``bot.config``.

Each check gives the value back, or raises ValueError with a sentence for the operator: what is
wrong and what is allowed. The limits are PLATFORM.md A14.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from handlers.texts import wording as texts
from handlers.texts.reading import NO, SKIP, YES, folded
from handlers.understanding import is_spoken_for
from storage.vocabulary import Platform

MOST_BUTTONS = 3
MOST_ITEMS = 5
BUTTON_BYTES = 16
ITEM_BYTES = 40
BUTTON_SHOWN = 4
"""How many Chinese characters of a button's name phones show; two letters count as one."""

ITEM_SHOWN = 8
KEY_BYTES = 128
URL_BYTES = 256

_FILLING = re.compile(r"\{\w*\}")
_COMMUNITY = "{community}"


def button_name(name: str) -> str:
    """Check the name of a button at the foot of the chat."""
    return _name(name, BUTTON_BYTES)


def item_name(name: str) -> str:
    """Check the name of an item in a button's list."""
    return _name(name, ITEM_BYTES)


def _name(name: str, most: int) -> str:
    if not name.strip():
        raise ValueError(texts.NO_NAME)
    if len(name.splitlines()) > 1:
        raise ValueError(texts.ONE_LINE)
    size = len(name.encode())
    if size > most:
        raise ValueError(texts.too_long_name(size, most))
    return name


def is_cut(name: str, shown: int) -> bool:
    """Say whether phones cut a name that they show ``shown`` Chinese characters of."""
    columns = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in name)
    return columns > 2 * shown


def key(words: str) -> str:
    """Check the words that a tap says: they travel as the menu's key."""
    return _short(words.strip(), KEY_BYTES)


def address(url: str) -> str:
    """Check the page that a tap opens."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if url and (parts.scheme not in {"http", "https"} or not parts.netloc or len(url.split()) > 1):
        raise ValueError(texts.NOT_AN_ADDRESS)
    return _short(url, URL_BYTES)


def _short(text: str, most: int) -> str:
    size = len(text.encode())
    if size > most:
        raise ValueError(texts.too_long(size, most))
    return text


def has_one_purpose(*purposes: object) -> bool:
    """Say whether exactly one of the things that a tap can do is written."""
    return sum(bool(purpose) for purpose in purposes) == 1


def check_items(only: Iterable[Platform | None]) -> None:
    """Refuse more items than a platform shows below one button.

    Args:
        only: of each item, the only platform that it is for, or None.
    """
    for platform, count in _counts(only):
        if count > MOST_ITEMS:
            raise ValueError(texts.too_many_items(platform, count, MOST_ITEMS))


def check_buttons(only: Iterable[Platform | None]) -> None:
    """Refuse more buttons than a platform shows; ``only`` as for ``check_items``."""
    for platform, count in _counts(only):
        if count > MOST_BUTTONS:
            raise ValueError(texts.too_many_buttons(platform, count, MOST_BUTTONS))


def _counts(only: Iterable[Platform | None]) -> list[tuple[Platform, int]]:
    each = list(only)
    return [(platform, sum(one in {None, platform} for one in each)) for platform in Platform]


def keyword(word: str) -> str:
    """Check a keyword: what the bot understands itself stays as residents know it."""
    said = folded(word)
    if not said:
        raise ValueError(texts.NO_WORD)
    if said in YES | NO | SKIP or is_spoken_for(said):
        raise ValueError(texts.is_taken(word))
    return word


def check_words(words: Collection[str], *, are_inside: bool) -> None:
    """Refuse an answer without keywords, and one-character keywords looked for inside of texts."""
    if not words:
        raise ValueError(texts.NO_WORDS)
    if are_inside and any(len(folded(word)) == 1 for word in words):
        raise ValueError(texts.TOO_SHORT_INSIDE)


def check_once(words: Iterable[str]) -> None:
    """Refuse a keyword that stands in two places."""
    known: set[str] = set()
    for word in words:
        if folded(word) in known:
            raise ValueError(texts.stands_twice(word))
        known.add(folded(word))


def fillable(text: str) -> str:
    """Check that a text has no other place to fill in than the community's name."""
    unknown = [found for found in _FILLING.findall(text) if found != _COMMUNITY]
    if unknown:
        raise ValueError(texts.unknown_filling(unknown[0]))
    return text


def filled(text: str, community: str) -> str:
    """Fill the community's name in."""
    return text.replace(_COMMUNITY, community).strip()
