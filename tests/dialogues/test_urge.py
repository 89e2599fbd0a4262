"""催: once a day, who has it and until when; whoever has it hears of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage.database import transaction
from storage.models import OrderEvent
from storage.vocabulary import OrderAction
from tests.dialogues.records import Scene
from tests.dialogues.scenes import MATTER, dispatched, done, news, order, placed, taken, taps
from tests.factories import World, shown

PROGRESS = "\n[看 #1 进度]"
UNKNOWN = "没有找到这个编号的单子，请核对一下号码。"
DUE = "最晚11月28日12点"


def _urges(world: World) -> int:
    with transaction(world.engine) as session:
        rows = session.scalars(select(OrderEvent).where(OrderEvent.action == OrderAction.URGE))
        return len(list(rows))


def _asked(world: World) -> None:
    placed(world)
    world.say("chenshuji", "退补 1 是几楼的灯")


def _withdrawn(world: World) -> None:
    placed(world)
    world.say("wang", "撤回 1")


def _closed(world: World) -> None:
    done(world)
    world.say("wang", "确认 1")


def _waited(world: World) -> None:
    """A closed order, too long ago to be taken up again."""
    _closed(world)
    world.later(days=8)


WITH_US: dict[str, tuple[Scene, str, str]] = {
    "nobody was sent yet": (placed, f"已经替您催了。#1 第一支部正在安排人，{DUE}。", "陈书记"),
    "members are asked": (dispatched, f"已经替您催了。#1 第一支部正在请人接，{DUE}。", "陈书记"),
    "somebody has it": (taken, f"已经替您催了。#1 在张三手上，{DUE}。", "张三"),
}


@pytest.mark.parametrize(("scene", "answered", "told"), WITH_US.values(), ids=WITH_US)
def test_whoever_has_it_hears_that_somebody_waits(
    world: World, scene: Scene, answered: str, told: str
) -> None:
    scene(world)
    before = {name: len(world.news_of(name)) for name in world.people}

    assert shown(world.say("wang", "催 1")) == answered + PROGRESS

    now = {name: news(world, name, count) for name, count in before.items()}
    words = "方便的话先给居民留句话。" if told == "张三" else "请安排一下。"
    assert {name: one for name, one in now.items() if one} == {
        told: [f"居民来问这件事，说好{DUE}。{words}"]
    }
    assert _urges(world) == 1
    if scene is placed:
        assert taps(world, "陈书记") == ["派单 1 选人", "进度 1"]


OTHERWISE: dict[str, tuple[Scene, str]] = {
    "what is done waits for the resident": (
        done,
        "张三说 #1 已经办好了。真的解决了吗？\n1. 解决了\n2. 部分解决\n3. 没解决",
    ),
    "what was asked waits for the answer": (
        _asked,
        "#1 正等您回答一句话，答了马上接着办。\n[回答]",
    ),
    "what is over": (
        _closed,
        "#1 现在是“已办结（已解决）”，不用催了。\n[没解决] [看 #1 进度]",
    ),
    "what is long over": (
        _waited,
        "#1 现在是“已办结（已解决）”，不用催了。\n[看 #1 进度]",
    ),
    "what was withdrawn": (_withdrawn, "#1 现在是“已撤回”，不用催了。\n[看 #1 进度]"),
}


@pytest.mark.parametrize(("scene", "answered"), OTHERWISE.values(), ids=OTHERWISE)
def test_where_none_of_ours_is_waited_for(world: World, scene: Scene, answered: str) -> None:
    scene(world)

    assert shown(world.say("wang", "催 1")) == answered
    assert _urges(world) == 0


@pytest.mark.parametrize("sender", ["li", "zhangsan", "chenshuji"])
def test_only_the_reporter_urges(world: World, sender: str) -> None:
    taken(world)

    assert shown(world.say(sender, "催 1")) == UNKNOWN
    assert shown(world.say(sender, "催 99")) == UNKNOWN
    assert _urges(world) == 0


def test_once_a_day(world: World) -> None:
    taken(world)
    world.say("wang", "催 1")
    before = len(world.news_of("张三"))
    world.later(hours=3)

    assert shown(world.say("wang", "催 1")) == (
        f"#1 12:00已经催过一次，在张三手上，{DUE}。明天12:00以后还可以再催。"
    )
    world.later(hours=20.9)
    assert "#1 昨天12:00已经催过一次" in world.say("wang", "催 1").text
    assert (len(world.news_of("张三")), _urges(world)) == (before, 1)
    world.later(hours=0.1)
    assert shown(world.say("wang", "催 1")) == (f"已经替您催了。#1 在张三手上，{DUE}。" + PROGRESS)
    assert (len(world.news_of("张三")), _urges(world)) == (before + 1, 2)


def test_the_second_time_after_the_promise_goes_to_the_level_above(world: World) -> None:
    taken(world)
    world.later(days=7, hours=1)
    assert shown(world.say("wang", "催 1")) == "已经替您催了。#1 在张三手上。" + PROGRESS
    assert news(world, "刘主任") == []
    world.later(days=1)

    assert shown(world.say("wang", "催 1")) == (
        "已经替您催了。#1 在张三手上。这次也告诉了近邻社区。" + PROGRESS
    )
    assert news(world, "张三")[-1] == (
        "居民来问这件事，说好的时间已经过了。方便的话先给居民留句话。"
    )
    assert news(world, "刘主任") == [
        "居民又来问这件事，说好的时间已经过了，还在第一支部。请帮着看看。"
    ]


def test_the_only_open_order_is_meant_and_of_several_one_is_asked_for(world: World) -> None:
    assert shown(world.say("wang", "催")) == "您现在没有正在办的事，不用催。"
    placed(world)
    assert "已经替您催了。#1" in world.say("wang", "催一催").text
    world.say("wang", "报事 阳光小区1栋门坏了")
    world.say("wang", "1")

    assert shown(world.say("wang", "催")) == (
        f"您说的是哪一件？\n1. #2 阳光小区1栋门坏了\n2. #1 {MATTER}"
    )
    assert "已经替您催了。#2" in world.say("wang", "1").text


@pytest.mark.parametrize("said", ["催12", "催 12号", "催一下 12", "催办 #12"])
def test_the_ways_to_say_it(world: World, said: str) -> None:
    assert shown(world.say("wang", said)) == UNKNOWN


def test_a_sentence_about_hurrying_is_no_command(world: World) -> None:
    placed(world)

    asked = world.say("wang", "催了好几次物业都不来修门")

    assert asked.text == "是补充刚才的 #1，还是另外一件事？"
    assert _urges(world) == 0


def test_it_stands_in_the_time_line(world: World) -> None:
    taken(world)
    world.later(minutes=1)
    world.say("wang", "催 1")

    assert world.say("wang", "进度 1 经过").text.splitlines()[-1] == "11月21日12:01 您催了一次"
    assert order(world).urged_at == world.now
    assert order(world).promised_at == world.now + timedelta(days=7) - timedelta(minutes=1)
