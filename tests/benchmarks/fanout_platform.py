"""Both platforms' send methods as a quick HTTP server that counts whom it was given."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

REFUSES_EVERY = 1_000
"""Each so manieth person is one whom the platform does not reach."""

_HOST = "127.0.0.1"
_WINDOW_CLOSED = 45015
_TOKEN = {"errcode": 0, "access_token": "t", "expires_in": 7200}


@dataclass
class Seen:
    """How many sends there were, and how often each person was given something."""

    calls: int = 0
    got: Counter[str] = field(default_factory=Counter)


def serve(port: int, latency: float, results: Connection) -> None:
    """Answer each send after so many seconds, until told that it is enough; give what was seen."""
    asyncio.run(_serve(port, latency, results))


async def _serve(port: int, latency: float, results: Connection) -> None:
    seen = Seen()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path, length = _read(head)
                body = await reader.readexactly(length)
                told = _TOKEN
                if "/send" in path:
                    await asyncio.sleep(latency)
                    told = _take(seen, json.loads(body))
                content = json.dumps(told).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n%b" % (len(content), content)
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, _HOST, port, backlog=256)
    async with server:
        results.send("listening")
        await asyncio.get_running_loop().run_in_executor(None, results.recv)
        results.send(seen)


def _read(head: bytes) -> tuple[str, int]:
    """Give a request's path and the length of its body."""
    first, *lines = head.decode().split("\r\n")
    fields = {name.lower(): value for name, _, value in (each.partition(":") for each in lines)}
    return first.split(" ")[1], int(fields.get("content-length", "0"))


def _take(seen: Seen, message: dict[str, Any]) -> dict[str, Any]:
    """Give a message to whom it names, those aside who are not reached."""
    seen.calls += 1
    named = message["touser"].split("|")
    refused = [each for each in named if int(each[1:]) % REFUSES_EVERY == 0]
    seen.got.update(set(named) - set(refused))
    if "agentid" in message:
        return {"errcode": 0, "errmsg": "ok", "invaliduser": "|".join(refused), "msgid": "m"}
    return {"errcode": _WINDOW_CLOSED if refused else 0, "errmsg": "ok"}
