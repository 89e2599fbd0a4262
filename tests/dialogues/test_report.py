"""Reporting, line by line: what is missing is asked, nothing else; the rest is taken in."""

import pytest

from handlers.messages import IncomingKind
from tests.factories import World, shown

CONSENT = "要留电话就直接发，比如“王阿姨 13800000000”，只给上门的人和支部看，回“隐私”了解。"
PLACE = "问题在哪里？请写小区、几栋几单元，比如“阳光小区3栋2单元”。"
TAPS = "1. 提交\n2. 改一下"


def _summary(matter: str, place: str, contact: str = "没有留", *, is_asked: bool = False) -> str:
    head = "您是想报这件事吗？" if is_asked else "请看看对不对："
    consent = f"\n{CONSENT}" if contact == "没有留" else ""
    taps = f"{TAPS}\n3. 不是报事" if is_asked else TAPS
    return f"{head}\n事情：{matter}\n地点：{place}\n联系：{contact}{consent}\n{taps}"


def _meant(matter: str) -> str:
    return (
        f"您是想报这件事吗？\n“{matter}”\n"
        "是的话，直接回在哪里也行，比如“阳光小区3栋2单元”。\n1. 是，要报\n2. 不是"
    )


RECEIVED = (
    "收到了，编号 #1。\n最晚11月28日12点前给您办好或说清楚。有人接单就告诉您。\n"
    "绑定住处以后，下次报事就不用再写小区了。\n[查进度] [绑定住处]"
)
HURRIED = RECEIVED.replace("11月28日", "11月22日")
"""What leaks cannot wait for a week."""

DIALOGUES = {
    "asks for what is missing, one thing at a time": [
        ("报事", "请说说是什么事，比如“楼道灯坏了”。"),
        ("楼道灯坏了", PLACE),
        ("阳光小区3栋2单元", _summary("楼道灯坏了", "阳光小区3栋2单元")),
        ("是", RECEIVED),
    ],
    "takes everything from one message": [
        (
            "报事 阳光小区3栋2单元楼道灯坏了 王阿姨13800000001",
            _summary("阳光小区3栋2单元楼道灯坏了", "阳光小区3栋2单元", "王阿姨 13800000001"),
        ),
        ("1", RECEIVED),
    ],
    "a place typed in digits is shown in full": [
        ("报事 水管漏水", PLACE),
        ("阳光小区3-2-501", _summary("水管漏水", "阳光小区3栋2单元501")),
    ],
    "a contact is taken in before submitting": [
        ("报事 阳光小区1栋水管漏水", _summary("阳光小区1栋水管漏水", "阳光小区1栋")),
        (
            "王阿姨 138 0000 0001",
            _summary("阳光小区1栋水管漏水", "阳光小区1栋", "王阿姨 13800000001"),
        ),
    ],
    "more words belong to the matter, another place replaces the first": [
        ("报事 阳光小区1栋水管漏水", _summary("阳光小区1栋水管漏水", "阳光小区1栋")),
        (
            "漏了三天了",
            _summary("阳光小区1栋水管漏水\n漏了三天了", "阳光小区1栋"),
        ),
        ("阳光小区2栋", _summary("阳光小区1栋水管漏水\n漏了三天了", "阳光小区2栋")),
    ],
    "skipping the contact changes nothing": [
        ("报事 阳光小区1栋水管漏水", _summary("阳光小区1栋水管漏水", "阳光小区1栋")),
        ("跳过", _summary("阳光小区1栋水管漏水", "阳光小区1栋")),
        ("1", HURRIED),
    ],
    "a place without its estate asks which estate": [
        ("报事 水管漏水", PLACE),
        ("3栋", "是哪个小区的？\n1. 阳光小区\n2. 和谐小区\n3. 都不是"),
        ("2", _summary("水管漏水", "和谐小区3栋")),
    ],
    "only an estate asks where in it, and takes any words": [
        (
            "报事 阳光小区路灯不亮",
            "在阳光小区的哪里？请写几栋几单元，或者写“门口”“花园”这样的地方。",
        ),
        ("东门口", _summary("阳光小区路灯不亮", "阳光小区东门口")),
    ],
    "only a place asks what is the matter": [
        ("阳光小区3栋", "阳光小区3栋怎么了？请用一句话说说。"),
        ("灯坏了", _summary("灯坏了", "阳光小区3栋", is_asked=True)),
    ],
    "free words are taken for a report only after asking": [
        ("楼下垃圾没人收", _meant("楼下垃圾没人收")),
        ("1", PLACE),
        ("阳光小区1栋", _summary("楼下垃圾没人收", "阳光小区1栋")),
    ],
    "the place may be the answer to whether it was meant": [
        ("楼下垃圾没人收", _meant("楼下垃圾没人收")),
        ("阳光小区1栋", _summary("楼下垃圾没人收", "阳光小区1栋")),
    ],
    "free words that say everything are asked about once": [
        (
            "阳光小区三栋二单元灯坏了",
            _summary("阳光小区三栋二单元灯坏了", "阳光小区3栋2单元", is_asked=True),
        ),
        ("1", RECEIVED),
    ],
    "a greeting or a keyword is no answer to our own guess": [
        ("楼下垃圾没人收", _meant("楼下垃圾没人收")),
        ("谢谢啊", "不客气，有事随时说。"),
        ("今天天气不错", _meant("今天天气不错")),
        ("注销", "这项还没有开通。\n[我要报事] [查进度]"),
        ("今天天气不错", _meant("今天天气不错")),
        ("进度", "您还没有报过事。有什么事，直接发给我就行。\n[我要报事]"),
        ("楼下垃圾没人收", _meant("楼下垃圾没人收")),
        ("行", PLACE),
    ],
    "free words that were not meant leave nothing behind": [
        ("今天天气不错", _meant("今天天气不错")),
        ("不是", "好的，不报。有什么事随时说。"),
        ("取消", "现在没有进行到一半的事，不用取消。"),
        (
            "阳光小区1栋的花开了",
            _summary("阳光小区1栋的花开了", "阳光小区1栋", is_asked=True),
        ),
        ("3", "好的，不报。有什么事随时说。"),
    ],
    "any answer can be changed": [
        ("报事 阳光小区1栋水管漏水", _summary("阳光小区1栋水管漏水", "阳光小区1栋")),
        ("2", "改哪一样？\n1. 事情\n2. 地点\n3. 联系电话"),
        ("1", "阳光小区1栋怎么了？请用一句话说说。"),
        ("下水道堵了", _summary("下水道堵了", "阳光小区1栋")),
        ("改一下", "改哪一样？\n1. 事情\n2. 地点\n3. 联系电话"),
        ("随便", "请从下面选一样，或回“取消”不报了。\n改哪一样？\n1. 事情\n2. 地点\n3. 联系电话"),
        ("地点", PLACE),
        ("3栋", "是哪个小区的？\n1. 阳光小区\n2. 和谐小区\n3. 都不是"),
        ("1", _summary("下水道堵了", "阳光小区3栋")),
        ("2", "改哪一样？\n1. 事情\n2. 地点\n3. 联系电话"),
        ("3", "请发称呼和电话，比如“王阿姨 13800000000”。不想留就回“跳过”。\n[跳过]"),
        (
            "王阿姨",
            (
                "没看到电话号码。\n"
                "请发称呼和电话，比如“王阿姨 13800000000”。不想留就回“跳过”。\n[跳过]"
            ),
        ),
        ("021-55550001", _summary("下水道堵了", "阳光小区3栋", "02155550001")),
    ],
    "one step back asks the last question again": [
        ("报事 水管漏水", PLACE),
        ("阳光小区1栋", _summary("水管漏水", "阳光小区1栋")),
        ("返回", PLACE),
        ("阳光小区2栋", _summary("水管漏水", "阳光小区2栋")),
    ],
    "cancelling ends at any step": [
        ("报事 水管漏水", PLACE),
        ("取消", "好的，已取消，什么也没有提交。"),
        ("取消", "现在没有进行到一半的事，不用取消。"),
    ],
    "a question in between comes back to the open one": [
        ("报事 水管漏水", PLACE),
        (
            "隐私",
            "近邻社区只留办事用得着的信息：您说的事、地点、称呼和电话。\n"
            "电话加密保存，只有接单上门的人，和负责这件事的支部看得到。\n"
            "聊天原文保留 90 天。取消关注后，住处和电话马上删除。\n\n"
            "刚才说到：\n" + PLACE,
        ),
        ("进度 9", "没有找到这个编号的单子，请核对一下号码。\n\n刚才说到：\n" + PLACE),
        ("阳光小区1栋", _summary("水管漏水", "阳光小区1栋")),
    ],
    "words right after a report may belong to it": [
        ("报事 阳光小区1栋水管漏水", _summary("阳光小区1栋水管漏水", "阳光小区1栋")),
        ("1", HURRIED),
        (
            "电梯也坏了",
            "是补充刚才的 #1，还是另外一件事？\n1. 补到 #1\n2. 另外报一件",
        ),
        ("2", PLACE),
    ],
    "a digit without a question says how to look an order up": [
        (
            "7",
            "这个数字现在没有对应的问题。想看 #7 的进展，请回“进度 7”。\n[我要报事] [查进度]",
        ),
    ],
    "small talk gets a short kind answer and no order": [
        ("你好", "您好，我在。有什么事直接发给我就行。\n[我要报事] [查进度]"),
        ("谢谢！", "不客气，有事随时说。"),
        ("好的", "好的。有事随时说。"),
        ("……", "没太明白您的意思。\n[我要报事] [查进度]"),
        ("进度", "您还没有报过事。有什么事，直接发给我就行。\n[我要报事]"),
    ],
    "what is still to come says so": [
        ("注销", "这项还没有开通。\n[我要报事] [查进度]"),
        ("找党员", "这项还没有开通。\n[我要报事] [查进度]"),
    ],
    "staff words from a resident are explained": [
        (
            "待办",
            "“待办”是给支部和党员用的。您报的事，回“进度”就能看到。\n[我要报事] [查进度]",
        ),
        (
            "接单 1",
            "这项要党员或支部来办。您是党员的话，请先发“认证 姓名 手机号”。\n[我要报事] [查进度]",
        ),
    ],
}


@pytest.mark.parametrize("dialogue", DIALOGUES.values(), ids=DIALOGUES.keys())
def test_a_resident(world: World, dialogue: list[tuple[str, str]]) -> None:
    for said, answered in dialogue:
        assert shown(world.say("wang", said)) == answered


def _at_home(world: World, sender: str = "wang") -> None:
    world.give(world.hear(sender, kind=IncomingKind.SCAN, scene="bind:e1-3-2"))


HOME = "阳光小区3栋2单元（您的住处，不对就发新地点）"
BOUND = {
    "home is assumed where nothing better is said": [
        ("灯坏了", _summary("灯坏了", HOME, is_asked=True)),
        (
            "1",
            "收到了，编号 #1。\n最晚11月28日12点前给您办好或说清楚。有人接单就告诉您。\n[查进度]",
        ),
    ],
    "the place of the problem wins over home": [
        ("报事 1栋灯坏了", _summary("1栋灯坏了", "阳光小区1栋")),
    ],
    "the assumed home is replaced by what is said next": [
        ("报事 灯坏了", _summary("灯坏了", HOME)),
        ("2栋", _summary("灯坏了", "阳光小区2栋")),
    ],
}


@pytest.mark.parametrize("dialogue", BOUND.values(), ids=BOUND.keys())
def test_a_bound_resident(world: World, dialogue: list[tuple[str, str]]) -> None:
    _at_home(world)
    for said, answered in dialogue:
        assert shown(world.say("wang", said)) == answered


def test_a_draft_is_kept_for_a_day_and_resumed_by_one_word(world: World) -> None:
    world.say("wang", "报事 水管漏水")
    world.later(hours=23)

    assert shown(world.say("wang", "1")) == (
        "这个数字现在没有对应的问题。想看 #1 的进展，请回“进度 1”。\n[我要报事] [查进度]"
    )
    assert shown(world.say("wang", "继续")) == PLACE
    world.later(hours=25)
    assert shown(world.say("wang", "继续")) == "没有说到一半的事。\n[我要报事] [查进度]"


def test_a_contact_once_left_is_not_asked_again(world: World) -> None:
    for said in ("报事 阳光小区1栋灯坏了", "王阿姨 13800000001", "1"):
        world.say("wang", said)
    world.later(hours=1)

    assert shown(world.say("wang", "报事 阳光小区2栋门坏了")) == _summary(
        "阳光小区2栋门坏了", "阳光小区2栋", "王阿姨 13800000001"
    )


def test_present_danger_puts_the_hotlines_first_and_blocks_nothing(world: World) -> None:
    answered = world.say("wang", "3栋着火了").text

    assert answered.startswith(
        "如果现在有危险，请先离开再打电话：火灾、燃气 119，有人受伤 120，报警 110。\n"
        "您是想报这件事吗？"
    )
    assert "119" not in world.say("li", "楼道堆杂物，怕着火了跑不掉").text


def test_a_place_that_nobody_knows_goes_to_the_community(world: World) -> None:
    for said in ("报事 路灯不亮", "菜市场门口", "都不是", "1"):
        world.say("wang", said)

    assert world.news_of("刘主任") == ["#1 路灯不亮\n请派人来办。"]
    assert world.news_of("陈书记") == []
