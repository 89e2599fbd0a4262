import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from redis import Redis
from rq import Queue
from structlog.testing import capture_logs

from bot import queue
from bot.embedded import EmbeddedRedis
from bot.scheduler import TickScheduler
from tests.bot.conftest import Programs
from tests.servers import wait_until

START = datetime(2026, 11, 21, 9, 0, 3, 250_000, tzinfo=UTC)
NIGHT = datetime(2026, 11, 20, 19, 0, 3, tzinfo=UTC)  # three o'clock in China
BY_DAY = [job for job in queue.JOBS if job not in queue.NIGHTLY]
EVERY_TICK = [job for job in BY_DAY if job not in queue.MINUTELY]


def job_ids(url: str) -> Counter[str]:
    with Redis.from_url(url) as client:
        queues = [Queue(name, connection=client) for name in queue.QUEUES]
        return Counter(job_id for found in queues for job_id in found.job_ids)


def test_a_tick_stands_at_fixed_seconds_whenever_its_scheduler_looks(redis_url: str) -> None:
    with queue.connect(redis_url) as client:
        scheduler = TickScheduler(client)
        assert scheduler.tick(START) == BY_DAY
        assert scheduler.tick(START + timedelta(seconds=6)) == []
        assert scheduler.tick(START + timedelta(seconds=7)) == EVERY_TICK
    ticks = [f"{job.split('.')[1]}-20261121T090000" for job in BY_DAY]
    ticks += [f"{job.split('.')[1]}-20261121T090010" for job in EVERY_TICK]
    assert job_ids(redis_url) == Counter(ticks)


def test_a_minutely_job_has_one_tick_a_minute(redis_url: str) -> None:
    with queue.connect(redis_url) as client:
        scheduler = TickScheduler(client)
        looks = [set(scheduler.tick(START + timedelta(seconds=s))) for s in range(0, 130, 10)]
    done = [number for number, jobs in enumerate(looks) if queue.HOME_DAY in jobs]
    assert done == [0, 6, 12]


def test_a_nightly_job_has_one_tick_in_the_fourth_hour(redis_url: str) -> None:
    with queue.connect(redis_url) as client:
        scheduler = TickScheduler(client)
        done = {
            minutes: set(scheduler.tick(NIGHT + timedelta(minutes=minutes))) & queue.NIGHTLY
            for minutes in (-1, 0, 1, 59, 60)
        }
        assert {minutes for minutes, jobs in done.items() if jobs} == {0}
        assert queue.RETENTION in scheduler.tick(NIGHT + timedelta(days=1, minutes=30))
    ticks = [name for name in job_ids(redis_url) if name.startswith("retention")]
    assert sorted(ticks) == ["retention-20261120T190000", "retention-20261121T190000"]


def test_many_schedulers_at_once_do_each_tick_once(redis_url: str) -> None:
    instants = [START + timedelta(seconds=10 * tick) for tick in range(6)]

    def run(_: int) -> int:
        with Redis.from_url(redis_url) as client:
            scheduler = TickScheduler(client)
            return sum(len(scheduler.tick(instant)) for instant in instants)

    with ThreadPoolExecutor(4) as pool:
        enqueued = sum(pool.map(run, range(4)))
    assert enqueued == len(instants) * len(EVERY_TICK) + len(queue.MINUTELY)
    assert set(job_ids(redis_url).values()) == {1}


def test_an_outage_is_logged_once_and_tried_again_soon(own_redis: EmbeddedRedis) -> None:
    with queue.connect(own_redis.url) as client, capture_logs() as logged:
        scheduler = TickScheduler(client)
        own_redis.kill()
        waits = [scheduler.step(START) for _ in range(3)]
        own_redis.start_empty()
        after = scheduler.step(START)
    assert waits == [2, 2, 2]
    assert 0 < after <= 10
    assert [entry["event"] for entry in logged] == ["redis went away", "redis came back"]


def test_two_scheduler_processes_outlive_redis_and_end_when_asked(
    own_redis: EmbeddedRedis, programs: Programs
) -> None:
    own_redis.kill()
    both = [programs.start("scheduler", JINLIN_REDIS_URL=own_redis.url) for _ in range(2)]
    wait_until(lambda: programs.said("scheduler").count("redis went away") == 2)
    own_redis.start()
    wait_until(lambda: job_ids(own_redis.url))

    own_redis.kill()
    own_redis.start_empty()
    wait_until(lambda: job_ids(own_redis.url))
    with Redis.from_url(own_redis.url) as client:
        wait_until(lambda: len(TickScheduler.all(client)) == 2)
        own_redis.pause()
        own_redis.resume()
        for process in both:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(20) for process in both] == [0, 0]
        assert TickScheduler.all(client) == []
    assert set(job_ids(own_redis.url).values()) == {1}
    assert "Traceback" not in programs.said("scheduler")
