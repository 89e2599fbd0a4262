"""The counted numbers against a count in plain Python, on random histories, for every desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from storage import briefings
from storage.models import Delivery, Notice, Order, OrderEvent, Organisation, Person, Wish
from storage.notices import OUTDATED
from storage.vocabulary import (
    Cost,
    DeliveryStatus,
    NoticeKind,
    OrderAction,
    OrderKind,
    OrderStatus,
    Outcome,
    WishKind,
)
from tests.factories import NOON, World, found

DESKS = {"c1": {"c1", "b1", "b2"}, "b1": {"b1"}, "b2": {"b2"}}
SINCE, UNTIL = NOON - timedelta(hours=24), NOON
PATIENCE = timedelta(hours=10)
LATE = {OrderStatus.SUBMITTED, OrderStatus.DISPATCHED, OrderStatus.TAKEN}
OPEN = LATE | {OrderStatus.NEED_INFO, OrderStatus.DONE}
TOLD = {
    "dispatched": {OrderAction.DISPATCH},
    "taken": {OrderAction.TAKE, OrderAction.JOIN, OrderAction.HANDLE},
    "reopened": {OrderAction.REOPEN},
}
MISSED = {DeliveryStatus.PENDING, DeliveryStatus.FAILED}
hours = st.sampled_from([0, 1, 12, 24, 25, 48])  # at both ends of the span, and around them


@dataclass(frozen=True)
class Placed:
    """An order of a history; times in hours before the moment, promises in hours after it."""

    branch: str
    kind: OrderKind
    status: OrderStatus
    outcome: Outcome
    submitted: int
    closed: int
    promised: int
    is_overdue: bool
    pooled: int | None
    events: list[tuple[OrderAction, int]]

    def has_ended(self, outcome: Outcome) -> bool:
        is_closed = self.status is OrderStatus.CLOSED and self.outcome is outcome
        return is_closed and 0 < self.closed <= 24

    def has_had(self, actions: set[OrderAction]) -> bool:
        return any(action in actions and 0 < ago <= 24 for action, ago in self.events)

    @property
    def is_late(self) -> bool:
        return self.status in LATE and (self.is_overdue or self.promised <= 0)

    @property
    def is_wished(self) -> bool:
        return self.kind is OrderKind.WISH and self.status in OPEN - {OrderStatus.DONE}

    @property
    def is_unclaimed(self) -> bool:
        is_waiting = self.is_wished and self.status is OrderStatus.DISPATCHED
        return is_waiting and self.pooled is not None and self.pooled >= 10


@dataclass(frozen=True)
class News:
    """A notice of a history: whose, about which order, what became of it."""

    home: str | None
    order: int | None
    kind: NoticeKind
    status: DeliveryStatus
    failure: str | None
    written: int

    def is_missed_at(self, desk: set[str], placed: list[Placed]) -> bool:
        about = placed[self.order % len(placed)].branch if self.order is not None and placed else ""
        has_failed = self.status in MISSED or (
            self.status is DeliveryStatus.DUE and self.failure is not None
        )
        return (
            has_failed
            and self.failure != OUTDATED
            and self.kind is NoticeKind.ORDER_DONE
            and 0 < self.written <= 24
            and (self.home in desk or about in desk)
        )


@pytest.fixture
def world(engine: Engine) -> World:
    """Two branches in a community; each example is written and forgotten again."""
    return found(engine)


placed_orders = st.lists(
    st.builds(
        Placed,
        branch=st.sampled_from(sorted(DESKS)),
        kind=st.sampled_from([OrderKind.REPORT, OrderKind.WISH]),
        status=st.sampled_from([*OrderStatus, *4 * [OrderStatus.CLOSED]]),
        outcome=st.sampled_from(Outcome),
        submitted=hours,
        closed=hours,
        promised=st.integers(-3, 3),
        is_overdue=st.booleans(),
        pooled=st.none() | st.integers(8, 12),
        events=st.lists(st.tuples(st.sampled_from(OrderAction), hours), max_size=6),
    ),
    max_size=12,
)
all_news = st.lists(
    st.builds(
        News,
        home=st.none() | st.sampled_from(sorted(DESKS)),
        order=st.none() | st.integers(0, 11),
        kind=st.sampled_from([NoticeKind.ORDER_DONE, NoticeKind.MEDIUM, NoticeKind.BRIEFING]),
        status=st.sampled_from(DeliveryStatus),
        failure=st.sampled_from([None, OUTDATED, "wecom 1"]),
        written=hours,
    ),
    max_size=8,
)


def expected(desk: set[str], placed: list[Placed], news: list[News]) -> dict[str, int]:
    """Count by looking at each order and notice in turn."""
    mine = [one for one in placed if one.branch in desk]
    return {
        "submitted": sum(0 < one.submitted <= 24 for one in mine),
        **{name: sum(one.has_had(actions) for one in mine) for name, actions in TOLD.items()},
        **{outcome.value: sum(one.has_ended(outcome) for one in mine) for outcome in Outcome},
        "waiting": sum(one.status is OrderStatus.DONE for one in mine),
        "overdue": sum(one.is_late for one in mine),
        "wishes": sum(one.is_wished for one in mine),
        "unclaimed": sum(one.is_unclaimed for one in mine),
        "undelivered": sum(one.is_missed_at(desk, placed) for one in news),
    }


@contextmanager
def lived(world: World, placed: list[Placed], news: list[News]) -> Iterator[Session]:
    """Write a history, and forget it afterwards."""
    with Session(world.engine) as session:
        ids = [_place(session, world, one) for one in placed]
        for one in news:
            person = Person(created_at=NOON, home_id=world.organisations.get(one.home or ""))
            notice = Notice(
                kind=one.kind,
                title="news",
                order_id=ids[one.order % len(ids)] if one.order is not None and ids else None,
                created_at=NOON - timedelta(hours=one.written),
            )
            session.add_all([person, notice])
            session.flush()
            copy = Delivery(
                notice_id=notice.id,
                person_id=person.id,
                status=one.status,
                due_at=NOON,
                failure=one.failure,
            )
            session.add(copy)
        session.flush()
        yield session
        session.rollback()


def _place(session: Session, world: World, one: Placed) -> int:
    order = Order(
        kind=one.kind,
        status=one.status,
        outcome=one.outcome if one.status is OrderStatus.CLOSED else None,
        matter="lamp",
        branch_id=world.organisations[one.branch],
        reporter_id=world.people["张三"],
        submitted_at=NOON - timedelta(hours=one.submitted),
        closed_at=(
            NOON - timedelta(hours=one.closed) if one.status is OrderStatus.CLOSED else None
        ),
        promised_at=NOON + timedelta(hours=one.promised),
        overdue_at=NOON - timedelta(hours=1) if one.is_overdue else None,
    )
    session.add(order)
    session.flush()
    if one.kind is OrderKind.WISH:
        pooled_at = None if one.pooled is None else NOON - timedelta(hours=one.pooled)
        wish = Wish(order_id=order.id, kind=WishKind.THING, cost=Cost.NONE, pooled_at=pooled_at)
        session.add(wish)
    session.add_all(
        OrderEvent(order_id=order.id, action=action, at=NOON - timedelta(hours=ago))
        for action, ago in one.events
    )
    return order.id


@given(placed=placed_orders, news=all_news)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_numbers_are_those_of_a_plain_count_for_each_desk(
    world: World, placed: list[Placed], news: list[News]
) -> None:
    with lived(world, placed, news) as session:
        nodes = session.scalars(select(Organisation).where(Organisation.code.in_(DESKS)))
        paths = {node.code: [node.path] for node in nodes}
        desks = {**DESKS, "two branches": {"b1", "b2"}}
        paths["two branches"] = paths["b1"] + paths["b2"]
        counted = {
            desk: dict(
                briefings.count(
                    session,
                    paths[desk],
                    since=SINCE,
                    until=UNTIL,
                    now=NOON,
                    pooled_before=NOON - PATIENCE,
                )
            )
            for desk in desks
        }
        late = {desk: briefings.late(session, paths[desk], now=NOON, most=50) for desk in desks}

    assert counted == {desk: expected(codes, placed, news) for desk, codes in desks.items()}
    assert {desk: len(numbers) for desk, numbers in late.items()} == {
        desk: numbers["overdue"] for desk, numbers in counted.items()
    }


def test_without_a_desk_there_is_nothing_to_count(engine: Engine) -> None:
    with Session(engine) as session:
        assert briefings.late(session, [], now=NOON, most=8) == []
        assert briefings.count_late(session, [], now=NOON) == 0
        assert briefings.troubles(session, [], since=NOON) == []
