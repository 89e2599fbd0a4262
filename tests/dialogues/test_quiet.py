"""Somebody sets the hours in which messages wait."""

import pytest

from tests.factories import World, shown

COMES = "您手上的单、您自己问的和急事，照样马上告诉您。"
SET = f"好的，每天22点到7点不打扰您，能等的消息过后再发。\n{COMES}\n[关掉免打扰]"
STANDING = f"每天22点到7点免打扰，能等的消息过后再发。\n{COMES}\n[关掉免打扰]"
EXAMPLE = "想清静几个钟头，就写从几点到几点：“免打扰 22-7”。"
NOT_SET = f"现在没有设免打扰。\n{EXAMPLE}\n[22点到7点免打扰]"
OFF = "好的，免打扰关了，消息随到随发。\n[22点到7点免打扰]"
HINT = f"什么也没有改。{EXAMPLE}\n[22点到7点免打扰]"

QUIET = {
    "set, looked at, switched off": [
        ("免打扰", NOT_SET),
        ("免打扰 22-7", SET),
        ("免打扰", STANDING),
        ("免打扰 关", OFF),
        ("免打扰", NOT_SET),
    ],
    "in words": [("免打扰晚上10点到早上7点", SET)],
    "bad hours change nothing": [
        ("免打扰 22-7", SET),
        ("免打扰 7-22", f"免打扰一天 1 到 12 个钟头，{HINT}"),
        ("免打扰 22-31", f"一天只有 24 个钟头，{HINT}"),
        ("免打扰 22:30-7", f"免打扰只能写整点，{HINT}"),
        ("免打扰", STANDING),
    ],
    "other words may be a matter": [
        ("免打扰的牌子掉了", f"{NOT_SET} [这是要报的事]"),
    ],
}


@pytest.mark.parametrize("sender", ["zhangsan", "wang"])
@pytest.mark.parametrize("dialogue", QUIET.values(), ids=QUIET)
def test_quiet_hours(world: World, dialogue: list[tuple[str, str]], sender: str) -> None:
    for said, answered in dialogue:
        assert shown(world.say(sender, said)) == answered
