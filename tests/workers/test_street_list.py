"""The street's morning list: on working days at half past eight, once, silent when empty."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, select, update

from handlers.services import digests
from storage.database import transaction
from storage.models import Appointment, Briefing, Order, Organisation, Person
from storage.vocabulary import BriefingKind, OrganisationKind, Role
from tests.dialogues.scenes import fire
from tests.factories import POLICY, World, found
from workers.digests import tell_streets

FRIDAY_NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def world(engine: Engine) -> World:
    """A community in a street, with one who works there; Friday noon."""
    world = found(engine)
    with transaction(engine) as session:
        street = Organisation(code="s1", name="幸福街道", kind=OrganisationKind.STREET)
        session.add(street)
        session.flush()
        for place in session.scalars(select(Organisation).where(Organisation.id != street.id)):
            place.path = f"/{street.id}{place.path}"
        street.path = f"/{street.id}/"
        session.execute(
            update(Organisation).where(Organisation.code == "c1").values(parent_id=street.id)
        )
        worker = Person(name="何科长", created_at=FRIDAY_NOON)
        session.add(worker)
        session.flush()
        world.people["何科长"] = worker.id
        session.add(
            Appointment(
                person_id=worker.id,
                organisation_id=street.id,
                role=Role.STREET_WORKER,
                starts_on=date(2026, 1, 1),
            )
        )
    world.now = FRIDAY_NOON
    return world


def tell(world: World) -> int:
    return tell_streets(world.engine, now=lambda: world.now, policy=POLICY)


def at(world: World, day: int, hour: int, minute: int = 0) -> None:
    """Let the clocks strike at an instant of November in Shanghai."""
    world.now = datetime(2026, 11, day, hour - 8, minute, tzinfo=UTC)
    fire(world)


def late(world: World) -> None:
    """Two orders that nobody has given out for two days, with a door in one of them."""
    world.report("wang", "阳光小区3栋2单元501灯坏了")
    world.report("li", "和谐小区3栋垃圾没人收")
    at(world, 22, 12)


def test_what_has_waited_twice_its_time_is_listed_by_community(world: World) -> None:
    late(world)
    at(world, 23, 8, 29)
    assert tell(world) == 0
    at(world, 23, 8, 30)

    assert tell(world) == 1
    assert world.news_of("何科长") == [
        (
            "街道晨报：等得太久的 2 件\n"
            "比说好的时间多等了一倍还没办好，请问一声：\n"
            "近邻社区 2 件：#1 阳光小区3栋2单元***灯坏了；#2 和谐小区3栋垃圾没人收"
        )
    ]
    assert "现在：待派单" in _read(world)


def _read(world: World) -> str:
    """Read what the tap under the list shows to those who supervise."""
    with transaction(world.engine) as session:
        session.execute(
            update(Appointment)
            .where(Appointment.person_id == world.people["刘主任"])
            .values(role=Role.STREET_WORKER)
        )
    return world.say("liuzhuren", "进度 1").text


def test_it_comes_once_a_day_and_again_the_next_day(world: World) -> None:
    late(world)
    at(world, 23, 9)
    assert [tell(world), tell(world)] == [1, 0]
    at(world, 23, 20)
    assert tell(world) == 0
    at(world, 24, 9)
    assert tell(world) == 1


def test_an_empty_morning_is_silent_for_that_day(world: World) -> None:
    world.now = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    assert tell(world) == 0
    with transaction(world.engine) as session:
        session.execute(update(Order).values(late_stage=200))
        kinds = list(session.scalars(select(Briefing.kind)))

    assert kinds == [BriefingKind.STREET]
    assert world.news_of("何科长") == []


@pytest.mark.parametrize(("day", "hour"), [(21, 9), (22, 9), (23, 22)])
def test_it_waits_for_a_working_day(world: World, day: int, hour: int) -> None:
    late(world)
    at(world, day, hour)

    assert tell(world) == 0


def test_what_was_done_or_is_not_so_late_is_left_out(world: World) -> None:
    late(world)
    world.say("chenshuji", "派单 1 张三")
    world.say("sunshuji", "自办 2")
    at(world, 23, 9)

    assert tell(world) == 0
    assert world.news_of("何科长") == []


def test_the_street_hears_of_a_community_that_lets_an_order_lie(world: World) -> None:
    """Above a community there is the street: it hears at one and a half times already."""
    world.report("wang", "阳光小区1栋灯坏了")
    with transaction(world.engine) as session:
        session.execute(update(Order).values(branch_id=world.organisations["c1"]))
    at(world, 21, 9)
    world.later(minutes=15)
    with transaction(world.engine) as session:
        digests.tell(session, now=world.now)

    assert world.news_of("何科长") == [
        (
            "近 15 分钟的消息（1 条）\n"
            "#1 阳光小区1栋灯坏了：还没有派单，本来11月20日18:00前该有着落（近邻社区），请帮着看看"
        )
    ]
