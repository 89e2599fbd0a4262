"""退补 and 补充: the branch asks, the resident answers or adds something (DESIGN.md 7.7)."""

import pytest
from sqlalchemy import update

from storage.database import transaction
from storage.models import Delivery
from storage.vocabulary import DeliveryStatus, OrderAction, OrderStatus, Outcome
from tests.dialogues import records, scenes
from tests.dialogues.scenes import HEAD
from tests.factories import World, shown

ASKED = "已经去问居民。回话以后 #1 回到待派单，三天没有回话就先放下。\n[撤销] [看 #1 进度]"
WHETHER = "支部问过 #1：是几楼的灯\n您这句是回答吗？\n1. 是，回答 #1\n2. 另外报一件"
ANSWERED = "好的，已补到 #1，接着安排人来办。\n最晚11月28日12点前给您办好或说清楚。\n[看 #1 进度]"

PROGRESS = (
    f"{HEAD}\n现在：待补充\n地点：阳光小区3栋2单元\n最晚：11月28日12点（等补充的时间往后顺延）\n"
    "想问您：是几楼的灯\n[回答] [经过]"
)
QUESTION = (
    "第一支部想问一句：是几楼的灯\n直接回复就行。三天没有回话，这件事就先放下，以后随时可以接着办。"
)

DESK = {
    "the question may follow the number": [("退补 1 是几楼的灯", ASKED)],
    "what is left out is asked for": [
        ("退补", f"{HEAD}\n要问居民什么？一句话就行。"),
        ("？", f"请用一句话写上要问的。\n{HEAD}\n要问居民什么？一句话就行。"),
        ("是几楼的灯", ASKED),
    ],
    "one question waits at a time": [
        ("退补 1 是几楼的灯", ASKED),
        ("退补 1 是哪一盏", "#1 正在等居民回话，等到回话再问下一句。\n[看 #1 进度]"),
        ("退补", "现在没有待派单的单，不用退补。"),
    ],
    "what was given out comes back first": [
        ("派单 1 张三", "#1 已发给张三，等对方接单。\n[看 #1 进度]"),
        (
            "退补 1 是几楼的灯",
            "#1 已经派出去，正在等人接单。先收回，再退补。\n[收回] [看 #1 进度]",
        ),
    ],
    "a number that is not there": [
        ("退补 9 是几楼的灯", "没有找到这个编号的单子，请核对一下号码。"),
    ],
}


@pytest.mark.parametrize("dialogue", DESK.values(), ids=DESK.keys())
def test_the_secretary_asks(world: World, dialogue: list[tuple[str, str]]) -> None:
    scenes.placed(world)
    for said, answered in dialogue:
        assert shown(world.say("chenshuji", said)) == answered


RESIDENT = {
    "simply answers": [("五楼的", WHETHER), ("1", ANSWERED)],
    "answers with the number": [("补充 1 五楼的", ANSWERED)],
    "answers without the number": [("补充 五楼的", ANSWERED)],
    "taps and is asked again": [
        ("补充 1", "第一支部想问：是几楼的灯\n一句话就行。"),
        ("五楼的", ANSWERED),
    ],
    "answers with a bare number": [("5", WHETHER), ("1", ANSWERED)],
    "answers with a nod": [("可以", WHETHER), ("1", ANSWERED)],
    "means something else": [
        ("水管爆了", WHETHER),
        ("2", "问题在哪里？请写小区、几栋几单元，比如“阳光小区3栋2单元”。"),
        ("取消", "好的，已取消，什么也没有提交。"),
        ("五楼的", WHETHER),
    ],
    "is greeted as ever": [("谢谢", "不客气，有事随时说。")],
    "looks it up": [
        (
            "进度",
            PROGRESS,
        ),
    ],
}


@pytest.mark.parametrize("dialogue", RESIDENT.values(), ids=RESIDENT.keys())
def test_the_resident(world: World, dialogue: list[tuple[str, str]]) -> None:
    scenes.placed(world)
    world.say("chenshuji", "退补 1 是几楼的灯")
    for said, answered in dialogue:
        assert shown(world.say("wang", said)) == answered


def test_the_question_reaches_the_resident_and_the_answer_the_desk(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "退补 1 是几楼的灯")
    world.say("wang", "补充 1 五楼的")

    assert scenes.news(world, "wang") == [QUESTION]
    assert scenes.news(world, "陈书记")[-1] == "居民回话：五楼的\n请派人来办。"
    assert "补充：五楼的" in shown(world.say("chenshuji", "进度 1"))


def test_the_time_of_waiting_moves_the_promise_visibly(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "退补 1 是几楼的灯")
    world.later(hours=26)

    assert shown(world.say("wang", "补充 1 五楼的")) == (
        "好的，已补到 #1，接着安排人来办。\n"
        "等您回话的时间往后推，最晚11月29日14点前给您办好或说清楚。\n[看 #1 进度]"
    )
    assert "最晚：11月29日14点" in shown(world.say("wang", "进度 1"))


def test_a_question_that_was_not_shown_yet_is_not_taken_as_known(world: World) -> None:
    scenes.placed(world)
    world.later(hours=1)
    world.say("chenshuji", "退补 1 是几楼的灯")
    with transaction(world.engine) as session:
        session.execute(update(Delivery).values(status=DeliveryStatus.PENDING))

    first = shown(world.say("wang", "水管漏水"))

    assert "您这句是回答吗" not in first
    assert "第一支部想问一句：是几楼的灯" in first
    world.say("wang", "取消")
    assert shown(world.say("wang", "五楼的")) == WHETHER


def test_two_questions_are_told_apart(world: World) -> None:
    scenes.placed(world)
    scenes.placed(world)
    world.say("chenshuji", "退补 1 是几楼的灯")
    world.say("chenshuji", "退补 2 是哪一盏")

    assert shown(world.say("wang", "五楼的")) == (
        "支部有几件事在等您回话，您这句是回答哪一件？\n"
        "1. #2 是哪一盏\n2. #1 是几楼的灯\n3. 另外报一件"
    )
    assert shown(world.say("wang", "2")) == ANSWERED
    assert scenes.order(world, 2).status is OrderStatus.NEED_INFO


def test_three_days_of_silence_put_it_aside_and_one_word_takes_it_up(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "退补 1 是几楼的灯")
    world.later(hours=71)
    scenes.fire(world)
    assert scenes.order(world).status is OrderStatus.NEED_INFO

    world.later(hours=2)
    scenes.fire(world)

    closed = scenes.order(world)
    assert (closed.status, closed.outcome) == (OrderStatus.CLOSED, Outcome.UNREACHABLE)
    assert scenes.news(world, "wang")[-1] == (
        "三天没有等到您的回话，#1 先放下了。想接着办，随时回“补充 1”。"
    )
    assert shown(world.say("wang", "补充 1")) == "第一支部想问：是几楼的灯\n一句话就行。"
    assert shown(world.say("wang", "五楼的")) == (
        "好的，#1 接着办。\n最晚12月1日13点前给您办好或说清楚。\n[看 #1 进度]"
    )
    assert scenes.news(world, "陈书记")[-1] == "居民又联系上了：五楼的\n请派人来办。"


def test_not_solved_takes_it_up_as_well_on_the_same_desk(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "退补 1 是几楼的灯")
    world.later(hours=73)
    scenes.fire(world)

    assert shown(world.say("wang", "没解决")) == (
        "好的，#1 接着办。\n最晚12月1日13点前给您办好或说清楚。"
    )
    again = scenes.order(world)
    assert (again.status, again.reopen_count) == (OrderStatus.SUBMITTED, 0)
    assert again.branch_id == world.organisations["b1"]


def test_after_a_week_it_has_to_be_reported_again(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "退补 1 是几楼的灯")
    world.later(hours=73)
    scenes.fire(world)
    world.later(days=8)

    assert shown(world.say("wang", "补充 1 五楼的")) == (
        "#1 现在是“已办结（联系不上）”，补充不进去了。有别的事直接发给我就行。\n[我要报事]"
    )


def test_an_answer_in_time_stops_the_clock(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "退补 1 是几楼的灯")
    world.say("wang", "补充 1 五楼的")
    world.later(hours=80)
    scenes.fire(world)

    assert scenes.order(world).status is OrderStatus.SUBMITTED


ADDED = {
    "to what waits on the desk": (
        scenes.placed,
        "好的，已补到 #1，支部看得到。\n[看 #1 进度]",
        "陈书记",
    ),
    "to what is offered": (
        scenes.dispatched,
        "好的，已补到 #1，支部看得到。\n[看 #1 进度]",
        "陈书记",
    ),
    "to what somebody has": (
        scenes.taken,
        "好的，已补到 #1，已转告张三。\n[看 #1 进度]",
        "张三",
    ),
    "to what waits for the resident": (
        scenes.done,
        "好的，已补到 #1。这件事真的解决了吗？\n1. 解决了\n2. 部分解决\n3. 没解决",
        "张三",
    ),
}


@pytest.mark.parametrize(("scene", "answered", "reader"), ADDED.values(), ids=ADDED.keys())
def test_the_resident_adds_something(
    world: World, scene: records.Scene, answered: str, reader: str
) -> None:
    scene(world)

    assert shown(world.say("wang", "补充 1 灯在五楼")) == answered
    assert scenes.news(world, reader)[-1] == "居民补充：灯在五楼"
    assert records.steps(world)[-1] is OrderAction.SUPPLEMENT
    assert "补充：灯在五楼" in shown(world.say("chenshuji", "进度 1"))


def test_nobody_else_adds_to_an_order(world: World) -> None:
    scenes.placed(world)

    assert shown(world.say("li", "补充 1 灯在五楼")) == ("没有找到这个编号的单子，请核对一下号码。")
    assert shown(world.say("li", "补充")) == (
        "您现在没有正在办的事，不用补充。有什么事直接发给我就行。"
    )


def test_what_is_over_takes_no_more_but_can_be_reopened(world: World) -> None:
    scenes.done(world)
    world.say("wang", "确认 1")

    assert shown(world.say("wang", "补充 1 又不亮了")) == (
        "#1 现在是“已办结（已解决）”，补充不进去了。没有解决就回“没解决 1”，接着办。\n[没解决]"
    )


def test_several_open_orders_make_a_list(world: World) -> None:
    scenes.placed(world)
    scenes.placed(world)

    assert shown(world.say("wang", "补充 灯在五楼")) == (
        "您说的是哪一件？\n1. #2 阳光小区3栋2单元楼道灯坏了\n2. #1 阳光小区3栋2单元楼道灯坏了"
    )
    assert shown(world.say("wang", "2")) == "好的，已补到 #1，支部看得到。\n[看 #1 进度]"


def test_a_long_new_matter_is_kept_whole_while_a_question_waits(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "退补 1 是几楼的灯")
    matter = "阳光小区1栋门口的下水道堵了，" + "一直往外冒水" * 100

    asked = world.say("wang", matter)

    assert asked.menu[-1].command == f"报事 {matter}"
