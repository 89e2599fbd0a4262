"""A month of points is drafted once, shown for five working days, and then fixed for ever."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, func, select

from storage.database import transaction
from storage.models import PointEntry, PointPeriod, PointStanding
from tests.dialogues.points import ledger, serve
from tests.dialogues.scenes import taps
from tests.factories import POLICY, World, found
from tests.post_office import in_threads
from workers import points

FIRST = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)  # nine o'clock in the morning


@pytest.fixture
def world(engine: Engine) -> World:
    world = found(engine)
    serve(world)
    serve(world, "门坏了")
    serve(world, "窗坏了", who="lisi")
    return world


def keep(world: World) -> Counter[str]:
    return points.keep_due(world.engine, now=lambda: world.now, policy=POLICY)


def standings(world: World) -> dict[str, int]:
    names = {person: name for name, person in world.people.items()}
    with transaction(world.engine) as session:
        rows = session.execute(select(PointStanding.person_id, PointStanding.hundredths))
        return {names[person]: hundredths for person, hundredths in rows}


def months(world: World) -> list[date]:
    with transaction(world.engine) as session:
        return list(session.scalars(select(PointEntry.month).order_by(PointEntry.id)))


def test_nothing_is_drafted_before_the_month_is_over(world: World) -> None:
    world.now = FIRST - timedelta(hours=10)

    assert keep(world) == {}


def test_nobody_is_told_at_night(world: World) -> None:
    world.now = FIRST - timedelta(minutes=1)
    assert keep(world) == {}
    world.later(minutes=1)

    assert keep(world)["drafted"] == 1


def test_each_member_reads_the_own_sum_and_the_secretary_the_branch(world: World) -> None:
    world.now = FIRST
    before = len(world.news_of("赵敏"))

    assert keep(world) == {"drafted": 1, "notices": 3}

    until = "12月8日24点"
    assert world.news_of("张三")[-1] == (
        "11月积分公示\n您 11 月的积分是 2 分，共 2 行。\n"
        f"有不对的，{until}前回“申诉 行号 理由”。之后就定下来了。"
    )
    assert taps(world, "张三") == ["积分明细"]
    assert world.news_of("李四")[-1].startswith("11月积分公示\n您 11 月的积分是 1 分，共 1 行。")
    assert world.news_of("陈书记")[-1] == (
        f"第一支部 11月积分草稿\n合计 3 分，2 人。公示到{until}，之后不再变。\n张*　2 分\n李*　1 分"
    )
    assert world.news_of("赵敏")[before:] == []


def test_a_draft_is_made_once_however_often_it_is_looked_for(world: World) -> None:
    world.now = FIRST
    keep(world)
    told = len(world.news_of("张三"))

    assert keep(world) == {}
    world.later(days=1)
    assert keep(world) == {}
    assert len(world.news_of("张三")) == told


def test_two_workers_at_once_make_one_draft_and_one_fixing(world: World) -> None:
    world.now = FIRST
    in_threads([partial(keep, world)] * 2)
    with transaction(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(PointPeriod)) == 1
    assert sum("积分公示" in news for news in world.news_of("张三")) == 1
    world.later(days=8)

    in_threads([partial(keep, world)] * 2)

    assert standings(world) == {"张三": 200, "李四": 100}


def test_a_worker_that_was_away_drafts_what_it_missed(world: World) -> None:
    world.now = FIRST + timedelta(days=40)

    assert keep(world)["drafted"] == 1
    assert "1月15日24点前" in world.news_of("张三")[-1]


def test_a_month_is_fixed_after_five_working_days_and_stays(world: World) -> None:
    world.now = FIRST
    keep(world)
    world.now = datetime(2026, 12, 8, 15, 59, tzinfo=UTC)
    assert keep(world) == {}
    world.later(minutes=1)
    assert keep(world) == {"fixed": 1}
    assert standings(world) == {"张三": 200, "李四": 100}

    serve(world, "锁坏了")
    assert keep(world) == {}
    assert standings(world) == {"张三": 200, "李四": 100}


def test_what_is_decided_while_it_is_shown_counts_to_it(world: World) -> None:
    world.now = FIRST
    keep(world)
    assert world.say("lisi", "申诉 3 干了两小时").text.startswith("3 行的申诉已交上一级")
    world.say("liuzhuren", "裁定 1 调整 2")
    world.now = datetime(2026, 12, 9, 1, 0, tzinfo=UTC)
    keep(world)

    assert standings(world) == {"张三": 200, "李四": 200}
    assert months(world)[-1] == date(2026, 11, 1)


def test_what_is_decided_later_counts_to_the_month_of_the_decision(world: World) -> None:
    world.now = FIRST
    keep(world)
    world.say("lisi", "申诉 3 干了两小时")
    world.now = datetime(2026, 12, 9, 1, 0, tzinfo=UTC)
    keep(world)
    world.say("liuzhuren", "裁定 1 调整 2")

    assert standings(world) == {"张三": 200, "李四": 100}
    assert months(world)[-1] == date(2026, 12, 1)
    assert ledger(world, "李四") == [("service", 100), ("service", 100)]


def test_the_notice_opens_lines_whose_seven_days_are_over_until_it_ends(world: World) -> None:
    world.now = FIRST
    assert "已经过了" in world.say("lisi", "申诉 3 干了两小时").text
    keep(world)
    world.now = datetime(2026, 12, 8, 15, 59, tzinfo=UTC)
    assert "12月8日24点前都可以申诉" in world.say("lisi", "申诉 3").text
    world.say("lisi", "取消")
    world.later(minutes=1)

    assert world.say("lisi", "申诉 3 干了两小时").text == (
        "3 行的申诉时间到12月8日24点为止，现在已经过了。"
    )


def test_what_is_reopened_after_the_fixing_is_taken_back_in_its_own_month(world: World) -> None:
    world.now = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
    number = serve(world, "锁坏了")
    world.now = FIRST
    keep(world)
    world.now = datetime(2026, 12, 7, 3, 0, tzinfo=UTC)
    world.say("wang", f"没解决 {number}")

    assert ledger(world, "张三")[-1] == ("service_back", -100)
    assert months(world)[-1] == date(2026, 11, 1)
    world.now = datetime(2026, 12, 9, 1, 0, tzinfo=UTC)
    keep(world)
    assert standings(world)["张三"] == 200
