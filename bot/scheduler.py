"""``jinlin scheduler``: a tick every ten seconds; what is due is decided by the jobs, from rows.

What is done once a minute has one tick in it; what is done once a night, one in the hour when the
fewest people write. Any number may run: a job's id names its tick, so each tick happens once
(docs/adr/0007).
"""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import structlog
from redis.exceptions import RedisError
from rq.cron import CronScheduler
from rq.exceptions import SchedulerNotFound

from bot import processes, queue

TICK_SECONDS = 10
MINUTE_SECONDS = 60
NIGHT_HOUR = 3
_CHINA = ZoneInfo("Asia/Shanghai")
_RETRY_SECONDS = 2
_CONNECT_SECONDS = 1.0
_SOCKET_SECONDS = 2.0

log = structlog.stdlib.get_logger(__name__)


class TickScheduler(CronScheduler):
    """RQ's scheduler with a loop that outlives Redis, and ticks instead of cron fields.

    What is kept of RQ's: name, heartbeat and registry, so that its tools list who runs.
    """

    _is_outage = False

    def start(self) -> None:
        """Tick until SIGTERM or SIGINT; call it in the main thread."""
        processes.hold_signals()
        log.info("scheduler started")
        wait = 0.0
        while not processes.is_stop_asked(within=wait):
            wait = self.step(datetime.now(UTC))
        try:
            self.register_death()
        except (RedisError, SchedulerNotFound) as error:
            log.warning("scheduler not signed off", error=type(error).__name__)
        log.info("scheduler stopped")

    def step(self, now: datetime) -> float:
        """Do the tick that ``now`` lies in, unless it was done, and give the seconds to wait."""
        try:
            self.tick(now)
            self.heartbeat()
        except RedisError as error:
            if not self._is_outage:
                log.warning("redis went away", error=type(error).__name__)
            self._is_outage = True
            return _RETRY_SECONDS
        if self._is_outage:
            log.info("redis came back")
        self._is_outage = False
        return TICK_SECONDS - time.time() % TICK_SECONDS

    def tick(self, now: datetime) -> list[str]:
        """Enqueue every job once for its tick that ``now`` lies in; give those enqueued here.

        Raises:
            redis.exceptions.RedisError: Redis is away.
        """
        ticks = {job: tick_of(job, now) for job in queue.JOBS}
        return [
            job for job, at in ticks.items() if at and queue.enqueue_tick(self.connection, job, at)
        ]


def tick_of(job: str, now: datetime) -> datetime | None:
    """Give the tick of a job that an instant lies in; a nightly job has none outside its hour."""
    if job in queue.NIGHTLY:
        hour = now.astimezone(_CHINA).replace(minute=0, second=0, microsecond=0)
        return hour.astimezone(UTC) if hour.hour == NIGHT_HOUR else None
    seconds = int(now.timestamp())
    every = MINUTE_SECONDS if job in queue.MINUTELY else TICK_SECONDS
    return datetime.fromtimestamp(seconds - seconds % every, UTC)


def run(redis_url: str) -> None:
    """Run a scheduler until it is asked to stop; Redis may come later."""
    connection = queue.connect(
        redis_url, connect_seconds=_CONNECT_SECONDS, socket_seconds=_SOCKET_SECONDS
    )
    TickScheduler(connection).start()
    connection.close()
