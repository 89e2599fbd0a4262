"""积分, 积分明细, 积分规则: what a member has, for what, and why."""

import pytest

from handlers.texts import points as texts
from tests.dialogues.points import finish, serve
from tests.factories import World, shown

NOTHING = "您还没有积分。居民确认办好了，积分就自动记上。\n登录、点赞、发消息都不记分。\n[怎么记分]"
RULES = (
    "积分只记居民确认过的服务：\n"
    "上门服务：每小时 1 分，没约时间按 1 小时。一单 0.5 到 2 分，一天最多 4 分\n"
    "实现心愿：2 分，等了 30 天以上的再加 1 分\n"
    "回家日办好一单：当月再加 1 分\n"
    "不能等的事，派出后 15 分钟内接下并办好：再加 1 分\n"
    "见义勇为等专项：最多 10 分，社区两个人同意才算\n"
    "部分解决记一半，没解决就收回。\n"
    "登录、点赞、投票、转发、发消息都不记分，也不能转让。\n"
    "每月 1 日公示上月的，公示 5 个工作日，之后不再变。\n"
    "规则第 1 版，按办好那天的算。\n"
    "[看积分]"
)
EMPTY = {
    "a member without any": ("zhangsan", "积分", NOTHING),
    "a resident": ("wang", "积分", NOTHING),
    "no lines": ("zhangsan", "积分明细", NOTHING),
    "the rules are for everybody": ("wang", "积分规则", RULES),
}


@pytest.mark.parametrize(("who", "said", "answered"), EMPTY.values(), ids=EMPTY.keys())
def test_before_anything_was_confirmed(world: World, who: str, said: str, answered: str) -> None:
    assert shown(world.say(who, said)) == answered


def test_the_balance_is_of_all_of_this_month_and_of_this_year(world: World) -> None:
    serve(world)
    world.later(days=15)
    serve(world, "门坏了")
    assert shown(world.say("zhangsan", "积分")) == (
        "您的积分：2 分\n本月 1 分，今年 2 分\n[看明细] [怎么记分]"
    )
    world.later(days=60)

    assert shown(world.say("zhangsan", "我的积分")).startswith(
        "您的积分：2 分\n本月 0 分，今年 0 分"
    )


def test_each_line_has_its_number_its_reason_and_its_order(world: World) -> None:
    serve(world)
    number = finish(world, "楼道的灯坏了")
    world.say("wang", f"部分解决 {number} 还是暗")
    world.later(days=1)
    world.say("wang", "没解决 1")

    assert shown(world.say("zhangsan", "积分明细")) == (
        "您的积分明细，合计 0.5 分，新的在前：\n"
        "哪一行不对，回“申诉 3 理由”，记分后 7 天内都行。\n"
        "3 行　-1　没解决，收回上门服务（11月21日），#1 阳光小区3栋灯坏了\n"
        "2 行　+0.5　上门服务（11月21日），#2 阳光小区3栋楼道的灯坏了\n"
        "1 行　+1　上门服务（11月21日），#1 阳光小区3栋灯坏了\n"
        "[怎么记分]"
    )


def test_nobody_sees_the_lines_of_others(world: World) -> None:
    serve(world)

    assert shown(world.say("lisi", "积分明细")) == NOTHING
    assert shown(world.say("chenshuji", "积分明细")) == NOTHING


def test_many_lines_come_by_page(world: World) -> None:
    for day in range(24):
        serve(world, f"第{day}盏灯坏了")
        world.later(days=1)

    first = world.say("zhangsan", "积分明细")
    assert first.text.splitlines()[2].startswith("24 行")
    assert [action.label for action in first.actions] == ["更多"]
    assert world.say("zhangsan", "更多").text.splitlines()[-1].startswith("1 行　+1")


AMOUNTS = {0: "0", 100: "1", 50: "0.5", 125: "1.25", -50: "-0.5", -100: "-1", 1000: "10", 5: "0.05"}


@pytest.mark.parametrize(("hundredths", "said"), AMOUNTS.items(), ids=map(str, AMOUNTS))
def test_amounts_have_no_needless_digits(hundredths: int, said: str) -> None:
    assert texts.amount(hundredths) == said
