import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from bot.turns import TurnFailedError, TurnsRefusedError, TurnThread
from handlers.messages import Answer, Incoming, IncomingKind, Nudge, Reply
from storage.vocabulary import Platform


def says(text: str) -> Incoming:
    return Incoming(
        platform=Platform.OFFICIAL,
        app_id="wx",
        sender="someone",
        key=text,
        kind=IncomingKind.TEXT,
        text=text,
        received_at=datetime(2026, 11, 21, tzinfo=UTC),
    )


def nothing_to_hurry(nudges: frozenset[Nudge]) -> None:
    del nudges


class Frame:
    """Stands for ``handlers.turn.many``: echoes; waits at a gate; remembers its batches."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.entered = threading.Semaphore(0)
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, turns: Sequence[Incoming]) -> list[Answer]:
        texts = [turn.text for turn in turns]
        self.batches.append(texts)
        self.entered.release()
        self.gate.wait()
        if "broken" in texts:
            raise OSError("the database is away")
        return [
            Answer(reply=Reply(text=f"heard {text}"), nudges=frozenset({Nudge.DELIVERY}))
            for text in texts
            if text != "forgotten"
        ]


def play(
    frame: Frame,
    scene: Callable[[TurnThread], Coroutine[None, None, None]],
    *,
    hurry: Callable[[frozenset[Nudge]], None] = nothing_to_hurry,
    batch: int = 64,
    backlog: int = 100,
) -> None:
    async def run() -> None:
        turns = TurnThread(frame, hurry=hurry, batch=batch, backlog=backlog)
        turns.start()
        await scene(turns)
        frame.gate.set()
        await turns.stop()

    asyncio.run(run())


async def hold(turns: TurnThread, frame: Frame) -> asyncio.Future[Answer]:
    """Send a first turn and return when it stands at the gate."""
    frame.gate.clear()
    first = turns.submit(says("first"))
    await asyncio.to_thread(frame.entered.acquire)
    return first


def test_what_waits_while_a_batch_runs_is_carried_together_and_in_order() -> None:
    frame = Frame()

    async def scene(turns: TurnThread) -> None:
        first = await hold(turns, frame)
        others = [turns.submit(says(text)) for text in ("a", "b", "c")]
        frame.gate.set()
        answers = await asyncio.gather(first, *others)
        assert [answer.reply.text for answer in answers] == [
            "heard first",
            "heard a",
            "heard b",
            "heard c",
        ]

    play(frame, scene)
    assert frame.batches == [["first"], ["a", "b", "c"]]


def test_a_batch_is_never_larger_than_its_limit() -> None:
    frame = Frame()

    async def scene(turns: TurnThread) -> None:
        await hold(turns, frame)
        others = [turns.submit(says(text)) for text in "abcde"]
        frame.gate.set()
        await asyncio.gather(*others)

    play(frame, scene, batch=2)
    assert frame.batches == [["first"], ["a", "b"], ["c", "d"], ["e"]]


def test_the_loop_is_woken_once_for_a_whole_batch() -> None:
    frame = Frame()
    woken: list[str] = []

    async def scene(turns: TurnThread) -> None:
        await hold(turns, frame)
        others = [turns.submit(says(text)) for text in "abcde"]
        loop = asyncio.get_running_loop()
        wake = loop.call_soon_threadsafe

        def counted(callback: Callable[[], None]) -> object:
            if threading.current_thread().name == "turns":
                woken.append("once")
            return wake(callback)

        loop.call_soon_threadsafe = counted  # type: ignore[method-assign, assignment]
        frame.gate.set()
        await asyncio.gather(*others)
        loop.call_soon_threadsafe = wake  # type: ignore[method-assign]

    play(frame, scene)
    assert woken == ["once", "once"]  # the first turn's batch, and the five


def test_a_batch_that_fails_fails_its_own_turns_and_the_thread_goes_on() -> None:
    frame = Frame()

    async def scene(turns: TurnThread) -> None:
        await hold(turns, frame)
        doomed = [turns.submit(says(text)) for text in ("a", "broken")]
        frame.gate.set()
        outcomes = await asyncio.gather(*doomed, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [TurnFailedError, TurnFailedError]
        later = await turns.submit(says("later"))
        assert later.reply.text == "heard later"

    with capture_logs() as logged:
        play(frame, scene)
    failures = [entry for entry in logged if entry["log_level"] == "error"]
    assert [(entry["event"], entry["turns"]) for entry in failures] == [("turns failed", 2)]


def test_a_turn_that_was_given_no_answer_fails_and_harms_no_other() -> None:
    frame = Frame()

    async def scene(turns: TurnThread) -> None:
        await hold(turns, frame)
        answered, forgotten = turns.submit(says("a")), turns.submit(says("forgotten"))
        frame.gate.set()
        assert (await answered).reply.text == "heard a"
        with pytest.raises(TurnFailedError):
            await forgotten

    play(frame, scene)


def test_a_turn_that_its_edge_gave_up_is_not_run() -> None:
    frame = Frame()

    async def scene(turns: TurnThread) -> None:
        await hold(turns, frame)
        given_up, wanted = turns.submit(says("given up")), turns.submit(says("wanted"))
        given_up.cancel()
        frame.gate.set()
        await wanted

    play(frame, scene)
    assert frame.batches == [["first"], ["wanted"]]


def test_an_edge_that_gives_up_while_its_turn_runs_does_not_harm_the_others() -> None:
    frame = Frame()

    async def scene(turns: TurnThread) -> None:
        first = await hold(turns, frame)
        first.cancel()
        frame.gate.set()
        assert (await turns.submit(says("next"))).reply.text == "heard next"

    play(frame, scene)


def test_what_comes_when_too_many_wait_is_refused_at_once() -> None:
    frame = Frame()

    async def scene(turns: TurnThread) -> None:
        await hold(turns, frame)
        waiting = [turns.submit(says(text)) for text in "ab"]
        with pytest.raises(TurnsRefusedError):
            turns.submit(says("c"))
        frame.gate.set()
        await asyncio.gather(*waiting)

    play(frame, scene, backlog=2)
    assert frame.batches == [["first"], ["a", "b"]]


def test_stopping_finishes_what_was_taken_and_refuses_what_comes_later() -> None:
    frame = Frame()

    async def scene(turns: TurnThread) -> None:
        first = await hold(turns, frame)
        taken = turns.submit(says("taken"))
        stopping = asyncio.create_task(turns.stop())
        await asyncio.sleep(0)
        with pytest.raises(TurnsRefusedError):
            turns.submit(says("late"))
        frame.gate.set()
        await stopping
        assert [(await answer).reply.text for answer in (first, taken)] == [
            "heard first",
            "heard taken",
        ]

    play(frame, scene)
    assert frame.batches == [["first"], ["taken"]]


def test_what_a_batch_asks_to_hurry_is_passed_on_once() -> None:
    frame = Frame()
    hurried: list[frozenset[Nudge]] = []

    async def scene(turns: TurnThread) -> None:
        await hold(turns, frame)
        others = [turns.submit(says(text)) for text in "ab"]
        frame.gate.set()
        await asyncio.gather(*others)

    play(frame, scene, hurry=hurried.append)
    assert hurried == [frozenset({Nudge.DELIVERY})] * 2
