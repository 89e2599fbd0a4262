"""排行: only where the branch switched it on; nobody is named who keeps out."""

import pytest
from sqlalchemy import select

from storage.database import transaction
from storage.models import BranchSetting
from tests.dialogues.points import serve
from tests.factories import World, shown

Row = tuple[str, str, str]

OFF = "您的支部没有开排行，积分只有自己看得到。\n[看积分]"
ON = (
    "第一支部的排行开了，已记下是您开的。党员说“排行”才看得到，"
    "不想列名的说“排行 不参加”。\n要关就回“排行 关”。"
)
CLOSED = "第一支部的排行关了，积分只有自己看得到。"
TWO = "第一支部 2026 年积分：\n第 1 位　张三　2 分\n第 2 位　李四　1 分"

DIALOGUES: dict[str, list[Row]] = {
    "off by itself": [("zhangsan", "排行", OFF), ("chenshuji", "排行", OFF)],
    "switched on": [
        ("chenshuji", "排行 开", ON),
        ("zhangsan", "排行", f"{TWO}\n您 2 分，第 1 位。\n[不列我的名字]"),
        ("zhaomin", "排行", TWO),
        ("zhouba", "排行", OFF),
        ("wang", "排行", OFF),
    ],
    "and off again": [("chenshuji", "排行 开", ON), ("chenshuji", "排行 关", CLOSED)],
    "who keeps out is not named": [
        ("chenshuji", "排行 开", ON),
        (
            "zhangsan",
            "排行 不参加",
            "好的，排行里不列您的名字，积分照记。想列上，回“排行 参加”。",
        ),
        ("zhaomin", "排行", "第一支部 2026 年积分：\n第 1 位　李四　1 分"),
        ("zhangsan", "排行", "第一支部 2026 年积分：\n第 1 位　李四　1 分"),
        (
            "zhangsan",
            "排行 参加",
            "好的，您的支部开了排行时，会列上您的名字。不想列了，回“排行 不参加”。",
        ),
        ("zhaomin", "排行", TWO),
    ],
    "a member does not switch it": [
        ("zhangsan", "排行 开", "这项要由支部或社区的工作人员来办。"),
        ("zhangsan", "排行", OFF),
    ],
    "the community says which": [
        ("liuzhuren", "排行 开", "哪个支部？\n1. 第一支部\n2. 第二支部"),
        ("liuzhuren", "1", ON),
        ("liuzhuren", "排行 关 第三支部", "没有找到您管的这个支部，请核对一下名称。"),
        ("liuzhuren", "排行 关 第一支部", CLOSED),
    ],
}


@pytest.mark.parametrize("dialogue", DIALOGUES.values(), ids=DIALOGUES.keys())
def test_rankings(world: World, dialogue: list[Row]) -> None:
    serve(world)
    serve(world, "门坏了")
    serve(world, "窗坏了", who="lisi")
    for sender, said, answered in dialogue:
        assert shown(world.say(sender, said)) == answered


def test_of_equals_the_first_there_stands_first(world: World) -> None:
    serve(world, who="lisi")
    world.later(hours=1)
    serve(world, "门坏了")
    world.say("chenshuji", "排行 开")

    assert world.say("zhaomin", "排行").text.splitlines()[1] == "第 1 位　李四　1 分"


def test_a_new_year_begins_anew(world: World) -> None:
    serve(world)
    world.say("chenshuji", "排行 开")
    world.later(days=60)

    assert shown(world.say("zhangsan", "排行")) == "排行开着，今年还没有人记分。\n[怎么记分]"


def test_it_is_kept_who_switched_it_and_when(world: World) -> None:
    world.say("chenshuji", "排行 开")
    world.later(days=1)
    world.say("liuzhuren", "排行 关 第一支部")

    with transaction(world.engine) as session:
        kept = session.execute(select(BranchSetting)).scalar_one()
        assert (kept.organisation_id, kept.has_ranking, kept.set_by_id, kept.set_at) == (
            world.organisations["b1"],
            False,
            world.people["刘主任"],
            world.now,
        )
