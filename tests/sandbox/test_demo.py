"""What the demo prepares before it starts its processes."""

import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import config, runtime, workbooks
from bot.clock import LOOK_SECONDS
from bot.sandbox import demo
from bot.sandbox.faults import Faults, ForcedCode
from bot.sandbox.page import create_app
from bot.sandbox.samples import write_roster
from bot.sandbox.serving import LOCAL, listening, port_of, served
from bot.sandbox.world import World
from storage import database
from storage.vocabulary import Platform

REDIS = "redis://127.0.0.1:1/0"
API = "http://127.0.0.1:8090"
WEBHOOK = "http://127.0.0.1:1/webhook"


def settings(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> config.Settings:
    environment = demo.write_settings(data_dir, redis_url=REDIS, api_base_url=API)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return config.load()


def test_the_written_settings_are_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JINLIN_DATABASE_URL", "postgresql://elsewhere/production")
    found = settings(tmp_path, monkeypatch)
    assert found.database == f"sqlite:///{tmp_path / 'jinlin.db'}"
    assert [(one.name, one.platform, one.encryption, one.api) for one in found.accounts] == [
        ("oa", "official", "safe", API),
        ("wecom", "wecom", "safe", API),
    ]


def test_a_kept_data_directory_keeps_its_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    first, again = settings(tmp_path, monkeypatch), settings(tmp_path, monkeypatch)
    assert again == first
    assert settings(tmp_path / "other", monkeypatch).secret_key != first.secret_key


def test_files_with_secrets_are_private(tmp_path: Path) -> None:
    demo.write_settings(tmp_path, redis_url=REDIS, api_base_url=API)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"demo-secrets.json": 0o600, "demo.toml": 0o600}


def test_the_sample_roster_can_be_imported_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = settings(tmp_path, monkeypatch)
    database.migrate(found.database)
    write_roster(tmp_path / "roster.xlsx")
    for _ in range(2):
        lines = workbooks.import_roster(
            found, tmp_path / "roster.xlsx", dry_run=False, replace=False
        )
        assert lines != []


@pytest.fixture
def town(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[config.Settings, World]]:
    """A world that is served, and the settings of a bot that calls it."""
    monkeypatch.setenv("JINLIN_CLOCK_FILE", str(tmp_path / "clock"))
    with listening(LOCAL, 0) as listener:
        environment = demo.write_settings(
            tmp_path, redis_url=REDIS, api_base_url=f"http://{LOCAL}:{port_of(listener)}"
        )
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        found = config.load()
        official, wecom = found.accounts
        world = World(official, wecom, webhook=WEBHOOK, clock_file=found.clock_file)
        with served(create_app(world), listener):
            yield found, world


def test_the_menus_are_on_the_phones_from_the_start(
    town: tuple[config.Settings, World], capsys: pytest.CaptureFixture[str]
) -> None:
    found, world = town
    demo._publish_menus(found)  # noqa: SLF001 (a step of the demo, which is one long function else)
    names = {
        platform: [button["name"] for button in menu["button"]]
        for platform, menu in world.menus.items()
    }
    assert names == {
        Platform.OFFICIAL: ["我要报事", "我的", "帮助"],
        Platform.WECOM: ["待办", "可接的单", "我的"],
    }
    assert capsys.readouterr().out == ""


def test_menus_that_cannot_be_published_are_said_and_stop_nothing(
    town: tuple[config.Settings, World], capsys: pytest.CaptureFixture[str]
) -> None:
    found, world = town
    world.faults[Platform.OFFICIAL] = Faults(codes=[ForcedCode(path="menu/create", code=48001)])
    demo._publish_menus(found)  # noqa: SLF001 (as above)
    (line,) = capsys.readouterr().out.splitlines()
    assert "oa" in line
    assert list(world.menus) == [Platform.WECOM]


def test_moving_the_sandboxes_time_moves_the_bots_clock(
    town: tuple[config.Settings, World],
) -> None:
    found, world = town
    opened = runtime.open_runtime(found)
    world.move(72 * 3600)
    time.sleep(LOOK_SECONDS)
    ahead = opened.now() - datetime.now(UTC)
    opened.close()
    assert timedelta(hours=71, minutes=59) < ahead <= timedelta(hours=72)


def test_a_child_that_ends_by_itself_is_described_with_its_last_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JINLIN_CONFIG", raising=False)
    with demo.Children(tmp_path / "logs") as children:
        children.start("serve")
        while (described := children.dead()) is None:
            time.sleep(0.05)
    assert described.startswith("进程 serve 意外退出（状态 2）")
    assert "JINLIN_CONFIG" in described


def test_children_that_run_are_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings(tmp_path, monkeypatch)
    with demo.Children(tmp_path / "logs") as children:
        children.start("scheduler")
        started = dict(children._running)  # noqa: SLF001 (the processes themselves are looked at)
    assert [child.poll() is None for child in started.values()] == [False]
