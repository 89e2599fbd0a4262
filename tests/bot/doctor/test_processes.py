"""Redis, the processes and what waits for them, broken in turn."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from rq.cron_scheduler_registry import get_keys, get_registry_key
from rq.worker_registration import REDIS_WORKER_KEYS
from sqlalchemy import update

from bot import queue
from bot.doctor import limits
from bot.doctor.findings import State
from bot.embedded import EmbeddedRedis, free_port
from handlers.texts import doctor_machine as texts
from storage import alerts, database
from storage.models import Delivery, InboxMessage, Notice, Person
from storage.vocabulary import AlertKind, DeliveryStatus, InboxStatus, NoticeKind
from tests import factories
from tests.bot.doctor.conftest import Blamed, Town, begin_work, blamed, said, skipped_in

REDIS = (State.FAULT, "JINLIN_REDIS_URL")
FAULT, WARNING = (State.FAULT, ""), (State.WARNING, "")
NEEDS_REDIS = 3


def test_a_redis_that_is_not_there_is_named(town: Town) -> None:
    town.variables["JINLIN_REDIS_URL"] = f"redis://127.0.0.1:{free_port()}/0"
    findings = town.examined()
    assert said(findings, REDIS).said == texts.REDIS_REFUSED.said
    assert skipped_in(findings) == NEEDS_REDIS
    assert [each for each in blamed(findings) if each[0] is State.FAULT] == [REDIS]


def test_a_redis_that_says_nothing_is_given_up(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.doctor.processes._SOCKET_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        town.variables["JINLIN_REDIS_URL"] = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        assert [finding.said for finding in town.wrong()] == [texts.REDIS_TIMEOUT.said]


def test_a_redis_that_wants_a_password_is_named(town: Town, own_redis: EmbeddedRedis) -> None:
    from redis import Redis  # noqa: PLC0415 (only here is another one)

    with Redis.from_url(own_redis.url) as redis:
        redis.config_set("requirepass", "open sesame")
    town.variables["JINLIN_REDIS_URL"] = own_redis.url
    found = town.wrong()
    assert [(finding.setting, finding.said) for finding in found] == [
        ("JINLIN_REDIS_URL", texts.REDIS_PASSWORD.said)
    ]


def test_a_redis_that_is_too_old_is_named(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REDIS_VERSION", (99, 0))  # no server is older than the embedded
    found = town.wrong()
    assert blamed(found) == [REDIS]
    assert "99.0" in found[0].remedy


def test_no_worker_is_named(town: Town) -> None:
    town.redis.delete(REDIS_WORKER_KEYS)
    found = town.wrong()
    assert blamed(found) == [FAULT]
    assert "jinlin worker" in found[0].remedy


def test_a_worker_that_signed_off_works_no_more(town: Town) -> None:
    (key,) = town.redis.smembers(REDIS_WORKER_KEYS)
    town.redis.hset(key, "death", "2026-11-21T00:00:00.000000Z")
    assert [finding.said for finding in town.wrong()] == [texts.NO_WORKER.said]


def test_a_worker_that_is_silent_for_long_is_named(town: Town) -> None:
    (key,) = town.redis.smembers(REDIS_WORKER_KEYS)
    town.redis.hset(key, "last_heartbeat", "2026-11-21T00:00:00.000000Z")
    found = town.wrong(wall=lambda: datetime.now(UTC))
    assert blamed(found) == [FAULT]
    assert found[0].name == texts.WORKER
    assert found[0].said.startswith("最近一次报到在")


def test_a_queue_that_nobody_works_at_is_named(town: Town) -> None:
    town.redis.flushall()
    begin_work(town.redis, queue.QUEUES[:1])
    found = [finding for finding in town.wrong() if finding.name == texts.WORKER]
    assert blamed(found) == [FAULT]
    assert all(name in found[0].said for name in queue.QUEUES[1:])


def test_no_scheduler_is_named(town: Town) -> None:
    town.redis.delete(get_registry_key())
    found = town.wrong()
    assert blamed(found) == [FAULT]
    assert "jinlin scheduler" in found[0].remedy


def test_a_scheduler_that_is_silent_for_long_is_named(town: Town) -> None:
    (name,) = get_keys(town.redis)
    ago = datetime.now(UTC) - timedelta(minutes=7)
    town.redis.zadd(get_registry_key(), {name: ago.timestamp()})
    found = town.wrong()
    assert blamed(found) == [FAULT]
    assert found[0].said.startswith("最近一次报到在 7 分钟前")


def test_a_queue_that_grows_is_worth_a_word(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MANY_JOBS", 2)
    for _ in range(3):
        queue.enqueue(town.redis, queue.RELAY)
    found = town.wrong()
    assert blamed(found) == [WARNING]
    assert found[0].said.startswith("队列 delivery 里有 3 件")


def deliver(town: Town, *, due: timedelta, lease: timedelta | None = None) -> None:
    now = datetime.now(UTC)
    engine = database.connect(town.database_url)
    with database.transaction(engine) as session:
        person = session.query(Person).first()
        assert person
        notice = Notice(kind=NoticeKind.REPLY, title="有消息", created_at=now)
        session.add(notice)
        session.flush()
        session.add(
            Delivery(
                notice_id=notice.id,
                person_id=person.id,
                status=DeliveryStatus.DUE,
                due_at=now + due,
                leased_until=now + lease if lease else None,
            )
        )
    engine.dispose()


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(-1, []), (-5, [WARNING]), (-20, [FAULT]), (60, [])],
    ids=["just now", "late", "very late", "later"],
)
def test_deliveries_that_nobody_sends_are_named(
    make_town: Callable[[str], Town], database_url: str, minutes: int, expected: list[Blamed]
) -> None:
    town = make_town(database_url)
    deliver(town, due=timedelta(minutes=minutes))
    found = town.wrong()
    assert blamed(found) == expected
    assert [finding.name for finding in found] == [texts.DELIVERIES] * len(expected)


def test_a_delivery_under_way_is_not_late(town: Town) -> None:
    deliver(town, due=-timedelta(minutes=20), lease=timedelta(minutes=1))
    assert town.wrong() == []


def test_turns_that_failed_are_worth_a_word(town: Town) -> None:
    engine = database.connect(town.database_url)
    with database.transaction(engine) as session:
        session.execute(
            update(InboxMessage)
            .where(InboxMessage.app_id == factories.WECOM)
            .values(status=InboxStatus.FAILED)
        )
    engine.dispose()
    found = town.wrong()
    assert blamed(found) == [WARNING]
    assert "1 条处理出错" in found[0].said


def test_faults_that_the_service_met_are_told_with_their_meaning(town: Town) -> None:
    now = datetime.now(UTC)
    engine = database.connect(town.database_url)
    with database.transaction(engine) as session:
        for _ in range(2):
            alerts.raise_alert(session, factories.OFFICIAL, AlertKind.UNAUTHORISED, "48001", now)
        alerts.raise_alert(session, factories.WECOM, AlertKind.IDLE, "inactive_alert", now)
        alerts.raise_alert(session, factories.WECOM, AlertKind.CLOCK, "date", now)
        old = now - limits.ALERTS_SINCE - timedelta(hours=1)
        alerts.raise_alert(session, factories.WECOM, AlertKind.QUOTA, "45009", old)
        alerts.raise_alert(session, "wx-of-another-town", AlertKind.QUOTA, "45009", now)
    engine.dispose()
    found = town.wrong()
    assert blamed(found) == [WARNING] * 3
    assert "没有这项接口的权限（48001），一共 2 次" in found[0].said
    assert found[1].said.startswith("本机时间和平台差得多，一共 1 次")
    assert "inactive_alert" in found[2].said
    assert all(finding.remedy for finding in found)
