"""Writing a matter down for a neighbour without a phone, and the paper slip that follows it up."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, update

from handlers.messages import IncomingKind
from storage.database import transaction
from storage.models import Appointment, Medium, Order, OrderEvent, Person
from storage.sealing import unseal
from storage.vocabulary import OrderAction, OrderStatus, Outcome, Role
from tests.dialogues import proxied, records, scenes
from tests.factories import World, shown

MATTER = "替邻居报什么事？请用一句话说说，比如“厨房水管漏水”。"
PLACE = "问题在哪里？请写小区、几栋几单元，比如“阳光小区3栋2单元”。"
WHOM = "替谁报？请写称呼，有电话也写上，比如“刘奶奶 13800000000”。"
CONSENT = "跟刘奶奶当面问过、本人同意报了吗？\n1. 同意了\n2. 还没有问"
CHANGES = "改哪一样？\n1. 事情\n2. 地点\n3. 替谁"
NO_CONSENT = "好的，先不报，什么也没有留下。当面问过、本人同意了，再发“代报”。"
RECEIVED = (
    "收到了，编号 #1。\n最晚11月22日12点前给您办好或说清楚。有人接单就告诉您。\n"
    "单号 1，查询码 CODE，请写在纸条上交给刘奶奶。\n"
    "凭纸条，谁的手机都能查：发“进度 1 CODE”。\n[查进度]"
)


def _summary(matter: str, place: str, whom: str = "刘奶奶") -> str:
    return (
        f"请看看对不对：\n替谁：{whom}（本人同意）\n事情：{matter}\n地点：{place}\n"
        "1. 提交\n2. 改一下"
    )


def _said(world: World, sender: str, said: str) -> str:
    """Give an answer as it is shown, the code of a slip as a word."""
    return re.sub(r"(查询码 |进度 1 )\d{4}", r"\1CODE", shown(world.say(sender, said)))


SECRETARY = {
    "one thing at a time": [
        ("代报", MATTER),
        ("厨房水管漏水", PLACE),
        ("阳光小区3栋2单元", WHOM),
        ("刘奶奶", CONSENT),
        ("1", _summary("厨房水管漏水", "阳光小区3栋2单元")),
        ("1", RECEIVED),
    ],
    "everything in one message but the consent": [
        (
            "代报 阳光小区3栋2单元501水管漏水 刘奶奶13800000021",
            CONSENT,
        ),
        (
            "同意了",
            _summary("阳光小区3栋2单元501水管漏水", "阳光小区3栋2单元501", "刘奶奶 13800000021"),
        ),
        ("确认", RECEIVED),
    ],
    "without a separator": [("代报阳光小区1栋灯坏了", WHOM)],
    "a phone without a name asks for the name only": [
        ("代报 阳光小区1栋水管漏水 13800000021", "替谁报？请写称呼，比如“刘奶奶”。"),
        ("刘奶奶", CONSENT),
        ("问过了", _summary("阳光小区1栋水管漏水", "阳光小区1栋", "刘奶奶 13800000021")),
    ],
    "digits are no name": [
        ("代报 阳光小区1栋水管漏水", WHOM),
        ("13800000021", f"没看到称呼。\n{WHOM}"),
        ("……", f"没看到称呼。\n{WHOM}"),
        ("刘奶奶，13800000021", CONSENT),
    ],
    "only a place asks what is the matter": [
        ("代报 阳光小区3栋2单元", MATTER),
        ("灯坏了", WHOM),
        ("刘奶奶", CONSENT),
        ("是", _summary("灯坏了", "阳光小区3栋2单元")),
    ],
    "without consent it ends kindly": [
        ("代报 阳光小区1栋水管漏水", WHOM),
        ("刘奶奶", CONSENT),
        ("过两天再说", f"请回 1 或 2。\n{CONSENT}"),
        ("2", NO_CONSENT),
        ("继续", "没有说到一半的事。\n[我要报事] [查进度] [待办]"),
    ],
    "somebody else has to agree, too": [
        ("代报 阳光小区1栋水管漏水 刘奶奶13800000021", CONSENT),
        ("1", _summary("阳光小区1栋水管漏水", "阳光小区1栋", "刘奶奶 13800000021")),
        ("2", CHANGES),
        ("3", WHOM),
        ("王爷爷", CONSENT.replace("刘奶奶", "王爷爷")),
        ("没问", NO_CONSENT),
    ],
    "another name before submitting asks that one": [
        ("代报 阳光小区1栋水管漏水 刘奶奶13800000021", CONSENT),
        ("1", _summary("阳光小区1栋水管漏水", "阳光小区1栋", "刘奶奶 13800000021")),
        ("王爷爷13800000022", CONSENT.replace("刘奶奶", "王爷爷")),
    ],
    "more is taken in before submitting": [
        ("代报 阳光小区1栋水管漏水", WHOM),
        ("刘奶奶", CONSENT),
        ("1", _summary("阳光小区1栋水管漏水", "阳光小区1栋")),
        ("跳过", _summary("阳光小区1栋水管漏水", "阳光小区1栋")),
        ("13800000021", _summary("阳光小区1栋水管漏水", "阳光小区1栋", "刘奶奶 13800000021")),
        (
            "漏了三天了",
            _summary("阳光小区1栋水管漏水\n漏了三天了", "阳光小区1栋", "刘奶奶 13800000021"),
        ),
        (
            "阳光小区2栋",
            _summary("阳光小区1栋水管漏水\n漏了三天了", "阳光小区2栋", "刘奶奶 13800000021"),
        ),
    ],
    "a place without its estate asks which estate": [
        ("代报 水管漏水", PLACE),
        ("3栋", "是哪个小区的？\n1. 阳光小区\n2. 和谐小区\n3. 都不是"),
        ("1", WHOM),
    ],
    "one step back": [
        ("代报 阳光小区1栋水管漏水", WHOM),
        ("刘奶奶", CONSENT),
        ("返回", WHOM),
    ],
    "cancelling ends it": [
        ("代报 阳光小区1栋水管漏水", WHOM),
        ("取消", "好的，已取消，什么也没有提交。"),
    ],
    "another branch's place is refused, with a way to go on": [
        (
            "代报 和谐小区3栋水管漏水",
            "代报只报第一支部里的事。这件事在别处，可以用自己的名义报。\n[我来报]",
        ),
    ],
}


@pytest.mark.parametrize("dialogue", SECRETARY.values(), ids=SECRETARY.keys())
def test_the_secretary_writes_down(world: World, dialogue: list[tuple[str, str]]) -> None:
    for said, answered in dialogue:
        assert _said(world, "chenshuji", said) == answered


INSIDE = "问题在哪里？请写小区、几栋几单元，比如“阳光小区3栋2单元”。\n1. 就在阳光小区3栋"
STEWARD = {
    "words without an estate mean the building": [
        ("代报 2单元灯坏了", WHOM),
        ("刘奶奶", CONSENT),
        ("1", _summary("2单元灯坏了", "阳光小区3栋2单元")),
    ],
    "the building itself is one tap away": [
        ("代报 水管漏水", INSIDE),
        ("1", WHOM),
        ("刘奶奶", CONSENT),
        ("1", _summary("水管漏水", "阳光小区3栋")),
    ],
    "unknown words lie inside the building": [
        ("代报 水管漏水", INSIDE),
        ("地下室", WHOM),
        ("刘奶奶", CONSENT),
        ("1", _summary("水管漏水", "阳光小区3栋地下室")),
    ],
    "the building next door is not theirs": [
        ("代报 水管漏水", INSIDE),
        (
            "阳光小区1栋",
            "代报只报阳光小区3栋里的事。这件事在别处，可以用自己的名义报。\n[我来报]",
        ),
    ],
}


@pytest.mark.parametrize("dialogue", STEWARD.values(), ids=STEWARD.keys())
def test_a_building_head_writes_down(world: World, dialogue: list[tuple[str, str]]) -> None:
    records.appoint(world, "赵敏", Role.BUILDING_HEAD, "e1-3")
    for said, answered in dialogue:
        assert _said(world, "zhaomin", said) == answered


REACH = {
    (Role.GRID_WORKER, "e1", "阳光小区2栋"): True,
    (Role.GRID_WORKER, "e1", "和谐小区3栋"): False,
    (Role.BUILDING_HEAD, "e1-3", "阳光小区3栋1单元"): True,
    (Role.BUILDING_HEAD, "e1-3", "阳光小区1栋"): False,
    (Role.UNIT_STEWARD, "e1-3-2", "阳光小区3栋2单元"): True,
    (Role.UNIT_STEWARD, "e1-3-2", "阳光小区3栋1单元"): False,
    (Role.DEPUTY, "b1", "阳光小区1栋"): True,
    (Role.DEPUTY, "b1", "和谐小区3栋"): False,
}


@pytest.mark.parametrize(
    ("role", "code", "place", "may"), [(*key, may) for key, may in REACH.items()]
)
def test_how_far_each_post_reaches(
    world: World, role: Role, code: str, place: str, *, may: bool
) -> None:
    records.appoint(world, "赵敏", role, code)

    answered = shown(world.say("zhaomin", f"代报 {place}水管漏水"))

    assert (answered == WHOM) is may
    assert answered.startswith("代报只报") is not may


def test_two_posts_reach_both_places_and_neither_is_assumed(world: World) -> None:
    records.appoint(world, "赵敏", Role.UNIT_STEWARD, "e1-3-2")
    records.appoint(world, "赵敏", Role.BUILDING_HEAD, "e1-1")

    assert shown(world.say("zhaomin", "代报 水管漏水")) == PLACE
    assert shown(world.say("zhaomin", "阳光小区1栋")) == WHOM
    world.say("zhaomin", "取消")
    assert shown(world.say("zhaomin", "代报 阳光小区2栋水管漏水")) == (
        "代报只报阳光小区3栋2单元和阳光小区1栋里的事。这件事在别处，可以用自己的名义报。\n[我来报]"
    )


REFUSED = {
    "a resident": (
        "wang",
        "这项要党员或支部来办。您是党员的话，请先发“认证 姓名 手机号”。\n[我要报事] [查进度]",
    ),
    "a plain member": (
        "zhangsan",
        "这项要由支部或社区的工作人员来办。\n[我要报事] [查进度] [看看可接的单]",
    ),
}


@pytest.mark.parametrize(("sender", "answered"), REFUSED.values(), ids=REFUSED.keys())
def test_others_may_not(world: World, sender: str, answered: str) -> None:
    assert shown(world.say(sender, "代报")) == answered


def _stored(world: World) -> tuple[Order, dict[str, Any]]:
    with transaction(world.engine) as session:
        order = session.get_one(Order, 1)
        event = session.scalars(select(OrderEvent).where(OrderEvent.order_id == 1)).first()
        session.expunge_all()
    assert event is not None
    return order, {
        "action": event.action,
        "role": event.role,
        "organisation": event.organisation_id,
        "details": event.details,
    }


def test_what_is_stored_names_writer_neighbour_and_consent(world: World) -> None:
    code = proxied.write_down(world)
    order, event = _stored(world)

    writer = world.people["赵敏"]
    assert (order.reporter_id, order.proxy_id, order.slip) == (writer, writer, code)
    assert order.contact_name == "刘奶奶"
    assert order.contact_sealed is not None
    assert unseal(order.contact_sealed) == "13800000021"
    assert event == {
        "action": OrderAction.SUBMIT,
        "role": Role.BUILDING_HEAD,
        "organisation": world.organisations["e1-3"],
        "details": {"consent": True},
    }


def test_without_consent_nothing_is_stored(world: World) -> None:
    for said in ("代报 阳光小区1栋水管漏水", "刘奶奶 13800000021", "2"):
        world.say("chenshuji", said)

    with transaction(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 0
        people = session.scalars(select(Person.contact_sealed)).all()
    assert set(people) == {None}


def test_photos_are_kept_once_the_neighbour_has_agreed(world: World) -> None:
    def show() -> str:
        medium = replace(
            world.hear("chenshuji", kind=IncomingKind.IMAGE), media_id=f"m{world.now:%H%M%S}"
        )
        return world.give(medium).text

    world.say("chenshuji", "代报 阳光小区1栋水管漏水 刘奶奶13800000021")
    before = show()
    with transaction(world.engine) as session:
        kept = session.scalar(select(func.count()).select_from(Medium))
    world.say("chenshuji", "1")
    after = show()
    world.say("chenshuji", "1")

    later = "照片和语音先等一等，本人同意以后再发，提交前都来得及。"
    asked = CONSENT.partition("\n")[0]
    assert (before, kept) == (f"{later}\n\n刚才说到：\n{asked}", 0)
    assert after.startswith("照片收到了。\n请看看对不对：\n替谁：刘奶奶 13800000021（本人同意）\n")
    assert after.endswith("\n照片和语音：1 件")
    with transaction(world.engine) as session:
        assert session.scalars(select(Medium.order_id)).all() == [1]


def test_the_neighbours_phone_does_not_become_the_writers(world: World) -> None:
    proxied.write_down(world)

    answered = world.say("zhaomin", "报事 阳光小区1栋灯坏了").text

    assert "联系：没有留" in answered


def test_the_writer_gets_the_news_and_gives_the_answers(world: World) -> None:
    proxied.write_down(world)
    world.say("chenshuji", "派单 1 张三")
    taken = world.say("zhangsan", "接单 1").text
    assert "联系：刘奶奶 13800000021" in taken
    world.say("zhangsan", "完成 1")

    told = world.news_of("赵敏")
    assert "张三（第一支部党员）已接下 #1，会来办这件事。" in told[-2]
    assert "张三（第一支部党员）" in told[-1]
    world.say("zhaomin", "确认 1")
    assert scenes.order(world).outcome is Outcome.RESOLVED


def test_the_writer_may_not_take_it(world: World) -> None:
    proxied.write_down(world)
    world.say("chenshuji", "派单 1 全体")

    assert world.say("zhaomin", "接单 1").text == "这是您自己报的事，要由别人来接。"


def test_what_is_left_after_partly_solved_keeps_writer_and_slip(world: World) -> None:
    code = proxied.write_down(world)
    world.say("chenshuji", "派单 1 张三")
    for sender, said in (("zhangsan", "接单 1"), ("zhangsan", "完成 1")):
        world.say(sender, said)
    world.say("zhaomin", "部分解决 1 阀门还在滴")

    linked = scenes.order(world, 2)
    assert (linked.proxy_id, linked.slip) == (world.people["赵敏"], code)
    with transaction(world.engine) as session:
        assert session.get_one(Person, world.people["赵敏"]).contact_sealed is None
    assert shown(world.say("li", f"进度 2 {code}")).startswith("#2\n现在：待派单\n")


def test_the_past_names_the_writer_and_the_consent(world: World) -> None:
    proxied.write_down(world)

    assert world.say("zhaomin", "进度 1 经过").text.endswith("您报事：代报，当面问过本人，同意")
    assert world.say("chenshuji", "进度 1 经过").text.endswith(
        "赵敏（3栋楼栋长）报事：代报，当面问过本人，同意（企业微信）"
    )


def test_ten_reports_a_day_for_others_and_any_number_of_ones_own(world: World) -> None:
    for number in range(10):
        for said in (f"代报 阳光小区1栋第{number}盏灯坏了", "刘奶奶", "1", "1"):
            answered = shown(world.say("chenshuji", said))
        assert f"编号 #{number + 1}。" in answered

    spent = "今天代报的次数用完了，请明天再报；急的话请打电话给支部。"
    assert shown(world.say("chenshuji", "代报 阳光小区1栋灯坏了")) == spent
    world.report("chenshuji", "阳光小区1栋灯坏了")
    world.later(hours=12)
    assert shown(world.say("chenshuji", "代报 阳光小区1栋灯坏了")) == WHOM


def test_a_post_that_ended_in_between_ends_it(world: World) -> None:
    for said in ("代报 阳光小区1栋水管漏水", "刘奶奶", "1"):
        world.say("chenshuji", said)
    with transaction(world.engine) as session:
        session.execute(
            update(Appointment)
            .where(Appointment.person_id == world.people["陈书记"])
            .values(ends_on=date(2026, 11, 21))
        )

    assert shown(world.say("chenshuji", "1")) == "这项要由支部或社区的工作人员来办。"
    with transaction(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 0


def test_a_place_that_nobody_knows_goes_to_the_community(world: World) -> None:
    for said in ("代报 路灯不亮", "菜市场门口", "都不是", "刘奶奶", "1", "1"):
        world.say("chenshuji", said)

    assert world.news_of("刘主任") == ["#1 路灯不亮\n请派人来办。"]
    assert scenes.order(world).status is OrderStatus.SUBMITTED


def test_leaving_does_not_take_the_neighbours_contact_along(world: World) -> None:
    phone = "13900000004"
    world.say("x", f"认证 赵敏 {phone}")
    world.say("chenshuji", "同意认证 1")
    proxied.write_down(world)

    world.give(world.hear("x", kind=IncomingKind.UNSUBSCRIBE))

    assert scenes.order(world).contact_sealed is not None
