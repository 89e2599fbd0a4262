"""What the platform says of template messages ends their deliveries, whichever comes first."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from storage import notices, receipts
from storage.database import transaction
from storage.models import Delivery, Identity, Receipt
from storage.receipts import Settled
from storage.vocabulary import DeliveryStatus, Platform
from tests.post_office import NOW, add_person, draft, post, rows, together

LATER = NOW + timedelta(minutes=3)


def send(engine: Engine, name: str, message_id: str, **values: Any) -> int:  # noqa: ANN401 (columns)
    """Post one notice and record it as a template message; gives the person."""
    with transaction(engine) as session:
        person = add_person(session, official=name)
        identity_id = session.scalars(select(Identity.id).where(Identity.external_id == name)).one()
    post(engine, draft(person))
    sent = {
        "status": DeliveryStatus.SENT,
        "channel": Platform.OFFICIAL,
        "identity_id": identity_id,
        "receipt": message_id,
        "sent_at": NOW,
    }
    with transaction(engine) as session:
        session.execute(update(Delivery).where(Delivery.person_id == person).values(sent | values))
    return person


def tell(engine: Engine, message_id: str, outcome: str, *, app_id: str = "wx") -> None:
    with transaction(engine) as session:
        receipts.add(session, app_id, message_id, outcome, now=LATER)


def settle(engine: Engine) -> Settled:
    with transaction(engine) as session:
        return receipts.settle(session, LATER)


def left(engine: Engine) -> int:
    with transaction(engine) as session:
        return session.execute(select(func.count()).select_from(Receipt)).scalar_one()


def test_success_ends_the_record(engine: Engine) -> None:
    send(engine, "o1", "200")
    tell(engine, "200", "success")

    assert settle(engine) == Settled(arrived=1)

    (row,) = rows(engine)
    assert (row.status, row.receipt, row.failure) == (DeliveryStatus.SENT, None, None)
    assert row.sent_at == NOW
    assert left(engine) == 0


@pytest.mark.parametrize(
    ("outcome", "failure"),
    [
        ("failed:user block", "official failed: user block"),
        ("failed: system failed", "official failed: system failed"),
        ("failed:freq limit", "official failed: freq limit"),
        ("failed", "official failed"),
        ("", "official failed"),
    ],
)
def test_a_failure_waits_for_the_person(engine: Engine, outcome: str, failure: str) -> None:
    person = send(engine, "o1", "200")
    tell(engine, "200", outcome)

    assert settle(engine) == Settled(failed=1)

    (row,) = rows(engine)
    assert (row.status, row.receipt, row.failure) == (DeliveryStatus.PENDING, None, failure)
    assert (row.channel, row.sent_at, row.due_at) == (None, None, LATER)
    with transaction(engine) as session:
        assert [one.delivery_id for one in notices.pending_for(session, person, 9)] == [row.id]
    assert left(engine) == 0


@pytest.mark.parametrize("status", [DeliveryStatus.PENDING, DeliveryStatus.FAILED])
def test_what_was_revoked_meanwhile_stays_so(engine: Engine, status: DeliveryStatus) -> None:
    send(engine, "o1", "200", status=status, failure="outdated")
    tell(engine, "200", "failed:user block")

    settle(engine)

    (row,) = rows(engine)
    assert (row.status, row.receipt, row.failure) == (status, None, "outdated")


def test_a_receipt_before_its_record_waits_for_it(engine: Engine) -> None:
    tell(engine, "200", "failed:user block")
    assert (settle(engine), left(engine)) == (Settled(), 1)

    send(engine, "o1", "200")

    assert (settle(engine), left(engine)) == (Settled(failed=1), 0)


def test_the_same_number_of_another_account_is_another_message(engine: Engine) -> None:
    send(engine, "o1", "200")
    tell(engine, "200", "failed:user block", app_id="wx2")

    assert (settle(engine), left(engine)) == (Settled(), 1)
    assert rows(engine)[0].status is DeliveryStatus.SENT


def test_a_repeat_is_ignored(engine: Engine) -> None:
    send(engine, "o1", "200")
    tell(engine, "200", "success")
    tell(engine, "200", "failed:user block")

    assert settle(engine) == Settled(arrived=1)


def test_a_name_of_any_length_is_kept(engine: Engine) -> None:
    tell(engine, "1" * 90, "failed:" + "x" * 90)
    assert (settle(engine), left(engine)) == (Settled(), 1)


def test_many_are_settled_at_once(engine: Engine) -> None:
    for number in range(6):
        send(engine, f"o{number}", f"{number}")
        tell(engine, f"{number}", "success" if number % 2 else "failed:user block")

    assert settle(engine) == Settled(arrived=3, failed=3)
    assert [row.status is DeliveryStatus.PENDING for row in rows(engine)] == [True, False] * 3
    assert settle(engine) == Settled()


def test_two_that_settle_at_once_have_one_effect(engine: Engine) -> None:
    for number in range(20):
        send(engine, f"o{number}", f"{number}")
        tell(engine, f"{number}", "success")
    outcomes: list[Settled] = []

    together(2, lambda: outcomes.append(settle(engine)))

    assert sum(one.arrived for one in outcomes) + settle(engine).arrived == 20
    assert (left(engine), {row.receipt for row in rows(engine)}) == (0, {None})


def test_what_found_no_delivery_is_forgotten_in_batches(engine: Engine) -> None:
    for number in range(3):
        tell(engine, f"{number}", "success")
    with transaction(engine) as session:
        receipts.add(session, "wx", "young", "success", now=LATER + timedelta(hours=1))
    before = LATER + timedelta(minutes=1)

    with transaction(engine) as session:
        assert receipts.forget(session, before=before, most=2) == 2
        assert receipts.forget(session, before=before, most=2) == 1
        assert receipts.forget(session, before=before, most=2) == 0
    assert left(engine) == 1
