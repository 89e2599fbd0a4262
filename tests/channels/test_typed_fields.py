"""Whatever is said, a typed field takes it: checked with the limits and with the stand-in's own."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.cutting import units
from bot.channels.typed_fields import filled, fitted
from bot.sandbox.templates import PrivateTemplate
from handlers.rules.template_fields import LISTED, FieldType
from handlers.texts.templates import FILLERS

TYPED = sorted(set(FieldType) - LISTED)
MADE_UP = sorted(set(TYPED) - {FieldType.TIME, FieldType.DATE})
WHEN = "2026年11月21日 17:30"

tricky = st.sampled_from(
    [
        "#12 楼道灯坏了",
        "张三（3栋党员）",
        "张三 13800000001",
        "１２３号",
        "😀" * 30,
        "👨\u200d👩\u200d👧" * 9,
        "<a href='x'>",
        "a\nb",
        "\ud800",
        "٣٤",
        "12:30",
        "2026年13月45日 25:61",
        WHEN,
        "¥12345678901.50元",
        "0571-88880000",
        "浙A·12345",
        "Zhang San-Feng the Second of His Name",
        "9" * 40,
    ]
)
texts = st.lists(st.one_of(st.text(st.characters()), tricky), max_size=4).map("".join)


def taken(kind: FieldType, value: str) -> bool:
    """Ask the sandbox's validator, written by other hands from the same contract."""
    key = f"{kind}1"
    template = PrivateTemplate("id", "t", "", "", f"标签:{{{{{key}.DATA}}}}", "")
    return template.fault({key: value}) is None


@pytest.mark.parametrize("kind", TYPED)
@given(value=texts)
def test_any_text_in_any_type_is_taken_or_left_out(kind: FieldType, value: str) -> None:
    said = fitted(kind, value)
    assert said == "" or taken(kind, said), said
    assert units(said) <= 32


@pytest.mark.parametrize("kind", MADE_UP)
@given(values=st.lists(texts, max_size=3))
def test_a_field_is_never_empty(kind: FieldType, values: list[str]) -> None:
    assert taken(kind, filled(kind, values))


def test_every_type_has_a_filler_or_cannot_be_made_up() -> None:
    assert set(FILLERS) == set(MADE_UP)
    assert [kind for kind in MADE_UP if not taken(kind, FILLERS[kind])] == []


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("thing", "#12 楼道灯\n坏了", "#12 楼道灯 坏了"),
        ("thing", "一" * 20, "一" * 20),
        ("thing", "一" * 21, "一" * 19 + "…"),
        ("thing", "😀" * 11, "😀" * 9 + "…"),
        ("short_thing", "楼道灯坏了两天", "楼道灯坏…"),
        ("number", "#12", "12"),
        ("number", "共１２.５元", "12.5"),
        ("number", "9" * 33, ""),
        ("letter", "B 3 栋b", "Bb"),
        ("symbol", "a*#", "*#"),
        ("character_string", "#12 楼道灯", "#12"),
        ("character_string", "<a>b", "a>b"),
        ("character_string", "a" * 33, "a" * 32),
        ("time", "17:30", "17:30"),
        ("time", WHEN, WHEN),
        ("time", "9:00~11:00", "9:00~11:00"),
        ("time", "明天下午", ""),
        ("time", "2026年11月21日", ""),
        ("date", "2026年11月21日", "2026年11月21日"),
        ("date", "17:30", ""),
        ("amount", "￥50", "¥50"),
        ("amount", "50元", "50元"),
        ("amount", "五十", ""),
        ("amount", "12345678901", ""),
        ("phone_number", "张三 138-0000-0001", "138-0000-0001"),
        ("phone_number", "1" * 18, ""),
        ("phone_number", "没有", ""),
        ("car_number", "浙a·12345", "浙A12345"),
        ("car_number", "浙AD12345", "浙AD12345"),
        ("car_number", "自行车", ""),
        ("name", "张三（3栋党员）", "张三"),
        ("name", "阿依古丽·买买提", "阿依古丽买买提"),
        ("name", "Anna-Maria 3", "Anna-Maria"),
        ("name", "张" * 11, "张" * 10),
        ("phrase", "已接单", "已接单"),
        ("phrase", "已办结（部分解决）", "已办结"),
        ("phrase", "ok", ""),
        ("const", "已登记", "已登记"),
    ],
)
def test_a_type_says_what_it_can(kind: str, value: str, said: str) -> None:
    assert fitted(FieldType(kind), value) == said


def test_the_first_value_that_says_something_fills_a_field() -> None:
    assert filled(FieldType.PHRASE, ["12", "已接单", "待派单"]) == "已接单"
    assert filled(FieldType.PHONE_NUMBER, ["没有"]) == FILLERS[FieldType.PHONE_NUMBER]


def test_no_filler_is_a_persons_phone() -> None:
    assert not any(re.search(r"1\d{10}", filler) for filler in FILLERS.values())
