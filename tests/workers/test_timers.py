import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from handlers.context import Policy
from handlers.messages import Notice
from storage.database import transaction
from storage.models import Order, Timer
from storage.vocabulary import NoticeKind, OrderStatus, Outcome, TimerKind
from tests.post_office import NOW, Clock, add_order, add_person, rows, together
from workers.timers import HANDLERS, Handler, fire_due

POLICY = Policy(community="近邻社区", timezone=ZoneInfo("Asia/Shanghai"))


class Calls:
    """A handler that remembers the orders it was called for."""

    def __init__(self, *notices: Notice) -> None:
        self.orders: list[int] = []
        self._notices = notices
        self._lock = threading.Lock()

    def __call__(
        self, session: Session, order: Order, now: datetime, policy: Policy
    ) -> list[Notice]:
        assert session.is_active
        assert policy == POLICY
        assert now >= NOW
        with self._lock:
            self.orders.append(order.id)
        return list(self._notices)


def set_timer(engine: Engine, *, version: int = 1, due_at: datetime = NOW) -> int:
    with transaction(engine) as session:
        order = add_order(session)
        session.add(
            Timer(
                kind=TimerKind.CONFIRM_WINDOW,
                order_id=order,
                order_version=version,
                due_at=due_at,
            )
        )
    return order


def timers(engine: Engine) -> list[Timer]:
    with transaction(engine) as session:
        return list(session.scalars(select(Timer).order_by(Timer.id)))


def by(handler: Handler) -> dict[TimerKind, Handler]:
    return {TimerKind.CONFIRM_WINDOW: handler}


def test_every_kind_of_timer_has_a_handler() -> None:
    assert set(HANDLERS) == set(TimerKind)


def test_a_due_timer_fires_once_and_its_notices_are_written(engine: Engine, clock: Clock) -> None:
    with transaction(engine) as session:
        person = add_person(session)
    calls = Calls(Notice(kind=NoticeKind.ORDER_CLOSED, title="#1", recipients=(person,)))
    order = set_timer(engine)
    counts = fire_due(engine, now=clock, policy=POLICY, handlers=by(calls))
    assert counts == {"fired": 1, "notices": 1}
    assert fire_due(engine, now=clock, policy=POLICY, handlers=by(calls)) == {}
    assert calls.orders == [order]
    assert [row.person_id for row in rows(engine)] == [person]
    assert timers(engine)[0].fired_at == NOW


def test_a_timer_that_is_not_due_waits(engine: Engine, clock: Clock) -> None:
    calls = Calls()
    set_timer(engine, due_at=NOW + timedelta(seconds=1))
    assert fire_due(engine, now=clock, policy=POLICY, handlers=by(calls)) == {}
    clock.move(timedelta(seconds=1))
    assert fire_due(engine, now=clock, policy=POLICY, handlers=by(calls))["fired"] == 1


def test_a_timer_whose_order_has_moved_on_does_nothing_ever(engine: Engine, clock: Clock) -> None:
    calls = Calls()
    order = set_timer(engine)
    with transaction(engine) as session:
        session.execute(update(Order).where(Order.id == order).values(version=2))
    assert fire_due(engine, now=clock, policy=POLICY, handlers=by(calls)) == {"moved": 1}
    assert fire_due(engine, now=clock, policy=POLICY, handlers=by(calls)) == {}
    assert calls.orders == []


def test_two_workers_fire_each_timer_once(engine: Engine) -> None:
    calls = Calls()
    placed = sorted(set_timer(engine) for _ in range(20))
    together(2, lambda: fire_due(engine, now=Clock(), policy=POLICY, handlers=by(calls)))
    assert sorted(calls.orders) == placed


def test_more_timers_than_a_batch_are_fired_in_one_run(engine: Engine, clock: Clock) -> None:
    calls = Calls()
    with transaction(engine) as session:
        order = add_order(session)
        session.add_all(
            Timer(kind=TimerKind.CONFIRM_WINDOW, order_id=order, order_version=1, due_at=NOW)
            for _ in range(120)
        )
    assert fire_due(engine, now=clock, policy=POLICY, handlers=by(calls)) == {"fired": 120}


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        pytest.param(ValueError("broken"), timedelta(minutes=10), id="a fault"),
        pytest.param(
            OperationalError("select", {}, Exception("locked")),
            timedelta(seconds=20),
            id="a busy database",
        ),
    ],
)
def test_a_timer_that_fails_is_rolled_back_and_put_off_and_stops_no_other(
    engine: Engine, clock: Clock, error: Exception, pause: timedelta
) -> None:
    bad, good = set_timer(engine), set_timer(engine)
    calls = Calls()

    def handler(session: Session, order: Order, now: datetime, policy: Policy) -> list[Notice]:
        if order.id == bad:
            session.execute(update(Order).where(Order.id == bad).values(matter="half done"))
            raise error
        return calls(session, order, now, policy)

    with capture_logs() as logs:
        counts = fire_due(engine, now=clock, policy=POLICY, handlers=by(handler))
    assert counts == {"fired": 1, "failed": 1}
    assert calls.orders == [good]
    assert [line["timer_id"] for line in logs] == [timers(engine)[0].id]
    failed = timers(engine)[0]
    assert (failed.fired_at, failed.due_at) == (None, NOW + pause)
    with transaction(engine) as session:
        assert session.get_one(Order, bad).matter == "楼道灯坏了"
    clock.move(pause)
    assert fire_due(engine, now=clock, policy=POLICY, handlers=by(calls)) == {"fired": 1}
    assert calls.orders == [good, bad]


def test_silence_in_the_confirm_window_closes_the_order_as_unrated(
    engine: Engine, clock: Clock
) -> None:
    order = set_timer(engine)
    with transaction(engine) as session:
        session.execute(update(Order).where(Order.id == order).values(status=OrderStatus.DONE))
    fire_due(engine, now=clock, policy=POLICY, handlers=HANDLERS)
    with transaction(engine) as session:
        closed = session.get_one(Order, order)
    assert (closed.status, closed.outcome, closed.closed_at) == (
        OrderStatus.CLOSED,
        Outcome.UNRATED,
        NOW,
    )
