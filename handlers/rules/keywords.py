"""The community's own answers: which of them fits what somebody says.

Words and what was said are compared in one spelling, that of ``handlers.texts.reading``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

MOST_LETTERS = 20
"""A longer text that only mentions a keyword is a matter of its own, and is heard as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordReply:
    """One answer and its words; with ``is_inside`` they may stand anywhere in a short text."""

    words: frozenset[str]
    answer: str
    is_inside: bool = False


def exactly(replies: Iterable[KeywordReply], said: str) -> str | None:
    """Give the answer to words that are a keyword and nothing else."""
    return next((reply.answer for reply in replies if said in reply.words), None)


def inside(replies: Iterable[KeywordReply], said: str) -> str | None:
    """Give the first answer that has a keyword inside a short text."""
    if len(said) > MOST_LETTERS:
        return None
    return next(
        (
            reply.answer
            for reply in replies
            if reply.is_inside and any(word in said for word in reply.words)
        ),
        None,
    )
