"""Who is asked first, how many, and how long they are given. Nothing here does I/O.

Those who fit come first, in waves; a wave without a taker is followed by a wider one, but nobody
is woken for it at night.
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

NAMED_PATIENCE = timedelta(hours=2)
"""How long those who were named are given before the secretary is asked what to do."""

_SLEEP = time(21)
_WAKE = time(8)
_NEVER = datetime.min.replace(tzinfo=UTC)
_SHORTEST_SKILL = 2
_FOR_EACH_SEAT = 2


@dataclass(frozen=True, slots=True)
class Wave:
    """How many are asked (None: all who are left), and how long before the next wave."""

    size: int | None
    patience: timedelta


WAVES = (
    Wave(5, timedelta(hours=2)),
    Wave(15, timedelta(hours=6)),
    Wave(None, timedelta(hours=24)),
)
LAST = len(WAVES)
PATIENCE = WAVES[-1].patience
"""How long everybody is given before the order goes back to those who dispatch."""


@dataclass(frozen=True, slots=True)
class Step:
    """The wave that comes next (counted from one), whom it asks, and how long it lasts."""

    wave: int
    people: tuple[int, ...]
    patience: timedelta


class Candidate(Protocol):
    """What the order of asking depends on."""

    @property
    def person_id(self) -> int:
        """The member."""
        ...

    @property
    def skills(self) -> str:
        """What the member is good at, in words, as the roster has it."""
        ...

    @property
    def open_count(self) -> int:
        """How many orders the member holds."""
        ...

    @property
    def asked_at(self) -> datetime | None:
        """When the member was last offered one."""
        ...


C = TypeVar("C", bound=Candidate)


def recommended(
    members: Sequence[C], matter: str, *, on_duty: AbstractSet[int] = frozenset()
) -> list[C]:
    """Put those who fit first: skilled for the matter, little to do, not asked for long.

    Whoever is ``on_duty`` for such matters fits by that, as by a skill.
    """

    def rank(member: C) -> tuple[int, int, datetime, int]:
        fit = _fit(member, matter) + (member.person_id in on_duty)
        return (-fit, member.open_count, member.asked_at or _NEVER, member.person_id)

    return sorted(members, key=rank)


def is_skilled(member: Candidate, matter: str) -> bool:
    """Say whether any of a member's skills stands in the matter."""
    return _fit(member, matter) > 0


def _fit(member: Candidate, matter: str) -> int:
    return sum(word in matter for word in _words(member.skills))


def _words(skills: str) -> set[str]:
    """Split skills at whatever is no letter; a single letter says nothing."""
    return {word for word in re.split(r"[\W_]+", skills) if len(word) >= _SHORTEST_SKILL}


def following(
    wave: int, ranked: Sequence[int], *, not_asked: AbstractSet[int], seats: int = 1
) -> Step | None:
    """Give the wave after ``wave`` (0: none was yet); None when nobody is left to ask.

    A wave that would ask nobody new is passed over. Whoever asks the last who are left has begun
    the last wave, whatever its number would be: there is nothing to widen to.

    Args:
        wave: the wave that has ended.
        ranked: all who could be asked, those who fit best first.
        not_asked: those who must not be asked: asked before, declined, barred.
        seats: how many are still needed; a wave is never too small to fill them.
    """
    left = [person for person in dict.fromkeys(ranked) if person not in not_asked]
    if wave >= LAST or not left:
        return None
    size = WAVES[wave].size
    asked = left if size is None else left[: max(size, seats * _FOR_EACH_SEAT)]
    if len(asked) == len(left):
        return Step(LAST, tuple(asked), PATIENCE)
    return Step(wave + 1, tuple(asked), WAVES[wave].patience)


def awake(at: datetime, zone: ZoneInfo) -> datetime:
    """Give the moment itself, or at night the next morning: nobody is woken by a reminder."""
    local = at.astimezone(zone)
    if local.time() < _WAKE:
        morning = local.date()
    elif local.time() >= _SLEEP:
        morning = local.date() + timedelta(days=1)
    else:
        return at
    return datetime.combine(morning, _WAKE, tzinfo=zone).astimezone(UTC)
