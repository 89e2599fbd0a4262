import os
import signal
import time

from redis import Redis
from rq import Queue, Worker
from rq.job import Job, JobStatus

from bot import queue
from bot.embedded import EmbeddedRedis
from tests.bot.conftest import Programs
from tests.servers import wait_until


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pids(client: Redis) -> set[int]:
    """The processes that have told Redis that they work."""
    known = {worker.pid for worker in Worker.all(connection=client)}
    return {pid for pid in known if pid and is_alive(pid)}


def wait_for_work(client: Redis) -> None:
    """Hand jobs in, as ticks do, until one has run: what a killed worker held is lost."""
    handed_in: list[Job] = []

    def is_one_done() -> bool:
        if len(handed_in) < 1 + (time.monotonic() - started) // 2:
            handed_in.append(
                Queue("timers", connection=client).enqueue_call(queue.TIMERS, result_ttl=60)
            )
        return any(job.get_status() is JobStatus.FINISHED for job in handed_in)

    started = time.monotonic()
    wait_until(is_one_done)


def test_a_worker_waits_for_redis_replaces_a_killed_child_and_ends_when_asked(
    own_redis: EmbeddedRedis, programs: Programs
) -> None:
    own_redis.kill()
    parent = programs.start("worker", "--processes", "1", JINLIN_REDIS_URL=own_redis.url)
    wait_until(lambda: "redis went away" in programs.said("worker"))
    own_redis.start()
    with Redis.from_url(own_redis.url) as client:
        wait_for_work(client)
        (first,) = pids(client)

        os.kill(first, signal.SIGKILL)
        wait_for_work(client)
        (second,) = pids(client)
        assert first != second

        own_redis.kill()
        own_redis.start_empty()
        wait_for_work(client)

        parent.send_signal(signal.SIGTERM)
        assert parent.wait(30) == 0
        assert not is_alive(second)
    assert "Traceback" not in programs.said("worker")


def test_children_end_with_a_parent_that_was_killed(
    own_redis: EmbeddedRedis, programs: Programs
) -> None:
    parent = programs.start(
        "worker", "--processes", "2", "--queues", "timers", JINLIN_REDIS_URL=own_redis.url
    )
    with Redis.from_url(own_redis.url) as client:
        wait_until(lambda: len(pids(client)) == 2)
        children = pids(client)
        parent.kill()
        wait_until(lambda: not any(is_alive(child) for child in children))
