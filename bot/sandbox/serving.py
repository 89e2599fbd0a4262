"""The sandbox as a server in a thread of its own: its port, and how it begins and ends."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

PAGE_PORT = 8090
LOCAL = "127.0.0.1"


@contextmanager
def listening(host: str, wanted: int, *, or_another: bool = False) -> Iterator[socket.socket]:
    """Take a port for as long as the context lasts.

    Args:
        host: name or address of this machine, of either family.
        wanted: the usual port.
        or_another: take a free one where somebody else has the usual one.

    Raises:
        OSError: the port is taken, or the host is none of this machine.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, wanted, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError:
            if not or_another:
                raise
            listener.bind((host, 0))
        listener.listen()  # who connects before the server runs waits for it
        yield listener


def port_of(listener: socket.socket) -> int:
    """Give the port that was taken."""
    return int(listener.getsockname()[1])


@contextmanager
def served(app: Starlette, listener: socket.socket) -> Iterator[None]:
    """Serve from a thread; uvicorn leaves the signals alone there.

    The ``Date`` of an answer is the stand-in's own, whose clock may have been moved.
    """
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,  # its own would replace the loggers of whoever serves
            log_level="warning",
            access_log=False,
            date_header=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="sandbox")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
