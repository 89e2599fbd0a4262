"""What is told of a wish, to whom, in which words; and the photo of what was brought."""

from dataclasses import replace

from sqlalchemy import select

from handlers.messages import IncomingKind
from storage.database import transaction
from storage.models import Delivery, Medium, Notice
from storage.vocabulary import OrderStatus, Outcome
from tests.dialogues import scenes, wished
from tests.dialogues.wished import HEAD
from tests.factories import World


def test_whoever_made_it_hears_only_what_matters(world: World) -> None:
    wished.claimed(world)
    world.say("zhangsan", "退单 1 临时有事")
    world.say("lisi", "认领 1")
    world.say("lisi", "完成 1")

    told = [text.removeprefix(f"{HEAD}\n") for text in world.news_for(world.person_behind("wang"))]

    assert told == [
        "张三（第一支部党员）认领了 #1，会跟您联系。",
        "#1 换一位来帮忙，已放回心愿墙，有人认领马上告诉您。\n最晚还是12月21日12点。",
        "李四（第一支部党员）认领了 #1，会跟您联系。",
        "李四（第一支部党员）说心愿送到了。\n#1 实现了吗？",
    ]
    assert scenes.taps(world, "wang") == ["实现了 1", "没实现 1"]


def test_the_card_to_check_has_three_answers(world: World) -> None:
    wished.made(world)

    assert world.news_of("陈书记") == [f"{HEAD}\n一个新心愿，请看一看能不能放上心愿墙。"]
    assert scenes.taps(world, "陈书记") == ["通过 1", "退补 1", "退回 1"]


def test_a_refusal_is_told_kindly(world: World) -> None:
    wished.made(world)
    world.say("chenshuji", "退回 1 社区可以免费领")

    assert world.news_for(world.person_behind("wang"))[-1].endswith(
        "第一支部看过了 #1，这个心愿这次没能帮您办到：社区可以免费领\n"
        "您觉得还该办，就回“没解决 1”，由近邻社区再看一次。"
    )


def test_who_brought_it_is_thanked_only_for_a_realised_wish(world: World) -> None:
    wished.delivered(world)
    before = len(world.news_of("张三"))
    world.say("wang", "实现了 1")

    assert "#1 的心愿实现了，许愿的人让我们谢谢您。" in world.news_of("张三")[before]


def test_silence_for_seven_days_is_no_realised_wish(world: World) -> None:
    wished.delivered(world)
    world.later(days=6, hours=23)
    scenes.fire(world)
    assert scenes.order(world).status is OrderStatus.DONE

    world.later(hours=2)
    scenes.fire(world)

    assert scenes.order(world).status is OrderStatus.CLOSED
    assert scenes.order(world).outcome is Outcome.UNRATED


def test_a_photo_of_what_was_brought_goes_to_whoever_made_the_wish(world: World) -> None:
    wished.delivered(world)
    photo = replace(world.hear("zhangsan", kind=IncomingKind.IMAGE), media_id="m1")

    assert world.give(photo).text == "收到了，这就送给 #1 的许愿人看。"
    with transaction(world.engine) as session:
        medium = session.scalars(select(Medium)).one()
        assert medium.order_id == 1
        last = session.execute(
            select(Delivery.person_id, Notice.media)
            .join(Notice, Notice.id == Delivery.notice_id)
            .order_by(Delivery.id.desc())
            .limit(1)
        ).one()
    assert tuple(last) == (world.person_behind("wang"), [medium.id])


def test_a_later_photo_has_nothing_to_do_with_the_wish(world: World) -> None:
    wished.delivered(world)
    world.later(minutes=11)
    photo = replace(world.hear("zhangsan", kind=IncomingKind.IMAGE), media_id="m1")

    assert world.give(photo).text.startswith("照片收到了。")
