"""心愿: making a wish, for oneself or for a neighbour; only what is missing is asked."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from storage.database import transaction
from storage.models import Order, Wish
from storage.sealing import unseal
from storage.vocabulary import Cost, MatterClass, OrderKind, Role, WishKind
from tests.dialogues import records, scenes
from tests.factories import World, shown

MATTER = "有什么小心愿？一句话就行，比如“想要一副老花镜”。"
KIND = "这个心愿是哪一类？\n1. 要件东西\n2. 修修装装\n3. 跑腿代办\n4. 有人陪陪、教教\n5. 别的"
PLACE = "住在哪里？请写小区、几栋几单元，比如“阳光小区3栋2单元”。"
COST = "大概要花多少钱？\n1. 不花钱\n2. 100 元以内\n3. 300 元以内"
BY = "最好在哪天以前实现？比如“12-31”“下周五”“月底”。\n1. 不急"
CONTACT = "怎么联系您？请发称呼和电话，比如“王阿姨 13800000000”，只给认领的人和支部看。\n[跳过]"
WHOM = "是谁的心愿？替别人许就写称呼，有电话也写上，比如“刘奶奶 13800000000”。\n1. 我自己的"
CONSENT = "跟刘奶奶当面问过、本人同意许这个心愿吗？\n1. 同意了\n2. 还没有问"
NO_CONSENT = "好的，先不许，什么也没有留下。当面问过、本人同意了，再发“心愿”。"
RECEIVED = (
    "收到了，编号 #1。支部看过就放上心愿墙，有人认领马上告诉您。\n最晚12月21日12点前给您回音。"
)
FOR_RESIDENT = f"{RECEIVED}\n[查进度] [绑定住处]"
FOR_PROXY = (
    f"{RECEIVED}\n单号 1，查询码 CODE，请写在纸条上交给刘奶奶。\n"
    "凭纸条，谁的手机都能查：发“进度 1 CODE”。\n[查进度]"
)
HIDDEN = "心愿里的号码已经遮住，不会放上心愿墙。\n"


def summary(
    matter: str = "想要一副老花镜",
    kind: str = "要件东西",
    *,
    whom: str = "",
    cost: str = "100 元以内",
    by: str = "12月31日前",
    place: str = "阳光小区3栋2单元",
    contact: str = "",
    hidden: str = "",
) -> str:
    lines = [
        f"心愿：{matter}",
        f"哪一类：{kind}",
        f"替谁：{whom}（本人同意）" if whom else "",
        f"花费：{cost}",
        f"最好在：{by}",
        f"地点：{place}",
        f"联系：{contact}" if contact else "",
    ]
    return (
        "请看看对不对：\n"
        + "".join(f"{line}\n" for line in lines if line)
        + f"{hidden}称呼、电话、门牌不上心愿墙，只给认领的人和支部看。\n1. 提交\n2. 改一下"
    )


def too_dear(said: str) -> str:
    return f"微心愿最多 300 元，“{said}”超出了。可以改小一点，或者直接报事，请支部想别的办法。"


RESIDENT: dict[str, list[tuple[str, str]]] = {
    "one thing at a time": [
        ("心愿", MATTER),
        ("……", f"请用几个字说说想要什么。\n{MATTER}"),
        ("想要一副老花镜", PLACE),
        ("阳光小区3栋2单元", COST),
        ("2", BY),
        ("12-31", CONTACT),
        ("王阿姨 13800000001", summary(contact="王阿姨 13800000001")),
        ("1", FOR_RESIDENT),
    ],
    "everything in one message": [
        (
            "心愿 想要一副老花镜，100元以内，12月31日前，阳光小区3栋2单元，王阿姨13800000001",
            summary(contact="王阿姨 13800000001"),
        ),
        ("确认", FOR_RESIDENT),
    ],
    "without a separator, the answers in any order": [
        ("心愿想要个东西", KIND),
        ("4", PLACE),
        ("阳光小区1栋 不花钱", BY),
        ("不急", CONTACT),
        (
            "跳过",
            summary("想要个东西", "有人陪陪、教教", cost="不花钱", by="不急", place="阳光小区1栋"),
        ),
    ],
    "a cost beyond the classes": [
        ("心愿 想要轮椅 1000元 阳光小区1栋", f"{too_dear('1000元')}\n{COST}"),
        ("五百块", f"请从下面选一个。\n{COST}"),
        ("500", f"{too_dear('500元')}\n{COST}"),
        ("80", BY),
    ],
    "days that cannot be": [
        ("心愿 想要一副老花镜 不花钱 阳光小区3栋2单元 2-30", f"日历上没有“2-30”这一天。\n{BY}"),
        ("11-20", f"“11-20”已经到了或过了，请写今天以后的日子。\n{BY}"),
        ("今天", f"“今天”已经到了或过了，请写今天以后的日子。\n{BY}"),
        ("2030-01-01", f"“2030-01-01”太远了，请写一年以内的日子。\n{BY}"),
        ("看情况", f"没看出是哪一天。\n{BY}"),
        ("下周五", CONTACT),
        ("跳过", summary(cost="不花钱", by="11月27日前")),
    ],
    "numbers in the words are masked, and that is said": [
        (
            "心愿 请人陪我去医院 免费 下周五 阳光小区1栋 13800000001 身份证110101195001011234",
            summary(
                "请人陪我去医院 身份证****",
                "有人陪陪、教教",
                cost="不花钱",
                by="11月27日前",
                place="阳光小区1栋",
                contact="13800000001",
                hidden=HIDDEN,
            ),
        ),
        ("1", FOR_RESIDENT),
    ],
    "a place inside a sentence stays in it": [
        ("心愿 请人从阳光小区3栋2单元501搬个柜子到楼下 不花钱 不急", KIND),
        ("5", CONTACT),
        (
            "跳过",
            summary(
                "请人从阳光小区3栋2单元501搬个柜子到楼下",
                "别的",
                cost="不花钱",
                by="不急",
                place="阳光小区3栋2单元501",
            ),
        ),
    ],
    "something is changed before submitting": [
        ("心愿 想要一副老花镜 100元以内 12-31 阳光小区3栋2单元", CONTACT),
        ("跳过", summary()),
        ("2", "改哪一样？\n1. 心愿\n2. 哪一类\n3. 地点\n4. 花费\n5. 最好在"),
        ("4", COST),
        ("不花钱", summary(cost="不花钱")),
        ("要200度的", summary("想要一副老花镜\n要200度的", cost="不花钱")),
        ("不急", summary("想要一副老花镜\n要200度的", cost="不花钱", by="不急")),
        ("月底", summary("想要一副老花镜\n要200度的", cost="不花钱", by="11月30日前")),
        (
            "王阿姨 13800000001",
            summary(
                "想要一副老花镜\n要200度的",
                cost="不花钱",
                by="11月30日前",
                contact="王阿姨 13800000001",
            ),
        ),
        ("取消", "好的，已取消，什么也没有提交。"),
    ],
}

SECRETARY: dict[str, list[tuple[str, str]]] = {
    "for a neighbour, one thing at a time": [
        ("心愿 想要一副老花镜 100元以内 12-31", WHOM),
        ("13800000021", f"没看到称呼。\n{WHOM}"),
        ("刘奶奶 13800000021", CONSENT),
        ("过两天", f"请回 1 或 2。\n{CONSENT}"),
        ("1", PLACE),
        ("阳光小区3栋2单元", summary(whom="刘奶奶 13800000021")),
        ("1", FOR_PROXY),
    ],
    "for a neighbour, in one message but the consent": [
        ("心愿 替刘奶奶要一副老花镜，100元以内，12-31，阳光小区3栋2单元", CONSENT),
        ("同意了", summary("要一副老花镜", whom="刘奶奶")),
        ("1", FOR_PROXY),
    ],
    "a phone that came before the name is the neighbour's": [
        ("心愿 要一副老花镜 100元以内 12-31 阳光小区3栋2单元 13800000021", WHOM),
        ("刘奶奶", CONSENT),
        ("1", summary("要一副老花镜", whom="刘奶奶 13800000021")),
    ],
    "without consent nothing is kept": [
        ("心愿 替刘奶奶要一副老花镜", CONSENT),
        ("没问", NO_CONSENT),
        ("继续", "没有说到一半的事。\n[我要报事] [查进度] [待办]"),
    ],
    "her own": [
        ("心愿 想要一副老花镜 100元以内 12-31 阳光小区3栋2单元", WHOM),
        ("1", CONTACT),
        ("跳过", summary()),
    ],
    "only where she may write for others": [
        (
            "心愿 替刘奶奶要一副老花镜 和谐小区3栋",
            "代报只报第一支部里的事。这件事在别处，可以用自己的名义报。",
        ),
    ],
}


def said(world: World, sender: str, text: str) -> str:
    return re.sub(r"(查询码 |进度 1 )\d{4}", r"\1CODE", shown(world.say(sender, text)))


@pytest.mark.parametrize("dialogue", RESIDENT.values(), ids=RESIDENT.keys())
def test_resident(world: World, dialogue: list[tuple[str, str]]) -> None:
    for text, answered in dialogue:
        assert said(world, "wang", text) == answered


@pytest.mark.parametrize("dialogue", SECRETARY.values(), ids=SECRETARY.keys())
def test_secretary(world: World, dialogue: list[tuple[str, str]]) -> None:
    for text, answered in dialogue:
        assert said(world, "chenshuji", text) == answered


def stored(world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    with transaction(world.engine) as session:
        order, wish = session.get_one(Order, 1), session.get_one(Wish, 1)
        return (
            {
                "kind": order.kind,
                "class": order.matter_class,
                "matter": order.matter,
                "contact": (order.contact_name, unseal(order.contact_sealed or "")),
                "proxy": order.proxy_id,
            },
            {"kind": wish.kind, "recipient": wish.recipient, "cost": wish.cost},
        )


def test_a_wish_is_an_order_with_facts_of_its_own(world: World) -> None:
    world.say("wang", RESIDENT["everything in one message"][0][0])
    world.say("wang", "1")

    assert stored(world) == (
        {
            "kind": OrderKind.WISH,
            "class": MatterClass.WISH,
            "matter": "想要一副老花镜",
            "contact": ("王阿姨", "13800000001"),
            "proxy": None,
        },
        {"kind": WishKind.THING, "recipient": "", "cost": Cost.UP_TO_100},
    )


def test_a_wish_for_a_neighbour_names_both(world: World) -> None:
    records.appoint(world, "赵敏", Role.BUILDING_HEAD, "e1-3")
    for text in ("心愿 替刘奶奶修轮椅 不花钱 月底 13800000021", "1"):
        world.say("zhaomin", text)
    world.say("zhaomin", "1")

    order, wish = stored(world)
    assert order["contact"] == ("刘奶奶", "13800000021")
    assert order["proxy"] == world.people["赵敏"]
    assert wish == {"kind": WishKind.REPAIR, "recipient": "刘奶奶", "cost": Cost.NONE}
    assert scenes.order(world).place_name == "阳光小区3栋"


def test_nothing_is_stored_half(world: World) -> None:
    for sender, text in (
        ("wang", "心愿 想要一副老花镜 100元以内 2-30 阳光小区3栋2单元"),
        ("chenshuji", "心愿 替刘奶奶要一副老花镜"),
        ("chenshuji", "没问"),
    ):
        world.say(sender, text)

    with transaction(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 0
        assert session.scalar(select(func.count()).select_from(Wish)) == 0


def test_a_bound_resident_is_not_asked_where(world: World) -> None:
    for text in ("绑定", "阳光小区3栋2单元", "1"):
        world.say("wang", text)

    answer = shown(world.say("wang", "心愿 想要一副老花镜 100元以内 12-31 王阿姨13800000001"))

    assert answer == summary(contact="王阿姨 13800000001")
