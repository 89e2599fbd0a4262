"""Reports come by themselves: at their hour, once a person, to those whose desk has anything."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from storage.database import transaction
from storage.models import Appointment, Briefing, Delivery, Notice
from storage.vocabulary import BriefingKind, DeliveryStatus, NoticeKind, Role
from tests.factories import NOON, World, found
from tests.post_office import in_threads
from workers.briefings import tell_due

SIX = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)  # six in the evening of a Saturday in China
MONDAY = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # half past eight
HOUR = timedelta(hours=1)

DAY_OF_THREE = (
    "日报：11月20日18点到11月21日18点\n新报 2，派出 1，接下 1。\n现在还有：待确认 1。",
    "日报：11月20日18点到11月21日18点\n新报 3，派出 1，接下 1。\n现在还有：待确认 1。",
)


@pytest.fixture
def world(engine: Engine) -> World:
    """Two matters in one branch, one of them done, and one in the other."""
    world = found(engine)
    world.report("r1", "阳光小区1栋灯坏了")
    world.report("r2", "阳光小区2栋灯坏了")
    world.report("r3", "和谐小区3栋灯坏了")
    world.say("chenshuji", "派单 1 张三")
    world.say("zhangsan", "接单 1")
    world.say("zhangsan", "完成 1")
    return world


def tell(world: World, at: datetime) -> tuple[int, int]:
    return tell_due(world.engine, now=lambda: at, policy=world.policy)


def reports(world: World, name: str) -> list[str]:
    return [news for news in world.news_of(name) if news.startswith(("日报", "周报"))]


def test_at_six_each_who_dispatches_reads_the_numbers_of_the_own_desk(world: World) -> None:
    assert tell(world, SIX - timedelta(seconds=1)) == (0, 0)
    assert tell(world, SIX) == (3, 3)

    assert reports(world, "陈书记") == [DAY_OF_THREE[0]]
    assert reports(world, "刘主任") == [DAY_OF_THREE[1]]
    assert reports(world, "孙书记") == ["日报：11月20日18点到11月21日18点\n新报 1。"]
    assert reports(world, "张三") == []


def test_it_comes_once_however_often_it_is_looked_for(world: World) -> None:
    assert tell(world, SIX) == (3, 3)
    assert [tell(world, SIX + n * HOUR) for n in range(4)] == [(0, 0)] * 4
    assert tell(world, SIX + timedelta(days=1)) == (3, 2)  # nothing new, and one waits
    assert [len(reports(world, each)) for each in ("陈书记", "刘主任", "孙书记")] == [2, 2, 1]


def test_several_workers_at_once_give_one_each(world: World) -> None:
    told: list[tuple[int, int]] = []
    in_threads([lambda: told.append(tell(world, SIX)) for _ in range(4)])

    assert sum(notices for _, notices in told) == 3
    assert [len(reports(world, each)) for each in ("陈书记", "刘主任", "孙书记")] == [1, 1, 1]


def test_what_could_not_be_told_until_ten_is_not_told_at_night(world: World) -> None:
    assert tell(world, SIX + 4 * HOUR) == (0, 0)
    assert tell(world, SIX + timedelta(hours=3, minutes=59)) == (3, 3)


def test_nothing_at_all_is_silent_and_not_looked_at_again(engine: Engine) -> None:
    world = found(engine)
    assert tell(world, SIX) == (3, 0)
    assert tell(world, SIX + HOUR) == (0, 0)


def test_on_monday_the_week_before_is_told(world: World) -> None:
    assert tell(world, MONDAY - timedelta(seconds=1)) == (0, 0)
    assert tell(world, MONDAY) == (3, 3)
    assert tell(world, MONDAY + timedelta(minutes=1)) == (0, 0)

    assert reports(world, "陈书记") == [
        "周报：11月16日到11月22日\n新报 2，派出 1，接下 1。\n现在还有：待确认 1。"
    ]
    assert tell(world, MONDAY + timedelta(hours=9, minutes=30)) == (3, 2)  # and the day's at six
    assert len(reports(world, "陈书记")) == 2


def test_deputies_read_it_too_and_whoever_left_the_post_does_not(world: World) -> None:
    with transaction(world.engine) as session:
        branch = world.organisations["b1"]
        deputy = Appointment(
            person_id=world.people["李四"],
            organisation_id=branch,
            role=Role.DEPUTY,
            starts_on=date(2026, 11, 1),
        )
        former = Appointment(
            person_id=world.people["赵敏"],
            organisation_id=branch,
            role=Role.SECRETARY,
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 11, 21),
        )
        session.add_all([deputy, former])
    assert tell(world, SIX) == (4, 3)  # the deputy reads the secretary's

    assert reports(world, "李四") == reports(world, "陈书记")
    assert reports(world, "赵敏") == []


def test_it_travels_in_the_bulk_queue_with_a_row_for_each_person(world: World) -> None:
    tell(world, SIX)
    with transaction(world.engine) as session:
        ways = session.execute(
            select(Delivery.is_bulk)
            .join(Notice, Notice.id == Delivery.notice_id)
            .where(Notice.kind == NoticeKind.BRIEFING)
        )
        assert Counter(ways.scalars()) == {True: 3}
        days = session.execute(select(Briefing.kind, Briefing.day, Briefing.told_at))
        assert {tuple(row) for row in days} == {(BriefingKind.DAILY, date(2026, 11, 21), SIX)}


def test_a_report_that_nobody_has_read_yet_is_no_undelivered_news(world: World) -> None:
    tell(world, SIX)
    with transaction(world.engine) as session:
        for delivery in session.execute(select(Delivery)).scalars():
            is_report = delivery.is_bulk
            delivery.status = DeliveryStatus.PENDING if is_report else DeliveryStatus.SENT
    world.now = NOON + timedelta(hours=7)
    assert "没送到" not in world.say("chenshuji", "日报").text
    assert world.say("chenshuji", "未送达").text == "消息都送到了，没有漏下的。"
