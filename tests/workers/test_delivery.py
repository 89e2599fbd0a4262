from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bot.channels import ApiError, FailureKind, Outgoing, Sent
from handlers.messages import Action, Choice, actions_to_json
from storage.database import transaction
from storage.models import Conversation
from storage.vocabulary import DeliveryStatus, Platform
from tests.post_office import (
    NOW,
    TAKE,
    FakeChannel,
    Run,
    add_people,
    add_person,
    add_writer,
    draft,
    fails,
    identity,
    post,
    rows,
)

DISPATCH = Action("派单", "派单 12 {choice}", (Choice("张三", "张三"), Choice("李四", "李四")))


def test_fifteen_hundred_recipients_of_one_card_are_two_calls(
    engine: Engine, run: Run, wecom: FakeChannel
) -> None:
    people = add_people(engine, 1500)
    post(engine, draft(*people, actions=[TAKE]))
    codes = iter(["c1", "c2"])
    wecom.answer = lambda _, __: Sent(response_code=next(codes))
    counts = run()
    assert [len(names) for names, _ in wecom.sent] == [1000, 500]
    assert len(set(wecom.readers)) == 1500
    assert counts["sent"] == 1500
    assert Counter((row.status, row.response_code) for row in rows(engine)) == {
        (DeliveryStatus.SENT, "c1"): 1000,
        (DeliveryStatus.SENT, "c2"): 500,
    }
    assert len({outgoing.task_id for _, outgoing in wecom.sent}) == 2


def test_a_notice_travels_whole_and_the_record_says_how(
    engine: Engine, run: Run, wecom: FakeChannel
) -> None:
    (person,) = add_people(engine, 1)
    post(engine, draft(person, actions=[TAKE]))
    run()
    ((_, outgoing),) = wecom.sent
    assert (outgoing.title, outgoing.text) == ("#12 楼道灯坏了", "请接单")
    assert outgoing.fields == (("地点", "3栋"),)
    assert outgoing.actions == (Action("接单", "接单 12"),)
    (row,) = rows(engine)
    assert (row.channel, row.identity_id, row.sent_at, row.leased_until, row.failure) == (
        Platform.WECOM,
        identity(engine, "w0").id,
        NOW,
        None,
        None,
    )


def test_those_who_prefer_text_get_it_in_a_call_of_their_own(
    engine: Engine, run: Run, wecom: FakeChannel
) -> None:
    with transaction(engine) as session:
        people = [
            add_person(session, wecom=name, prefers_text=name == "w2") for name in ("w1", "w2")
        ]
    post(engine, draft(*people, actions=[TAKE]))
    run()
    assert [(names, outgoing.as_text) for names, outgoing in wecom.sent] == [
        (("w1",), False),
        (("w2",), True),
    ]


def test_different_notices_are_never_one_call(engine: Engine, run: Run, wecom: FakeChannel) -> None:
    (person,) = add_people(engine, 1)
    post(engine, draft(person, title="#1"), draft(person, title="#2"))
    run()
    assert [outgoing.title for _, outgoing in wecom.sent] == ["#1", "#2"]


def test_whom_wecom_does_not_know_is_written_to_in_the_open_window(
    engine: Engine, run: Run, wecom: FakeChannel, official: FakeChannel
) -> None:
    person = add_writer(engine, wecom="W1")
    (other,) = add_people(engine, 1)
    post(engine, draft(person, other))
    wecom.answer = lambda _, __: Sent(failures={"w1": "invaliduser"})
    run()
    first, second = rows(engine)
    assert official.readers == ["o1"]
    assert (first.status, first.channel, first.failure) == (
        DeliveryStatus.SENT,
        Platform.OFFICIAL,
        "wecom invaliduser",
    )
    assert (second.status, second.channel) == (DeliveryStatus.SENT, Platform.WECOM)
    assert identity(engine, "o1").message_sends == 1


@pytest.mark.parametrize("kind", [FailureKind.UNREACHABLE, FailureKind.REFUSED])
def test_whom_nothing_reaches_waits_with_the_reason(
    engine: Engine, run: Run, wecom: FakeChannel, kind: FailureKind
) -> None:
    person = add_writer(engine, wecom="w1", message_sends=5)
    post(engine, draft(person))
    wecom.answer = fails(kind, 60111)
    assert run()["pending"] == 1
    (row,) = rows(engine)
    assert (row.status, row.failure) == (DeliveryStatus.PENDING, "wecom 60111")


def test_somebody_without_an_open_window_waits(engine: Engine, run: Run) -> None:
    with transaction(engine) as session:
        people = [add_person(session, official="o1"), add_person(session)]
    post(engine, draft(*people))
    run()
    assert [(row.status, row.failure) for row in rows(engine)] == [
        (DeliveryStatus.PENDING, "window closed"),
        (DeliveryStatus.PENDING, "no channel"),
    ]


def test_a_closed_short_window_leaves_the_long_one(
    engine: Engine, run: Run, official: FakeChannel
) -> None:
    with transaction(engine) as session:
        person = add_person(session, official="o1", messaged_at=NOW, tapped_at=NOW)
    post(engine, draft(person))
    answers = iter([45047, None])

    def answer(_: Sequence[str], __: Outgoing) -> Sent:
        if code := next(answers):
            raise ApiError(code, "", FailureKind.WINDOW_CLOSED)
        return Sent()

    official.answer = answer
    run()
    found = identity(engine, "o1")
    assert rows(engine)[0].status is DeliveryStatus.SENT
    assert (found.tap_sends, found.message_sends) == (3, 1)


def test_a_window_carries_five_and_the_rest_waits(
    engine: Engine, run: Run, official: FakeChannel
) -> None:
    person = add_writer(engine)
    post(engine, *[draft(person, title=f"#{number}") for number in range(8)])
    run()
    assert [outgoing.title for _, outgoing in official.sent] == ["#0", "#1", "#2", "#3", "#4"]
    assert Counter(row.status for row in rows(engine)) == {
        DeliveryStatus.SENT: 5,
        DeliveryStatus.PENDING: 3,
    }


@pytest.mark.parametrize(
    ("external_id", "expected"),
    [
        pytest.param("o1", ["派单 12 张三", "派单 12 李四", "接单 12"], id="official account"),
        pytest.param("w1", ["派单 12 张三", "派单 12 李四", "接单 12"], id="WeCom as text"),
        pytest.param("w2", None, id="card"),
    ],
)
def test_the_digits_under_a_text_mean_what_it_says(
    engine: Engine, run: Run, external_id: str, expected: list[str] | None
) -> None:
    with transaction(engine) as session:
        people = [
            add_person(session, official="o1", messaged_at=NOW),
            add_person(session, wecom="w1", prefers_text=True),
            add_person(session, wecom="w2"),
        ]
    actions = actions_to_json((DISPATCH, Action("接单", "接单 12")))
    post(engine, draft(*people, actions=actions))
    run()
    row = identity(engine, external_id).id
    with transaction(engine) as session:
        stored = session.get(Conversation, row)
    assert (stored.menu if stored else None) == expected
    if stored:
        assert stored.menu_until == NOW + timedelta(hours=72)
