"""派单 by recommendation: wave by wave, by day and by night, and what its cards say."""

from datetime import timedelta

from sqlalchemy import select, update

from storage.database import transaction
from storage.models import (
    Delivery,
    Notice,
    Order,
    Person,
)
from storage.notices import OUTDATED
from storage.vocabulary import (
    AssignmentStatus,
    NoticeKind,
    OrderAction,
    OrderStatus,
)
from tests.dialogues.asking import ASKED, PROGRESS, SECRETARY, asked, at_night, enlist, steps
from tests.dialogues.scenes import HEAD, fire, news, order, placed, taps
from tests.factories import World, shown


def test_five_then_fifteen_then_all_then_the_order_is_back(world: World) -> None:
    enlist(world, 21)
    placed(world)

    assert shown(world.say("chenshuji", "派单 1")) == (
        "#1 已发给最合适的 5 位党员，先接先办。\n14:00还没人接，就再多问几位。" + PROGRESS
    )
    assert len(asked(world)) == 5
    world.later(hours=2)
    fire(world)
    assert len(asked(world)) == 20
    world.later(hours=6)
    fire(world)
    assert len(asked(world)) == 24
    assert world.news_of(SECRETARY) == [f"{HEAD}\n请派人来办。"]

    world.later(hours=24)
    fire(world)

    assert asked(world) == set()
    assert len(asked(world, AssignmentStatus.EXPIRED)) == 24
    assert order(world).status is OrderStatus.SUBMITTED
    assert steps(world) == [
        OrderAction.SUBMIT,
        OrderAction.DISPATCH,
        OrderAction.WIDEN,
        OrderAction.WIDEN,
        OrderAction.EXHAUST,
    ]
    assert news(world, SECRETARY)[1:] == ["#1 已问过 24 位党员，还没有人接。\n请再派人来办。"]
    assert taps(world, SECRETARY)[0] == "派单 1 {choice}"
    assert news(world, "wang") == []
    assert "现在：待派单" in shown(world.say("wang", "进度 1"))
    for name in world.people:
        assert sum(ASKED in told for told in world.news_of(name)) <= 1


def test_where_all_are_asked_at_once_nothing_widens(world: World) -> None:
    placed(world)

    assert shown(world.say("chenshuji", "派单 1")) == (
        "#1 已发给 3 位党员，先接先办。\n明天12:00还没人接，我再请您安排。" + PROGRESS
    )
    world.later(hours=23)
    assert fire(world)["notices"] == 0
    assert order(world).status is OrderStatus.DISPATCHED
    world.later(hours=1)
    fire(world)
    assert order(world).status is OrderStatus.SUBMITTED


def test_the_first_wave_goes_at_any_hour_and_the_next_waits_for_the_morning(world: World) -> None:
    enlist(world, 9)
    placed(world)
    at_night(world)

    assert shown(world.say("chenshuji", "派单 1")) == (
        "#1 已发给最合适的 5 位党员，先接先办。\n明天8:00还没人接，就再多问几位。" + PROGRESS
    )
    assert len(asked(world)) == 5
    world.later(hours=9)
    assert fire(world)["notices"] == 0
    world.later(minutes=30)
    assert fire(world)["notices"] == 1
    assert len(asked(world)) == 12


def test_a_timer_that_was_held_up_until_the_night_waits_for_the_morning(world: World) -> None:
    enlist(world, 9)
    placed(world)
    world.say("chenshuji", "派单 1")
    at_night(world)

    fire(world)

    assert len(asked(world)) == 5
    world.later(hours=9, minutes=30)
    fire(world)
    assert len(asked(world)) == 12


def test_those_who_fit_come_first(world: World) -> None:
    enlist(world, 6)
    with transaction(world.engine) as session:
        session.execute(
            update(Person).where(Person.id == world.people["员6"]).values(skills="木工、楼道灯")
        )
    for number, name in ((1, "张三"), (2, "李四")):
        world.say("wang", f"报事 阳光小区{number}栋门坏了")
        if number == 1:
            world.say("wang", "王阿姨 13800000001")
        world.say("wang", "1")
        world.say("chenshuji", f"派单 {number} {name}")
    world.say("zhangsan", "接单 1")
    world.say("wang", "报事 阳光小区3栋楼道灯坏了")
    world.say("wang", "1")

    assert [action.label for action in world.say("chenshuji", "派单 3 选人").menu] == [
        "员6（第一支部）",
        "赵敏（第一支部）",
        "员1（第一支部）",
        "员2（第一支部）",
        "员3（第一支部）",
        "员4（第一支部）",
        "员5（第一支部）",
        "按推荐派",
        "派给全体",
    ]
    with transaction(world.engine) as session:
        card = session.scalars(
            select(Notice.actions).where(
                Notice.order_id == 3, Notice.kind == NoticeKind.ORDER_SUBMITTED
            )
        ).one()
    choices = [choice["value"] for choice in card[0]["choices"]]
    assert choices == ["员6", "赵敏", "员1", "员2", "员3", "员4", "员5", "李四", "张三"]
    assert [action["command"] for action in card[1:3]] == ["派单 3", "派单 3 全体"]


def test_a_take_ends_the_waves(world: World) -> None:
    enlist(world, 9)
    placed(world)
    world.say("chenshuji", "派单 1")
    first = asked(world)
    assert "张三" in first
    world.say("zhangsan", "接单 1")

    world.later(hours=2)

    assert fire(world) == {"moved": 1}
    assert asked(world, AssignmentStatus.LOST) == first - {"张三"}
    with transaction(world.engine) as session:
        left = session.scalars(
            select(Delivery.failure).join(Notice).where(Notice.kind == NoticeKind.ORDER_OFFERED)
        ).all()
    assert set(left) == {OUTDATED}


def test_another_dispatch_takes_the_open_cards_back(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 全体")
    with transaction(world.engine) as session:
        session.execute(update(Delivery).values(response_code="c1"))

    world.say("chenshuji", "派单 1 张三")

    with transaction(world.engine) as session:
        stale = session.scalars(
            select(Delivery.person_id)
            .join(Notice)
            .where(Delivery.is_card_stale, Notice.kind == NoticeKind.ORDER_OFFERED)
        ).all()
    assert {world.people[name] for name in ("张三", "李四", "赵敏")} == set(stale)
    assert asked(world) == {"张三"}
    assert asked(world, AssignmentStatus.REVOKED) == {"李四", "赵敏"}


def test_cards_stay_true_while_the_waves_widen(world: World) -> None:
    enlist(world, 9)
    placed(world)
    world.say("chenshuji", "派单 1")
    with transaction(world.engine) as session:
        session.execute(update(Delivery).values(response_code="c1"))
    world.later(hours=2)
    fire(world)

    with transaction(world.engine) as session:
        assert not session.scalars(select(Delivery.id).where(Delivery.is_card_stale)).all()
        session.execute(update(Order).values(wave=3))
    world.later(hours=24)
    fire(world)
    with transaction(world.engine) as session:
        stale = session.scalars(
            select(Delivery.person_id)
            .join(Notice)
            .where(Delivery.is_card_stale, Notice.kind == NoticeKind.ORDER_OFFERED)
        ).all()
    assert len(stale) == 5


def test_an_offer_of_long_ago_counts_less_than_a_fresh_one(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三")
    world.now += timedelta(days=1)
    world.say("chenshuji", "派单 1 李四")
    world.say("wang", "报事 阳光小区1栋门坏了")
    world.say("wang", "1")

    menu = world.say("chenshuji", "派单 2 选人").menu

    assert [action.command for action in menu[:3]] == ["派单 2 赵敏", "派单 2 张三", "派单 2 李四"]
