"""What holds at every moment of a day, read from the database and from what was pushed."""

from collections import Counter
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.rules.orders import TRANSITIONS, after
from storage.database import transaction
from storage.models import (
    Assignment,
    Delivery,
    InboxMessage,
    Notice,
    Order,
    OrderEvent,
)
from storage.notices import OUTDATED
from storage.vocabulary import AssignmentStatus, DeliveryStatus, InboxStatus, NoticeKind
from storage.vocabulary import OrderAction as Do
from storage.vocabulary import OrderStatus as Is
from tests.end_to_end.day import Day, Push, members
from tests.factories import POLICY

BETWEEN_DIGESTS = timedelta(minutes=15)

TO_RESIDENTS = {
    NoticeKind.ORDER_TAKEN: {Do.TAKE, Do.JOIN, Do.HANDLE},
    NoticeKind.ORDER_CHANGED: {
        Do.RELEASE,
        Do.NO_SHOW,
        Do.COMING,
        Do.RECALL,
        Do.REJECT,
        Do.GIVE_UP,
        Do.OVERDUE,
    },
    NoticeKind.ORDER_DONE: {Do.FINISH},
    NoticeKind.ORDER_QUESTION: {Do.ASK},
    NoticeKind.ORDER_MESSAGE: {Do.MESSAGE},
}
"""Who comes, a changed promise, please confirm, a question, words that wait for an answer."""

HOLDS_WHILE = {
    "接单": {Is.DISPATCHED},
    "不接": {Is.DISPATCHED},
    "再等等": {Is.DISPATCHED},
    "派单": {Is.SUBMITTED, Is.DISPATCHED},
    "自办": {Is.SUBMITTED, Is.DISPATCHED},
    "收回": {Is.DISPATCHED, Is.TAKEN},
    "退单": {Is.DISPATCHED, Is.TAKEN},
    "这就去": {Is.DISPATCHED, Is.TAKEN},
    "完成": {Is.DISPATCHED, Is.TAKEN},
    "确认": {Is.DONE},
    "部分解决": {Is.DONE},
    "补充": {Is.SUBMITTED, Is.NEED_INFO, Is.DISPATCHED, Is.TAKEN, Is.DONE},
    "知道了": {Is.WITHDRAWN},
}
"""In which states a tap does what its label says."""

_STEPS = {action for _, action in TRANSITIONS}


def is_night(at: datetime) -> bool:
    """Say whether members sleep."""
    clock = at.astimezone(POLICY.timezone).time()
    return clock >= time(21) or clock < time(8)


def hold(day: Day, new: list[Push]) -> None:
    """Assert what must hold now, and of what was pushed since the last time."""
    with transaction(day.engine) as session:
        _orders_stand_where_their_steps_lead(session)
        _each_seat_has_one_holder(session)
        steps = _steps(session)
    staff = set(day.world.people.values())
    asleep = members(day)
    for push in new:
        assert not _is_void(push), push
        causes = steps.get((push.order_id, push.written_at), [])
        if push.person_id not in staff:
            assert {action for action, _ in causes} & TO_RESIDENTS.get(push.kind, set()), push
        if push.person_id in asleep and is_night(push.at):
            by_people = {action for action, actor in causes if actor is not None}
            is_answer = (push.reader, push.written_at) in day.spoken
            assert is_answer or by_people, push
            assert push.kind is not NoticeKind.ORDER_OFFERED or Do.DISPATCH in by_people, push


def _is_void(push: Push) -> bool:
    """Say whether what left for a phone was not true any more.

    The words that follow a tap are an answer, true at the moment of the tap.
    """
    if push.kind is NoticeKind.REPLY:
        return False
    if push.kind is NoticeKind.ORDER_OFFERED and not push.is_offered:
        return True
    if push.kind is NoticeKind.ORDER_QUESTION:
        return any(status is not Is.NEED_INFO for _, status in push.taps)
    return any(status not in HOLDS_WHILE.get(word, {status}) for word, status in push.taps)


def nothing_comes_after_newer_news(day: Day) -> None:
    """Assert that what a resident read last about an order is what was written last."""
    last: dict[tuple[int, int | None], Push] = {}
    staff = set(day.world.people.values())
    for push in day.pushes:
        if push.person_id not in staff:
            before = last.get((push.person_id, push.order_id), push)
            assert push.notice_id >= before.notice_id, (before, push)
            last[push.person_id, push.order_id] = push


def _steps(session: Session) -> dict[tuple[int | None, datetime], list[tuple[Do, int | None]]]:
    found: dict[tuple[int | None, datetime], list[tuple[Do, int | None]]] = {}
    rows = session.execute(
        select(OrderEvent.order_id, OrderEvent.at, OrderEvent.action, OrderEvent.actor_id)
    )
    for number, at, action, actor in rows:
        found.setdefault((number, at), []).append((action, actor))
    return found


def _orders_stand_where_their_steps_lead(session: Session) -> None:
    stood = {number: status for number, status in session.execute(select(Order.id, Order.status))}  # noqa: C416 (rows are not pairs to mypy)
    rows = session.execute(select(OrderEvent.order_id, OrderEvent.action).order_by(OrderEvent.id))
    led: dict[int, list[Is]] = {}
    for number, action in rows:
        if action is Do.SUBMIT:
            led[number] = [Is.SUBMITTED]
        elif action is Do.UNDO:
            led[number].append(led[number][-2])
        elif action in _STEPS:
            led[number].append(after(led[number][-1], action))
    assert {number: states[-1] for number, states in led.items()} == stood


def _each_seat_has_one_holder(session: Session) -> None:
    rows = session.execute(
        select(Assignment.order_id, Assignment.seat, Assignment.status, Order.status, Order.seats)
        .join(Order, Order.id == Assignment.order_id)
        .where(Assignment.status.in_([AssignmentStatus.OFFERED, AssignmentStatus.ACCEPTED]))
    )
    taken = Counter[tuple[int, int]]()
    for number, seat, assignment, status, seats in rows:
        if assignment is AssignmentStatus.OFFERED:
            assert status is Is.DISPATCHED, number
        else:
            assert status in {Is.DISPATCHED, Is.TAKEN}, number
            assert seat <= seats, number
            taken[number, seat] += 1
    assert set(taken.values()) <= {1}


def ended_well(day: Day) -> Counter[DeliveryStatus]:
    """Assert how everything that was written ended; gives how often it ended how."""
    with transaction(day.engine) as session:
        ends = Counter[DeliveryStatus]()
        for status, failure in session.execute(select(Delivery.status, Delivery.failure)):
            assert status is not DeliveryStatus.DUE
            assert status is not DeliveryStatus.FAILED or failure == OUTDATED, failure
            ends[status] += 1
        assert not session.scalars(select(Delivery.id).where(Delivery.is_card_stale)).all()
        assert set(session.scalars(select(InboxMessage.status))) == {InboxStatus.ANSWERED}
        told: dict[int, datetime] = {}
        rows = session.execute(
            select(Delivery.person_id, Notice.created_at)
            .join(Notice, Notice.id == Delivery.notice_id)
            .where(Notice.kind == NoticeKind.DIGEST)
            .order_by(Notice.created_at)
        )
        for person, at in rows:
            assert person not in told or at - told[person] >= BETWEEN_DIGESTS
            told[person] = at
        return ends
