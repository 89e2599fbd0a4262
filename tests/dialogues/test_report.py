"""Reporting, line by line: what is missing is asked, nothing else."""

import pytest

from tests.factories import World, shown

CONTACT = (
    "方便留个称呼和电话吗？比如“王阿姨 13800000000”。\n"
    "只给上门办事的人看，下次报事不用再写。不想留就回“跳过”，想多了解回“隐私”。\n[跳过]"
)
PLACE = "问题在哪里？请写小区、几栋几单元，比如“阳光小区3栋2单元”。"

DIALOGUES = {
    "asks for what is missing, one thing at a time": [
        ("报事", "请说说是什么事，比如“楼道灯坏了”。"),
        ("楼道灯坏了", PLACE),
        ("阳光小区3栋2单元", CONTACT),
        (
            "跳过",
            "请看看对不对：\n事情：楼道灯坏了\n地点：阳光小区3栋2单元\n联系：没有留\n"
            "1. 提交\n2. 改一下",
        ),
        (
            "是",
            "收到了，编号 #1。\n最晚11月28日12点前给您办好或说清楚。有人接单就告诉您。\n"
            "绑定住处以后，下次报事就不用再写小区了。\n[查进度] [绑定住处]",
        ),
    ],
    "a place without its estate asks which estate": [
        ("报事 水管漏水", PLACE),
        ("3栋", "是哪个小区的？\n1. 阳光小区\n2. 和谐小区\n3. 都不是"),
        ("2", CONTACT),
        (
            "跳过",
            "请看看对不对：\n事情：水管漏水\n地点：和谐小区 3栋\n联系：没有留\n1. 提交\n2. 改一下",
        ),
    ],
    "free words are taken for a report only after asking": [
        ("楼下垃圾没人收", "您是想报这件事吗？\n“楼下垃圾没人收”\n1. 是，要报\n2. 不是"),
        ("1", PLACE),
    ],
    "free words that were not meant leave nothing behind": [
        ("今天天气不错", "您是想报这件事吗？\n“今天天气不错”\n1. 是，要报\n2. 不是"),
        ("不是", "好的，不报。有什么事随时说。"),
        ("取消", "现在没有进行到一半的事，不用取消。"),
    ],
    "one step back asks the last question again": [
        ("报事 水管漏水", PLACE),
        ("阳光小区1栋", CONTACT),
        ("返回", PLACE),
        ("阳光小区2栋", CONTACT),
    ],
    "cancelling ends at any step": [
        ("报事 水管漏水", PLACE),
        ("取消", "好的，已取消，什么也没有提交。"),
        ("取消", "现在没有进行到一半的事，不用取消。"),
    ],
    "a contact without a phone is asked again": [
        ("报事 水管漏水", PLACE),
        ("阳光小区1栋", CONTACT),
        ("王阿姨", "没看到电话号码。请写称呼和电话，或回“跳过”。\n" + CONTACT),
    ],
    "a question in between comes back to the open one": [
        ("报事 水管漏水", PLACE),
        (
            "隐私",
            "近邻社区只留办事用得着的信息：您说的事、地点、称呼和电话。\n"
            "电话加密保存，只有接单上门的人看得到。\n"
            "聊天原文保留 90 天。取消关注后，住处和电话马上删除。\n\n"
            "刚才说到：\n" + PLACE,
        ),
        ("进度 9", "没有找到这个编号的单子，请核对一下号码。\n\n刚才说到：\n" + PLACE),
        ("阳光小区1栋", CONTACT),
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
        ("心愿 想要一副老花镜", "这项还没有开通。\n[我要报事] [查进度]"),
        ("积分", "这项还没有开通。\n[我要报事] [查进度]"),
    ],
    "staff words from a resident are explained": [
        (
            "待办",
            "您手上没有正在办的单。\n[看看可接的单]",
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
    for said in ("报事 灯坏了", "阳光小区1栋", "王阿姨 13800000001", "1"):
        world.say("wang", said)

    world.say("wang", "报事 门坏了")
    assert shown(world.say("wang", "阳光小区2栋")) == (
        "请看看对不对：\n事情：门坏了\n地点：阳光小区2栋\n联系：王阿姨 13800000001\n"
        "1. 提交\n2. 改一下"
    )


def test_present_danger_puts_the_hotlines_first_and_blocks_nothing(world: World) -> None:
    answered = world.say("wang", "3栋着火了").text

    assert answered.startswith(
        "如果现在有危险，请先离开再打电话：火灾、燃气 119，有人受伤 120，报警 110。\n"
        "您是想报这件事吗？"
    )
    assert "119" not in world.say("li", "楼道堆杂物，怕着火了跑不掉").text


def test_a_place_that_nobody_knows_goes_to_the_community(world: World) -> None:
    for said in ("报事 路灯不亮", "菜市场门口", "都不是", "跳过", "1"):
        world.say("wang", said)

    assert world.news_of("刘主任") == ["#1 路灯不亮\n请派人来办。"]
    assert world.news_of("陈书记") == []
