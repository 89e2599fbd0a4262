"""撤回: the resident does not need it any more (DESIGN.md 7.6), and `取消` offers it (7.18)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from storage.database import transaction
from storage.models import Assignment
from storage.vocabulary import AssignmentStatus, OrderStatus
from tests.dialogues import scenes
from tests.factories import World, shown

WITHDRAWN = "好的，#1 已撤回。又需要的话，再发给我就行。\n[我要报事]"
TAKEN_BACK = "好的，#1 已撤回。这就告诉张三不用来了。又需要的话，再发给我就行。\n[我要报事]"
STANDS = "#1 现在是“已撤回”，这一步暂时用不上。\n[看 #1 进度]"
UNKNOWN = "没有找到这个编号的单子，请核对一下号码。"
SECOND = "#2 和谐小区3栋门坏了"
KNOWN = "好的，谢谢您。"


def _second(world: World) -> None:
    for said in ("报事 和谐小区3栋门坏了", "1"):
        world.say("wang", said)


def _nothing(world: World) -> None:
    world.say("wang", "你好")


def _two(world: World) -> None:
    scenes.placed(world)
    _second(world)


BEGINNINGS = {"nothing": _nothing, "two": _two} | {
    stage.__name__: stage for stage in (scenes.placed, scenes.dispatched, scenes.taken, scenes.done)
}
DIALOGUES = {
    "before anybody is asked": ("placed", [("wang", "撤回 1", WITHDRAWN)]),
    "while members are asked": ("dispatched", [("wang", "撤回 1", WITHDRAWN)]),
    "while somebody has it": ("taken", [("wang", "撤回 1", TAKEN_BACK)]),
    "the only one needs no number": ("placed", [("wang", "撤回", WITHDRAWN)]),
    "twice": ("placed", [("wang", "撤回 1", WITHDRAWN), ("wang", "撤回 1", STANDS)]),
    "what is said to be done is answered instead": (
        "done",
        [
            (
                "wang",
                "撤回 1",
                "张三说 #1 已经办好了。真的解决了吗？\n1. 解决了\n2. 部分解决\n3. 没解决",
            ),
            ("wang", "1", None),
            ("wang", "进度 1", None),
        ],
    ),
    "somebody else's looks like a number that does not exist": (
        "placed",
        [("li", "撤回 1", UNKNOWN), ("chenshuji", "撤回 1", UNKNOWN), ("wang", "撤回 9", UNKNOWN)],
    ),
    "without anything open": (
        "nothing",
        [
            ("wang", "撤回", "您现在没有可以撤回的事。"),
            ("wang", "取消", "现在没有进行到一半的事，不用取消。"),
        ],
    ),
    "of several it is asked which": (
        "two",
        [
            ("wang", "撤回", f"您说的是哪一件？\n1. {SECOND}\n2. {scenes.HEAD}"),
            ("wang", "2", WITHDRAWN),
        ],
    ),
    "cancelling with nothing running offers what can be taken back": (
        "two",
        [
            (
                "wang",
                "取消",
                f"现在没有进行到一半的事。要撤回哪一件报过的事吗？\n1. {SECOND}\n2. {scenes.HEAD}",
            ),
            ("wang", "2", WITHDRAWN),
            (
                "wang",
                "取消",
                f"现在没有进行到一半的事。要撤回哪一件报过的事吗？\n1. {SECOND}",
            ),
        ],
    ),
    "cancelling a draft takes nothing back": (
        "placed",
        [
            ("wang", "报事", None),
            ("wang", "取消", "好的，已取消，什么也没有提交。"),
            ("wang", "进度 1", None),
        ],
    ),
    "cancelling while something is said to be done offers nothing": (
        "done",
        [("wang", "取消", "现在没有进行到一半的事，不用取消。")],
    ),
    "nobody can take it any more": (
        "dispatched",
        [
            ("wang", "撤回 1", WITHDRAWN),
            ("lisi", "接单 1", "#1 现在是“已撤回”，不用接了。\n现在没有别的单可接。"),
            ("chenshuji", "派单 1 全体", STANDS),
            ("wang", "没解决 1", STANDS),
        ],
    ),
    "who had it says that they know": (
        "taken",
        [
            ("wang", "撤回 1", TAKEN_BACK),
            ("zhangsan", "知道了 1", KNOWN),
            ("zhangsan", "知道了 1", KNOWN),
            ("zhangsan", "完成 1", "这张单不在您手上，不能由您办结。"),
        ],
    ),
    "the word alone is enough, and without anything to know it is small talk": (
        "taken",
        [
            ("zhangsan", "知道了", "好的。有事随时说。"),
            ("wang", "撤回 1", TAKEN_BACK),
            ("zhangsan", "知道了", KNOWN),
            ("zhangsan", "知道了", "好的。有事随时说。"),
            ("li", "知道了 1", UNKNOWN),
        ],
    ),
}


@pytest.mark.parametrize(("beginning", "dialogue"), DIALOGUES.values(), ids=DIALOGUES.keys())
def test_a_resident(
    world: World, beginning: str, dialogue: list[tuple[str, str, str | None]]
) -> None:
    BEGINNINGS[beginning](world)
    for sender, said, answered in dialogue:
        reply = shown(world.say(sender, said))
        assert answered is None or reply == answered


def _assignments(world: World) -> dict[int, AssignmentStatus]:
    with transaction(world.engine) as session:
        return {each.person_id: each.status for each in session.query(Assignment)}


def test_all_offers_are_revoked_and_nobody_is_told_by_notice(world: World) -> None:
    scenes.dispatched(world)
    before = {name: len(world.news_of(name)) for name in world.people}

    world.say("wang", "撤回 1")

    assert scenes.order(world).status is OrderStatus.WITHDRAWN
    assert set(_assignments(world).values()) == {AssignmentStatus.REVOKED}
    assert {name: len(world.news_of(name)) for name in world.people} == before


def test_whoever_had_it_is_told_at_once_with_one_tap(world: World) -> None:
    scenes.taken(world)
    before = len(world.news_of("陈书记"))
    world.say("wang", "撤回 1")

    assert _assignments(world) == {world.people["张三"]: AssignmentStatus.REVOKED}
    assert scenes.news(world, "张三")[-1] == "居民撤回了这件事，您不用去了。谢谢您接下过它。"
    assert scenes.taps(world, "张三") == ["知道了 1"]
    assert world.news_of("陈书记")[before:] == []


SILENCE = "居民撤回了这件事，张三还没回“知道了”。请打个电话说一声，免得白跑一趟。"


@pytest.mark.parametrize(
    ("word", "told"), [("知道了 1", []), ("知道了", []), ("好的", [SILENCE]), ("", [SILENCE])]
)
def test_two_hours_of_silence_are_told_to_the_secretary(
    world: World, word: str, told: list[str]
) -> None:
    scenes.taken(world)
    world.say("wang", "撤回 1")
    before = len(world.news_of("陈书记"))
    world.later(hours=1.9)
    scenes.fire(world)
    assert world.news_of("陈书记")[before:] == []
    if word:
        world.say("zhangsan", word)
    world.later(hours=0.2)
    scenes.fire(world)

    assert scenes.news(world, "陈书记", before) == told


def test_nobody_calls_the_secretary_at_night(world: World) -> None:
    scenes.taken(world)
    world.later(hours=8)  # 20:00
    world.say("wang", "撤回 1")
    before = len(world.news_of("陈书记"))
    world.later(hours=11.9)
    scenes.fire(world)
    assert world.news_of("陈书记")[before:] == []
    world.later(hours=0.2)
    scenes.fire(world)

    assert scenes.news(world, "陈书记", before) == [SILENCE]


def test_a_tap_on_the_card_is_answered_on_the_card(world: World) -> None:
    scenes.taken(world)
    world.say("wang", "撤回 1")

    assert world.press("zhangsan", "知道了 1").card_note == "已撤回"


def test_a_sentence_that_begins_with_the_word_is_no_command(world: World) -> None:
    scenes.placed(world)
    world.later(hours=1)

    assert "是想报" in world.say("wang", "知道了，可是水管又漏了").text


def test_a_question_of_the_branch_goes_with_it(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "退补 1 是几楼的灯")

    assert shown(world.say("wang", "撤回 1")) == WITHDRAWN
    world.later(hours=1)
    assert "回答" not in world.say("wang", "三楼的").text
    world.later(hours=73)
    scenes.fire(world)
    assert scenes.order(world).status is OrderStatus.WITHDRAWN


def test_whoever_is_first_decides_and_the_other_reads_the_truth(world: World) -> None:
    scenes.taken(world)
    said = {"wang": "撤回 1", "zhangsan": "完成 1"}
    with ThreadPoolExecutor(len(said)) as pool:
        answers = dict(zip(said, pool.map(world.say, said, said.values()), strict=True))

    status = scenes.order(world).status
    assert status in {OrderStatus.WITHDRAWN, OrderStatus.DONE}
    if status is OrderStatus.WITHDRAWN:
        assert answers["wang"].text.startswith("好的，#1 已撤回。")
        assert "辛苦了" not in answers["zhangsan"].text
    else:
        assert answers["wang"].text == "张三说 #1 已经办好了。真的解决了吗？"
        assert answers["zhangsan"].text.startswith("辛苦了")
    assert AssignmentStatus.ACCEPTED not in _assignments(world).values()
