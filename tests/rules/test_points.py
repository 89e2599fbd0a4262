"""What service is worth, rule by rule, and which version of the rules holds."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules import points
from handlers.rules.calendars import OFFICIAL
from handlers.rules.points import TARIFFS, Deed, Earned, PointRule
from storage.vocabulary import MatterClass, OrderKind

FIRST = TARIFFS[0]
HOUR = timedelta(hours=1)
PLAIN = Deed(
    kind=OrderKind.REPORT,
    matter_class=MatterClass.GENERAL,
    is_whole=True,
    agreed=None,
    waited=HOUR,
    answered=HOUR,
    is_home_day=False,
    paid=0,
)
WISH = replace(PLAIN, kind=OrderKind.WISH, matter_class=MatterClass.WISH)
TIMELY = replace(PLAIN, matter_class=MatterClass.TIMELY, answered=timedelta(minutes=14))

WORTH: dict[str, tuple[Deed, dict[str, int]]] = {
    "an hour where no time was agreed": (PLAIN, {"service": 100}),
    "the agreed hours": (replace(PLAIN, agreed=1.5 * HOUR), {"service": 150}),
    "never less than half a point": (replace(PLAIN, agreed=HOUR / 6), {"service": 50}),
    "never more than two an order": (replace(PLAIN, agreed=9 * HOUR), {"service": 200}),
    "never more than four a day": (replace(PLAIN, agreed=2 * HOUR, paid=250), {"service": 150}),
    "nothing more once the day is full": (replace(PLAIN, paid=400), {}),
    "half of what is solved in part": (replace(PLAIN, is_whole=False), {"service": 50}),
    "half of the least, too": (
        replace(PLAIN, agreed=HOUR / 6, is_whole=False),
        {"service": 25},
    ),
    "a wish": (WISH, {"wish": 200}),
    "a wish that has waited": (
        replace(WISH, waited=timedelta(days=31)),
        {"wish": 200, "long_wish": 100},
    ),
    "thirty days are not more than thirty": (
        replace(WISH, waited=timedelta(days=30)),
        {"wish": 200},
    ),
    "a wish is no hour's work: the day's limit is not its": (
        replace(WISH, paid=400),
        {"wish": 200},
    ),
    "half a wish": (
        replace(WISH, waited=timedelta(days=31), is_whole=False),
        {"wish": 100, "long_wish": 50},
    ),
    "a home day": (replace(PLAIN, is_home_day=True), {"service": 100, "home_day": 100}),
    "a home day in part": (
        replace(PLAIN, is_home_day=True, is_whole=False),
        {"service": 50, "home_day": 50},
    ),
    "taken at once": (TIMELY, {"service": 100, "prompt": 100}),
    "a quarter of an hour is too late": (
        replace(TIMELY, answered=timedelta(minutes=15)),
        {"service": 100},
    ),
    "haste is for what cannot wait": (
        replace(TIMELY, matter_class=MatterClass.GENERAL),
        {"service": 100},
    ),
    "nobody is hurried into danger": (
        replace(TIMELY, matter_class=MatterClass.EMERGENCY),
        {"service": 100},
    ),
    "haste without the result is worth nothing": (
        replace(TIMELY, is_whole=False),
        {"service": 50},
    ),
    "nobody was offered it": (replace(TIMELY, answered=None), {"service": 100}),
}


@pytest.mark.parametrize(("deed", "worth"), WORTH.values(), ids=WORTH.keys())
def test_a_deed_is_worth(deed: Deed, worth: dict[str, int]) -> None:
    lines = points.earned(deed, FIRST)

    assert {line.rule.value: line.hundredths for line in lines} == worth


deeds = st.builds(
    Deed,
    kind=st.sampled_from(OrderKind),
    matter_class=st.sampled_from(MatterClass),
    is_whole=st.booleans(),
    agreed=st.none() | st.timedeltas(timedelta(), timedelta(hours=12)),
    waited=st.timedeltas(timedelta(), timedelta(days=90)),
    answered=st.none() | st.timedeltas(timedelta(), timedelta(days=1)),
    is_home_day=st.booleans(),
    paid=st.integers(0, 400),
)


@given(deeds)
def test_no_deed_exceeds_its_limits_and_no_line_is_empty(deed: Deed) -> None:
    lines = points.earned(deed, FIRST)

    assert len({line.rule for line in lines}) == len(lines)
    for line in lines:
        assert 0 < line.hundredths <= points.most_for(line.rule, FIRST)
    work = sum(line.hundredths for line in lines if line.rule is PointRule.SERVICE)
    assert deed.paid + work <= FIRST.most_a_day


@given(deeds)
def test_half_done_is_never_worth_more_than_half(deed: Deed) -> None:
    whole, half = (
        sum(line.hundredths for line in points.earned(replace(deed, is_whole=done, paid=0), FIRST))
        for done in (True, False)
    )

    assert 2 * half <= whole


def test_the_rules_of_the_day_of_the_work_hold() -> None:
    second = replace(FIRST, version=2, since=date(2027, 1, 1), hour=120)
    tariffs = (FIRST, second)

    versions = [
        points.tariff_of(day, tariffs).version
        for day in (date(2025, 5, 1), date(2026, 12, 31), date(2027, 1, 1), date(2030, 1, 1))
    ]

    assert versions == [1, 1, 2, 2]
    assert points.earned(PLAIN, second) == (Earned(PointRule.SERVICE, 120),)


def test_versions_follow_each_other() -> None:
    assert [tariff.version for tariff in TARIFFS] == list(range(1, len(TARIFFS) + 1))
    assert [tariff.since for tariff in TARIFFS] == sorted({tariff.since for tariff in TARIFFS})


@pytest.mark.parametrize("rule", PointRule)
def test_what_takes_back_names_what_it_takes(rule: PointRule) -> None:
    assert points.origin(rule) == (rule, False)
    assert points.origin(points.taken_back(rule)) == (rule, True)
    assert len(points.taken_back(rule)) <= 32


WORKED = {
    "a week": (date(2026, 12, 1), date(2026, 12, 8)),
    "over the national day, with its working Sunday": (date(2026, 9, 30), date(2026, 10, 13)),
    "from a Saturday": (date(2026, 8, 1), date(2026, 8, 7)),
    "in a year that nobody has told of yet": (date(2027, 12, 1), date(2027, 12, 8)),
}


@pytest.mark.parametrize(("day", "last"), WORKED.values(), ids=WORKED.keys())
def test_five_working_days(day: date, last: date) -> None:
    assert points.after_working_days(day, 5, OFFICIAL.is_working) == last


@given(st.dates(date(2015, 1, 1), date(2030, 12, 1)), st.integers(1, 10))
def test_a_deadline_is_a_working_day_after_just_so_many(day: date, count: int) -> None:
    last = points.after_working_days(day, count, OFFICIAL.is_working)

    between = [day + timedelta(days=n) for n in range(1, (last - day).days + 1)]
    assert sum(map(OFFICIAL.is_working, between)) == count
    assert OFFICIAL.is_working(last)


def test_the_month_before_january_is_last_december() -> None:
    assert points.month_before(date(2027, 1, 1)) == date(2026, 12, 1)
