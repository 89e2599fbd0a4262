"""What the clock tells of an order that waits: whom, when, once; and what it leaves alone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, func, select, update

from handlers.services import digests
from storage.database import transaction
from storage.models import DigestItem, Leave, Order, OrderEvent
from storage.vocabulary import MatterClass, OrderAction, OrderStatus, Role
from tests.dialogues.records import appoint
from tests.dialogues.scenes import fire, news, order
from tests.factories import World, found

MORNING = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # Monday, eight o'clock
MATTER = "阳光小区3栋2单元楼道灯坏了"
HEAD = f"#1 {MATTER}"


@pytest.fixture
def world(engine: Engine) -> World:
    """A community on a Monday at eight."""
    world = found(engine)
    world.now = MORNING
    return world


def tick(world: World, **later: float) -> None:
    """Let time go by, the clocks strike, and what has gathered be told."""
    world.later(**later)
    fire(world)
    world.later(minutes=15)
    with transaction(world.engine) as session:
        digests.tell(session, now=world.now)


def told(world: World, name: str) -> list[str]:
    """Give the reminders somebody was told, without the head of the digest."""
    return [
        text.partition("\n")[2] for text in world.news_of(name) if text.startswith("近 15 分钟")
    ]


def at(world: World) -> str:
    return world.now.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%d %H:%M")


def steps(world: World, number: int = 1) -> list[OrderAction]:
    with transaction(world.engine) as session:
        rows = session.scalars(
            select(OrderEvent.action).where(OrderEvent.order_id == number).order_by(OrderEvent.id)
        )
        return list(rows)


def test_an_order_that_nobody_gives_out_goes_up_the_ladder(world: World) -> None:
    appoint(world, "赵敏", Role.DEPUTY, "b1")
    world.report("wang", MATTER)
    started = len(told(world, "刘主任"))

    tick(world, hours=2.9)
    assert told(world, "陈书记") == []
    tick(world)
    assert told(world, "陈书记") == [f"{HEAD}：还没有派单，请在14:00前看看"]
    assert told(world, "赵敏") == []
    tick(world, hours=1.5)
    assert told(world, "陈书记")[1:] == [f"{HEAD}：还没有派单，请在14:00前看看"]
    assert told(world, "赵敏") == [f"{HEAD}：还没有派单，请在14:00前看看"]
    tick(world, hours=1)
    over = f"{HEAD}：还没有派单，本来14:00前该有着落"
    assert (told(world, "陈书记")[2:], told(world, "赵敏")[1:]) == ([over], [over])
    assert steps(world) == [OrderAction.SUBMIT, OrderAction.OVERDUE]
    assert told(world, "刘主任") == [] == [*range(started)]
    tick(world, hours=3)
    assert told(world, "刘主任") == [f"{over}（第一支部），请帮着看看"]
    assert news(world, "wang") == []
    assert order(world).late_stage == 150


def test_who_holds_an_order_is_reminded_and_the_resident_gets_a_new_promise_once(
    world: World,
) -> None:
    world.report("wang", MATTER)
    world.say("chenshuji", "派单 1 张三")
    world.say("zhangsan", "接单 1")
    before = len(world.news_for(world.person_behind("wang")))

    tick(world, days=3.5)
    assert told(world, "张三") == [f"{HEAD}：在您手上，最晚11月30日8:00"]
    assert told(world, "陈书记")[1:] == []
    tick(world, days=2.5)
    assert told(world, "陈书记")[-1] == f"{HEAD}：张三在办，最晚明天8:00"
    tick(world, days=1)
    assert world.news_for(world.person_behind("wang"))[before:] == [
        f"{HEAD}\n对不住，#1 没能按说好的时间办好。张三还在办，最晚12月3日8点前给您办好或说清楚。"
    ]
    assert told(world, "张三")[-1] == (
        f"{HEAD}：在您手上，说好8:00，已经过了，已和居民改约最晚12月3日8点"
    )
    assert "最晚：12月3日8点" in world.say("wang", "进度 1").text
    for _ in range(20):
        tick(world, days=1)
    assert len(world.news_for(world.person_behind("wang"))[before:]) == 1
    assert steps(world).count(OrderAction.OVERDUE) == 1
    assert len(told(world, "张三")) == 5


@pytest.mark.parametrize(
    ("matter", "matter_class", "promise"),
    [
        ("阳光小区1栋停电了", MatterClass.TIMELY, "11月24日8点"),
        ("阳光小区1栋想加装电梯", MatterClass.COMPLEX, "12月8日8点"),
        ("阳光小区1栋厨房着火了", MatterClass.EMERGENCY, "11月23日10点"),
        ("阳光小区1栋灯坏了", MatterClass.GENERAL, "11月30日8点"),
    ],
)
def test_the_class_of_a_matter_makes_its_promise(
    world: World, matter: str, matter_class: MatterClass, promise: str
) -> None:
    world.say("wang", f"报事 {matter}")

    assert f"最晚{promise}前" in world.say("wang", "1").text
    assert order(world).matter_class is matter_class


def test_an_emergency_is_told_at_once(world: World) -> None:
    world.later(hours=15)
    world.report("wang", "阳光小区1栋有人晕倒")
    world.later(minutes=5)
    fire(world)
    with transaction(world.engine) as session:
        assert digests.tell(session, now=world.now) == 1

    assert told(world, "陈书记") == ["#1 阳光小区1栋有人晕倒：还没有派单，请在23:10前看看"]


def test_what_hurries_is_told_at_night(world: World) -> None:
    world.later(hours=15)
    world.report("wang", "阳光小区1栋停电了")
    tick(world, hours=1.5)

    assert told(world, "陈书记") == ["#1 阳光小区1栋停电了：还没有派单，本来0:30前该有着落"]


def test_nobody_is_woken_for_an_ordinary_matter(world: World) -> None:
    world.later(hours=10)
    world.report("wang", MATTER)
    world.later(hours=4)
    fire(world)
    assert told(world, "陈书记") == []
    with transaction(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(DigestItem)) == 0
    tick(world, hours=10.5)

    assert told(world, "陈书记") == [f"{HEAD}：还没有派单，请在11:00前看看"]


def test_a_reminder_is_not_told_when_the_order_has_moved_on(world: World) -> None:
    world.report("wang", MATTER)
    world.later(hours=3)
    fire(world)
    world.say("chenshuji", "派单 1 张三")
    tick(world)

    assert told(world, "陈书记") == []


def test_a_secretary_on_leave_is_spared_where_a_deputy_is_there(world: World) -> None:
    appoint(world, "赵敏", Role.DEPUTY, "b1")
    with transaction(world.engine) as session:
        day = world.now.date()
        session.add(Leave(person_id=world.people["陈书记"], starts_on=day, ends_on=day))
    world.report("wang", MATTER)
    world.say("chenshuji", "派单 1 张三")
    world.say("zhangsan", "接单 1")
    before = len(told(world, "陈书记"))
    with transaction(world.engine) as session:
        session.execute(update(Leave).values(ends_on=day + timedelta(days=30)))
    tick(world, days=6)

    assert told(world, "赵敏") == [f"{HEAD}：张三在办，最晚明天8:00"]
    assert [one for one in told(world, "陈书记")[before:] if "最晚" in one] == []


def test_a_day_without_a_worker_is_one_message_a_person(world: World) -> None:
    for number in range(1, 41):
        world.report(f"r{number}", f"阳光小区1栋第{number}盏灯坏了")
        world.later(minutes=1)
    before = {name: len(world.news_of(name)) for name in world.people}

    tick(world, hours=24)
    told_now = {name: world.news_of(name)[count:] for name, count in before.items()}

    assert {name: len(each) for name, each in told_now.items() if each} == {
        "陈书记": 1,
        "刘主任": 1,
    }
    lines = told_now["陈书记"][0].splitlines()
    assert lines[0] == "近 15 分钟的消息（40 条）"
    assert lines[1] == "#1 阳光小区1栋第1盏灯坏了：还没有派单，本来11月23日14:00前该有着落"
    assert lines[11:] == ["还有 30 条，回“待办”都能看到。"]
    tick(world)
    assert world.news_of("陈书记")[before["陈书记"] + 1 :] == []


def test_an_answered_question_moves_the_promise_and_begins_the_leg_anew(world: World) -> None:
    world.report("wang", MATTER)
    world.later(hours=2)
    world.say("chenshuji", "退补 1 是几楼")
    tick(world, hours=20)
    assert told(world, "陈书记") == []
    world.say("wang", "补充 1 三楼")
    again = order(world)

    assert again.leg_at == world.now
    assert again.promised_at == MORNING + timedelta(days=7, hours=20, minutes=15)
    tick(world, hours=6)
    assert told(world, "陈书记") == [f"{HEAD}：还没有派单，请在14:00前看看"]


def test_undoing_a_dispatch_gives_no_more_time(world: World) -> None:
    world.report("wang", MATTER)
    world.later(hours=2.95)
    world.say("chenshuji", "派单 1 张三")
    world.later(minutes=5)
    world.say("chenshuji", "撤销")

    assert order(world).leg_at == MORNING
    tick(world)
    assert told(world, "陈书记") == [f"{HEAD}：还没有派单，请在14:00前看看"]


def test_dispatching_again_gives_no_more_time(world: World) -> None:
    world.report("wang", MATTER)
    world.say("chenshuji", "派单 1 张三")
    began = order(world).leg_at
    world.later(hours=3)
    world.say("chenshuji", "派单 1 李四")

    assert order(world).leg_at == began
    tick(world, hours=21)
    assert told(world, "陈书记") == [f"{HEAD}：还没有人接，请在明天8:00前看看"]


def test_what_is_done_or_over_has_no_clock(world: World) -> None:
    world.report("wang", MATTER)
    world.say("chenshuji", "派单 1 张三")
    world.say("zhangsan", "接单 1")
    world.say("zhangsan", "完成 1")
    assert order(world).leg_at is None
    world.say("wang", "确认 1")
    for _ in range(12):
        tick(world, days=1)

    assert order(world).status is OrderStatus.CLOSED
    assert OrderAction.OVERDUE not in steps(world)


def test_what_comes_back_after_its_promise_gets_a_new_one(world: World) -> None:
    world.report("wang", MATTER)
    world.say("chenshuji", "派单 1 张三")
    world.say("zhangsan", "接单 1")
    world.later(days=6)
    world.say("zhangsan", "完成 1")
    world.later(days=2)
    world.say("wang", "没解决 1")

    assert order(world).promised_at == world.now + timedelta(days=3)
    assert order(world).overdue_at is None


def test_an_order_from_before_the_clocks_is_left_alone(world: World) -> None:
    world.report("wang", MATTER)
    with transaction(world.engine) as session:
        session.execute(update(Order).values(leg_at=None, late_stage=0))
    tick(world, hours=6)

    assert told(world, "陈书记") == [f"{HEAD}：还没有派单，本来14:00前该有着落"]
