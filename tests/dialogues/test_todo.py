"""Forty orders on Monday morning stay readable: three first, the rest by page, state, building."""

import re

import pytest

from handlers.messages import Reply
from tests.factories import World, shown


def _place(world: World, number: int, building: int) -> None:
    resident = f"r{number}"
    world.say(resident, f"报事 阳光小区{building}栋第{number}盏灯坏了")
    world.say(resident, "1")


def _numbers(reply: Reply) -> list[int]:
    return [int(found[1]) for a in reply.menu if (found := re.match(r"#(\d+) ", a.label))]


@pytest.fixture
def monday(world: World) -> World:
    """Forty open orders: one sent back, some dispatched, one taken, one late."""
    for number in range(1, 41):
        _place(world, number, number % 3 + 1)
        world.later(minutes=1)
    for number in range(1, 9):
        world.say("chenshuji", f"派单 {number} 张三")
    world.say("zhangsan", "接单 1")
    world.say("zhangsan", "接单 2")
    world.say("zhangsan", "完成 2")
    return world


def test_the_first_screen_shows_three_and_the_ways_on(monday: World) -> None:
    assert shown(monday.say("chenshuji", "待办")) == (
        "手上的单：待派单 32，待接单 6，已接单 1，待确认 1。\n"
        "先看这些：\n"
        "1. #9 阳光小区1栋第9盏灯坏了 · 待派单 · 刚刚\n"
        "2. #10 阳光小区2栋第10盏灯坏了 · 待派单 · 刚刚\n"
        "3. #11 阳光小区3栋第11盏灯坏了 · 待派单 · 刚刚\n"
        "4. 看全部 40 件\n"
        "5. 只看待派单（32）\n"
        "6. 只看待接单（6）\n"
        "7. 只看已接单（1）\n"
        "8. 只看待确认（1）\n"
        "9. 按楼栋看"
    )


def test_pages_are_turned_by_digit_and_show_every_order_once(monday: World) -> None:
    monday.say("chenshuji", "待办")
    page = monday.say("chenshuji", "4")
    seen = _numbers(page)
    assert page.text == "全部 40 件（第 1 页，共 5 页）："
    while page.menu[-1].label == "下一页":
        page = monday.say("chenshuji", str(len(page.menu)))
        seen += _numbers(page)

    assert sorted(seen) == list(range(1, 41))


def test_a_state_and_a_building_filter_the_list(monday: World) -> None:
    assert _numbers(monday.say("chenshuji", "待办 待接单")) == [3, 4, 5, 6, 7, 8]
    buildings = monday.say("chenshuji", "待办 楼栋")
    assert [action.label for action in buildings.menu] == [
        "阳光小区2栋（14）",
        "阳光小区1栋（13）",
        "阳光小区3栋（13）",
    ]
    assert monday.say("chenshuji", "1").text == "阳光小区2栋 14 件（第 1 页，共 2 页）："
    assert _numbers(monday.say("chenshuji", "待办 3栋"))[:2] == [11, 14]
    assert shown(monday.say("chenshuji", "待办 9栋")) == "“9栋”下面没有等着办的单。\n[待办]"


def test_a_broken_promise_and_what_came_back_come_first(monday: World) -> None:
    monday.say("r2", "没解决 2")
    assert _numbers(monday.say("liuzhuren", "待办"))[0] == 2

    monday.later(days=8)
    _place(monday, 41, 1)
    last = monday.say("liuzhuren", "待办 全部 第6")
    assert _numbers(last)[-1] == 41


def test_a_digit_on_an_order_asks_whom_to_send(monday: World) -> None:
    monday.say("chenshuji", "待办")

    assert monday.say("chenshuji", "1").text == "#9 阳光小区1栋第9盏灯坏了\n派给谁？"


def test_the_other_branch_sees_none_of_it(monday: World) -> None:
    assert shown(monday.say("sunshuji", "待办")) == "现在没有等您处理的单。"
