"""A tapped card tells the truth at once, and again when the order moves on."""

from dataclasses import replace

from sqlalchemy import select, update

from handlers.messages import IncomingKind
from storage.database import transaction
from storage.models import Delivery
from tests.factories import World


def _sent(world: World, name: str, code: str) -> int:
    """Say that the relay has sent a person's first card, and give its notice."""
    with transaction(world.engine) as session:
        mine = Delivery.person_id == world.people[name]
        session.execute(update(Delivery).where(mine).values(response_code=code))
        return session.execute(select(Delivery.notice_id).where(mine)).scalars().first() or 0


def _card(world: World, name: str, notice_id: int) -> tuple[str | None, bool]:
    with transaction(world.engine) as session:
        row = session.execute(
            select(Delivery.response_code, Delivery.is_card_stale).where(
                Delivery.person_id == world.people[name], Delivery.notice_id == notice_id
            )
        ).one()
        return row[0], row[1]


def _press(world: World, sender: str, command: str, notice_id: int, code: str) -> None:
    tap = world.hear(sender, command, kind=IncomingKind.TAP, is_tap=True, response_code=code)
    world.give(replace(tap, task_id=f"n{notice_id}-abc"))


def test_the_code_of_a_tap_is_kept_for_the_next_change(world: World) -> None:
    world.say("wang", "报事 阳光小区1栋灯坏了")
    world.say("wang", "1")
    notice_id = _sent(world, "陈书记", "send")

    _press(world, "chenshuji", "派单 1 张三", notice_id, "tap")
    assert _card(world, "陈书记", notice_id) == ("tap", False)

    world.say("zhangsan", "接单 1")
    assert _card(world, "陈书记", notice_id) == ("tap", True)


def test_a_card_that_several_have_keeps_its_one_code_for_all(world: World) -> None:
    world.say("wang", "报事 阳光小区1栋灯坏了")
    world.say("wang", "1")
    world.say("chenshuji", "派单 1 全体")
    offer = _sent(world, "张三", "offer")
    _sent(world, "李四", "offer")

    _press(world, "zhangsan", "接单 1", offer, "tap")

    assert _card(world, "张三", offer) == ("offer", True)
    assert _card(world, "李四", offer) == ("offer", True)
