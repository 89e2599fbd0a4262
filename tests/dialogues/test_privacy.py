"""Door and contact are for the live holder, and for the secretary's chain that asks (7.3, 7.9)."""

import pytest
from sqlalchemy import select

from handlers.texts import general, reports
from storage.database import transaction
from storage.models import Delivery, Notice
from tests.factories import World, shown

PHONE = "13800000001"
ROOM = "501"
MATTER = f"报事 阳光小区3栋2单元{ROOM}水管漏水 {PHONE}"
HEAD = "#1 阳光小区3栋2单元***水管漏水"


def _placed(world: World) -> None:
    for said in (MATTER, "1"):
        world.say("wang", said)


def _card(world: World, name: str) -> str:
    """Give everything that stands on the last card of somebody."""
    with transaction(world.engine) as session:
        notice = session.scalars(
            select(Notice)
            .join(Delivery, Delivery.notice_id == Notice.id)
            .where(Delivery.person_id == world.people[name])
            .order_by(Delivery.id.desc())
        ).first()
        assert notice is not None
        facts = [f"{label}：{value}" for label, value in notice.fields]
        return "\n".join([notice.title, notice.text, *facts])


def test_the_card_to_dispatch_shows_the_building_only(world: World) -> None:
    _placed(world)

    assert _card(world, "陈书记") == (
        f"{HEAD}\n请派人来办。\n急缓：水电气热一类，24 小时内\n"
        "地点：阳光小区3栋2单元\n最晚：11月22日12点"
    )


def test_an_offer_shows_the_building_only(world: World) -> None:
    _placed(world)
    world.say("chenshuji", "派单 1 全体")

    card = _card(world, "张三")

    assert card.startswith(f"{HEAD}\n")
    assert "地点：阳光小区3栋2单元\n" in card
    assert (ROOM in card, PHONE in card) == (False, False)


LISTS = {
    "what waits on the desk": ("chenshuji", "待办"),
    "what can be taken": ("lisi", "可接"),
    "another member": ("lisi", "进度 1"),
}


@pytest.mark.parametrize(("sender", "said"), LISTS.values(), ids=LISTS.keys())
def test_lists_show_no_door(world: World, sender: str, said: str) -> None:
    _placed(world)
    if sender == "lisi":
        world.say("chenshuji", "派单 1 全体")

    answered = shown(world.say(sender, said))

    assert HEAD in answered
    assert (ROOM in answered, PHONE in answered) == (False, False)


def test_nothing_that_the_desk_or_a_former_holder_is_told_names_the_door(world: World) -> None:
    _placed(world)
    for sender, said in (
        ("chenshuji", "派单 1 张三"),
        ("zhangsan", "接单 1"),
        ("zhangsan", "退单 1 临时有事"),
        ("lisi", "接单 1"),
        ("wang", "没来 1"),
        ("chenshuji", "收回 1"),
        ("chenshuji", "派单 1 赵敏"),
        ("zhaomin", "接单 1"),
        ("zhaomin", "完成 1"),
        ("wang", "评价 1 1 还在漏"),
        ("wang", "没解决 1"),
        ("wang", "撤回 1"),
    ):
        world.say(sender, said)

    told = {name: "\n".join(world.news_of(name)) for name in ("陈书记", "刘主任", "张三", "赵敏")}

    assert {name for name, news in told.items() if HEAD in news} == set(told)
    assert {name for name, news in told.items() if ROOM in news or PHONE in news} == set()


def test_which_order_is_meant_is_asked_without_a_door(world: World) -> None:
    _placed(world)
    world.report("li", "阳光小区1栋灯坏了")

    answered = shown(world.say("chenshuji", "派单"))

    assert f". {HEAD}" in answered
    assert ROOM not in answered


def test_the_holder_reads_door_and_contact_and_loses_them_again(world: World) -> None:
    _placed(world)
    world.say("chenshuji", "派单 1 张三")
    taken = world.say("zhangsan", "接单 1").text
    reread = world.say("zhangsan", "进度 1").text
    world.say("chenshuji", "收回 1")
    after = world.say("zhangsan", "进度 1").text

    for said in (taken, reread):
        assert (ROOM in said, PHONE in said) == (True, True)
    assert (ROOM in after, PHONE in after) == (False, False)


@pytest.mark.parametrize("sender", ["chenshuji", "liuzhuren"])
def test_the_chain_reads_door_and_contact_when_it_asks(world: World, sender: str) -> None:
    _placed(world)

    answered = world.say(sender, "进度 1").text

    assert "地点：阳光小区3栋2单元501" in answered
    assert f"联系：{PHONE}" in answered


@pytest.mark.parametrize("sender", ["sunshuji", "zhouba", "stranger"])
def test_others_read_nothing(world: World, sender: str) -> None:
    _placed(world)

    assert world.say(sender, "进度 1").text == general.NO_SUCH_ORDER


def test_residents_are_told_who_sees_their_phone(world: World) -> None:
    assert "只有接单上门的人，和负责这件事的支部看得到" in world.say("wang", "隐私").text
    assert "只给上门的人和支部看" in reports.CONSENT
