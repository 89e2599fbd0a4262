"""Tells present danger from talk about danger (DESIGN.md 7.14, DOMAIN.md 0.8)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DangerWords:
    """Strong present-tense words, words that make them talk of risk or past, sentence ends."""

    present: tuple[str, ...]
    not_now: tuple[str, ...]
    ends: str


def is_present(text: str, words: DangerWords) -> bool:
    """Say whether a sentence of the text speaks of danger that is happening now."""
    sentence = ""
    for letter in text + "\n":
        if letter not in words.ends + "\n":
            sentence += letter
            continue
        if any(word in sentence for word in words.present) and not any(
            word in sentence for word in words.not_now
        ):
            return True
        sentence = ""
    return False
