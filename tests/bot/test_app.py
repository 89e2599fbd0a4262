import asyncio
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.app import Readiness, build
from bot.config import Settings
from bot.embedded import EmbeddedRedis, free_port
from bot.runtime import open_runtime
from handlers.messages import Answer, Incoming

ALL_WELL = {"database": "ok", "redis": "ok"}


def look(database_url: str, redis_url: str, *, seconds: float = 5.0) -> dict[str, str]:
    async def run() -> dict[str, str]:
        readiness = Readiness(database_url, redis_url, seconds)
        try:
            return await readiness.state()
        finally:
            readiness.close()

    return asyncio.run(run())


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Somebody who takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_all_is_well_while_database_migrations_and_redis_are_there(
    database_url: str, redis_url: str
) -> None:
    assert look(database_url, redis_url) == ALL_WELL


def test_a_database_without_the_migrations_is_named(tmp_path: Path, redis_url: str) -> None:
    state = look(f"sqlite:///{tmp_path / 'empty.db'}", redis_url)
    assert state == {"database": "not migrated", "redis": "ok"}


def test_a_database_that_is_away_is_named(redis_url: str) -> None:
    state = look(f"postgresql://nobody@127.0.0.1:{free_port()}/none", redis_url)
    assert state == {"database": "unreachable", "redis": "ok"}


def test_a_database_that_hangs_is_not_waited_for(silent_port: int, redis_url: str) -> None:
    state = look(f"postgresql://nobody@127.0.0.1:{silent_port}/none", redis_url, seconds=0.5)
    assert state == {"database": "unreachable", "redis": "ok"}


def test_whoever_asks_while_a_look_hangs_shares_it(silent_port: int, redis_url: str) -> None:
    async def run() -> list[dict[str, str]]:
        readiness = Readiness(
            f"postgresql://nobody@127.0.0.1:{silent_port}/none", redis_url, seconds=0.3
        )
        states = [await readiness.state() for _ in range(3)]
        readiness.close()
        return states

    assert asyncio.run(run()) == [{"database": "unreachable", "redis": "ok"}] * 3


def test_a_redis_that_is_away_or_hangs_only_makes_it_degraded(
    sqlite_url: str, own_redis: EmbeddedRedis
) -> None:
    assert look(sqlite_url, own_redis.url) == ALL_WELL
    own_redis.pause()
    assert look(sqlite_url, own_redis.url) == {"database": "ok", "redis": "degraded"}
    own_redis.kill()
    assert look(sqlite_url, own_redis.url) == {"database": "ok", "redis": "degraded"}
    own_redis.start()
    assert look(sqlite_url, own_redis.url) == ALL_WELL


def nothing_runs(turns: Sequence[Incoming]) -> list[Answer]:
    raise AssertionError(turns)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(build(open_runtime(settings), nothing_runs)) as client:
        yield client


def test_the_process_is_healthy_whatever_else_is_away(client: TestClient) -> None:
    assert client.get("/healthz").status_code == 200


def test_it_is_ready_without_redis(client: TestClient) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        200,
        {"database": "ok", "redis": "degraded"},
    )


def test_it_is_not_ready_without_its_database(
    settings: Settings, tmp_path: Path, redis_url: str
) -> None:
    bare = settings.model_copy(
        update={"database_url": f"sqlite:///{tmp_path / 'empty.db'}", "redis_url": redis_url}
    )
    with TestClient(build(open_runtime(bare), nothing_runs)) as client:
        response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        503,
        {"database": "not migrated", "redis": "ok"},
    )


def test_every_account_of_the_settings_has_its_path(client: TestClient) -> None:
    statuses = {
        path: client.get(f"/webhook/{path}").status_code for path in ("oa", "wecom", "nobody")
    }
    assert statuses == {"oa": 403, "wecom": 403, "nobody": 404}


def test_refusals_are_counted_by_status_and_metrics_name_nobody(client: TestClient) -> None:
    def refusals() -> float:
        lines = client.get("/metrics").text.splitlines()
        values = [
            line for line in lines if line.startswith('jinlin_webhook_refusals_total{status="404"}')
        ]
        return float(values[0].split()[1]) if values else 0.0

    before = refusals()
    client.post("/webhook/somebody", content=b"x")
    assert refusals() == before + 1
    assert "somebody" not in client.get("/metrics").text


def test_there_is_no_page_that_documents_the_application(client: TestClient) -> None:
    paths = ("/docs", "/redoc", "/openapi.json", "/webhook/oa/")
    assert [client.get(path).status_code for path in paths] == [404] * 4
