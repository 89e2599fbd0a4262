from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

from bot.channels import ApiError, FailureKind, Outgoing, Sent
from handlers.services import views
from storage import notices
from storage.database import transaction
from storage.vocabulary import NoticeKind
from tests.post_office import (
    TAKE,
    Clock,
    FakeChannel,
    Run,
    add_order,
    add_people,
    draft,
    post,
    rows,
    together,
)
from workers.cards import renew
from workers.delivery import accounts_of


def send_cards(engine: Engine, run: Run, wecom: FakeChannel, *, readers: int = 3) -> int:
    """Send one card of an order to several people; gives the order, which then moves on."""
    with transaction(engine) as session:
        order = add_order(session)
    post(engine, draft(*add_people(engine, readers), order_id=order, actions=[TAKE]))
    wecom.answer = lambda _, __: Sent(response_code="c1")
    run()
    with transaction(engine) as session:
        notices.mark_stale(session, order)
    return order


def refuse(kind: FailureKind, code: int | None = None) -> None:
    raise ApiError(code, "said no", kind)


def test_one_call_names_all_who_were_sent_the_card_and_says_what_is_true(
    engine: Engine, run: Run, wecom: FakeChannel, clock: Clock
) -> None:
    order = send_cards(engine, run, wecom, readers=1000)
    counts = renew(engine, accounts_of({"wecom": wecom}), now=clock)
    ((readers, code, note),) = wecom.updates
    with transaction(engine) as session:
        truth = views.card_note(session, order)
    assert set(readers) == {f"w{number}" for number in range(1000)}
    assert (code, note) == ("c1", truth)
    assert counts == {"cards_renewed": 1}
    assert {(row.is_card_stale, row.response_code) for row in rows(engine)} == {(False, None)}


def test_a_code_is_used_once(engine: Engine, run: Run, wecom: FakeChannel, clock: Clock) -> None:
    order = send_cards(engine, run, wecom)
    renew(engine, accounts_of({"wecom": wecom}), now=clock)
    with transaction(engine) as session:
        notices.mark_stale(session, order)
    assert renew(engine, accounts_of({"wecom": wecom}), now=clock) == {}
    assert len(wecom.updates) == 1


@pytest.mark.parametrize(
    "kind", [FailureKind.REFUSED, FailureKind.UNREACHABLE, FailureKind.WINDOW_CLOSED]
)
def test_a_refusal_is_final(
    engine: Engine, run: Run, wecom: FakeChannel, clock: Clock, kind: FailureKind
) -> None:
    send_cards(engine, run, wecom)
    wecom.update = lambda _: refuse(kind, 40058)
    renew(engine, accounts_of({"wecom": wecom}), now=clock)
    clock.move(timedelta(minutes=1))
    assert renew(engine, accounts_of({"wecom": wecom}), now=clock) == {}


@pytest.mark.parametrize("kind", [FailureKind.RETRY, FailureKind.MISCONFIGURED])
def test_a_card_that_was_not_reached_comes_again_until_its_code_is_too_old(
    engine: Engine, run: Run, wecom: FakeChannel, clock: Clock, kind: FailureKind
) -> None:
    send_cards(engine, run, wecom)
    wecom.update = lambda _: refuse(kind)
    accounts = accounts_of({"wecom": wecom})
    with capture_logs() as logs:
        assert renew(engine, accounts, now=clock) == {"cards_put_off": 1}
    assert [line["account"] for line in logs] == ["wecom"] * (kind is FailureKind.MISCONFIGURED)
    assert renew(engine, accounts, now=clock) == {}
    clock.move(timedelta(minutes=1))
    assert renew(engine, accounts, now=clock) == {"cards_put_off": 1}
    clock.move(timedelta(hours=72))
    assert renew(engine, accounts, now=clock) == {"cards_expired": 1}
    assert len(wecom.updates) == 2


def test_two_workers_renew_each_card_once(
    engine: Engine, run: Run, wecom: FakeChannel, clock: Clock
) -> None:
    people = add_people(engine, 2)
    with transaction(engine) as session:
        placed = [add_order(session) for _ in range(20)]
    post(engine, *[draft(*people, order_id=order, actions=[TAKE]) for order in placed])
    codes = [f"c{number}" for number in range(20)]
    unused = iter(codes)
    wecom.answer = lambda _, __: Sent(response_code=next(unused))
    run()
    clock.move(timedelta(minutes=1))  # a member gets 15 a minute at most
    run()
    with transaction(engine) as session:
        for order in placed:
            notices.mark_stale(session, order)
    accounts = accounts_of({"wecom": wecom})
    together(2, lambda: renew(engine, accounts, now=clock))
    assert sorted(code for _, code, _ in wecom.updates) == sorted(codes)


def test_a_card_whose_order_moves_on_while_it_is_sent_is_renewed(
    engine: Engine, run: Run, wecom: FakeChannel, clock: Clock
) -> None:
    with transaction(engine) as session:
        order = add_order(session)
    post(engine, draft(*add_people(engine, 2), order_id=order, actions=[TAKE]))

    def take_meanwhile(_: Sequence[str], __: Outgoing) -> Sent:
        with transaction(engine) as session:
            notices.mark_stale(session, order)
            notices.revoke_due(session, order, NoticeKind.ORDER_OFFERED)
        return Sent(response_code="c1")

    wecom.answer = take_meanwhile
    run()
    renew(engine, accounts_of({"wecom": wecom}), now=clock)
    assert [readers for readers, _, _ in wecom.updates] == [("w0", "w1")]
