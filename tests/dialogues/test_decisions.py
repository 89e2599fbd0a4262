"""Each decision of DESIGN.md section 7 that is built, under its own number, as people meet it.

The tables of the single words go into the corners; here each decision stands once. Not built yet
and therefore not here: 7.11 (home day), 7.12 (points), 7.16 (what `doctor` says of accounts).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.messages import IncomingKind
from storage.vocabulary import OrderStatus, Outcome
from tests.dialogues.scenes import MATTER, dispatched, done, fire, news, order, placed, taken
from tests.factories import POLICY, World, shown

UNKNOWN = "没有找到这个编号的单子，请核对一下号码。"


def promise(world: World) -> None:
    """Seven calendar days from submission, said as date and hour; 72 hours to confirm."""
    world.say("wang", f"报事 {MATTER}")
    assert "最晚11月28日12点前" in world.say("wang", "1").text
    assert order(world).promised_at - order(world).submitted_at == timedelta(days=7)
    assert POLICY.confirm_window == timedelta(hours=72)


def where_an_order_goes(world: World) -> None:
    """The place decides, not the binding; what nobody recognises goes to the community."""
    world.give(world.hear("wang", kind=IncomingKind.SCAN, scene="bind:e1-3-2"))
    world.report("wang", "和谐小区3栋灯坏了")
    assert [len(world.news_of(name)) for name in ("孙书记", "陈书记", "刘主任")] == [1, 0, 0]
    for said in ("报事 路灯不亮", "菜市场门口", "都不是", "1"):
        world.say("li", said)
    assert len(world.news_of("刘主任")) == 1


def contact(world: World) -> None:
    """Optional and remembered; the live holder alone sees it, others not."""
    dispatched(world)
    assert "13800000001" not in "".join(news(world, "陈书记") + news(world, "张三"))
    assert "13800000001" in world.say("zhangsan", "接单 1").text
    assert "13800000001" not in shown(world.say("lisi", "进度 1"))
    assert "王阿姨 13800000001" in world.say("wang", "报事 阳光小区1栋门坏了").text


def dispatch_by_name(world: World) -> None:
    """Exact names inside the subtree; none gives the nearest; several names share one seat."""
    placed(world)
    assert world.say("chenshuji", "派单 1 周八").text.startswith("没有找到周八")
    assert "张三" in shown(world.say("chenshuji", "派单 1 张山"))
    assert world.say("chenshuji", "派单 1 张三 李四").text.startswith("#1 已发给张三、李四")
    world.say("lisi", "接单 1")
    assert "已由李四" in world.say("zhangsan", "接单 1").text


def taking(world: World) -> None:
    """Any member of the branch, unless somebody was named; late ones read who and what else."""
    placed(world)
    world.report("li", "阳光小区1栋门坏了")
    world.say("chenshuji", "派单 1 张三")
    assert shown(world.say("lisi", "接单 1")).startswith("#1 支部已经指定了人来办")
    world.say("chenshuji", "派单 2 全体")
    world.say("zhangsan", "接单 1")
    late = shown(world.say("lisi", "接单 1"))
    assert "已由张三接下" in late
    assert "#2 阳光小区1栋门坏了" in late


def open_offers(world: World) -> None:
    """A withdrawal revokes the offers; in 待确认 it is refused with the three answers."""
    dispatched(world)
    world.say("wang", "撤回 1")
    assert "已撤回" in world.say("zhangsan", "接单 1").text
    world.later(hours=1)
    world.report("wang", "阳光小区1栋门坏了")
    world.say("chenshuji", "派单 2 张三")
    world.say("zhangsan", "接单 2")
    world.say("zhangsan", "完成 2")
    refused = world.say("wang", "撤回 2")
    assert [action.command for action in refused.menu] == ["确认 2", "部分解决 2", "没解决 2"]


def asking_back_and_refusing(world: World) -> None:
    """Only before it is given out; the answer brings it back; a refusal takes one 没解决."""
    taken(world)
    assert "收回" in shown(world.say("chenshuji", "退补 1 几楼"))
    world.say("chenshuji", "收回 1")
    world.say("chenshuji", "退补 1 几楼")
    assert order(world).status is OrderStatus.NEED_INFO
    world.say("wang", "补充 1 三楼")
    assert order(world).status is OrderStatus.SUBMITTED
    world.say("chenshuji", "退回 1 这是物业的事")
    assert order(world).status is OrderStatus.REJECTED
    world.say("wang", "没解决 1")
    assert (order(world).status, order(world).branch_id) == (
        OrderStatus.SUBMITTED,
        world.organisations["c1"],
    )


def not_solved(world: World) -> None:
    """没解决 goes one level higher; silence for 72 hours is 未评价, never solved."""
    done(world)
    world.say("wang", "没解决 1")
    assert (order(world).branch_id, order(world).is_flagged) == (world.organisations["c1"], True)
    world.say("liuzhuren", "派单 1 李四")
    world.say("lisi", "接单 1")
    world.say("lisi", "完成 1")
    assert shown(world.say("lisi", "确认 1")) == UNKNOWN
    world.later(hours=73)
    fire(world)
    assert (order(world).status, order(world).outcome) == (OrderStatus.CLOSED, Outcome.UNRATED)
    world.say("wang", "评价 1 4")
    assert order(world).rating == 4


def progress_by_viewer(world: World) -> None:
    """Reporter, holder and chain see what is theirs; strangers the words for an unknown number."""
    taken(world)
    assert "联系" in world.say("zhangsan", "进度 1").text
    assert "联系" in world.say("chenshuji", "进度 1").text
    assert "联系" not in world.say("lisi", "进度 1").text
    assert [shown(world.say(who, "进度 1")) for who in ("zhouba", "li")] == [UNKNOWN, UNKNOWN]


def roles(world: World) -> None:
    """Resident words work for everyone on both platforms; a community worker is a secretary."""
    assert world.report("zhangsan", "阳光小区1栋门坏了") == 1
    assert shown(world.say("zhangsan", "接单 1")) == "这是您自己报的事，要由别人来接。"
    assert world.say("liuzhuren", "派单 1 李四").text.startswith("#1 已发给李四")


def voice(world: World) -> None:
    """A voice is a valid matter: it is kept, and the place is asked for."""
    spoken = world.hear("wang", kind=IncomingKind.VOICE)
    asked = world.give(replace(spoken, media_id="m1", seconds=7))
    assert "在哪里" in asked.text
    assert "事情：语音 7 秒" in world.say("wang", "阳光小区1栋").text


def danger(world: World) -> None:
    """Strong present words put the hotlines first; nothing is blocked."""
    answered = world.say("wang", "阳光小区3栋着火了")
    assert answered.text.startswith("如果现在有危险")
    assert "119" in answered.text
    assert "编号 #1" in world.say("wang", "1").text


def leaving(world: World) -> None:
    """Binding and phone are dropped at once; open orders run on."""
    taken(world)
    world.give(world.hear("wang", kind=IncomingKind.UNSUBSCRIBE))
    assert (order(world).contact_sealed, order(world).status) == (None, OrderStatus.TAKEN)
    world.say("zhangsan", "完成 1")
    assert order(world).status is OrderStatus.DONE


def entering(world: World) -> None:
    """The app greets once a day; events that allow no text get none."""
    enter = [world.give(world.hear("zhangsan", kind=IncomingKind.ENTER)) for _ in range(2)]
    assert [bool(reply.text) for reply in enter] == [True, False]
    world.later(days=1)
    assert world.give(world.hear("zhangsan", kind=IncomingKind.ENTER)).text


def cancelling(world: World) -> None:
    """取消 with nothing running offers the person's own open orders for 撤回."""
    placed(world)
    offered = world.say("wang", "取消")
    assert [action.command for action in offered.menu] == ["撤回 1"]


DECISIONS: dict[str, Callable[[World], None]] = {
    "7.1 promise": promise,
    "7.2 where an order goes": where_an_order_goes,
    "7.3 contact": contact,
    "7.4 dispatch by name": dispatch_by_name,
    "7.5 taking": taking,
    "7.6 open offers": open_offers,
    "7.7 asking back and refusing": asking_back_and_refusing,
    "7.8 not solved": not_solved,
    "7.9 progress by viewer": progress_by_viewer,
    "7.10 roles": roles,
    "7.13 voice": voice,
    "7.14 danger": danger,
    "7.15 leaving": leaving,
    "7.17 entering": entering,
    "7.18 cancelling": cancelling,
}


@pytest.mark.parametrize("decision", DECISIONS.values(), ids=DECISIONS.keys())
def test_decision(world: World, decision: Callable[[World], None]) -> None:
    decision(world)


def test_a_tap_on_a_card_of_last_month_tells_what_is_true_now(world: World) -> None:
    done(world)
    world.say("wang", "确认 1")
    world.later(days=30)

    tapped = world.press("lisi", "接单 1")

    assert (tapped.text, tapped.card_note) == ("", "已办结（已解决）")
