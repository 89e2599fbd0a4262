"""What members may not see is masked; what they need stays."""

import pytest

from handlers.rules import danger, masking
from handlers.texts.reading import DANGER


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("打13800000001找我", "打138****找我"),
        ("138 0000 0001", "138****"),
        ("身份证 110101199003077758 丢了", "身份证 **** 丢了"),
        ("021-55550001", "021****"),
        ("3栋2单元1203灯坏了", "3栋2单元1203灯坏了"),
    ],
)
def test_phones_and_identity_cards(text: str, masked: str) -> None:
    assert masking.phones(text) == masked


@pytest.mark.parametrize(
    ("place", "masked"),
    [("3栋2单元501室", "3栋2单元***室"), ("3-2-501", "3-2-***"), ("东门口", "东门口")],
)
def test_door_numbers(place: str, masked: str) -> None:
    assert masking.door(place) == masked


ROOMS = [
    (
        "阳光小区3栋2单元501水管漏水",
        "阳光小区3栋2单元501",
        "阳光小区3栋2单元",
        "阳光小区3栋2单元***水管漏水",
    ),
    ("3-2-501水管漏水，501", "阳光小区3栋2单元501", "阳光小区3栋2单元", "3-2-***水管漏水，***"),
    ("欠费300元", "阳光小区3栋2单元501", "阳光小区3栋2单元", "欠费300元"),
    ("1501灯坏了", "阳光小区3栋501", "阳光小区3栋", "1501灯坏了"),
    ("菜市场1203摊位", "菜市场1203摊位", "菜市场***摊位", "菜市场***摊位"),
    ("灯坏了", "", "", "灯坏了"),
]


@pytest.mark.parametrize(("text", "place", "shown", "masked"), ROOMS)
def test_rooms_inside_a_matter(text: str, place: str, shown: str, masked: str) -> None:
    assert masking.rooms(text, place, shown) == masked


@pytest.mark.parametrize(
    "text",
    [
        "3栋着火了",
        "厨房漏气了怎么办",
        "有人晕倒在楼下",
        "我被困在电梯里了",
        "救命",
        "上次修过。现在又漏气了",
    ],
)
def test_present_danger(text: str) -> None:
    assert danger.is_present(text, DANGER)


@pytest.mark.parametrize(
    "text",
    [
        "楼道堆杂物有火灾隐患",
        "一旦着火了跑不掉",
        "去年着火了没人管",
        "怕老人晕倒",
        "想学消防演练，着火了怎么跑",
    ],
)
def test_talk_about_danger(text: str) -> None:
    assert not danger.is_present(text, DANGER)
