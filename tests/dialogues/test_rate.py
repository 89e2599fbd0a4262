"""评价: one to five stars and a word, by the reporter only, once it is said to be done."""

import pytest

from storage.vocabulary import OrderStatus, Outcome
from tests.dialogues import scenes
from tests.factories import World, shown

Row = tuple[str, str, str | None]

UNKNOWN = "没有找到这个编号的单子，请核对一下号码。"
MENU = (
    f"{scenes.HEAD}\n这次办得怎么样？\n"
    "1. ★ 不满意\n2. ★★ 不太满意\n3. ★★★ 一般\n4. ★★★★ 满意\n5. ★★★★★ 很满意"
)
NOTHING = "您现在没有可以评价的事。办好以后再来评价。"


def rated(stars: str, score: int) -> str:
    return (
        f"谢谢您，#1 记下了：{stars}\n想补一句，回“评价 1 {score} 您的话”。\n"
        "7 天内想改，再评一次就行。"
    )


def worded(stars: str, said: str) -> str:
    return f"谢谢您，#1 记下了：{stars} {said}\n7 天内想改，再评一次就行。"


CLOSED: dict[str, list[Row]] = {
    "score and words": [("wang", "评价 1 5 来得真快", worded("★★★★★", "来得真快"))],
    "a score alone": [("wang", "评价 1 4", rated("★★★★☆", 4))],
    "a score in words": [("wang", "评价 1 四星", rated("★★★★☆", 4))],
    "drawn stars": [("wang", "评价 1 ★★★", rated("★★★☆☆", 3))],
    "a digit of the list is the score": [
        ("wang", "评价 1", MENU),
        ("wang", "5", rated("★★★★★", 5)),
    ],
    "the only one needs no number": [("wang", "评价", MENU), ("wang", "很满意", rated("★★★★★", 5))],
    "a number that is no order of theirs is the score": [
        ("wang", "评价 5", rated("★★★★★", 5)),
        ("wang", "评价 3星 一般", worded("★★★☆☆", "一般")),
    ],
    "words without a score are kept until the score comes": [
        ("wang", "评价 1 师傅很仔细", MENU),
        ("wang", "5", worded("★★★★★", "师傅很仔细")),
    ],
    "what is no score is asked again": [
        ("wang", "评价 1", MENU),
        ("wang", "7", f"请回 1 到 5，5 是很满意。\n{MENU}"),
    ],
    "it can be changed": [
        ("wang", "评价 1 5", rated("★★★★★", 5)),
        ("wang", "评价 1 3 又坏了", worded("★★★☆☆", "又坏了")),
    ],
    "who is not content may take it up again": [
        ("wang", "评价 1 1 没修好", worded("★☆☆☆☆", "没修好") + "\n[没解决]"),
    ],
    "nobody else rates": [
        ("zhangsan", "评价 1 5", UNKNOWN),
        ("chenshuji", "评价 1 5", UNKNOWN),
        ("li", "评价 1 5", UNKNOWN),
        ("li", "评价", NOTHING),
    ],
}


@pytest.mark.parametrize("dialogue", CLOSED.values(), ids=CLOSED.keys())
def test_after_the_confirmation(world: World, dialogue: list[Row]) -> None:
    scenes.done(world)
    world.say("wang", "确认 1")
    for sender, said, answered in dialogue:
        reply = shown(world.say(sender, said))
        assert answered is None or reply == answered


def test_the_confirmation_invites_to_rate(world: World) -> None:
    scenes.done(world)

    invited = world.say("wang", "确认 1")
    assert shown(invited) == "好的，#1 已办结。谢谢您告诉我们。\n[评价一下]"
    assert shown(world.say("wang", invited.actions[0].command, is_tap=True)) == MENU


EARLY = {
    "before anybody is asked": (
        scenes.placed,
        "#1 现在是“待派单”，办好以后再评价。",
    ),
    "while somebody has it": (scenes.taken, "#1 现在是“已接单”，办好以后再评价。"),
}


@pytest.mark.parametrize(("begin", "answered"), EARLY.values(), ids=EARLY.keys())
def test_too_early(world: World, begin: scenes.Beginning, answered: str) -> None:
    begin(world)

    assert shown(world.say("wang", "评价 1 5")) == answered
    assert shown(world.say("wang", "评价")) == NOTHING


def test_what_was_withdrawn_was_not_done(world: World) -> None:
    scenes.placed(world)
    world.say("wang", "撤回 1")

    assert shown(world.say("wang", "评价 1 5")).startswith("#1 现在是“已撤回”")


def test_while_it_waits_for_the_confirmation_that_question_stays(world: World) -> None:
    scenes.done(world)

    assert shown(world.say("wang", "评价 1 5 谢谢")) == (
        worded("★★★★★", "谢谢") + "\n#1 真的解决了吗？\n1. 解决了\n2. 部分解决\n3. 没解决"
    )
    assert scenes.order(world).status is OrderStatus.DONE
    world.later(hours=73)
    scenes.fire(world)
    assert scenes.order(world).outcome is Outcome.UNRATED


def test_a_rating_reopens_nothing_and_is_kept(world: World) -> None:
    scenes.done(world)
    world.say("wang", "确认 1")
    world.say("wang", "评价 1 1 没修好")

    order = scenes.order(world)
    assert (order.status, order.outcome) == (OrderStatus.CLOSED, Outcome.RESOLVED)
    assert (order.rating, order.rating_words, order.rated_at) == (1, "没修好", world.now)


def test_it_can_be_given_late_and_changed_for_seven_days(world: World) -> None:
    scenes.done(world)
    world.say("wang", "确认 1")
    world.later(days=30)
    world.say("wang", "评价 1 5")
    world.later(days=6.9)
    assert shown(world.say("wang", "评价 1 4")) == rated("★★★★☆", 4)
    world.later(days=0.2)

    assert shown(world.say("wang", "评价 1 1")) == (
        "#1 您评的是★★★★☆。过了 7 天，不再改动。谢谢您。"
    )
    assert scenes.order(world).rating == 4


def test_after_a_reopening_it_is_rated_anew(world: World) -> None:
    scenes.done(world)
    world.say("wang", "确认 1")
    world.say("wang", "评价 1 2")
    world.later(days=6)
    world.say("wang", "没解决 1")
    assert shown(world.say("wang", "评价 1 5")) == "#1 现在是“待派单”，办好以后再评价。"
    world.say("liuzhuren", "派单 1 李四")
    world.say("lisi", "接单 1")
    world.later(days=3)
    world.say("lisi", "完成 1")
    world.say("wang", "确认 1")

    assert shown(world.say("wang", "评价 1 5")) == rated("★★★★★", 5)


def test_the_secretary_hears_of_the_unhappy_once(world: World) -> None:
    scenes.done(world)
    world.say("wang", "确认 1")
    before = len(world.news_of("陈书记"))
    for said in ("评价 1 4", "评价 1 2 来晚了", "评价 1 1 又坏了"):
        world.say("wang", said)

    assert scenes.news(world, "陈书记", before) == [
        "居民给 #1 的评价：★★☆☆☆ 来晚了\n方便的话，打个电话问问。"
    ]


def test_reporter_and_secretary_see_it_under_the_order(world: World) -> None:
    scenes.done(world)
    world.say("wang", "确认 1")
    world.say("wang", "评价 1 4 谢谢")

    seen = {
        who: "评价：★★★★☆ 谢谢" in world.say(who, "进度 1").text for who in ("wang", "chenshuji")
    }
    assert seen == {"wang": True, "chenshuji": True}
    assert "★" not in world.say("lisi", "进度 1").text
    assert world.say("wang", "进度 1 经过").text.endswith("您评价：★★★★☆ 谢谢")
