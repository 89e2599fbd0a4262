"""Names and phones inside what people type."""

import re

from handlers.texts import reports as texts

Contact = dict[str, str | None]
"""The answers' form of a contact: ``name`` and ``phone``."""

NAME_LENGTH = 16
_PHONE = re.compile(r"(?<!\d)(?:1\d{10}|0\d{2,3}-?\d{7,8})(?!\d)")
_SHORT_PHONE = re.compile(r"(?<!\d)\d{7,8}(?!\d)")
_PHONE_BLANKS = re.compile(r"(?<=\d)[\s-]+(?=\d{4})")


def says_something(text: str) -> bool:
    """Say whether there are words in a text, and not only marks."""
    return any(letter.isalnum() for letter in text)


def without_contact(text: str) -> tuple[str, Contact | None]:
    """Split a phone, and the name before it, from the words around them."""
    plain = _PHONE_BLANKS.sub("", text)
    phone = _PHONE.search(plain)
    if phone is None:
        return text.strip(), None
    before = texts.CONTACT_LEAD.sub("", plain[: phone.start()].rstrip(texts.PUNCTUATION))
    name = texts.CONTACT_TITLE.search(before)
    if name:
        before = before[: name.start()]
    rest = f"{before.rstrip(texts.PUNCTUATION)} {plain[phone.end() :].strip(texts.PUNCTUATION)}"
    contact = {"name": name[1] if name else None, "phone": phone.group().replace("-", "")}
    return rest.strip(texts.PUNCTUATION), contact


def contact_in(said: str) -> Contact | None:
    """Read a message that is a contact: a phone, and whatever else is said is the name."""
    plain = _PHONE_BLANKS.sub("", said)
    phone = _PHONE.search(plain) or _SHORT_PHONE.search(plain)
    if phone is None:
        return None
    one = _PHONE if _PHONE.search(plain) else _SHORT_PHONE
    name = one.sub(" ", plain).strip(texts.PUNCTUATION)  # kept in clear: no second phone in it
    return {"name": name[:NAME_LENGTH] or None, "phone": phone.group().replace("-", "")}
