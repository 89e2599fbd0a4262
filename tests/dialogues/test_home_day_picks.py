"""选单, 不选: whoever dispatches picks orders for the home day, and members see those first."""

from datetime import datetime

import pytest

from tests.dialogues import scenes
from tests.factories import POLICY, World, shown

PICKS = {
    "nothing is there": ("", [("选单", "现在没有等着派或等着接的单，不用选。")]),
    "by digit, one after the other": (
        "ab",
        [
            (
                "选单",
                (
                    "给11月29日的回家日选单。点一件就选上，去掉回“不选 号”。\n"
                    "1. #1 阳光小区1栋灯坏了（阳光小区1栋）\n2. #2 阳光小区2栋灯坏了（阳光小区2栋）"
                ),
            ),
            (
                "2",
                (
                    "选上了 #2。\n#2 还没派，派给全体以后党员才能接。\n"
                    "给11月29日的回家日选单。已选 #2。点一件就选上，去掉回“不选 号”。\n"
                    "1. #1 阳光小区1栋灯坏了（阳光小区1栋）\n[#2 派给全体]"
                ),
            ),
            ("派单 2 全体", "#2 已发给 3 位党员，先接先办。\n[看 #2 进度]"),
            ("不选 2", "#2 去掉了。\n[选单]"),
            ("不选 2", "这件没有选过，不用去掉。\n[选单]"),
        ],
    ),
    "by numbers, also such as do not fit": (
        "ab",
        [
            (
                "选单 1 2 9",
                (
                    "选上了 #1、#2。\n#9 不在等着派或等着接的单里，没有选。\n"
                    "#1、#2 还没派，派给全体以后党员才能接。\n"
                    "给11月29日的回家日选单。已选 #1、#2。点一件就选上，去掉回“不选 号”。\n"
                    "[#1 派给全体] [#2 派给全体]"
                ),
            ),
            ("不选 9", "没有找到这个编号的单子，请核对一下号码。"),
        ],
    ),
}


@pytest.mark.parametrize(("orders", "dialogue"), PICKS.values(), ids=PICKS)
def test_picking(world: World, orders: str, dialogue: list[tuple[str, str]]) -> None:
    for number, resident in enumerate(orders, 1):
        world.say(resident, f"报事 阳光小区{number}栋灯坏了")
        world.say(resident, "1")
    assert [(said, shown(world.say("chenshuji", said))) for said, _ in dialogue] == dialogue


def test_a_long_list_goes_on_by_number(world: World) -> None:
    for number in range(1, 11):
        world.say(f"r{number}", f"报事 阳光小区1栋第{number}盏灯坏了")
        world.say(f"r{number}", "1")
        world.later(minutes=1)
    reply = world.say("chenshuji", "选单")
    assert len(reply.menu) == 8
    assert reply.text.endswith("还有 2 件没列出，直接回“选单 号”。")
    assert world.say("chenshuji", "选单 10").text.startswith("选上了 #10。")
    assert world.say("sunshuji", "选单 1").text.startswith("#1 不在等着派或等着接的单里")


def test_an_order_that_somebody_has_is_not_picked(world: World) -> None:
    scenes.taken(world)
    assert world.say("chenshuji", "选单").text == "现在没有等着派或等着接的单，不用选。"


def test_picked_orders_stand_first(world: World) -> None:
    for number in (1, 2):
        world.say(f"r{number}", f"报事 阳光小区{number}栋第{number}盏灯坏了")
        world.say(f"r{number}", "1")
        world.say("chenshuji", f"派单 {number} 全体")
    world.say("chenshuji", "选单 2")
    world.now = datetime(2026, 11, 29, 10, tzinfo=POLICY.timezone)
    menu = world.say("lisi", "报到").menu
    assert [action.command for action in menu] == ["接单 2", "接单 1"]
