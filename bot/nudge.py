"""The nudge thread: tells the workers through Redis that there is something to deliver.

It only makes things quicker. Whatever happens to Redis, the scheduler's next tick finds the rows.
"""

import threading

import structlog
from redis import Redis
from redis.exceptions import RedisError

from bot import queue
from handlers.messages import Nudge

_STOP_SECONDS = 2.0

log = structlog.stdlib.get_logger(__name__)


class NudgeThread:
    """Stands between turns and Redis, so that a turn never waits for it."""

    def __init__(self, redis: Redis) -> None:
        """Prepare the thread.

        Args:
            redis: a client for this thread alone, with short time-outs; closed by ``stop``.
        """
        self._redis = redis
        self._asked = threading.Event()
        self._is_stopping = False
        self._is_outage = False
        self._thread = threading.Thread(target=self._work, name="nudge", daemon=True)

    def start(self) -> None:
        """Pass nudges on from now on."""
        self._thread.start()

    def hurry(self, nudges: frozenset[Nudge]) -> None:
        """Note what committed turns asked for; returns at once, many calls may make one job."""
        if Nudge.DELIVERY in nudges:
            self._asked.set()

    def stop(self) -> None:
        """End the thread and its connection."""
        self._is_stopping = True
        self._asked.set()
        self._thread.join(_STOP_SECONDS)
        self._redis.close()

    def _work(self) -> None:
        while True:
            self._asked.wait()
            if self._is_stopping:
                return
            # Cleared before Redis is asked: a turn that commits from here on sets it again.
            self._asked.clear()
            self._pass_on()

    def _pass_on(self) -> None:
        try:
            queue.ask_for_relay(self._redis)
        except RedisError as error:
            if not self._is_outage:
                log.warning("nudges not passed on", error=type(error).__name__)
            self._is_outage = True
        else:
            if self._is_outage:
                log.info("nudges passed on again")
            self._is_outage = False
