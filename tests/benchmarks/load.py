"""The load generator: people's messages as bytes made beforehand, sent over kept connections.

A connection sends its next message when the last one is answered. Answers are only collected while
the clock runs, and opened afterwards, so that the generator costs little beside the bot.
"""

import asyncio
import itertools
import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlencode

import uvloop

from bot.config import Account
from bot.sandbox import envelope

HOST = "127.0.0.1"

_OK = b"HTTP/1.1 200 "
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"
_PEOPLE = 500
_LIMIT_SECONDS = 30.0

# What is said, and how the answer to it begins.
Line = tuple[str, re.Pattern[str]]
_SMALL_TALK: tuple[Line, ...] = (("你好", re.compile("您好，我在。")),)
_SUMMARY = "请看看对不对：\n事情：楼道灯坏了\n地点：阳光小区3栋2单元\n"
_REPORT: tuple[Line, ...] = (
    ("报事 楼道灯坏了", re.compile("问题在哪里？")),
    ("阳光小区3栋2单元", re.compile(f"{_SUMMARY}联系：没有留\n")),
    ("王阿姨 13800000000", re.compile(f"{_SUMMARY}联系：王阿姨 13800000000\n")),
    ("确认", re.compile(r"收到了，编号 #(?P<number>[0-9]+)。")),
    ("进度", re.compile(r"#(?P<number>[0-9]+) 楼道灯坏了\n")),
)
_message_ids = itertools.count(10**15)


@dataclass(slots=True)
class Script:
    """What one person says, one message after the other, and the answers to it."""

    lines: tuple[Line, ...]
    requests: list[bytes]
    answers: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class Result:
    """What a run showed; ``wrong`` holds everything that was not the answer it should be."""

    seconds: float
    latencies: list[float]
    own_cpu_seconds: float
    wrong: list[str]


def scripts(load: str, account: Account, *, port: int, messages: int) -> deque[Script]:
    """Write enough scripts for a number of messages.

    Small talk comes from the same few hundred people, each report from a person of its own.
    """
    lines = _SMALL_TALK if load == "talk" else _REPORT
    run = next(_message_ids)
    senders: Iterator[int] = iter(range(messages))
    if load == "talk":
        senders = itertools.cycle(range(_PEOPLE))
    written: deque[Script] = deque()
    for _ in range(-(-messages // len(lines))):
        openid = f"o{run}-{next(senders)}"
        said = [_request(account, openid, text, port=port) for text, _ in lines]
        written.append(Script(lines, said))
    return written


def _request(account: Account, openid: str, text: str, *, port: int) -> bytes:
    now = int(time.time())
    message: dict[str, envelope.XmlValue] = {
        "ToUserName": "gh_000000000001",
        "FromUserName": openid,
        "CreateTime": now,
        "MsgType": "text",
        "Content": text,
        "MsgId": next(_message_ids),
    }
    sealed = envelope.seal(account, message, recipient="gh_000000000001", sender=openid, at=now)
    head = (
        f"POST /webhook/{account.name}?{urlencode(sealed.query)} HTTP/1.1\r\n"
        f"Host: {HOST}:{port}\r\n"
        "Content-Type: text/xml\r\n"
        f"Content-Length: {len(sealed.body)}\r\n\r\n"
    )
    return head.encode() + sealed.body


class _Connection(asyncio.Protocol):
    """One connection: takes a script, speaks its lines, takes the next one."""

    def __init__(self, waiting: deque[Script], deadline: float, latencies: list[float]) -> None:
        self._waiting = waiting
        self._deadline = deadline
        self._latencies = latencies
        self._transport: asyncio.Transport | None = None
        self._script: Script | None = None
        self._sent_at = 0.0
        self._needed = -1
        self._buffer = b""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._speak()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(exc or ConnectionError("the bot hung up"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._needed < 0:
            end = self._buffer.find(_HEAD_END)
            if end < 0:
                return
            length = _LENGTH.search(self._buffer, 0, end)
            self._needed = end + len(_HEAD_END) + (int(length[1]) if length else 0)
        if len(self._buffer) < self._needed:
            return
        assert self._script is not None
        self._latencies.append(time.perf_counter() - self._sent_at)
        self._script.answers.append(self._buffer)
        self._buffer, self._needed = b"", -1
        self._speak()

    def _speak(self) -> None:
        assert self._transport is not None
        self._sent_at = time.perf_counter()
        if self._script is None or len(self._script.answers) == len(self._script.requests):
            self._script = self._waiting.popleft() if self._waiting else None
        if self._script is None or self._sent_at >= self._deadline:
            self.ended.set_result(None)
            self._transport.close()
            return
        self._transport.write(self._script.requests[len(self._script.answers)])


def run(
    waiting: deque[Script], account: Account, *, port: int, connections: int, seconds: float
) -> Result:
    """Let people speak for some time over a number of connections, then look at every answer."""
    spoken = list(waiting)
    latencies: list[float] = []
    started, cpu = time.perf_counter(), time.process_time()
    uvloop.run(_spoken(waiting, latencies, port=port, connections=connections, seconds=seconds))
    elapsed, cpu = time.perf_counter() - started, time.process_time() - cpu
    return Result(elapsed, latencies, cpu, _wrong(spoken, account))


async def _spoken(
    waiting: deque[Script], latencies: list[float], *, port: int, connections: int, seconds: float
) -> None:
    loop = asyncio.get_running_loop()
    deadline = time.perf_counter() + seconds
    speaking: Callable[[], _Connection] = lambda: _Connection(waiting, deadline, latencies)  # noqa: E731 (typed)
    async with asyncio.timeout(seconds + _LIMIT_SECONDS):
        opened = [await loop.create_connection(speaking, HOST, port) for _ in range(connections)]
        await asyncio.gather(*(protocol.ended for _, protocol in opened))


def _wrong(spoken: Sequence[Script], account: Account) -> list[str]:
    """Name every answer that is not what it should be, and every order's number given twice."""
    faults: list[str] = []
    numbers = set[str]()
    for script in spoken:
        own = set[str]()
        for (said, expected), answer in zip(script.lines, script.answers, strict=False):
            text = _opened(answer, account)
            found = expected.match(text)
            if found is None:
                faults.append(f"{said}: {text}")
            elif "number" in expected.groupindex:
                own.add(found["number"])
        if len(own) > 1 or own & numbers:
            faults.append(f"numbers: {sorted(own)}")
        numbers |= own
    return faults


def _opened(answer: bytes, account: Account) -> str:
    head, _, body = answer.partition(_HEAD_END)
    if not head.startswith(_OK):
        return head.decode("latin-1")
    try:
        return envelope.open_reply(account, body).findtext("Content", "")
    except envelope.EnvelopeError as error:
        return str(error)
