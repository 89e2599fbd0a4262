"""留言: words go both ways between the resident and whoever serves, and no number with them."""

import pytest

from tests.dialogues import scenes
from tests.factories import World, shown

UNKNOWN = "没有找到这个编号的单子，请核对一下号码。"
ASK = f"{scenes.HEAD}\n想说什么？一句话就行。"
TO_HOLDER = "好的，这就转给张三。\n[看 #1 进度]"
TO_RESIDENT = "好的，这就转给居民。\n[看 #1 进度]"
NOT_YOURS = "这张单不在您手上，留言由办这件事的人来发。"

BEGINNINGS = {
    stage.__name__: stage for stage in (scenes.placed, scenes.dispatched, scenes.taken, scenes.done)
}
DIALOGUES = {
    "the resident writes to whoever comes": ("taken", [("wang", "留言 1 我三点在家", TO_HOLDER)]),
    "the only one needs no number": ("taken", [("wang", "留言 我三点在家", TO_HOLDER)]),
    "the words may come after": (
        "taken",
        [("wang", "留言 1", ASK), ("wang", "我三点在家", TO_HOLDER)],
    ),
    "a message without words is asked again": (
        "taken",
        [("wang", "留言", ASK), ("wang", "？", f"请用几个字说说。\n{ASK}")],
    ),
    "before anybody has it those who dispatch get it": (
        "dispatched",
        [("wang", "留言 1 门禁坏了", "#1 还没有人接，这就转给第一支部。\n[看 #1 进度]")],
    ),
    "the holder writes back": ("taken", [("zhangsan", "留言 1 两点到", TO_RESIDENT)]),
    "the secretary may write as well": ("placed", [("chenshuji", "留言 1 在安排", TO_RESIDENT)]),
    "who finished it may still be asked": (
        "done",
        [
            ("wang", "留言 1 灯又闪了", TO_HOLDER),
            ("zhangsan", "留言 1 我再来看看", TO_RESIDENT),
        ],
    ),
    "another member has no part in it": ("taken", [("lisi", "留言 1 在吗", NOT_YOURS)]),
    "others read the words for an unknown number": (
        "taken",
        [("zhouba", "留言 1 在吗", UNKNOWN), ("li", "留言 1 在吗", UNKNOWN)],
    ),
    "without anything open nobody would read it": (
        "taken",
        [
            (
                "li",
                "留言 在吗",
                "您现在没有正在办的事，留言没有人收。有什么事直接发给我就行。",
            )
        ],
    ),
    "when it is over it can be taken up again instead": (
        "done",
        [
            ("wang", "确认 1", None),
            (
                "wang",
                "留言 1 灯又闪了",
                (
                    "#1 现在是“已办结（已解决）”，留言转不过去了。"
                    "没有解决就回“没解决 1”，接着办。\n"
                    "[看 #1 进度]"
                ),
            ),
            ("zhangsan", "留言 1 谢谢", NOT_YOURS),
            (
                "chenshuji",
                "留言 1 谢谢",
                (
                    "#1 现在是“已办结（已解决）”，留言转不过去了。有别的事直接发给我就行。\n"
                    "[看 #1 进度]"
                ),
            ),
        ],
    ),
}


@pytest.mark.parametrize(("beginning", "dialogue"), DIALOGUES.values(), ids=DIALOGUES.keys())
def test_who_says_what(
    world: World, beginning: str, dialogue: list[tuple[str, str, str | None]]
) -> None:
    BEGINNINGS[beginning](world)
    for sender, said, answered in dialogue:
        reply = shown(world.say(sender, said))
        assert answered is None or reply == answered


def test_the_holder_reads_the_resident_in_full(world: World) -> None:
    scenes.taken(world)
    world.say("wang", "留言 1 我三点在家 打13812345678")

    assert scenes.news(world, "张三")[-1] == "居民留言：我三点在家 打13812345678"
    assert scenes.taps(world, "张三") == ["留言 1"]


def test_the_resident_reads_name_and_post_and_no_number(world: World) -> None:
    scenes.taken(world)

    assert shown(world.say("zhangsan", "留言 1 两点到 打13900000002")) == (
        "好的，这就转给居民。\n居民那边不显示电话，话里的号码没有转过去。\n[看 #1 进度]"
    )
    assert scenes.news(world, "wang")[-1] == "张三（第一支部党员）留言：两点到 打139****"
    assert scenes.taps(world, "wang") == ["留言 1"]


def test_before_anybody_has_it_the_secretary_reads_it(world: World) -> None:
    scenes.dispatched(world)
    members = len(world.news_of("张三"))
    world.say("wang", "留言 1 门禁坏了")

    assert scenes.news(world, "陈书记")[-1] == "居民留言：门禁坏了"
    assert world.news_of("张三")[members:] == []


def test_a_tap_on_the_answer_asks_for_the_words(world: World) -> None:
    scenes.taken(world)
    world.say("wang", "留言 1 我三点在家")
    world.say("zhangsan", scenes.taps(world, "张三")[0], is_tap=True)

    assert shown(world.say("zhangsan", "好，三点到")) == TO_RESIDENT
    assert scenes.news(world, "wang")[-1].startswith("张三（第一支部党员）留言：好")


def test_after_a_change_the_words_reach_whoever_has_it_now(world: World) -> None:
    scenes.taken(world)
    world.say("wang", "留言 1")
    world.say("zhangsan", "退单 1 没空")
    world.say("lisi", "接单 1")
    before = len(world.news_of("张三"))

    assert shown(world.say("wang", "我三点在家")) == "好的，这就转给李四。\n[看 #1 进度]"
    assert scenes.news(world, "李四")[-1] == "居民留言：我三点在家"
    assert world.news_of("张三")[before:] == []


def test_the_steps_keep_the_words(world: World) -> None:
    scenes.taken(world)
    world.say("wang", "留言 1 我三点在家")

    assert world.say("wang", "进度 1 经过").text.endswith("您留言：我三点在家")
