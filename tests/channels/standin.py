"""A local server in a thread that plays a platform's API: answers are functions of the request."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Call:
    """One request as the server got it; the payload of a form is its bytes."""

    method: str
    path: str
    query: dict[str, str]
    payload: Any


Answer = Callable[[Call], object]


@dataclass
class StandIn:
    """``answers`` maps paths to functions; bytes and ``(status, bytes)`` are sent as they are."""

    url: str
    answers: Mapping[str, Answer]
    calls: list[Call] = field(default_factory=list)

    def count(self, path: str) -> int:
        return sum(call.path == path for call in self.calls)

    def last(self, path: str) -> Call:
        return [call for call in self.calls if call.path == path][-1]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # twenty threads knock at once
    standin: StandIn


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        parts = urlsplit(self.path)
        is_json = raw and "multipart" not in self.headers.get("Content-Type", "")
        payload = json.loads(raw) if is_json else raw or None
        call = Call(self.command, parts.path, dict(parse_qsl(parts.query)), payload)
        self.server.standin.calls.append(call)
        answer = self.server.standin.answers[parts.path](call)
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client stopped waiting, as some tests want

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Keep the tests' output quiet."""


@contextmanager
def standing_in(answers: Mapping[str, Answer]) -> Iterator[StandIn]:
    """Run a server on a free port while the block runs."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.standin = StandIn(f"http://127.0.0.1:{server.server_port}", answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.standin
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
