"""Slips of the finger: one wrong letter before a number is asked back, never taken for a matter."""

import pytest

from tests.factories import World, shown

DIALOGUES = {
    "the secretary mistypes and taps": [
        (
            "chenshuji",
            "派但 1 张三",
            "您是想说“派单 1 张三”吗？是的话点下面，或回 1。\n1. 派单 1 张三",
        ),
        ("chenshuji", "1", "#1 已发给张三，等对方接单。\n[看 #1 进度]"),
    ],
    "a resident mistypes": [
        ("wang", "进渡 1", "您是想说“进度 1”吗？是的话点下面，或回 1。\n1. 进度 1"),
    ],
}


@pytest.mark.parametrize("dialogue", DIALOGUES.values(), ids=DIALOGUES.keys())
def test_a_slip(world: World, dialogue: list[tuple[str, str, str]]) -> None:
    for said in ("报事 阳光小区1栋灯坏了", "1"):
        world.say("wang", said)
    for sender, said, answered in dialogue:
        assert shown(world.say(sender, said)) == answered
