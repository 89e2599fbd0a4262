"""The turn thread: everything below it is sync code, and what waits together runs together."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from bot import metrics
from handlers.messages import Answer, Incoming, Nudge

_BATCH = 64
_BACKLOG = 2048
_STOP_SECONDS = 10.0

log = structlog.stdlib.get_logger(__name__)


class TurnsRefusedError(Exception):
    """Raised when a turn is not taken: too many wait already, or the process is stopping."""


class TurnFailedError(Exception):
    """Raised instead of an answer when the batch of a turn failed, mostly for want of a database.

    Nothing was stored then, so the platform may send the message again.
    """


@dataclass(slots=True)
class _Waiting:
    """A turn and the edge that waits for its answer; the edge gives up by cancelling."""

    incoming: Incoming
    answer: asyncio.Future[Answer]


class TurnThread:
    """Runs turns one batch after the other in a thread of its own.

    A batch is whatever arrived while the last one ran. Futures are settled by one call into their
    event loop for the whole batch.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Incoming]], list[Answer]],
        *,
        hurry: Callable[[frozenset[Nudge]], None],
        batch: int = _BATCH,
        backlog: int = _BACKLOG,
    ) -> None:
        """Prepare the thread.

        Args:
            run: carries turns in one transaction and gives their answers in the same order.
            hurry: told after the commit what to hurry along; must not block.
            batch: the most turns carried at once.
            backlog: the most turns that wait.
        """
        self._run = run
        self._hurry = hurry
        self._batch = batch
        self._backlog = backlog
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._is_open = False
        self._thread = threading.Thread(target=self._work, name="turns", daemon=True)

    def start(self) -> None:
        """Take turns from now on."""
        self._is_open = True
        self._thread.start()

    def submit(self, incoming: Incoming) -> asyncio.Future[Answer]:
        """Hand a turn over; call it in the event loop.

        The future raises TurnFailedError when the turn's batch failed. Cancel it to give the turn
        up: a turn that has not begun is then left out.

        Raises:
            TurnsRefusedError: too many wait already, or the process is stopping.
        """
        if not self._is_open or self._waiting.qsize() >= self._backlog:
            metrics.TURNS.labels("refused").inc()
            raise TurnsRefusedError
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.put(_Waiting(incoming, answer))
        return answer

    async def stop(self) -> None:
        """Refuse new turns and finish those that were taken; call it in the event loop.

        A thread that hangs in a dead database connection is left behind after ten seconds.
        """
        self._is_open = False
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join, _STOP_SECONDS)
        if self._thread.is_alive():
            log.error("turn thread left behind", waiting=self._waiting.qsize())

    def _work(self) -> None:
        stopping = False
        while not stopping:
            first = self._waiting.get()
            if first is None:
                return
            batch = [first]
            while len(batch) < self._batch and not stopping:
                try:
                    following = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    stopping = True
                else:
                    batch.append(following)
            self._carry(batch)

    def _carry(self, batch: list[_Waiting]) -> None:
        live = [waiting for waiting in batch if not waiting.answer.done()]
        if len(live) < len(batch):
            metrics.TURNS.labels("given_up").inc(len(batch) - len(live))
        if not live:
            return
        metrics.BATCH_SIZE.observe(len(live))
        started = time.perf_counter()
        answers: list[Answer] | None = None
        try:
            answers = self._run([waiting.incoming for waiting in live])
            if len(answers) != len(live):
                log.error("turns without an answer", turns=len(live), answers=len(answers))
            self._hurry(frozenset().union(*(answer.nudges for answer in answers)))
        except Exception:  # the thread's edge: whatever went wrong, the next batch must run
            log.exception("turns failed", turns=len(live))
        else:
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            log.info("turns answered", turns=len(live), ms=milliseconds)
        metrics.TURNS.labels("failed" if answers is None else "answered").inc(len(live))
        _settle(live, answers)


def _settle(batch: list[_Waiting], answers: list[Answer] | None) -> None:
    """Wake the edges that still wait, by one call into their loop."""

    def settle() -> None:
        for place, waiting in enumerate(batch):
            if waiting.answer.done():
                continue
            if answers is None or place >= len(answers):
                waiting.answer.set_exception(TurnFailedError())
            else:
                waiting.answer.set_result(answers[place])

    try:
        batch[0].answer.get_loop().call_soon_threadsafe(settle)
    except RuntimeError:
        log.warning("answers came after the loop had ended", turns=len(batch))
