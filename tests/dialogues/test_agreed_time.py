"""An agreed time: how it is typed, whom it is told, and what clashes with it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from storage.database import transaction
from storage.models import (
    Notice,
)
from storage.vocabulary import (
    NoticeKind,
    OrderStatus,
)
from tests.dialogues.asking import PROGRESS
from tests.dialogues.scenes import HEAD, news, order, placed
from tests.factories import World, shown

TERMS = {
    "a time": (
        "派单 1 张三 明天14点到16点",
        "#1 已发给张三，等对方接单。\n时间：11月22日14:00-16:00。" + PROGRESS,
    ),
    "a day that does not exist": (
        "派单 1 张三 2月30日14点到16点",
        "没有“2月30日14点到16点”这一天。还没有派。请再写一遍，比如“派单 1 全体 明天14点到16点”。",
    ),
    "a time gone by": (
        "派单 1 张三 今天9点到11点",
        "“今天9点到11点”已经过了。还没有派。请再写一遍，比如“派单 1 全体 明天14点到16点”。",
    ),
    "a day without an hour": (
        "派单 1 张三 明天",
        "“明天”几点到几点？还没有派。请再写一遍，比如“派单 1 全体 明天14点到16点”。",
    ),
    "too many": (
        "派单 1 全体 200人",
        "人数请写 1 到 20。还没有派。请再写一遍，比如“派单 1 全体 3人”。",
    ),
}


@pytest.mark.parametrize(("said", "answered"), TERMS.values(), ids=TERMS.keys())
def test_terms(world: World, said: str, answered: str) -> None:
    placed(world)

    assert shown(world.say("chenshuji", said)) == answered
    is_sent = "已发给" in answered
    assert order(world).status is (OrderStatus.DISPATCHED if is_sent else OrderStatus.SUBMITTED)


def test_the_agreed_time_is_told_to_all_whom_it_concerns(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三 明天14点到16点")
    with transaction(world.engine) as session:
        fields = session.scalars(
            select(Notice.fields).where(Notice.kind == NoticeKind.ORDER_OFFERED)
        ).one()
    assert fields[-1] == ["约好", "11月22日14:00-16:00"]

    assert "约好：11月22日14:00-16:00" in shown(world.say("zhangsan", "接单 1"))

    assert news(world, "wang") == ["张三（第一支部党员）已接下 #1，11月22日14:00-16:00来办这件事。"]
    for sender in ("wang", "zhangsan", "chenshuji"):
        assert "约好：11月22日14:00-16:00" in shown(world.say(sender, "进度 1"))


OVERLAPS = {
    "inside": ("明天15点到15点半", True),
    "at its end": ("明天16点到17点", False),
    "before it": ("明天13点到14点", False),
    "around it": ("明天13点到18点", True),
    "another day": ("11月23日14点到16点", False),
}


@pytest.mark.parametrize(("when", "clashes"), OVERLAPS.values(), ids=OVERLAPS.keys())
def test_two_orders_for_the_same_hours(world: World, when: str, *, clashes: bool) -> None:
    placed(world)
    world.say("wang", "报事 阳光小区1栋门坏了")
    world.say("wang", "1")
    world.say("chenshuji", "派单 1 张三 明天14点到16点")
    world.say("chenshuji", f"派单 2 全体 {when}")
    world.say("zhangsan", "接单 1")

    answered = shown(world.say("zhangsan", "接单 2"))

    if clashes:
        assert answered == (f"您11月22日14:00-16:00要去办{HEAD}，和 #2 的时间重了，这张先不接。")
    else:
        assert answered.startswith("您已接下#2")


def test_an_agreed_time_lasts_through_another_dispatch_until_it_is_over(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三 明天14点到16点")
    world.say("chenshuji", "派单 1 李四")
    assert order(world).starts_at == datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

    world.later(hours=30)
    world.say("chenshuji", "派单 1 赵敏")

    assert (order(world).starts_at, order(world).ends_at) == (None, None)
