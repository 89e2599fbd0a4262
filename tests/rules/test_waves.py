"""Who is asked, in which order, and when: waves, nights, and the terms of a dispatch."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.waves import LAST, PATIENCE, WAVES, Step, awake, following, recommended

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class Member:
    person_id: int
    skills: str = ""
    open_count: int = 0
    asked_at: datetime | None = None


def test_skill_comes_before_little_work_and_that_before_not_having_been_asked_for_long() -> None:
    skilled = Member(4, skills="木工、水电维修，开锁", open_count=3)
    idle = Member(3, asked_at=NOON)
    rested = Member(2, open_count=1, asked_at=NOON - timedelta(days=30))
    asked_lately = Member(1, open_count=1, asked_at=NOON)
    never_asked = Member(9, open_count=1)

    ranked = recommended(
        [asked_lately, rested, idle, never_asked, skilled], "水电维修：水管漏水，门也要开锁"
    )

    assert ranked == [skilled, idle, never_asked, rested, asked_lately]


def test_a_post_for_such_matters_counts_like_a_skill() -> None:
    plain, on_duty = Member(1), Member(2, open_count=2)
    skilled_too = Member(3, skills="水电", open_count=3)

    ranked = recommended([plain, on_duty, skilled_too], "水电漏了，一地积水", on_duty={2, 3})

    assert ranked == [skilled_too, on_duty, plain]


@pytest.mark.parametrize("skills", ["", "电", "、，", "木工"])
def test_a_skill_that_the_matter_does_not_name_counts_for_nothing(skills: str) -> None:
    plain, busy = Member(1), Member(2, skills=skills, open_count=1)

    assert recommended([busy, plain], "楼道电灯坏了") == [plain, busy]


def test_waves_are_five_then_fifteen_then_all() -> None:
    everybody = list(range(1, 31))
    asked: set[int] = set()
    steps = []
    wave = 0
    while step := following(wave, everybody, not_asked=asked):
        steps.append((step.wave, len(step.people), step.patience))
        wave, asked = step.wave, asked | set(step.people)

    assert steps == [
        (1, 5, timedelta(hours=2)),
        (2, 15, timedelta(hours=6)),
        (3, 10, timedelta(hours=24)),
    ]


def test_the_wave_that_asks_the_last_who_are_left_is_the_last() -> None:
    assert following(0, [1, 2, 3], not_asked=set()) == Step(LAST, (1, 2, 3), PATIENCE)


def test_a_wave_is_never_too_small_for_the_seats() -> None:
    step = following(0, list(range(40)), not_asked=set(), seats=6)

    assert step is not None
    assert len(step.people) == 12


PEOPLE = st.integers(min_value=1, max_value=60)


@given(
    ranked=st.lists(PEOPLE, max_size=60),
    barred=st.sets(PEOPLE, max_size=20),
    no_sayers=st.sets(PEOPLE, max_size=20),
    seats=st.integers(min_value=1, max_value=20),
)
def test_waves_ask_nobody_twice_nor_the_barred_and_always_end(
    ranked: list[int], barred: set[int], no_sayers: set[int], seats: int
) -> None:
    asked: list[int] = []
    wave = 0
    for _ in range(len(WAVES)):
        step = following(wave, ranked, not_asked=barred | set(asked), seats=seats)
        if step is None:
            break
        assert step.wave > wave
        assert step.people
        barred |= no_sayers & set(step.people)
        asked += step.people
        wave = step.wave

    assert following(wave, ranked, not_asked=barred | set(asked), seats=seats) is None
    assert len(asked) == len(set(asked))
    assert set(asked) <= set(ranked)
    assert not set(asked) & (barred - no_sayers)
    assert set(ranked) <= set(asked) | barred


NIGHTS = [
    ("20:59", "21 20:59"),
    ("21:00", "22 08:00"),
    ("23:30", "22 08:00"),
    ("00:00", "21 08:00"),
    ("07:59", "21 08:00"),
    ("08:00", "21 08:00"),
]


@pytest.mark.parametrize(("clock", "morning"), NIGHTS, ids=[clock for clock, _ in NIGHTS])
def test_nobody_is_woken(clock: str, morning: str) -> None:
    hour, minute = map(int, clock.split(":"))
    at = NOON.replace(hour=hour, minute=minute).astimezone(UTC)

    assert awake(at, SHANGHAI).astimezone(SHANGHAI).strftime("%d %H:%M") == morning


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))  # noqa: DTZ001 (hypothesis adds no zone to bounds)
def test_a_night_lasts_eleven_hours_and_a_morning_is_awake(at: datetime) -> None:
    instant = at.replace(tzinfo=UTC)
    morning = awake(instant, SHANGHAI)

    assert instant <= morning <= instant + timedelta(hours=11)
    assert awake(morning, SHANGHAI) == morning
