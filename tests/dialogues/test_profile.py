"""三亮: a member's card, the promise on it, and points only if the member shows them."""

from datetime import date

import pytest
from sqlalchemy import select

from storage.database import transaction
from storage.models import PointEntry, Profile
from storage.vocabulary import PointSource
from tests.factories import World, shown

NO_PROMISE = "还没有写承诺。写一句给邻居看的话，比如“承诺 每周六上午帮楼里老人买菜”。"
EMPTY = f"张三，第一支部党员\n{NO_PROMISE}\n[亮积分] [认岗]"
PROMISED = "记下了，名片上会写：每周六帮老人买菜\n[看名片] [撤下承诺]"
NUMBER = "承诺是给大家看的，里面像有电话或号码，没有记。去掉号码再发一遍就行。"
HOW_TO_SHOW = "名片上放不放积分由您定：回“亮积分 开”或“亮积分 关”。\n[亮积分] [不亮积分]"
SHOWN = "好的，名片上会有积分。随时可以不亮。\n[看名片]"
HIDDEN = "好的，名片上不放积分。\n[看名片]"

CARDS = {
    "nothing yet": [("我的名片", EMPTY), ("承诺", EMPTY)],
    "promised, shown, taken back": [
        ("承诺 每周六帮老人买菜", PROMISED),
        (
            "我的名片",
            "张三，第一支部党员\n承诺：每周六帮老人买菜\n[亮积分] [撤下承诺] [认岗]",
        ),
        ("承诺 撤下", "好的，承诺撤下来了。\n[看名片]"),
        ("名片", EMPTY),
    ],
    "with a post": [
        ("认岗 关爱互助", "好的，您认了关爱互助岗。有合适的事先来问您。\n[退关爱互助]"),
        ("我的名片", f"张三，第一支部党员\n岗位：关爱互助\n{NO_PROMISE}\n[亮积分] [认岗]"),
    ],
    "the later promise holds": [
        ("承诺 随叫随到", "记下了，名片上会写：随叫随到\n[看名片] [撤下承诺]"),
        ("承诺 每周六帮老人买菜", PROMISED),
    ],
    "a phone is refused": [
        ("承诺 有事打13800000001", NUMBER),
        ("承诺 有事打 １３８ ００００ ０００１", NUMBER),
        ("承诺 有事打一三八零零零零零零零一", NUMBER),
        ("承诺 座机0991-1234567", NUMBER),
        ("我的名片", EMPTY),
    ],
    "sixty letters are enough": [
        (f"承诺 {'帮' * 60}", f"记下了，名片上会写：{'帮' * 60}\n[看名片] [撤下承诺]"),
        (f"承诺 {'忙' * 61}", "承诺最多 60 个字，这次的没有记。短一点再发一遍就行。"),
    ],
    "points only if wished": [
        ("亮积分", HOW_TO_SHOW),
        ("亮积分 看看", HOW_TO_SHOW),
        ("亮积分 开", SHOWN),
        ("我的名片", f"张三，第一支部党员\n{NO_PROMISE}\n积分：3.5 分\n[不亮积分] [认岗]"),
        ("亮积分 关", HIDDEN),
        ("我的名片", EMPTY),
    ],
}


@pytest.mark.parametrize("dialogue", CARDS.values(), ids=CARDS)
def test_cards(world: World, dialogue: list[tuple[str, str]]) -> None:
    with transaction(world.engine) as session:
        session.add(
            PointEntry(
                person_id=world.people["张三"],
                hundredths=350,
                rule="service",
                rule_version=1,
                source=PointSource.AWARD,
                source_id=1,
                at=world.now,
                month=date(2026, 11, 1),
            )
        )
    for said, answered in dialogue:
        assert shown(world.say("zhangsan", said)) == answered


def test_a_promise_keeps_what_else_was_chosen(world: World) -> None:
    world.say("zhangsan", "亮积分 开")
    world.say("zhangsan", "承诺 随叫随到")
    with transaction(world.engine) as session:
        (kept,) = session.scalars(select(Profile)).all()
        assert (kept.promise, kept.shows_points, kept.is_ranked) == ("随叫随到", True, True)


@pytest.mark.parametrize("said", ["我的名片", "承诺", "亮积分"])
def test_residents_have_no_card(world: World, said: str) -> None:
    assert shown(world.say("wang", said)).startswith("这项要党员或支部来办。")
