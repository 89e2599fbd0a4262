from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, event, select, update

from storage import notices
from storage.database import transaction
from storage.models import Appointment, Delivery, Notice, Person
from storage.notices import OUTDATED, Draft
from storage.vocabulary import DeliveryStatus, NoticeKind, Platform, Role
from tests.post_office import (
    NOW,
    TAKE,
    add_order,
    add_organisation,
    add_person,
    draft,
    identity,
    post,
    rows,
)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*args: Any) -> None:  # noqa: ANN401 (the event's own signature is wide)
        statements.append(args[2])

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def set_all(engine: Engine, **values: object) -> None:
    with transaction(engine) as session:
        session.execute(update(Delivery).values(**values))


def test_notices_are_stored_in_order_with_one_delivery_for_each_recipient(engine: Engine) -> None:
    with transaction(engine) as session:
        people = [add_person(session) for _ in range(3)]
    ids = post(
        engine,
        draft(people[0], people[1], people[0], title="#1"),
        draft(title="#2"),
        draft(people[2], title="#3", actions=[TAKE]),
    )
    with transaction(engine) as session:
        stored = session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [(notice.id, notice.title) for notice in stored] == list(
        zip(ids, ["#1", "#2", "#3"], strict=True)
    )
    assert stored[0].fields == [["地点", "3栋"]]
    assert stored[2].actions == [TAKE]
    assert [(row.notice_id, row.person_id, row.status) for row in rows(engine)] == [
        (ids[0], people[0], DeliveryStatus.DUE),
        (ids[0], people[1], DeliveryStatus.DUE),
        (ids[2], people[2], DeliveryStatus.DUE),
    ]


def test_no_notices_are_no_statement(engine: Engine) -> None:
    with transaction(engine) as session, counted(engine) as statements:
        assert notices.add(session, [], now=NOW) == []
        notices.mark_shown(session, [], NOW, platform=Platform.OFFICIAL)
    assert statements == []


def test_any_number_of_notices_costs_two_statements(engine: Engine) -> None:
    with transaction(engine) as session:
        people = [add_person(session) for _ in range(5)]
    costs = []
    for size in (1, 40):
        with transaction(engine) as session, counted(engine) as statements:
            notices.add(session, [draft(*people)] * size, now=NOW)
        costs.append(len([text for text in statements if text.startswith("INSERT")]))
    assert costs == [2, 2]


def test_a_connection_serves_as_well_as_a_session(engine: Engine) -> None:
    with transaction(engine) as session:
        person = add_person(session)
    with engine.begin() as connection:
        ids = notices.add(connection, [draft(person)], now=NOW)
    assert [row.notice_id for row in rows(engine)] == ids


def test_what_waits_is_read_oldest_first_and_only_for_its_person(engine: Engine) -> None:
    with transaction(engine) as session:
        person, other = add_person(session), add_person(session)
    post(engine, draft(person, other, title="#1"), draft(person, title="#2"), draft(person))
    set_all(engine, status=DeliveryStatus.PENDING)
    with transaction(engine) as session:
        waiting = notices.pending_for(session, person, 2)
    assert [each.title for each in waiting] == ["#1", "#2"]
    assert waiting[0].fields == [["地点", "3栋"]]
    assert waiting[0].created_at == NOW


def test_a_shown_notice_is_sent_and_does_not_wait_any_more(engine: Engine) -> None:
    with transaction(engine) as session:
        person = add_person(session, official="o1")
    post(engine, draft(person), draft(person))
    set_all(engine, status=DeliveryStatus.PENDING)
    first = rows(engine)[0].id
    shown_to = identity(engine, "o1").id
    with transaction(engine) as session:
        notices.mark_shown(session, [first], NOW, platform=Platform.OFFICIAL, identity_id=shown_to)
        left = notices.pending_for(session, person, 5)
    shown = rows(engine)[0]
    assert len(left) == 1
    assert (shown.status, shown.channel, shown.identity_id, shown.sent_at) == (
        DeliveryStatus.SENT,
        Platform.OFFICIAL,
        shown_to,
        NOW,
    )


def test_a_notice_that_was_pushed_meanwhile_is_not_written_down_as_shown(engine: Engine) -> None:
    with transaction(engine) as session:
        person = add_person(session)
    post(engine, draft(person))
    set_all(engine, status=DeliveryStatus.SENT, channel=Platform.WECOM)
    (sent,) = rows(engine)
    with transaction(engine) as session:
        notices.mark_shown(session, [sent.id], NOW, platform=Platform.OFFICIAL)
    assert rows(engine)[0].channel == Platform.WECOM


def test_cards_of_an_order_become_stale_but_not_its_texts_or_what_is_yet_unsent(
    engine: Engine,
) -> None:
    with transaction(engine) as session:
        person, order, other = add_person(session), add_order(session), add_order(session)
    post(engine, *[draft(person, order_id=order)] * 4, draft(person, order_id=other))
    card, text, unsent, flying, foreign = rows(engine)
    with transaction(engine) as session:
        for row, values in (
            (card, {"status": DeliveryStatus.SENT, "response_code": "c1"}),
            (text, {"status": DeliveryStatus.SENT}),
            (flying, {"leased_until": NOW}),
            (foreign, {"status": DeliveryStatus.SENT, "response_code": "c2"}),
        ):
            session.execute(update(Delivery).where(Delivery.id == row.id).values(**values))
    with transaction(engine) as session:
        notices.mark_stale(session, order)
    stale = {row.id for row in rows(engine) if row.is_card_stale}
    assert stale == {card.id, flying.id}
    assert unsent.id not in stale


def test_outdated_notices_are_revoked_by_kind_unless_they_were_seen(engine: Engine) -> None:
    with transaction(engine) as session:
        order = add_order(session)
        people = [add_person(session) for _ in range(3)]
    post(
        engine,
        draft(*people, order_id=order),
        draft(people[0], order_id=order, kind=NoticeKind.ORDER_TAKEN),
    )
    due, pending, sent, other = rows(engine)
    with transaction(engine) as session:
        for row, status in ((pending, DeliveryStatus.PENDING), (sent, DeliveryStatus.SENT)):
            session.execute(update(Delivery).where(Delivery.id == row.id).values(status=status))
    with transaction(engine) as session:
        notices.revoke_due(session, order, NoticeKind.ORDER_OFFERED)
    after = {row.id: (row.status, row.failure) for row in rows(engine)}
    assert after == {
        due.id: (DeliveryStatus.FAILED, OUTDATED),
        pending.id: (DeliveryStatus.FAILED, OUTDATED),
        sent.id: (DeliveryStatus.SENT, None),
        other.id: (DeliveryStatus.DUE, None),
    }


def test_undelivered_names_people_and_orders_of_the_subtree_newest_first(engine: Engine) -> None:
    with transaction(engine) as session:
        top = add_organisation(session)
        below = add_organisation(session, parent=top)
        elsewhere = add_organisation(session)
        member = add_person(session, name="张三")
        session.add(
            Appointment(
                person_id=member,
                organisation_id=below.id,
                role=Role.MEMBER,
                starts_on=date(2026, 1, 1),
            )
        )
        neighbour, stranger = add_person(session, name="李四"), add_person(session, name="王五")
        session.execute(update(Person).where(Person.id == neighbour).values(home_id=below.id))
        session.execute(update(Person).where(Person.id == stranger).values(home_id=elsewhere.id))
        order = add_order(session, branch=top)
        prefix = top.path
    post(
        engine,
        draft(member, title="#1"),
        draft(neighbour, title="#2"),
        draft(stranger, title="#3"),
        draft(stranger, title="#4", order_id=order),
    )
    set_all(engine, status=DeliveryStatus.PENDING, failure="window closed")
    with transaction(engine) as session:
        found = notices.undelivered(session, prefix, 10)
        newest = notices.undelivered(session, prefix, 1)
    assert [(each.person_name, each.title, each.order_id) for each in found] == [
        ("王五", "#4", order),
        ("李四", "#2", None),
        ("张三", "#1", None),
    ]
    assert [each.title for each in newest] == ["#4"]
    assert found[0].failure == "window closed"
    assert found[0].created_at == NOW


def test_undelivered_leaves_out_what_is_due_sent_or_outdated(engine: Engine) -> None:
    with transaction(engine) as session:
        top = add_organisation(session)
        order = add_order(session, branch=top)
        person = add_person(session)
        prefix = top.path
    post(engine, *[draft(person, order_id=order)] * 4)
    due, sent, outdated, failed = rows(engine)
    with transaction(engine) as session:
        for row, status, failure in (
            (sent, DeliveryStatus.SENT, None),
            (outdated, DeliveryStatus.FAILED, OUTDATED),
            (failed, DeliveryStatus.FAILED, None),
        ):
            session.execute(
                update(Delivery).where(Delivery.id == row.id).values(status=status, failure=failure)
            )
    with transaction(engine) as session:
        found = notices.undelivered(session, prefix, 10)
    assert [each.delivery_id for each in found] == [failed.id]
    assert due.status is DeliveryStatus.DUE


def test_a_draft_without_recipients_is_kept_as_a_notice(engine: Engine) -> None:
    ids = post(engine, Draft(kind=NoticeKind.OPERATIONS, title="#1"), now=NOW + timedelta(days=1))
    assert len(ids) == 1
    assert rows(engine) == []
