import importlib
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from redis import Redis
from rq import Queue
from rq.job import Job

from bot import queue
from bot.worker import JinlinWorker

TICK = datetime(2026, 11, 21, 9, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize("job", queue.JOBS)
def test_every_job_name_leads_to_a_function_of_the_workers(job: str) -> None:
    module, _, function = job.rpartition(".")
    found = getattr(importlib.import_module(module), function)
    assert (found.__module__, found.__name__, callable(found)) == (module, function, True)


def test_a_tick_is_named_by_its_job_and_its_second_in_utc() -> None:
    shanghai = TICK.astimezone(timezone(timedelta(hours=8)))
    assert queue.tick_id(queue.TIMERS, shanghai) == "timers-20261121T090010"


def test_no_two_jobs_share_their_ticks_and_rq_takes_the_names() -> None:
    names = [queue.tick_id(job, TICK) for job in queue.JOBS]
    assert len(set(names)) == len(queue.JOBS)
    assert [name for name in names if not re.fullmatch(r"[A-Za-z0-9_-]+", name)] == []


def test_a_tick_is_enqueued_by_the_first_who_comes(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert queue.enqueue_tick(client, queue.TIMERS, TICK)
        assert not queue.enqueue_tick(client, queue.TIMERS, TICK)
        assert queue.enqueue_tick(client, queue.TIMERS, TICK + timedelta(seconds=10))
        assert Queue("timers", connection=client).job_ids == [
            "timers-20261121T090010",
            "timers-20261121T090020",
        ]


def test_a_tick_that_has_run_is_not_run_again_by_a_scheduler_that_comes_later(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []
    monkeypatch.setattr(queue.TIMERS, lambda: runs.append("run"))
    with Redis.from_url(redis_url) as client:
        worker = JinlinWorker(["timers"], connection=client)
        queue.enqueue_tick(client, queue.TIMERS, TICK)
        do_next(worker)
        assert not queue.enqueue_tick(client, queue.TIMERS, TICK)
    assert runs == ["run"]


def test_a_night_is_remembered_until_its_hour_is_over_and_a_failed_one_is_not(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes: list[Exception | None] = [ValueError("broken"), None]

    def run() -> None:
        if outcome := outcomes.pop(0):
            raise outcome

    monkeypatch.setattr(queue.RETENTION, run)
    kept = []
    with Redis.from_url(redis_url) as client:
        for _ in range(2):
            assert queue.enqueue_tick(client, queue.RETENTION, TICK)
            do_next(JinlinWorker(["timers"], connection=client))
            kept.append(client.ttl(f"rq:job:{queue.tick_id(queue.RETENTION, TICK)}"))
            if outcomes:
                client.delete(f"rq:job:{queue.tick_id(queue.RETENTION, TICK)}")
    assert 0 < kept[0] <= 60
    assert 3_600 < kept[1] <= 3_660


def test_a_tick_that_a_killed_worker_left_unfinished_does_not_block_the_next(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []
    monkeypatch.setattr(queue.TIMERS, lambda: runs.append("run"))
    with Redis.from_url(redis_url) as client:
        killed = JinlinWorker(["timers"], connection=client)
        queue.enqueue_tick(client, queue.TIMERS, TICK)
        job, _ = taken(killed)
        killed.prepare_execution(job)
        killed.prepare_job_execution(job)
        assert queue.enqueue_tick(client, queue.TIMERS, TICK + timedelta(seconds=10))
        do_next(JinlinWorker(["timers"], connection=client))
    assert runs == ["run"]


def test_a_job_that_raises_leaves_nothing_of_its_words_in_redis(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ValueError("13800000001")

    monkeypatch.setattr(queue.TIMERS, broken)
    with Redis.from_url(redis_url) as client:
        queue.enqueue_tick(client, queue.TIMERS, TICK)
        do_next(JinlinWorker(["timers"], connection=client))
        job = Queue("timers", connection=client).fetch_job("timers-20261121T090010")
        assert job is not None
        assert (job.is_failed, job.latest_result().exc_string) == (True, "see the log")  # type: ignore[union-attr]


def taken(worker: JinlinWorker) -> tuple[Job, Queue]:
    found = Queue.dequeue_any(worker.queues, None, connection=worker.connection)
    assert found is not None
    return found


def do_next(worker: JinlinWorker) -> None:
    job, origin = taken(worker)
    worker.execute_job(job, origin)
