"""加分: a special award is proposed by one and agreed to by two others of the level above."""

from datetime import date
from functools import partial

import pytest
from sqlalchemy import select

from handlers import turn
from storage.database import transaction
from storage.models import Appointment, Person, PointAward, PointEntry
from storage.vocabulary import Role
from tests.dialogues.points import ledger
from tests.dialogues.records import appoint
from tests.dialogues.scenes import taps
from tests.factories import POLICY, World, shown
from tests.post_office import in_threads

Row = tuple[str, str, str]

HOW = "请这样说：加分 张三 3 见义勇为救了人\n分数最多 10 分，理由写清楚，社区两个人同意才算。"
PROPOSED = "已请社区看：给张三加 3 分。两位同意后自动记上。"
MORE = "记下了，还差一位同意。"
AGREED = "好的，两位都同意了，已经加上并告诉本人。"
UNKNOWN = "没有找到等您定的这次加分，请核对一下号码。"
LIMIT = "专项加分要大于 0，最多 10 分。"


def two_may_agree(world: World) -> None:
    """Zhao works for the community, as Liu does."""
    with transaction(world.engine) as session:
        own = select(Appointment).where(Appointment.person_id == world.people["赵敏"])
        session.execute(own).scalar_one().ends_on = date(2026, 1, 2)
    appoint(world, "赵敏", Role.COMMUNITY_WORKER, "c1")


def proposed(world: World) -> None:
    two_may_agree(world)
    world.say("chenshuji", "加分 张三 3 见义勇为救了人")


PROPOSING: dict[str, list[Row]] = {
    "name, points, reason": [("chenshuji", "加分 张三 3 见义勇为救了人", PROPOSED)],
    "with the unit and marks": [("chenshuji", "加分：张三 3分，见义勇为救了人", PROPOSED)],
    "told apart by digits": [("chenshuji", "加分 张三 0002 3 见义勇为救了人", PROPOSED)],
    "the word alone": [("chenshuji", "加分", HOW)],
    "without points": [("chenshuji", "加分 张三 见义勇为", HOW)],
    "without a reason": [("chenshuji", "加分 张三 3", HOW)],
    "eleven points": [("chenshuji", "加分 张三 11 见义勇为", LIMIT)],
    "a thousand": [("chenshuji", "加分 张三 1000 见义勇为", LIMIT)],
    "none": [("chenshuji", "加分 张三 0 见义勇为", LIMIT)],
    "to oneself": [
        (
            "chenshuji",
            "加分 陈书记 3 很辛苦",
            "不能给自己加分。要加的话，请别的支部书记或社区来提。",
        )
    ],
    "to another branch's": [
        ("chenshuji", "加分 周八 3 很辛苦", "您管的支部里没有叫“周八”的人，请核对姓名。")
    ],
    "by a member": [
        (
            "zhangsan",
            "加分 李四 3 很辛苦",
            "您是想报这件事吗？\n“加分 李四 3 很辛苦”",
        )
    ],
}


@pytest.mark.parametrize("dialogue", PROPOSING.values(), ids=PROPOSING.keys())
def test_proposing(world: World, dialogue: list[Row]) -> None:
    two_may_agree(world)
    for sender, said, answered in dialogue:
        assert shown(world.say(sender, said)).startswith(answered)
    with transaction(world.engine) as session:
        stored = session.execute(select(PointAward.hundredths)).scalars().all()
    assert stored == ([300] if dialogue[0][2] == PROPOSED else [])


def test_without_two_who_may_agree_nothing_is_proposed(world: World) -> None:
    assert shown(world.say("chenshuji", "加分 张三 3 见义勇为")) == (
        "社区里能同意的人不够两位，现在提不了，什么也没有记。请先和社区说一声。"
    )


AGREEING: dict[str, list[Row]] = {
    "two": [("liuzhuren", "同意加分 1", MORE), ("zhaomin", "同意加分 1", AGREED)],
    "one twice is one": [("liuzhuren", "同意加分 1", MORE), ("liuzhuren", "同意加分 1", MORE)],
    "the proposer does not": [("chenshuji", "同意加分 1", UNKNOWN)],
    "another branch does not": [("sunshuji", "同意加分 1", UNKNOWN)],
    "none such": [("liuzhuren", "同意加分 9", UNKNOWN)],
    "a third comes late": [
        ("liuzhuren", "同意加分 1", MORE),
        ("zhaomin", "同意加分 1", AGREED),
        ("liuzhuren", "不同意加分 1", "这次加分已经定了。"),
    ],
    "refused": [
        ("liuzhuren", "同意加分 1", MORE),
        ("zhaomin", "不同意加分 1", "好的，这次不加，已告诉提的人。"),
        ("liuzhuren", "同意加分 1", "这次加分已经定了。"),
    ],
}


@pytest.mark.parametrize("dialogue", AGREEING.values(), ids=AGREEING.keys())
def test_agreeing(world: World, dialogue: list[Row]) -> None:
    proposed(world)
    for sender, said, answered in dialogue:
        assert shown(world.say(sender, said)) == answered
    is_done = any(answered == AGREED for _, _, answered in dialogue)
    assert ledger(world, "张三") == ([("special", 300)] if is_done else [])


def test_nobody_agrees_for_oneself(world: World) -> None:
    """Zhao works for the community and is a member of the branch, too."""
    appoint(world, "赵敏", Role.COMMUNITY_WORKER, "c1")
    appoint(world, "李四", Role.COMMUNITY_WORKER, "c1")
    world.say("chenshuji", "加分 赵敏 3 见义勇为救了人")

    assert shown(world.say("zhaomin", "同意加分 1")) == UNKNOWN
    assert not any("提议给赵敏" in news for news in world.news_of("赵敏"))


def test_who_is_asked_and_who_hears(world: World) -> None:
    proposed(world)

    assert world.news_of("刘主任")[-1] == (
        "专项加分 1\n陈书记提议给张三加 3 分。\n理由：见义勇为救了人\n要两位同意才算。"
    )
    assert taps(world, "赵敏") == ["同意加分 1", "不同意加分 1"]
    world.press("liuzhuren", "同意加分 1")
    assert world.press("zhaomin", "同意加分 1").card_note == AGREED
    assert world.news_of("张三")[-1] == ("专项加分\n社区给您加了 3 分：见义勇为救了人。谢谢您。")
    assert world.news_of("陈书记")[-1].endswith("您提的加分 1 两位都同意了，已经记上。")
    assert (
        "1 行　+3　专项加分：见义勇为救了人（11月21日）" in world.say("zhangsan", "积分明细").text
    )
    with transaction(world.engine) as session:
        line = session.execute(select(PointEntry)).scalar_one()
        assert (line.by_id, line.approved_by_id, line.branch_id) == (
            world.people["陈书记"],
            world.people["赵敏"],
            world.organisations["b1"],
        )


def test_of_two_with_one_name_the_digits_tell(world: World) -> None:
    two_may_agree(world)
    with transaction(world.engine) as session:
        session.get_one(Person, world.people["李四"]).name = "张三"

    asked = world.say("chenshuji", "加分 张三 3 见义勇为救了人")
    assert asked.text == "叫张三的不止一位，是哪一位？"
    assert [action.command for action in asked.menu] == [
        "加分 张三 0002 3 见义勇为救了人",
        "加分 张三 0003 3 见义勇为救了人",
    ]
    world.say("chenshuji", "2")
    world.say("liuzhuren", "同意加分 1")
    world.say("zhaomin", "同意加分 1")
    assert ledger(world, "李四") == [("special", 300)]


def test_two_who_agree_at_once_are_two(world: World) -> None:
    proposed(world)

    def one(sender: str) -> None:
        turn.many(
            world.engine,
            [world.hear(sender, "同意加分 1", is_tap=True)],
            policy=POLICY,
            now=world.now,
        )

    in_threads([partial(one, "liuzhuren"), partial(one, "zhaomin")])

    assert ledger(world, "张三") == [("special", 300)]
