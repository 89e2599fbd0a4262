"""Fires due timers: each once, however many workers look, and only if its order has not moved on.

A timer whose handler fails stays unfired and is put off, so that each failing one costs a try in
ten minutes and never the others' turn. It is not given up: somebody waits for what it does.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

import structlog
from redis.exceptions import RedisError
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot import queue
from bot.runtime import current
from handlers.context import Policy
from handlers.messages import Notice
from handlers.services import (
    clocks,
    endings,
    leavings,
    notices,
    pool,
    questions,
    sightings,
    waves,
    withdrawals,
)
from storage.database import transaction
from storage.models import Order, Timer
from storage.vocabulary import TimerKind
from workers.transactions import transact

log = structlog.stdlib.get_logger(__name__)

Handler = Callable[[Session, Order, datetime, Policy], list[Notice]]

_BATCH = 100
_PUT_OFF = timedelta(minutes=10)
_PUT_OFF_BUSY = timedelta(seconds=20)  # a lock or a database that was away: soon again


def _confirm_window(session: Session, order: Order, now: datetime, policy: Policy) -> list[Notice]:
    return endings.lapse(session, order.id, order.version, now=now, policy=policy)


def _info_window(session: Session, order: Order, now: datetime, policy: Policy) -> list[Notice]:
    del policy
    return questions.give_up(session, order.id, order.version, now=now)


def _withdrawal_seen(session: Session, order: Order, now: datetime, policy: Policy) -> list[Notice]:
    return withdrawals.tell_of_silence(session, order.id, now=now, policy=policy)


def _sighting(session: Session, order: Order, now: datetime, policy: Policy) -> list[Notice]:
    return sightings.pass_over(session, order.id, now=now, policy=policy)


def _reoffer(session: Session, order: Order, now: datetime, policy: Policy) -> list[Notice]:
    return leavings.ask_others(session, order.id, now=now, policy=policy)


def _wave(session: Session, order: Order, now: datetime, policy: Policy) -> list[Notice]:
    return waves.widen(session, order.id, order.version, now=now, policy=policy)


def _named_offer(session: Session, order: Order, now: datetime, policy: Policy) -> list[Notice]:
    return waves.remind(session, order.id, order.version, now=now, policy=policy)


def _unclaimed(session: Session, order: Order, now: datetime, policy: Policy) -> list[Notice]:
    return pool.look_after(session, order.id, order.version, now=now, policy=policy)


def _clock(session: Session, order: Order, now: datetime, policy: Policy) -> list[Notice]:
    return clocks.strike(session, order.id, order.version, now=now, policy=policy)


HANDLERS: Mapping[TimerKind, Handler] = MappingProxyType(
    {
        TimerKind.CONFIRM_WINDOW: _confirm_window,
        TimerKind.INFO_WINDOW: _info_window,
        TimerKind.WITHDRAWAL_SEEN: _withdrawal_seen,
        TimerKind.SIGHTING: _sighting,
        TimerKind.REOFFER: _reoffer,
        TimerKind.WAVE: _wave,
        TimerKind.NAMED_OFFER: _named_offer,
        TimerKind.CLOCK: _clock,
        TimerKind.UNCLAIMED: _unclaimed,
    }
)
"""What each kind of timer does; the notices it gives are stored in its transaction."""


def fire() -> None:
    """Do what is due, and have the relay asked for if that wrote notices."""
    runtime = current()
    counts = fire_due(
        runtime.engine, now=runtime.now, policy=runtime.settings.policy, handlers=HANDLERS
    )
    if counts["notices"]:
        try:
            queue.ask_for_relay(runtime.redis)
        except RedisError as error:
            log.warning("relay not asked for, its tick will come", error=type(error).__name__)
    log.info("timers fired", **counts)


def fire_due(
    engine: Engine,
    *,
    now: Callable[[], datetime],
    policy: Policy,
    handlers: Mapping[TimerKind, Handler],
) -> Counter[str]:
    """Fire every timer that is due, each in a transaction of its own.

    Gives how many were ``fired``, found their order ``moved`` on, or ``failed`` and were put off,
    and how many ``notices`` were written.
    """
    counts: Counter[str] = Counter()
    seen: set[int] = set()
    while ids := [each for each in transact(engine, lambda s: _due(s, now())) if each not in seen]:
        for timer_id in ids:
            seen.add(timer_id)
            try:
                with transaction(engine) as session:
                    counts += _fire_one(session, timer_id, now(), policy, handlers)
            except OperationalError as error:
                log.warning("timer put off", timer_id=timer_id, error=type(error).__name__)
                counts["failed"] += 1
                _put_off(engine, timer_id, now() + _PUT_OFF_BUSY)
            except Exception:  # the edge of one timer: the others must still fire
                log.exception("timer failed", timer_id=timer_id)
                counts["failed"] += 1
                _put_off(engine, timer_id, now() + _PUT_OFF)
    return counts


def _due(session: Session, now: datetime) -> list[int]:
    statement = (
        select(Timer.id)
        .where(Timer.fired_at.is_(None), Timer.due_at <= now)
        .order_by(Timer.due_at, Timer.id)
        .limit(_BATCH)
    )
    return list(session.execute(statement).scalars())


def _fire_one(
    session: Session,
    timer_id: int,
    now: datetime,
    policy: Policy,
    handlers: Mapping[TimerKind, Handler],
) -> Counter[str]:
    """Fire one timer, unless another worker has it."""
    free = (
        select(Timer.id)
        .where(Timer.id == timer_id, Timer.fired_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    claim = (
        update(Timer)
        .where(Timer.id.in_(free), Timer.fired_at.is_(None))
        .values(fired_at=now)
        .returning(Timer.kind, Timer.order_id, Timer.order_version)
        .execution_options(synchronize_session=False)
    )
    won = session.execute(claim).one_or_none()
    if won is None:
        return Counter()
    kind, order_id, version = won
    order = session.get_one(Order, order_id)
    if order.version != version:
        return Counter(moved=1)
    written = handlers[kind](session, order, now, policy)
    notices.post(session, written, now=now)
    return Counter(fired=1) + Counter(notices=len(written))


def _put_off(engine: Engine, timer_id: int, due_at: datetime) -> None:
    statement = (
        update(Timer).where(Timer.id == timer_id, Timer.fired_at.is_(None)).values(due_at=due_at)
    )
    transact(engine, lambda session: session.execute(statement))
