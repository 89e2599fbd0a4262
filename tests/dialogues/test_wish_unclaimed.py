"""无人认领: after fourteen days a wish is shown to the secretary, and those who fit are asked."""

from datetime import date

import pytest
from sqlalchemy import func, select, update

from storage.database import transaction
from storage.models import DutyHolding, Leave, Person, Timer
from storage.vocabulary import (
    AssignmentStatus,
    DutyPost,
    OrderAction,
    OrderStatus,
    TimerKind,
)
from tests.dialogues import records, scenes, wished
from tests.dialogues.wished import HEAD, LINE
from tests.factories import World, shown

NOTHING = "现在没有挂了 14 天还没人认领的心愿。\n[待办]"
ASKED = "这个心愿等了很久，您看方便帮一把吗？"


def take_on(
    world: World, name: str, post: DutyPost = DutyPost.CARE, *, until: date | None = None
) -> None:
    with transaction(world.engine) as session:
        session.add(
            DutyHolding(
                person_id=world.people[name],
                organisation_id=world.organisations["b1"],
                post=post,
                starts_on=date(2026, 11, 1),
                ends_on=until,
            )
        )


def learn(world: World, name: str, skills: str) -> None:
    with transaction(world.engine) as session:
        session.execute(update(Person).where(Person.id == world.people[name]).values(skills=skills))


def wait(world: World, days: float = 14) -> None:
    world.later(days=days)
    assert scenes.fire(world)["failed"] == 0


def unclaimed(world: World, name: str = "陈书记") -> list[str]:
    return [text for text in world.news_of(name) if "无人认领" in text]


def asked(world: World, name: str) -> list[str]:
    return [text for text in world.news_of(name) if ASKED in text]


def test_nobody_is_told_before(world: World) -> None:
    wished.passed(world)
    wait(world, 13.9)

    assert unclaimed(world) == []
    assert shown(world.say("chenshuji", "无人认领")) == NOTHING


def test_the_secretary_is_told_once(world: World) -> None:
    wished.passed(world)
    wait(world)
    wait(world, 3)

    assert unclaimed(world) == [
        f"{HEAD}\n这个心愿无人认领，已经挂了 14 天。没有对口的党员可以再请。"
    ]
    assert unclaimed(world, "孙书记") == []


def test_the_list_names_them_with_their_days(world: World) -> None:
    wished.passed(world)
    world.later(days=15)

    assert shown(world.say("chenshuji", "无人认领")) == (
        f"这 1 个心愿挂了 14 天以上还没人认领：\n1. {LINE} · 挂了 15 天"
    )
    assert world.say("chenshuji", "1").text.startswith(f"{HEAD}\n现在：待认领")
    assert shown(world.say("sunshuji", "无人认领")) == NOTHING
    world.say("zhangsan", "认领 1")
    assert shown(world.say("chenshuji", "无人认领")) == NOTHING


def test_members_do_not_ask_for_the_list(world: World) -> None:
    assert world.say("zhangsan", "无人认领").text == "这项要由支部或社区的工作人员来办。"


def test_those_who_fit_are_asked(world: World) -> None:
    """By the post of care, or by a skill that the wish names; nobody else."""
    take_on(world, "张三")
    learn(world, "李四", "眼镜 老花镜")
    take_on(world, "赵敏", DutyPost.SAFETY)
    take_on(world, "周八")
    wished.passed(world)
    wait(world)

    assert [bool(asked(world, name)) for name in ("张三", "李四", "赵敏", "周八")] == [
        True,
        True,
        False,
        False,
    ]
    assert unclaimed(world)[0].endswith("已再请 2 位合适的党员看看。")
    assert scenes.taps(world, "张三") == ["认领 1", "不接 1"]
    offered = AssignmentStatus.OFFERED
    assert records.live(world) == sorted(
        [(world.people["张三"], offered), (world.people["李四"], offered)]
    )


@pytest.mark.parametrize("hindrance", ["leave", "ended", "gave back"])
def test_who_cannot_or_did_not_is_left_alone(world: World, hindrance: str) -> None:
    take_on(world, "张三", until=date(2026, 11, 25) if hindrance == "ended" else None)
    wished.passed(world)
    if hindrance == "leave":
        with transaction(world.engine) as session:
            session.add(
                Leave(
                    person_id=world.people["张三"],
                    starts_on=date(2026, 11, 20),
                    ends_on=date(2026, 12, 31),
                )
            )
    if hindrance == "gave back":
        world.say("zhangsan", "认领 1")
        world.say("zhangsan", "退单 1 没时间")
    wait(world)

    assert len(unclaimed(world)) == 1
    assert asked(world, "张三") == []


def test_the_asked_may_claim_or_say_no_and_the_wish_goes_on_waiting(world: World) -> None:
    take_on(world, "张三")
    take_on(world, "李四")
    wished.passed(world)
    wait(world)

    for name in ("zhangsan", "lisi"):
        assert world.say(name, "不接 1").text.startswith("好的")
    assert scenes.order(world).status is OrderStatus.DISPATCHED
    assert world.say("zhaomin", "认领 1").text.startswith("您已认领")


def test_who_was_asked_reads_on_the_card_who_has_it(world: World) -> None:
    take_on(world, "张三")
    wished.passed(world)
    wait(world)
    world.say("lisi", "认领 1")

    assert records.live(world) == [(world.people["李四"], AssignmentStatus.ACCEPTED)]
    assert world.press("zhangsan", "认领 1").card_note == "已由李四认领"


@pytest.mark.parametrize(
    "moved", [("zhangsan", "认领 1"), ("chenshuji", "收回 1"), ("wang", "撤回 1")]
)
def test_a_wish_that_has_moved_on_is_not_unclaimed(world: World, moved: tuple[str, str]) -> None:
    wished.passed(world)
    world.say(*moved)
    wait(world, 15)

    assert unclaimed(world) == []


def test_the_days_begin_anew_when_it_is_given_back(world: World) -> None:
    wished.claimed(world)
    world.later(days=10)
    world.say("zhangsan", "退单 1 没时间")
    wait(world, 13)
    assert unclaimed(world) == []

    wait(world, 1.1)

    assert len(unclaimed(world)) == 1


def test_the_days_go_on_when_letting_it_pass_was_undone_and_done_again(world: World) -> None:
    wished.passed(world)
    world.say("chenshuji", "撤销")
    world.say("chenshuji", "通过 1")

    with transaction(world.engine) as session:
        waiting = session.scalar(
            select(func.count())
            .select_from(Timer)
            .where(Timer.kind == TimerKind.UNCLAIMED, Timer.fired_at.is_(None))
        )
    assert waiting == 1
    wait(world)
    assert len(unclaimed(world)) == 1


def test_nobody_is_woken_for_it(world: World) -> None:
    take_on(world, "张三")
    world.later(hours=11)  # 23:00
    wished.passed(world)
    wait(world, 14)
    assert (unclaimed(world), asked(world, "张三")) == ([], [])

    world.later(hours=9)
    scenes.fire(world)

    assert (len(unclaimed(world)), len(asked(world, "张三"))) == (1, 1)


def test_a_wave_is_a_step_of_the_wish(world: World) -> None:
    take_on(world, "张三")
    wished.passed(world)
    wait(world)

    assert OrderAction.WIDEN in records.steps(world)
    assert "再请合适的党员看看" in world.say("chenshuji", "进度 1 经过").text
