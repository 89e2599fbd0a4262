from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from storage import choices, deliveries, notices, windows
from storage.choices import Menu
from storage.database import transaction
from storage.deliveries import Claimed, Result
from storage.models import Conversation, Delivery, Identity
from storage.vocabulary import DeliveryStatus, NoticeKind, Platform
from storage.windows import Reservation
from tests.post_office import NOW, TAKE, add_order, add_person, draft, identity, post, rows

LEASE = timedelta(seconds=60)


def claim(engine: Engine, *, at: datetime = NOW, limit: int = 100) -> list[Claimed]:
    with transaction(engine) as session:
        return deliveries.claim_due(session, now=at, limit=limit, lease=LEASE)


def record(engine: Engine, *results: Result, at: datetime = NOW) -> None:
    with transaction(engine) as session:
        deliveries.record(session, results, now=at, lease=NOW + LEASE)


@pytest.fixture
def person(engine: Engine) -> int:
    with transaction(engine) as session:
        return add_person(session, wecom="w1", official="o1", messaged_at=NOW, prefers_text=True)


def test_a_claim_brings_content_and_every_address_of_the_recipient(
    engine: Engine, person: int
) -> None:
    (notice_id,) = post(engine, draft(person, actions=[TAKE]))
    (claimed,) = claim(engine)
    assert claimed.content.notice_id == notice_id
    assert claimed.content.actions == [TAKE]
    assert claimed.content.created_at == NOW
    assert [(each.platform, each.external_id) for each in claimed.addresses] == [
        (Platform.WECOM, "w1"),
        (Platform.OFFICIAL, "o1"),
    ]
    assert claimed.addresses[1].messaged_at == NOW
    assert (claimed.attempts, claimed.prefers_text) == (1, True)


def test_a_claim_takes_the_oldest_first_and_no_more_than_its_limit(
    engine: Engine, person: int
) -> None:
    post(engine, draft(person, title="young"), now=NOW + timedelta(seconds=1))
    post(engine, draft(person, title="old"))
    later = NOW + timedelta(seconds=1)
    assert [each.content.title for each in claim(engine, at=later, limit=1)] == ["old"]
    assert [each.content.title for each in claim(engine, at=later)] == ["young"]


def test_what_is_not_due_yet_is_not_claimed(engine: Engine, person: int) -> None:
    post(engine, draft(person), now=NOW + timedelta(seconds=1))
    assert claim(engine) == []


def test_a_lease_keeps_others_away_until_it_runs_out(engine: Engine, person: int) -> None:
    post(engine, draft(person))
    assert len(claim(engine)) == 1
    assert claim(engine, at=NOW + LEASE - timedelta(seconds=1)) == []
    (again,) = claim(engine, at=NOW + LEASE)
    assert again.attempts == 2


def test_a_released_delivery_is_free_and_its_claim_was_no_attempt(
    engine: Engine, person: int
) -> None:
    post(engine, draft(person))
    (claimed,) = claim(engine)
    with transaction(engine) as session:
        deliveries.release(session, [claimed.delivery_id], lease=NOW + LEASE)
    (again,) = claim(engine)
    assert again.attempts == 1


def test_a_retry_is_due_again_with_where_it_stood(engine: Engine, person: int) -> None:
    post(engine, draft(person))
    (claimed,) = claim(engine)
    where = claimed.addresses[0].identity_id
    later = NOW + timedelta(seconds=10)
    record(
        engine,
        Result(
            delivery_id=claimed.delivery_id,
            status=DeliveryStatus.DUE,
            due_at=later,
            channel=Platform.WECOM,
            identity_id=where,
            failure="wecom no answer",
        ),
    )
    assert claim(engine) == []
    (again,) = claim(engine, at=later)
    assert (again.identity_id, again.failure) == (where, "wecom no answer")


def test_whoever_lost_the_claim_does_not_undo_what_came_after(engine: Engine, person: int) -> None:
    post(engine, draft(person))
    (claimed,) = claim(engine)
    (again,) = claim(engine, at=NOW + LEASE)
    record(
        engine, Result(delivery_id=claimed.delivery_id, status=DeliveryStatus.PENDING, due_at=NOW)
    )
    assert rows(engine)[0].status is DeliveryStatus.DUE
    with transaction(engine) as session:
        assert deliveries.still_mine(session, [again.delivery_id], lease=NOW + LEASE + LEASE) == {
            again.delivery_id
        }
        assert deliveries.still_mine(session, [again.delivery_id], lease=NOW + LEASE) == set()


def test_a_card_that_was_revoked_while_it_was_sent_is_sent_and_stale(
    engine: Engine, person: int
) -> None:
    with transaction(engine) as session:
        order = add_order(session)
    post(engine, draft(person, order_id=order))
    (claimed,) = claim(engine)
    with transaction(engine) as session:
        notices.revoke_due(session, order, NoticeKind.ORDER_OFFERED)
        assert deliveries.still_mine(session, [claimed.delivery_id], lease=NOW + LEASE) == set()
    record(
        engine,
        Result(
            delivery_id=claimed.delivery_id,
            status=DeliveryStatus.SENT,
            due_at=NOW,
            channel=Platform.WECOM,
            identity_id=claimed.addresses[0].identity_id,
            response_code="c1",
        ),
    )
    (row,) = rows(engine)
    assert (row.status, row.is_card_stale, row.response_code) == (DeliveryStatus.SENT, True, "c1")


def test_a_revoked_delivery_is_not_brought_back_by_a_retry(engine: Engine, person: int) -> None:
    with transaction(engine) as session:
        order = add_order(session)
    post(engine, draft(person, order_id=order))
    (claimed,) = claim(engine)
    with transaction(engine) as session:
        notices.revoke_due(session, order, NoticeKind.ORDER_OFFERED)
    record(engine, Result(delivery_id=claimed.delivery_id, status=DeliveryStatus.DUE, due_at=NOW))
    assert rows(engine)[0].status is DeliveryStatus.FAILED


def test_a_text_never_becomes_a_stale_card(engine: Engine, person: int) -> None:
    with transaction(engine) as session:
        order = add_order(session)
    post(engine, draft(person, order_id=order))
    (claimed,) = claim(engine)
    with transaction(engine) as session:
        notices.mark_stale(session, order)
    record(engine, Result(delivery_id=claimed.delivery_id, status=DeliveryStatus.SENT, due_at=NOW))
    assert rows(engine)[0].is_card_stale is False


def test_reasons_are_cut_to_their_column(engine: Engine, person: int) -> None:
    post(engine, draft(person))
    (claimed,) = claim(engine)
    record(
        engine,
        Result(
            delivery_id=claimed.delivery_id,
            status=DeliveryStatus.PENDING,
            due_at=NOW,
            failure="x" * 300,
        ),
    )
    assert rows(engine)[0].failure == "x" * 200


@pytest.mark.parametrize("is_tap", [True, False], ids=["tap", "message"])
def test_a_window_gives_its_quota_and_no_more(engine: Engine, *, is_tap: bool) -> None:
    with transaction(engine) as session:
        add_person(session, official="o1", messaged_at=NOW, tapped_at=NOW)
    row = identity(engine, "o1").id
    taken = []
    for _ in range(4):
        with transaction(engine) as session:
            taken += windows.reserve(
                session, [row], is_tap=is_tap, quota=3, opened_after=NOW - LEASE
            )
    assert [each.opened_at for each in taken] == [NOW, NOW, NOW]
    with transaction(engine) as session:
        windows.refund(session, taken[0])
        again = windows.reserve(session, [row], is_tap=is_tap, quota=3, opened_after=NOW - LEASE)
    assert again == taken[:1]


def test_a_closed_window_gives_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        add_person(session, official="o1", messaged_at=NOW)
    row = identity(engine, "o1").id
    with transaction(engine) as session:
        assert windows.reserve(session, [row], is_tap=False, quota=5, opened_after=NOW) == []
        assert windows.reserve(session, [row], is_tap=True, quota=3, opened_after=NOW - LEASE) == []


def test_a_window_that_opened_anew_keeps_its_own_count(engine: Engine) -> None:
    with transaction(engine) as session:
        add_person(session, official="o1", messaged_at=NOW)
    row = identity(engine, "o1").id
    with transaction(engine) as session:
        old = windows.reserve(session, [row], is_tap=False, quota=5, opened_after=NOW - LEASE)[0]
        session.execute(
            update(Identity).values(messaged_at=NOW + timedelta(seconds=1), message_sends=1)
        )
    with transaction(engine) as session:
        windows.refund(session, old)
        windows.exhaust(session, old, quota=5)
    assert identity(engine, "o1").message_sends == 1


def test_an_exhausted_window_gives_nothing_more(engine: Engine) -> None:
    with transaction(engine) as session:
        add_person(session, official="o1", messaged_at=NOW)
    row = identity(engine, "o1").id
    with transaction(engine) as session:
        one = windows.reserve(session, [row], is_tap=False, quota=5, opened_after=NOW - LEASE)[0]
        windows.exhaust(session, one, quota=5)
        assert (
            windows.reserve(session, [row], is_tap=False, quota=5, opened_after=NOW - LEASE) == []
        )


@pytest.mark.parametrize(
    "give_back", [windows.refund, partial(windows.exhaust, quota=3)], ids=["refund", "exhaust"]
)
def test_what_goes_through_the_short_window_counts_in_the_long_one(
    engine: Engine, give_back: Callable[[Session, Reservation], None]
) -> None:
    with transaction(engine) as session:
        add_person(session, official="o1", messaged_at=NOW, tapped_at=NOW)
    row = identity(engine, "o1").id
    for _ in range(2):
        with transaction(engine) as session:
            (taken,) = windows.reserve(
                session, [row], is_tap=True, quota=3, opened_after=NOW - LEASE
            )
    assert identity(engine, "o1").message_sends == 2
    with transaction(engine) as session:
        give_back(session, taken)
    assert identity(engine, "o1").message_sends == 1


def offer(engine: Engine, *menus: Menu) -> None:
    with transaction(engine) as session:
        choices.offer_menus(
            session,
            menus,
            until=NOW + timedelta(hours=72),
            quiet_since=NOW - timedelta(minutes=10),
        )


@pytest.mark.parametrize(
    ("name", "asked_at", "expected"),
    [
        pytest.param(None, None, ["接单 12"], id="nothing runs"),
        pytest.param("report", NOW - timedelta(minutes=9), ["取消"], id="a question waits"),
        pytest.param("report", NOW - timedelta(minutes=10), ["接单 12"], id="a question lapsed"),
    ],
)
def test_digits_are_offered_unless_a_question_waits(
    engine: Engine, name: str | None, asked_at: datetime | None, expected: list[str]
) -> None:
    with transaction(engine) as session:
        add_person(session, official="o1")
    row = identity(engine, "o1").id
    with transaction(engine) as session:
        session.add(
            Conversation(
                identity_id=row, name=name, asked_at=asked_at, menu=["取消"], menu_until=NOW
            )
        )
    offer(engine, Menu(identity_id=row, commands=["接单 12"]))
    with transaction(engine) as session:
        assert session.get_one(Conversation, row).menu == expected


def test_digits_of_somebody_who_never_wrote_are_kept_and_the_last_list_counts(
    engine: Engine,
) -> None:
    with transaction(engine) as session:
        add_person(session, wecom="w1")
    row = identity(engine, "w1").id
    offer(engine, Menu(identity_id=row, commands=["a"]), Menu(identity_id=row, commands=["b"]))
    with transaction(engine) as session:
        stored = session.get_one(Conversation, row)
    assert (stored.menu, stored.menu_until) == (["b"], NOW + timedelta(hours=72))
    assert (stored.name, stored.answers, stored.asked_at) == (None, {}, None)


def test_a_stale_card_is_claimed_once_with_all_its_readers(engine: Engine) -> None:
    with transaction(engine) as session:
        order = add_order(session)
        people = [add_person(session, wecom=f"w{number}") for number in range(3)]
    post(engine, draft(*people, order_id=order))
    names = {f"w{number}": identity(engine, f"w{number}").id for number in range(3)}
    sent = rows(engine)
    with transaction(engine) as session:
        for row, (name, identity_id) in zip(sent, names.items(), strict=True):
            session.execute(
                update(Delivery)
                .where(Delivery.id == row.id)
                .values(
                    status=DeliveryStatus.SENT,
                    identity_id=identity_id,
                    response_code="c1" if name != "w2" else "c2",
                    sent_at=NOW,
                )
            )
    with transaction(engine) as session:
        assert choices.claim_stale(session, now=NOW, limit=10, lease=LEASE) == []
        notices.mark_stale(session, order)
    with transaction(engine) as session:
        found = choices.claim_stale(session, now=NOW, limit=10, lease=LEASE)
        assert choices.claim_stale(session, now=NOW, limit=10, lease=LEASE) == []
    assert [(card.response_code, card.external_ids, card.order_id) for card in found] == [
        ("c1", ("w0", "w1"), order),
        ("c2", ("w2",), order),
    ]
    with transaction(engine) as session:
        choices.clear_stale(session, "c1")
        left = choices.claim_stale(session, now=NOW + LEASE, limit=10, lease=LEASE)
    assert [card.response_code for card in left] == ["c2"]
