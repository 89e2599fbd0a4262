"""How long each leg of an order may take, and what is told when (DOMAIN.md c3, c4). Pure.

Three legs follow from the order's state: until it is given out (deciding and dispatching are one
act here, so their limits add up), until somebody takes it, until it is done. The last one ends with
the promise, which is in calendar days; the others run only while somebody can be expected to act.
An answered question begins the first leg anew: the answer is new work, and the promise has moved by
the time that was waited.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, IntEnum, StrEnum, auto
from types import MappingProxyType
from zoneinfo import ZoneInfo

from handlers.rules.calendars import Calendar
from storage.vocabulary import MatterClass, OrderStatus


class Leg(StrEnum):
    """A part of an order's way; its value is kept in the event of its being overdue."""

    INTAKE = "intake"
    SEARCH = "search"
    SERVICE = "service"


class Hours(Enum):
    """When a clock runs: always, not at night, or by day on working days."""

    ALWAYS = auto()
    AWAKE = auto()
    WORKING = auto()


class Stage(IntEnum):
    """The per cents of a leg at which something is told."""

    HALF = 50
    NEAR = 80
    OVER = 100
    ABOVE = 150
    STREET = 200


LEGS: Mapping[OrderStatus, Leg] = MappingProxyType(
    {
        OrderStatus.SUBMITTED: Leg.INTAKE,
        OrderStatus.DISPATCHED: Leg.SEARCH,
        OrderStatus.TAKEN: Leg.SERVICE,
    }
)
"""The leg that runs in a state; in all others nobody but the resident is waited for."""

_WAKE = time(8)
_SLEEP = time(21)
_STREET_AT = time(8, 30)
_WAKING_DAY = timedelta(hours=13)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a leg may run, and when its clock runs at all."""

    span: timedelta
    hours: Hours


_QUICK = Limit(timedelta(minutes=10), Hours.ALWAYS)

LIMITS: Mapping[tuple[MatterClass, Leg], Limit] = MappingProxyType(
    {
        (MatterClass.EMERGENCY, Leg.INTAKE): _QUICK,
        (MatterClass.EMERGENCY, Leg.SEARCH): _QUICK,
        (MatterClass.TIMELY, Leg.INTAKE): Limit(1.5 * _HOUR, Hours.ALWAYS),
        (MatterClass.TIMELY, Leg.SEARCH): Limit(1 * _HOUR, Hours.ALWAYS),
        (MatterClass.GENERAL, Leg.INTAKE): Limit(6 * _HOUR, Hours.AWAKE),
        (MatterClass.GENERAL, Leg.SEARCH): Limit(2 * _WAKING_DAY, Hours.AWAKE),
        (MatterClass.COMPLEX, Leg.INTAKE): Limit(2 * _HOUR + _WAKING_DAY, Hours.WORKING),
        (MatterClass.COMPLEX, Leg.SEARCH): Limit(2 * _WAKING_DAY, Hours.WORKING),
        (MatterClass.WISH, Leg.INTAKE): Limit(4 * _WAKING_DAY, Hours.WORKING),
    }
)
"""A day here is one waking day, so that it ends at the hour at which it began.

Asking goes on by itself in waves, so that the clock of a search minds what they leave undone. A
wish in the pool has no limit of this kind: it has a timer of its own. Nor has the last leg: the
promise is its end.
"""

PROMISES: Mapping[MatterClass, timedelta] = MappingProxyType(
    {
        MatterClass.EMERGENCY: 2 * _HOUR,
        MatterClass.TIMELY: 24 * _HOUR,
        MatterClass.GENERAL: 7 * _DAY,
        MatterClass.COMPLEX: 15 * _DAY,
        MatterClass.WISH: 30 * _DAY,
    }
)
"""What is promised from submission on."""

EXTENSIONS: Mapping[MatterClass, timedelta] = MappingProxyType(
    {
        MatterClass.EMERGENCY: 2 * _HOUR,
        MatterClass.TIMELY: 24 * _HOUR,
        MatterClass.GENERAL: 3 * _DAY,
        MatterClass.COMPLEX: 15 * _DAY,
        MatterClass.WISH: 30 * _DAY,
    }
)
"""The new time that is told when a promise was broken, from then on."""

HURRIED = frozenset({MatterClass.EMERGENCY, MatterClass.TIMELY})
"""The classes of which somebody is told at night, too."""


@dataclass(frozen=True, slots=True)
class Town:
    """Where and by which calendar clocks run."""

    zone: ZoneInfo
    calendar: Calendar

    def is_open(self, at: datetime, hours: Hours) -> bool:
        """Say whether a clock of these hours runs at an instant."""
        local = at.astimezone(self.zone)
        if hours is Hours.ALWAYS:
            return True
        return self._has(local.date(), hours) and _WAKE <= local.time() < _SLEEP

    def after(self, start: datetime, span: timedelta, hours: Hours) -> datetime:
        """Give the instant at which a clock that began at ``start`` has run for ``span``.

        It never lies in a pause: what would end just then ends when the clock runs again.
        """
        if hours is Hours.ALWAYS:
            return start + span
        day = start.astimezone(self.zone).date()
        while True:
            opens, closes = (self._at(day, each) for each in (_WAKE, _SLEEP))
            begin = max(start, opens)
            if self._has(day, hours) and begin < closes:
                if span < closes - begin:
                    return begin + span
                span -= closes - begin
            day += _DAY

    def awake(self, at: datetime, matter_class: MatterClass) -> datetime:
        """Give the instant at which people may be told: at night the morning, unless it hurries."""
        hours = Hours.ALWAYS if matter_class in HURRIED else Hours.AWAKE
        return self.after(at, timedelta(), hours)

    def street_day(self, now: datetime) -> date | None:
        """Give the day whose morning list a street may read by now; None while there is none.

        It comes on working days; one that was missed still comes that day, but not at night.
        """
        local = now.astimezone(self.zone)
        is_time = _STREET_AT <= local.time() < _SLEEP
        return local.date() if is_time and self._has(local.date(), Hours.WORKING) else None

    def _has(self, day: date, hours: Hours) -> bool:
        return hours is not Hours.WORKING or self.calendar.is_working(day)

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The leg that runs: of which class, since when, and by when all was promised.

    ``overdue_at`` is the promise that was broken, if one was.
    """

    matter_class: MatterClass
    leg: Leg
    leg_at: datetime
    promised_at: datetime
    overdue_at: datetime | None = None

    def due(self, stage: int, town: Town) -> datetime | None:
        """Give the instant of a stage; None where this leg has no limit."""
        if self.leg is Leg.SERVICE:
            return self.leg_at + (self._end() - self.leg_at) * stage / 100
        limit = LIMITS.get((self.matter_class, self.leg))
        if limit is None:
            return None
        return town.after(self.leg_at, limit.span * stage / 100, limit.hours)

    def reached(self, now: datetime, town: Town) -> int:
        """Give the last stage that has come, 0 before the first; the others are passed over."""
        come = [stage for stage in Stage if (due := self.due(stage, town)) and due <= now]
        return max(come, default=0)

    def is_broken(self, now: datetime) -> bool:
        """Say whether the first promise has passed and nobody has said so yet."""
        return self.overdue_at is None and self.promised_at <= now

    def following(self, now: datetime, town: Town) -> datetime | None:
        """Give the next instant at which something is to be told; None when all has been."""
        ahead = [self.due(stage, town) for stage in Stage]
        if self.overdue_at is None:
            ahead.append(self.promised_at)
        instants = [town.awake(due, self.matter_class) for due in ahead if due and due > now]
        return min(instants, default=None)

    def at_earliest(self) -> datetime:
        """Give an instant before which nothing is due, for whoever knows no calendar."""
        limit = LIMITS.get((self.matter_class, self.leg))
        if self.leg is Leg.SERVICE:
            first = self.leg_at + (self._end() - self.leg_at) / 2
        else:
            first = self.leg_at + limit.span / 2 if limit else self.promised_at
        return first if self.overdue_at else min(first, self.promised_at)

    def _end(self) -> datetime:
        """Give the end of the last leg: the promise that held when it began."""
        for promise in (self.overdue_at, self.promised_at):
            if promise is not None and promise > self.leg_at:
                return promise
        return self.leg_at + EXTENSIONS[self.matter_class]


def promise(matter_class: MatterClass, submitted_at: datetime) -> datetime:
    """Say by when a matter will be done or explained."""
    return submitted_at + PROMISES[matter_class]


def renewed(matter_class: MatterClass, promised_at: datetime, now: datetime) -> datetime:
    """Give the promise that holds from now on: a new one where the former has passed."""
    return promised_at if promised_at > now else now + EXTENSIONS[matter_class]


def is_late(
    status: OrderStatus, promised_at: datetime, overdue_at: datetime | None, now: datetime
) -> bool:
    """Say whether a promise is broken while the order waits for somebody of ours."""
    return status in LEGS and (overdue_at is not None or promised_at <= now)
