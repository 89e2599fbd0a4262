"""撤销: one's own last step, within ten minutes, if nothing has come of it."""

import pytest
from sqlalchemy import select

from storage.database import transaction
from storage.models import Timer
from storage.vocabulary import AssignmentStatus, OrderAction, OrderStatus, Role, TimerKind
from tests.dialogues import records, scenes
from tests.factories import World, shown

DESK = "[派单] [自己来办] [看 #1 进度]"

UNDONE = {
    "派单": (scenes.placed, "派单 1 全体", "派单", f"待派单”。\n{DESK}"),
    "派单 a second time": (
        scenes.dispatched,
        "派单 1 张三",
        "派单",
        "待接单”。\n[收回] [看 #1 进度]",
    ),
    "收回 of offers": (
        scenes.dispatched,
        "收回 1",
        "收回",
        "待接单”。\n[收回] [看 #1 进度]",
    ),
    "收回 from a holder": (
        scenes.taken,
        "收回 1",
        "收回",
        "已接单”。\n[收回] [看 #1 进度]",
    ),
    "自办": (scenes.placed, "自办 1", "自办", f"待派单”。\n{DESK}"),
    "自办 of what was offered": (
        scenes.dispatched,
        "自办 1",
        "自办",
        "待接单”。\n[收回] [看 #1 进度]",
    ),
    "退补": (scenes.placed, "退补 1 是几楼的灯", "退补", f"待派单”。\n{DESK}"),
    "退回": (scenes.placed, "退回 1 这是开发商的事", "退回", f"待派单”。\n{DESK}"),
}


@pytest.mark.parametrize(("scene", "said", "word", "state"), UNDONE.values(), ids=UNDONE.keys())
def test_the_secretary_takes_a_step_back(
    world: World, scene: records.Scene, said: str, word: str, state: str
) -> None:
    scene(world)
    before, offers = scenes.order(world), records.live(world)
    world.later(minutes=1)
    world.say("chenshuji", said)
    world.later(minutes=9)

    assert shown(world.say("chenshuji", "撤销")) == f"已撤销“{word}”，#1 回到“{state}"

    after = scenes.order(world)
    assert (after.status, after.dispatch_mode, after.branch_id, after.closed_at) == (
        before.status,
        before.dispatch_mode,
        before.branch_id,
        before.closed_at,
    )
    assert records.live(world) == offers
    assert records.steps(world)[-1] is OrderAction.UNDO


def test_the_holder_takes_back_that_it_is_done(world: World) -> None:
    scenes.taken(world)
    world.later(minutes=1)
    world.say("zhangsan", "完成 1")
    records.deliver(world)

    assert shown(world.say("zhangsan", "撤销")) == (
        "已撤销“完成”，#1 回到“已接单”。\n[办好了] [看 #1 进度]"
    )
    assert scenes.news(world, "wang")[-1] == (
        "刚才张三说 #1 办好了是点错了，还在办。办好再请您确认。"
    )
    assert shown(world.say("wang", "确认 1")) == "#1 已由张三接单，正在办。\n[看 #1 进度]"
    assert shown(world.say("zhangsan", "完成 1")) == "辛苦了。已请居民确认 #1，有回音就告诉您。"


REFUSED = {
    "nothing was done": ([], "chenshuji", "十分钟里没有可以撤销的事。\n[查进度]"),
    "somebody has taken it": (
        [("chenshuji", "派单 1 张三"), ("zhangsan", "接单 1")],
        "chenshuji",
        "#1 已由张三接单，正在办。后面已经有了进展，撤销不了。\n[收回] [看 #1 进度]",
    ),
    "the resident has answered": (
        [("chenshuji", "退补 1 是几楼的灯"), ("wang", "补充 1 五楼的")],
        "chenshuji",
        f"#1 现在是“待派单”。后面已经有了进展，撤销不了。\n{DESK}",
    ),
    "it was undone already": (
        [("chenshuji", "派单 1 张三"), ("chenshuji", "撤销")],
        "chenshuji",
        f"刚才那一步已经撤销了，再往前的撤销不了。\n{DESK}",
    ),
    "taking has a word of its own": (
        [("chenshuji", "派单 1 张三"), ("zhangsan", "接单 1")],
        "zhangsan",
        "#1 刚才那一步撤销不了。办不了就回“退单 1”，换人来办。\n[退单]",
    ),
    "so has confirming": (
        [
            ("chenshuji", "派单 1 张三"),
            ("zhangsan", "接单 1"),
            ("zhangsan", "完成 1"),
            ("wang", "确认 1"),
        ],
        "wang",
        "#1 刚才那一步撤销不了。还没解决就回“没解决 1”。\n[没解决]",
    ),
    "and reporting": (
        [],
        "wang",
        "#1 刚才那一步撤销不了。不想办了就回“撤回 1”。\n[撤回]",
    ),
    "words have been passed on": (
        [("wang", "补充 1 灯在五楼")],
        "wang",
        "#1 刚才那一步撤销不了。话已经带到了，要改可以再说一句。",
    ),
}


@pytest.mark.parametrize(("before", "sender", "answered"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_undone_says_why(
    world: World, before: list[tuple[str, str]], sender: str, answered: str
) -> None:
    scenes.placed(world)
    for who, said in before:
        world.say(who, said)
    status = scenes.order(world).status

    assert shown(world.say(sender, "撤销")) == answered
    assert scenes.order(world).status is status


def test_after_ten_minutes_it_is_too_late(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "派单 1 张三")
    world.later(minutes=11)

    assert shown(world.say("chenshuji", "撤销")) == "十分钟里没有可以撤销的事。\n[查进度]"
    assert scenes.order(world).status is OrderStatus.DISPATCHED


TOLD = {
    "收回": (
        scenes.taken,
        "收回 1",
        {
            "张三": "刚才收回 #1 是点错了，还请您接着办。",
            "wang": "#1 不换人了，还是张三来办。",
        },
    ),
    "自办": (scenes.placed, "自办 1", {"wang": "#1 由谁来办还要再定，定了马上告诉您。"}),
    "退补": (
        scenes.placed,
        "退补 1 是几楼的灯",
        {"wang": "刚才问 #1 的话不用回了，支部接着安排。"},
    ),
    "退回": (
        scenes.placed,
        "退回 1 这是开发商的事",
        {"wang": "刚才说 #1 办不了是发错了，支部接着安排。"},
    ),
}


@pytest.mark.parametrize(("scene", "said", "told"), TOLD.values(), ids=TOLD.keys())
def test_who_was_told_is_told_that_it_does_not_hold(
    world: World, scene: records.Scene, said: str, told: dict[str, str]
) -> None:
    scene(world)
    world.later(minutes=1)
    world.say("chenshuji", said)
    records.deliver(world)
    world.say("chenshuji", "撤销")

    assert {name: scenes.news(world, name)[-1] for name in told} == told


@pytest.mark.parametrize(("scene", "said", "told"), TOLD.values(), ids=TOLD.keys())
def test_what_was_not_delivered_yet_never_comes(
    world: World, scene: records.Scene, said: str, told: dict[str, str]
) -> None:
    scene(world)
    records.deliver(world)
    world.later(minutes=1)
    world.say("chenshuji", said)
    world.say("chenshuji", "撤销")

    assert {name: records.due(world, name) for name in told} == {name: [] for name in told}


def test_a_refused_question_waits_again_when_the_refusal_is_undone(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "退补 1 是几楼的灯")
    world.later(hours=1)
    world.say("chenshuji", "退回 1 这是开发商的事")
    records.deliver(world)
    world.say("chenshuji", "撤销")

    assert scenes.order(world).status is OrderStatus.NEED_INFO
    assert scenes.news(world, "wang")[-1] == (
        "刚才说 #1 办不了是发错了。之前问您的话，还请回一句。"
    )
    world.later(hours=72)
    scenes.fire(world)
    assert scenes.order(world).status is OrderStatus.CLOSED


def test_a_question_that_was_undone_has_no_timer(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "退补 1 是几楼的灯")
    world.say("chenshuji", "撤销")
    world.later(hours=80)
    scenes.fire(world)

    assert scenes.order(world).status is OrderStatus.SUBMITTED


def test_those_who_were_asked_are_asked_again(world: World) -> None:
    scenes.dispatched(world)
    records.deliver(world)
    world.later(minutes=1)
    world.say("chenshuji", "收回 1")
    world.say("chenshuji", "撤销")

    for name in ("张三", "李四", "赵敏"):
        assert len(records.due(world, name)) == 1
    assert shown(world.say("lisi", "接单 1")).startswith("您已接下#1")


def test_a_steward_who_was_asked_and_takes_it_back_is_asked_again(world: World) -> None:
    records.appoint(world, "赵敏", Role.BUILDING_HEAD, "e1-3")
    scenes.dispatched(world)
    world.later(minutes=1)
    world.say("zhaomin", "自办 1")

    answered = world.say("zhaomin", "撤销")

    assert shown(answered) == "已撤销“自办”，#1 回到“待接单”。\n[看 #1 进度]"
    assert {status for _, status in records.live(world)} == {AssignmentStatus.OFFERED}
    assert len(records.live(world)) == 3
    assert shown(world.say("lisi", "接单 1")).startswith("您已接下#1")


def test_the_resident_is_asked_to_confirm_only_once_after_a_slip(world: World) -> None:
    scenes.taken(world)
    world.say("zhangsan", "完成 1")
    world.say("zhangsan", "撤销")
    world.later(hours=80)
    scenes.fire(world)

    assert scenes.order(world).status is OrderStatus.TAKEN
    with transaction(world.engine) as session:
        kinds = list(session.scalars(select(Timer.kind)))
    assert kinds.count(TimerKind.CONFIRM_WINDOW) == 1


def test_another_number_than_the_last_is_never_undone(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "派单 1 张三")

    assert shown(world.say("chenshuji", "撤销 2")) == (
        "只能撤销最后一步，您最后动的是 #1。要撤销它就回“撤销”。\n[撤销] [查进度]"
    )
    assert scenes.order(world).status is OrderStatus.DISPATCHED
    assert shown(world.say("chenshuji", "撤销 1")) == f"已撤销“派单”，#1 回到“待派单”。\n{DESK}"


def test_waves_that_were_called_back_by_mistake_go_on(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "派单 1")
    world.later(minutes=1)
    world.say("chenshuji", "收回 1")
    world.say("chenshuji", "撤销")
    world.later(hours=25)

    scenes.fire(world)

    assert scenes.order(world).status is OrderStatus.SUBMITTED
    assert records.steps(world)[-1] is OrderAction.EXHAUST


def test_finishing_for_those_who_are_still_missing_is_undone_with_their_offers(
    world: World,
) -> None:
    scenes.placed(world)
    world.say("chenshuji", "派单 1 全体 3人")
    world.later(minutes=1)
    world.say("lisi", "接单 1")
    before = records.live(world)
    world.later(minutes=1)
    world.say("lisi", "完成 1")
    assert records.live(world) == []

    world.say("lisi", "撤销")

    assert records.live(world) == before
    assert scenes.order(world).seats == 3
