"""不接, 再等等, members on leave: what happens when those who were asked do not come."""

from datetime import date

import pytest
from sqlalchemy import select

from storage.database import transaction
from storage.models import (
    Delivery,
    Notice,
)
from storage.notices import OUTDATED
from storage.vocabulary import (
    NoticeKind,
    OrderAction,
    OrderStatus,
)
from tests.dialogues.asking import (
    PROGRESS,
    SECRETARY,
    USERIDS,
    asked,
    at_night,
    away,
    enlist,
    steps,
)
from tests.dialogues.scenes import HEAD, fire, news, order, placed, taps
from tests.factories import World, shown

DECLINING = {
    "with a reason": [
        (
            "lisi",
            "不接 1 在外地",
            "好的，#1 这次不打扰您了。改主意了，没人接之前都可以回“接单 1”。",
        ),
        ("lisi", "不接 1", "知道，#1 您说过不接了，不会再问您。"),
        ("lisi", "不接", "现在没有等您回话的单。"),
    ],
    "without a number": [
        ("lisi", "不接", "好的，#1 这次不打扰您了。改主意了，没人接之前都可以回“接单 1”。"),
    ],
    "somebody who was not asked": [
        ("zhouba", "不接 1", "没有找到这个编号的单子，请核对一下号码。"),
    ],
    "after taking it": [
        ("lisi", "接单 1", None),
        ("lisi", "不接 1", "#1 您已经接下了。来不了的话，回“退单 1 原因”。"),
    ],
    "after somebody else took it": [
        ("zhangsan", "接单 1", None),
        ("lisi", "不接 1", "#1 已由张三接单，正在办。" + PROGRESS),
    ],
    "the way back": [
        ("lisi", "不接 1", "好的，#1 这次不打扰您了。改主意了，没人接之前都可以回“接单 1”。"),
        (
            "lisi",
            "接单 1",
            (
                f"您已接下{HEAD}。请尽快联系，办好后回“完成 1”。\n"
                "地点：阳光小区3栋2单元\n联系：王阿姨 13800000001\n最晚：11月28日12点\n[办好了]"
            ),
        ),
    ],
}


@pytest.mark.parametrize("dialogue", DECLINING.values(), ids=DECLINING.keys())
def test_a_no(world: World, dialogue: list[tuple[str, str, str | None]]) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 全体")
    for sender, said, answered in dialogue:
        reply = shown(world.say(sender, said))
        assert answered is None or reply == answered


def test_whoever_said_no_is_never_told_again(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 全体")
    tapped = world.press("lisi", "不接 1")
    assert (tapped.text, tapped.card_note) == ("", "您这次不接")
    told = len(world.news_of("李四"))

    assert shown(world.say("chenshuji", "派单 1")) == (
        "#1 正在找人，已问了 2 位，还在等回话。\n[派给全体] [选人]"
    )
    world.say("chenshuji", "派单 1 全体")

    assert asked(world) == {"张三", "赵敏"}
    assert len(world.news_of("李四")) == told
    assert "李四" not in shown(world.say("chenshuji", "派单 1 选人"))


def test_an_offer_that_was_not_seen_yet_does_not_come_after_a_no(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 全体")

    world.say("lisi", "不接 1")

    with transaction(world.engine) as session:
        failure = session.scalars(
            select(Delivery.failure)
            .join(Notice)
            .where(
                Notice.kind == NoticeKind.ORDER_OFFERED,
                Delivery.person_id == world.people["李四"],
            )
        ).one()
    assert failure == OUTDATED


def test_the_last_no_of_a_wave_asks_the_next_at_once(world: World) -> None:
    enlist(world, 9)
    placed(world)
    world.say("chenshuji", "派单 1")
    first = asked(world)
    for name in first:
        world.say(USERIDS.get(name, name.replace("员", "m")), "不接 1")

    assert len(asked(world)) == 7
    assert not asked(world) & first
    assert fire(world) == {}
    world.later(hours=24)
    fire(world)
    assert news(world, SECRETARY)[-1] == "#1 已问过 12 位党员，还没有人接。\n请再派人来办。"


def test_the_last_no_at_night_asks_the_next_in_the_morning(world: World) -> None:
    enlist(world, 9)
    placed(world)
    at_night(world)
    world.say("chenshuji", "派单 1")
    for name in asked(world):
        world.say(USERIDS.get(name, name.replace("员", "m")), "不接 1")
    assert asked(world) == set()

    world.later(hours=9, minutes=30)
    fire(world)

    assert len(asked(world)) == 7
    assert steps(world).count(OrderAction.WIDEN) == 1


def test_when_all_who_were_named_said_no_the_desk_knows_at_once(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三、李四")

    world.say("zhangsan", "不接 1 出差")
    assert len(news(world, SECRETARY)) == 1
    assert shown(world.say("lisi", "不接 1")) == "好的，#1 这次不打扰您了。"

    assert news(world, SECRETARY)[1:] == ["#1 问过的都说不接：张三（出差）；李四。\n请再派人来办。"]
    assert order(world).status is OrderStatus.SUBMITTED
    world.later(hours=2)
    assert fire(world) == {"moved": 1}


def test_those_who_were_named_and_do_not_answer(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三 李四")
    world.later(hours=2)
    fire(world)

    assert news(world, SECRETARY)[-1] == "#1 已发给张三、李四，到现在还没有回话。"
    assert taps(world, SECRETARY) == ["再等等 1", "派单 1 全体", "派单 1 选人"]
    assert shown(world.say("chenshuji", "再等等 1")) == (
        "好的，再等等。16:00还没人接 #1，我再问您。"
    )
    world.say("lisi", "不接 1")
    world.later(hours=2)
    fire(world)
    assert news(world, SECRETARY)[-1] == "#1 已发给张三，到现在还没有回话。"
    assert shown(world.say("chenshuji", "派单 1 全体")) == (
        "#1 已发给 2 位党员，先接先办。" + PROGRESS
    )


def test_who_is_given_more_time_twice_is_asked_about_once(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三")
    world.later(hours=1)
    world.say("chenshuji", "再等等 1")
    world.say("chenshuji", "再等等")

    world.later(hours=1)
    assert fire(world) == {}
    world.later(hours=1)
    assert fire(world)["notices"] == 1


WAITING = {
    "nobody was named": [
        ("派单 1 全体", None),
        ("再等等 1", "#1 正在找人，已问了 3 位，还在等回话。"),
        ("再等等", "现在没有发出去还没人接的单。"),
    ],
    "not sent out at all": [("再等等 1", "#1 现在是“待派单”，这一步暂时用不上。" + PROGRESS)],
}


@pytest.mark.parametrize("dialogue", WAITING.values(), ids=WAITING.keys())
def test_waiting_where_there_is_nothing_to_wait_for(
    world: World, dialogue: list[tuple[str, str | None]]
) -> None:
    placed(world)
    for said, answered in dialogue:
        reply = shown(world.say("chenshuji", said))
        assert answered is None or reply == answered


def test_a_second_tap_asks_nobody_twice(world: World) -> None:
    enlist(world, 9)
    placed(world)
    world.say("chenshuji", "派单 1")

    assert shown(world.say("chenshuji", "派单 1")) == (
        "#1 正在找人，已问了 5 位，还在等回话。\n[派给全体] [选人]"
    )
    assert len(asked(world)) == 5


ON_LEAVE = {
    "asked, and meant": [
        ("派单 1 张三", "张三请假到11月29日，还派吗？\n1. 还派\n2. 换一位"),
        ("1", "#1 已发给张三，等对方接单。" + PROGRESS),
    ],
    "asked, and somebody else": [
        ("派单 1 张三 明天14点到16点", "张三请假到11月29日，还派吗？\n1. 还派\n2. 换一位"),
        (
            "2",
            f"{HEAD}\n派给谁？\n1. 李四（第一支部）\n2. 赵敏（第一支部）\n3. 按推荐派\n4. 派给全体",
        ),
    ],
    "the terms are kept": [
        (
            "派单 1 张三、李四 2人 明天14点到16点",
            "张三请假到11月29日，还派吗？\n1. 还派\n2. 换一位",
        ),
        (
            "1",
            "#1 已发给张三、李四，等他们接单。\n要 2 位。\n时间：11月22日14:00-16:00。" + PROGRESS,
        ),
    ],
    "everybody but those on leave": [
        ("派单 1 全体", "#1 已发给 2 位党员，先接先办。" + PROGRESS),
    ],
}


@pytest.mark.parametrize("dialogue", ON_LEAVE.values(), ids=ON_LEAVE.keys())
def test_on_leave(world: World, dialogue: list[tuple[str, str]]) -> None:
    away(world, "张三", until=date(2026, 11, 29))
    away(world, "李四", until=date(2026, 11, 20))
    placed(world)
    for said, answered in dialogue:
        assert shown(world.say("chenshuji", said)) == answered


def test_whoever_is_on_leave_may_still_take_it(world: World) -> None:
    away(world, "张三", until=date(2026, 11, 29))
    placed(world)
    world.say("chenshuji", "派单 1 全体")

    assert shown(world.say("zhangsan", "接单 1")).startswith("您已接下#1")


def test_nobody_is_left_to_ask(world: World) -> None:
    for name in ("张三", "李四", "赵敏"):
        away(world, name, until=date(2026, 11, 29))
    placed(world)

    for said in ("派单 1", "派单 1 全体", "派单 1 选人"):
        assert shown(world.say("chenshuji", said)) == (
            "能派的党员都请假了，或者说过这次不接。可以点名派，或者自己来办。"
        )


def test_somebody_who_said_no_is_named_again_only_on_purpose(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三")
    world.say("zhangsan", "不接 1")

    assert shown(world.say("chenshuji", "派单 1 张三")) == (
        "张三这次不方便（不接、退过单或没到），还派吗？\n1. 还派\n2. 换一位"
    )
    assert asked(world) == set()
    assert shown(world.say("chenshuji", "1")) == "#1 已发给张三，等对方接单。" + PROGRESS


def test_a_no_of_earlier_opens_nothing_that_was_given_to_others_by_name(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三")
    world.say("zhangsan", "不接 1")
    world.later(minutes=1)
    world.say("chenshuji", "派单 1 李四")

    assert shown(world.say("zhangsan", "接单 1")) == "#1 支部已经指定了人来办，您不用接。"
