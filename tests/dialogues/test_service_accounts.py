"""双报告: a member sees the half-year first, and decides whether the employer does."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from storage.database import transaction
from storage.models import Delivery, Notice
from storage.vocabulary import NoticeKind
from tests.dialogues.service import HOSPITAL, NEW_YEAR, employed, served, show
from tests.factories import World, shown

TITLE = "2026年下半年的服务情况"
LET_GO = f"好的，{TITLE}可以发给{HOSPITAL}，只有数字。改主意了就回“先不发”。\n[先不发]"
KEPT = f"好的，{TITLE}先不发，往后给单位的表里没有您。想好了再回“发给单位”。\n[可以发给单位]"
NOTHING = "现在没有要发给单位的服务情况。每年一月、七月会先给您过目。"


def account(what: str) -> str:
    return (
        f"{TITLE}\n这半年您{what}。辛苦了。\n"
        f"这些数字可以发给{HOSPITAL}，里面没有居民的信息。您同意了才发。"
    )


def told(world: World, name: str) -> list[str]:
    return [news for news in world.news_of(name) if news.startswith(TITLE)]


@pytest.fixture
def new_year(world: World) -> World:
    employed(world, "张三", "李四", "赵敏", "周八")
    served(world)
    world.now = NEW_YEAR
    return world


def test_who_did_something_is_told_once_and_nobody_else(new_year: World) -> None:
    assert show(new_year) == 2
    assert show(new_year) == 0
    (zhang,) = told(new_year, "张三")
    assert zhang.startswith(f"{TITLE}\n这半年您办好 1 件事，居民确认 1 件")
    assert told(new_year, "李四") == [account("参加回家日 1 次")]
    assert told(new_year, "赵敏") + told(new_year, "陈书记") == []


def test_it_is_posted_for_the_morning_among_what_goes_to_many(new_year: World) -> None:
    show(new_year)
    with transaction(new_year.engine) as session:
        rows = session.execute(
            select(Delivery.due_at, Delivery.is_bulk)
            .join(Notice, Notice.id == Delivery.notice_id)
            .where(Notice.kind == NoticeKind.SERVICE)
        ).all()
    assert [tuple(row) for row in rows] == [
        (datetime(2027, 1, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai")), True)
    ] * 2


@pytest.mark.parametrize("days", [-1, 14])
def test_at_other_times_nothing_is_told(new_year: World, days: int) -> None:
    new_year.now += timedelta(days=days)
    assert show(new_year) == 0


def test_a_night_that_was_missed_is_made_up_for(new_year: World) -> None:
    new_year.now += timedelta(days=13)
    assert show(new_year) == 2


def test_what_was_done_in_another_half_does_not_count(new_year: World) -> None:
    new_year.now += timedelta(days=181)  # the first of July
    assert show(new_year) == 0


def test_work_that_was_sent_back_does_not_count(world: World) -> None:
    employed(world, "张三", "李四")
    served(world)
    world.say("wang", "没解决 1 还是不亮")
    world.now = NEW_YEAR
    show(world)
    assert told(world, "张三") == []


DECISIONS = {
    "let go and kept back": [
        ("发给单位 2026H2", LET_GO),
        ("先不发 2026H2", KEPT),
        ("发给单位", LET_GO),
        ("先不发", KEPT),
    ],
    "another half": [
        ("发给单位 2026H1", NOTHING),
        ("先不发 2025H2", NOTHING),
        ("发给单位 去年", NOTHING),
    ],
}


@pytest.mark.parametrize("dialogue", DECISIONS.values(), ids=DECISIONS)
def test_decisions(new_year: World, dialogue: list[tuple[str, str]]) -> None:
    show(new_year)
    for said, answered in dialogue:
        assert shown(new_year.say("zhangsan", said)) == answered


def test_who_was_shown_nothing_releases_nothing(new_year: World) -> None:
    show(new_year)
    for said in ("发给单位", "先不发", "发给单位 2026H2"):
        assert shown(new_year.say("zhaomin", said)) == NOTHING


def test_a_tap_on_the_card_says_on_it_what_was_chosen(new_year: World) -> None:
    show(new_year)
    assert new_year.press("zhangsan", "发给单位 2026H2").card_note == "可以发给单位"
    assert new_year.press("zhangsan", "先不发 2026H2").card_note == "先不发"
