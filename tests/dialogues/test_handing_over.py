"""What nothing here can help with is marked, so that people behind the account may take it."""

import pytest
from sqlalchemy import update

from handlers import turn
from handlers.messages import IncomingKind, Reply
from handlers.texts import general, media, reports
from storage.database import transaction
from storage.models import Delivery
from storage.vocabulary import DeliveryStatus
from tests.dialogues.scenes import placed
from tests.factories import World

TEXT, TAP = IncomingKind.TEXT, IncomingKind.TAP
HANDED_OVER = {
    "no words at all": (TEXT, "？？？", general.UNCLEAR),
    "a face": (TEXT, "😀", general.UNCLEAR),
    "a call for people": (TEXT, "转人工", general.NOT_YET),
    "a video": (IncomingKind.VIDEO, "", media.VIDEO),
    "a link": (IncomingKind.LINK, "标题", media.LINK),
    "a file": (IncomingKind.FILE, "清单.xlsx", media.FILE),
    "a key of a former menu": (TAP, "V1001", general.UNCLEAR),
}
HANDLED = {
    "a matter": (TEXT, "楼道灯坏了"),
    "a command": (TEXT, "进度"),
    "help": (TEXT, "帮助"),
    "a greeting": (TEXT, "您好"),
    "thanks": (TEXT, "谢谢"),
    "a bare number": (TEXT, "12"),
    "a word that is still to come": (TEXT, "心愿"),
    "nothing to cancel": (TEXT, "取消"),
    "a staff word": (TEXT, "派单 1"),
    "a place": (IncomingKind.PLACE, "阳光小区门口"),
    "following": (IncomingKind.SUBSCRIBE, ""),
    "an unknown code": (IncomingKind.SCAN, ""),
}


def give(world: World, kind: IncomingKind, text: str) -> Reply:
    return world.give(world.hear("wang", text, kind=kind, is_tap=kind is TAP))


@pytest.mark.parametrize(("kind", "text", "shown"), HANDED_OVER.values(), ids=HANDED_OVER.keys())
def test_what_is_handed_over(world: World, kind: IncomingKind, text: str, shown: str) -> None:
    reply = give(world, kind, text)
    assert (reply.text, reply.is_unhandled) == (shown, True)


@pytest.mark.parametrize(("kind", "text"), HANDLED.values(), ids=HANDLED.keys())
def test_what_is_answered_here(world: World, kind: IncomingKind, text: str) -> None:
    reply = give(world, kind, text)
    assert reply.text
    assert not reply.is_unhandled


@pytest.mark.parametrize("no", ["不是", "不报", "2", "不是报事"])
def test_words_that_were_no_report_are_handed_over(world: World, no: str) -> None:
    assert not world.say("wang", "你们那里可以交水费吗").is_unhandled

    reply = world.say("wang", no)

    assert (reply.text, reply.is_unhandled) == (reports.NOT_MEANT, True)


def test_an_open_question_is_asked_again_and_nothing_handed_over(world: World) -> None:
    world.say("wang", "报事 灯坏了")
    for kind, text in ((IncomingKind.VIDEO, ""), (TAP, "V1001"), (TEXT, "？")):
        reply = give(world, kind, text)
        assert "问题在哪里？" in reply.text
        assert not reply.is_unhandled


def test_danger_is_never_handed_over_in_silence(world: World) -> None:
    reply = world.say("wang", "转人工 救命")
    assert reply.text.startswith(general.HOTLINES)
    assert not reply.is_unhandled


def test_news_that_waited_is_told_before_anything_is_handed_over(world: World) -> None:
    placed(world)
    world.say("chenshuji", "派单 1 张三")
    world.say("zhangsan", "接单 1")
    with transaction(world.engine) as session:
        session.execute(update(Delivery).values(status=DeliveryStatus.PENDING))

    told, asked = world.say("wang", "？？"), world.say("wang", "？？")

    assert "张三" in told.text
    assert [told.is_unhandled, asked.is_unhandled] == [False, True]


def test_a_repeated_message_is_handed_over_again(world: World) -> None:
    message = world.hear("wang", "？？？")

    answers = [
        turn.many(world.engine, [message], policy=world.policy, now=world.now)[0].reply
        for _ in range(2)
    ]

    assert answers[0] == answers[1]
    assert answers[1].is_unhandled
