"""Finds the members whom a secretary names: exactly, told apart by digits, or the nearest names."""

import difflib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from handlers.messages import Action, Reply
from handlers.services import cards
from handlers.texts import orders as texts
from storage.orders import Found
from storage.people import Taker
from storage.sealing import unseal

MOST_SHOWN = 9

_NEAREST = 3
_LIKENESS = 0.4


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One name as the secretary typed it, with the last digits of the phone if they were given."""

    name: str
    digits: str = ""


def find(found: Found, said: str, members: Sequence[Taker]) -> list[Taker] | Reply:
    """Give the members that are named, each once, or ask which ones are meant."""
    chosen: dict[int, Taker] = {}
    for wanted in _names(said, {taker.name for taker in members}):
        same = [taker for taker in members if taker.name == wanted.name]
        if wanted.digits:
            same = [taker for taker in same if _last_digits(taker) == wanted.digits]
        if not same:
            return _nobody_of_that_name(found, wanted.name, members)
        if len(same) > 1:
            return _which_of_them(found, wanted.name, same)
        chosen[same[0].person_id] = same[0]
    return list(chosen.values())


def menu(found: Found, members: Sequence[Taker]) -> tuple[Action, ...]:
    """Offer members as choices; each line says the whole command."""
    names = Counter(taker.name for taker in members)
    return tuple(
        texts.dispatch_to(
            found.order.id,
            texts.taker_label(taker.name, taker.organisation, taker.open_count),
            cards.taker_value(taker, names),
        )
        for taker in members
    )


def _names(said: str, known: Collection[str]) -> list[_Wanted]:
    """Split the typed names; four digits belong to the name before them."""
    wanted: list[_Wanted] = []
    for part in texts.NAME_SEPARATORS.split(said):
        if part.isdigit() and wanted:
            wanted[-1] = _Wanted(wanted[-1].name, part)
        elif part:
            wanted += [_Wanted(name) for name in _apart(part, known)]
    return wanted


def _apart(part: str, known: Collection[str]) -> list[str]:
    """Split at the letter that says "and", which also stands inside names."""
    if part in known:
        return [part]
    for place, letter in enumerate(part):
        if letter == texts.NAME_JOINT and part[:place] in known:
            return [part[:place], *_apart(part[place + 1 :], known)]
    pieces = part.split(texts.NAME_JOINT)
    return pieces if any(piece in known for piece in pieces) else [part]


def _last_digits(taker: Taker) -> str:
    return unseal(taker.phone_sealed)[-4:] if taker.phone_sealed else ""


def _nobody_of_that_name(found: Found, name: str, members: Sequence[Taker]) -> Reply:
    near = difflib.get_close_matches(
        name, {taker.name for taker in members}, n=_NEAREST, cutoff=_LIKENESS
    )
    nearest = [taker for taker in members if taker.name in near]
    return Reply(text=texts.no_such_name(name, near), menu=menu(found, nearest[:MOST_SHOWN]))


def _which_of_them(found: Found, name: str, same: Sequence[Taker]) -> Reply:
    choices = tuple(
        texts.dispatch_to(
            found.order.id,
            texts.same_name_label(name, taker.organisation, _last_digits(taker)),
            f"{name} {_last_digits(taker)}",
        )
        for taker in same
    )
    return Reply(text=texts.same_name(name), menu=choices)
