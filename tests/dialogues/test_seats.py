"""Orders that need several people: each 接单 fills a seat, and all read how many are there."""

import threading
from collections import Counter

import pytest
from sqlalchemy import select

from handlers.messages import Reply
from storage.database import transaction
from storage.models import Assignment, OrderEvent
from storage.vocabulary import AssignmentStatus, OrderAction, OrderStatus
from tests.dialogues.asking import PROGRESS, asked, enlist
from tests.dialogues.scenes import HEAD, fire, news, order, placed, taps
from tests.factories import World, shown

SECRETARY = "陈书记"
FACTS = "地点：阳光小区3栋2单元\n联系：王阿姨 13800000001\n最晚：11月28日12点\n[办好了]"
TAKEN = f"您已接下{HEAD}。请尽快联系，办好后回“完成 1”。\n"


def seats(world: World) -> dict[int, int]:
    """Give who holds which seat of the first order."""
    with transaction(world.engine) as session:
        rows = session.execute(
            select(Assignment.seat, Assignment.person_id).where(
                Assignment.order_id == 1, Assignment.status == AssignmentStatus.ACCEPTED
            )
        ).all()
    assert len({seat for seat, _ in rows}) == len(rows)
    return {seat: person for seat, person in rows}  # noqa: C416 (rows are not pairs to mypy)


THREE = [
    ("chenshuji", "派单 1 全体 3人", "#1 已发给 3 位党员，先接先办。\n要 3 位。" + PROGRESS),
    ("zhangsan", "接单 1", f"{TAKEN}您是第一位，还差 2 位。\n{FACTS}"),
    ("zhangsan", "接单 1", "这张单已经在您手上。"),
    (
        "wang",
        "进度 1",
        f"{HEAD}\n现在：待接单\n谁来办：张三（1/3）\n地点：阳光小区3栋2单元\n最晚：11月28日12点",
    ),
    ("lisi", "接单 1", f"{TAKEN}一起的有张三，还差 1 位。\n{FACTS}"),
    ("zhaomin", "接单 1", f"{TAKEN}一起的有张三、李四，人齐了。\n{FACTS}"),
    (
        "wang",
        "进度 1",
        f"{HEAD}\n现在：已接单\n谁来办：张三、李四、赵敏\n地点：阳光小区3栋2单元\n最晚：11月28日12点",
    ),
    (
        "m1",
        "接单 1",
        "手慢一步，#1 已由张三、李四、赵敏接下。\n现在没有别的单可接。",
    ),
    ("lisi", "完成 1 一起搬完了", "辛苦了。已请居民确认 #1，有回音就告诉您。"),
    ("zhangsan", "完成 1", "这张单不在您手上，不能由您办结。"),
]


def without_folding(reply: Reply) -> str:
    """Leave out the tap that unfolds what happened, which is told elsewhere."""
    return shown(reply).replace("\n[经过]", "").replace("[经过] ", "").replace(" [经过]", "")


def test_three_are_needed(world: World) -> None:
    placed(world)
    for sender, said, answered in THREE[:1]:
        assert shown(world.say(sender, said)) == answered
    enlist(world, 1)
    for sender, said, answered in THREE[1:]:
        assert without_folding(world.say(sender, said)) == answered

    assert news(world, "wang") == [
        "张三（第一支部党员）已接下 #1，会来办这件事。还在找另外 2 位一起来。",
        "李四（第一支部党员）说办好了：一起搬完了。\n#1 真的解决了吗？",
    ]
    assert news(world, "张三")[-2:] == [
        "#1 人齐了：张三、李四、赵敏。",
        "李四说 #1 办好了，正等居民确认。",
    ]
    world.say("wang", "确认 1")
    for name in ("张三", "李四", "赵敏"):
        assert news(world, name)[-1] == ("居民确认 #1 已解决，谢谢您。\n记 1 分：上门服务 1。")


def test_every_step_is_an_event(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 全体 2人")
    world.say("zhangsan", "接单 1")
    world.say("lisi", "接单 1")

    with transaction(world.engine) as session:
        steps = session.scalars(select(OrderEvent.action).order_by(OrderEvent.id)).all()
    assert steps == [
        OrderAction.SUBMIT,
        OrderAction.DISPATCH,
        OrderAction.JOIN,
        OrderAction.TAKE,
    ]
    assert asked(world, AssignmentStatus.LOST) == {"赵敏"}


def test_a_seat_that_was_taken_leaves_the_other_cards_alone(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 全体 2人")
    tapped = world.press("zhangsan", "接单 1")
    assert tapped.card_note == "您已接单"

    assert world.press("lisi", "接单 1").card_note == "您已接单"
    assert order(world).status is OrderStatus.TAKEN


def test_the_waves_go_on_for_the_seats_that_are_free(world: World) -> None:
    enlist(world, 9)
    placed(world)
    world.say("chenshuji", "派单 1 3人")
    assert len(asked(world)) == 6
    world.say("zhangsan", "接单 1")

    world.later(hours=2)
    fire(world)

    assert len(asked(world)) == 11
    world.later(hours=24)
    fire(world)
    assert order(world).status is OrderStatus.DISPATCHED
    assert news(world, SECRETARY)[-1] == "#1 由张三接下，还差 2 位，没有别人接了。"
    assert taps(world, SECRETARY) == ["派单 1 1人", "派单 1 全体", "派单 1 选人"]


def test_those_who_have_come_are_enough(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 全体 3人")
    world.say("zhangsan", "接单 1")
    world.say("lisi", "接单 1")

    assert shown(world.say("chenshuji", "派单 1 全体 1人")) == (
        "#1 已有 2 位接单（张三、李四），人数不能再少了。"
    )
    assert shown(world.say("chenshuji", "派单 1 2人")) == (
        "好的，#1 就由张三、李四去办，不再找人。" + PROGRESS
    )

    assert (order(world).status, order(world).seats) == (OrderStatus.TAKEN, 2)
    assert news(world, "张三")[-1] == "#1 人定了：张三、李四。一起去办就行。"
    assert "已由张三、李四接下" in shown(world.say("zhaomin", "接单 1"))


def test_another_dispatch_leaves_the_holders_in_peace(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三 李四 2人")
    world.say("zhangsan", "接单 1")
    told = len(world.news_of("张三"))

    assert shown(world.say("chenshuji", "派单 1 张三")) == "张三已经接下这张单了，不用再派。"
    assert shown(world.say("chenshuji", "派单 1 赵敏")) == (
        "#1 已发给赵敏，等对方接单。\n要 2 位。" + PROGRESS
    )

    assert len(world.news_of("张三")) == told
    assert world.people["张三"] in seats(world).values()
    world.say("zhaomin", "接单 1")
    assert order(world).status is OrderStatus.TAKEN


def test_two_may_finish_what_three_were_asked_for(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 全体 3人")
    world.say("zhangsan", "接单 1")
    world.say("lisi", "接单 1")

    world.say("zhangsan", "完成 1")

    assert order(world).status is OrderStatus.DONE
    assert asked(world) == set()
    assert shown(world.say("zhaomin", "接单 1")).startswith("#1 已由张三、李四办好")


def test_a_holder_finds_the_order_among_what_is_held_and_not_among_what_is_open(
    world: World,
) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 全体 3人")
    world.say("zhangsan", "接单 1")

    assert shown(world.say("zhangsan", "可接")) == "现在没有可接的单。有新的会发给您。"
    assert "您正在办的单" in shown(world.say("zhangsan", "待办"))
    assert "1. #1" in shown(world.say("lisi", "可接"))


@pytest.mark.parametrize("takers", [8])
def test_eight_take_three_seats(world: World, takers: int) -> None:
    enlist(world, takers)
    placed(world)
    world.say("chenshuji", "派单 1 全体 3人")
    incoming = [world.hear(f"m{number}", "接单 1") for number in range(1, takers + 1)]
    start = threading.Barrier(takers)
    answers: list[str] = []

    def take(number: int) -> None:
        start.wait()
        for attempt in range(20):
            try:
                answers.append(world.give(incoming[number]).text)
            except Exception:  # noqa: BLE001 (as the platform does: the same message again)
                assert attempt < 19
            else:
                return

    threads = [threading.Thread(target=take, args=(number,)) for number in range(takers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(seats(world)) == [1, 2, 3]
    assert order(world).status is OrderStatus.TAKEN
    said = Counter("您已接下" in text for text in answers)
    assert said == {True: 3, False: 5}
    for text in answers:
        assert "您已接下" in text or "已由员" in text
    assert len(news(world, "wang")) == 1


def test_only_the_work_that_helped_is_confirmed(world: World) -> None:
    enlist(world, 2)
    placed(world)
    world.say("chenshuji", "派单 1 张三 李四 2人")
    world.say("zhangsan", "接单 1")
    world.say("lisi", "接单 1")
    world.say("zhangsan", "完成 1")

    world.say("wang", "没解决 1 还是不亮")
    for name in ("张三", "李四"):
        assert news(world, name)[-1].startswith("居民说 #1 还没解决：还是不亮。")
    world.later(hours=1)
    world.say("liuzhuren", "派单 1 全体")
    world.say("m1", "接单 1")
    world.say("m2", "接单 1")
    world.say("m1", "完成 1")
    world.say("wang", "确认 1")

    assert asked(world, AssignmentStatus.CONFIRMED) == {"员1", "员2"}
    assert asked(world, AssignmentStatus.FINISHED) == {"张三", "李四"}
    assert news(world, "张三")[-1].startswith("居民说 #1 还没解决")
