"""Parts that the channels' tests share: the hour, an impatient Redis client, tokens at hand."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

NOW = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)


class FixedTokens:
    """A token source without a platform behind it."""

    def current(self) -> str:
        return "token"

    def renewed(self, used: str) -> str:
        return used + "+"


def impatient(url: str) -> Redis:
    """A client with short time-outs and no retries, as processes hand it in."""
    return Redis.from_url(
        url,
        socket_timeout=0.3,
        socket_connect_timeout=0.2,
        retry=Retry(ConstantBackoff(0), 0),
        decode_responses=True,
    )


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[Redis]:
    """An empty Redis."""
    with impatient(redis_url) as client:
        yield client


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def tokens() -> FixedTokens:
    return FixedTokens()
