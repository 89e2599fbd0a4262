"""回家日, 报到, 参加, 换一天, 本月请假, 未报到: what members and the community say and hear.

The clock begins on Saturday, 21 November; the month's home day is Sunday the 29th.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time

import pytest
from sqlalchemy import func, select, update

from storage.database import transaction
from storage.models import (
    Appointment,
    CheckIn,
    Delivery,
    Identity,
    Invitation,
    Notice,
    Organisation,
)
from storage.vocabulary import NoticeKind, OrganisationKind, Role
from tests.dialogues import scenes
from tests.factories import POLICY, World, shown
from workers.home_day import tell_due

CHOICES = "1. 参加\n2. 换一天\n3. 请假"
UNSAID = f"回家日是11月29日（星期日）。\n您还没有说来不来。\n{CHOICES}"
COMING = "好的，11月29日（星期日）见，到时候提醒您。\n[换一天]"
EXCUSED = "好的，11月29日的回家日给您请了假，不再提醒。请假不算缺席，能来了就回“参加”。\n[参加]"
WHICH_DAY = "哪天方便？本月里任何一天都行，比如“28号”或“下周六”。"
CHANGED = "好的，给您换到11月26日（星期四）。到那天回“报到”就行。\n[请假]"
TODAY = "好的，就是今天。到了回“报到”就行。\n[报到]"
NOT_TODAY = (
    "今天不是您的回家日，11月29日（星期日）那天回“报到”就行。今天有空，也可以换到今天。\n[换到今天]"
)
NOTHING_OPEN = "现在没有等着接的单，能回来看看就好。有新的随时回“可接”。\n[看看可接的单]"
WELCOME = f"报到好了，欢迎回家。{NOTHING_OPEN}"
AGAIN = f"今天已经报到过了，不用再报。{NOTHING_OPEN}"
OVERVIEW = "近邻社区的回家日：11月29日（星期日），还没有定，不改就是这天。"
HINT = "要换日子，回“回家日 11-22”这样。"
SET = "定好了，回家日是11月22日（星期日）。这是社区定的日子。马上请党员回话。\n[选单]"
STAFF_ONLY = "这项要由支部或社区的工作人员来办。\n"
DIALOGUES = {
    "a member looks, then answers by digit": [
        ("zhangsan", "回家日", UNSAID),
        ("zhangsan", "1", COMING),
        (
            "zhangsan",
            "回家日",
            "回家日是11月29日（星期日）。\n您说了参加，到那天回“报到”就行。\n1. 换一天\n2. 请假",
        ),
    ],
    "the last answer counts": [
        ("zhangsan", "参加", COMING),
        ("zhangsan", "本月请假", EXCUSED),
        (
            "zhangsan",
            "回家日",
            (
                "回家日是11月29日（星期日）。\n您请了假，不用来。能来了就回“参加”。\n"
                "1. 参加\n2. 换一天"
            ),
        ),
        ("zhangsan", "1", COMING),
    ],
    "another day, asked for": [
        ("zhangsan", "换一天", WHICH_DAY),
        ("zhangsan", "11-31", f"日历上没有“11-31”这一天。\n{WHICH_DAY}"),
        ("zhangsan", "昨天", f"“昨天”已经过了，请写以后的日子。\n{WHICH_DAY}"),
        ("zhangsan", "12-1", f"12月1日（星期二）不在11月里，请写11月的日子。\n{WHICH_DAY}"),
        ("zhangsan", "有空再说", f"没看明白是哪天，请写成“11-28”“28号”或“下周六”。\n{WHICH_DAY}"),
        ("zhangsan", "26号", CHANGED),
        (
            "zhangsan",
            "回家日",
            (
                "回家日是11月29日（星期日）。\n您换到了11月26日（星期四），到那天回“报到”就行。\n"
                "1. 参加\n2. 请假"
            ),
        ),
    ],
    "another day in one message": [("zhangsan", "换一天 11月26日", CHANGED)],
    "a day that does not exist in one message": [
        ("zhangsan", "换一天 11-31", f"日历上没有“11-31”这一天。\n{WHICH_DAY}"),
        ("zhangsan", "26日", CHANGED),
    ],
    "the day itself is no other day": [
        ("zhangsan", "换一天 29号", "好的，11月29日（星期日）见，到时候提醒您。\n[请假]"),
        (
            "zhangsan",
            "回家日",
            "回家日是11月29日（星期日）。\n您说了参加，到那天回“报到”就行。\n1. 换一天\n2. 请假",
        ),
    ],
    "on any other day there is a friendly word": [
        ("zhangsan", "报到", NOT_TODAY),
        ("zhangsan", "换一天 今天", TODAY),
        ("zhangsan", "报到", WELCOME),
        ("zhangsan", "报到", AGAIN),
        (
            "zhangsan",
            "回家日",
            "回家日是11月29日（星期日）。\n您11月21日已经报到过，这个月不用再报。",
        ),
    ],
    "residents have none": [
        (
            "wang",
            "回家日",
            "回家日是党员回小区帮忙的日子。您有什么事，直接发给我就行。\n[我要报事]",
        ),
    ],
    "the community confirms": [
        ("liuzhuren", "回家日", f"{OVERVIEW}\n{HINT}\n[就定这天] [选单] [谁还没回话]"),
        (
            "liuzhuren",
            "回家日 11-29",
            "定好了，回家日是11月29日（星期日）。一周前请党员回话。\n[选单]",
        ),
        ("liuzhuren", "回家日 11-29", "回家日就是11月29日（星期日），已经定好了。\n[选单]"),
        (
            "liuzhuren",
            "回家日",
            (f"近邻社区的回家日：11月29日（星期日），已经定好。\n{HINT}\n[选单] [谁还没回话]"),
        ),
    ],
    "the community sets another day": [
        ("liuzhuren", "回家日 11-22", SET),
        (
            "zhangsan",
            "回家日",
            f"回家日是11月22日（星期日）。这是社区定的日子。\n您还没有说来不来。\n{CHOICES}",
        ),
    ],
    "what is no day is said": [
        ("liuzhuren", "回家日 11-31", "日历上没有“11-31”这一天。"),
        ("liuzhuren", "回家日 今天", "“今天”已经到了或过了，请写今天以后的日子。"),
        (
            "liuzhuren",
            "回家日 哪天好",
            "没看明白是哪天，请写成“回家日 11-22”这样。",
        ),
        (
            "liuzhuren",
            "回家日 1-31",
            "1月31日（星期日）还早，只能定本月和下月的回家日。",
        ),
        ("liuzhuren", "回家日", f"{OVERVIEW}\n{HINT}\n[就定这天] [选单] [谁还没回话]"),
    ],
    "a branch does not set it, nor does a member": [
        ("chenshuji", "回家日 11-22", "回家日由社区来定。要换日子，请和社区说一声。"),
        ("chenshuji", "回家日", f"{OVERVIEW}\n[选单] [谁还没回话]"),
        (
            "zhangsan",
            "回家日 11-22",
            "回家日由社区来定。要换日子，请和社区说一声。\n[换一天]",
        ),
    ],
    "who has not answered is asked too early": [
        ("chenshuji", "未报到", "11月22日才请党员回话，现在还不用看。"),
    ],
}


@pytest.mark.parametrize("dialogue", DIALOGUES.values(), ids=DIALOGUES)
def test_dialogue(world: World, dialogue: list[tuple[str, str, str]]) -> None:
    assert [(who, said, shown(world.say(who, said))) for who, said, _ in dialogue] == dialogue


def on(world: World, day: date, hour: time = time(10)) -> None:
    """Move the clock, and let the job do what is due."""
    world.now = datetime.combine(day, hour, POLICY.timezone)
    assert tell_due(world.engine, now=lambda: world.now, policy=world.policy)["failed"] == 0


NOVEMBER = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("sender", "said"),
    [("zhangsan", "选单"), ("zhangsan", "未报到"), ("wang", "报到"), ("wang", "换一天")],
)
def test_who_may_not_is_told_so(world: World, sender: str, said: str) -> None:
    answer = world.say(sender, said).text
    assert answer in {
        "这项要由支部或社区的工作人员来办。",
        "这项要党员或支部来办。您是党员的话，请先发“认证 姓名 手机号”。",
    }


def test_on_the_day_the_open_orders_can_be_taken_by_digit(world: World) -> None:
    scenes.dispatched(world)
    on(world, NOVEMBER)
    assert shown(world.say("zhangsan", "报到")) == (
        "报到好了，欢迎回家。现在能接的：\n1. #1 阳光小区3栋2单元楼道灯坏了（阳光小区3栋2单元）"
    )
    assert world.say("zhangsan", "1").text.startswith("您已接下#1")


def test_however_often_it_is_said_there_is_one_check_in(world: World) -> None:
    on(world, NOVEMBER)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: world.say("zhangsan", "报到"), range(8)))
    with transaction(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(CheckIn)) == 1


def test_after_the_day_any_day_left_of_the_month_will_do(world: World) -> None:
    on(world, date(2026, 11, 30))
    assert shown(world.say("zhangsan", "报到")) == (
        "这个月的回家日是11月29日（星期日），已经过了。月底前哪天有空，都可以换到那天。\n"
        "[换到今天] [看看可接的单]"
    )
    assert shown(world.say("zhangsan", "换一天 今天")) == TODAY
    assert world.say("zhangsan", "报到").text.startswith("报到好了")
    on(world, date(2026, 12, 1))
    assert world.say("zhangsan", "报到").text.startswith("今天不是您的回家日，12月27日")


def test_answers_after_the_day_are_about_the_right_month(world: World) -> None:
    on(world, date(2026, 11, 30))
    assert "11月29日的回家日给您请了假" in world.say("zhangsan", "本月请假").text
    assert "12月27日（星期日）见" in world.say("zhangsan", "参加").text
    with transaction(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(Invitation)) == 2


def test_the_invitation_is_answered_by_digit_and_by_card(world: World) -> None:
    on(world, date(2026, 11, 22))
    assert scenes.taps(world, "张三") == ["参加", "换一天", "本月请假"]
    assert world.press("zhangsan", "参加").card_note == "您说了参加"
    assert world.press("lisi", "本月请假").card_note == "您请了假"
    assert world.news_of("李四")[-1].endswith("能来了就回“参加”。")
    world.press("zhaomin", "换一天")
    assert world.news_of("赵敏")[-1].endswith(WHICH_DAY)
    assert shown(world.say("zhaomin", "26号")) == CHANGED


def test_leave_without_days_is_the_answer_while_a_home_day_is_asked_about(world: World) -> None:
    assert "写上日子" in world.say("zhangsan", "请假").text
    on(world, date(2026, 11, 22))
    answer = world.say("zhangsan", "请假").text
    assert answer.startswith(EXCUSED.partition("\n")[0])
    assert "这几天都不方便的话，写上日子" in answer
    assert "回家日" not in world.say("lisi", "请假 11-23").text


def test_who_has_not_answered_is_listed_without_the_excused(world: World) -> None:
    on(world, date(2026, 11, 22))
    world.say("zhangsan", "本月请假")
    with transaction(world.engine) as session:
        session.execute(
            update(Identity)
            .where(Identity.person_id == world.people["赵敏"])
            .values(is_following=False)
        )
    assert world.say("chenshuji", "未报到").text == (
        "第一支部11月29日回家日，还没有回话的（2 位）：\n李四\n赵敏（没绑定手机，消息送不到）"
    )
    assert world.say("liuzhuren", "未报到").text.endswith("消息送不到）\n周八")
    on(world, NOVEMBER)
    world.say("lisi", "报到")
    world.say("zhouba", "报到")
    assert "李四" not in world.say("chenshuji", "未报到").text
    assert world.say("sunshuji", "未报到").text == "都有回音了，没有漏下的。"


def test_the_summarys_list_is_still_that_of_its_day(world: World) -> None:
    on(world, date(2026, 11, 22))
    on(world, date(2026, 12, 2))
    assert "11月29日回家日" in world.say("liuzhuren", "未报到").text
    on(world, date(2026, 12, 15))
    assert world.say("liuzhuren", "未报到").text == "12月20日才请党员回话，现在还不用看。"


def test_whoever_was_invited_is_told_of_another_day(world: World) -> None:
    on(world, date(2026, 11, 22))
    assert shown(world.say("liuzhuren", "回家日 11-28")) == (
        "改好了，回家日是11月28日（星期六）。请过的 4 位党员会收到消息。\n[谁还没回话]"
    )
    assert world.news_of("张三")[-1] == (
        "回家日改到11月28日（星期六）了\n社区换了日子。您之前的回话还留着，来不来有变化就再说一声。"
    )
    on(world, date(2026, 11, 27), time(20, 1))
    assert world.news_of("张三")[-1].startswith("提醒一声，11月28日（星期六）是您的回家日")
    assert world.say("liuzhuren", "回家日 11-29").text == (
        "11月28日（星期六）的回家日已经开始提醒了，这个月不再换日子。"
    )
    with transaction(world.engine) as session:
        bulk = session.scalars(
            select(Delivery.is_bulk)
            .join(Notice, Notice.id == Delivery.notice_id)
            .where(Notice.kind == NoticeKind.HOME_DAY)
        ).all()
    assert set(bulk) == {True}


def test_without_an_office_a_branch_sets_the_day(world: World) -> None:
    with transaction(world.engine) as session:
        session.execute(
            update(Appointment)
            .where(Appointment.person_id == world.people["刘主任"])
            .values(ends_on=date(2026, 11, 1))
        )
    assert shown(world.say("chenshuji", "回家日 11-22")) == SET


def test_whoever_has_several_communities_sets_none(world: World) -> None:
    with transaction(world.engine) as session:
        street = Organisation(code="s1", name="近邻街道", kind=OrganisationKind.STREET)
        session.add(street)
        session.flush()
        street.path = "/"  # above everything there is
        for code, name in (("c8", "东社区"), ("c9", "西社区")):
            node = Organisation(code=code, name=name, kind=OrganisationKind.COMMUNITY)
            session.add(node)
            session.flush()
            node.path = f"/{node.id}/"
        session.execute(
            update(Appointment)
            .where(Appointment.person_id == world.people["刘主任"])
            .values(organisation_id=street.id, role=Role.SECRETARY)
        )
    assert world.say("liuzhuren", "回家日 11-22").text == ("您管着几个社区，回家日请各社区自己定。")
    assert [line[:5] for line in world.say("liuzhuren", "回家日").text.split("\n")] == [
        "近邻社区的", "东社区的回", "西社区的回",
    ]  # fmt: skip


def test_who_is_member_and_office_reads_both(world: World) -> None:
    with transaction(world.engine) as session:
        session.execute(
            update(Appointment)
            .where(Appointment.person_id == world.people["张三"])
            .values(person_id=world.people["刘主任"])
        )
    assert shown(world.say("liuzhuren", "回家日")) == (
        f"{OVERVIEW}\n{HINT}\n\n{UNSAID}\n[就定这天] [选单] [谁还没回话]"
    )


def test_a_member_of_no_community_is_told_what_is_missing(world: World) -> None:
    with transaction(world.engine) as session:
        session.execute(
            update(Appointment)
            .where(Appointment.person_id == world.people["张三"])
            .values(organisation_id=world.organisations["e1"])
        )
        session.execute(
            update(Organisation)
            .where(Organisation.id == world.organisations["c1"])
            .values(kind=OrganisationKind.STREET, name="近邻街道办事处")
        )
    none = "您的任职还没有挂到哪个社区，请社区在名册里补上，就能参加回家日。"
    for said in ("报到", "回家日", "参加", "本月请假", "换一天"):
        assert world.say("zhangsan", said).text == none


def test_a_year_ahead_takes_the_rule_and_says_so(world: World) -> None:
    world.later(days=57)
    said = "2027年的放假安排还不知道，先按最后一个星期日。"
    assert world.say("zhangsan", "回家日").text.startswith(f"回家日是1月31日（星期日）。{said}")
    assert said in world.say("liuzhuren", "回家日").text


def test_an_old_card_is_about_the_coming_day(world: World) -> None:
    """A card of last month's invitation answers about the coming day, and says which one."""
    on(world, date(2026, 11, 22))
    world.later(days=20)
    assert world.press("zhangsan", "参加").card_note == "您说了参加"
    assert "12月27日（星期日）见" in world.news_of("张三")[-1]
