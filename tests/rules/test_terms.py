"""How many people, and when: what a secretary types behind an order's number."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.terms import MOST_SEATS, Fault, Span, Terms, TermsError
from handlers.texts.dispatch import TERMS, repeated

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)  # a Saturday

READ = {
    "张三": ("张三", None, ""),
    "张三、李四 0001": ("张三、李四 0001", None, ""),
    "周一鸣": ("周一鸣", None, ""),
    "王三 三人": ("王三", 3, ""),
    "3人": ("", 3, ""),
    "全体 3人": ("全体", 3, ""),
    "全体，三个人": ("全体,", 3, ""),
    "李四 两位 明天下午2点到4点半": ("李四", 2, "22 14:00-22 16:30"),
    "张三 明天14点到16点": ("张三", None, "22 14:00-22 16:00"),
    "明天14点到16点 张三": ("张三", None, "22 14:00-22 16:00"),
    "张三 11月23日14:00-16:00": ("张三", None, "23 14:00-23 16:00"),
    "张三 11月23日14：00－16：00": ("张三", None, "23 14:00-23 16:00"),
    "张三 11-23 14:00~16:00": ("张三", None, "23 14:00-23 16:00"),
    "李四 23号 14-16点": ("李四", None, "23 14:00-23 16:00"),
    "李四 2点到4点": ("李四", None, "21 14:00-21 16:00"),
    "张三今晚7点到9点": ("张三", None, "21 19:00-21 21:00"),
    "张三 明早八点到九点": ("张三", None, "22 08:00-22 09:00"),
    "张三 明天上午10点到2点": ("张三", None, "22 10:00-22 14:00"),
    "张三 晚上10点到12点": ("张三", None, "21 22:00-22 00:00"),
    "张三 明天中午12点到1点": ("张三", None, "22 12:00-22 13:00"),
    "张三 后天两点一刻到三点三刻": ("张三", None, "23 14:15-23 15:45"),
    "张三 下周三上午九点到十一点": ("张三", None, "25 09:00-25 11:00"),
    "周八 周六下午3点": ("周八", None, "21 15:00-21 16:00"),
    "张三 0001 明天14点": ("张三 0001", None, "22 14:00-22 15:00"),
    "张三 1号 9点-10点": ("张三", None, "01 09:00-01 10:00"),
}

ASKED_BACK = {
    "张三 2月30日14点到16点": Fault.NO_SUCH_DAY,
    "张三 13月1日14点": Fault.NO_SUCH_DAY,
    "张三 25点到26点": Fault.NO_SUCH_HOUR,
    "张三 14:75": Fault.NO_SUCH_HOUR,
    "张三 晚上1点": Fault.NO_SUCH_HOUR,
    "张三 明天": Fault.NO_HOUR,
    "张三 下周一": Fault.NO_HOUR,
    "张三 11月20日14点到16点": Fault.PAST,
    "张三 9点到11点": Fault.PAST,
    "张三 12点到13点": Fault.PAST,
    "张三 16点到14点": Fault.BACKWARDS,
    "0人": Fault.SEATS,
    "全体 99人": Fault.SEATS,
}


@pytest.mark.parametrize(("said", "meant"), READ.items(), ids=READ.keys())
def test_what_is_read(said: str, meant: tuple[str, int | None, str]) -> None:
    terms = TERMS.read(said, now=NOW)

    span = terms.span
    written = f"{span.starts_at:%d %H:%M}-{span.ends_at:%d %H:%M}" if span else ""
    assert (terms.rest, terms.seats, written) == meant


@pytest.mark.parametrize(("said", "fault"), ASKED_BACK.items(), ids=ASKED_BACK.keys())
def test_what_cannot_be_is_asked_back(said: str, fault: Fault) -> None:
    with pytest.raises(TermsError) as refusal:
        TERMS.read(said, now=NOW)

    assert refusal.value.fault is fault


def test_a_month_that_is_long_gone_is_next_year() -> None:
    terms = TERMS.read("1月5日10点到12点", now=NOW)

    assert terms.span is not None
    assert terms.span.starts_at == datetime(2027, 1, 5, 10, 0, tzinfo=SHANGHAI)


@given(
    st.datetimes(datetime(2026, 11, 22), datetime(2027, 4, 1)),  # noqa: DTZ001 (bounds have no zone)
    st.integers(min_value=1, max_value=600),
    st.none() | st.integers(min_value=2, max_value=20),
)
def test_terms_that_are_said_again_are_read_as_the_same(
    begin: datetime, minutes: int, seats: int | None
) -> None:
    starts_at = begin.replace(second=0, microsecond=0, tzinfo=SHANGHAI)
    midnight = starts_at.replace(hour=0, minute=0).timestamp() + 24 * 3600
    ends_at = datetime.fromtimestamp(
        min(starts_at.timestamp() + 60 * minutes, midnight), tz=SHANGHAI
    )
    span = Span(starts_at, ends_at)

    again = TERMS.read(" ".join(["张三", *repeated(seats, span)]), now=NOW)

    assert again == Terms("张三", seats, span)


@given(
    st.text(max_size=40)
    | st.text("张三明天下午0123456789点月日号:：-到半刻人 周一十两", max_size=20)
)
def test_whatever_is_said_is_read_or_asked_back(said: str) -> None:
    try:
        terms = TERMS.read(said, now=NOW)
    except TermsError:
        return
    assert terms.seats is None or 1 <= terms.seats <= MOST_SEATS
    assert terms.span is None or NOW < terms.span.starts_at < terms.span.ends_at
