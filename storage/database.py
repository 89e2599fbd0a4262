"""Engines for SQLite and PostgreSQL with the limits that keep one turn from blocking another."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

MIGRATIONS = Path(__file__).parent / "migrations"

_SQLITE_BUSY_SECONDS = 2.0
_CONNECT_SECONDS = 2
_POSTGRES_OPTIONS = "-c lock_timeout=100ms -c statement_timeout=3s -c timezone=UTC"


def connect(url: str, *, pool_size: int = 5, read_only: bool = False) -> Engine:
    """Make an engine.

    SQLite runs in WAL mode, durable before the answer (synchronous=FULL), and every transaction
    begins as BEGIN IMMEDIATE, so that two writers queue instead of failing in the middle; a
    ``read_only`` engine begins plainly and never waits for the write lock. Errors never quote the
    values of a statement: they may be personal.

    Args:
        url: ``sqlite:////file`` or ``postgresql://…``.
        pool_size: connections kept open.
        read_only: for reads that must not take SQLite's write lock.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed,
            connect_args={"timeout": _SQLITE_BUSY_SECONDS, "check_same_thread": False},
            hide_parameters=True,
            poolclass=QueuePool,
            pool_size=pool_size,
        )
        _prepare_sqlite(engine, begin="BEGIN" if read_only else "BEGIN IMMEDIATE")
        return engine
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        hide_parameters=True,
        pool_pre_ping=False,
        pool_timeout=_CONNECT_SECONDS,
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            "options": _POSTGRES_OPTIONS,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "tcp_user_timeout": 4000,
        },
    )


def _prepare_sqlite(engine: Engine, *, begin: str) -> None:
    """Take transactions out of the driver's hands: on Python 3.11 it would lose savepoints."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        del record
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Give one session in one transaction: committed at the end, rolled back on any exception."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def _alembic(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def migrate(url: str, *, revision: str = "head") -> None:
    """Bring the schema to a revision (``head``: the newest) by running the migrations."""
    command.upgrade(_alembic(url), revision)


def downgrade(url: str, *, revision: str = "base") -> None:
    """Take the schema back to a revision."""
    command.downgrade(_alembic(url), revision)


def is_current(engine: Engine) -> bool:
    """Say whether the schema is at the newest revision."""
    with engine.connect() as connection:
        current: Any = MigrationContext.configure(connection).get_current_revision()
    return bool(current == ScriptDirectory(str(MIGRATIONS)).get_current_head())
