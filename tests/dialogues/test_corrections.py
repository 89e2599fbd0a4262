"""What was tied wrongly is untied: another home, the wrong person approved."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from handlers.messages import IncomingKind
from storage.database import transaction
from storage.models import Delivery, Order, Person
from storage.vocabulary import DeliveryStatus, OrderStatus
from tests.dialogues import records, scenes
from tests.factories import ROSTER, World, shown

PHONES = {name: phone for name, phone, _, _, _ in ROSTER}
APPROVED = "已同意。认错了人，十分钟内点“不是本人”就收回。\n[不是本人]"
TAKEN_BACK = "已收回，那个账号不再是党员。"
NEWS = "认证结果\n支部刚才认错了人，认证已经收回。是本人的话，请联系支部书记。报事不受影响。"
TOO_LATE = "同意已经超过十分钟，这里收不回了。请社区的系统管理员解开这个账号。"
DECIDED = "这条认证已经有人处理过了。"


def _scan(world: World, code: str) -> str:
    return shown(world.give(world.hear("wang", kind=IncomingKind.SCAN, scene=f"bind:{code}")))


def _bind(world: World, code: str) -> str:
    names = {"e1-1": "阳光小区1栋", "e2-3": "和谐小区3栋"}
    return shown(world.say("wang", f"绑定 {names[code]}"))


@pytest.mark.parametrize("rebind", [_scan, _bind], ids=["by a code", "by word"])
def test_binding_elsewhere_leaves_open_orders_where_they_are(
    world: World, rebind: Callable[[World, str], str]
) -> None:
    rebind(world, "e1-1")
    world.report("wang", "楼道灯坏了")
    before = scenes.order(world)

    assert rebind(world, "e2-3").startswith("好的，记下了：和谐小区3栋。")

    after = scenes.order(world)
    assert (after.place, after.place_id, after.branch_id) == (
        before.place,
        before.place_id,
        before.branch_id,
    )
    assert "地点：阳光小区1栋" in world.say("wang", "进度 1").text
    assert len(world.news_of("陈书记")) == 1
    world.say("chenshuji", "派单 1 张三")
    assert "地点：阳光小区1栋" in world.say("zhangsan", "接单 1").text


def test_the_next_report_is_about_the_new_home(world: World) -> None:
    _scan(world, "e1-1")
    world.report("wang", "楼道灯坏了")
    _scan(world, "e2-3")
    world.later(hours=1)

    world.report("wang", "楼道灯又坏了")

    assert len(world.news_of("孙书记")) == 1
    assert "地点：和谐小区3栋" in world.say("wang", "进度 2").text


def test_a_draft_about_the_old_home_no_longer_calls_it_home(world: World) -> None:
    _scan(world, "e1-1")
    world.say("wang", "报事 楼道灯坏了")
    _scan(world, "e2-3")

    summary = world.say("wang", "跳过").text

    assert "\n地点：阳光小区1栋\n" in summary


def _claimed(world: World, sender: str = "x", name: str = "张三") -> None:
    world.say(sender, f"认证 {name} {PHONES[name]}")


def _approved(world: World) -> None:
    _claimed(world)
    assert shown(world.say("chenshuji", "同意认证 1")) == APPROVED


def test_a_wrong_approval_is_taken_back_by_its_tap(world: World) -> None:
    _approved(world)
    assert world.person_behind("x") == world.people["张三"]

    assert shown(world.say("chenshuji", "不同意认证 1")) == TAKEN_BACK

    stranger = world.person_behind("x")
    assert stranger != world.people["张三"]
    assert world.news_for(stranger) == [NEWS]
    assert "您是党员的话" in world.say("x", "可接").text
    assert world.person_behind("zhangsan") == world.people["张三"]


def test_undoing_takes_back_an_approval_that_was_the_last_thing_done(world: World) -> None:
    world.report("wang", "阳光小区1栋灯坏了")
    world.say("chenshuji", "派单 1 全体")
    world.later(minutes=1)
    _approved(world)

    assert shown(world.say("chenshuji", "撤销")) == TAKEN_BACK
    assert world.person_behind("x") != world.people["张三"]
    assert shown(world.say("chenshuji", "进度 1")).split("\n")[1] == "现在：待接单"


def test_undoing_takes_back_the_order_where_that_was_later(world: World) -> None:
    world.report("wang", "阳光小区1栋灯坏了")
    _approved(world)
    world.later(minutes=1)
    world.say("chenshuji", "派单 1 全体")

    assert world.say("chenshuji", "撤销").text.startswith("已撤销“派单”")
    assert world.person_behind("x") == world.people["张三"]


def test_after_ten_minutes_it_stays(world: World) -> None:
    _approved(world)
    world.later(minutes=10, seconds=1)

    assert shown(world.say("chenshuji", "不同意认证 1")) == TOO_LATE
    assert world.say("chenshuji", "撤销").text.startswith("十分钟里没有可以撤销的事。")
    assert world.person_behind("x") == world.people["张三"]


def test_only_who_approved_takes_it_back(world: World) -> None:
    _approved(world)

    assert shown(world.say("liuzhuren", "不同意认证 1")) == DECIDED
    assert world.person_behind("x") == world.people["张三"]


def test_it_is_taken_back_once_and_stays_decided(world: World) -> None:
    _approved(world)
    world.say("chenshuji", "不同意认证 1")

    assert shown(world.say("chenshuji", "不同意认证 1")) == DECIDED
    assert shown(world.say("chenshuji", "同意认证 1")) == DECIDED
    assert len(world.news_for(world.person_behind("x"))) == 1


def test_the_right_person_may_claim_again(world: World) -> None:
    _approved(world)
    world.say("chenshuji", "不同意认证 1")
    _claimed(world, "y")

    assert shown(world.say("chenshuji", "同意认证 2")) == APPROVED
    assert world.person_behind("y") == world.people["张三"]


def test_orders_go_along_and_come_back_with_what_is_still_to_be_told(world: World) -> None:
    world.report("x", "阳光小区1栋灯坏了")
    own = world.report("zhangsan", "阳光小区2栋门坏了")
    _approved(world)
    later = world.report("x", "阳光小区3栋水管漏水，13800000009")
    world.say("chenshuji", "派单 1 李四")
    world.say("lisi", "接单 1")

    world.say("chenshuji", "不同意认证 1")

    stranger = world.person_behind("x")
    assert any("李四（第一支部党员）已接下 #1" in told for told in world.news_for(stranger))
    with transaction(world.engine) as session:
        reporters = {order.id: order.reporter_id for order in session.scalars(select(Order))}
        member = session.get_one(Person, world.people["张三"])
        assert (member.contact_sealed, member.contact_name) == (None, None)
        assert session.get_one(Person, stranger).contact_sealed is not None
    assert reporters == {1: stranger, own: world.people["张三"], later: stranger}
    assert "您报事" in world.say("x", "进度 1 经过").text
    assert shown(world.say("zhangsan", "进度 1")).startswith("#1 ")
    assert "您报事" not in world.say("zhangsan", f"进度 {later} 经过").text


def test_what_the_wrong_person_took_stays_and_is_named(world: World) -> None:
    world.report("wang", "阳光小区1栋灯坏了")
    world.report("wang", "阳光小区2栋灯坏了")
    for said in ("派单 1 张三", "派单 2 张三"):
        world.say("chenshuji", said)
    _approved(world)
    world.say("x", "接单 1")
    world.say("zhangsan", "接单 2")

    assert shown(world.say("chenshuji", "不同意认证 1")) == (
        f"{TAKEN_BACK}\n它刚才接的 #1 还记在党员名下，请收回另派。\n[收回 #1]"
    )
    assert scenes.order(world).status is OrderStatus.TAKEN


def test_a_draft_of_the_wrong_person_is_dropped(world: World) -> None:
    world.say("zhangsan", "报事 阳光小区1栋灯坏了，13800000008")
    world.say("zhangsan", "1")
    _approved(world)
    assert "13800000008" in world.say("x", "报事 阳光小区2栋灯坏了").text

    world.say("chenshuji", "不同意认证 1")

    assert shown(world.say("x", "继续")) == "没有说到一半的事。\n[我要报事] [查进度]"
    assert "13800000008" not in world.say("x", "报事 阳光小区2栋灯坏了").text


def test_the_home_that_came_along_goes_back(world: World) -> None:
    world.say("x", "绑定 阳光小区1栋")
    _approved(world)
    with transaction(world.engine) as session:
        home = session.get_one(Person, world.people["张三"]).home_id
    assert home == world.organisations["e1-1"]

    world.say("chenshuji", "不同意认证 1")

    with transaction(world.engine) as session:
        assert session.get_one(Person, world.people["张三"]).home_id is None
    who = world.person_behind("x")
    with transaction(world.engine) as session:
        stranger = session.get_one(Person, who)
        assert stranger.home_id == world.organisations["e1-1"]


def test_who_is_recognised_is_told_what_the_unknown_person_was_to_hear(world: World) -> None:
    world.report("x", "阳光小区1栋灯坏了")
    world.say("chenshuji", "派单 1 李四")
    world.say("lisi", "接单 1")
    _claimed(world)
    unknown = world.person_behind("x")
    with transaction(world.engine) as session:
        for delivery in session.scalars(select(Delivery).where(Delivery.person_id == unknown)):
            delivery.status = DeliveryStatus.PENDING

    world.say("chenshuji", "同意认证 1")

    assert "李四（第一支部党员）已接下 #1" in world.say("x", "你好").text
    assert world.say("x", "进度 1 经过").text.count("您报事") == 1


def test_a_card_that_is_tapped_again_takes_it_back_too(world: World) -> None:
    _claimed(world)
    assert world.press("chenshuji", "同意认证 1").card_note == "已同意"
    records.deliver(world)

    assert world.press("chenshuji", "不同意认证 1").card_note == "已回绝"
    assert TAKEN_BACK in world.news_of("陈书记")[-1]
