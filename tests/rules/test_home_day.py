"""The home day's rule: every month that the official calendar knows, and any month at all."""

import calendar
from collections import Counter
from datetime import date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.calendars import OFFICIAL, Calendar
from handlers.rules.home_day import (
    SPANS,
    Plan,
    due_days,
    is_settled,
    may_choose,
    next_month,
    plan,
    read_month,
)
from storage.vocabulary import Moved, ReminderKind
from tests.factories import POLICY

KNOWN = [date(year, month, 1) for year in range(2015, 2027) for month in range(1, 13)]
SATURDAY, SUNDAY = 5, 6
MONTHS = st.builds(date, st.integers(1, 9999), st.integers(1, 12), st.just(1))
DAYS_OF_2027 = st.frozensets(st.dates(date(2027, 3, 1), date(2027, 4, 5)), max_size=30)


def last_sunday(month: date) -> date:
    weeks = calendar.monthcalendar(month.year, month.month)
    return month.replace(day=max(week[SUNDAY] for week in weeks))


def is_free(day: date) -> bool:
    """Look it up in the official calendar without any rule of ours."""
    is_off, holiday = chinese_calendar.get_holiday_detail(day)
    return bool(is_off) and holiday is None


@pytest.mark.parametrize("month", KNOWN, ids=lambda month: f"{month:%Y-%m}")
def test_each_known_month_has_a_free_day_and_says_why_it_moved(month: date) -> None:
    found, rule_day = plan(month), last_sunday(month)
    days = [month + timedelta(days=n) for n in range(31)]
    sundays = [d for d in days if d.month == month.month and d.weekday() == SUNDAY and is_free(d)]
    assert found.rule_day == rule_day
    assert is_free(found.day)
    assert found.day == (max(sundays) if sundays else found.day)
    assert found.is_known
    if found.day == rule_day:
        assert found.moved is None
    else:
        works = chinese_calendar.is_workday(rule_day)
        assert found.moved == (Moved.WORKING_DAY if works else Moved.HOLIDAY)


def test_of_144_months_17_are_moved_for_work_and_11_for_holidays() -> None:
    assert Counter(plan(month).moved for month in KNOWN) == {
        None: 116,
        Moved.WORKING_DAY: 17,
        Moved.HOLIDAY: 11,
    }


@pytest.mark.parametrize(
    ("month", "day", "moved"),
    [
        pytest.param("2026-02", date(2026, 2, 8), Moved.HOLIDAY, id="spring festival"),
        pytest.param("2026-09", date(2026, 9, 13), Moved.HOLIDAY, id="the Sunday before is worked"),
        pytest.param("2025-09", date(2025, 9, 21), Moved.WORKING_DAY, id="a working Sunday"),
        pytest.param("2026-10", date(2026, 10, 25), None, id="an ordinary month"),
        pytest.param("2026-11", date(2026, 11, 29), None, id="the month of the tests"),
    ],
)
def test_months_looked_up_by_hand(month: str, day: date, moved: Moved | None) -> None:
    first = read_month(month)
    assert first is not None
    found = plan(first)
    assert (found.day, found.moved) == (day, moved)


def test_a_year_that_is_not_told_yet_takes_the_plain_rule_and_says_so() -> None:
    assert plan(date(2027, 1, 1)) == Plan(date(2027, 1, 31), date(2027, 1, 31), is_known=False)


MARCH = date(2027, 3, 1)
SUNDAYS = [date(2027, 3, day) for day in (7, 14, 21, 28)]


@pytest.mark.parametrize(
    ("operators", "day", "moved"),
    [
        pytest.param(Calendar(working=frozenset({SUNDAYS[3]})), 21, Moved.CALENDAR, id="worked"),
        pytest.param(
            Calendar(free=frozenset({SUNDAYS[3], SUNDAYS[3] + timedelta(days=1)})),
            21,
            Moved.CALENDAR,
            id="in a holiday",
        ),
        pytest.param(Calendar(free=frozenset({SUNDAYS[3]})), 28, None, id="a Sunday off is free"),
        pytest.param(
            Calendar(working=frozenset(SUNDAYS)), 27, Moved.CALENDAR, id="the Saturday before"
        ),
        pytest.param(
            Calendar(working=frozenset([*SUNDAYS, date(2027, 3, 27)])),
            20,
            Moved.CALENDAR,
            id="no Saturday follows in this month",
        ),
        pytest.param(
            Calendar(working=frozenset(MARCH + timedelta(days=n) for n in range(31))),
            28,
            None,
            id="no day is free",
        ),
    ],
)
def test_the_operators_calendar_goes_first(
    operators: Calendar, day: int, moved: Moved | None
) -> None:
    assert plan(MARCH, operators) == Plan(MARCH.replace(day=day), SUNDAYS[3], moved)


def test_the_saturday_after_the_last_sunday_is_nearer_than_the_one_eight_days_before() -> None:
    july = date(2027, 7, 1)  # its last Sunday is the 25th, its last day a Saturday
    worked = {july.replace(day=day) for day in (4, 11, 18, 25, 24)}
    assert plan(july, Calendar(working=frozenset(worked))).day == date(2027, 7, 31)


def test_the_operator_overrules_the_official_calendar() -> None:
    september = date(2025, 9, 1)  # the 28th is officially worked
    mine = Calendar(free=frozenset({date(2025, 9, 28)}))
    assert plan(september, mine).day == date(2025, 9, 28)
    assert plan(september, mine).moved is None


@given(MONTHS)
def test_any_month_has_a_weekend_day_of_its_own(month: date) -> None:
    found = plan(month)
    assert (found.day.year, found.day.month) == (month.year, month.month)
    assert found.day.weekday() in {SATURDAY, SUNDAY}
    assert found.rule_day == last_sunday(month)
    assert (found.day != found.rule_day) == (found.moved is not None)
    assert found.is_known == (2004 <= month.year <= 2026)


@given(DAYS_OF_2027, DAYS_OF_2027)
def test_the_nearest_free_sunday_is_taken_else_the_nearest_free_saturday(
    working: frozenset[date], free: frozenset[date]
) -> None:
    mine = Calendar(working, free - working)
    days = [MARCH + timedelta(days=n) for n in range(31)]
    free_days = [day for day in days if day.weekday() >= SATURDAY and mine.is_ordinary(day)]
    sundays = [day for day in free_days if day.weekday() == SUNDAY]
    nearest = sorted(sundays or free_days, key=lambda day: abs(day - SUNDAYS[3]))
    found = plan(MARCH, mine)
    assert found.day == (nearest[0] if nearest else SUNDAYS[3])
    assert found.is_known == bool([day for day in mine.working | mine.free if day.year == 2027])


@given(st.dates(date(2015, 1, 1), date(2026, 12, 31)))
def test_without_an_operator_the_official_calendar_holds(day: date) -> None:
    assert OFFICIAL.is_working(day) == chinese_calendar.is_workday(day)
    assert OFFICIAL.is_ordinary(day) == is_free(day)


@pytest.mark.parametrize(
    "text", ["2026-9", "2026-13", "2026-00", "0000-01", "202609", "", "二〇二六-09"]
)
def test_what_is_no_month_is_not_read(text: str) -> None:
    assert read_month(text) is None


@given(MONTHS.filter(lambda month: month < date(9999, 12, 1)))
def test_months_follow_each_other(month: date) -> None:
    after = next_month(month)
    assert (after - timedelta(days=1)).month == month.month
    assert after.day == 1


@given(st.sampled_from(ReminderKind), st.dates(MARCH, date(2028, 1, 1)), st.times())
def test_what_is_due_lies_in_its_span_and_never_at_night(
    kind: ReminderKind, day: date, clock: time
) -> None:
    local = datetime.combine(day, clock, POLICY.timezone)
    found = due_days(kind, local)
    if not time(8, 30) <= local.time() < time(22):
        assert found is None
    if found is not None:
        first, last = found
        assert (local.date() - last).days == SPANS[kind].first
        assert (local.date() - first).days == SPANS[kind].last


def test_a_day_is_settled_once_its_evening_reminder_is_on_its_way() -> None:
    day = date(2026, 11, 29)
    eve = datetime(2026, 11, 28, 20, tzinfo=POLICY.timezone)
    assert not is_settled(day, eve - timedelta(minutes=1))
    assert is_settled(day, eve)


@pytest.mark.parametrize(
    ("day", "may"),
    [
        (date(2026, 11, 20), False),
        (date(2026, 11, 21), True),
        (date(2026, 11, 30), True),
        (date(2026, 12, 1), False),
    ],
)
def test_any_day_left_of_the_month_may_be_chosen_instead(day: date, *, may: bool) -> None:
    chosen = may_choose(day, month=date(2026, 11, 1), today=date(2026, 11, 21))
    assert chosen is may
