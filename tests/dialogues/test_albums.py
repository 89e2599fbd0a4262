"""Several photos at once, as phones send them: one by one, in any order, all to the same place."""

from dataclasses import replace

from sqlalchemy import select

from handlers import turn
from handlers.messages import IncomingKind, Reply
from storage.database import transaction
from storage.models import Medium
from tests.factories import POLICY, World

IMAGE = IncomingKind.IMAGE


def send(world: World, media_id: str) -> Reply:
    return world.give(replace(world.hear("wang", kind=IMAGE), media_id=media_id))


def belongings(world: World) -> list[int | None]:
    """Give the order of each photo, in the order in which they came."""
    with transaction(world.engine) as session:
        return list(session.scalars(select(Medium.order_id).order_by(Medium.id)))


def test_an_album_that_answers_a_question_is_one_answer(world: World) -> None:
    world.report("wang", "阳光小区1栋水管漏水")
    world.say("chenshuji", "退补 1 请拍张照片")
    world.later(hours=5)

    album = [send(world, f"a{number}").text for number in range(3)]

    added = "好的，已补到 #1，支部看得到。"
    assert [text.partition("\n")[0] for text in album[1:]] == [added, added]
    assert belongings(world) == [1, 1, 1]
    world.later(minutes=2)
    assert "请说说是什么事" in send(world, "last").text


def test_an_album_that_supplements_stays_together(world: World) -> None:
    world.report("wang", "阳光小区1栋水管漏水")
    world.later(hours=5)
    world.say("wang", "补充 1")

    for number in range(3):
        assert "已补到 #1" in send(world, f"a{number}").text

    assert belongings(world) == [1, 1, 1]
    world.say("wang", "报事 和谐小区3栋门坏了")
    send(world, "another")
    world.say("wang", "取消")
    assert "请说说是什么事" in send(world, "last").text


def test_an_album_in_one_batch_is_one_report(world: World) -> None:
    """The platform may push the photos at once, in any order, around the words."""
    heard = [
        replace(world.hear("wang", kind=IMAGE), media_id="a1"),
        world.hear("wang", "阳光小区1栋水管漏水"),
        *(replace(world.hear("wang", kind=IMAGE), media_id=f"a{number}") for number in (3, 2)),
    ]

    answers = turn.many(world.engine, heard, policy=POLICY, now=world.now)

    assert "照片和语音：3 件" in answers[-1].reply.text
    world.say("wang", "1")
    assert belongings(world) == [1, 1, 1]
