"""Who somebody is and where somebody lives: following, binding, being recognised, leaving."""

import pytest
from sqlalchemy import select

from handlers import turn
from handlers.messages import IncomingKind, Reply
from handlers.texts import general
from storage.database import transaction
from storage.models import Identity, Order, Person, Verification
from storage.sealing import unseal
from storage.vocabulary import OrderStatus
from tests.factories import POLICY, ROSTER, World, shown

PHONES = {name: phone for name, phone, _, _, _ in ROSTER}
WELCOME = "您好，这里是近邻社区的近邻服务。\n家里、楼里有什么事，直接发消息给我，支部派人来办。"
UNKNOWN_CODE = "这个二维码认不出是哪里的，请联系社区换一张。有事可以直接报。\n[我要报事]"
ESTATES = "您住哪个小区？\n1. 阳光小区\n2. 和谐小区"
BUILDINGS = "您住哪一栋？\n1. 1栋\n2. 2栋\n3. 3栋\n[跳过]"
UNITS = "您住哪个单元？\n1. 1单元\n2. 2单元\n[跳过]"
SENT = "已经收到，支部核对以后会告诉您。"
HOW_TO_VERIFY = "请这样发：认证 姓名 手机号，比如“认证 张三 13800000000”。"


def bound(place: str) -> str:
    return f"好的，记下了：{place}。以后报事不用再写小区。\n[我要报事]"


BINDING = {
    "by digits, step by step": [
        ("绑定", ESTATES),
        ("1", BUILDINGS),
        ("3", UNITS),
        ("2", bound("阳光小区3栋2单元")),
    ],
    "in words, in one go": [("绑定 阳光小区三栋二单元", bound("阳光小区3栋2单元"))],
    "in words, when asked": [("绑定", ESTATES), ("阳光小区3栋1单元", bound("阳光小区3栋1单元"))],
    "words and digits mixed": [
        ("绑定", ESTATES),
        ("1", BUILDINGS),
        ("3栋2单元", bound("阳光小区3栋2单元")),
    ],
    "a building without units ends it": [("绑定 阳光小区1栋", bound("阳光小区1栋"))],
    "only the estate": [
        ("绑定 阳光小区", BUILDINGS),
        ("跳过", bound("阳光小区")),
    ],
    "an estate that is not there is asked again": [
        ("绑定", ESTATES),
        ("火星小区", f"没有找到，请从下面选一个。\n{ESTATES}"),
        ("9", f"没有找到，请从下面选一个。\n{ESTATES}"),
        ("2", "您住哪一栋？\n1. 3栋\n[跳过]"),
    ],
    "one step back": [
        ("绑定", ESTATES),
        ("2", "您住哪一栋？\n1. 3栋\n[跳过]"),
        ("返回", ESTATES),
        ("1", BUILDINGS),
    ],
    "binding again moves": [
        ("绑定 阳光小区1栋", bound("阳光小区1栋")),
        ("绑定 和谐小区3栋", bound("和谐小区3栋")),
    ],
}


@pytest.mark.parametrize("dialogue", BINDING.values(), ids=BINDING.keys())
def test_binding(world: World, dialogue: list[tuple[str, str]]) -> None:
    for said, answered in dialogue:
        assert shown(world.say("wang", said)) == answered


def test_a_bound_resident_need_not_name_the_estate_again(world: World) -> None:
    world.say("wang", "绑定 和谐小区3栋")

    number = world.report("wang", "3栋门坏了")

    assert "地点：和谐小区3栋" in world.say("wang", f"进度 {number}").text
    assert len(world.news_of("孙书记")) == 1


def follow(world: World, sender: str, kind: IncomingKind, scene: str) -> str:
    return shown(world.give(world.hear(sender, kind=kind, scene=scene)))


SCANNED = {
    "e1-3-2": "阳光小区3栋2单元",
    "e1-3": "阳光小区3栋",
    "e1": "阳光小区",
    "b1": "第一支部",
}


@pytest.mark.parametrize(("code", "place"), SCANNED.items(), ids=SCANNED.keys())
def test_a_scanned_code_binds(world: World, code: str, place: str) -> None:
    followed = follow(world, "wang", IncomingKind.SUBSCRIBE, f"bind:{code}")
    scanned = follow(world, "li", IncomingKind.SCAN, f"bind:{code}")

    said = bound(place).removesuffix("\n[我要报事]")
    assert followed == f"{WELCOME}\n{said}\n[我要报事] [帮助]"
    assert scanned == bound(place)
    with transaction(world.engine) as session:
        homes = session.scalars(select(Person.home_id).where(Person.phone_hash.is_(None))).all()
    assert homes == [world.organisations[code]] * 2


@pytest.mark.parametrize("scene", ["bind:nowhere", "bind:c1", "bind:", "advert", ""])
def test_a_code_that_names_no_home_binds_nobody(world: World, scene: str) -> None:
    assert follow(world, "wang", IncomingKind.SUBSCRIBE, scene) == (
        f"{WELCOME}\n[我要报事] [绑定住处]"
    )
    assert follow(world, "wang", IncomingKind.SCAN, scene) == UNKNOWN_CODE
    with transaction(world.engine) as session:
        assert session.get_one(Person, world.person_behind("wang")).home_id is None


def test_the_app_greets_once_a_day_with_what_fits_the_post(world: World) -> None:
    def enter(sender: str) -> str:
        return shown(world.give(world.hear(sender, kind=IncomingKind.ENTER)))

    assert [enter("chenshuji"), enter("chenshuji"), enter("zhangsan")] == [
        "您好，这里是近邻社区近邻。\n[待办] [我要报事]",
        "",
        "您好，这里是近邻社区近邻。\n[看看可接的单] [我要报事]",
    ]
    world.later(hours=11)
    assert enter("chenshuji") == ""
    world.later(hours=1)  # midnight where the community is
    assert enter("chenshuji") == "您好，这里是近邻社区近邻。\n[待办] [我要报事]"


HELP = {
    "wang": (set(), {"接单", "派单", "待办", "未送达"}),
    "zhangsan": ({"可接", "接单", "完成"}, {"派单", "未送达"}),
    "chenshuji": ({"待办", "派单", "未送达"}, {"可接：", "接单 12"}),
    "liuzhuren": ({"待办", "派单", "未送达"}, {"可接：", "接单 12"}),
}


@pytest.mark.parametrize("sender", HELP)
def test_help_lists_what_this_person_can_say(world: World, sender: str) -> None:
    listed, hidden = HELP[sender]

    answered = world.say(sender, "帮助").text

    assert {word for word in listed if word not in answered} == set()
    assert {word for word in hidden if word in answered} == set()
    everybody = {"报事", "进度", "绑定", "隐私", "取消"}
    assert {word for word in everybody if word not in answered} == set()


def test_privacy_is_explained_at_any_time(world: World) -> None:
    explained = world.say("wang", "隐私").text
    world.say("wang", "报事 灯坏了")

    assert "90 天" in explained
    assert world.say("wang", "隐私").text.startswith(explained)


def claim(world: World, sender: str, name: str, phone: str) -> Reply:
    return world.say(sender, f"认证 {name} {phone}")


def test_a_claim_is_answered_alike_whether_or_not_the_roster_knows_the_pair(world: World) -> None:
    answers = [
        shown(claim(world, "x", "张三", PHONES["张三"])),
        shown(claim(world, "x", "张三", PHONES["李四"])),
        shown(claim(world, "y", "没有人", "13100000000")),
    ]

    assert answers == [SENT] * 3
    asked = {name for name in PHONES if world.news_of(name)}
    assert (asked, len(world.news_of("陈书记"))) == ({"陈书记"}, 1)


@pytest.mark.parametrize(
    "said",
    [
        "认证 张三 13900000002",
        "认证 张三 139 0000 0002",
        "认证，张三，13900000002",
        "认证 张三 +86 139-0000-0002",
        f"认证　张三　１３９{'０' * 7}２",
        "认证 张三13900000002",
    ],
)
def test_a_claim_is_read_in_many_spellings(world: World, said: str) -> None:
    assert shown(world.say("x", said)) == SENT
    assert len(world.news_of("陈书记")) == 1


@pytest.mark.parametrize(
    "said", ["认证", "认证 张三", "认证 13900000002", "认证 张三 139", "认证 张 三 1"]
)
def test_a_claim_without_name_and_phone_is_explained_and_costs_no_try(
    world: World, said: str
) -> None:
    for _ in range(4):
        assert shown(world.say("x", said)) == HOW_TO_VERIFY
    assert shown(claim(world, "x", "张三", PHONES["张三"])) == SENT


def test_three_tries_a_day(world: World) -> None:
    answers = [shown(claim(world, "x", "张三", f"1390000010{number}")) for number in range(4)]

    assert answers == [SENT] * 3 + ["今天认证的次数用完了，请明天再试，或者联系支部书记。"]
    assert shown(claim(world, "y", "张三", PHONES["张三"])) == SENT
    world.later(hours=12)
    assert shown(claim(world, "x", "张三", PHONES["张三"])) == SENT


def test_who_is_in_the_roster_already_need_not_claim(world: World) -> None:
    assert shown(claim(world, "zhangsan", "张三", PHONES["张三"])) == "您已经在名册里，不用再认证。"


def test_the_branch_approves_by_tap_and_the_member_takes_orders_from_then_on(world: World) -> None:
    world.report("wang", "阳光小区1栋灯坏了")
    world.say("chenshuji", "派单 1 全体")
    claim(world, "x", "张三", PHONES["张三"])

    approved = world.press("chenshuji", "同意认证 1")

    assert (approved.text, approved.card_note) == ("", "已同意")
    assert world.news_of("张三")[-1] == (
        "认证结果\n支部已经认出您了，现在可以接单。回“可接”看看有什么能帮忙的。"
    )
    assert world.person_behind("x") == world.people["张三"]
    assert shown(world.say("x", "可接")) == (
        "现在可以接的单：\n1. #1 阳光小区1栋灯坏了（阳光小区1栋）"
    )
    assert shown(world.say("x", "1")).startswith("您已接下#1 阳光小区1栋灯坏了。")
    assert world.say("wang", "进度 1").text.count("张三") == 1


def test_what_the_unknown_person_had_placed_follows_to_the_member(world: World) -> None:
    number = world.report("x", "阳光小区1栋灯坏了，13812345678")
    claim(world, "x", "张三", PHONES["张三"])

    world.say("chenshuji", "同意认证 1")

    assert f"#{number}" in shown(world.say("x", "进度"))
    assert f"#{number}" in shown(world.say("zhangsan", "进度"))
    refused = world.say("chenshuji", f"派单 {number} 张三")
    assert shown(refused) == "这件事是张三自己报的，请派给别人。"


WRONG_APPROVERS = {
    "another branch's secretary reads the words for an unknown number": (
        "sunshuji",
        "没有找到这条认证，请核对号码。",
    ),
    "a member may not decide": (
        "lisi",
        "这项要由支部或社区的工作人员来办。\n[我要报事] [查进度] [看看可接的单]",
    ),
    "the claimant may not decide": (
        "x",
        "这项要党员或支部来办。您是党员的话，请先发“认证 姓名 手机号”。\n[我要报事] [查进度]",
    ),
}


@pytest.mark.parametrize(("sender", "answered"), WRONG_APPROVERS.values(), ids=WRONG_APPROVERS)
def test_who_may_not_approve(world: World, sender: str, answered: str) -> None:
    claim(world, "x", "张三", PHONES["张三"])
    for word in ("同意认证", "不同意认证"):
        assert shown(world.say(sender, f"{word} 1")) == answered
    with transaction(world.engine) as session:
        assert session.get_one(Verification, 1).decided_at is None


@pytest.mark.parametrize("number", ["2", "99", ""])
def test_a_claim_that_matched_nobody_cannot_be_approved(world: World, number: str) -> None:
    claim(world, "x", "张三", PHONES["张三"])
    claim(world, "x", "张三", PHONES["李四"])

    assert shown(world.say("chenshuji", f"同意认证 {number}")) == "没有找到这条认证，请核对号码。"


def test_a_decision_is_made_once(world: World) -> None:
    claim(world, "x", "张三", PHONES["张三"])

    first = world.press("chenshuji", "不同意认证 1")
    second = world.press("liuzhuren", "同意认证 1")

    assert (first.card_note, second.card_note) == ("已回绝", "已处理")
    assert world.news_of("刘主任") == ["近邻社区\n这条认证已经有人处理过了。"]
    assert world.person_behind("x") != world.people["张三"]
    assert world.news_for(world.person_behind("x")) == [
        "认证结果\n支部没能核对上您的信息，请联系支部书记。报事不受影响。"
    ]


def test_the_only_secretary_is_recognised_by_the_community(world: World) -> None:
    claim(world, "x", "陈书记", PHONES["陈书记"])

    assert world.news_of("陈书记") == []
    assert [news.split("\n")[0] for news in world.news_of("刘主任")] == ["认证：陈书记"]
    assert shown(world.say("liuzhuren", "同意认证 1")).startswith("已同意。")
    assert "待办" in world.say("x", "帮助").text


def leave(world: World, sender: str) -> str:
    return shown(world.give(world.hear(sender, kind=IncomingKind.UNSUBSCRIBE)))


def test_leaving_drops_home_and_phone_and_the_open_order_runs_on(world: World) -> None:
    world.say("wang", "绑定 阳光小区1栋")
    number = world.report("wang", "1栋灯坏了，13812345678")
    with transaction(world.engine) as session:
        sealed = session.get_one(Order, number).contact_sealed
    assert sealed is not None
    assert unseal(sealed) == "13812345678"

    assert leave(world, "wang") == ""

    with transaction(world.engine) as session:
        person = session.get_one(Person, world.person_behind("wang"))
        order = session.get_one(Order, number)
        assert (person.home_id, person.contact_name, person.contact_sealed) == (None, None, None)
        assert (order.contact_name, order.contact_sealed) == (None, None)
        assert order.status is OrderStatus.SUBMITTED
        following = select(Identity.is_following).where(Identity.external_id == "wang")
        assert session.scalar(following) is False
    world.say("chenshuji", f"派单 {number} 张三")
    assert "联系：没有留，可请支部转达" in world.say("zhangsan", f"接单 {number}").text


def test_who_comes_back_finds_the_orders_and_nothing_else(world: World) -> None:
    number = world.report("wang", "阳光小区1栋灯坏了")
    world.say("wang", "报事 阳光小区2栋门坏了，13812345678")
    leave(world, "wang")

    follow(world, "wang", IncomingKind.SUBSCRIBE, "")

    assert shown(world.say("wang", "继续")) == "没有说到一半的事。\n[我要报事] [查进度]"
    assert f"#{number} " in world.say("wang", "进度").text
    with transaction(world.engine) as session:
        following = select(Identity.is_following).where(Identity.external_id == "wang")
        assert session.scalar(following) is True


def test_leaving_unties_a_recognised_member_who_stays_in_the_roster(world: World) -> None:
    claim(world, "x", "张三", PHONES["张三"])
    world.say("chenshuji", "同意认证 1")
    world.report("wang", "阳光小区1栋灯坏了")
    world.say("chenshuji", "派单 1 张三")
    world.say("x", "接单 1")

    leave(world, "x")

    assert world.person_behind("x") != world.people["张三"]
    assert world.say("x", "完成 1").text == general.NO_SUCH_ORDER
    assert shown(world.say("zhangsan", "完成 1")).startswith("辛苦了。")
    with transaction(world.engine) as session:
        member = session.get_one(Person, world.people["张三"])
        assert member.phone_sealed is not None
        assert unseal(member.phone_sealed) == PHONES["张三"]


def test_what_is_said_right_after_leaving_comes_from_a_stranger(world: World) -> None:
    """Also in the same batch, which read the member before the leaving."""
    claim(world, "x", "张三", PHONES["张三"])
    world.say("chenshuji", "同意认证 1")
    world.report("wang", "阳光小区1栋灯坏了")
    world.say("chenshuji", "派单 1 张三")

    batch = [
        world.hear("x", kind=IncomingKind.UNSUBSCRIBE),
        world.hear("x", kind=IncomingKind.SUBSCRIBE, scene="bind:e2"),
        world.hear("x", "接单 1"),
    ]
    answers = turn.many(world.engine, batch, policy=POLICY, now=world.now)

    assert "您是党员的话，请先发“认证 姓名 手机号”" in answers[2].reply.text
    stranger = world.person_behind("x")
    with transaction(world.engine) as session:
        homes = [session.get_one(Person, who).home_id for who in (world.people["张三"], stranger)]
    assert homes == [None, world.organisations["e2"]]
