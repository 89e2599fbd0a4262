"""A wish on its way: checked, claimed from the wall, delivered, realised by its maker's word."""

import pytest

from storage.vocabulary import MatterClass, OrderAction
from tests.dialogues import records, scenes, wished
from tests.dialogues.records import Scene
from tests.dialogues.wished import HEAD, LINE
from tests.factories import World, shown

FACTS = "哪一类：要件东西\n花费：100 元以内\n最好在：12月31日前"
CLAIMED = (
    f"您已认领{HEAD}。请尽快联系，送到后回“完成 1”，可以写一句话。\n{FACTS}\n"
    "地点：阳光小区3栋2单元501\n联系：王阿姨 13800000001\n最晚：12月21日12点\n[送到了]"
)
PASSED = "#1 已放上心愿墙，14 天没有人认领就提醒您。\n[撤销] [看 #1 进度]"
WALL = f"心愿墙上有 1 个心愿，点一个就认领：\n1. {LINE} · 今天刚放上"
EMPTY = "心愿墙上现在没有等着认领的心愿。有新的会放上来。\n[看看可接的单]"
NOTHING_ELSE = "心愿墙上现在没有别的心愿。"
THANKS = "谢谢您。已请许愿的人确认 #1，有回音就告诉您。有照片可以现在发来，一起给许愿的人看。"
REALISED = "太好了，#1 的心愿实现了。谢谢您告诉我们。\n[评价一下]"
LOCKED = "#1 现在是“{}”，心愿改不了了。有话要带，请回“留言 1 …”。"
NO_PARTLY = (
    "心愿请回“实现了”或“没实现”，差一点也可以回“没实现”再写一句差什么。\n1. 实现了\n2. 没实现"
)
NO_MEMBER = "这项要党员或支部来办。您是党员的话，请先发“认证 姓名 手机号”。"
GIVEN_BACK = "好的，#1 已放回心愿墙。谢谢您说一声。\n[看看心愿墙]"

Turns = list[tuple[str, str, str]]

DIALOGUES: dict[str, tuple[Scene, Turns]] = {
    "waits to be checked": (
        wished.made,
        [
            ("zhangsan", "心愿墙", EMPTY),
            ("zhangsan", "认领 1", f"#1 支部还在看，放上心愿墙就能认领。\n{NOTHING_ELSE}"),
            ("chenshuji", "待办", f"手上的单：待审核 1。\n先看这些：\n1. {HEAD} · 待审核 · 刚刚"),
            (
                "chenshuji",
                "1",
                (
                    f"{HEAD}\n现在：待审核\n{FACTS}\n地点：阳光小区3栋2单元501\n"
                    "联系：王阿姨 13800000001\n最晚：12月21日12点\n[通过] [退补] [退回] [经过]"
                ),
            ),
            (
                "chenshuji",
                "派单 1 张三",
                (
                    "#1 是心愿，不用派单。看过没问题就通过，放上心愿墙，等党员认领。\n"
                    "[通过] [退补] [退回]"
                ),
            ),
            ("chenshuji", "派单", "现在没有等着派的单。"),
            (
                "wang",
                "通过 1",
                f"{NO_MEMBER}\n[我要报事] [查进度]",
            ),
            ("sunshuji", "通过 1", "没有找到这个编号的单子，请核对一下号码。"),
            ("chenshuji", "通过", PASSED),
            ("chenshuji", "通过 1", "#1 现在是“待认领”，这一步暂时用不上。\n[看 #1 进度]"),
            ("chenshuji", "通过", "现在没有待审核的心愿。"),
        ],
    ),
    "is asked about before": (
        wished.made,
        [
            (
                "chenshuji",
                "退补 1 要多少度的",
                "已经去问居民。回话以后 #1 回到待审核，三天没有回话就先放下。\n[撤销] [看 #1 进度]",
            ),
            ("zhangsan", "认领 1", f"#1 现在是“待补充”，不用认领了。\n{NOTHING_ELSE}"),
            (
                "wang",
                "补充 1 200度",
                (
                    "好的，已补到 #1，接着安排人来办。\n最晚12月21日12点前给您办好或说清楚。\n"
                    "[看 #1 进度]"
                ),
            ),
            ("chenshuji", "通过 1", PASSED),
        ],
    ),
    "is refused kindly": (
        wished.made,
        [
            (
                "chenshuji",
                "退回 1 社区老花镜可以免费领",
                "#1 已退回，理由已经去告诉居民。居民不同意的话，由近邻社区再看一次。\n[撤销]",
            ),
            ("zhangsan", "认领 1", f"#1 现在是“不受理”，不用认领了。\n{NOTHING_ELSE}"),
        ],
    ),
    "stands on the wall": (
        wished.passed,
        [
            ("zhangsan", "心愿墙", WALL),
            ("zhangsan", "可接", "现在没有可接的单。有新的会发给您。"),
            ("zhangsan", "进度 1", f"{HEAD}\n现在：待认领\n{FACTS}\n[认领]"),
            ("zhouba", "心愿墙", EMPTY),
            ("zhouba", "认领 1", "没有找到这个编号的单子，请核对一下号码。"),
            (
                "chenshuji",
                "心愿墙",
                f"心愿墙上有 1 个心愿，都在等党员认领：\n1. {LINE} · 今天刚放上",
            ),
            (
                "chenshuji",
                "认领 1",
                "心愿由党员认领。您想自己来办，就回“自办 1”。\n[自己来办]",
            ),
            (
                "chenshuji",
                "派单 1",
                "#1 已在心愿墙上，正在等党员认领。也可以自己来办。\n[自己来办]",
            ),
            (
                "wang",
                "心愿墙",
                f"{NO_MEMBER}\n[我要许愿]",
            ),
            ("zhangsan", "认领", WALL),
            ("zhangsan", "1", CLAIMED),
            ("zhangsan", "心愿墙", EMPTY),
        ],
    ),
    "is claimed by one": (
        wished.claimed,
        [
            ("zhangsan", "认领 1", "这张单已经在您手上。"),
            ("lisi", "认领 1", f"手慢一步，#1 已由张三认领。\n{NOTHING_ELSE}"),
            ("lisi", "接单 1", f"手慢一步，#1 已由张三认领。\n{NOTHING_ELSE}"),
            ("lisi", "进度 1", f"{HEAD}\n现在：已认领\n{FACTS}"),
            ("wang", "补充 1 要两副", LOCKED.format("已认领")),
            ("zhangsan", "退单 1 临时有事", GIVEN_BACK),
            ("zhangsan", "进度 1", f"{HEAD}\n现在：待认领\n{FACTS}\n[认领]"),
            ("zhangsan", "认领 1", "这张单这次换一位来办，您可以看看别的单。"),
            ("lisi", "认领 1", CLAIMED),
        ],
    ),
    "is taken with the word for orders, too": (
        wished.passed,
        [("zhangsan", "接单 1", CLAIMED)],
    ),
    "is realised": (
        wished.claimed,
        [
            ("zhangsan", "完成 1 送到家了", THANKS),
            ("wang", "补充 1 还要一副", LOCKED.format("待确认")),
            ("wang", "部分解决 1 度数不对", NO_PARTLY),
            ("wang", "部分解决 1", NO_PARTLY),
            ("wang", "实现了 1", REALISED),
            ("zhangsan", "认领 1", f"#1 现在是“已办结（已实现）”，不用认领了。\n{NOTHING_ELSE}"),
        ],
    ),
    "is realised in the words of any order": (wished.delivered, [("wang", "确认", REALISED)]),
    "is realised by a digit": (
        wished.delivered,
        [
            (
                "wang",
                "进度 1",
                (
                    f"{HEAD}\n现在：待确认\n{FACTS}\n地点：阳光小区3栋2单元501\n"
                    "最晚：12月21日12点\n1. 实现了\n2. 没实现\n[经过]"
                ),
            ),
            ("wang", "1", REALISED),
        ],
    ),
    "is not realised": (
        wished.delivered,
        [
            ("wang", "没实现 1 度数不对", "知道了，#1 重新办理，这次由近邻社区安排。"),
            ("liuzhuren", "通过 1", PASSED),
            ("zhangsan", "心愿墙", EMPTY),
            ("zhangsan", "认领 1", "这张单您办过，居民说没解决，这次换一位来办。"),
            ("lisi", "认领 1", CLAIMED.replace("12月21日", "12月21日")),
        ],
    ),
    "is changed while nobody has it": (
        wished.passed,
        [
            ("wang", "补充 1 要200度的", "好的，已改到 #1 的心愿里，支部看得到。\n[看 #1 进度]"),
            (
                "wang",
                "补充 1 打13812345678",
                (
                    "好的，已改到 #1 的心愿里，支部看得到。\n"
                    "心愿里的号码已经遮住，不会放上心愿墙。\n[看 #1 进度]"
                ),
            ),
            (
                "zhangsan",
                "进度 1",
                f"{HEAD} 要200度的 打138****\n现在：待认领\n{FACTS}\n[认领]",
            ),
        ],
    ),
    "is withdrawn": (
        wished.claimed,
        [
            (
                "wang",
                "撤回 1",
                "好的，#1 已撤回。这就告诉张三不用来了。又需要的话，再发给我就行。\n[我要报事]",
            ),
            ("lisi", "认领 1", f"#1 现在是“已撤回”，不用认领了。\n{NOTHING_ELSE}"),
            ("zhangsan", "进度 1", f"{HEAD}\n现在：已撤回\n{FACTS}"),
        ],
    ),
    "comes back from the wall": (
        wished.passed,
        [
            (
                "chenshuji",
                "撤销",
                "已撤销“通过”，#1 回到“待审核”。\n[通过] [自己来办] [看 #1 进度]",
            ),
            ("zhangsan", "心愿墙", EMPTY),
            ("chenshuji", "通过 1", PASSED),
            ("chenshuji", "收回 1", "#1 已收回，现在待审核。\n[通过] [自己来办] [撤销]"),
            ("chenshuji", "撤销", "已撤销“收回”，#1 回到“待认领”。\n[收回] [看 #1 进度]"),
            ("zhangsan", "认领 1", CLAIMED),
        ],
    ),
}


@pytest.mark.parametrize(("scene", "turns"), DIALOGUES.values(), ids=DIALOGUES.keys())
def test_a_wish(world: World, scene: Scene, turns: Turns) -> None:
    scene(world)
    for sender, said, answered in turns:
        assert shown(world.say(sender, said)) == answered


def test_nobody_claims_the_own_wish(world: World) -> None:
    wished.made(world, "zhangsan")
    world.say("chenshuji", "通过 1")

    assert world.say("zhangsan", "认领 1").text == "这个心愿是您许的，要由别人来认领。"
    assert shown(world.say("zhangsan", "心愿墙")) == EMPTY


def test_who_wrote_it_down_for_a_neighbour_does_not_claim_it(world: World) -> None:
    for said in ("心愿 替刘奶奶要一副老花镜 不花钱 月底 阳光小区3栋", "1", "1", "通过 1"):
        world.say("chenshuji", said)

    assert world.say("chenshuji", "自办 1").text == "这个心愿是您许的，要由别人来认领。"


def test_the_wall_names_neither_person_nor_door_nor_number(world: World) -> None:
    wished.made(world, matter="王阿姨想要一副老花镜，住501，座机84123456")
    world.say("chenshuji", "通过 1")

    for said in ("心愿墙", "进度 1"):
        text = shown(world.say("zhangsan", said))
        assert "***想要一副老花镜，住***，座机***" in text
        assert not any(secret in text for secret in ("王阿姨", "501", "84123456", "138"))
    card = "\n".join(world.news_of("陈书记"))
    assert not any(secret in card for secret in ("王阿姨", "501", "84123456", "138"))


def test_a_report_is_no_wish(world: World) -> None:
    scenes.placed(world)

    assert world.say("chenshuji", "通过 1").text == ("#1 不是心愿，不用通过。要派人就回“派单 1”。")
    world.say("chenshuji", "派单 1 全体")
    assert shown(world.say("zhangsan", "认领 1")) == (
        "#1 不是心愿，要接这张单请回“接单 1”。\n[接单]"
    )
    assert shown(world.say("zhangsan", "心愿墙")) == EMPTY


def test_a_wish_has_a_class_and_thirty_days(world: World) -> None:
    wished.made(world)
    order = scenes.order(world)

    assert order.matter_class is MatterClass.WISH
    assert (order.promised_at - order.submitted_at).days == 30


def test_every_step_is_told_in_the_words_of_wishes(world: World) -> None:
    wished.delivered(world)
    world.say("wang", "实现了 1")

    assert shown(world.say("wang", "进度 1 经过")) == "\n".join(
        [
            f"{HEAD} · 经过",
            "11月21日12:00 您许愿",
            "11月21日12:00 陈书记（第一支部书记）通过，放上心愿墙",
            "11月21日12:00 张三（第一支部党员）认领",
            "11月21日12:00 张三（第一支部党员）说送到了：送到家了",
            "11月21日12:00 您说实现了",
            "[看 #1 进度]",
        ]
    )
    assert records.steps(world)[-1] is OrderAction.CONFIRM


def test_the_wall_is_turned_page_by_page(world: World) -> None:
    for number in range(1, 11):
        wished.made(world, f"p{number}")
        world.say("chenshuji", f"通过 {number}")

    first = world.say("zhangsan", "心愿墙")
    assert first.text == "心愿墙上有 10 个心愿（第 1 页，共 2 页），点一个就认领："
    assert [action.command for action in first.menu] == [
        *(f"认领 {number}" for number in range(1, 9)),
        "心愿墙 第2",
    ]
    for said in ("9", "更多"):
        world.say("zhangsan", "心愿墙")
        assert [action.command for action in world.say("zhangsan", said).menu] == [
            "认领 9",
            "认领 10",
        ]
