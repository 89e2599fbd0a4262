"""Names every job by its dotted name, and puts jobs into queues.

Nothing here imports ``workers``: the worker resolves the names, a test resolves each of them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError

RELAY = "workers.delivery.relay"
TIMERS = "workers.timers.fire"
DIGESTS = "workers.digests.tell"
MEDIA = "workers.media.fetch"
RETENTION = "workers.retention.forget"
SERVICE = "workers.service_accounts.show"
BULK = "workers.bulk.relay"
BRIEFINGS = "workers.briefings.tell"
HOME_DAY = "workers.home_day.remind"
POINTS = "workers.points.keep"

JOBS: Mapping[str, str] = MappingProxyType(
    {
        RELAY: "delivery",
        TIMERS: "timers",
        DIGESTS: "timers",
        MEDIA: "media",
        RETENTION: "timers",
        SERVICE: "timers",
        BULK: "bulk",
        BRIEFINGS: "timers",
        HOME_DAY: "timers",
        POINTS: "timers",
    }
)
"""Every job, and the queue it goes into."""

NIGHTLY = frozenset({RETENTION, SERVICE})
"""The jobs that are done once a night."""

MINUTELY = frozenset({BRIEFINGS, HOME_DAY, POINTS})
"""The jobs that are done once a minute; whatever is in neither set is done at every tick."""

QUEUES = tuple(dict.fromkeys(JOBS.values()))

RELAY_FLAG = "relay:asked"
"""Stands while a nudged relay waits in its queue; the relay deletes it as its first act."""

MEDIA_FLAG = "media:asked"
"""The same for the fetching of photos and voices."""

_FLAG_SECONDS = 30
_WAIT_SECONDS = 60  # a job that nobody took within this time is stale: the next tick has its own
_RUN_SECONDS = 300
_KEEP_SECONDS = 60
_MINUTE_SECONDS = 60
_NIGHT_SECONDS = 3_600  # the hour in which the one tick of a night may come


def connect(url: str, *, connect_seconds: float = 0.2, socket_seconds: float = 0.3) -> Redis:
    """Make a Redis client that gives up soon and never tries again by itself."""
    return Redis.from_url(
        url,
        socket_connect_timeout=connect_seconds,
        socket_timeout=socket_seconds,
        retry=Retry(NoBackoff(), 0),
    )


def _queue(connection: Redis, job: str) -> Queue:
    return Queue(JOBS[job], connection=connection)


def enqueue(connection: Redis, job: str) -> None:
    """Put a job into its queue.

    Raises:
        redis.exceptions.RedisError: Redis is away; whoever cares waits for the next tick.
    """
    _queue(connection, job).enqueue_call(
        job, timeout=_RUN_SECONDS, ttl=_WAIT_SECONDS, result_ttl=0, failure_ttl=_KEEP_SECONDS
    )


def ask_for_relay(connection: Redis) -> bool:
    """Enqueue one relay run, unless one is asked for already; say whether this call did.

    Raises:
        redis.exceptions.RedisError: Redis is away.
    """
    return _ask_for(connection, RELAY, RELAY_FLAG)


def ask_for_media(connection: Redis) -> bool:
    """Enqueue one run that fetches photos and voices, as ``ask_for_relay`` does.

    Raises:
        redis.exceptions.RedisError: Redis is away.
    """
    return _ask_for(connection, MEDIA, MEDIA_FLAG)


def _ask_for(connection: Redis, job: str, flag: str) -> bool:
    if not connection.set(flag, "1", nx=True, ex=_FLAG_SECONDS):
        return False
    enqueue(connection, job)
    return True


def tick_id(job: str, at: datetime) -> str:
    """Name a tick of a job: ``timers-20261121T090010``; RQ takes letters, digits, ``_`` and ``-``.

    The module is the name, so that two jobs of one module may not both tick.
    """
    return f"{job.split('.')[1]}-{at.astimezone(UTC):%Y%m%dT%H%M%S}"


def enqueue_tick(connection: Redis, job: str, at: datetime) -> bool:
    """Put a tick's job into its queue, unless any scheduler has done so; say whether this call did.

    The finished job is kept for a minute longer than its tick lasts, a nightly one's being an
    hour: its id is what tells a scheduler that comes later that this tick has been. A job that
    failed is forgotten after a minute, so that a nightly one is tried again.

    Raises:
        redis.exceptions.RedisError: Redis is away.
    """
    is_nightly = job in NIGHTLY
    lasts = _NIGHT_SECONDS if is_nightly else _MINUTE_SECONDS if job in MINUTELY else 0
    try:
        _queue(connection, job).enqueue_call(
            job,
            job_id=tick_id(job, at),
            unique=True,
            timeout=_RUN_SECONDS,
            ttl=_NIGHT_SECONDS if is_nightly else _WAIT_SECONDS,
            result_ttl=_KEEP_SECONDS + lasts,
            failure_ttl=_KEEP_SECONDS,
        )
    except DuplicateJobError:
        return False
    return True
