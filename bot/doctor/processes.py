"""Looks at Redis, at whoever works there, and at what waits: queues, deliveries, failed turns."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from redis import Redis
from redis import exceptions as redis_errors
from rq import Queue
from rq.cron_scheduler_registry import get_registry_key
from rq.utils import as_text, utcparse
from rq.worker_registration import REDIS_WORKER_KEYS
from sqlalchemy.orm import Session

from bot import queue
from bot.config import Settings
from bot.doctor import limits
from bot.doctor.findings import Finding, fault, fine, warning
from handlers.texts import doctor_machine as texts
from storage import checkups

_SETTING = "JINLIN_REDIS_URL"
_CONNECT_SECONDS = 2.0
_SOCKET_SECONDS = 3.0


def connect(settings: Settings) -> Redis:
    """Make a client that is more patient than a turn is."""
    return queue.connect(
        settings.redis_url, connect_seconds=_CONNECT_SECONDS, socket_seconds=_SOCKET_SECONDS
    )


def look_at_redis(redis: Redis) -> Iterator[Finding]:
    """Look whether Redis answers, and is new enough."""
    try:
        version = str(redis.info("server")["redis_version"])
    except redis_errors.AuthenticationError:
        yield fault(texts.REDIS, texts.REDIS_PASSWORD, setting=_SETTING)
    except (redis_errors.TimeoutError, redis_errors.BusyLoadingError):
        yield fault(texts.REDIS, texts.REDIS_TIMEOUT, setting=_SETTING)
    except redis_errors.ConnectionError:
        yield fault(texts.REDIS, texts.REDIS_REFUSED, setting=_SETTING)
    except redis_errors.RedisError:
        yield fault(texts.REDIS, texts.REDIS_ERROR, setting=_SETTING)
    else:
        yield _judged(version)


def _judged(version: str) -> Finding:
    parts = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
    if parts < limits.REDIS_VERSION:
        wanted = ".".join(map(str, limits.REDIS_VERSION))
        return fault(texts.REDIS, texts.redis_is_old(version, wanted), setting=_SETTING)
    return fine(texts.REDIS, texts.redis(version))


def look_at_workers(redis: Redis, now: datetime) -> Iterator[Finding]:
    """Look who works, and whether each queue has somebody; ``now`` by the wall clock."""
    alive = _workers(redis)
    if not alive:
        yield fault(texts.WORKER, texts.NO_WORKER)
        return
    since = now - max(utcparse(worker["last_heartbeat"]) for worker in alive)
    if since > limits.SIGN_OF_LIFE:
        yield fault(texts.WORKER, texts.worker_is_silent(since))
        return
    served = {name for worker in alive for name in worker["queues"].split(",")}
    if alone := [name for name in queue.QUEUES if name not in served]:
        yield fault(texts.WORKER, texts.queues_without_worker(alone))
    else:
        yield fine(texts.WORKER, texts.workers(len(alive), since))


def _workers(redis: Redis) -> list[Mapping[str, str]]:
    """Read RQ's register itself: RQ's own reader tidies it up, and nothing is changed here."""
    rows: list[Mapping[str, str]] = []
    for key in redis.smembers(REDIS_WORKER_KEYS):
        row = {as_text(name): as_text(value) for name, value in redis.hgetall(key).items()}
        if "last_heartbeat" in row and "queues" in row and "death" not in row:
            rows.append(row)
    return rows


def look_at_scheduler(redis: Redis, now: datetime) -> Iterator[Finding]:
    """Look when a scheduler signed last; ``now`` by the wall clock."""
    newest = redis.zrange(get_registry_key(), -1, -1, withscores=True)
    if not newest:
        yield fault(texts.SCHEDULER, texts.NO_SCHEDULER)
        return
    since = now - datetime.fromtimestamp(float(newest[0][1]), UTC)
    if since > limits.SIGN_OF_LIFE:
        yield fault(texts.SCHEDULER, texts.scheduler_is_silent(since))
    else:
        yield fine(texts.SCHEDULER, texts.scheduler(since))


def look_at_queues(redis: Redis) -> Iterator[Finding]:
    """Look how many jobs wait."""
    lengths = [(name, Queue(name, connection=redis).count) for name in queue.QUEUES]
    if long := [(name, length) for name, length in lengths if length > limits.MANY_JOBS]:
        for name, length in long:
            yield warning(texts.QUEUES, texts.queue_is_long(name, length))
    else:
        yield fine(texts.QUEUES, texts.queue_lengths(lengths))


def look_at_work(session: Session, now: datetime) -> Iterator[Finding]:
    """Look for deliveries that nobody sent and turns that failed; ``now`` as the service has it."""
    late = checkups.overdue(session, now, since=now - limits.OVERDUE_WARNING)
    if late.oldest is None:
        yield fine(texts.DELIVERIES, texts.NOTHING_OVERDUE)
    else:
        span: timedelta = now - late.oldest
        find = fault if span > limits.OVERDUE_FAULT else warning
        yield find(texts.DELIVERIES, texts.overdue(late.count, span))
    failed = checkups.failed_turns(session, now - limits.FAILED_SINCE)
    if failed:
        yield warning(texts.INBOX, texts.inbox_failed(failed))
    else:
        yield fine(texts.INBOX, texts.INBOX_FINE)
