"""Quiet hours: which hours are meant, when they end, what may wait."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.quiet import (
    MOST_HOURS,
    Hours,
    HoursError,
    HoursFault,
    Urgency,
    can_wait,
    ends_at,
)
from handlers.texts.quiet import READER
from storage.vocabulary import NoticeKind

CHINA = ZoneInfo("Asia/Shanghai")

READ = {
    "22-7": Hours(22, 7),
    " 22～7": Hours(22, 7),
    "２２-７": Hours(22, 7),
    "22:00-07:00": Hours(22, 7),
    "22点到7点": Hours(22, 7),
    "晚上10点到第二天早上7点": Hours(22, 7),
    "中午12点至下午2点": Hours(12, 14),
    "12-14": Hours(12, 14),
    "20-24": Hours(20, 0),
    "0-6": Hours(0, 6),
    "24-6": Hours(0, 6),
}
REFUSED = {
    "22:30-7": HoursFault.NOT_FULL,
    "25-7": HoursFault.NO_SUCH_HOUR,
    "22-99": HoursFault.NO_SUCH_HOUR,
    "7-22": HoursFault.TOO_LONG,
    "0-24": HoursFault.TOO_LONG,
    "8-8": HoursFault.TOO_LONG,
}


@pytest.mark.parametrize(("said", "hours"), READ.items(), ids=READ)
def test_hours_are_read(said: str, hours: Hours) -> None:
    assert READER.read(said) == hours


@pytest.mark.parametrize(("said", "fault"), REFUSED.items(), ids=REFUSED)
def test_what_cannot_be_is_refused(said: str, fault: HoursFault) -> None:
    with pytest.raises(HoursError) as refused:
        READER.read(said)
    assert refused.value.fault is fault


@pytest.mark.parametrize("said", ["", "22", "晚上", "22-", "夜里太吵"])
def test_what_names_no_hours_is_none(said: str) -> None:
    assert READER.read(said) is None


def at(hour: int, minute: int = 0, day: int = 21) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CHINA)


ENDS = [
    (at(21, 59), Hours(22, 7), None),
    (at(22), Hours(22, 7), at(7, day=22)),
    (at(23, 59), Hours(22, 7), at(7, day=22)),
    (at(0), Hours(22, 7), at(7)),
    (at(6, 59), Hours(22, 7), at(7)),
    (at(7), Hours(22, 7), None),
    (at(12), Hours(12, 14), at(14)),
    (at(14), Hours(12, 14), None),
    (at(21), Hours(20, 0), at(0, day=22)),
    (at(0), Hours(20, 0), None),
    (at(3), Hours(0, 6), at(6)),
    (at(3), Hours(6, 6), None),
    (at(3), None, None),
]


@pytest.mark.parametrize(("now", "hours", "end"), ENDS)
def test_when_they_end(now: datetime, hours: Hours | None, end: datetime | None) -> None:
    assert ends_at(now.astimezone(UTC), hours, CHINA) == end


@given(
    minutes=st.integers(0, 60 * 24 * 400),
    first=st.integers(0, 23),
    length=st.integers(1, MOST_HOURS),
)
def test_whatever_waits_waits_for_the_first_moment_outside(
    minutes: int, first: int, length: int
) -> None:
    hours = Hours(first, (first + length) % 24)
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    end = ends_at(now, hours, CHINA)
    inside = now.astimezone(CHINA).hour in {(first + each) % 24 for each in range(length)}
    assert (end is not None) == inside
    if end is not None:
        assert now < end <= now + timedelta(hours=length)
        assert ends_at(end, hours, CHINA) is None
        assert ends_at(end - timedelta(seconds=1), hours, CHINA) == end


@pytest.mark.parametrize("kind", NoticeKind)
def test_only_answers_what_is_held_and_danger_come_at_once(kind: NoticeKind) -> None:
    assert can_wait(Urgency(kind=kind)) == (kind is not NoticeKind.REPLY)
    assert not can_wait(Urgency(kind=kind, is_held=True))
    assert not can_wait(Urgency(kind=kind, is_danger=True))
    assert can_wait(Urgency(kind=kind, is_bulk=True, is_held=True, is_danger=True))
