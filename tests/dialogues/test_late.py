"""What can be seen of time: the class on the card, marks of what is late, pauses, new promises."""

import pytest
from sqlalchemy import select

from storage.database import transaction
from storage.models import Notice
from storage.vocabulary import NoticeKind
from tests.dialogues.scenes import MATTER, fire, placed, taken
from tests.factories import World, shown

DUE = "11月28日12点"


@pytest.mark.parametrize(
    ("matter", "field"),
    [
        ("阳光小区1栋灯坏了", None),
        ("阳光小区1栋停电了", ["急缓", "水电气热一类，24 小时内"]),
        ("阳光小区1栋想加装电梯", ["急缓", "复杂，15 天内"]),
        ("阳光小区1栋有人晕倒", ["急缓", "紧急，请马上打电话问清楚"]),
    ],
)
def test_the_card_of_the_secretary_names_the_class(
    world: World, matter: str, field: list[str] | None
) -> None:
    world.report("wang", matter)
    with transaction(world.engine) as session:
        fields = session.scalars(
            select(Notice.fields).where(Notice.kind == NoticeKind.ORDER_SUBMITTED)
        ).one()

    assert [each for each in fields if each[0] == "急缓"] == ([field] if field else [])


def _promise(world: World, who: str) -> str:
    lines = world.say(who, "进度 1").text.splitlines()
    return next(line for line in lines if line.startswith("最晚："))


def test_a_promise_says_what_became_of_it(world: World) -> None:
    taken(world)
    assert _promise(world, "wang") == f"最晚：{DUE}"
    world.later(days=7, hours=1)
    assert _promise(world, "wang") == f"最晚：{DUE}（已经过了）"
    fire(world)
    for reader in ("wang", "zhangsan", "chenshuji"):
        assert _promise(world, reader) == f"最晚：12月1日13点（原来说好{DUE}）"
    world.say("zhangsan", "完成 1")

    assert _promise(world, "wang") == "最晚：12月1日13点"


def test_while_the_resident_is_waited_for_the_clock_stands(world: World) -> None:
    placed(world)
    world.say("chenshuji", "退补 1 是几楼的灯")

    assert _promise(world, "wang") == f"最晚：{DUE}（等补充的时间往后顺延）"
    world.later(hours=5)
    world.say("wang", "补充 1 三楼")
    assert _promise(world, "wang") == "最晚：11月28日17点"
    past = world.say("wang", "进度 1 经过").text.splitlines()
    assert past[-2:] == [
        "11月21日12:00 陈书记（第一支部书记）请居民补充：是几楼的灯",
        "11月21日17:00 您回答：三楼",
    ]


def test_the_time_line_tells_what_was_not_done_in_time(world: World) -> None:
    placed(world)
    world.later(hours=22)
    fire(world)

    assert world.say("wang", "进度 1 经过").text.splitlines()[-1] == (
        "11月22日10:00 过了时限：还没有派单"
    )


def test_what_is_late_comes_first_and_is_marked(world: World) -> None:
    taken(world)
    world.later(days=7)
    fire(world)
    world.say("wang", "报事 阳光小区1栋门坏了")
    world.say("wang", "1")

    desk = world.say("chenshuji", "待办").menu
    assert [action.label for action in desk] == [
        f"#1 {MATTER} · 逾期 · 已接单 张三 · 7天",
        "#2 阳光小区1栋门坏了 · 待派单 · 刚刚",
    ]
    assert shown(world.say("wang", "进度")) == (
        f"您报过的事：\n1. #2 阳光小区1栋门坏了 · 待派单\n2. #1 {MATTER} · 已接单 · 逾期"
    )
    assert world.say("zhangsan", "待办").menu[0].label.startswith(f"#1 {MATTER} · 逾期 · ")


def test_what_waits_for_the_residents_word_is_not_late(world: World) -> None:
    taken(world)
    world.later(days=6)
    world.say("zhangsan", "完成 1")
    world.later(days=2)

    assert "逾期" not in shown(world.say("chenshuji", "待办"))
