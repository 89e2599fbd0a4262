"""Tells gathered news, one notice a person; the relay delivers it."""

import structlog
from redis.exceptions import RedisError

from bot import queue
from bot.runtime import current
from handlers.services import digests
from workers.transactions import transact

log = structlog.stdlib.get_logger(__name__)


def tell() -> None:
    """Write the digests that are due, and have the relay asked for."""
    runtime = current()
    count = transact(runtime.engine, lambda session: digests.tell(session, now=runtime.now()))
    if count:
        try:
            queue.ask_for_relay(runtime.redis)
        except RedisError as error:
            log.warning("relay not asked for, its tick will come", error=type(error).__name__)
    log.info("digests told", notices=count)
