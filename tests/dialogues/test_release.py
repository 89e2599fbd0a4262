"""退单: a member cannot come after all; others are asked, and nobody is blamed."""

from datetime import timedelta

import pytest

from storage.database import transaction
from storage.models import Order, Person
from storage.vocabulary import DispatchMode, OrderStatus
from tests.dialogues import records, scenes
from tests.factories import World, shown

REASONS = "1. 临时有事\n2. 身体不舒服\n3. 这件事我办不了\n4. 没联系上居民"
ASK = f"{scenes.HEAD}\n来不了没关系。说一下原因，好安排别人：\n{REASONS}"
RELEASED = "好的，#1 换人来办。谢谢您说一声。\n[看看可接的单]"
UNKNOWN = "没有找到这个编号的单子，请核对一下号码。"

DIALOGUES = {
    "with a reason it is done at once": [("zhangsan", "退单 1 临时出差", RELEASED)],
    "the short form": [("zhangsan", "退 1 临时出差", RELEASED)],
    "without a reason it is asked, and a digit is enough": [
        ("zhangsan", "退单 1", ASK),
        ("zhangsan", "2", RELEASED),
    ],
    "the reason may be said in the next words": [
        ("zhangsan", "退单", ASK),
        ("zhangsan", "孩子病了", RELEASED),
    ],
    "a reason in which nothing is said is asked again": [
        ("zhangsan", "退单 1", ASK),
        ("zhangsan", "……", f"请用几个字说说原因。\n{ASK}"),
    ],
    "who changes their mind keeps it": [
        ("zhangsan", "退单 1", ASK),
        ("zhangsan", "取消", "好的，已取消，什么也没有提交。"),
        (
            "lisi",
            "接单 1",
            "手慢一步，#1 已由张三接下。\n现在没有别的单可接。",
        ),
    ],
    "only whoever has it gives it back": [
        ("lisi", "退单 1 没空", "这张单不在您手上，不用退。"),
        ("chenshuji", "退单 1 没空", "这张单不在您手上，不用退。"),
        ("lisi", "退单", "您手上没有正在办的单。"),
    ],
    "others read the words for an unknown number": [
        ("zhouba", "退单 1 没空", UNKNOWN),
        ("li", "退单 1 没空", UNKNOWN),
        ("zhangsan", "退单 9 没空", UNKNOWN),
    ],
    "giving it back twice tells where it stands": [
        ("zhangsan", "退单 1 没空", RELEASED),
        ("zhangsan", "退单 1 没空", "这张单不在您手上，不用退。"),
    ],
    "who gave it back may still change their mind while nobody else came": [
        ("zhangsan", "退单 1 没空", RELEASED),
        ("lisi", "接单 1", None),
        ("zhangsan", "接单 1", "手慢一步，#1 已由李四接下。\n现在没有别的单可接。"),
    ],
}


@pytest.mark.parametrize("dialogue", DIALOGUES.values(), ids=DIALOGUES.keys())
def test_a_member(world: World, dialogue: list[tuple[str, str, str | None]]) -> None:
    scenes.taken(world)
    for sender, said, answered in dialogue:
        reply = shown(world.say(sender, said))
        assert answered is None or reply == answered


def test_what_is_done_cannot_be_given_back(world: World) -> None:
    scenes.done(world)

    assert shown(world.say("zhangsan", "退单 1 没空")) == (
        "#1 现在是“待确认”，这一步暂时用不上。\n[看 #1 进度]"
    )


def test_others_are_asked_and_everybody_concerned_is_told(world: World) -> None:
    scenes.taken(world)
    world.say("lisi", "帮助")
    before = {name: len(world.news_of(name)) for name in world.people}

    world.say("zhangsan", "退单 1 临时出差")

    told = {name: scenes.news(world, name, before[name]) for name in world.people}
    assert {name: news for name, news in told.items() if news} == {
        "李四": ["先接先办，您方便就接。"],
        "赵敏": ["先接先办，您方便就接。"],
        "陈书记": ["张三（第一支部党员）来不了了：临时出差\n已再请支部里 2 位党员，先接先办。"],
    }
    assert scenes.news(world, "wang")[-1] == (
        "#1 换一位来办，正在请人，有人接了就告诉您。\n最晚还是11月28日12点。"
    )
    order = scenes.order(world)
    assert (order.status, order.dispatch_mode) == (OrderStatus.DISPATCHED, DispatchMode.EVERYONE)
    assert "已接下#1" in world.say("lisi", "接单 1").text


def test_the_secretarys_taps_put_it_into_the_secretarys_hands(world: World) -> None:
    scenes.taken(world)
    world.say("zhangsan", "退单 1 临时出差")

    assert scenes.taps(world, "陈书记") == ["派单 1 选人", "收回 1"]


def test_the_reason_is_between_the_member_and_the_secretary(world: World) -> None:
    scenes.taken(world)
    world.say("zhangsan", "退单 1 身体不舒服")
    world.say("lisi", "接单 1")

    readers = {who: world.say(who, "进度 1 经过").text for who in ("wang", "lisi", "chenshuji")}
    assert {who: "身体不舒服" in text for who, text in readers.items()} == {
        "wang": False,
        "lisi": False,
        "chenshuji": True,
    }


def test_nobody_is_asked_twice_who_left_or_is_on_the_way(world: World) -> None:
    scenes.taken(world)
    world.say("zhangsan", "退单 1 没空")
    world.say("lisi", "接单 1")
    before = len(world.news_of("张三"))

    world.say("lisi", "退单 1 没空")

    assert world.news_of("张三")[before:] == []
    assert scenes.news(world, "赵敏")[-1] == "先接先办，您方便就接。"


def test_when_nobody_is_left_to_ask_it_comes_back_to_the_secretary(world: World) -> None:
    scenes.taken(world)
    for member in ("zhangsan", "lisi", "zhaomin"):
        world.say(member, "接单 1")
        world.say(member, "退单 1 没空")

    assert scenes.order(world).status is OrderStatus.SUBMITTED
    assert scenes.news(world, "陈书记")[-1] == (
        "赵敏（第一支部党员）来不了了：没空\n支部里没有别的人可请了，请您安排。"
    )
    assert scenes.taps(world, "陈书记") == ["派单 1 选人", "自办 1"]
    assert scenes.news(world, "wang")[-1] == (
        "#1 换一位来办，支部正在安排，定了谁来就告诉您。\n最晚还是11月28日12点。"
    )


def test_a_promise_that_has_passed_is_not_repeated(world: World) -> None:
    scenes.taken(world)
    world.later(days=8)
    world.say("zhangsan", "退单 1 没空")

    assert scenes.news(world, "wang")[-1] == "#1 换一位来办，正在请人，有人接了就告诉您。"


def test_at_night_the_others_sleep(world: World) -> None:
    scenes.taken(world)
    world.later(hours=11)  # 23:00
    before = len(world.news_of("李四"))
    world.say("zhangsan", "退单 1 发烧了")

    assert scenes.news(world, "陈书记")[-1] == (
        "张三（第一支部党员）来不了了：发烧了\n夜里不打扰，明天8:00再请支部里 2 位党员。"
    )
    assert world.news_of("李四")[before:] == []
    world.later(hours=8.9)
    scenes.fire(world)
    assert world.news_of("李四")[before:] == []
    world.later(hours=0.2)
    scenes.fire(world)
    assert scenes.news(world, "李四", before) == ["先接先办，您方便就接。"]
    assert "已接下#1" in world.say("zhaomin", "接单 1").text


def test_who_finds_it_at_night_makes_the_morning_round_needless(world: World) -> None:
    scenes.taken(world)
    world.later(hours=11)
    world.say("zhangsan", "退单 1 发烧了")
    world.say("zhaomin", "接单 1")
    before = len(world.news_of("李四"))
    world.later(hours=10)

    assert scenes.fire(world)["notices"] == 0
    assert world.news_of("李四")[before:] == []


def test_shortly_before_an_agreed_time_the_secretary_is_told_so(world: World) -> None:
    scenes.taken(world)
    with transaction(world.engine) as session:
        order = session.get_one(Order, 1)
        order.starts_at = world.now + timedelta(hours=1)
        order.ends_at = world.now + timedelta(hours=2)
    world.say("zhangsan", "退单 1 堵车")

    assert scenes.news(world, "陈书记")[-1].endswith("\n约的是13:00，请尽快安排。")


def test_a_member_without_a_name_is_still_somebody(world: World) -> None:
    scenes.taken(world)
    with transaction(world.engine) as session:
        session.get_one(Person, world.people["张三"]).name = None
    world.say("zhangsan", "退单 1 没空")

    assert scenes.news(world, "陈书记")[-1].startswith("工作人员（第一支部党员）来不了了：没空")


def test_a_secretary_who_did_it_in_person_reads_what_happens_now(world: World) -> None:
    scenes.placed(world)
    world.say("chenshuji", "自办 1")

    assert shown(world.say("chenshuji", "退单 1 开会")) == (
        "好的，#1 换人来办。谢谢您说一声。\n已再请支部里 3 位党员，先接先办。\n[派单] [收回]"
    )


def test_who_does_not_come_after_all_is_not_announced_late(world: World) -> None:
    scenes.taken(world)
    world.say("zhangsan", "退单 1 没空")

    assert [text for text in records.due(world, "wang") if "会来办" in text] == []
    world.say("lisi", "接单 1")

    assert records.due(world, "wang") == ["李四（第一支部党员）已接下 #1，会来办这件事。"]


def test_what_the_desk_need_not_decide_any_more_is_not_asked_late(world: World) -> None:
    scenes.taken(world)
    world.say("zhangsan", "退单 1 没空")
    assert any("来不了了" in text for text in records.due(world, "陈书记"))

    world.say("lisi", "接单 1")

    assert not any("来不了了" in text for text in records.due(world, "陈书记"))
