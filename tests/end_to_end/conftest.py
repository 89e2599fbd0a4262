"""One town for each database, shared by all end-to-end tests."""

import os
from collections.abc import Iterator

import pytest

from tests import servers
from tests.end_to_end.town import Town, founded


@pytest.fixture(scope="package")
def town_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town-on-sqlite")
    with founded(folder, f"sqlite:///{folder / 'jinlin.db'}") as town:
        yield town


@pytest.fixture(scope="package")
def town_on_postgresql(
    tmp_path_factory: pytest.TempPathFactory, postgres_url: str
) -> Iterator[Town]:
    name = f"jinlin_town_{os.getpid()}"
    servers.execute(postgres_url, f"CREATE DATABASE {name}")
    try:
        folder = tmp_path_factory.mktemp("town-on-postgresql")
        with founded(folder, servers.with_database(postgres_url, name)) as town:
            yield town
    finally:
        servers.execute(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest) -> Town:
    """A town on either database; people and orders of earlier tests are still there."""
    found: Town = request.getfixturevalue(f"town_on_{request.param}")
    return found
