"""One message, one effect, one answer; one fault harms nobody else (DESIGN.md section 3)."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from handlers import answering, turn
from handlers.context import Context
from handlers.messages import Answer, Incoming, IncomingKind, Notice, Nudge, Reply
from handlers.texts import general
from storage.database import transaction
from storage.models import Conversation, Delivery, Identity, InboxMessage, Order, Person
from storage.vocabulary import InboxStatus, NoticeKind
from tests.factories import NOON, POLICY, World, shown

PLACE = "问题在哪里？请写小区、几栋几单元，比如“阳光小区3栋2单元”。"
SAY_BOOM = "砰"


def carry(world: World, *turns: Incoming) -> list[Answer]:
    return turn.many(world.engine, turns, policy=POLICY, now=world.now)


def replies(world: World, *turns: Incoming) -> list[str]:
    return [shown(answer.reply) for answer in carry(world, *turns)]


def inbox(world: World) -> list[tuple[str, InboxStatus, str | None]]:
    with transaction(world.engine) as session:
        rows = session.scalars(select(InboxMessage).order_by(InboxMessage.id))
        return [(row.text, row.status, row.failure) for row in rows]


def numbers(world: World) -> list[int]:
    with transaction(world.engine) as session:
        return list(session.scalars(select(Order.id).order_by(Order.id)))


def almost_reported(world: World) -> None:
    """Bring wang so far that one more word submits."""
    world.say("wang", "报事 阳光小区1栋灯坏了")


def test_the_platforms_three_tries_have_one_effect_and_one_answer(world: World) -> None:
    almost_reported(world)
    message = world.hear("wang", "1")

    answers = [replies(world, message) for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]
    assert "编号 #1" in answers[0][0]
    assert numbers(world) == [1]


def test_a_message_that_stands_twice_in_a_batch_runs_once(world: World) -> None:
    almost_reported(world)
    message = world.hear("wang", "1")

    first, between, second = replies(world, message, world.hear("li", "谢谢"), message)

    assert first == second
    assert between == general.THANKS
    assert numbers(world) == [1]


def test_a_repeat_beside_new_messages_gets_its_stored_reply(world: World) -> None:
    almost_reported(world)
    message = world.hear("wang", "1")
    (before,) = replies(world, message)

    after, fresh = replies(world, message, world.hear("wang", "谢谢"))

    assert (before, fresh) == (after, general.THANKS)
    assert numbers(world) == [1]


def test_a_repeat_hurries_nothing(world: World) -> None:
    almost_reported(world)
    message = world.hear("wang", "1")

    first, second = carry(world, message)[0], carry(world, message)[0]

    assert (first.nudges, second.nudges) == (frozenset({Nudge.DELIVERY}), frozenset())


def test_an_event_and_its_repeat_are_silent_alike(world: World) -> None:
    left = world.hear("wang", kind=IncomingKind.UNSUBSCRIBE)

    assert replies(world, left) == replies(world, left) == [""]


def test_two_messages_of_one_person_in_a_batch_keep_their_order(world: World) -> None:
    answers = replies(
        world,
        world.hear("wang", "报事"),
        world.hear("li", "你好"),
        world.hear("wang", "灯坏了"),
        world.hear("wang", "取消"),
        world.hear("wang", "取消"),
    )

    assert answers == [
        "请说说是什么事，比如“楼道灯坏了”。",
        "您好，我在。有什么事直接发给我就行。\n[我要报事] [查进度]",
        PLACE,
        general.CANCELLED,
        general.NOTHING_TO_CANCEL,
    ]


def test_answers_come_in_the_order_of_the_messages(world: World) -> None:
    people = [f"p{number}" for number in (7, 1, 9, 3, 5)]

    answers = replies(world, *(world.hear(who, f"报事 {who}的灯坏了") for who in people))

    assert answers == [PLACE] * 5
    for who in people:
        assert f"事情：{who}的灯坏了" in shown(world.say(who, "阳光小区1栋"))


@pytest.fixture
def boom(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Context], object]], None]:
    """Let one text do its work and then something that fails."""
    rightly = answering.answer

    def arrange(fail: Callable[[Context], object]) -> None:
        def answer(ctx: Context) -> Reply:
            if ctx.incoming.text != SAY_BOOM:
                return rightly(ctx)
            ctx.session.execute(
                update(Person).where(Person.id == ctx.speaker.person_id).values(name="改了名")
            )
            ctx.speaker.talk.name, ctx.speaker.talk.asked_at = "report", ctx.now
            ctx.speaker.home_id = 1
            ctx.notify(
                Notice(kind=NoticeKind.OPERATIONS, title="x", recipients=(ctx.speaker.person_id,))
            )
            fail(ctx)
            return Reply(text="?")

        monkeypatch.setattr(answering, "answer", answer)

    return arrange


def divide(_: Context) -> None:
    1 / 0  # noqa: B018 (must fail)


def break_a_constraint(ctx: Context) -> None:
    ctx.session.execute(
        insert(Identity).values(
            platform=ctx.incoming.platform,
            app_id=ctx.incoming.app_id,
            external_id=ctx.incoming.sender,
            person_id=ctx.speaker.person_id,
            is_following=True,
            message_sends=0,
            tap_sends=0,
        )
    )


def test_a_handler_that_raises_apologises_and_harms_no_other_turn(
    world: World, boom: Callable[[Callable[[Context], object]], None]
) -> None:
    boom(divide)

    answers = replies(
        world,
        world.hear("wang", "报事 灯坏了"),
        world.hear("wang", SAY_BOOM),
        world.hear("li", "谢谢"),
        world.hear("wang", "阳光小区1栋"),
    )

    assert answers[:3] == [PLACE, general.APOLOGY, general.THANKS]
    assert "事情：灯坏了\n地点：阳光小区1栋" in answers[3]
    assert sorted(inbox(world)) == [
        ("报事 灯坏了", InboxStatus.ANSWERED, None),
        (SAY_BOOM, InboxStatus.FAILED, "ZeroDivisionError"),
        ("谢谢", InboxStatus.ANSWERED, None),
        ("阳光小区1栋", InboxStatus.ANSWERED, None),
    ]


def test_what_a_failed_turn_did_is_rolled_back(
    world: World, boom: Callable[[Callable[[Context], object]], None]
) -> None:
    boom(divide)

    (answer,) = carry(world, world.hear("wang", SAY_BOOM))

    assert answer == Answer(reply=Reply(text=general.APOLOGY))
    with transaction(world.engine) as session:
        person, talk = session.execute(
            select(Person, Conversation)
            .join(Identity, Identity.person_id == Person.id)
            .join(Conversation, Conversation.identity_id == Identity.id)
            .where(Identity.external_id == "wang")
        ).one()
        assert (person.name, talk.name, talk.asked_at) == (None, None, None)
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_a_failed_turn_leaves_nothing_behind_for_the_next_one_of_its_batch(
    world: World, boom: Callable[[Callable[[Context], object]], None]
) -> None:
    boom(divide)

    _, place = replies(world, world.hear("wang", SAY_BOOM), world.hear("wang", "报事 灯坏了"))

    assert place == PLACE


def test_the_repeat_of_a_failed_message_apologises_again_and_does_not_run(
    world: World, boom: Callable[[Callable[[Context], object]], None]
) -> None:
    runs: list[Context] = []

    def count(ctx: Context) -> None:
        runs.append(ctx)
        divide(ctx)

    boom(count)
    message = world.hear("wang", SAY_BOOM)

    assert replies(world, message) == replies(world, message) == [general.APOLOGY]
    assert len(runs) == 1


def test_a_constraint_that_is_broken_every_time_is_a_failed_turn_and_not_a_race(
    world: World, boom: Callable[[Callable[[Context], object]], None]
) -> None:
    boom(break_a_constraint)

    answers = replies(world, world.hear("wang", SAY_BOOM), world.hear("li", "谢谢"))

    assert answers == [general.APOLOGY, general.THANKS]
    assert sorted(inbox(world)) == [
        (SAY_BOOM, InboxStatus.FAILED, "IntegrityError"),
        ("谢谢", InboxStatus.ANSWERED, None),
    ]


def test_a_race_that_is_lost_once_is_tried_again(
    world: World, boom: Callable[[Callable[[Context], object]], None]
) -> None:
    faults: Iterator[DBAPIError] = iter(
        [IntegrityError("INSERT", {}, Exception()), IntegrityError("INSERT", {}, Exception())]
    )

    def lose_twice(_: Context) -> None:
        if fault := next(faults, None):
            raise fault

    boom(lose_twice)

    assert replies(world, world.hear("wang", SAY_BOOM)) == ["?"]
    assert inbox(world) == [(SAY_BOOM, InboxStatus.ANSWERED, None)]


def test_a_database_that_stays_away_raises_and_nothing_is_stored(
    world: World, boom: Callable[[Callable[[Context], object]], None]
) -> None:
    tries: list[Context] = []

    def lose_the_connection(ctx: Context) -> None:
        tries.append(ctx)
        raise OperationalError("SELECT", {}, Exception())

    boom(lose_the_connection)

    with pytest.raises(OperationalError):
        carry(world, world.hear("wang", SAY_BOOM))
    assert len(tries) == 3
    assert inbox(world) == []


def test_a_wrong_statement_is_a_failed_turn(
    world: World, boom: Callable[[Callable[[Context], object]], None]
) -> None:
    def misspell(_: Context) -> None:
        raise ProgrammingError("SELEKT", {}, Exception())

    boom(misspell)

    assert replies(world, world.hear("wang", SAY_BOOM)) == [general.APOLOGY]
    assert inbox(world) == [(SAY_BOOM, InboxStatus.FAILED, "ProgrammingError")]


def test_a_message_opens_the_windows_of_the_official_account(world: World) -> None:
    carry(
        world,
        world.hear("wang", "你好"),
        world.hear("li", "进度", is_tap=True),
        world.hear("zhangsan", "你好"),
        world.hear("gone", kind=IncomingKind.UNSUBSCRIBE),
        world.hear("new", kind=IncomingKind.SUBSCRIBE),
    )
    later = NOON + timedelta(minutes=5)
    world.later(minutes=5)
    carry(world, world.hear("wang", "谢谢"))

    with transaction(world.engine) as session:
        windows = {
            row.external_id: (row.messaged_at, row.tapped_at)
            for row in session.scalars(select(Identity))
        }
    assert {who: windows[who] for who in ("wang", "li", "zhangsan", "gone", "new")} == {
        "wang": (later, None),
        "li": (None, NOON),
        "zhangsan": (None, None),
        "gone": (None, None),
        "new": (None, NOON),
    }


def test_letters_and_marks_of_every_kind_get_an_answer(world: World) -> None:
    for said in (
        "灯" * 2000,
        "😀" * 600,
        "]]>",
        "<xml>",
        "%s {choice} \\",
        "\u202e\u200b",
        "'; --",
    ):
        assert world.say("wang", said).text != general.APOLOGY
        assert world.say("wang", "取消").text in {general.CANCELLED, general.NOTHING_TO_CANCEL}
