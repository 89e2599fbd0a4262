import base64
import os
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
from storage import media as store
from storage.database import transaction
from storage.media import Draft
from storage.vocabulary import MediaKind, NoticeKind, Platform, TimerKind
from tests.conftest import SECRET_KEY
from tests.post_office import (
    NOW,
    OFFICIAL,
    WECOM,
    Clock,
    FakeChannel,
    add_people,
    add_person,
    draft,
    post,
)
from tests.workers.test_timers import set_timer
from workers import delivery, media, timers

NOWHERE = "redis://127.0.0.1:1/0"

Open = Callable[[str], Runtime]


@pytest.fixture
def opened(
    engine: Engine,
    wecom: FakeChannel,
    official: FakeChannel,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Open:
    def open_with(redis_url: str) -> Runtime:
        settings = Settings.model_validate(
            {
                "config": Path("unused.toml"),
                "data_dir": tmp_path,
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
        for module in (delivery, media, timers):
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


def note_photo(engine: Engine) -> None:
    with transaction(engine) as session:
        sender = Draft(
            kind=MediaKind.IMAGE,
            person_id=add_person(session, official="o1"),
            platform=Platform.OFFICIAL,
            app_id=OFFICIAL.app_id,
            media_id="m1",
        )
        store.add(session, sender, now=NOW)


@pytest.mark.parametrize("is_told", [True, False], ids=["tells the sender", "keeps the photo"])
def test_fetching_drops_its_flag_and_asks_for_the_relay_if_somebody_is_told(
    engine: Engine, opened: Open, official: FakeChannel, redis_url: str, *, is_told: bool
) -> None:
    runtime = opened(redis_url)
    queue.ask_for_media(runtime.redis)
    note_photo(engine)
    flags: list[object] = []

    def answer(_: str) -> bytes:
        flags.append(runtime.redis.get(queue.MEDIA_FLAG))
        return b"%PDF" if is_told else b"\xff\xd8\xff"

    official.photos = answer
    media.fetch()
    assert flags == [None]
    assert bool(runtime.redis.exists(queue.RELAY_FLAG)) == is_told
    runtime.redis.close()


def test_photos_are_fetched_without_redis(
    engine: Engine, opened: Open, official: FakeChannel
) -> None:
    opened(NOWHERE)
    note_photo(engine)
    official.photos = lambda _: b"%PDF"
    with capture_logs() as logs:
        media.fetch()
    assert [line["event"] for line in logs] == [
        "media flag left standing",
        "relay not asked for, its tick will come",
        "media fetched",
    ]


def test_what_a_killed_worker_left_half_written_is_swept_away(
    opened: Open, tmp_path: Path, redis_url: str
) -> None:
    folder = tmp_path / "media" / "incoming"
    folder.mkdir(parents=True)
    for name, age in (("old.part", 3601), ("young.part", 3599)):
        (folder / name).write_bytes(b"half")
        at = NOW.timestamp() - age
        os.utime(folder / name, (at, at))
    opened(redis_url).redis.close()
    media.fetch()
    assert [path.name for path in folder.iterdir()] == ["young.part"]
