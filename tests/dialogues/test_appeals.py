"""申诉: a line of the own points is looked at again by the level above, once more after that."""

from datetime import date

import pytest
from sqlalchemy import select

from storage.database import transaction
from storage.models import PointAppeal, PointEntry
from storage.vocabulary import AppealOutcome, Role
from tests.dialogues.points import ledger, serve
from tests.dialogues.records import appoint
from tests.dialogues.scenes import taps
from tests.factories import World, shown

Row = tuple[str, str, str]

LINE = "1 行　+1　上门服务（11月21日），#1 阳光小区3栋灯坏了"
FILED = "1 行的申诉已交上一级，11月27日24点前答复您。\n[看明细]"
ASK = f"{LINE}\n哪里不对？请说一句理由。（11月28日12:00前都可以申诉）"
NOT_YOURS = "没有找到您的这一行，请回“积分明细”核对行号。\n[看明细]"
NONE = "没有找到等您定的这条申诉，请核对一下号码。"
NOTHING = "您现在没有可以申诉的积分行。想看每一行，请回“积分明细”。\n[看明细]"

FILING: dict[str, list[Row]] = {
    "line and reason": [("zhangsan", "申诉 1 干了两小时", FILED)],
    "half of it: the reason is asked for": [
        ("zhangsan", "申诉 1", ASK),
        ("zhangsan", "。", f"请用一句话说说哪里不对。\n{ASK}"),
        ("zhangsan", "干了两小时", FILED),
    ],
    "the word alone: the line is asked for": [
        ("zhangsan", "申诉", f"您想申诉哪一行？\n1. {LINE}"),
        ("zhangsan", "1", ASK),
        ("zhangsan", "干了两小时", FILED),
    ],
    "the reason without the line": [
        ("zhangsan", "申诉 干了两小时", f"您想申诉哪一行？\n1. {LINE}"),
        ("zhangsan", "1", FILED),
    ],
    "what is no line is asked again": [
        ("zhangsan", "申诉", f"您想申诉哪一行？\n1. {LINE}"),
        (
            "zhangsan",
            "不知道",
            f"请回这一行前面的号，行号看“积分明细”。\n您想申诉哪一行？\n1. {LINE}",
        ),
    ],
    "it can be left": [
        ("zhangsan", "申诉 1", ASK),
        ("zhangsan", "取消", "好的，已取消，什么也没有提交。"),
    ],
    "a line of somebody else": [("lisi", "申诉 1 不对", NOT_YOURS)],
    "a line that does not exist": [("zhangsan", "申诉 99 不对", NOT_YOURS)],
    "nobody has a line": [("wang", "申诉", NOTHING), ("lisi", "申诉", NOTHING)],
    "twice at once": [
        ("zhangsan", "申诉 1 干了两小时", FILED),
        ("zhangsan", "申诉 1 真的", "1 行的申诉正在看，11月27日24点前答复您。\n[看明细]"),
        ("zhangsan", "申诉", NOTHING),
    ],
}


@pytest.mark.parametrize("dialogue", FILING.values(), ids=FILING.keys())
def test_filing(world: World, dialogue: list[Row]) -> None:
    serve(world)
    for sender, said, answered in dialogue:
        assert shown(world.say(sender, said)) == answered


@pytest.mark.parametrize(("days", "is_open"), [(6.99, True), (7, False), (30, False)])
def test_seven_days_are_the_time_for_it(world: World, days: float, *, is_open: bool) -> None:
    serve(world)
    world.later(days=days)

    answered = shown(world.say("zhangsan", "申诉 1 干了两小时"))
    assert answered.startswith("1 行的申诉已交上一级") is is_open
    if not is_open:
        assert answered == (
            "1 行的申诉时间到11月28日12:00为止，现在已经过了。"
            "下月 1 日公示以后，公示期内还可以再提。\n[看明细]"
        )


def appeals(world: World) -> list[tuple[int, AppealOutcome | None]]:
    with transaction(world.engine) as session:
        rows = session.execute(select(PointAppeal).order_by(PointAppeal.id)).scalars()
        return [(each.round, each.outcome) for each in rows]


def appealed(world: World) -> None:
    serve(world)
    world.say("zhangsan", "申诉 1 干了两小时")


def test_the_community_is_asked_not_the_branch(world: World) -> None:
    serve(world)
    before = len(world.news_of("陈书记"))
    world.say("zhangsan", "申诉 1 干了两小时")

    assert world.news_of("刘主任")[-1] == (
        f"积分申诉 1\n张三对这一行有不同看法：\n{LINE}\n"
        "理由：干了两小时\n请在11月27日24点前定下来。"
    )
    assert taps(world, "刘主任") == ["裁定 1 维持", "裁定 1 撤回", "裁定 1 调整"]
    assert world.news_of("陈书记")[before:] == []


AGAIN = "\n还不同意，11月28日12:00前可以再申诉一次：申诉 1 理由"
DECIDED: dict[str, tuple[str, list[int], str]] = {
    "it stands": ("裁定 1 维持 当时只干了一小时", [100], "维持。\n说明：当时只干了一小时"),
    "it is taken off": ("裁定 1 撤回", [100, -100], "撤回，积分 -1。"),
    "more": ("裁定 1 调整 2 分 核实了", [100, 100], "调整，积分 +1。\n说明：核实了"),
    "less": ("裁定 1 调整到0.5", [100, -50], "调整，积分 -0.5。"),
}


@pytest.mark.parametrize(("said", "lines", "news"), DECIDED.values(), ids=DECIDED.keys())
def test_a_decision_is_a_line_of_its_own(
    world: World, said: str, lines: list[int], news: str
) -> None:
    appealed(world)

    reply = world.press("liuzhuren", said)

    assert reply.card_note.startswith("好的，申诉 1 已定：")
    assert [amount for _, amount in ledger(world, "张三")] == lines
    assert world.news_of("张三")[-1] == f"1 行的申诉有结果了\n结果：{news}{AGAIN}"


ADJUST = (
    "这一行现在算 1 分。调整成几分？0 到 2 分之间，比如“裁定 1 调整 2”。\n"
    "1. 调整成 0.5 分\n2. 调整成 1.5 分\n3. 调整成 2 分"
)
UNCLEAR: dict[str, list[Row]] = {
    "without an amount it is asked for": [
        ("liuzhuren", "裁定 1 调整", ADJUST),
        ("liuzhuren", "2", "好的，申诉 1 已定：调整。已告诉本人。"),
    ],
    "beyond the limit": [("liuzhuren", "裁定 1 调整 3", ADJUST)],
    "to what it is": [
        (
            "liuzhuren",
            "裁定 1 调整 1",
            "这样和现在一样。不改的话就选维持。\n1. 维持原样\n2. 撤回这一行\n3. 调整分数",
        )
    ],
    "without a decision": [
        (
            "liuzhuren",
            "裁定 1",
            f"{LINE}\n干了两小时\n1. 维持原样\n2. 撤回这一行\n3. 调整分数",
        )
    ],
    "not theirs": [
        ("chenshuji", "裁定 1 维持", NONE),
        ("sunshuji", "裁定 1 维持", NONE),
    ],
    "not a member's": [
        (
            "zhangsan",
            "裁定 1 调整 2",
            "这项要由支部或社区的工作人员来办。\n[我要报事] [查进度] [看看可接的单]",
        )
    ],
    "none such": [("liuzhuren", "裁定 7 维持", NONE)],
    "once only": [
        ("liuzhuren", "裁定 1 维持", "好的，申诉 1 已定：维持。已告诉本人。"),
        ("liuzhuren", "裁定 1 撤回", "申诉 1 已经定了。"),
    ],
}


@pytest.mark.parametrize("dialogue", UNCLEAR.values(), ids=UNCLEAR.keys())
def test_deciding(world: World, dialogue: list[Row]) -> None:
    appealed(world)
    for sender, said, answered in dialogue:
        assert shown(world.say(sender, said)) == answered


def test_an_adjustment_keeps_to_the_limit_of_the_day(world: World) -> None:
    for matter in ("灯坏了", "门坏了", "窗坏了", "锁坏了"):
        serve(world, matter)
    world.say("zhangsan", "申诉 1 干了两小时")

    assert world.say("liuzhuren", "裁定 1 调整 2").text.startswith(
        "这一行现在算 1 分。调整成几分？0 到 1 分之间"
    )
    assert sum(amount for _, amount in ledger(world, "张三")) == 400


def test_what_was_taken_back_can_be_given_back_and_no_more(world: World) -> None:
    serve(world)
    world.say("wang", "没解决 1")
    appoint(world, "赵敏", Role.COMMUNITY_WORKER, "c1")
    world.say("zhangsan", "申诉 2 灯是好的")

    assert world.say("zhaomin", "裁定 1 调整 2").text.startswith(
        "这一行现在算 -1 分。调整成几分？-1 到 0 分之间"
    )
    world.say("zhaomin", "裁定 1 撤回 看过了")
    assert [amount for _, amount in ledger(world, "张三")] == [100, -100, 100]
    assert "3 行　+1　申诉结果：上门服务" in world.say("zhangsan", "积分明细").text
    assert shown(world.say("zhangsan", "申诉 3 还要")) == (
        "3 行就是申诉的结果。还不同意，请说原来那一行：申诉 2 理由\n[看明细]"
    )


def test_whoever_had_a_hand_in_it_does_not_decide(world: World) -> None:
    """Liu dispatched the order, so only somebody else of the community may look at it."""
    number = world.report("wang", "阳光小区3栋灯坏了")
    world.say("liuzhuren", f"派单 {number} 张三")
    world.say("zhangsan", f"接单 {number}")
    world.say("zhangsan", f"完成 {number}")
    world.say("wang", f"确认 {number}")

    assert shown(world.say("zhangsan", "申诉 1 干了两小时")) == (
        "上一级现在没有合适的人来看这一行，什么也没有提交。请直接联系社区。"
    )
    assert appeals(world) == []
    appoint(world, "赵敏", Role.COMMUNITY_WORKER, "c1")
    assert shown(world.say("zhangsan", "申诉 1 干了两小时")) == FILED
    assert world.say("liuzhuren", "裁定 1 撤回").text == NONE


def test_one_more_time_and_by_somebody_else(world: World) -> None:
    appealed(world)
    world.say("liuzhuren", "裁定 1 维持")
    assert shown(world.say("zhangsan", "申诉 1 真的干了两小时")).startswith(
        "上一级现在没有合适的人"
    )
    appoint(world, "赵敏", Role.COMMUNITY_WORKER, "c1")

    assert shown(world.say("zhangsan", "申诉 1 真的干了两小时")) == FILED
    assert world.say("liuzhuren", "裁定 2 维持").text.startswith("没有找到等您定的")
    world.say("zhaomin", "裁定 2 调整 2")

    assert appeals(world) == [(0, AppealOutcome.STANDS), (1, AppealOutcome.LIGHTER)]
    assert world.news_of("张三")[-1] == "1 行的申诉有结果了\n结果：调整，积分 +1。"
    assert shown(world.say("zhangsan", "申诉 1 还要")) == (
        "1 行申诉过两次，已经定了。有新情况请直接联系社区。\n[看明细]"
    )


def test_a_second_time_has_seven_days_from_the_answer(world: World) -> None:
    appealed(world)
    world.later(days=5)
    world.say("liuzhuren", "裁定 1 维持")
    appoint(world, "赵敏", Role.COMMUNITY_WORKER, "c1")
    world.later(days=7)

    assert shown(world.say("zhangsan", "申诉 1 真的干了两小时")) == (
        "1 行的申诉时间到12月3日12:00为止，现在已经过了。\n[看明细]"
    )


def test_a_decision_counts_to_the_month_of_its_line_until_that_is_fixed(world: World) -> None:
    appealed(world)
    world.later(days=6)
    world.say("liuzhuren", "裁定 1 调整 2")

    with transaction(world.engine) as session:
        months = session.execute(select(PointEntry.month).order_by(PointEntry.id)).scalars().all()
    assert months == [date(2026, 11, 1)] * 2


def test_what_was_made_less_is_taken_back_only_as_far_as_it_is_left(world: World) -> None:
    appealed(world)
    world.say("liuzhuren", "裁定 1 调整 0.5")
    world.say("wang", "没解决 1")

    assert [amount for _, amount in ledger(world, "张三")] == [100, -50, -50]
