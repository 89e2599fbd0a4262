"""A community on both databases, and a second process that shares its database."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from storage import database
from tests.factories import World, found


@pytest.fixture
def world(engine: Engine) -> World:
    """A community at noon, nothing reported yet."""
    return found(engine)


@pytest.fixture
def other_engine(database_url: str) -> Iterator[Engine]:
    """An engine as another process would have it."""
    engine = database.connect(database_url)
    yield engine
    engine.dispose()
