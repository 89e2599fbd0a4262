"""居民下单、支部派单、党员接单: the story on real parts, as it shows on the phones."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from storage.database import transaction
from storage.models import Timer
from storage.vocabulary import OrderStatus
from tests.end_to_end.town import Town, number_in
from tests.servers import wait_until


def waiting_for_confirmation(town: Town) -> tuple[str, int]:
    """Bring an order so far that its resident is asked; gives the resident and the number."""
    resident = town.newcomer()
    number = town.report(resident, "楼道灯坏了")
    town.say("chenshuji", f"派单 {number} 张三")
    town.say("zhangsan", f"接单 {number}")
    town.say("zhangsan", f"完成 {number} 换了灯泡")
    assert town.news(resident, f"#{number} 真的解决了吗？").splitlines()[-3:] == [
        "1. 解决了",
        "2. 部分解决",
        "3. 没解决",
    ]
    return resident, number


def test_a_report_becomes_an_order_that_is_dispatched_taken_finished_and_confirmed(
    town: Town,
) -> None:
    assert "好的，记下了：阳光小区3栋2单元。以后报事不用再写小区。" in town.follow("wang")
    assert town.say("wang", "楼道灯坏了，晚上看不见路").startswith("您是想报这件事吗？")
    summary = town.say("wang", "王阿姨 138 0000 0000").splitlines()
    assert "事情：楼道灯坏了，晚上看不见路" in summary
    assert "联系：王阿姨 13800000000" in summary
    number = town.submitted("wang", "\n".join(summary))

    to_dispatch = town.card("chenshuji", number)
    assert to_dispatch.main_title.title == f"#{number} 楼道灯坏了，晚上看不见路"
    assert [one.label for one in to_dispatch.fields] == ["地点", "最晚"]
    assert town.press("chenshuji", number, "派给全体").note == "待接单"

    members = ("zhangsan", "lisi", "zhaomin")
    offers = [town.card(member, number) for member in members]
    assert "13800000000" not in str([offer.to_json() for offer in offers])
    assert town.press("zhangsan", number, "接单").note == "您已接单"

    assert "张三（第一支部党员）已接下" in town.news("wang", f"#{number} 楼道灯坏了")
    wait_until(lambda: {offer.note for offer in offers} == {"已由张三接单"})
    assert town.calls("message/update_template_card", "lisi") == ["zhangsan|lisi|zhaomin"]
    held = town.say("zhangsan", f"进度 {number}").splitlines()
    assert held[1:4] == ["现在：已接单", "地点：阳光小区3栋2单元", "联系：王阿姨 13800000000"]

    assert town.say("zhangsan", f"完成 {number} 换了灯泡").startswith("辛苦了。已请居民确认")
    asked = town.news("wang", f"#{number} 真的解决了吗？")
    assert "张三（第一支部党员）说办好了：换了灯泡。" in asked
    answered = town.tap("wang", "解决了")
    assert answered.startswith(f"好的，#{number} 已办结。谢谢您告诉我们。")
    town.news("zhangsan", f"居民确认 #{number} 已解决，谢谢您。")
    assert "现在：已办结（已解决）" in town.say("wang", f"进度 {number}")


def test_progress_tells_each_viewer_what_is_theirs_to_know(town: Town) -> None:
    resident, stranger = town.newcomer(), town.newcomer()
    town.say(resident, "报事 楼道灯坏了")
    number = town.submitted(resident, town.say(resident, "李大爷 13700000000"))
    town.say("chenshuji", f"派单 {number} 张三")
    town.say("zhangsan", f"接单 {number}")

    viewers = (resident, "zhangsan", "chenshuji", "lisi", stranger)
    seen = {who: town.say(who, f"进度 {number}") for who in viewers}

    state, place, holder = "现在：已接单", "地点：阳光小区3栋2单元", "谁来办：张三"
    contact = "联系：李大爷 13700000000"
    facts = {state, place, holder, contact}
    assert {who: facts & set(answer.splitlines()) for who, answer in seen.items()} == {
        resident: {state, place, holder},
        "zhangsan": {state, place, contact},
        "chenshuji": facts,
        "lisi": {state, place},
        stranger: set(),
    }
    assert "13700000000" not in seen["lisi"]
    assert seen[stranger] == "没有找到这个编号的单子，请核对一下号码。"


def test_partly_solved_closes_the_order_and_opens_one_for_what_is_missing(town: Town) -> None:
    resident, number = waiting_for_confirmation(town)

    assert town.tap(resident, "部分解决") == "还差什么没办好？一句话就行。"
    follow_up = number_in(town.say(resident, "开关还是松的").partition("另开一单")[2])

    assert "现在：已办结（部分解决）" in town.say(resident, f"进度 {number}")
    assert town.card("chenshuji", follow_up).main_title.title == f"#{follow_up} 开关还是松的"
    town.news("zhangsan", f"居民说 #{number} 解决了一部分，还差：开关还是松的")


def test_not_solved_goes_to_the_community_and_to_somebody_else(town: Town) -> None:
    resident, number = waiting_for_confirmation(town)

    reopened = town.tap(resident, "没解决")

    assert reopened == f"知道了，#{number} 重新办理，这次由近邻社区安排。"
    assert "居民说没解决，请重新安排人。" in town.card("liuzhuren", number).sub_title_text
    town.news("zhangsan", f"居民说 #{number} 还没解决")
    assert "张三办过这张单" in town.say("liuzhuren", f"派单 {number} 张三")
    assert town.say("liuzhuren", f"派单 {number} 李四").startswith(f"#{number} 已发给李四")
    assert "您已接下" in town.say("lisi", f"接单 {number}")


def test_an_answer_that_never_comes_closes_the_order_as_unrated(town: Town) -> None:
    resident, number = waiting_for_confirmation(town)
    past = datetime.now(UTC) - timedelta(seconds=1)
    with transaction(town.engine) as session:
        session.execute(update(Timer).where(Timer.order_id == number).values(due_at=past))

    wait_until(lambda: town.status(number) is OrderStatus.CLOSED)

    assert "现在：已办结（未评价）" in town.say(resident, f"进度 {number}")


def test_whom_no_platform_knows_stands_in_the_list_of_undelivered_news(town: Town) -> None:
    resident = town.newcomer(home="HX-1-1")
    number = town.report(resident, "下水道堵了")
    assert town.card("liuzhuren", number).sub_title_text
    assert town.say("liuzhuren", f"派单 {number} 全体").startswith(f"#{number} 已发给 1 位党员")

    title = f"#{number} 下水道堵了"
    wait_until(lambda: title in town.say("liuzhuren", "未送达"))

    assert f"孙悦：{title}（企业微信里找不到这个人）" in town.say("liuzhuren", "未送达")
