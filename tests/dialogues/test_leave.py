"""A member goes on leave, comes back early, and is not asked meanwhile."""

import pytest
from sqlalchemy import select

from storage.database import transaction
from storage.models import Leave
from tests.dialogues.scenes import HEAD, MATTER, dispatched, taken
from tests.factories import World, shown

NOTED = "记下了：11月29日到12月3日请假，这几天不主动找您接单。\n提前回来就说“销假”。\n[销假]"
HOW = (
    "这几天都不方便的话，写上日子：“请假 11-29~12-03”，或“请假 明天”“请假 下周”。\n"
    "只是这个月的回家日来不了，回“本月请假”就行。"
)
TAKEABLE = "\n[看看可接的单]"
NOBODY = f"您现在没有请假，可以照常接单。{TAKEABLE}"

LEAVES = {
    "noted, shown back, taken back": [
        ("请假 11-29~12-03", NOTED),
        ("销假", f"好的，11月29日到12月3日的请假取消了。{TAKEABLE}"),
        ("销假", NOBODY),
    ],
    "without a blank, in words": [("请假11月29日到12月3日", NOTED)],
    "one day": [
        (
            "请假 明天",
            "记下了：11月22日请假，这几天不主动找您接单。\n提前回来就说“销假”。\n[销假]",
        )
    ],
    "back today": [
        (
            "请假 3天",
            "记下了：11月21日到11月23日请假，这几天不主动找您接单。\n提前回来就说“销假”。\n[销假]",
        ),
        ("销假", f"好的，已销假，从今天起照常接单。{TAKEABLE}"),
        ("销假", NOBODY),
    ],
    "said again it is the same": [("请假 11-29~12-03", NOTED), ("请假 11-29~12-03", NOTED)],
    "the later word holds": [
        ("请假 11-29~12-03", NOTED),
        (
            "请假 12-01~12-05",
            (
                "记下了：12月1日到12月5日请假，这几天不主动找您接单。\n"
                "原来记的11月29日到12月3日，改成这次的。\n提前回来就说“销假”。\n[销假]"
            ),
        ),
    ],
    "two, one of them taken back by its digit": [
        ("请假 11-29~12-03", NOTED),
        (
            "请假 今天",
            "记下了：11月21日请假，这几天不主动找您接单。\n提前回来就说“销假”。\n[销假]",
        ),
        ("销假", "销哪一段？\n1. 11月21日\n2. 11月29日到12月3日"),
        ("2", f"好的，11月29日到12月3日的请假取消了。{TAKEABLE}"),
        ("销假 11-29", "这几天您没有请假。\n1. 11月21日"),
        ("1", f"好的，已销假，从今天起照常接单。{TAKEABLE}"),
    ],
    "without days both are said": [("请假", HOW)],
    "without days, with what is noted": [
        ("请假 11-29~12-03", NOTED),
        ("请假", f"已经记着的：11月29日到12月3日。\n{HOW}\n[销假]"),
    ],
    "other words may be a matter": [("请假的保安没人顶替", f"{HOW}\n[这是要报的事]")],
    "backwards": [
        (
            "请假 12-03~11-29",
            (
                "“12-03~11-29”前后颠倒了，什么也没有记。"
                "先写哪天开始，再写哪天结束，比如“请假 11-29~12-03”。"
            ),
        ),
        ("销假", NOBODY),
    ],
    "past": [
        (
            "请假 11-18~11-20",
            "“11-18~11-20”已经过去了，不用再请。要请今天以后的，比如“请假 11-29~12-03”。",
        ),
        ("销假", NOBODY),
    ],
    "no such day": [
        (
            "请假 11-29~11-31",
            "日历上没有“11-29~11-31”，什么也没有记。请再写一遍，比如“请假 11-29~12-03”。",
        ),
        ("销假", NOBODY),
    ],
    "too long": [
        ("请假 90天", "“90天”超过 60 天了，什么也没有记。请先请 60 天，到时候再续。"),
        ("销假", NOBODY),
    ],
    "too far": [("请假 2028-11-29", "“2028-11-29”太远了，什么也没有记。请写一年以内的日子。")],
}


@pytest.mark.parametrize("dialogue", LEAVES.values(), ids=LEAVES)
def test_leave(world: World, dialogue: list[tuple[str, str]]) -> None:
    for said, answered in dialogue:
        assert shown(world.say("zhangsan", said)) == answered


def test_a_live_order_is_named_and_can_be_given_back(world: World) -> None:
    taken(world)
    assert shown(world.say("zhangsan", "请假 明天")) == (
        "记下了：11月22日请假，这几天不主动找您接单。\n提前回来就说“销假”。\n"
        f"您手上还有：\n{HEAD}\n去不了就退单，换人去，居民那边我来说。\n[退单 #1] [销假]"
    )
    assert world.say("zhangsan", "退单 1 请假了").text == "好的，#1 换人来办。谢谢您说一声。"


def test_who_is_on_leave_is_not_offered_work_until_back(world: World) -> None:
    world.say("zhangsan", "请假 今天")
    world.say("lisi", "请假 明天")
    dispatched(world)
    assert world.news_of("张三") == []
    assert len(world.news_of("李四")) == 1

    world.say("zhangsan", "销假")
    second = world.report("li", MATTER)
    world.say("chenshuji", f"派单 {second} 全体")
    assert len(world.news_of("张三")) == 1


def test_a_leave_that_ran_stays_on_record_up_to_the_day_before(world: World) -> None:
    world.say("zhangsan", "请假 3天")
    world.later(days=2)
    assert shown(world.say("zhangsan", "销假")) == f"好的，已销假，从今天起照常接单。{TAKEABLE}"
    with transaction(world.engine) as session:
        (kept,) = session.execute(select(Leave.starts_on, Leave.ends_on)).all()
    assert [f"{day:%m-%d}" for day in kept] == ["11-21", "11-22"]


def test_a_resident_who_says_so_is_no_member(world: World) -> None:
    assert shown(world.say("wang", "请假")).startswith("这项要党员或支部来办。")
    assert "请假的保安没人顶替" in shown(world.say("wang", "请假的保安没人顶替"))
