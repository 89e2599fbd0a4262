"""没来: the member is asked first; a second word, or silence, brings somebody else (c6.5, c6.6)."""

from datetime import timedelta

import pytest

from storage.database import transaction
from storage.models import Order
from storage.vocabulary import OrderStatus
from tests.dialogues import scenes
from tests.factories import World, shown

Row = tuple[float, str, str, str | None]

UNKNOWN = "没有找到这个编号的单子，请核对一下号码。"
ASKED = "知道了，这就去问张三。\n到14:00还没有回话，就换一位来。"
STILL = "#1 已经问过张三，还没有回话。\n到14:00还没有，就换一位来。"
COMES = "好的，已经告诉居民您这就过去。办好后回“完成 1”。\n[办好了]"
REPLACED = (
    "让您久等了，对不住。\n#1 换一位来办，正在请人，有人接了就告诉您。\n最晚还是11月28日12点。"
)

DIALOGUES: dict[str, list[Row]] = {
    "the member is asked first": [(0, "wang", "没来 1", ASKED)],
    "the only one needs no number": [(0, "wang", "没来", ASKED)],
    "said again too soon, it is only waited": [
        (0, "wang", "没来 1", ASKED),
        (1, "wang", "没来 1", STILL),
    ],
    "a second word after two hours brings somebody else": [
        (0, "wang", "没来 1", ASKED),
        (2.1, "wang", "没来 1", REPLACED),
        (
            0,
            "wang",
            "没来 1",
            "#1 现在是“待接单”，还没有人接。有人接了就告诉您。",
        ),
        (0, "zhangsan", "完成 1", "这张单不在您手上，不能由您办结。"),
        (0, "zhangsan", "接单 1", "这张单这次换一位来办，您可以看看别的单。"),
        (0, "lisi", "接单 1", None),
        (0, "wang", "没来 1", "知道了，这就去问李四。\n到16:06还没有回话，就换一位来。"),
    ],
    "who says to be on the way gets time again, once": [
        (0, "wang", "没来 1", ASKED),
        (1.5, "zhangsan", "这就去 1", COMES),
        (
            1,
            "wang",
            "没来 1",
            "张三说这就过来，请再等等。\n到15:30还没来，再回“没来 1”，就换一位。",
        ),
        (0.5, "zhangsan", "这就去 1", "好的，路上慢点。办好后回“完成 1”。\n[办好了]"),
        (0.6, "wang", "没来 1", REPLACED),
    ],
    "who is on the way unasked is sent off": [
        (0, "zhangsan", "这就去", "好的，路上慢点。办好后回“完成 1”。\n[办好了]"),
    ],
    "who cannot come gives it back": [
        (0, "wang", "没来 1", ASKED),
        (0, "zhangsan", "退单 1 在外地", "好的，#1 换人来办。谢谢您说一声。\n[看看可接的单]"),
        (0, "wang", "没来 1", "#1 现在是“待接单”，还没有人接。有人接了就告诉您。"),
    ],
    "what is said to be done is answered instead": [
        (0, "zhangsan", "完成 1", None),
        (
            0,
            "wang",
            "没来 1",
            "张三说 #1 已经办好了。真的解决了吗？\n1. 解决了\n2. 部分解决\n3. 没解决",
        ),
        (0, "wang", "3", "知道了，#1 重新办理，这次由近邻社区安排。"),
    ],
    "only the resident says so": [
        (0, "lisi", "没来 1", UNKNOWN),
        (0, "chenshuji", "没来 1", UNKNOWN),
        (0, "wang", "没来 7", UNKNOWN),
        (0, "lisi", "这就去 1", "#1 已由张三接单，正在办。\n[看 #1 进度]"),
        (0, "zhouba", "这就去 1", UNKNOWN),
        (0, "lisi", "这就去", "您手上没有正在办的单。"),
        (0, "li", "没来", "您现在没有正在等人来办的事。"),
    ],
}


@pytest.mark.parametrize("dialogue", DIALOGUES.values(), ids=DIALOGUES.keys())
def test_while_somebody_has_it(world: World, dialogue: list[Row]) -> None:
    scenes.taken(world)
    for hours, sender, said, answered in dialogue:
        world.later(hours=hours)
        reply = shown(world.say(sender, said))
        assert answered is None or reply == answered


def test_before_anybody_has_it_nobody_is_late(world: World) -> None:
    scenes.placed(world)

    assert shown(world.say("wang", "没来 1")) == (
        "#1 现在是“待派单”，还没有人接。有人接了就告诉您。"
    )


def test_a_sentence_that_begins_so_is_a_report(world: World) -> None:
    assert "是想报" in world.say("wang", "没人来，楼下垃圾堆了三天").text


def test_member_and_secretary_are_told_without_blame(world: World) -> None:
    scenes.taken(world)
    world.say("wang", "没来 1")

    assert scenes.news(world, "张三")[-1] == (
        "居民说还没见到您。方便的话这就过去；去不了就退给支部，换一位去。"
    )
    assert scenes.taps(world, "张三") == ["这就去 1", "退单 1"]
    assert scenes.news(world, "陈书记")[-1] == (
        "居民说还没见到张三，已经在问。到14:00没有回话，就换一位去。"
    )


def test_the_resident_hears_that_the_member_is_on_the_way(world: World) -> None:
    scenes.taken(world)
    world.say("wang", "没来 1")
    world.say("zhangsan", "这就去 1")

    assert scenes.news(world, "wang")[-1] == "张三（第一支部党员）说这就过来。"


def test_silence_brings_somebody_else(world: World) -> None:
    scenes.taken(world)
    world.say("wang", "没来 1")
    before = {name: len(world.news_of(name)) for name in world.people}
    residents = len(scenes.news(world, "wang"))
    world.later(hours=1.9)
    scenes.fire(world)
    assert scenes.order(world).status is OrderStatus.TAKEN
    world.later(hours=0.2)
    scenes.fire(world)

    told = {name: scenes.news(world, name, before[name]) for name in world.people}
    assert {name: news for name, news in told.items() if news} == {
        "张三": ["居民等着用人，#1 已另请别人，您这次不用去了。"],
        "李四": ["先接先办，您方便就接。"],
        "赵敏": ["先接先办，您方便就接。"],
        "陈书记": ["居民一直没见到张三，换一位去办。\n已再请支部里 2 位党员，先接先办。"],
    }
    assert scenes.news(world, "wang")[residents:] == [REPLACED]
    assert scenes.order(world).status is OrderStatus.DISPATCHED


ANSWERS = {
    "on the way": ("这就去 1", OrderStatus.TAKEN),
    "done": ("完成 1", OrderStatus.DONE),
    "given back": ("退单 1 没空", OrderStatus.DISPATCHED),
}


@pytest.mark.parametrize(("answer", "status"), ANSWERS.values(), ids=ANSWERS.keys())
def test_an_answer_stops_the_clock(world: World, answer: str, status: OrderStatus) -> None:
    scenes.taken(world)
    world.say("wang", "没来 1")
    world.say("zhangsan", answer)
    before = len(world.news_of("张三"))
    world.later(hours=3)
    scenes.fire(world)

    assert scenes.order(world).status is status
    assert world.news_of("张三")[before:] == []


def test_nobody_loses_it_by_sleeping(world: World) -> None:
    scenes.taken(world)
    world.later(hours=9)  # 21:00
    assert shown(world.say("wang", "没来 1")) == (
        "知道了，这就去问张三。\n到明天8:00还没有回话，就换一位来。"
    )
    world.later(hours=10.9)
    scenes.fire(world)
    assert shown(world.say("wang", "没来 1")).startswith("#1 已经问过张三，还没有回话。\n到8:00")
    world.later(hours=0.2)
    scenes.fire(world)

    assert scenes.order(world).status is OrderStatus.DISPATCHED


def test_before_an_agreed_time_nobody_is_late(world: World) -> None:
    scenes.taken(world)
    with transaction(world.engine) as session:
        order = session.get_one(Order, 1)
        order.starts_at = world.now + timedelta(hours=2)
        order.ends_at = world.now + timedelta(hours=3)

    assert shown(world.say("wang", "没来 1")) == (
        "和张三约的是14:00，还没到时间。\n到时没见到，再回“没来 1”。"
    )
    world.later(hours=2)
    assert shown(world.say("wang", "没来 1")).startswith("知道了，这就去问张三。")


def _two_have_it(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "派单 1 全体 2人")
    world.say("zhangsan", "接单 1")
    world.say("lisi", "接单 1")


def test_of_several_it_is_asked_who(world: World) -> None:
    _two_have_it(world)

    assert shown(world.say("wang", "没来 1")) == (
        "#1 有几位来办，没见到哪一位？\n1. 张三\n2. 李四\n3. 都没来"
    )
    assert (
        shown(world.say("wang", "2")) == "知道了，这就去问李四。\n到14:00还没有回话，就换一位来。"
    )
    assert "居民说还没见到您" not in "".join(world.news_of("张三"))
    assert shown(world.say("wang", "没来 1 都没来")).startswith("知道了，这就去问张三。")


def test_who_stays_is_named_and_keeps_the_seat(world: World) -> None:
    _two_have_it(world)
    world.say("wang", "没来 1 李四")
    world.later(hours=2.1)

    assert shown(world.say("wang", "没来 1 李四")) == (
        "让您久等了，对不住。\n"
        "#1 张三照常来，另外换一位来办，正在请人，有人接了就告诉您。\n最晚还是11月28日12点。"
    )
    assert "已接下#1" in world.say("zhaomin", "接单 1").text
    assert world.say("zhangsan", "完成 1").text.startswith("辛苦了")


def test_the_steps_say_who_asked_and_who_answered(world: World) -> None:
    scenes.taken(world)
    world.say("wang", "没来 1")
    world.say("zhangsan", "这就去 1")
    world.later(hours=2.1)
    world.say("wang", "没来 1")

    assert world.say("wang", "进度 1 经过").text.splitlines()[-3:] == [
        "11月21日12:00 您说还没见到人",
        "11月21日12:00 张三（第一支部党员）说这就去",
        "11月21日14:06 您没见到人，换一位来办",
    ]
