from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, insert
from structlog.testing import capture_logs

from bot.channels import FailureKind, Outgoing, Sent
from storage.database import transaction
from storage.models import Delivery, Notice
from storage.vocabulary import DeliveryStatus, NoticeKind, Platform
from tests.post_office import (
    NOW,
    TAKE,
    Answer,
    Clock,
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

NOTICE = {
    "id": 7,
    "kind": NoticeKind.OPERATIONS,
    "title": "#1",
    "text": "",
    "fields": [],
    "actions": [TAKE],
}
DELIVERY = {
    "id": 7,
    "notice_id": 7,
    "status": DeliveryStatus.DUE,
    "attempts": 0,
    "is_card_stale": False,
}


def test_a_send_without_an_answer_is_tried_again_later_as_the_same_send(
    engine: Engine, run: Run, wecom: FakeChannel, clock: Clock
) -> None:
    people = add_people(engine, 3)
    post(engine, draft(*people, actions=[TAKE]))
    wecom.answer = fails(FailureKind.RETRY)
    assert run()["retried"] == 3
    assert {row.due_at for row in rows(engine)} == {NOW + timedelta(seconds=10)}
    clock.move(timedelta(seconds=9))
    assert run() == Counter()
    clock.move(timedelta(seconds=1))
    wecom.answer = lambda _, __: Sent(response_code="c1")
    run()
    first, second = wecom.sent
    assert first == second
    assert {row.status for row in rows(engine)} == {DeliveryStatus.SENT}


def test_a_card_that_the_platform_knows_already_arrived_the_first_time(
    engine: Engine, run: Run, wecom: FakeChannel, clock: Clock
) -> None:
    (person,) = add_people(engine, 1)
    post(engine, draft(person, actions=[TAKE]))
    wecom.answer = fails(FailureKind.RETRY)
    run()
    clock.move(timedelta(seconds=10))
    wecom.answer = fails(FailureKind.REFUSED, 42014)
    run()
    assert rows(engine)[0].status is DeliveryStatus.SENT


def test_a_task_id_that_was_used_by_somebody_else_is_no_success(
    engine: Engine, run: Run, wecom: FakeChannel
) -> None:
    (person,) = add_people(engine, 1)
    post(engine, draft(person, actions=[TAKE]))
    wecom.answer = fails(FailureKind.REFUSED, 42014)
    run()
    assert rows(engine)[0].status is DeliveryStatus.PENDING


def test_equal_rows_of_a_database_that_was_set_up_anew_are_another_send(
    engine: Engine, run: Run, wecom: FakeChannel, clock: Clock
) -> None:
    (person,) = add_people(engine, 1)
    for _ in range(2):
        with transaction(engine) as session:
            session.execute(delete(Delivery))
            session.execute(delete(Notice))
            session.execute(insert(Notice).values(**NOTICE, created_at=clock.at))
            session.execute(insert(Delivery).values(**DELIVERY, person_id=person, due_at=clock.at))
        run()
        clock.move(timedelta(days=1))
    first, second = (outgoing.task_id for _, outgoing in wecom.sent)
    assert first.startswith("n7-")
    assert second.startswith("n7-")
    assert first != second


def test_pushing_is_given_up_after_about_a_day(
    engine: Engine, run: Run, wecom: FakeChannel, clock: Clock
) -> None:
    (person,) = add_people(engine, 1)
    post(engine, draft(person))
    wecom.answer = fails(FailureKind.RETRY, -1)
    while rows(engine)[0].status is DeliveryStatus.DUE:
        clock.at = rows(engine)[0].due_at
        run()
    (row,) = rows(engine)
    assert (row.status, row.failure, row.attempts) == (DeliveryStatus.PENDING, "wecom -1", 11)
    assert timedelta(hours=23) < clock.at - NOW < timedelta(hours=25)


def test_a_retry_on_the_official_account_does_not_go_back_to_a_wecom_that_refused(
    engine: Engine, run: Run, wecom: FakeChannel, official: FakeChannel, clock: Clock
) -> None:
    person = add_writer(engine, wecom="w1")
    post(engine, draft(person))
    wecom.answer = fails(FailureKind.UNREACHABLE, 60111)
    official.answer = fails(FailureKind.RETRY, -1)
    run()
    clock.move(timedelta(seconds=10))
    official.answer = lambda _, __: Sent()
    run()
    assert len(wecom.sent) == 1
    assert rows(engine)[0].channel is Platform.OFFICIAL


@pytest.mark.parametrize(
    ("answer", "used"),
    [
        pytest.param(fails(FailureKind.RETRY, -1), 0, id="refused for now"),
        pytest.param(fails(FailureKind.MISCONFIGURED, 48001), 0, id="account"),
        pytest.param(fails(FailureKind.UNREACHABLE, 43004), 0, id="unreachable"),
        pytest.param(fails(FailureKind.RETRY), 1, id="perhaps arrived"),
        pytest.param(fails(FailureKind.WINDOW_CLOSED, 45047), 5, id="platform counts more"),
    ],
)
def test_only_what_the_platform_may_have_counted_uses_up_the_window(
    engine: Engine, run: Run, official: FakeChannel, answer: Answer, used: int
) -> None:
    post(engine, draft(add_writer(engine)))
    official.answer = answer
    run()
    assert identity(engine, "o1").message_sends == used


def test_a_misconfigured_account_is_named_to_the_operator_once_and_left_alone(
    engine: Engine, run: Run, official: FakeChannel
) -> None:
    with transaction(engine) as session:
        people = [add_person(session, official=f"o{n}", messaged_at=NOW) for n in range(30)]
    post(engine, draft(*people))
    official.answer = fails(FailureKind.MISCONFIGURED, 40164)
    with capture_logs() as logs:
        assert run()["retried"] == 30
    assert [(line["log_level"], line["account"], line["code"]) for line in logs] == [
        ("error", "oa", 40164)
    ]
    assert len(official.sent) == 1
    assert {identity(engine, f"o{n}").message_sends for n in range(30)} == {0}


def test_an_account_that_does_not_answer_is_left_alone_until_the_next_run(
    engine: Engine, run: Run, official: FakeChannel, clock: Clock
) -> None:
    with transaction(engine) as session:
        people = [add_person(session, official=f"o{n}", messaged_at=NOW) for n in range(30)]
    post(engine, draft(*people))
    official.answer = fails(FailureKind.RETRY)
    run()
    assert len(official.sent) == 3
    clock.move(timedelta(seconds=10))
    official.answer = lambda _, __: Sent()
    assert run()["sent"] == 30


def test_a_notice_that_breaks_the_channel_does_not_stop_the_others(
    engine: Engine, run: Run, wecom: FakeChannel
) -> None:
    (person,) = add_people(engine, 1)
    post(engine, draft(person, title="bad"), draft(person, title="good"))

    def answer(_: Sequence[str], outgoing: Outgoing) -> Sent:
        if outgoing.title == "bad":
            raise KeyError
        return Sent()

    wecom.answer = answer
    with capture_logs() as logs:
        run()
    assert [row.status for row in rows(engine)] == [DeliveryStatus.DUE, DeliveryStatus.SENT]
    assert [line["event"] for line in logs] == ["notice not sent"]
