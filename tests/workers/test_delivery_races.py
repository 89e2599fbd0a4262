import threading
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.channels import Outgoing, Sent
from storage import notices
from storage.database import transaction
from storage.vocabulary import DeliveryStatus, NoticeKind
from tests.post_office import (
    NOW,
    Clock,
    FakeChannel,
    Run,
    add_order,
    add_people,
    add_person,
    add_writer,
    draft,
    identity,
    in_threads,
    post,
    rows,
    together,
)
from workers.calls import LEASE
from workers.delivery import deliver

NOWHERE = Path("nowhere")


class PowerCutError(BaseException):
    """What no code catches."""


def test_what_a_dead_relay_had_claimed_is_sent_when_its_lease_has_run_out(
    engine: Engine, run: Run, wecom: FakeChannel, clock: Clock
) -> None:
    (person,) = add_people(engine, 1)
    post(engine, draft(person))

    def die(_: Sequence[str], __: Outgoing) -> Sent:
        raise PowerCutError

    wecom.answer = die
    with pytest.raises(PowerCutError):
        run()
    wecom.answer = lambda _, __: Sent()
    clock.move(LEASE - timedelta(seconds=1))
    assert run() == Counter()
    clock.move(timedelta(seconds=1))
    assert run()["sent"] == 1


def test_nothing_is_sent_so_late_that_the_lease_could_run_out(
    engine: Engine, run: Run, official: FakeChannel, clock: Clock
) -> None:
    with transaction(engine) as session:
        people = [add_person(session, official=f"o{n}", messaged_at=NOW) for n in range(6)]
    post(engine, draft(*people))
    claimed_at = clock.at

    def slow(_: Sequence[str], __: Outgoing) -> Sent:
        clock.move(timedelta(seconds=10))
        return Sent()

    official.answer = slow
    counts = run()
    assert counts["released"] == 3
    assert Counter(official.readers) == {f"o{n}": 1 for n in range(6)}
    assert {row.attempts for row in rows(engine)} == {1}
    assert clock.at - claimed_at == timedelta(seconds=60)


def test_no_call_is_begun_that_could_outlast_the_lease(
    engine: Engine, run: Run, wecom: FakeChannel, clock: Clock
) -> None:
    (person,) = add_people(engine, 1)
    post(engine, *[draft(person, title=f"#{number}") for number in range(4)])

    def slow(_: Sequence[str], __: Outgoing) -> Sent:
        clock.move(timedelta(seconds=20))
        return Sent()

    wecom.answer = slow
    assert run()["released"] == 2
    assert [outgoing.title for _, outgoing in wecom.sent] == ["#0", "#1", "#2", "#3"]


def test_two_relays_at_once_send_to_nobody_twice(
    engine: Engine, wecom: FakeChannel, official: FakeChannel
) -> None:
    with transaction(engine) as session:
        people = [
            add_person(session, wecom=f"w{n}")
            if n % 2
            else add_person(session, official=f"o{n}", messaged_at=NOW)
            for n in range(60)
        ]
    post(engine, *[draft(*people[n : n + 6], title=f"#{n}") for n in range(0, 60, 6)])
    together(2, lambda: deliver(engine, {"w": wecom, "o": official}, root=NOWHERE, now=Clock()))
    assert Counter(wecom.readers + official.readers) == {
        **{f"w{n}": 1 for n in range(1, 60, 2)},
        **{f"o{n}": 1 for n in range(0, 60, 2)},
    }
    assert {row.status for row in rows(engine)} == {DeliveryStatus.SENT}


def test_two_relays_at_once_never_overdraw_a_window(
    engine: Engine, wecom: FakeChannel, official: FakeChannel
) -> None:
    person = add_writer(engine)
    for number in range(6):  # one at a time, so that both relays find something to claim
        post(engine, draft(person, title=f"#{number}"))
    start = threading.Barrier(3, timeout=10)

    def feed() -> None:
        start.wait()
        for number in range(6, 12):
            post(engine, draft(person, title=f"#{number}"))

    def relay() -> None:
        start.wait()
        for _ in range(6):
            deliver(engine, {"w": wecom, "o": official}, root=NOWHERE, now=Clock())

    in_threads([feed, relay, relay])
    deliver(engine, {"w": wecom, "o": official}, root=NOWHERE, now=Clock())
    assert len(official.sent) == 5
    assert identity(engine, "o1").message_sends == 5
    assert Counter(row.status for row in rows(engine)) == {
        DeliveryStatus.SENT: 5,
        DeliveryStatus.PENDING: 7,
    }


def test_an_offer_that_is_outdated_before_it_was_sent_is_not_sent(
    engine: Engine, run: Run, wecom: FakeChannel
) -> None:
    (person,) = add_people(engine, 1)
    with transaction(engine) as session:
        order = add_order(session)
    post(engine, draft(person, title="first"), draft(person, order_id=order, title="offer"))

    def take_meanwhile(_: Sequence[str], __: Outgoing) -> Sent:
        with transaction(engine) as session:
            notices.revoke_due(session, order, NoticeKind.ORDER_OFFERED)
        return Sent()

    wecom.answer = take_meanwhile
    run()
    assert [outgoing.title for _, outgoing in wecom.sent] == ["first"]
    assert [(row.status, row.failure) for row in rows(engine)] == [
        (DeliveryStatus.SENT, None),
        (DeliveryStatus.FAILED, "outdated"),
    ]
