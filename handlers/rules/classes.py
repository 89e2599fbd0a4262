"""How soon a matter must be looked after, told from its words. The words are in ``texts``."""

from dataclasses import dataclass

from handlers.rules import danger
from handlers.rules.danger import DangerWords
from storage.vocabulary import MatterClass, OrderKind


@dataclass(frozen=True, slots=True)
class ClassWords:
    """The words of matters that must not wait, and of those that need long.

    A clause is timely by one word alone (``failures``), or by something of the supply
    (``supplies``) with what is wrong with it (``troubles``) after it. ``ends`` are the
    marks that end a clause.
    """

    long: tuple[str, ...]
    failures: tuple[str, ...]
    supplies: tuple[str, ...]
    troubles: tuple[str, ...]
    ends: str


def class_of(kind: OrderKind, matter: str, words: ClassWords, dangers: DangerWords) -> MatterClass:
    """Say how soon a matter must be looked after.

    A wish is a wish whatever it is about. What is dangerous now comes before all else; what needs
    long is told first from what merely names the same things, as a lift that is wanted is no lift
    that stands still.
    """
    if kind is OrderKind.WISH:
        return MatterClass.WISH
    if danger.is_present(matter, dangers):
        return MatterClass.EMERGENCY
    if any(word in matter for word in words.long):
        return MatterClass.COMPLEX
    marks = str.maketrans(dict.fromkeys(words.ends, " "))
    if any(_is_timely(clause, words) for clause in matter.translate(marks).split()):
        return MatterClass.TIMELY
    return MatterClass.GENERAL


def _is_timely(clause: str, words: ClassWords) -> bool:
    if any(word in clause for word in words.failures):
        return True
    for supply in words.supplies:
        _, found, after = clause.partition(supply)
        if found and any(trouble in after for trouble in words.troubles):
            return True
    return False
