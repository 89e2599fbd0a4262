"""Cuts texts where a reader sees no seam: never inside a character that is written in parts.

A family or a flag is one character to the eye and several to the computer. Where one such
character alone is too long it is cut all the same.
"""

from handlers.rules.seams import seam

ELLIPSIS = "…"


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
    return text[: seam(text, kept)]


def cut_to_units(text: str, most: int) -> str:
    """Give the longest beginning of at most so many ``units``."""
    used = 0
    for place, sign in enumerate(text):
        used += units(sign)
        if used > most:
            return text[: seam(text, place)]
    return text


def ended(text: str, most: int) -> str:
    """Cut a text to so many ``units``; the last of them says that it was cut."""
    return text if units(text) <= most else cut_to_units(text, most - 1) + ELLIPSIS
