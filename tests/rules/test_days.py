"""Days until which something is wanted, as people type them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.days import DayError, DayFault
from handlers.texts.days import DAYS, not_kept

TODAY = date(2026, 11, 21)  # a Saturday

ANSWERS = {
    "12-31": (12, 31),
    "12/31": (12, 31),
    "12.31": (12, 31),
    "１２－３１": (12, 31),
    "2026-12-31": (12, 31),
    "2026年12月31日": (12, 31),
    "12月31号以前": (12, 31),
    "十二月三日": (12, 3),
    "二十五号": (11, 25),
    "5号": (12, 5),
    "明天": (11, 22),
    "后天前": (11, 23),
    "周五": (11, 27),
    "周六": (11, 28),
    "下周五": (11, 27),
    "下个星期三": (11, 25),
    "礼拜天之前": (11, 22),
    "月底": (11, 30),
    "下个月底": (12, 31),
    "年底前": (12, 31),
    "三天内": (11, 24),
    "两周内": (12, 5),
    "一个月内": (12, 21),
}


@pytest.mark.parametrize(("said", "meant"), ANSWERS.items())
def test_an_answer(said: str, meant: tuple[int, int]) -> None:
    found = DAYS.read(said, today=TODAY, is_answer=True)

    assert found is not None
    assert found.on == date(2026, *meant)


@pytest.mark.parametrize(
    ("said", "meant"),
    [("元旦前", date(2027, 1, 1)), ("1-5", date(2027, 1, 5)), ("2月3日", date(2027, 2, 3))],
)
def test_what_comes_with_the_new_year(said: str, meant: date) -> None:
    found = DAYS.read(said, today=TODAY, is_answer=True)

    assert found is not None
    assert found.on == meant


FAULTS = {
    "2-30": DayFault.NO_SUCH_DAY,
    "13月1日": DayFault.NO_SUCH_DAY,
    "31号": DayFault.NO_SUCH_DAY,  # November has none
    "2027-02-29": DayFault.NO_SUCH_DAY,
    "0-5": DayFault.NO_SUCH_DAY,
    "11-20": DayFault.PAST,
    "今天": DayFault.PAST,
    "昨天": DayFault.PAST,
    "2020年1月1日": DayFault.PAST,
    "2028-01-01": DayFault.TOO_FAR,
}


@pytest.mark.parametrize(("said", "fault"), FAULTS.items())
def test_a_day_that_cannot_be(said: str, fault: DayFault) -> None:
    with pytest.raises(DayError) as refusal:
        DAYS.read(said, today=TODAY, is_answer=True)

    assert (refusal.value.fault, refusal.value.said) == (fault, said)
    assert said in not_kept(fault, said)


@pytest.mark.parametrize(
    "said",
    [
        "今天灯坏了",
        "住3号楼，要轮椅",
        "3-2-501要个轮椅",
        "要2-3个人",
        "一天比一天冷",
        "13800000001",
        "三天没睡好",
        "随便",
    ],
)
def test_no_day_is_read_out_of_other_words(said: str) -> None:
    assert DAYS.read(said, today=TODAY) is None


INSIDE = {
    "想要一副老花镜 12-31": ("想要一副老花镜", date(2026, 12, 31)),
    "想要一副老花镜，12月31日前，不花钱": ("想要一副老花镜，不花钱", date(2026, 12, 31)),
    "12-31前 想要一副老花镜": ("想要一副老花镜", date(2026, 12, 31)),
    "下周五陪我去医院": ("下周五陪我去医院", date(2026, 11, 27)),
    "月底前送来一副老花镜": ("月底前送来一副老花镜", date(2026, 11, 30)),
}


@pytest.mark.parametrize(("said", "meant"), INSIDE.items())
def test_a_day_that_stands_apart_is_taken_out(said: str, meant: tuple[str, date]) -> None:
    found = DAYS.read(said, today=TODAY)

    assert found is not None
    assert (found.rest, found.on) == meant


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.text(max_size=30))
def test_whatever_is_said_gives_a_day_ahead_or_none(today: date, said: str) -> None:
    try:
        found = DAYS.read(said, today=today, is_answer=True)
    except DayError:
        return
    assert found is None or today < found.on <= today + timedelta(days=366)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 366))
def test_a_whole_date_ahead_is_read_as_it_stands(today: date, ahead: int) -> None:
    on = today + timedelta(days=ahead)

    found = DAYS.read(on.isoformat(), today=today, is_answer=True)

    assert found is not None
    assert (found.on, found.rest) == (on, "")


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 180))
def test_month_and_day_are_the_next_ones(today: date, ahead: int) -> None:
    on = today + timedelta(days=ahead)

    found = DAYS.read(f"{on.month}月{on.day}日", today=today, is_answer=True)

    assert found is not None
    assert found.on == on
