"""When a clock runs, what is due when, and what is promised."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules import clocks
from handlers.rules.calendars import OFFICIAL, Calendar
from handlers.rules.clocks import Hours, Leg, Running, Stage, Town
from storage.vocabulary import MatterClass, OrderStatus

ZONE = ZoneInfo("Asia/Shanghai")
TOWN = Town(ZONE, OFFICIAL)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def at(written: str) -> datetime:
    """Read an instant as the clock on the wall shows it, in 2026."""
    return datetime.strptime(f"2026-{written}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


AFTER = {
    "by day it just runs": ("11-21 10:00", 6, Hours.AWAKE, "11-21 16:00"),
    "what is left at nine in the evening goes on at eight": (
        "11-21 18:00",
        6,
        Hours.AWAKE,
        "11-22 11:00",
    ),
    "what would end at nine ends in the morning": ("11-21 15:00", 6, Hours.AWAKE, "11-22 08:00"),
    "what begins at night begins in the morning": ("11-21 23:30", 1, Hours.AWAKE, "11-22 09:00"),
    "what begins before dawn begins in the morning": ("11-21 03:00", 1, Hours.AWAKE, "11-21 09:00"),
    "what hurries runs at night": ("11-21 23:30", 2, Hours.ALWAYS, "11-22 01:30"),
    "an office does not work on a Saturday": ("11-20 20:00", 2, Hours.WORKING, "11-23 09:00"),
    "a waking day ends at the hour it began": ("11-23 10:00", 13, Hours.WORKING, "11-24 10:00"),
    "the Spring Festival is passed over": ("02-14 20:00", 2, Hours.WORKING, "02-24 09:00"),
    "a Saturday of the Spring Festival is worked": ("02-14 10:00", 2, Hours.WORKING, "02-14 12:00"),
    "the Sunday before the National Day is free again": (
        "09-26 10:00",
        1,
        Hours.WORKING,
        "09-28 09:00",
    ),
    "October's Saturday is worked for the holiday": (
        "10-10 09:00",
        3,
        Hours.WORKING,
        "10-10 12:00",
    ),
}


@pytest.mark.parametrize(
    ("start", "hours", "kind", "wanted"),
    AFTER.values(),
    ids=AFTER,
)
def test_when_a_clock_has_run(start: str, hours: int, kind: Hours, wanted: str) -> None:
    assert TOWN.after(at(start), hours * HOUR, kind) == at(wanted)


def test_a_year_that_nobody_knows_yet_takes_the_plain_week() -> None:
    friday = datetime(2027, 3, 5, 20, 0, tzinfo=ZONE)

    assert TOWN.after(friday, 2 * HOUR, Hours.WORKING) == datetime(2027, 3, 8, 9, 0, tzinfo=ZONE)


def test_the_operators_days_go_before_the_official_ones() -> None:
    town = Town(ZONE, Calendar(working=frozenset({date(2026, 11, 21)})))

    assert town.after(at("11-20 20:00"), 2 * HOUR, Hours.WORKING) == at("11-21 09:00")


instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (the zone comes from the strategy)
spans = st.timedeltas(timedelta(), timedelta(days=4))


@given(instants, spans, st.sampled_from(Hours))
def test_a_deadline_is_never_before_its_start_and_never_in_a_pause(
    start: datetime, span: timedelta, hours: Hours
) -> None:
    end = TOWN.after(start, span, hours)

    assert end >= start + span
    assert TOWN.is_open(end, hours)


@given(instants, spans, spans, st.sampled_from(Hours))
def test_a_clock_that_is_read_on_the_way_ends_at_the_same_time(
    start: datetime, first: timedelta, rest: timedelta, hours: Hours
) -> None:
    assert TOWN.after(TOWN.after(start, first, hours), rest, hours) == TOWN.after(
        start, first + rest, hours
    )


def running(leg: Leg = Leg.INTAKE, **values: object) -> Running:
    given: dict[str, object] = {
        "matter_class": MatterClass.GENERAL,
        "leg": leg,
        "leg_at": at("11-21 08:00"),
        "promised_at": at("11-28 08:00"),
    }
    return Running(**{**given, **values})  # type: ignore[arg-type]  # a test's own words


def test_the_stages_of_a_first_leg() -> None:
    assert [running().due(stage, TOWN) for stage in Stage] == [
        at("11-21 11:00"),
        at("11-21 12:48"),
        at("11-21 14:00"),
        at("11-21 17:00"),
        at("11-21 20:00"),
    ]


def test_the_stages_of_the_last_leg_end_with_the_promise() -> None:
    assert [running(Leg.SERVICE).due(stage, TOWN) for stage in Stage] == [
        at("11-24 20:00"),
        at("11-26 22:24"),
        at("11-28 08:00"),
        at("12-01 20:00"),
        at("12-05 08:00"),
    ]


def test_a_broken_promise_stays_the_end_of_the_leg_it_ended() -> None:
    late = running(Leg.SERVICE, overdue_at=at("11-28 08:00"), promised_at=at("12-01 08:00"))

    assert late.due(Stage.ABOVE, TOWN) == at("12-01 20:00")
    assert late.following(at("11-28 09:00"), TOWN) == at("12-01 20:00")


def test_who_takes_a_late_order_has_the_new_promise_for_an_end() -> None:
    late = running(
        Leg.SERVICE,
        leg_at=at("11-29 08:00"),
        overdue_at=at("11-28 08:00"),
        promised_at=at("12-01 08:00"),
    )

    assert late.due(Stage.OVER, TOWN) == at("12-01 08:00")


@pytest.mark.parametrize(
    ("now", "stage"),
    [
        ("11-21 08:00", 0),
        ("11-21 10:59", 0),
        ("11-21 11:00", 50),
        ("11-21 13:59", 80),
        ("11-21 14:00", 100),
        ("11-22 14:00", 200),
    ],
)
def test_the_present_stage_passes_over_those_that_went_by(now: str, stage: int) -> None:
    assert running().reached(at(now), TOWN) == stage


def test_what_follows_is_the_next_stage_or_the_promise() -> None:
    assert running().following(at("11-21 11:00"), TOWN) == at("11-21 12:48")
    assert running().following(at("11-22 11:00"), TOWN) == at("11-28 08:00")
    assert running(overdue_at=at("11-22 08:00")).following(at("11-22 11:00"), TOWN) is None


def test_nobody_is_told_at_night_unless_it_hurries() -> None:
    promise = at("11-21 23:00")

    assert running(promised_at=promise).following(at("11-21 21:30"), TOWN) == at("11-22 08:00")
    hurried = running(matter_class=MatterClass.TIMELY, promised_at=promise)
    assert hurried.following(at("11-21 21:30"), TOWN) == promise


def test_a_wish_in_the_pool_has_no_limit_but_its_promise() -> None:
    wish = running(Leg.SEARCH, matter_class=MatterClass.WISH)

    assert [wish.due(stage, TOWN) for stage in Stage] == [None] * 5
    assert wish.at_earliest() == at("11-28 08:00")


@given(instants, st.sampled_from(MatterClass), st.sampled_from(Leg))
def test_nothing_is_due_before_the_earliest_that_is_told_without_a_calendar(
    start: datetime, matter_class: MatterClass, leg: Leg
) -> None:
    leg_now = Running(
        matter_class=matter_class,
        leg=leg,
        leg_at=start,
        promised_at=clocks.promise(matter_class, start),
    )
    following = leg_now.following(start, TOWN)

    assert following is not None
    assert start < leg_now.at_earliest() <= following


PROMISED = {
    MatterClass.EMERGENCY: 2 * HOUR,
    MatterClass.TIMELY: DAY,
    MatterClass.GENERAL: 7 * DAY,
    MatterClass.COMPLEX: 15 * DAY,
    MatterClass.WISH: 30 * DAY,
}


@pytest.mark.parametrize("matter_class", MatterClass)
def test_what_is_promised_and_what_in_its_place(matter_class: MatterClass) -> None:
    start = at("11-21 12:00")
    promised = clocks.promise(matter_class, start)

    assert promised == start + PROMISED[matter_class]
    assert clocks.renewed(matter_class, promised, start) == promised
    assert clocks.renewed(matter_class, start, start) > start


def test_only_what_waits_for_us_is_late() -> None:
    late = [
        status
        for status in OrderStatus
        if clocks.is_late(status, at("11-21 12:00"), None, at("11-21 12:00"))
    ]

    assert late == [OrderStatus.SUBMITTED, OrderStatus.DISPATCHED, OrderStatus.TAKEN]
    assert not clocks.is_late(OrderStatus.TAKEN, at("11-22 12:00"), None, at("11-21 12:00"))
    assert clocks.is_late(
        OrderStatus.TAKEN, at("11-22 12:00"), at("11-20 12:00"), at("11-21 12:00")
    )
