"""The nudge thread: tells the workers through Redis that there is something to send or fetch.

It only makes things quicker. Whatever happens to Redis, the scheduler's next tick finds the rows.
"""

import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType

import structlog
from redis import Redis
from redis.exceptions import RedisError

from bot import queue
from handlers.messages import Nudge

_STOP_SECONDS = 2.0
_ASK: Mapping[Nudge, Callable[[Redis], bool]] = MappingProxyType(
    {Nudge.DELIVERY: queue.ask_for_relay, Nudge.MEDIA: queue.ask_for_media}
)

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
        self._wanted = {nudge: threading.Event() for nudge in _ASK}
        self._is_stopping = False
        self._is_outage = False
        self._thread = threading.Thread(target=self._work, name="nudge", daemon=True)

    def start(self) -> None:
        """Pass nudges on from now on."""
        self._thread.start()

    def hurry(self, nudges: frozenset[Nudge]) -> None:
        """Note what committed turns asked for; returns at once, many calls may make one job."""
        for nudge in nudges:
            self._wanted[nudge].set()
        if nudges:
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
            for nudge, wanted in self._wanted.items():
                if wanted.is_set():
                    wanted.clear()
                    _ASK[nudge](self._redis)
        except RedisError as error:
            if not self._is_outage:
                log.warning("nudges not passed on", error=type(error).__name__)
            self._is_outage = True
        else:
            if self._is_outage:
                log.info("nudges passed on again")
            self._is_outage = False
