"""How people write a building, a unit and a room; the words themselves are handed in."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

_MOST_SPOTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words around numbers.

    Attributes:
        numerals: the digits as words, with their values.
        ten: the word for ten.
        ordinal: what may stand before a number that counts places.
        buildings: what follows a building's number.
        lettered_buildings: what does so only after digits and letters, being a measure otherwise.
        loose_buildings: what does so only before a unit.
        units: what follows a unit's number.
        floors: what follows a floor's number.
        rooms: what may follow a room's number.
        measures: what makes a number a time, a sum or a size.
        pointers: what before a number word makes it a mere count.
        dashes: marks between the numbers of a door.
        fillers: marks and words that may stand between the parts of a place.
        tails: ends of names that say only what kind of place it is.
    """

    numerals: Mapping[str, int]
    ten: str
    ordinal: str
    buildings: tuple[str, ...]
    lettered_buildings: tuple[str, ...]
    loose_buildings: tuple[str, ...]
    units: tuple[str, ...]
    floors: tuple[str, ...]
    rooms: tuple[str, ...]
    measures: tuple[str, ...]
    pointers: str
    dashes: str
    fillers: str
    tails: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """One place written by its numbers; ``is_bare`` numbers may as well mean something else."""

    start: int
    end: int
    building: str | None
    unit: str | None
    room: str = ""
    is_bare: bool = False


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


class PlaceReader:
    """Finds places that are written by numbers; built once per vocabulary."""

    def __init__(self, words: Vocabulary) -> None:
        self._words = words
        # Runs of blanks are bounded: nobody can make a pattern try thousands of ways.
        numerals = re.escape("".join(words.numerals) + words.ten)
        dash = f"[{re.escape(words.dashes)}]"
        filler = rf"[\s{re.escape(words.fillers)}{re.escape(words.dashes)}]{{0,3}}"
        latin = r"(?<![0-9a-z])(?:[a-z]?[0-9]{1,3}[a-z]?|[a-z])"
        spoken = rf"(?<![{numerals}{re.escape(words.pointers)}])[{numerals}]{{1,3}}"
        number = rf"(?:{latin}|{spoken})"
        ordinal = f"(?:{re.escape(words.ordinal)})?"
        floor = _any_of(words.floors)
        room_word = _any_of(words.rooms)
        not_measured = rf"(?!\s{{0,3}}(?:{_any_of(words.measures)}))"
        room = (
            rf"(?:{filler}(?:[0-9]{{1,2}}(?:{floor}))?{filler}(?:"
            rf"(?P<room>[0-9]{{3,4}}|[{numerals}]{{3,4}})(?![0-9{numerals}]){not_measured}"
            rf"(?:{room_word})?|(?P<named_room>[0-9]{{1,4}})(?:{room_word}){not_measured}))?"
        )
        unit = rf"(?P<unit>{number})\s{{0,3}}(?:{_any_of(words.units)})"
        dashed_unit = (
            rf"(?P<dashed_unit>[0-9]{{1,2}})\s{{0,3}}{dash}(?=\s{{0,3}}[0-9]{{3,4}}(?![0-9]))"
        )
        building = (
            rf"{ordinal}(?:(?P<building>{number})\s{{0,3}}(?:{_any_of(words.buildings)})"
            rf"|(?P<lettered>{latin})\s{{0,3}}(?:{_any_of(words.lettered_buildings)})"
            rf"|(?P<loose>{number})\s{{0,3}}(?:{dash}|{_any_of(words.loose_buildings)})"
            rf"(?=\s{{0,3}}{ordinal}{number}\s{{0,3}}(?:{_any_of(words.units)})))"
        )
        below = rf"(?:{filler}(?:{floor})?{filler}(?:{ordinal}{unit}|{dashed_unit}))?"
        self._written = re.compile(building + below + room)
        self._unit_only = re.compile(ordinal + unit + room)
        edge = rf"[0-9a-z{re.escape(words.dashes)}]"
        self._door = re.compile(
            rf"(?<!{edge})(?P<building>[a-z]?[0-9]{{1,3}})\s{{0,3}}{dash}\s{{0,3}}(?P<unit>[0-9]{{1,2}})"
            rf"\s{{0,3}}{dash}\s{{0,3}}(?P<room>[0-9]{{3,4}})(?!{edge})"
        )
        self._pair = re.compile(
            rf"(?<!{edge})(?P<building>[a-z]?[0-9]{{1,3}})\s{{0,3}}{dash}\s{{0,3}}"
            rf"(?:(?P<room>[0-9]{{3,4}})|(?P<unit>[0-9]{{1,2}}))(?!{edge}){not_measured}"
        )
        self._number_only = re.compile(rf"{ordinal}({number})(?:{room_word})?")

    def plain(self, text: str) -> str:
        """Bring full-width letters and digits to one form, mark by mark: positions stay."""
        return "".join(self._plain_mark(mark) for mark in text)

    def _plain_mark(self, mark: str) -> str:
        plain = unicodedata.normalize("NFKC", mark).lower()
        return plain if len(plain) == 1 else mark

    def spots(self, plain: str) -> list[Spot]:
        """Give the places written in the surest way that occurs at all, in their order."""
        for pattern, is_bare in (
            (self._written, False),
            (self._door, False),
            (self._pair, True),
            (self._unit_only, False),
        ):
            found = list(islice(self._found(pattern, plain, is_bare=is_bare), _MOST_SPOTS))
            if found:
                return found
        return []

    def _found(self, pattern: re.Pattern[str], plain: str, *, is_bare: bool) -> Iterator[Spot]:
        for match in pattern.finditer(plain):
            parts = match.groupdict()
            building = parts.get("building") or parts.get("lettered") or parts.get("loose")
            unit = parts.get("unit") or parts.get("dashed_unit")
            room = parts.get("room") or parts.get("named_room") or ""
            yield Spot(
                match.start(),
                match.end(),
                self._key(building) if building else None,
                self._key(unit) if unit else None,
                self._digits(room),
                is_bare,
            )

    def building_key(self, name: str) -> str | None:
        """Give the number in a building's name as ``spots`` would; None when it bears none."""
        numbers = [spot.building for spot in self._found(self._written, name, is_bare=False)]
        return numbers[-1] if numbers else self._only(name)

    def unit_key(self, name: str) -> str | None:
        """Give the number in a unit's name as ``spots`` would; None when it bears none."""
        for pattern in (self._written, self._unit_only):
            for spot in self._found(pattern, name, is_bare=False):
                if spot.unit is not None:
                    return spot.unit
        return self._only(name)

    def _only(self, name: str) -> str | None:
        match = self._number_only.fullmatch(name.strip())
        return self._key(match[1]) if match else None

    def forms(self, name: str) -> tuple[str, ...]:
        """Give the forms in which a name may be typed: whole, and without what all names share."""
        forms = [name]
        while (shorter := self.without_tail(forms[-1])) != forms[-1]:
            forms.append(shorter)
        return tuple(form for form in forms if len(form) > 1)

    def without_tail(self, name: str) -> str:
        """Take one generic ending away."""
        for tail in sorted(self._words.tails, key=len, reverse=True):
            if name.endswith(tail):
                return name.removesuffix(tail)
        return name

    def without_fillers(self, plain: str) -> str:
        """Take what only joins the parts of a place from the end."""
        return plain.rstrip().rstrip(self._words.fillers + self._words.dashes + " ")

    def _key(self, number: str) -> str:
        """Bring a number to digits without leading zeros, so that all its forms are equal."""
        digits = self._digits(number)
        return re.sub(r"(?<![0-9])0+(?=[0-9])", "", digits)

    def _digits(self, number: str) -> str:
        numerals, ten = self._words.numerals, self._words.ten
        tens, mark, ones = number.partition(ten)
        if mark and all(part in {"", *numerals} for part in (tens, ones)):
            return str(10 * numerals.get(tens, 1) + numerals.get(ones, 0))
        return "".join(str(numerals.get(digit, digit)) for digit in number)
