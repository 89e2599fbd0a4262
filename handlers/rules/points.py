"""What service is worth: rules as data, each version for work that was finished since its day.

Amounts are whole hundredths of a point. Nothing but service that a resident has confirmed is worth
anything, never a log-in, a like, a vote or a message (DOMAIN.md 0.6 and c5).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from storage.vocabulary import MatterClass, OrderKind

APPEAL_WINDOW = timedelta(days=7)
NOTICE_WORKING_DAYS = 5
DECISION_WORKING_DAYS = 5
MOST_ROUNDS = 2
"""An appeal, and one more after its decision."""

_BACK = "_back"
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


class PointRule(StrEnum):
    """Why points are written; what takes them back is named after it."""

    SERVICE = "service"
    WISH = "wish"
    LONG_WISH = "long_wish"
    HOME_DAY = "home_day"
    PROMPT = "prompt"
    SPECIAL = "special"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """One version of the rules.

    ``hour`` is paid for each agreed hour, and once where no time was agreed; ``least``, ``most``
    and ``most_a_day`` limit it. The other amounts are for a whole order.
    """

    version: int
    since: date
    hour: int
    least: int
    most: int
    most_a_day: int
    wish: int
    long_wish: int
    long_wish_after: timedelta
    home_day: int
    prompt: int
    prompt_within: timedelta
    most_special: int


TARIFFS = (
    Tariff(
        version=1,
        since=date(2026, 1, 1),
        hour=100,
        least=50,
        most=200,
        most_a_day=400,
        wish=200,
        long_wish=100,
        long_wish_after=timedelta(days=30),
        home_day=100,
        prompt=100,
        prompt_within=timedelta(minutes=15),
        most_special=1000,
    ),
)
"""All versions, the oldest first. Whoever changes an amount adds a version that begins later."""


def tariff_of(day: date, tariffs: Sequence[Tariff] = TARIFFS) -> Tariff:
    """Give the rules that hold for work finished on a day; older work goes by the oldest ones."""
    valid = [tariff for tariff in tariffs if tariff.since <= day]
    return valid[-1] if valid else tariffs[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A member's finished part of an order, as far as it matters for points.

    ``agreed`` is how long the work was to take, where a time was agreed; ``waited`` how long the
    order was open before it was taken, ``answered`` how long after it was given out. ``paid`` is
    what the member has for other orders of the same day.
    """

    kind: OrderKind
    matter_class: MatterClass
    is_whole: bool
    agreed: timedelta | None
    waited: timedelta
    answered: timedelta | None
    is_home_day: bool
    paid: int


@dataclass(frozen=True, slots=True)
class Earned:
    """One line to write."""

    rule: PointRule
    hundredths: int


def earned(deed: Deed, tariff: Tariff) -> tuple[Earned, ...]:
    """Say what a deed is worth; nothing where the day's limit is reached already."""
    lines = [*_work(deed, tariff), *_extras(deed, tariff)]
    return tuple(line for line in lines if line.hundredths > 0)


def _work(deed: Deed, tariff: Tariff) -> list[Earned]:
    if deed.kind is OrderKind.WISH:
        lines = [Earned(PointRule.WISH, _share(deed, tariff.wish))]
        if deed.waited > tariff.long_wish_after:
            lines.append(Earned(PointRule.LONG_WISH, _share(deed, tariff.long_wish)))
        return lines
    hours = _HOUR if deed.agreed is None else deed.agreed
    worth = min(max(tariff.hour * hours // _HOUR, tariff.least), tariff.most)
    return [Earned(PointRule.SERVICE, min(_share(deed, worth), tariff.most_a_day - deed.paid))]


def _extras(deed: Deed, tariff: Tariff) -> list[Earned]:
    lines = []
    if deed.is_home_day:
        lines.append(Earned(PointRule.HOME_DAY, _share(deed, tariff.home_day)))
    was_prompt = deed.answered is not None and deed.answered < tariff.prompt_within
    if deed.matter_class is MatterClass.TIMELY and was_prompt and deed.is_whole:
        lines.append(Earned(PointRule.PROMPT, tariff.prompt))
    return lines


def _share(deed: Deed, hundredths: int) -> int:
    return hundredths if deed.is_whole else hundredths // 2


def taken_back(rule: str) -> str:
    """Name the rule by which a line of another rule is taken back."""
    return rule + _BACK


def both(rule: PointRule) -> tuple[str, str]:
    """Name a rule and what takes it back: their sum is what is left."""
    return rule.value, taken_back(rule)


def origin(rule: str) -> tuple[PointRule, bool]:
    """Say for what a line was written, and whether it takes back."""
    return PointRule(rule.removesuffix(_BACK)), rule.endswith(_BACK)


def most_for(rule: PointRule, tariff: Tariff) -> int:
    """Give the most that one line may come to, by whatever decision."""
    return {
        PointRule.SERVICE: tariff.most,
        PointRule.WISH: tariff.wish,
        PointRule.LONG_WISH: tariff.long_wish,
        PointRule.HOME_DAY: tariff.home_day,
        PointRule.PROMPT: tariff.prompt,
        PointRule.SPECIAL: tariff.most_special,
    }[rule]


def month_of(day: date) -> date:
    """Name the month of a day by its first day."""
    return day.replace(day=1)


def month_before(month: date) -> date:
    """Name the month before."""
    return month_of(month - _DAY)


def after_working_days(day: date, count: int, is_working: Callable[[date], bool]) -> date:
    """Give the last of so many working days that follow a day."""
    while count:
        day += _DAY
        count -= is_working(day)
    return day
