"""Measure the whole turn: encrypted messages through real ``jinlin serve`` processes.

Run it as ``python -m tests.benchmarks.turns``; the README beside it says what it does and shows
figures. Nothing here is a test: no promise of the product is about speed alone.
"""

import argparse
import base64
import json
import os
import platform
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import urllib3
from sqlalchemy import create_engine, make_url, text

from bot import embedded, processes
from bot.config import Account
from storage import database, sealing
from tests import factories, servers
from tests.benchmarks import load
from tests.platform import official_account, wecom_account

_SECRET_KEY = bytes(range(32))
_READY_SECONDS = 30.0
_STOP_SECONDS = 20.0
_WARM_UP_SECONDS = 2.0
_MOST_A_SECOND = {"talk": 4000, "reports": 2000}
_TICKS = os.sysconf("SC_CLK_TCK")
_SETUPS = (("sqlite", 1), ("postgresql", 1), ("postgresql", 2))
_HEAD = (
    "| database | processes | load | connections | messages/s | p50 ms | p99 ms "
    "| bot CPU ms/message | generator busy | wrong |\n"
    "|---|--:|---|--:|--:|--:|--:|--:|--:|--:|"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: what runs, and who speaks to it."""

    database: str
    processes: int
    load: str
    connections: int


@dataclass(frozen=True, slots=True)
class Bot:
    """Running webhook processes; all of them are in the process group of the first."""

    port: int
    group: int

    def cpu_seconds(self) -> float:
        """Give what all of them have computed so far, user and system time together."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
                continue
            if int(fields[2]) == self.group:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / _TICKS


def main() -> None:
    """Measure what was asked for and print a Markdown table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.turns")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each row")
    parser.add_argument("--connections", type=int, nargs="+", default=[8, 64])
    parser.add_argument(
        "--database", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"]
    )
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument(
        "--load", nargs="+", choices=("talk", "reports"), default=["talk", "reports"]
    )
    asked = parser.parse_args()
    wrong = 0
    with ExitStack() as stack:
        home = Path(stack.enter_context(TemporaryDirectory(prefix="jinlin-bench-")))
        redis = stack.enter_context(embedded.embedded_redis(home / "redis"))
        server = stack.enter_context(_postgres()) if "postgresql" in asked.database else ""
        _say(
            f"Python {platform.python_version()}, {os.cpu_count()} cores, "
            f"load average {os.getloadavg()[0]:.1f} before the first row\n\n{_HEAD}"
        )
        for number, row in enumerate(_rows(asked)):
            place = home / str(number)
            place.mkdir()
            with (
                _database(row.database, server, place, number) as url,
                _serving(place, url, redis.url, row.processes) as bot,
            ):
                figures, faults = _measured(bot, row, asked.seconds)
            _say(
                f"| {row.database} | {row.processes} | {row.load} | {row.connections} "
                f"| {figures} | {len(faults)} |"
            )
            for fault in faults[:3]:
                _say(f"wrong: {fault!r}")
            wrong += len(faults)
    if wrong:
        sys.exit(1)


def _rows(asked: argparse.Namespace) -> list[Row]:
    return [
        Row(database, processes, load, connections)
        for database, processes in _SETUPS
        if database in asked.database and processes in asked.processes
        for load in asked.load
        for connections in asked.connections
    ]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def _postgres() -> Iterator[str]:
    """Give a server that is durable again: for the tests it was made careless."""
    with servers.postgres() as url:
        if "JINLIN_TEST_POSTGRES_URL" not in os.environ:
            servers.execute(url, "ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()")
        engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
        with engine.connect() as connection:
            names = ("server_version", "fsync", "synchronous_commit")
            shown = [connection.execute(text(f"SHOW {name}")).scalar_one() for name in names]
        engine.dispose()
        _say("PostgreSQL {}, fsync {}, synchronous_commit {}".format(*shown))
        yield url


@contextmanager
def _database(kind: str, server: str, place: Path, number: int) -> Iterator[str]:
    """Make a database of this row alone, with a small community in it."""
    if kind == "sqlite":
        yield _founded(f"sqlite:///{place / 'jinlin.db'}")
        return
    name = f"jinlin_bench_{os.getpid()}_{number}"
    servers.execute(server, f"CREATE DATABASE {name}")
    try:
        yield _founded(servers.with_database(server, name))
    finally:
        servers.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def _founded(url: str) -> str:
    database.migrate(url)
    sealing.set_key(_SECRET_KEY)
    engine = database.connect(url)
    factories.found(engine)
    engine.dispose()
    return url


@contextmanager
def _serving(place: Path, url: str, redis_url: str, count: int) -> Iterator[Bot]:
    port = embedded.free_port()
    config = place / "jinlin.toml"
    config.write_text(_settings(official_account(), wecom_account()), encoding="utf-8")
    own = {
        "JINLIN_DATABASE_URL": url,
        "JINLIN_REDIS_URL": redis_url,
        "JINLIN_DATA_DIR": str(place),
        "JINLIN_CONFIG": str(config),
        "JINLIN_SECRET_KEY": base64.b64encode(_SECRET_KEY).decode(),
    }
    program = Path(sysconfig.get_path("scripts")) / "jinlin"
    options = ("serve", "--port", str(port), "--workers", str(count))
    with (place / "serve.log").open("wb") as log:
        child = processes.spawn(
            [program, *options], env={**os.environ, **own}, stdout=log, stderr=log
        )
    try:
        _wait_until_ready(child, port)
        yield Bot(port, child.pid)
    finally:
        child.terminate()
        child.wait(_STOP_SECONDS)


def _settings(*accounts: Account) -> str:
    lines = ["[community]", 'name = "bench"']
    for account in accounts:
        lines += ["", "[[accounts]]"]
        given = account.model_dump(mode="json", exclude_defaults=True)
        lines += [f"{name} = {json.dumps(value)}" for name, value in given.items()]
    return "\n".join([*lines, ""])


def _wait_until_ready(child: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    with urllib3.PoolManager(timeout=urllib3.Timeout(total=2.0), retries=False) as http:
        while time.monotonic() < deadline and child.poll() is None:
            try:
                if http.request("GET", f"http://{load.HOST}:{port}/readyz").status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                pass  # it does not listen yet
            time.sleep(0.1)
    raise RuntimeError("the bot did not become ready")


def _measured(bot: Bot, row: Row, seconds: float) -> tuple[str, list[str]]:
    """Warm up, measure, and give the figures of a row."""
    account = official_account()
    faults: list[str] = []
    for duration in (_WARM_UP_SECONDS, seconds):
        messages = int(duration * _MOST_A_SECOND[row.load])
        waiting = load.scripts(row.load, account, port=bot.port, messages=messages)
        before = bot.cpu_seconds()
        result = load.run(
            waiting, account, port=bot.port, connections=row.connections, seconds=duration
        )
        cpu = bot.cpu_seconds() - before
        faults += result.wrong
    count = len(result.latencies)
    cuts = statistics.quantiles(result.latencies, n=100)
    figures = (
        f"{count / result.seconds:,.0f}",
        f"{cuts[49] * 1000:.1f}",
        f"{cuts[98] * 1000:.1f}",
        f"{cpu / count * 1000:.2f}",
        f"{result.own_cpu_seconds / result.seconds:.0%}",
    )
    return " | ".join(figures), faults


if __name__ == "__main__":
    main()
