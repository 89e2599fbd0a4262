"""Hides personal data from viewers who may not see it: phones, identity cards, door numbers."""

import re

_PHONE = re.compile(r"(?<!\d)(1\d{2})[\s-]?\d{4}[\s-]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})[\s-]\d{7,8}(?!\d)")
_IDENTITY_CARD = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{9}[\dXx](?!\d)")
_NUMBER = re.compile(r"\d{3,}")
_DOOR = re.compile(r"\d{3,}(?:[\s-]*\d+)*")


def phones(text: str) -> str:
    """Mask phone and identity-card numbers inside a text."""
    text = _IDENTITY_CARD.sub("****", text)
    text = _PHONE.sub(r"\1****", text)
    return _LANDLINE.sub(r"\1****", text)


def door(place: str) -> str:
    """Mask door numbers (three digits and more) inside a typed place."""
    return _DOOR.sub("***", place)


def rooms(text: str, place: str, shown: str) -> str:
    """Mask inside a text the door numbers of a place: what ``shown`` leaves out of ``place``."""
    hidden = set(_NUMBER.findall(place)) - set(_NUMBER.findall(shown))
    if not hidden:
        return text
    return re.sub(rf"(?<!\d)(?:{'|'.join(sorted(hidden))})(?!\d)", "***", text)
