"""The days of a leave, as people write them. The tests' today is a Saturday."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.leaves import MOST_DAYS, DaysOff, LeaveError, LeaveFault
from handlers.texts.leaves import READER

TODAY = date(2026, 11, 21)

READ = {
    "11-29~12-03": ((11, 29), (12, 3)),
    "11-29～12-03": ((11, 29), (12, 3)),
    "11-29-12-03": ((11, 29), (12, 3)),
    "11.29-12.3": ((11, 29), (12, 3)),
    "11/29 到 12/3": ((11, 29), (12, 3)),
    "2026-11-29到2026-12-03": ((11, 29), (12, 3)),
    "2026年11月29日至12月3日": ((11, 29), (12, 3)),
    "11月29日到12月3日": ((11, 29), (12, 3)),
    "１１月２９日到３日": ((11, 29), (12, 3)),
    "十一月二十九日到十二月三日": ((11, 29), (12, 3)),
    "29号到3号": ((11, 29), (12, 3)),
    "29号到30": ((11, 29), (11, 30)),
    "3号": ((12, 3), (12, 3)),
    "今天": ((11, 21), (11, 21)),
    "明天": ((11, 22), (11, 22)),
    "明天 出差": ((11, 22), (11, 22)),
    "出差，明天到后天": ((11, 22), (11, 23)),
    "明天起三天": ((11, 22), (11, 24)),
    "11-29开始5天": ((11, 29), (12, 3)),
    "3天": ((11, 21), (11, 23)),
    "下周": ((11, 23), (11, 29)),
    "下星期": ((11, 23), (11, 29)),
    "本周": ((11, 21), (11, 22)),
    "周六": ((11, 21), (11, 21)),
    "周五": ((11, 27), (11, 27)),
    "周五到周日": ((11, 27), (11, 29)),
    "周日到周二": ((11, 22), (11, 24)),
    "下周一到下周三": ((11, 23), (11, 25)),
    "下周五到周日": ((11, 27), (11, 29)),
    "12-29~2027-1-3": ((12, 29), (2027, 1, 3)),
    "12-29~1-3": ((12, 29), (2027, 1, 3)),
    "1-3": ((2027, 1, 3), (2027, 1, 3)),
    "11-19~11-23": ((11, 21), (11, 23)),
}


def day(written: tuple[int, ...]) -> date:
    return date(*written) if len(written) == 3 else date(2026, *written)


@pytest.mark.parametrize(("said", "days"), READ.items(), ids=READ)
def test_days_are_read(said: str, days: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    first, last = days
    assert READER.read(said, today=TODAY) == DaysOff(day(first), day(last))


@pytest.mark.parametrize("said", ["", "条怎么开", "的保安没人顶替", "12", "2026-11", "到天亮"])
def test_what_names_no_days_is_none(said: str) -> None:
    assert READER.read(said, today=TODAY) is None


REFUSED = {
    "11-31": LeaveFault.NO_SUCH_DAY,
    "11-29~11-31": LeaveFault.NO_SUCH_DAY,
    "13-1": LeaveFault.NO_SUCH_DAY,
    "2月30日": LeaveFault.NO_SUCH_DAY,
    "31号": LeaveFault.NO_SUCH_DAY,
    "0天": LeaveFault.NO_SUCH_DAY,
    "明天起0天": LeaveFault.NO_SUCH_DAY,
    "12-03~11-29": LeaveFault.BACKWARDS,
    "后天到明天": LeaveFault.BACKWARDS,
    "下周三到今天": LeaveFault.BACKWARDS,
    "11-18": LeaveFault.PAST,
    "11-18~11-20": LeaveFault.PAST,
    "2025-11-29~2025-12-03": LeaveFault.PAST,
    "11-29~2-29": LeaveFault.NO_SUCH_DAY,
    "11-29~2-28": LeaveFault.TOO_LONG,
    "90天": LeaveFault.TOO_LONG,
    "2028-11-29": LeaveFault.TOO_FAR,
}


@pytest.mark.parametrize(("said", "fault"), REFUSED.items(), ids=REFUSED)
def test_what_cannot_be_is_refused(said: str, fault: LeaveFault) -> None:
    with pytest.raises(LeaveError) as refused:
        READER.read(said, today=TODAY)
    assert (refused.value.fault, refused.value.said) == (fault, said)


@given(
    today=st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    ahead=st.integers(0, 150),
    length=st.integers(1, MOST_DAYS),
)
def test_any_leave_is_read_back_as_it_was_written(today: date, ahead: int, length: int) -> None:
    first = today + timedelta(days=ahead)
    last = first + timedelta(days=length - 1)
    written = DaysOff(first, last)
    assert READER.read(f"{first:%m-%d}~{last:%m-%d}", today=today) == written
    assert READER.read(f"{first.isoformat()}到{last.isoformat()}", today=today) == written
    assert READER.read(f"{first.month}月{first.day}日起{length}天", today=today) == written


@given(text=st.text(max_size=40))
def test_no_text_upsets_the_reader(text: str) -> None:
    try:
        days = READER.read(text, today=TODAY)
    except LeaveError:
        return
    assert days is None or TODAY <= days.starts_on <= days.ends_on
