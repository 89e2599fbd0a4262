import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import Engine
from structlog.testing import capture_logs

from bot import queue
from bot.channels import Sent
from bot.config import Community, Settings
from bot.runtime import Runtime
from handlers.messages import Notice
from storage.vocabulary import NoticeKind, TimerKind
from tests.conftest import SECRET_KEY
from tests.post_office import OFFICIAL, WECOM, Clock, FakeChannel, add_people, draft, post
from tests.workers.test_timers import set_timer
from workers import delivery, timers

NOWHERE = "redis://127.0.0.1:1/0"

Open = Callable[[str], Runtime]


@pytest.fixture
def opened(
    engine: Engine, wecom: FakeChannel, official: FakeChannel, monkeypatch: pytest.MonkeyPatch
) -> Open:
    def open_with(redis_url: str) -> Runtime:
        settings = Settings.model_validate(
            {
                "config": Path("unused.toml"),
                "secret_key": base64.b64encode(SECRET_KEY).decode(),
                "community": Community(name="近邻社区"),
                "accounts": (WECOM, OFFICIAL),
            }
        )
        runtime = Runtime(
            settings=settings,
            engine=engine,
            channels={"wecom": wecom, "oa": official},
            redis=queue.connect(redis_url),
            clock=Clock(),
        )
        for module in (delivery, timers):
            monkeypatch.setattr(module, "current", lambda: runtime)
        return runtime

    return open_with


def test_the_relay_drops_its_flag_before_it_looks_for_work(
    engine: Engine, opened: Open, wecom: FakeChannel, redis_url: str
) -> None:
    runtime = opened(redis_url)
    runtime.redis.set(queue.RELAY_FLAG, "1")
    post(engine, draft(*add_people(engine, 1)))
    flags: list[object] = []

    def look(*_: object) -> Sent:
        with Redis.from_url(redis_url) as client:
            flags.append(client.get(queue.RELAY_FLAG))
        return Sent()

    wecom.answer = look
    delivery.relay()
    runtime.redis.close()
    assert flags == [None]


def test_the_relay_works_without_redis_and_says_counts_only(
    engine: Engine, opened: Open, wecom: FakeChannel
) -> None:
    opened(NOWHERE)
    post(engine, draft(*add_people(engine, 2)))
    with capture_logs() as logs:
        delivery.relay()
    assert len(wecom.sent) == 1
    assert logs == [
        {
            "event": "relay flag left standing",
            "log_level": "warning",
            "error": "ConnectionError",
        },
        {"event": "notices relayed", "log_level": "info", "sent": 2},
    ]


@pytest.mark.parametrize("writes", [True, False], ids=["writes a notice", "writes nothing"])
def test_timers_ask_for_the_relay_if_they_wrote_notices(
    engine: Engine,
    opened: Open,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    writes: bool,
) -> None:
    runtime = opened(redis_url)
    recipients = tuple(add_people(engine, 1)) if writes else ()
    written = [Notice(kind=NoticeKind.ORDER_CLOSED, title="#1", recipients=recipients)] * writes
    monkeypatch.setattr(timers, "HANDLERS", {TimerKind.CONFIRM_WINDOW: lambda *_: written})
    set_timer(engine)
    timers.fire()
    assert bool(runtime.redis.exists(queue.RELAY_FLAG)) == writes
    runtime.redis.close()


def test_timers_fire_without_redis(
    engine: Engine, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(NOWHERE)
    recipients = tuple(add_people(engine, 1))
    written = [Notice(kind=NoticeKind.ORDER_CLOSED, title="#1", recipients=recipients)]
    monkeypatch.setattr(timers, "HANDLERS", {TimerKind.CONFIRM_WINDOW: lambda *_: written})
    set_timer(engine)
    with capture_logs() as logs:
        timers.fire()
    assert [line["event"] for line in logs] == [
        "relay not asked for, its tick will come",
        "timers fired",
    ]
