"""How it went, step by step, for each who may read it (DESIGN.md 7.9)."""

import pytest

from tests.dialogues import scenes
from tests.factories import World, shown

RESIDENT = (
    f"{scenes.HEAD} · 经过\n"
    "11月21日12:00 您报事\n"
    "11月21日13:00 陈书记（第一支部书记）派单\n"
    "11月21日14:30 张三（第一支部党员）接单\n"
    "11月21日15:30 张三（第一支部党员）说办好了：换了灯泡 电话 139****\n"
    "[看 #1 进度]"
)
HOLDER = (
    f"{scenes.HEAD} · 经过\n"
    "11月21日12:00 居民报事\n"
    "11月21日13:00 陈书记（第一支部书记）派单\n"
    "11月21日14:30 您接单\n"
    "[看 #1 进度]"
)
CHAIN = (
    f"{scenes.HEAD} · 经过\n"
    "11月21日12:00 居民报事（公众号）\n"
    "11月21日13:00 {secretary}派单：请了 1 位（企业微信）\n"
    "11月21日14:30 张三（第一支部党员）接单（企业微信）\n"
    "11月21日15:30 张三（第一支部党员）说办好了：换了灯泡 电话 13900000002（企业微信）\n"
    "[看 #1 进度]"
)


def _work(world: World) -> None:
    scenes.placed(world)
    world.later(hours=1)
    world.say("chenshuji", "派单 1 张三")
    world.later(hours=1.5)
    world.say("zhangsan", "接单 1")
    world.later(hours=1)


def test_the_holder_reads_every_step(world: World) -> None:
    _work(world)

    assert [each.label for each in world.say("zhangsan", "进度 1").actions] == ["办好了", "经过"]
    assert shown(world.say("zhangsan", "进度 1 经过")) == HOLDER


READERS = {
    "the resident reads names and posts, and no member's phone": ("wang", RESIDENT),
    "the secretary reads also how many were asked and over which channel": (
        "chenshuji",
        CHAIN.format(secretary="您"),
    ),
    "the community reads what the secretary reads": (
        "liuzhuren",
        CHAIN.format(secretary="陈书记（第一支部书记）"),
    ),
    "another member reads matter, building and state only": (
        "lisi",
        f"{scenes.HEAD}\n现在：待确认\n地点：阳光小区3栋2单元",
    ),
    "another branch reads the words for an unknown number": (
        "zhouba",
        "没有找到这个编号的单子，请核对一下号码。",
    ),
    "a stranger reads the words for an unknown number": (
        "li",
        "没有找到这个编号的单子，请核对一下号码。",
    ),
}


@pytest.mark.parametrize(("reader", "answered"), READERS.values(), ids=READERS.keys())
def test_after_the_work(world: World, reader: str, answered: str) -> None:
    _work(world)
    world.say("zhangsan", "完成 1 换了灯泡 电话 13900000002")

    assert shown(world.say(reader, "进度 1 经过")) == answered


def test_the_tap_under_an_order_leads_there(world: World) -> None:
    _work(world)

    tap = world.say("wang", "进度 1").actions[-1]
    assert tap.label == "经过"
    assert world.say("wang", tap.command, is_tap=True).text.startswith(f"{scenes.HEAD} · 经过\n")


def test_a_long_way_is_told_on_pages_and_no_step_is_lost(world: World) -> None:
    _work(world)
    for number in range(40):
        world.later(minutes=1)
        world.say("zhangsan" if number % 2 else "wang", f"留言 1 第{number}句话，" + "慢慢说" * 10)

    reply, pages = world.say("wang", "进度 1 经过"), list[str]()
    while True:
        pages.append(reply.text)
        further = [action for action in reply.actions if action.label == "后面的"]
        if not further:
            break
        reply = world.say("wang", further[0].command)

    assert all(len(page.encode()) < 2_000 for page in pages)
    assert pages[0].startswith(f"{scenes.HEAD} · 经过（1/{len(pages)}）\n11月21日12:00 您报事")
    told = "\n".join(pages)
    assert [number for number in range(40) if f"第{number}句话" not in told] == []
    assert world.say("wang", f"进度 1 经过 {len(pages) + 9}").text == pages[-1]
