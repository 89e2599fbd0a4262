"""派单 by recommendation, wave by wave; 不接, 再等等; leave, and an agreed time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from storage.database import transaction
from storage.models import (
    Appointment,
    Assignment,
    Delivery,
    Identity,
    Leave,
    Notice,
    Order,
    OrderEvent,
    Person,
)
from storage.notices import OUTDATED
from storage.sealing import keyed_hash, seal
from storage.vocabulary import (
    AssignmentStatus,
    NoticeKind,
    OrderAction,
    OrderStatus,
    Platform,
    Role,
)
from tests.dialogues.scenes import HEAD, fire, news, order, placed, taps
from tests.factories import NOON, OFFICIAL, World, shown

PROGRESS = "\n[看 #1 进度]"
ASKED = "先接先办，您方便就接。"
SECRETARY = "陈书记"
USERIDS = {"张三": "zhangsan", "李四": "lisi", "赵敏": "zhaomin"}


def enlist(world: World, count: int) -> None:
    """Give the first branch more members, m1 to m…, who speak through the official account."""
    with transaction(world.engine) as session:
        for number in range(1, count + 1):
            phone = f"137{number:08}"
            person = Person(
                name=f"员{number}",
                phone_sealed=seal(phone),
                phone_hash=keyed_hash(phone),
                created_at=NOON,
            )
            session.add(person)
            session.flush()
            world.people[f"员{number}"] = person.id
            session.add(
                Appointment(
                    person_id=person.id,
                    organisation_id=world.organisations["b1"],
                    role=Role.MEMBER,
                    starts_on=date(2026, 1, 1),
                )
            )
            session.add(
                Identity(
                    platform=Platform.OFFICIAL,
                    app_id=OFFICIAL,
                    external_id=f"m{number}",
                    person_id=person.id,
                )
            )


def away(world: World, name: str, *, until: date) -> None:
    """Send somebody on leave."""
    with transaction(world.engine) as session:
        session.add(
            Leave(person_id=world.people[name], starts_on=date(2026, 11, 20), ends_on=until)
        )


def asked(world: World, status: AssignmentStatus = AssignmentStatus.OFFERED) -> set[str]:
    """Name those whose assignment to the first order stands in a state."""
    with transaction(world.engine) as session:
        rows = session.scalars(
            select(Person.name)
            .join(Assignment, Assignment.person_id == Person.id)
            .where(Assignment.order_id == 1, Assignment.status == status)
        )
        return {str(name) for name in rows}


def steps(world: World) -> list[OrderAction]:
    with transaction(world.engine) as session:
        return list(
            session.scalars(
                select(OrderEvent.action).where(OrderEvent.order_id == 1).order_by(OrderEvent.id)
            )
        )


def at_night(world: World) -> None:
    """It is half past ten in the evening."""
    world.now = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)


def test_five_then_fifteen_then_all_then_the_order_is_back(world: World) -> None:
    enlist(world, 21)
    placed(world)

    assert shown(world.say("chenshuji", "派单 1")) == (
        "#1 已发给最合适的 5 位党员，先接先办。\n14:00还没人接，就再多问几位。" + PROGRESS
    )
    assert len(asked(world)) == 5
    world.later(hours=2)
    assert fire(world)["fired"] == 1
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
    assert fire(world) == {}
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
    assert fire(world) == {}
    world.later(minutes=30)
    assert fire(world)["fired"] == 1
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


DECLINING = {
    "with a reason": [
        (
            "lisi",
            "不接 1 在外地",
            "好的，#1 这次不打扰您了。改主意了，没人接之前都可以回“接单 1”。",
        ),
        ("lisi", "不接 1", "知道，#1 您说过不接了，不会再问您。"),
        ("lisi", "不接", "现在没有等您回话的单。"),
    ],
    "without a number": [
        ("lisi", "不接", "好的，#1 这次不打扰您了。改主意了，没人接之前都可以回“接单 1”。"),
    ],
    "somebody who was not asked": [
        ("zhouba", "不接 1", "没有找到这个编号的单子，请核对一下号码。"),
    ],
    "after taking it": [
        ("lisi", "接单 1", None),
        ("lisi", "不接 1", "#1 您已经接下了。来不了的话，回“退单 1 原因”。"),
    ],
    "after somebody else took it": [
        ("zhangsan", "接单 1", None),
        ("lisi", "不接 1", "#1 已由张三接单，正在办。" + PROGRESS),
    ],
    "the way back": [
        ("lisi", "不接 1", "好的，#1 这次不打扰您了。改主意了，没人接之前都可以回“接单 1”。"),
        (
            "lisi",
            "接单 1",
            (
                f"您已接下{HEAD}。请尽快联系，办好后回“完成 1”。\n"
                "地点：阳光小区3栋2单元\n联系：王阿姨 13800000001\n最晚：11月28日12点\n[办好了]"
            ),
        ),
    ],
}


@pytest.mark.parametrize("dialogue", DECLINING.values(), ids=DECLINING.keys())
def test_a_no(world: World, dialogue: list[tuple[str, str, str | None]]) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 全体")
    for sender, said, answered in dialogue:
        reply = shown(world.say(sender, said))
        assert answered is None or reply == answered


def test_whoever_said_no_is_never_told_again(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 全体")
    tapped = world.press("lisi", "不接 1")
    assert (tapped.text, tapped.card_note) == ("", "您这次不接")
    told = len(world.news_of("李四"))

    assert shown(world.say("chenshuji", "派单 1")) == (
        "#1 正在找人，已问了 2 位，还在等回话。\n[派给全体] [选人]"
    )
    world.say("chenshuji", "派单 1 全体")

    assert asked(world) == {"张三", "赵敏"}
    assert len(world.news_of("李四")) == told
    assert "李四" not in shown(world.say("chenshuji", "派单 1 选人"))


def test_an_offer_that_was_not_seen_yet_does_not_come_after_a_no(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 全体")

    world.say("lisi", "不接 1")

    with transaction(world.engine) as session:
        failure = session.scalars(
            select(Delivery.failure)
            .join(Notice)
            .where(
                Notice.kind == NoticeKind.ORDER_OFFERED,
                Delivery.person_id == world.people["李四"],
            )
        ).one()
    assert failure == OUTDATED


def test_the_last_no_of_a_wave_asks_the_next_at_once(world: World) -> None:
    enlist(world, 9)
    placed(world)
    world.say("chenshuji", "派单 1")
    first = asked(world)
    for name in first:
        world.say(USERIDS.get(name, name.replace("员", "m")), "不接 1")

    assert len(asked(world)) == 7
    assert not asked(world) & first
    assert fire(world) == {}
    world.later(hours=24)
    fire(world)
    assert news(world, SECRETARY)[-1] == "#1 已问过 12 位党员，还没有人接。\n请再派人来办。"


def test_the_last_no_at_night_asks_the_next_in_the_morning(world: World) -> None:
    enlist(world, 9)
    placed(world)
    at_night(world)
    world.say("chenshuji", "派单 1")
    for name in asked(world):
        world.say(USERIDS.get(name, name.replace("员", "m")), "不接 1")
    assert asked(world) == set()

    world.later(hours=9, minutes=30)
    fire(world)

    assert len(asked(world)) == 7
    assert steps(world).count(OrderAction.WIDEN) == 1


def test_when_all_who_were_named_said_no_the_desk_knows_at_once(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三、李四")

    world.say("zhangsan", "不接 1 出差")
    assert len(news(world, SECRETARY)) == 1
    assert shown(world.say("lisi", "不接 1")) == "好的，#1 这次不打扰您了。"

    assert news(world, SECRETARY)[1:] == ["#1 问过的都说不接：张三（出差）；李四。\n请再派人来办。"]
    assert order(world).status is OrderStatus.SUBMITTED
    world.later(hours=2)
    assert fire(world) == {"moved": 1}


def test_those_who_were_named_and_do_not_answer(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三 李四")
    world.later(hours=2)
    fire(world)

    assert news(world, SECRETARY)[-1] == "#1 已发给张三、李四，到现在还没有回话。"
    assert taps(world, SECRETARY) == ["再等等 1", "派单 1 全体", "派单 1 选人"]
    assert shown(world.say("chenshuji", "再等等 1")) == (
        "好的，再等等。16:00还没人接 #1，我再问您。"
    )
    world.say("lisi", "不接 1")
    world.later(hours=2)
    fire(world)
    assert news(world, SECRETARY)[-1] == "#1 已发给张三，到现在还没有回话。"
    assert shown(world.say("chenshuji", "派单 1 全体")) == (
        "#1 已发给 2 位党员，先接先办。" + PROGRESS
    )


def test_who_is_given_more_time_twice_is_asked_about_once(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三")
    world.later(hours=1)
    world.say("chenshuji", "再等等 1")
    world.say("chenshuji", "再等等")

    world.later(hours=1)
    assert fire(world) == {}
    world.later(hours=1)
    assert fire(world)["notices"] == 1


WAITING = {
    "nobody was named": [
        ("派单 1 全体", None),
        ("再等等 1", "#1 正在找人，已问了 3 位，还在等回话。"),
        ("再等等", "现在没有发出去还没人接的单。"),
    ],
    "not sent out at all": [("再等等 1", "#1 现在是“待派单”，这一步暂时用不上。" + PROGRESS)],
}


@pytest.mark.parametrize("dialogue", WAITING.values(), ids=WAITING.keys())
def test_waiting_where_there_is_nothing_to_wait_for(
    world: World, dialogue: list[tuple[str, str | None]]
) -> None:
    placed(world)
    for said, answered in dialogue:
        reply = shown(world.say("chenshuji", said))
        assert answered is None or reply == answered


def test_a_second_tap_asks_nobody_twice(world: World) -> None:
    enlist(world, 9)
    placed(world)
    world.say("chenshuji", "派单 1")

    assert shown(world.say("chenshuji", "派单 1")) == (
        "#1 正在找人，已问了 5 位，还在等回话。\n[派给全体] [选人]"
    )
    assert len(asked(world)) == 5


ON_LEAVE = {
    "asked, and meant": [
        ("派单 1 张三", "张三请假到11月29日，还派吗？\n1. 还派\n2. 换一位"),
        ("1", "#1 已发给张三，等对方接单。" + PROGRESS),
    ],
    "asked, and somebody else": [
        ("派单 1 张三 明天14点到16点", "张三请假到11月29日，还派吗？\n1. 还派\n2. 换一位"),
        (
            "2",
            f"{HEAD}\n派给谁？\n1. 李四（第一支部）\n2. 赵敏（第一支部）\n3. 按推荐派\n4. 派给全体",
        ),
    ],
    "the terms are kept": [
        (
            "派单 1 张三、李四 2人 明天14点到16点",
            "张三请假到11月29日，还派吗？\n1. 还派\n2. 换一位",
        ),
        (
            "1",
            "#1 已发给张三、李四，等他们接单。\n要 2 位。\n时间：11月22日14:00-16:00。" + PROGRESS,
        ),
    ],
    "everybody but those on leave": [
        ("派单 1 全体", "#1 已发给 2 位党员，先接先办。" + PROGRESS),
    ],
}


@pytest.mark.parametrize("dialogue", ON_LEAVE.values(), ids=ON_LEAVE.keys())
def test_on_leave(world: World, dialogue: list[tuple[str, str]]) -> None:
    away(world, "张三", until=date(2026, 11, 29))
    away(world, "李四", until=date(2026, 11, 20))
    placed(world)
    for said, answered in dialogue:
        assert shown(world.say("chenshuji", said)) == answered


def test_whoever_is_on_leave_may_still_take_it(world: World) -> None:
    away(world, "张三", until=date(2026, 11, 29))
    placed(world)
    world.say("chenshuji", "派单 1 全体")

    assert shown(world.say("zhangsan", "接单 1")).startswith("您已接下#1")


def test_nobody_is_left_to_ask(world: World) -> None:
    for name in ("张三", "李四", "赵敏"):
        away(world, name, until=date(2026, 11, 29))
    placed(world)

    for said in ("派单 1", "派单 1 全体", "派单 1 选人"):
        assert shown(world.say("chenshuji", said)) == (
            "能派的党员都请假了，或者说过这次不接。可以点名派，或者自己来办。"
        )


def test_somebody_who_said_no_is_named_again_only_on_purpose(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三")
    world.say("zhangsan", "不接 1")

    assert shown(world.say("chenshuji", "派单 1 张三")) == (
        "张三这次不方便（不接、退过单或没到），还派吗？\n1. 还派\n2. 换一位"
    )
    assert asked(world) == set()
    assert shown(world.say("chenshuji", "1")) == "#1 已发给张三，等对方接单。" + PROGRESS


def test_a_no_of_earlier_opens_nothing_that_was_given_to_others_by_name(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三")
    world.say("zhangsan", "不接 1")
    world.later(minutes=1)
    world.say("chenshuji", "派单 1 李四")

    assert shown(world.say("zhangsan", "接单 1")) == "#1 支部已经指定了人来办，您不用接。"


TERMS = {
    "a time": (
        "派单 1 张三 明天14点到16点",
        "#1 已发给张三，等对方接单。\n时间：11月22日14:00-16:00。" + PROGRESS,
    ),
    "a day that does not exist": (
        "派单 1 张三 2月30日14点到16点",
        "没有“2月30日14点到16点”这一天。还没有派。请再写一遍，比如“派单 1 全体 明天14点到16点”。",
    ),
    "a time gone by": (
        "派单 1 张三 今天9点到11点",
        "“今天9点到11点”已经过了。还没有派。请再写一遍，比如“派单 1 全体 明天14点到16点”。",
    ),
    "a day without an hour": (
        "派单 1 张三 明天",
        "“明天”几点到几点？还没有派。请再写一遍，比如“派单 1 全体 明天14点到16点”。",
    ),
    "too many": (
        "派单 1 全体 200人",
        "人数请写 1 到 20。还没有派。请再写一遍，比如“派单 1 全体 3人”。",
    ),
}


@pytest.mark.parametrize(("said", "answered"), TERMS.values(), ids=TERMS.keys())
def test_terms(world: World, said: str, answered: str) -> None:
    placed(world)

    assert shown(world.say("chenshuji", said)) == answered
    is_sent = "已发给" in answered
    assert order(world).status is (OrderStatus.DISPATCHED if is_sent else OrderStatus.SUBMITTED)


def test_the_agreed_time_is_told_to_all_whom_it_concerns(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三 明天14点到16点")
    with transaction(world.engine) as session:
        fields = session.scalars(
            select(Notice.fields).where(Notice.kind == NoticeKind.ORDER_OFFERED)
        ).one()
    assert fields[-1] == ["约好", "11月22日14:00-16:00"]

    assert "约好：11月22日14:00-16:00" in shown(world.say("zhangsan", "接单 1"))

    assert news(world, "wang") == ["张三（第一支部党员）已接下 #1，11月22日14:00-16:00来办这件事。"]
    for sender in ("wang", "zhangsan", "chenshuji"):
        assert "约好：11月22日14:00-16:00" in shown(world.say(sender, "进度 1"))


OVERLAPS = {
    "inside": ("明天15点到15点半", True),
    "at its end": ("明天16点到17点", False),
    "before it": ("明天13点到14点", False),
    "around it": ("明天13点到18点", True),
    "another day": ("11月23日14点到16点", False),
}


@pytest.mark.parametrize(("when", "clashes"), OVERLAPS.values(), ids=OVERLAPS.keys())
def test_two_orders_for_the_same_hours(world: World, when: str, *, clashes: bool) -> None:
    placed(world)
    world.say("wang", "报事 阳光小区1栋门坏了")
    world.say("wang", "1")
    world.say("chenshuji", "派单 1 张三 明天14点到16点")
    world.say("chenshuji", f"派单 2 全体 {when}")
    world.say("zhangsan", "接单 1")

    answered = shown(world.say("zhangsan", "接单 2"))

    if clashes:
        assert answered == (f"您11月22日14:00-16:00要去办{HEAD}，和 #2 的时间重了，这张先不接。")
    else:
        assert answered.startswith("您已接下#2")


def test_an_agreed_time_lasts_through_another_dispatch_until_it_is_over(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三 明天14点到16点")
    world.say("chenshuji", "派单 1 李四")
    assert order(world).starts_at == datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

    world.later(hours=30)
    world.say("chenshuji", "派单 1 赵敏")

    assert (order(world).starts_at, order(world).ends_at) == (None, None)


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
