"""收回: the order comes back to the desk, whoever was asked or has it (DESIGN.md 7.6)."""

import pytest

from storage.vocabulary import AssignmentStatus, OrderStatus
from tests.dialogues import records, scenes
from tests.dialogues.scenes import HEAD
from tests.factories import World, shown

DESK = "[派单] [自己来办] [撤销]"

OFFERED = {
    "from those who were asked": [
        ("chenshuji", "收回 1", f"#1 已收回，现在待派单。\n{DESK}"),
        ("chenshuji", "收回 1", "#1 现在是“待派单”，这一步暂时用不上。\n[看 #1 进度]"),
        (
            "zhangsan",
            "接单 1",
            "#1 支部还没有派出来，派了再接。\n现在没有别的单可接。",
        ),
    ],
    "without its number, when only one is out": [
        ("chenshuji", "收回", f"#1 已收回，现在待派单。\n{DESK}"),
        ("chenshuji", "收回", "现在没有派出去的单，不用收回。"),
    ],
    "by the community above the branch": [
        ("liuzhuren", "收回 1", f"#1 已收回，现在待派单。\n{DESK}"),
    ],
    "by nobody else": [
        (
            "zhangsan",
            "收回 1",
            "这项要由支部或社区的工作人员来办。\n[我要报事] [查进度] [看看可接的单]",
        ),
        ("sunshuji", "收回 1", "没有找到这个编号的单子，请核对一下号码。"),
        (
            "wang",
            "收回 1",
            "这项要党员或支部来办。您是党员的话，请先发“认证 姓名 手机号”。\n[我要报事] [查进度]",
        ),
    ],
}


@pytest.mark.parametrize("dialogue", OFFERED.values(), ids=OFFERED.keys())
def test_an_offered_order_is_taken_back(world: World, dialogue: list[tuple[str, str, str]]) -> None:
    scenes.dispatched(world)
    for sender, said, answered in dialogue:
        assert shown(world.say(sender, said)) == answered


def test_nobody_is_disturbed_when_only_offers_are_taken_back(world: World) -> None:
    scenes.dispatched(world)
    before = len(world.news_of("张三"))

    world.say("chenshuji", "收回 1")

    assert world.news_of("张三")[before:] == []
    assert world.news_for(world.person_behind("wang")) == []
    assert {status for _, status in records.assignments(world)} == {AssignmentStatus.REVOKED}


def test_the_holder_and_the_resident_are_told_and_another_may_come(world: World) -> None:
    scenes.taken(world)

    answered = world.say("chenshuji", "收回 1 张三去外地了")

    assert shown(answered) == f"#1 已从张三手上收回，现在待派单。\n{DESK}"
    assert scenes.news(world, "张三")[-1] == (
        "支部把 #1 收回了，您不用再办。\n原因：张三去外地了\n谢谢您接下过这件事。"
    )
    assert scenes.news(world, "wang")[-1] == "#1 换人来办，定了谁来马上告诉您。"
    assert shown(world.say("zhangsan", "完成 1")) == "这张单不在您手上，不能由您办结。"
    world.say("chenshuji", "派单 1 李四")
    assert shown(world.say("lisi", "接单 1")).startswith(f"您已接下{HEAD}。")


def test_whoever_lost_it_may_be_sent_again(world: World) -> None:
    scenes.taken(world)
    world.say("chenshuji", "收回 1")

    world.say("chenshuji", "派单 1 张三")

    assert shown(world.say("zhangsan", "接单 1")).startswith(f"您已接下{HEAD}。")


def test_the_reason_stays_between_the_branch_and_the_member(world: World) -> None:
    scenes.taken(world)
    world.say("chenshuji", "收回 1 张三去外地了")

    assert "去外地" not in shown(world.say("wang", "进度 1 经过"))
    assert "去外地" in shown(world.say("chenshuji", "进度 1 经过"))


def test_what_waits_for_the_resident_is_not_taken_back(world: World) -> None:
    scenes.done(world)

    answered = world.say("chenshuji", "收回 1")

    assert shown(answered) == "#1 现在是“待确认”，这一步暂时用不上。\n[看 #1 进度]"
    assert scenes.order(world).status is OrderStatus.DONE


def test_several_that_are_out_make_a_list(world: World) -> None:
    scenes.dispatched(world)
    scenes.placed(world, "li")
    world.say("chenshuji", "派单 2 全体")

    assert shown(world.say("chenshuji", "收回")) == (
        "您说的是哪一件？\n1. #1 阳光小区3栋2单元楼道灯坏了\n2. #2 阳光小区3栋2单元楼道灯坏了"
    )
    assert shown(world.say("chenshuji", "2")).startswith("#2 已收回")


def test_a_tap_on_an_old_card_says_what_is_true(world: World) -> None:
    scenes.dispatched(world)
    world.say("chenshuji", "收回 1")

    tapped = world.press("lisi", "接单 1")

    assert (tapped.text, tapped.card_note) == ("", "待派单")
