"""Mobile numbers as people and spreadsheets write them."""

import re
import unicodedata

_MOBILE = re.compile(r"1[0-9]{10}")
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1[0-9]{10}$)")
_DECORATIONS = frozenset(
    {"Zs", "Cc", "Cf", "Pd", "Ps", "Pe"}
)  # spaces, invisible, dashes, brackets


def mobile(said: str) -> str | None:
    """Give the eleven digits of a Chinese mobile number however it is written; None if it is none.

    Spaces, dashes, brackets, full-width digits and the country code are taken away. Every phone is
    brought into this form before it is sealed or hashed.
    """
    plain = unicodedata.normalize("NFKC", said)
    digits = "".join(mark for mark in plain if unicodedata.category(mark) not in _DECORATIONS)
    digits = _COUNTRY.sub("", digits)
    return digits if _MOBILE.fullmatch(digits) else None
