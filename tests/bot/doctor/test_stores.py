"""This machine, the database, Redis and the processes, broken in turn."""

import base64
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import make_url, update

from bot.doctor import limits, machine
from bot.doctor.findings import Finding, State
from bot.embedded import free_port
from handlers.texts import doctor_machine as texts
from handlers.texts.doctor import Advice
from storage import database
from storage.models import Person
from storage.sealing import seal, set_key
from tests import servers
from tests.bot.doctor.conftest import Town, blamed, said, skipped_in
from tests.conftest import SECRET_KEY

DATABASE = (State.FAULT, "JINLIN_DATABASE_URL")
NEEDS_DATABASE = 5


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
