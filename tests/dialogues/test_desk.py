"""What waits for whom: desks, what can be taken, news that did not arrive and is shown late."""

import pytest
from sqlalchemy import func, select, update

from storage.database import transaction
from storage.models import Delivery, Notice
from storage.vocabulary import DeliveryStatus, NoticeKind
from tests.factories import World, shown


def leave_pending(world: World, *kinds: NoticeKind) -> None:
    """Let nothing of what is due arrive, as with a closed window; of some kinds only, if given."""
    notices = select(Notice.id)
    if kinds:
        notices = notices.where(Notice.kind.in_(kinds))
    with transaction(world.engine) as session:
        session.execute(
            update(Delivery)
            .where(Delivery.status == DeliveryStatus.DUE, Delivery.notice_id.in_(notices))
            .values(status=DeliveryStatus.PENDING, due_at=world.now)
        )


def pending(world: World) -> int:
    with transaction(world.engine) as session:
        waiting = select(func.count()).select_from(Delivery)
        return session.scalar(waiting.where(Delivery.status == DeliveryStatus.PENDING)) or 0


def finished(world: World) -> None:
    """wang's order is done and waits for the answer."""
    world.report("wang", "阳光小区3栋灯坏了")
    world.say("chenshuji", "派单 1 张三")
    world.say("zhangsan", "接单 1")
    world.say("zhangsan", "完成 1 换了灯泡")


COMES = "#1 阳光小区3栋灯坏了\n张三（第一支部党员）已接下 #1，会来办这件事。"
ASKED = "#1 阳光小区3栋灯坏了\n张三（第一支部党员）说办好了：换了灯泡。\n#1 真的解决了吗？"
ANSWERS = "1. 解决了\n2. 部分解决\n3. 没解决"
GREETING = "您好，我在。有什么事直接发给我就行。"


def test_news_that_could_not_be_sent_heads_the_next_answer_once(world: World) -> None:
    finished(world)
    leave_pending(world)

    assert shown(world.say("wang", "你好")) == (
        f"{COMES}\n\n{ASKED}\n\n{GREETING}\n{ANSWERS}\n[我要报事] [查进度]"
    )
    assert shown(world.say("wang", "你好")) == f"{GREETING}\n[我要报事] [查进度]"
    assert pending(world) == 0


def test_the_digits_of_late_news_do_what_they_say(world: World) -> None:
    finished(world)
    leave_pending(world)
    world.say("wang", "你好")

    assert shown(world.say("wang", "3")).startswith("知道了，#1 重新办理")


def test_late_news_beside_a_list_leaves_the_list_its_digits(world: World) -> None:
    world.report("wang", "阳光小区1栋门坏了")
    world.say("chenshuji", "派单 1 张三")
    world.say("zhangsan", "接单 1")
    world.report("wang", "阳光小区2栋门坏了")
    leave_pending(world, NoticeKind.ORDER_TAKEN)

    listed = shown(world.say("wang", "进度"))

    assert listed == (
        "#1 阳光小区1栋门坏了\n张三（第一支部党员）已接下 #1，会来办这件事。\n\n"
        "您报过的事：\n1. #2 阳光小区2栋门坏了 · 待派单\n2. #1 阳光小区1栋门坏了 · 已接单"
    )
    assert world.say("wang", "2").text.startswith("#1 阳光小区1栋门坏了\n现在：已接单")


def test_late_news_inside_a_report_leaves_the_question_its_digits(world: World) -> None:
    """A digit that is shown must mean what stands beside it."""
    finished(world)
    world.say("wang", "报事 水管漏水")
    leave_pending(world)

    summary = world.say("wang", "阳光小区1栋")

    assert summary.text.startswith(f"{COMES}\n\n{ASKED}\n\n请看看对不对：")
    assert [choice.label for choice in summary.menu] == ["提交", "改一下"]
    assert "解决了" in {tap.label for tap in summary.actions}
    assert "编号 #2" in world.say("wang", "1").text


def test_late_news_at_the_first_question_is_answered_in_words(world: World) -> None:
    finished(world)
    leave_pending(world)

    begun = world.say("wang", "报事")

    assert (begun.menu, [tap.label for tap in begun.actions]) == (
        (),
        ["解决了", "部分解决", "没解决"],
    )
    assert begun.text.startswith(f"{COMES}\n\n{ASKED}\n\n请说说是什么事")
    assert shown(world.say("wang", "确认 1")).startswith("好的，#1 已办结。")


def test_three_pieces_of_late_news_at_a_time_oldest_first(world: World) -> None:
    for number in range(1, 6):
        world.report("wang", f"阳光小区1栋第{number}盏灯坏了")
        world.say("chenshuji", f"派单 {number} 张三")
        world.say("zhangsan", f"接单 {number}")
    leave_pending(world, NoticeKind.ORDER_TAKEN)

    shown_now = [world.say("wang", "谢谢").text.count("会来办这件事") for _ in range(3)]

    assert shown_now == [3, 2, 0]


def test_a_question_that_was_answered_meanwhile_is_not_asked_late(world: World) -> None:
    finished(world)
    world.say("wang", "确认 1")
    leave_pending(world)

    late = world.say("wang", "你好").text

    assert "真的解决了吗" not in late
    assert "请派人来办" not in world.say("chenshuji", "你好").text


def test_an_offer_that_was_withdrawn_is_not_shown_late(world: World) -> None:
    world.report("wang", "阳光小区3栋灯坏了")
    world.say("chenshuji", "派单 1 张三")
    leave_pending(world, NoticeKind.ORDER_OFFERED)

    world.say("chenshuji", "派单 1 李四")

    assert "请您来办" not in world.say("zhangsan", "你好").text
    leave_pending(world, NoticeKind.ORDER_OFFERED)
    assert "支部请您来办这件事。" in world.say("lisi", "你好").text


def test_a_list_keeps_its_digits_beside_a_draft_that_was_left_lying(world: World) -> None:
    world.report("wang", "阳光小区1栋门坏了")
    world.report("wang", "阳光小区2栋门坏了")
    world.say("wang", "报事 水管漏水")
    world.later(hours=2)

    world.say("wang", "进度")

    assert world.say("wang", "2").text.startswith("#1 阳光小区1栋门坏了\n")
    assert world.say("wang", "继续").text.startswith("问题在哪里？")


def test_digits_of_a_list_mean_nothing_after_ten_minutes(world: World) -> None:
    world.report("wang", "阳光小区1栋门坏了")
    world.report("wang", "阳光小区2栋门坏了")
    world.say("wang", "进度")
    world.later(minutes=11)

    assert world.say("wang", "2").text.startswith("这个数字现在没有对应的问题。")


def lines(*rows: str) -> str:
    return "\n".join(rows)


CALL_THEM = "这些消息还没送到，请打个电话或上门说一声："
NOT_ARRIVED = lines(CALL_THEM, "一位居民：#1 阳光小区3栋灯坏了（等对方下次发消息时看到）")
ALL_ARRIVED = "消息都送到了，没有漏下的。"
UNDELIVERED = {
    "the secretary's branch": ("chenshuji", NOT_ARRIVED),
    "the community above": ("liuzhuren", NOT_ARRIVED),
    "another branch": ("sunshuji", ALL_ARRIVED),
    "a member": (
        "lisi",
        "这项要由支部或社区的工作人员来办。\n[我要报事] [查进度] [看看可接的单]",
    ),
}


@pytest.mark.parametrize(("sender", "answered"), UNDELIVERED.values(), ids=UNDELIVERED.keys())
def test_undelivered_news_is_listed_for_those_who_answer_for_the_place(
    world: World, sender: str, answered: str
) -> None:
    finished(world)
    leave_pending(world, NoticeKind.ORDER_DONE)

    assert shown(world.say(sender, "未送达")) == answered


def test_what_was_shown_late_is_undelivered_no_more(world: World) -> None:
    finished(world)
    leave_pending(world, NoticeKind.ORDER_DONE)
    world.say("wang", "你好")

    assert shown(world.say("chenshuji", "未送达")) == ALL_ARRIVED


def test_who_has_no_account_is_named_with_the_reason(world: World) -> None:
    world.report("wang", "阳光小区3栋灯坏了")
    world.say("chenshuji", "派单 1 张三")
    with transaction(world.engine) as session:
        session.execute(
            update(Delivery)
            .where(Delivery.person_id == world.people["张三"])
            .values(status=DeliveryStatus.FAILED, failure="invaliduser")
        )

    assert shown(world.say("chenshuji", "未送达")) == lines(
        CALL_THEM, "张三：#1 阳光小区3栋灯坏了（企业微信里找不到这个人）"
    )


def test_what_is_still_being_tried_is_listed_as_just_that(world: World) -> None:
    world.report("wang", "阳光小区3栋灯坏了")
    world.say("chenshuji", "派单 1 张三")
    with transaction(world.engine) as session:
        session.execute(
            update(Delivery)
            .where(Delivery.person_id == world.people["张三"])
            .values(status=DeliveryStatus.DUE, failure="wecom no answer")
        )

    assert shown(world.say("chenshuji", "未送达")) == lines(
        CALL_THEM, "张三：#1 阳光小区3栋灯坏了（平台暂时不通，正在再试）"
    )


def test_what_a_member_can_take(world: World) -> None:
    for number in (1, 2, 3):
        world.report("wang", f"阳光小区{number}栋灯坏了")
    world.report("lisi", "阳光小区1栋门坏了")
    world.say("chenshuji", "派单 2 全体")
    world.say("chenshuji", "派单 3 李四")
    world.say("chenshuji", "派单 4 全体")

    assert shown(world.say("zhangsan", "可接")) == (
        "现在可以接的单：\n1. #2 阳光小区2栋灯坏了（阳光小区2栋）\n"
        "2. #4 阳光小区1栋门坏了（阳光小区1栋）"
    )
    assert shown(world.say("lisi", "可接")) == (
        "现在可以接的单：\n1. #3 阳光小区3栋灯坏了（阳光小区3栋）\n"
        "2. #2 阳光小区2栋灯坏了（阳光小区2栋）"
    )
    assert shown(world.say("zhouba", "可接")) == "现在没有可接的单。有新的会发给您。"
    assert shown(world.say("zhangsan", "1")).startswith("您已接下#2")


def test_what_a_member_reads_of_open_orders_hides_phones(world: World) -> None:
    world.report("wang", "阳光小区1栋灯坏了，打我邻居电话 13812345678 或 13812345679")
    world.say("chenshuji", "派单 1 全体")

    assert "1381234" not in shown(world.say("lisi", "可接"))
    assert "1381234" not in shown(world.say("lisi", "进度 1"))
    assert all("1381234" not in news for news in world.news_of("李四"))


DESKS = {
    "the secretary sees the branch": (
        "chenshuji",
        lines(
            "手上的单：待派单 1，已接单 1。",
            "先看这些：",
            "1. #2 阳光小区2栋灯坏了 · 待派单 · 刚刚",
            "2. #1 阳光小区1栋灯坏了 · 已接单 张三 · 刚刚",
        ),
    ),
    "the community sees all branches": (
        "liuzhuren",
        lines(
            "手上的单：待派单 2，已接单 1。",
            "先看这些：",
            "1. #2 阳光小区2栋灯坏了 · 待派单 · 刚刚",
            "2. #3 和谐小区3栋灯坏了 · 待派单 · 刚刚",
            "3. #1 阳光小区1栋灯坏了 · 已接单 张三 · 刚刚",
        ),
    ),
    "a member sees what is in hand": (
        "zhangsan",
        lines("您正在办的单：", "1. #1 阳光小区1栋灯坏了 · 已接单 张三 · 刚刚"),
    ),
    "a member with nothing in hand": ("lisi", "您手上没有正在办的单。\n[看看可接的单]"),
}


@pytest.mark.parametrize(("sender", "answered"), DESKS.values(), ids=DESKS.keys())
def test_desks(world: World, sender: str, answered: str) -> None:
    world.report("wang", "阳光小区1栋灯坏了")
    world.say("chenshuji", "派单 1 张三")
    world.say("zhangsan", "接单 1")
    world.report("wang", "阳光小区2栋灯坏了")
    world.report("wang", "和谐小区3栋灯坏了")

    assert shown(world.say(sender, "待办")) == answered


def test_a_digit_of_the_desk_dispatches(world: World) -> None:
    world.report("wang", "阳光小区1栋灯坏了")
    world.say("chenshuji", "待办")

    assert shown(world.say("chenshuji", "1")).startswith("#1 阳光小区1栋灯坏了\n")
