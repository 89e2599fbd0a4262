"""The secretary's numbers when they are asked for, and the lists behind them, line by line."""

from datetime import timedelta

import pytest
from sqlalchemy import event, update

from handlers.rules.briefings import last_day
from handlers.services import briefings
from storage.database import transaction
from storage.models import Order
from tests.factories import NOON, World, shown

Said = tuple[str, str, str | None]

# Six reports at noon of Saturday, 21 November 2026; what became of them in the same hour.
MORNING = (
    ("chenshuji", "派单 1 张三"),
    ("zhangsan", "接单 1"),
    ("zhangsan", "完成 1 换了灯泡"),
    ("r1", "确认 1"),
    ("chenshuji", "派单 2 李四"),
    ("lisi", "接单 2"),
    ("lisi", "完成 2 修了"),
    ("r2", "部分解决 2 门还响"),
    ("chenshuji", "派单 3 赵敏"),
    ("zhaomin", "接单 3"),
    ("zhaomin", "完成 3 好了"),
)

DIALOGUES: dict[str, list[Said]] = {
    "the numbers of the day, those that are zero left out": [
        (
            "chenshuji",
            "日报",
            (
                "日报：近 24 小时\n"
                "新报 7，派出 3，接下 3。\n"
                "办结 2 件：已解决 1，部分解决 1。\n"
                "现在还有：待确认 1。\n"
                "1. 待确认 1 件\n"
                "2. 待办\n"
                "[看上周的]"
            ),
        ),
        ("chenshuji", "1", "待确认 1 件：\n1. #3 阳光小区3栋第3盏灯坏了 · 待确认 · 刚刚"),
    ],
    "the community sees both branches": [
        (
            "liuzhuren",
            "日报",
            (
                "日报：近 24 小时\n"
                "新报 7，派出 3，接下 3。\n"
                "办结 2 件：已解决 1，部分解决 1。\n"
                "现在还有：待确认 1。\n"
                "1. 待确认 1 件\n"
                "2. 待办\n"
                "[看上周的]"
            ),
        ),
    ],
    "the other branch sees none of it": [
        (
            "sunshuji",
            "日报",
            "日报：近 24 小时\n没有新的事，手上也没有等着办的。\n[看上周的]",
        ),
        ("sunshuji", "逾期", "没有逾期的单。\n[待办]"),
        ("sunshuji", "反复", "近 30 天没有反复的事。\n[待办]"),
    ],
    "last week ended on Sunday": [
        (
            "chenshuji",
            "周报",
            (
                "周报：11月9日到11月15日\n"
                "这周没有新的事。\n"
                "现在还有：待确认 1。\n"
                "1. 待确认 1 件\n"
                "2. 待办\n"
                "[看今天的]"
            ),
        ),
    ],
    "what came back is one level higher, and a digit shows it": [
        ("r3", "没解决 3", None),
        (
            "liuzhuren",
            "日报",
            (
                "日报：近 24 小时\n"
                "新报 7，派出 3，接下 3。\n"
                "办结 2 件：已解决 1，部分解决 1。\n"
                "没解决又打开 1 件。\n"
                "1. 反复的事\n"
                "2. 待办\n"
                "[看上周的]"
            ),
        ),
        (
            "liuzhuren",
            "1",
            "反复 1 件：\n1. #3 阳光小区3栋第3盏灯坏了 · 待派单 · 没解决又打开 1 次",
        ),
        (
            "liuzhuren",
            "1",
            (
                "#3 阳光小区3栋第3盏灯坏了\n"
                "派给谁？\n"
                "1. 周八（第二支部）\n"
                "2. 张三（第一支部）\n"
                "3. 李四（第一支部）\n"
                "4. 按推荐派\n"
                "5. 派给全体"
            ),
        ),
    ],
    "nobody else is told": [
        (
            "zhangsan",
            "日报",
            "这项要由支部或社区的工作人员来办。\n[我要报事] [查进度] [看看可接的单]",
        ),
    ],
}


@pytest.fixture
def busy(world: World) -> World:
    """Six matters at one building each, three of them done."""
    for number in range(1, 7):
        world.report(f"r{number}", f"阳光小区{(number - 1) % 3 + 1}栋第{number}盏灯坏了")
    for sender, text in MORNING:
        world.say(sender, text)
    return world


@pytest.mark.parametrize("dialogue", DIALOGUES.values(), ids=DIALOGUES.keys())
def test_secretary(busy: World, dialogue: list[Said]) -> None:
    for sender, said, answered in dialogue:
        reply = shown(busy.say(sender, said))
        assert answered in {None, reply}


def test_three_troubles_in_one_building_within_thirty_days_are_one_that_recurs(
    world: World,
) -> None:
    world.report("r1", "阳光小区1栋1号灯坏了")
    world.later(days=31)
    world.report("r2", "阳光小区1栋2号灯坏了")
    world.report("r3", "阳光小区3栋1单元水管漏水")
    world.report("r4", "阳光小区3栋2单元水管漏水")
    world.report("r5", "阳光小区1栋3号灯坏了")
    assert shown(world.say("chenshuji", "反复")) == "近 30 天没有反复的事。\n[待办]"

    world.report("r6", "阳光小区3栋水管漏水")
    world.say("r6", "撤回 6")
    assert shown(world.say("chenshuji", "反复")) == "近 30 天没有反复的事。\n[待办]"

    world.report("r7", "阳光小区3栋水管漏水")
    world.say("chenshuji", "派单 3 张三")
    world.say("zhangsan", "接单 3")
    assert shown(world.say("chenshuji", "反复")) == (
        "反复 3 件：\n"
        "1. #7 阳光小区3栋水管漏水 · 待派单 · 阳光小区3栋近 30 天 3 件\n"
        "2. #4 阳光小区3栋2单元水管漏水 · 待派单 · 阳光小区3栋近 30 天 3 件\n"
        "3. #3 阳光小区3栋1单元水管漏水 · 已由张三接单 · 阳光小区3栋近 30 天 3 件"
    )
    assert world.say("chenshuji", "3").text.startswith("#3 阳光小区3栋1单元水管漏水")
    assert shown(world.say("sunshuji", "反复")) == "近 30 天没有反复的事。\n[待办]"


def test_broken_promises_stand_in_a_list_of_pages(world: World) -> None:
    for number in range(1, 11):
        world.report(f"r{number}", f"阳光小区{number % 3 + 1}栋第{number}盏灯坏了")
        world.later(minutes=1)
    world.say("chenshuji", "派单 1 张三")
    world.say("zhangsan", "接单 1")
    for order in (2, 3):  # what waits for the resident is not late
        world.say("chenshuji", f"派单 {order} 李四")
        world.say("lisi", f"接单 {order}")
    world.say("lisi", "完成 3")
    assert shown(world.say("chenshuji", "逾期")) == "没有逾期的单。\n[待办]"

    world.now = NOON + timedelta(days=7, minutes=8, seconds=30)
    assert shown(world.say("chenshuji", "逾期")).splitlines() == [
        "逾期 8 件：",
        "1. #1 阳光小区2栋第1盏灯坏了 · 已由张三接单 · 刚刚逾期",
        "2. #2 阳光小区3栋第2盏灯坏了 · 已由李四接单 · 刚刚逾期",
        *(
            f"{line}. #{number} 阳光小区{number % 3 + 1}栋第{number}盏灯坏了 · 待派单 · 刚刚逾期"
            for line, number in enumerate(range(4, 10), 3)
        ),
    ]

    world.later(days=2)
    page = world.say("chenshuji", "逾期")
    assert page.text == "逾期 9 件（第 1 页，共 2 页）："
    assert page.menu[-1].label == "下一页"
    assert world.say("chenshuji", "更多").text == "逾期 9 件（第 2 页，共 2 页）："
    world.say("chenshuji", "逾期")
    assert shown(world.say("chenshuji", "9")) == (
        "逾期 9 件（第 2 页，共 2 页）：\n1. #10 阳光小区2栋第10盏灯坏了 · 待派单 · 逾期1天"
    )
    assert shown(world.say("chenshuji", "逾期 第99")) == (
        "逾期 9 件（第 2 页，共 2 页）：\n1. #10 阳光小区2栋第10盏灯坏了 · 待派单 · 逾期1天"
    )
    assert world.say("chenshuji", "1").text == "#10 阳光小区2栋第10盏灯坏了\n派给谁？"


def test_a_promise_that_was_made_anew_is_still_broken(world: World) -> None:
    number = world.report("r1", "阳光小区1栋灯坏了")
    world.later(days=8)
    with transaction(world.engine) as session:
        session.execute(
            update(Order)
            .where(Order.id == number)
            .values(overdue_at=Order.promised_at, promised_at=world.now + timedelta(days=3))
        )
    assert shown(world.say("chenshuji", "逾期")) == (
        "逾期 1 件：\n1. #1 阳光小区1栋灯坏了 · 待派单 · 逾期1天"
    )


def test_numbers_cost_three_statements_however_many_desks(busy: World) -> None:
    paths = [f"/1/{n}/" for n in range(2, 9)]
    statements: list[str] = []

    def note(*seen: object) -> None:
        statements.append(str(seen[2]))

    with transaction(busy.engine) as session:
        session.connection()
        event.listen(busy.engine, "before_cursor_execute", note)
        counted = briefings.numbers(
            session, paths, last_day(busy.now), now=busy.now, policy=busy.policy
        )
        event.remove(busy.engine, "before_cursor_execute", note)

    assert (len(statements), counted.submitted) == (3, 7)
