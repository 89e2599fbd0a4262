"""This machine, the database, Redis and the processes, broken in turn."""

import base64
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from rq.cron_scheduler_registry import get_keys, get_registry_key
from rq.worker_registration import REDIS_WORKER_KEYS
from sqlalchemy import make_url, update

from bot import queue
from bot.doctor import limits, machine
from bot.doctor.findings import Finding, State
from bot.embedded import EmbeddedRedis, free_port
from handlers.texts import doctor_machine as texts
from handlers.texts.doctor import Advice
from storage import alerts, database
from storage.models import Delivery, InboxMessage, Notice, Person
from storage.sealing import seal, set_key
from storage.vocabulary import AlertKind, DeliveryStatus, InboxStatus, NoticeKind
from tests import factories, servers
from tests.bot.doctor.conftest import Blamed, Town, begin_work, blamed
from tests.conftest import SECRET_KEY

DATABASE = (State.FAULT, "JINLIN_DATABASE_URL")
REDIS = (State.FAULT, "JINLIN_REDIS_URL")
FAULT, WARNING = (State.FAULT, ""), (State.WARNING, "")
NEEDS_DATABASE = 5
NEEDS_REDIS = 3


def skipped_in(findings: list[Finding]) -> int:
    return sum(finding.state is State.SKIPPED for finding in findings)


def said(findings: list[Finding], wanted: Blamed) -> Finding:
    (finding,) = [each for each in findings if (each.state, each.setting) == wanted]
    return finding


def test_a_data_directory_that_is_not_there_is_named_and_not_made(town: Town) -> None:
    town.data_dir.rmdir()
    found = town.wrong()
    assert blamed(found) == [(State.FAULT, "JINLIN_DATA_DIR")]
    assert "install -d" in found[0].remedy
    assert not town.data_dir.exists()


def test_a_file_in_place_of_the_data_directory_is_named(town: Town) -> None:
    town.data_dir.rmdir()
    town.data_dir.touch()
    assert blamed(town.wrong()) == [(State.FAULT, "JINLIN_DATA_DIR")]


def test_a_data_directory_that_others_can_see_is_worth_a_word(town: Town) -> None:
    town.data_dir.chmod(0o755)
    found = town.wrong()
    assert blamed(found) == [(State.WARNING, "JINLIN_DATA_DIR")]
    assert "chmod 700" in found[0].remedy


@pytest.mark.parametrize(
    ("free", "state"),
    [(limits.LITTLE_DISK_BYTES - 1, State.WARNING), (limits.NO_DISK_BYTES - 1, State.FAULT)],
    ids=["little", "none"],
)
def test_a_disk_that_fills_up_is_named(
    town: Town, monkeypatch: pytest.MonkeyPatch, free: int, state: State
) -> None:
    disk = SimpleNamespace(disk_usage=lambda _: SimpleNamespace(free=free))
    monkeypatch.setattr(machine, "shutil", disk)  # a disk cannot be filled for a test
    assert blamed(town.wrong()) == [(state, "JINLIN_DATA_DIR")]


def test_a_clock_that_a_file_moves_is_worth_a_word(town: Town) -> None:
    path = town.folder / "clock"
    path.write_text("0", encoding="ascii")
    town.variables["JINLIN_CLOCK_FILE"] = str(path)
    assert blamed(town.wrong()) == [(State.WARNING, "JINLIN_CLOCK_FILE")]


def test_a_clock_file_that_is_no_number_is_named(town: Town) -> None:
    path = town.folder / "clock"
    path.write_text("noon", encoding="ascii")
    town.variables["JINLIN_CLOCK_FILE"] = str(path)
    assert blamed(town.wrong()) == [(State.FAULT, "JINLIN_CLOCK_FILE")]


def test_the_key_of_another_database_opens_nothing(
    make_town: Callable[[str], Town], database_url: str
) -> None:
    town = make_town(database_url)
    town.variables["JINLIN_SECRET_KEY"] = base64.b64encode(bytes(32)).decode()
    found = town.wrong()
    assert blamed(found) == [(State.FAULT, "JINLIN_SECRET_KEY")]
    assert found[0].said == "这把密钥打不开这个库里的内容。"


def test_a_key_that_was_changed_in_between_is_noticed(town: Town) -> None:
    set_key(bytes(32))
    engine = database.connect(town.database_url)
    with database.transaction(engine) as session:
        session.execute(
            update(Person).where(Person.name == "刘主任").values(phone_sealed=seal("1"))
        )
    engine.dispose()
    set_key(SECRET_KEY)
    found = town.wrong()
    assert blamed(found) == [(State.FAULT, "JINLIN_SECRET_KEY")]
    assert found[0].said == texts.KEY_MIXED.said


def test_a_database_without_the_newest_structure_is_named(
    make_town: Callable[[str], Town], database_url: str
) -> None:
    town = make_town(database_url)
    database.downgrade(database_url, revision="0001")
    findings = town.examined()
    assert said(findings, DATABASE).said == texts.NOT_MIGRATED.said
    assert "jinlin migrate" in said(findings, DATABASE).remedy
    assert [each for each in blamed(findings) if each[0] is State.FAULT] == [DATABASE]
    assert skipped_in(findings) == NEEDS_DATABASE


def test_a_sqlite_file_that_is_not_there_is_named_and_not_made(town: Town) -> None:
    path = Path(town.folder / "nothing.db")
    town.variables["JINLIN_DATABASE_URL"] = f"sqlite:///{path}"
    found = town.wrong()
    assert [finding.said for finding in found] == [texts.DATABASE_NO_FILE.said]
    assert not path.exists()


def test_a_file_that_is_no_database_is_named(town: Town) -> None:
    path = town.folder / "notes.db"
    path.write_text("milk and eggs" * 500, encoding="utf-8")
    town.variables["JINLIN_DATABASE_URL"] = f"sqlite:///{path}"
    assert [finding.said for finding in town.wrong()] == [texts.DATABASE_NO_SQLITE.said]


def password_asked(url: str) -> str:
    """Make a role of no use, where the server lets everybody in without a password."""
    return make_url(url).set(username="nobody").render_as_string(hide_password=False)


POSTGRES = {
    "nobody listens": (
        lambda _: f"postgresql://jinlin@127.0.0.1:{free_port()}/jinlin",
        texts.DATABASE_REFUSED,
    ),
    "no such host": (
        lambda _: "postgresql://jinlin@database.invalid/jinlin",
        texts.DATABASE_NO_NAME,
    ),
    "no such database": (
        lambda url: servers.with_database(url, "nothing_here"),
        texts.DATABASE_NO_SUCH,
    ),
    "no such user": (password_asked, texts.DATABASE_PASSWORD),
}


@pytest.mark.parametrize(("spoil", "advice"), POSTGRES.values(), ids=POSTGRES.keys())
def test_why_a_postgresql_cannot_be_reached_is_told_apart(
    make_town: Callable[[str], Town],
    postgresql_url: str,
    spoil: Callable[[str], str],
    advice: Advice,
) -> None:
    town = make_town(postgresql_url)
    town.variables["JINLIN_DATABASE_URL"] = spoil(postgresql_url)
    findings = town.examined()
    finding = said(findings, DATABASE)
    assert (finding.said, finding.remedy) == (advice.said, advice.remedy)
    assert skipped_in(findings) == NEEDS_DATABASE
    assert [each for each in blamed(findings) if each[0] is State.FAULT] == [DATABASE]


def test_a_clock_that_differs_from_the_database_servers_is_named(
    make_town: Callable[[str], Town], postgresql_url: str
) -> None:
    town = make_town(postgresql_url)
    town.platform_clock.ahead = 300  # only our clock and the database's differ
    town.redis.flushall()  # its signs of life are by the wrong clock, too
    found = town.wrong(wall=lambda: datetime.now(UTC) + timedelta(minutes=5))
    named = {finding.name: finding for finding in found}
    assert set(named) == {texts.DATABASE_CLOCK, texts.WORKER, texts.SCHEDULER}
    assert named[texts.DATABASE_CLOCK].state is State.FAULT
    assert "快 5 分钟" in named[texts.DATABASE_CLOCK].said


@contextmanager
def answering(reply: bytes) -> Iterator[str]:
    """Listen as a Redis that says the same to everything; nothing for ``b""``."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

        def talk(connection: socket.socket) -> None:
            with connection:
                while data := connection.recv(4096):
                    for _ in range(data.count(b"*")):
                        connection.sendall(reply)

        threading.Thread(target=serve, daemon=True).start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        server.shutdown(socket.SHUT_RDWR)


def test_a_redis_that_is_not_there_is_named(town: Town) -> None:
    town.variables["JINLIN_REDIS_URL"] = f"redis://127.0.0.1:{free_port()}/0"
    findings = town.examined()
    assert said(findings, REDIS).said == texts.REDIS_REFUSED.said
    assert skipped_in(findings) == NEEDS_REDIS
    assert [each for each in blamed(findings) if each[0] is State.FAULT] == [REDIS]


def test_a_redis_that_says_nothing_is_given_up(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.doctor.processes._SOCKET_SECONDS", 0.3)
    with answering(b"") as url:
        town.variables["JINLIN_REDIS_URL"] = url
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
        old = now - limits.ALERTS_SINCE - timedelta(hours=1)
        alerts.raise_alert(session, factories.WECOM, AlertKind.QUOTA, "45009", old)
        alerts.raise_alert(session, "wx-of-another-town", AlertKind.QUOTA, "45009", now)
    engine.dispose()
    found = town.wrong()
    assert blamed(found) == [WARNING, WARNING]
    assert "没有这项接口的权限（48001），一共 2 次" in found[0].said
    assert "inactive_alert" in found[1].said
    assert all(finding.remedy for finding in found)


def test_a_look_that_hangs_is_given_up(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.doctor.looks import taken  # noqa: PLC0415 (only here is it alone)

    stop = threading.Event()

    def hang() -> list[Finding]:
        stop.wait(30)
        return []

    del town, monkeypatch
    (finding,) = taken("什么", hang, seconds=0.1)
    stop.set()
    assert (finding.name, finding.state) == ("什么", State.FAULT)


def test_the_doctor_changes_no_file(town: Town) -> None:
    path = Path(make_url(town.database_url).database or "")
    copy = town.folder / "copy.db"
    shutil.copyfile(path, copy)
    town.examined()
    assert path.read_bytes() == copy.read_bytes()
