"""A community to talk to, on both databases."""

import pytest
from sqlalchemy import Engine

from tests.factories import World, found


@pytest.fixture
def world(engine: Engine) -> World:
    """A community at noon, nothing reported yet."""
    return found(engine)
