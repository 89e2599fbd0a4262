"""Photos, voices and what cannot be read, line by line; and who gets to see them."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from handlers import turn
from handlers.context import Policy
from handlers.messages import Answer, IncomingKind, Nudge
from handlers.rules.delivery import NO_CHANNEL, WINDOW_CLOSED
from handlers.services import media
from handlers.texts import reports
from storage.database import transaction
from storage.models import Delivery, Medium, Notice
from storage.vocabulary import DeliveryStatus, MediaKind, MediaStatus, NoticeKind, Platform
from tests.factories import OFFICIAL, POLICY, World, shown

IMAGE, VOICE = IncomingKind.IMAGE, IncomingKind.VOICE
NO_CONTACT = f"联系：没有留\n{reports.CONSENT}"
RECEIVED = "收到了，编号 #1。"
PLACE = "问题在哪里？请写小区、几栋几单元，比如“阳光小区3栋2单元”。"


def _summary(matter: str, media_count: int) -> str:
    return (
        f"请看看对不对：\n事情：{matter}\n地点：阳光小区1栋\n照片和语音：{media_count} 件\n"
        f"{NO_CONTACT}\n1. 提交\n2. 改一下"
    )


def send(
    world: World,
    sender: str,
    kind: IncomingKind,
    media_id: str = "m1",
    *,
    seconds: int = 0,
    policy: Policy = POLICY,
) -> Answer:
    """Send a photo, a voice or something else than words, and give the whole answer."""
    incoming = replace(world.hear(sender, kind=kind), media_id=media_id, seconds=seconds)
    return turn.many(world.engine, [incoming], policy=policy, now=world.now)[0]


def stored(world: World) -> list[Medium]:
    with transaction(world.engine) as session:
        return list(session.scalars(select(Medium).order_by(Medium.id)))


def follow_ups(world: World, name: str) -> list[tuple[str, str, list[int]]]:
    """Give title, stand-in and medium of everything that follows words to a person."""
    with transaction(world.engine) as session:
        rows = session.execute(
            select(Notice.title, Notice.text, Notice.media)
            .join(Delivery, Delivery.notice_id == Notice.id)
            .where(Delivery.person_id == world.people[name], Notice.kind == NoticeKind.MEDIUM)
            .order_by(Notice.id)
        )
        return [(title, text, ids) for title, text, ids in rows]


@pytest.mark.parametrize(
    ("kind", "media_id", "answered"),
    [
        (IncomingKind.VIDEO, "v1", "视频我还看不了。请发照片，或用文字说说是什么事、在哪里。"),
        (IncomingKind.FILE, "", "文件我还打不开。请发照片，或用文字说说是什么事、在哪里。"),
        (IncomingKind.LINK, "", "链接我还打不开。请用文字说说是什么事、在哪里，也可以发照片。"),
        (IMAGE, "", "这张照片没有传过来，请再发一次，或用文字说说。"),
        (VOICE, "", "这段语音没有传过来，请再说一次，或用文字说说。"),
        (IMAGE, "m" * 513, "这张照片没有传过来，请再发一次，或用文字说说。"),
    ],
    ids=["video", "file", "link", "photo without a name", "voice without a name", "absurd name"],
)
def test_what_cannot_be_kept_is_answered_and_leaves_nothing(
    world: World, kind: IncomingKind, media_id: str, answered: str
) -> None:
    answer = send(world, "wang", kind, media_id)

    assert (shown(answer.reply), answer.nudges) == (answered, frozenset())
    assert stored(world) == []
    assert send(world, "zhangsan", kind, media_id).reply.text == answered


def test_what_cannot_be_kept_comes_back_to_the_open_question(world: World) -> None:
    world.say("wang", "报事 水管漏水")

    assert shown(send(world, "wang", IncomingKind.VIDEO).reply) == (
        "视频我还看不了。请发照片，或用文字说说是什么事、在哪里。\n\n刚才说到：\n" + PLACE
    )


def test_a_photo_is_noted_in_the_turn_and_fetched_at_once(world: World) -> None:
    answer = send(world, "wang", IMAGE, "photo-1")

    (medium,) = stored(world)
    assert answer.nudges == {Nudge.MEDIA}
    assert (medium.kind, medium.status, medium.due_at, medium.created_at) == (
        MediaKind.IMAGE,
        MediaStatus.DUE,
        world.now,
        world.now,
    )
    assert (medium.platform, medium.app_id, medium.media_id) == (
        Platform.OFFICIAL,
        OFFICIAL,
        "photo-1",
    )
    assert (medium.person_id, medium.order_id) == (world.person_behind("wang"), None)


def test_a_photo_that_the_platform_repeats_is_noted_once(world: World) -> None:
    incoming = replace(world.hear("wang", kind=IMAGE), media_id="m1")
    first, second = world.give(incoming), world.give(incoming)

    assert (first, len(stored(world))) == (second, 1)


def test_a_voice_keeps_its_length(world: World) -> None:
    send(world, "wang", VOICE, seconds=8)

    assert [(medium.kind, medium.seconds) for medium in stored(world)] == [(MediaKind.VOICE, 8)]


def test_so_many_photos_a_day_and_no_more(world: World) -> None:
    policy = replace(POLICY, media_a_day=3)

    def answered(sender: str) -> str:
        return send(world, sender, IMAGE, policy=policy).reply.text.partition("\n")[0]

    refused = "今天已经收到您很多照片和语音，先用文字说吧，明天可以再发。"
    assert [answered("wang") for _ in range(4)] == ["照片收到了。"] * 3 + [refused]
    assert answered("li") == "照片收到了。"
    world.later(hours=25)
    assert answered("wang") == "照片收到了。"
    assert len(stored(world)) == 5


DIALOGUES: dict[str, list[tuple[str | IncomingKind, str]]] = {
    "a photo first, then what it is and where": [
        (IMAGE, "照片收到了。\n请说说是什么事，比如“楼道灯坏了”。"),
        (IMAGE, "照片收到了。\n请说说是什么事，比如“楼道灯坏了”。"),
        (
            "阳光小区3栋2单元楼道灯坏了",
            (
                "您是想报这件事吗？\n事情：阳光小区3栋2单元楼道灯坏了\n地点：阳光小区3栋2单元\n"
                f"照片和语音：2 件\n{NO_CONTACT}\n1. 提交\n2. 改一下\n3. 不是报事"
            ),
        ),
        ("1", RECEIVED),
    ],
    "a photo in the middle, and one more at the end": [
        ("报事 水管漏水", PLACE),
        (IMAGE, "照片收到了。\n" + PLACE),
        ("阳光小区1栋", _summary("水管漏水", 1)),
        (IMAGE, "照片收到了。\n" + _summary("水管漏水", 2)),
        ("1", RECEIVED),
    ],
    "a voice alone is the matter": [
        (
            VOICE,
            (
                "语音收到了。\n您是想报这件事吗？\n“语音 8 秒”\n"
                "是的话，直接回在哪里也行，比如“阳光小区3栋2单元”。\n1. 是，要报\n2. 不是"
            ),
        ),
        ("阳光小区1栋", _summary("语音 8 秒", 1)),
        ("1", RECEIVED),
    ],
    "a voice answers the question what it is": [
        ("报事", "请说说是什么事，比如“楼道灯坏了”。"),
        (VOICE, "语音收到了。\n" + PLACE),
        ("阳光小区1栋", _summary("语音 8 秒", 1)),
    ],
    "a voice that was meant for nothing leaves no draft": [
        (VOICE, "语音收到了。\n您是想报这件事吗？"),
        ("2", "好的，不报。有什么事随时说。"),
        ("取消", "现在没有进行到一半的事，不用取消。"),
    ],
    "a photo is no answer to where somebody lives": [
        ("绑定", "您住哪个小区？"),
        (IMAGE, "这一步请用文字回答，报事的时候再发照片和语音。\n\n刚才说到：\n您住哪个小区？"),
    ],
}


@pytest.mark.parametrize("dialogue", DIALOGUES.values(), ids=DIALOGUES.keys())
def test_a_resident_shows(world: World, dialogue: list[tuple[str | IncomingKind, str]]) -> None:
    for said, answered in dialogue:
        reply = (
            send(world, "wang", said, seconds=8 if said is VOICE else 0).reply
            if isinstance(said, IncomingKind)
            else world.say("wang", said)
        )
        assert shown(reply).startswith(answered)


def test_more_than_enough_photos_of_one_thing_are_not_taken(world: World) -> None:
    world.say("wang", "报事 水管漏水")
    for _ in range(media.MOST_OF_AN_ORDER):
        send(world, "wang", IMAGE)

    assert shown(send(world, "wang", IMAGE).reply) == (
        "这件事的照片和语音已经够多了，不用再发，接着说就行。\n\n刚才说到：\n" + PLACE
    )
    assert len(stored(world)) == media.MOST_OF_AN_ORDER


def test_what_the_platform_heard_is_the_matter(world: World) -> None:
    incoming = replace(world.hear("wang", "水管漏水", kind=VOICE), media_id="m1")

    assert "“水管漏水”" in world.give(incoming).text


def _reported(world: World) -> None:
    """Report something with two photos and a voice."""
    world.say("wang", "报事 水管漏水")
    send(world, "wang", IMAGE, "m1")
    send(world, "wang", IMAGE, "m2")
    send(world, "wang", VOICE, "m3", seconds=8)
    for said in ("阳光小区1栋", "1"):
        world.say("wang", said)


FOLLOWING = [
    ("#1 水管漏水", "有一张照片，发不过去。", [1]),
    ("#1 水管漏水", "有一张照片，发不过去。", [2]),
    ("#1 水管漏水", "有一段语音（8 秒），发不过去。", [3]),
]


def test_the_secretarys_card_names_what_follows_it(world: World) -> None:
    _reported(world)

    with transaction(world.engine) as session:
        card = session.scalars(
            select(Notice).where(Notice.kind == NoticeKind.ORDER_SUBMITTED)
        ).one()
    assert ["附上", "照片 2 张、语音 1 段"] in card.fields
    assert follow_ups(world, "陈书记") == FOLLOWING
    assert {medium.order_id for medium in stored(world)} == {1}
    assert follow_ups(world, "孙书记") == []


def test_an_offer_carries_no_photo_and_the_holder_gets_all(world: World) -> None:
    _reported(world)
    world.say("chenshuji", "派单 1 全体")
    assert follow_ups(world, "张三") == []

    world.say("zhangsan", "接单 1")

    assert follow_ups(world, "张三") == FOLLOWING
    assert follow_ups(world, "李四") == []


def test_what_was_lost_or_refused_is_not_promised(world: World) -> None:
    world.say("wang", "报事 水管漏水")
    for media_id in ("m1", "m2", "m3"):
        send(world, "wang", IMAGE, media_id)
    with transaction(world.engine) as session:
        for row, status in ((1, MediaStatus.LOST), (2, MediaStatus.REFUSED)):
            session.execute(update(Medium).where(Medium.id == row).values(status=status))

    assert shown(world.say("wang", "阳光小区1栋")) == _summary("水管漏水", 1)
    world.say("wang", "1")
    assert follow_ups(world, "陈书记") == [("#1 水管漏水", "有一张照片，发不过去。", [3])]


def test_a_photo_right_after_the_report_belongs_to_it(world: World) -> None:
    _reported(world)
    world.later(minutes=9)

    answered = send(world, "wang", IMAGE, "m4").reply

    assert shown(answered) == "好的，已补到 #1，支部看得到。\n[看 #1 进度]"
    assert follow_ups(world, "陈书记") == [
        *FOLLOWING,
        ("#1 水管漏水", "有一张照片，发不过去。", [4]),
    ]
    assert "#1 水管漏水\n居民补充：一张照片" in world.news_of("陈书记")
    world.later(minutes=2)
    assert "请说说是什么事" in send(world, "wang", IMAGE).reply.text


def test_a_photo_answers_the_question_that_waits(world: World) -> None:
    _reported(world)
    world.say("chenshuji", "退补 1 请拍张照片")
    world.later(hours=5)

    assert send(world, "wang", IMAGE, "m4").reply.text.startswith(
        "好的，已补到 #1，接着安排人来办。"
    )
    assert "居民回话：一张照片" in world.news_of("陈书记")[-5]
    assert [ids for _, _, ids in follow_ups(world, "陈书记")[3:]] == [[1], [2], [3], [4]]


def test_a_voice_is_a_supplement_and_goes_to_the_holder(world: World) -> None:
    _reported(world)
    world.say("chenshuji", "派单 1 张三")
    world.say("zhangsan", "接单 1")
    world.later(hours=5)
    world.say("wang", "补充 1")

    answered = send(world, "wang", VOICE, "m4", seconds=5).reply

    assert shown(answered) == "好的，已补到 #1，已转告张三。\n[看 #1 进度]"
    assert follow_ups(world, "张三")[3:] == [("#1 水管漏水", "有一段语音（5 秒），发不过去。", [4])]
    assert world.say("wang", "取消").text != "好的，已取消，什么也没有提交。"


def test_a_photo_for_an_order_that_is_over_goes_nowhere(world: World) -> None:
    _reported(world)
    world.say("wang", "撤回 1")

    assert "请说说是什么事" in send(world, "wang", IMAGE, "m4").reply.text
    assert [medium.order_id for medium in stored(world)] == [1, 1, 1, None]


def _left_waiting(world: World, failure: str) -> None:
    with transaction(world.engine) as session:
        session.execute(
            update(Delivery).values(status=DeliveryStatus.PENDING, failure=failure, attempts=9)
        )


@pytest.mark.parametrize("reason", [WINDOW_CLOSED, NO_CHANNEL])
def test_photos_that_waited_for_a_window_go_out_when_it_opens(world: World, reason: str) -> None:
    _reported(world)
    _left_waiting(world, reason)

    incoming = world.hear("chenshuji", "你好")
    (answer,) = turn.many(world.engine, [incoming], policy=POLICY, now=world.now)

    assert "请派人来办。" in answer.reply.text
    assert "发不过去" not in answer.reply.text
    assert Nudge.DELIVERY in answer.nudges
    with transaction(world.engine) as session:
        states = session.execute(
            select(Notice.kind, Delivery.status, Delivery.attempts)
            .join(Delivery, Delivery.notice_id == Notice.id)
            .order_by(Notice.id)
        ).all()
    assert [tuple(state) for state in states] == [
        (NoticeKind.ORDER_SUBMITTED, DeliveryStatus.SENT, 9),
        *[(NoticeKind.MEDIUM, DeliveryStatus.DUE, 0)] * 3,
    ]


def test_what_cannot_be_passed_on_is_said_at_the_next_word(world: World) -> None:
    _reported(world)
    _left_waiting(world, "wecom 40005")

    first = world.say("chenshuji", "你好").text
    second = world.say("chenshuji", "你好").text

    assert first.count("有一张照片，发不过去。") == 2
    assert second.count("有一段语音（8 秒），发不过去。") == 1
    assert "发不过去" not in world.say("chenshuji", "你好").text
