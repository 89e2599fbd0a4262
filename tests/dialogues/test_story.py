"""居民下单、支部派单、党员接单 as it reads on the phones: who says what, and what is answered."""

import pytest

from tests.factories import World, shown

STORY = [
    (
        "wang",
        "报事 阳光小区3栋2单元楼道灯坏了",
        (
            "请看看对不对：\n"
            "事情：阳光小区3栋2单元楼道灯坏了\n"
            "地点：阳光小区3栋2单元\n"
            "联系：没有留\n"
            "要留电话就直接发，比如“王阿姨 13800000000”，只给上门的人和支部看，回“隐私”了解。\n"
            "1. 提交\n2. 改一下"
        ),
    ),
    (
        "wang",
        "王阿姨 138 0000 0001",
        (
            "请看看对不对：\n"
            "事情：阳光小区3栋2单元楼道灯坏了\n"
            "地点：阳光小区3栋2单元\n"
            "联系：王阿姨 13800000001\n"
            "1. 提交\n2. 改一下"
        ),
    ),
    (
        "wang",
        "1",
        (
            "收到了，编号 #1。\n"
            "最晚11月28日12点前给您办好或说清楚。有人接单就告诉您。\n"
            "绑定住处以后，下次报事就不用再写小区了。\n"
            "[查进度] [绑定住处]"
        ),
    ),
    (
        "chenshuji",
        "待办",
        "手上的单：待派单 1。\n先看这些：\n1. #1 阳光小区3栋2单元楼道灯坏了 · 待派单 · 刚刚",
    ),
    ("chenshuji", "派单 1 张三", "#1 已发给张三，等对方接单。\n[看 #1 进度]"),
    (
        "zhangsan",
        "接单 1",
        (
            "您已接下#1 阳光小区3栋2单元楼道灯坏了。请尽快联系，办好后回“完成 1”。\n"
            "地点：阳光小区3栋2单元\n"
            "联系：王阿姨 13800000001\n"
            "最晚：11月28日12点\n"
            "[办好了]"
        ),
    ),
    ("zhangsan", "完成 1 换了灯泡", "辛苦了。已请居民确认 #1，有回音就告诉您。"),
    (
        "wang",
        "进度",
        (
            "#1 阳光小区3栋2单元楼道灯坏了\n现在：待确认\n地点：阳光小区3栋2单元\n"
            "最晚：11月28日12点\n"
            "1. 解决了\n2. 部分解决\n3. 没解决\n[经过]"
        ),
    ),
    ("wang", "1", "好的，#1 已办结。谢谢您告诉我们。\n[评价一下]"),
    (
        "wang",
        "进度 1",
        (
            "#1 阳光小区3栋2单元楼道灯坏了\n现在：已办结（已解决）\n地点：阳光小区3栋2单元\n"
            "最晚：11月28日12点\n[经过]"
        ),
    ),
]


def test_the_story_reads_as_written(world: World) -> None:
    for sender, said, answered in STORY:
        assert shown(world.say(sender, said)) == answered


def _placed(world: World) -> None:
    for sender, said, _ in STORY[:3]:
        world.say(sender, said)


def _taken(world: World) -> None:
    for sender, said, _ in STORY[:6]:
        world.say(sender, said)


def test_the_secretary_gets_a_card_with_the_whole_matter(world: World) -> None:
    _placed(world)

    assert world.news_of("陈书记") == ["#1 阳光小区3栋2单元楼道灯坏了\n请派人来办。"]
    assert world.news_of("孙书记") == []


def test_the_resident_is_told_who_comes_and_asked_at_the_end(world: World) -> None:
    for sender, said, _ in STORY:
        world.say(sender, said)

    assert world.news_for(world.person_behind("wang")) == [
        "#1 阳光小区3栋2单元楼道灯坏了\n张三（第一支部党员）已接下 #1，会来办这件事。",
        (
            "#1 阳光小区3栋2单元楼道灯坏了\n"
            "张三（第一支部党员）说办好了：换了灯泡。\n#1 真的解决了吗？"
        ),
    ]


REFUSALS = {
    "a member of another branch reads the words for an unknown number": [
        ("zhouba", "接单 1", "没有找到这个编号的单子，请核对一下号码。"),
        ("zhouba", "进度 1", "没有找到这个编号的单子，请核对一下号码。"),
        ("zhouba", "接单 99", "没有找到这个编号的单子，请核对一下号码。"),
    ],
    "a stranger's order cannot be followed": [
        ("li", "进度 1", "没有找到这个编号的单子，请核对一下号码。"),
        ("li", "确认 1", "没有找到这个编号的单子，请核对一下号码。"),
    ],
    "a member cannot dispatch": [
        (
            "lisi",
            "派单 1 张三",
            "这项要由支部或社区的工作人员来办。\n[我要报事] [查进度] [看看可接的单]",
        ),
    ],
    "a late member reads who has it and what else is open": [
        ("lisi", "接单 1", "手慢一步，#1 已由张三接下。\n现在没有别的单可接。"),
    ],
    "another secretary's order cannot be dispatched": [
        ("sunshuji", "派单 1 周八", "没有找到这个编号的单子，请核对一下号码。"),
    ],
    "only the holder finishes": [
        ("lisi", "完成 1", "这张单不在您手上，不能由您办结。"),
        ("chenshuji", "完成 1", "这张单不在您手上，不能由您办结。"),
    ],
    "what is taken cannot be dispatched again": [
        ("chenshuji", "派单 1 全体", "#1 已由张三接单，正在办。\n[看 #1 进度]"),
    ],
    "another member sees matter, building and state": [
        (
            "lisi",
            "进度 1",
            "#1 阳光小区3栋2单元楼道灯坏了\n现在：已接单\n地点：阳光小区3栋2单元",
        ),
    ],
    "taking twice tells that it is one's own": [("zhangsan", "接单 1", "这张单已经在您手上。")],
}


@pytest.mark.parametrize("dialogue", REFUSALS.values(), ids=REFUSALS.keys())
def test_after_the_order_was_taken(world: World, dialogue: list[tuple[str, str, str]]) -> None:
    _taken(world)
    for sender, said, answered in dialogue:
        assert shown(world.say(sender, said)) == answered


def test_not_solved_goes_one_level_higher_and_to_another_member(world: World) -> None:
    _taken(world)
    world.say("zhangsan", "完成 1")

    answered = world.say("wang", "没解决 1 还是不亮")

    assert shown(answered) == "知道了，#1 重新办理，这次由近邻社区安排。"
    assert world.news_of("刘主任") == [
        "#1 阳光小区3栋2单元楼道灯坏了\n居民说没解决，请重新安排人。"
    ]
    assert world.news_of("张三")[-1] == (
        "#1 阳光小区3栋2单元楼道灯坏了\n"
        "居民说 #1 还没解决：还是不亮。这次会换一位来办，谢谢您跑这一趟。"
    )
    world.say("liuzhuren", "派单 1 全体")
    assert shown(world.say("zhangsan", "接单 1")) == "这张单您办过，居民说没解决，这次换一位来办。"
    assert "您已接下#1" in shown(world.say("lisi", "接单 1"))


def test_partly_solved_opens_a_linked_order_for_what_is_missing(world: World) -> None:
    _taken(world)
    world.say("zhangsan", "完成 1")

    assert shown(world.say("wang", "部分解决 1")) == "还差什么没办好？一句话就行。"
    assert shown(world.say("wang", "开关还是松的")) == (
        "知道了，#1 记为部分解决。剩下的另开一单 #2，接着办。"
    )
    assert world.news_of("陈书记")[-1] == "#2 开关还是松的\n请派人来办。"


def test_everybody_is_asked_and_a_tap_on_the_card_takes_the_order(world: World) -> None:
    _placed(world)
    assert shown(world.say("chenshuji", "派单 1 全体")) == (
        "#1 已发给 3 位党员，先接先办。\n[看 #1 进度]"
    )

    tapped = world.press("lisi", "接单 1")

    assert (tapped.text, tapped.card_note) == ("", "您已接单")
    assert world.news_of("李四")[-1].startswith("#1 阳光小区3栋2单元楼道灯坏了\n您已接下#1")
    late = world.press("zhaomin", "接单 1")
    assert (late.text, late.card_note) == ("", "已由李四接单")
    assert "已由李四接下" in world.news_of("赵敏")[-1]
