"""退回: what cannot be done is refused with a reason, and takes one 没解决 (DESIGN.md 7.7)."""

import pytest

from storage.vocabulary import OrderAction, OrderStatus
from tests.dialogues import records, scenes
from tests.dialogues.scenes import HEAD
from tests.factories import World, shown

ASK = f"{HEAD}\n为什么办不了？这句话会原样告诉居民，请说得明白、和气些。"
REFUSED = "#1 已退回，理由已经去告诉居民。居民不同意的话，由近邻社区再看一次。\n[撤销]"
TOLD = (
    "第一支部看过了 #1，这件事办不了：这是开发商的事\n"
    "您觉得还该办，就回“没解决 1”，由近邻社区再看一次。"
)

DESK = {
    "the reason may follow the number": [("退回 1 这是开发商的事", REFUSED)],
    "the reason is asked for": [
        ("退回 1", ASK),
        ("……", f"请用一句话说说为什么办不了。\n{ASK}"),
        ("这是开发商的事", REFUSED),
    ],
    "nothing happens without one": [
        ("退回 1", ASK),
        ("取消", "好的，已取消，什么也没有提交。"),
        ("退回", ASK),
    ],
    "what was given out comes back first": [
        ("派单 1 张三", "#1 已发给张三，等对方接单。\n[看 #1 进度]"),
        ("退回 1", "#1 已经派出去，正在等人接单。先收回，再退回。\n[收回] [看 #1 进度]"),
        ("退回", "现在没有待派单的单，不用退回。"),
    ],
    "also while a question waits": [
        (
            "退补 1 是几楼的灯",
            "已经去问居民。回话以后 #1 回到待派单，三天没有回话就先放下。\n[撤销] [看 #1 进度]",
        ),
        ("退回 1 这是开发商的事", REFUSED),
    ],
    "only once": [
        ("退回 1 这是开发商的事", REFUSED),
        ("退回 1 再说一遍", "#1 现在是“不受理”，这一步暂时用不上。\n[看 #1 进度]"),
    ],
}


@pytest.mark.parametrize("dialogue", DESK.values(), ids=DESK.keys())
def test_the_secretary_refuses(world: World, dialogue: list[tuple[str, str]]) -> None:
    scenes.placed(world)
    for said, answered in dialogue:
        assert shown(world.say("chenshuji", said)) == answered


def test_the_resident_reads_why_and_what_is_open_to_them(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "退回 1 这是开发商的事")

    assert scenes.news(world, "wang") == [TOLD]
    assert shown(world.say("wang", "进度 1")) == (
        f"{HEAD}\n现在：不受理\n地点：阳光小区3栋2单元\n最晚：11月28日12点\n"
        "为什么：这是开发商的事\n[请再看一次] [经过]"
    )


def test_a_refusal_is_looked_at_once_more_one_level_higher_and_only_once(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "退回 1 这是开发商的事")
    world.later(hours=26)

    assert shown(world.say("wang", "没解决 灯一直黑着")) == (
        "知道了，#1 由近邻社区再看一次。\n最晚11月29日14点前给您办好或说清楚。"
    )
    assert scenes.news(world, "刘主任") == ["居民不同意退回：灯一直黑着\n请再看一次，能办就派人。"]
    again = scenes.order(world)
    assert (again.status, again.branch_id) == (
        OrderStatus.SUBMITTED,
        world.organisations["c1"],
    )
    assert shown(world.say("chenshuji", "退回 1 还是办不了")) == (
        "没有找到这个编号的单子，请核对一下号码。"
    )
    assert shown(world.say("liuzhuren", "退回 1 开发商已经答应来修")) == (
        "#1 已退回，理由已经去告诉居民。\n[撤销]"
    )
    assert scenes.news(world, "wang")[-1] == (
        "近邻社区看过了 #1，这件事办不了：开发商已经答应来修\n有别的事，直接发给我就行。"
    )
    assert shown(world.say("wang", "没解决 1")) == (
        "#1 已经再看过一次，还是办不了。有别的事，直接发给我就行。"
    )
    assert shown(world.say("wang", "补充 1 还是黑的")) == (
        "#1 现在是“不受理”，补充不进去了。有别的事直接发给我就行。\n[我要报事]"
    )
    assert records.steps(world).count(OrderAction.APPEAL) == 1


def test_what_is_looked_at_once_more_can_be_done(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "退回 1 这是开发商的事")
    world.say("wang", "没解决 1")

    world.say("liuzhuren", "派单 1 张三")

    assert shown(world.say("zhangsan", "接单 1")).startswith(f"您已接下{HEAD}。")


def test_a_refused_question_waits_no_more(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "退补 1 是几楼的灯")
    world.say("chenshuji", "退回 1 这是开发商的事")
    world.later(hours=80)
    scenes.fire(world)

    assert scenes.order(world).status is OrderStatus.REJECTED
    assert "您这句是回答吗" not in shown(world.say("wang", "五楼的"))


def test_nobody_else_objects(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "退回 1 这是开发商的事")

    assert shown(world.say("li", "没解决 1")) == "没有找到这个编号的单子，请核对一下号码。"
