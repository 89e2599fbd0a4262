"""自办: the secretary, or a steward at the place, does it without sending for anybody."""

import pytest

from storage.vocabulary import AssignmentStatus, OrderStatus, Role
from tests.dialogues import records, scenes
from tests.factories import World, shown

HANDLED = (
    "#1 由您来办。请尽快联系，办好后回“完成 1”。\n"
    "地点：阳光小区3栋2单元\n"
    "联系：王阿姨 13800000001\n"
    "最晚：11月28日12点\n"
    "[办好了] [撤销]"
)
NOT_FOUND = "没有找到这个编号的单子，请核对一下号码。"
NOT_ALLOWED = "这项要由支部或社区的工作人员来办。\n[我要报事] [查进度] [看看可接的单]"

DIALOGUES = {
    "from the desk to the resident's word": [
        ("chenshuji", "自办 1", HANDLED),
        ("chenshuji", "完成 1 换了灯泡", "辛苦了。已请居民确认 #1，有回音就告诉您。"),
        ("wang", "确认 1", None),
        ("chenshuji", "自办 1", "#1 现在是“已办结（已解决）”，这一步暂时用不上。\n[看 #1 进度]"),
    ],
    "without its number, when only one is free": [
        ("chenshuji", "自办", HANDLED),
        ("chenshuji", "自办", "现在没有您可以自己办的单。"),
        ("chenshuji", "自办 1", "这张单已经在您手上。"),
    ],
    "by the community above the branch": [("liuzhuren", "自办 1", HANDLED)],
    "not by a member": [("zhangsan", "自办 1", NOT_ALLOWED)],
    "not by another branch": [("sunshuji", "自办 1", NOT_FOUND)],
    "not while somebody has it": [
        ("chenshuji", "派单 1 张三", None),
        ("zhangsan", "接单 1", None),
        (
            "chenshuji",
            "自办 1",
            "#1 已由张三接单，正在办。先收回，再自办。\n[收回] [看 #1 进度]",
        ),
    ],
}


@pytest.mark.parametrize("dialogue", DIALOGUES.values(), ids=DIALOGUES.keys())
def test_the_desk_does_it(world: World, dialogue: list[tuple[str, str, str | None]]) -> None:
    scenes.placed(world)
    for sender, said, answered in dialogue:
        reply = shown(world.say(sender, said))
        assert answered is None or reply == answered


def test_the_resident_reads_who_comes_and_who_says_it_is_done(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "自办 1")
    world.say("chenshuji", "完成 1")

    assert scenes.news(world, "wang") == [
        "陈书记（第一支部书记）已接下 #1，会来办这件事。",
        "陈书记（第一支部书记）说办好了。\n#1 真的解决了吗？",
    ]


def test_those_who_were_asked_are_not_needed_any_more(world: World) -> None:
    scenes.dispatched(world)
    world.say("chenshuji", "自办 1")

    *offered, own = records.assignments(world)
    assert {status for _, status in offered} == {AssignmentStatus.REVOKED}
    assert own == (world.people["陈书记"], AssignmentStatus.ACCEPTED)
    late = world.press("lisi", "接单 1")
    assert late.card_note == "已由陈书记接单"


def test_nobody_handles_what_they_reported_themselves(world: World) -> None:
    scenes.placed(world, "chenshuji")

    assert shown(world.say("chenshuji", "自办 1")) == "这是您自己报的事，要由别人来接。"
    assert shown(world.say("chenshuji", "自办")) == "现在没有您可以自己办的单。"


def test_who_did_not_solve_it_does_not_get_it_back(world: World) -> None:
    scenes.placed(world)
    world.say("liuzhuren", "自办 1")
    world.say("liuzhuren", "完成 1")
    world.say("wang", "没解决 1")

    assert shown(world.say("liuzhuren", "自办 1")) == (
        "这张单您办过，居民说没解决，这次换一位来办。"
    )


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (Role.BUILDING_HEAD, "e1-3"),
        (Role.UNIT_STEWARD, "e1-3-2"),
        (Role.GRID_WORKER, "e1"),
    ],
)
def test_a_steward_does_what_lies_at_their_door(world: World, role: Role, code: str) -> None:
    records.appoint(world, "赵敏", role, code)
    scenes.placed(world)

    assert shown(world.say("zhaomin", "自办")) == HANDLED
    assert scenes.order(world).status is OrderStatus.TAKEN


STEWARDS = {
    "not at another door": ("e1-1", ["派单 1 全体"], NOT_ALLOWED.split("\n", maxsplit=1)[0]),
    "not what was given to somebody by name": (
        "e1-3",
        ["派单 1 张三"],
        "#1 支部已经指定了人来办，您不用接。",
    ),
    "but what was given to all": ("e1-3", ["派单 1 全体"], HANDLED),
    "and what was given to themselves": ("e1-3", ["派单 1 赵敏"], HANDLED),
}


@pytest.mark.parametrize(("code", "before", "answered"), STEWARDS.values(), ids=STEWARDS.keys())
def test_a_steward_does_not_go_over_the_desk(
    world: World, code: str, before: list[str], answered: str
) -> None:
    records.appoint(world, "赵敏", Role.BUILDING_HEAD, code)
    scenes.placed(world)
    for said in before:
        world.say("chenshuji", said)

    assert shown(world.say("zhaomin", "自办 1")) == answered


def test_what_went_a_level_higher_is_not_for_stewards(world: World) -> None:
    records.appoint(world, "赵敏", Role.BUILDING_HEAD, "e1-3")
    scenes.done(world)
    world.say("wang", "没解决 1")

    assert shown(world.say("zhaomin", "自办")) == "现在没有您可以自己办的单。"
    assert shown(world.say("zhaomin", "自办 1")) == NOT_ALLOWED.split("\n", maxsplit=1)[0]


def test_who_has_come_already_comes_along(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "派单 1 全体 3人")
    world.say("lisi", "接单 1")

    world.say("chenshuji", "自办 1")

    stored = scenes.order(world)
    assert (stored.status, stored.seats) == (OrderStatus.TAKEN, 2)
    assert records.live(world) == [
        (world.people["陈书记"], AssignmentStatus.ACCEPTED),
        (world.people["李四"], AssignmentStatus.ACCEPTED),
    ]
    assert scenes.news(world, "李四")[-1] == "#1 人定了：李四、陈书记。一起去办就行。"


def test_a_second_seat_is_given_back_when_the_desk_undoes_it(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "派单 1 全体 3人")
    world.say("lisi", "接单 1")
    world.later(minutes=1)
    world.say("chenshuji", "自办 1")

    assert shown(world.say("chenshuji", "撤销")) == (
        "已撤销“自办”，#1 回到“待接单”。\n[收回] [看 #1 进度]"
    )
    stored = scenes.order(world)
    assert (stored.status, stored.seats) == (OrderStatus.DISPATCHED, 3)
    assert shown(world.say("zhangsan", "接单 1")).startswith("您已接下#1")
    assert [status for _, status in records.live(world)].count(AssignmentStatus.ACCEPTED) == 2
