"""Tells gathered news, one notice a person, and streets their morning list; the relay delivers."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog
from redis.exceptions import RedisError
from sqlalchemy import Engine

from bot import queue
from bot.runtime import current
from handlers.context import Policy
from handlers.services import digests, streets
from workers.transactions import transact

log = structlog.stdlib.get_logger(__name__)


def tell() -> None:
    """Write the digests and morning lists that are due, and have the relay asked for."""
    runtime = current()
    count = transact(runtime.engine, lambda session: digests.tell(session, now=runtime.now()))
    count += tell_streets(runtime.engine, now=runtime.now, policy=runtime.settings.policy)
    if count:
        try:
            queue.ask_for_relay(runtime.redis)
        except RedisError as error:
            log.warning("relay not asked for, its tick will come", error=type(error).__name__)
    log.info("digests told", notices=count)


def tell_streets(engine: Engine, *, now: Callable[[], datetime], policy: Policy) -> int:
    """Write the morning lists in chunks of people, each in its transaction; gives how many."""
    count = 0
    while True:
        people, written = transact(engine, partial(streets.tell, now=now(), policy=policy))
        if not people:
            return count
        count += written
