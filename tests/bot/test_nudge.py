import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from redis import Redis
from structlog.testing import capture_logs

from bot import queue
from bot.embedded import EmbeddedRedis
from bot.nudge import NudgeThread
from handlers.messages import Nudge
from tests.servers import wait_until

DELIVERY = frozenset({Nudge.DELIVERY})


@contextmanager
def nudging(client: Redis) -> Iterator[NudgeThread]:
    thread = NudgeThread(client)
    thread.start()
    yield thread
    thread.stop()


def relays(url: str) -> int:
    with Redis.from_url(url) as client:
        return int(client.llen("rq:queue:delivery"))


def is_flag_up(url: str) -> bool:
    with Redis.from_url(url) as client:
        return bool(client.exists(queue.RELAY_FLAG))


def test_many_nudges_make_one_run_until_that_run_begins(redis_url: str) -> None:
    with nudging(queue.connect(redis_url)) as nudges, Redis.from_url(redis_url) as client:
        for _ in range(50):
            nudges.hurry(DELIVERY)
        wait_until(lambda: relays(redis_url))
        nudges.hurry(DELIVERY)
        nudges.stop()
        assert relays(redis_url) == 1
        client.delete(queue.RELAY_FLAG)  # the relay's first act
    with nudging(queue.connect(redis_url)) as nudges:
        nudges.hurry(DELIVERY)
        wait_until(lambda: relays(redis_url) == 2)


def test_each_kind_of_nudge_makes_a_run_of_its_own(redis_url: str) -> None:
    with nudging(queue.connect(redis_url)) as nudges, Redis.from_url(redis_url) as client:
        nudges.hurry(frozenset({Nudge.MEDIA}))
        wait_until(lambda: client.llen("rq:queue:media") == 1)
        assert relays(redis_url) == 0
        nudges.hurry(frozenset(Nudge))
        wait_until(lambda: relays(redis_url) == 1)
        assert client.llen("rq:queue:media") == 1  # its flag still stands
        assert client.exists(queue.MEDIA_FLAG)


def test_the_flag_of_a_run_that_never_came_expires_by_itself(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert queue.ask_for_relay(client)
        assert not queue.ask_for_relay(client)
        assert 0 < int(client.ttl(queue.RELAY_FLAG)) <= 30


def test_a_turn_that_asks_for_nothing_makes_no_run(redis_url: str) -> None:
    with nudging(queue.connect(redis_url)) as nudges:
        nudges.hurry(frozenset())
    assert (relays(redis_url), is_flag_up(redis_url)) == (0, False)


@pytest.mark.timeout(30)
def test_whoever_nudges_does_not_wait_for_a_redis_that_hangs(own_redis: EmbeddedRedis) -> None:
    # The client would wait a minute: were the caller to wait with it, this test would time out.
    entered = threading.Event()
    client = queue.connect(own_redis.url, socket_seconds=60)
    client.ping()
    own_redis.pause()
    ask = client.set

    def asked(*args: object, **kwargs: object) -> object:
        entered.set()
        return ask(*args, **kwargs)  # type: ignore[arg-type]

    client.set = asked  # type: ignore[method-assign, assignment]
    with nudging(client) as nudges:
        nudges.hurry(DELIVERY)
        entered.wait()
        for _ in range(1000):
            nudges.hurry(DELIVERY)
        own_redis.resume()
        wait_until(lambda: relays(own_redis.url))


def test_an_outage_is_logged_once_and_nudges_go_on_after_it(own_redis: EmbeddedRedis) -> None:
    own_redis.kill()
    with nudging(queue.connect(own_redis.url)) as nudges, capture_logs() as logged:
        for _ in range(5):
            nudges.hurry(DELIVERY)
            wait_until(lambda: logged)
        own_redis.start_empty()

        def is_passed_on() -> bool:
            nudges.hurry(DELIVERY)
            return relays(own_redis.url) == 1

        wait_until(is_passed_on)
        wait_until(lambda: len(logged) > 1)
    assert [(entry["event"], entry["log_level"]) for entry in logged] == [
        ("nudges not passed on", "warning"),
        ("nudges passed on again", "info"),
    ]
