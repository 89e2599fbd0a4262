"""``jinlin worker``: a parent that keeps child processes alive, and what each child does.

A child runs RQ's SimpleWorker: no fork for each job, every module loaded once. It waits for Redis
by itself; the parent starts again whatever died.
"""

import argparse
import importlib
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

import structlog
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.executions import Execution
from rq.job import Job
from rq.worker import DequeueStrategy

from bot import config, logs, processes, queue

_SHORTEST_BACKOFF = 1.0
_LONGEST_BACKOFF = 5.0
_HEALTHY_SECONDS = 30.0
_STOP_SECONDS = 30.0

# Blocking reads last WORKER_TTL - 15 seconds and time out 10 seconds later: so long a worker may
# wait for a Redis that vanished without a word.
_WORKER_TTL = 25
_CONNECT_SECONDS = 2.0
_SOCKET_SECONDS = 20.0

log = structlog.stdlib.get_logger("bot.worker")  # children run this module as __main__


class JinlinWorker(SimpleWorker):
    """RQ's worker without remote commands, logging as we do, and soon back after an outage."""

    max_connection_wait_time = _LONGEST_BACKOFF
    is_stopping = False

    def subscribe(self) -> None:
        """Take no commands through Redis: nothing here sends any, and nobody else shall."""

    def request_stop(self, signum: Any, frame: Any) -> None:  # noqa: ANN401 (RQ's signature)
        """Remember that the end was asked for: RQ's loop ends after outages, too."""
        self.is_stopping = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """Log one event for each job."""
        started = time.perf_counter()
        is_done = super().perform_job(job, queue, execution)
        log.info(
            "job finished" if is_done else "job failed",
            job=job.func_name,
            job_id=job.id,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return is_done

    def handle_exception(self, job: Job, *exc_info: Any) -> None:  # noqa: ANN401 (RQ's signature)
        """Log where a job broke, without the text that RQ would log: it may quote rows."""
        log.error("job raised", job=job.func_name, job_id=job.id, exc_info=exc_info)

    def handle_job_failure(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (RQ's signature)
        """Keep that text out of Redis as well."""
        kwargs["exc_string"] = "see the log"
        super().handle_job_failure(*args, **kwargs)


def _wait_for_redis(redis_url: str) -> None:
    """Return as soon as Redis answers."""
    connection = queue.connect(redis_url, connect_seconds=_CONNECT_SECONDS, socket_seconds=2.0)
    backoff = _SHORTEST_BACKOFF
    is_outage = False
    while True:
        try:
            connection.ping()
        except RedisError as error:
            if not is_outage:
                log.warning("redis went away", error=type(error).__name__)
            is_outage = True
            time.sleep(backoff)
            backoff = min(backoff * 2, _LONGEST_BACKOFF)
        else:
            connection.close()
            if is_outage:
                log.info("redis came back")
            return


def work(redis_url: str, queues: Sequence[str]) -> None:
    """Do jobs until SIGTERM; outages of Redis are waited out."""
    for job in queue.JOBS:
        importlib.import_module(job.rpartition(".")[0])
    while True:
        _wait_for_redis(redis_url)
        connection = queue.connect(
            redis_url, connect_seconds=_CONNECT_SECONDS, socket_seconds=_SOCKET_SECONDS
        )
        try:
            worker = JinlinWorker(queues, connection=connection, worker_ttl=_WORKER_TTL)
            log.info("worker started", queues=list(queues))
            worker.work(logging_level=None, dequeue_strategy=DequeueStrategy.ROUND_ROBIN)
            if worker.is_stopping:
                log.info("worker stopped")
                return
        except RedisError as error:
            log.warning("worker lost redis", error=type(error).__name__)
        finally:
            connection.close()
        time.sleep(_SHORTEST_BACKOFF)


class _Child:
    """One place for a child process: who is in it, and when the next may come."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._backoff = _SHORTEST_BACKOFF
        self._start_at = 0.0
        self._started_at = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def look_after(self) -> None:
        """Start the child where there is none and the time has come."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            log.warning("worker died", pid=self.process.pid, status=self.process.returncode)
            self.process = None
            if now - self._started_at > _HEALTHY_SECONDS:
                self._backoff = _SHORTEST_BACKOFF
            self._start_at = now + self._backoff
            self._backoff = min(self._backoff * 2, _LONGEST_BACKOFF)
        if self.process is None and now >= self._start_at:
            self.process = processes.spawn(self._command)
            self._started_at = now


def supervise(queues: Sequence[str], count: int) -> None:
    """Keep ``count`` children at work until SIGTERM or SIGINT; call it in the main thread.

    Where there are several, the first one takes nothing bulk: what is urgent always finds a hand.
    A job that runs may end first; after half a minute, or when asked a second time, children are
    killed. What they held is done again: deliveries are leased, ticks come again.
    """
    processes.hold_signals()
    urgent = [name for name in queues if name != queue.JOBS[queue.BULK]] if count > 1 else []
    children = [
        _Child([sys.executable, "-m", "bot.worker", *(urgent if urgent and not n else queues)])
        for n in range(count)
    ]
    while True:
        for child in children:
            child.look_after()
        if processes.is_stop_asked(within=1.0):
            break
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + _STOP_SECONDS
    while any(process.poll() is None for process in running):
        if processes.is_stop_asked(within=0.5) or time.monotonic() > deadline:
            for process in running:
                process.kill()
            break
    for process in running:
        process.wait()
    log.info("workers stopped", count=len(running))


def main() -> None:
    """Be one child: ``python -m bot.worker QUEUE…``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("queues", nargs="+", choices=queue.QUEUES)
    queues: list[str] = parser.parse_args().queues
    logs.configure()
    try:
        work(config.load().redis_url, queues)
    except StopRequested:
        # RQ's signal handler stays behind when its loop has ended; the wait for Redis ends by it.
        log.info("worker stopped")


if __name__ == "__main__":
    main()
