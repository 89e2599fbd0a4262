"""Points are written when the resident confirms, in that turn, and taken back when it reopens."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from storage.database import transaction
from storage.models import HomeDay, Invitation, Order, PointEntry
from storage.vocabulary import Attendance, MatterClass, OrderKind
from tests.dialogues import scenes
from tests.dialogues.points import finish, last_line, ledger, serve
from tests.factories import World

HOME_DAY = date(2026, 11, 21)


def change(world: World, number: int, **values: object) -> None:
    """Give an order what another conversation would have given it."""
    with transaction(world.engine) as session:
        session.execute(update(Order).where(Order.id == number).values(**values))


def home_day(world: World, day: date = HOME_DAY) -> int:
    with transaction(world.engine) as session:
        made = HomeDay(community_id=world.organisations["c1"], month=day.replace(day=1), day=day)
        session.add(made)
        session.flush()
        return made.id


def test_a_confirmed_order_pays_and_the_member_reads_how_much(world: World) -> None:
    number = finish(world)
    assert ledger(world, "张三") == []

    world.say("wang", f"确认 {number}")

    assert ledger(world, "张三") == [("service", 100)]
    assert world.news_of("张三")[-1] == (
        "#1 阳光小区3栋灯坏了\n居民确认 #1 已解决，谢谢您。\n记 1 分：上门服务 1。"
    )
    with transaction(world.engine) as session:
        line = session.get_one(PointEntry, last_line(world, "张三"))
        assert (line.rule_version, line.order_id, line.month, line.served_on, line.branch_id) == (
            1,
            number,
            date(2026, 11, 1),
            date(2026, 11, 21),
            world.organisations["b1"],
        )


def test_the_agreed_hours_count(world: World) -> None:
    number = finish(world)
    starts = datetime(2026, 11, 21, 6, tzinfo=UTC)
    change(world, number, starts_at=starts, ends_at=starts + timedelta(minutes=90))
    world.say("wang", f"确认 {number}")

    assert ledger(world, "张三") == [("service", 150)]


def test_what_is_solved_in_part_pays_half(world: World) -> None:
    number = finish(world)
    world.say("wang", f"部分解决 {number} 开关还是松的")

    assert ledger(world, "张三") == [("service", 50)]
    assert world.news_of("张三")[-1].endswith("还差：开关还是松的\n记 0.5 分：上门服务 0.5。")


def test_silence_is_no_confirmation(world: World) -> None:
    finish(world)
    world.later(hours=73)
    scenes.fire(world)

    assert scenes.order(world).outcome is not None
    assert ledger(world, "张三") == []


def test_what_is_taken_up_again_is_taken_back_and_told(world: World) -> None:
    number = serve(world)
    world.later(days=2)
    world.say("wang", f"没解决 {number} 又灭了")

    assert ledger(world, "张三") == [("service", 100), ("service_back", -100)]
    assert world.news_of("张三")[-1] == (
        "#1 阳光小区3栋灯坏了\n"
        "居民说 #1 还没解决：又灭了。这次会换一位来办，谢谢您跑这一趟。\n"
        "这一单记的积分先收回，回“积分明细”能看到。"
    )
    world.say("liuzhuren", f"派单 {number} 李四")
    world.say("lisi", f"接单 {number}")
    world.later(minutes=5)
    world.say("lisi", f"完成 {number}")
    world.say("wang", f"确认 {number}")
    assert ledger(world, "李四") == [("service", 100)]
    assert ledger(world, "张三") == [("service", 100), ("service_back", -100)]


def test_what_was_never_paid_is_not_taken_back(world: World) -> None:
    number = finish(world)
    world.say("wang", f"没解决 {number}")

    assert ledger(world, "张三") == []
    assert "积分" not in world.news_of("张三")[-1]


def test_who_takes_a_thing_up_alone_is_not_paid_by_the_rules(world: World) -> None:
    number = finish(world, who="chenshuji")
    world.say("wang", f"确认 {number}")

    assert ledger(world, "陈书记") == []
    assert world.news_of("陈书记")[-1].endswith("自己派给自己的单不自动记分，要加分请社区来定。")


def test_each_of_several_is_paid(world: World) -> None:
    number = world.report("wang", "阳光小区3栋柜子要搬")
    world.say("chenshuji", f"派单 {number} 张三、李四")
    world.say("zhangsan", f"接单 {number}")
    world.say("chenshuji", f"收回 {number}")
    world.say("chenshuji", f"派单 {number} 全体 2人")
    for who in ("zhaomin", "lisi"):
        world.say(who, f"接单 {number}")
    world.say("lisi", f"完成 {number}")
    world.say("wang", f"确认 {number}")

    assert [ledger(world, name) for name in ("赵敏", "李四", "张三")] == [
        [("service", 100)],
        [("service", 100)],
        [],
    ]


def test_a_day_has_its_limit_and_the_next_one_begins_anew(world: World) -> None:
    for matter in ("灯坏了", "门坏了", "扶手松了", "窗坏了"):
        serve(world, matter)
    full = finish(world, "锁坏了")
    world.later(days=1)
    world.say("wang", f"确认 {full}")
    serve(world, "楼梯坏了")

    assert [amount for _, amount in ledger(world, "张三")] == [100] * 5
    assert any(
        news.endswith("谢谢您。\n当天上门服务已经记满 4 分。") for news in world.news_of("张三")
    )


def test_what_was_taken_back_makes_room_in_its_day(world: World) -> None:
    numbers = [serve(world, matter) for matter in ("灯坏了", "门坏了", "扶手松了", "窗坏了")]
    waiting = finish(world, "锁坏了")
    world.say("wang", f"没解决 {numbers[0]}")
    world.say("wang", f"确认 {waiting}")

    assert [amount for _, amount in ledger(world, "张三")] == [100, 100, 100, 100, -100, 100]


@pytest.mark.parametrize(
    ("waited", "lines"),
    [
        (timedelta(days=3), [("wish", 200)]),
        (timedelta(days=40), [("wish", 200), ("long_wish", 100)]),
    ],
    ids=["a young one", "one that waited long"],
)
def test_a_wish_come_true(world: World, waited: timedelta, lines: list[tuple[str, int]]) -> None:
    number = finish(world)
    change(world, number, kind=OrderKind.WISH, submitted_at=world.now - waited)
    world.say("wang", f"确认 {number}")

    assert ledger(world, "张三") == lines


def test_what_cannot_wait_and_was_taken_at_once(world: World) -> None:
    number = finish(world)
    change(world, number, matter_class=MatterClass.TIMELY)
    world.say("wang", f"确认 {number}")

    assert ledger(world, "张三") == [("service", 100), ("prompt", 100)]


def test_the_home_day_pays_once_a_month(world: World) -> None:
    home_day(world)
    serve(world)
    serve(world, "门坏了")

    assert ledger(world, "张三") == [("service", 100), ("home_day", 100), ("service", 100)]
    assert "记 2 分：上门服务 1、回家日服务 1。" in "\n".join(world.news_of("张三"))


def test_the_day_that_a_member_chose_instead_counts_and_another_does_not(world: World) -> None:
    made = home_day(world, date(2026, 11, 29))
    with transaction(world.engine) as session:
        session.add(
            Invitation(
                home_day_id=made,
                person_id=world.people["张三"],
                answer=Attendance.OTHER_DAY,
                other_day=HOME_DAY,
                answered_at=world.now,
            )
        )
    serve(world)
    serve(world, "门坏了", who="lisi")

    assert ledger(world, "张三") == [("service", 100), ("home_day", 100)]
    assert ledger(world, "李四") == [("service", 100)]
