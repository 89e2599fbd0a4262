"""Real databases and a real Redis for every test that asks."""

import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import Engine, event

from bot.embedded import EmbeddedRedis, embedded_redis
from storage import database, sealing
from tests import servers

SECRET_KEY = bytes(range(32))

ReportFigures = Callable[[str], None]
_FIGURES = "figures"


@pytest.fixture
def report_figures(record_property: Callable[[str, object], None]) -> ReportFigures:
    """Say a line of figures at the end of the run, from whichever process the test runs in."""
    return lambda line: record_property(_FIGURES, line)


_SLOW = ("browser", "end_to_end", "workers/test_chain.py", "workers/test_outage.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long: at the end one of them would run alone."""
    folder = Path(__file__).parent
    slow = tuple(str(folder / name) for name in _SLOW)
    items.sort(key=lambda item: not str(item.path).startswith(slow))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured."""
    lines = [
        str(value)
        for report in terminalreporter.stats.get("passed", [])
        for name, value in report.user_properties
        if name == _FIGURES
    ]
    if lines:
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(autouse=True)
def sealing_key() -> bytes:
    """The key of every test."""
    sealing.set_key(SECRET_KEY)
    return SECRET_KEY


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    """One Redis for the session; ``redis_url`` gives it empty."""
    with embedded_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_url(redis_server: EmbeddedRedis) -> str:
    """An empty Redis that must be left running."""
    with Redis.from_url(redis_server.url) as client:
        client.flushall()
    return redis_server.url


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    """A Redis of this test alone: kill it, let it hang, start it empty."""
    with embedded_redis(tmp_path / "redis") as server:
        yield server


def _exit_on_sigterm(number: int, _: object) -> None:
    sys.exit(128 + number)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server; ended also when the test run is (its package would leave it running)."""
    former = signal.signal(signal.SIGTERM, _exit_on_sigterm)
    try:
        with servers.postgres() as url:
            yield url
    finally:
        signal.signal(signal.SIGTERM, former)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    database.migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """The name of a migrated database to copy."""
    name = f"jinlin_template_{os.getpid()}"
    servers.execute(postgres_url, f"CREATE DATABASE {name}")
    database.migrate(servers.with_database(postgres_url, name))
    yield name
    servers.execute(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh, migrated, empty SQLite database."""
    path = tmp_path / "jinlin.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgres_databases(
    postgres_url: str, postgres_template: str
) -> Iterator[servers.EmptyDatabases]:
    """The databases of this process, one after the other."""
    databases = servers.EmptyDatabases(postgres_url, postgres_template)
    yield databases
    databases.close()


@pytest.fixture
def postgresql_url(postgres_databases: servers.EmptyDatabases) -> str:
    """A fresh, migrated, empty PostgreSQL database."""
    return postgres_databases.give()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated, empty database of either kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def _without_syncing(connection: sqlite3.Connection, _: object) -> None:
    """No test asks what a power cut leaves; the processes of the end-to-end tests do sync."""
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on ``database_url``."""
    engine = database.connect(database_url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _without_syncing)
    yield engine
    engine.dispose()
