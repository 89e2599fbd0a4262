import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from bot import queue
from bot.cli import app
from bot.embedded import free_port
from handlers.texts import operators
from storage import database
from tests.bot.conftest import TOML, Programs
from tests.servers import wait_until

COMMANDS = (
    (),
    ("serve",),
    ("worker",),
    ("scheduler",),
    ("migrate",),
    ("roster",),
    ("roster", "import"),
    ("homeday",),
    ("person",),
    ("person", "show"),
    ("person", "unbind"),
    ("menu",),
    ("menu", "publish"),
    ("doctor",),
    ("demo",),
    ("sandbox",),
)
NEED_SETTINGS = (
    ("serve",),
    ("worker",),
    ("scheduler",),
    ("migrate",),
    ("roster", "import", "members.xlsx"),
    ("person", "show", "张三"),
    ("person", "unbind", "1", "--identity", "1"),
    ("menu", "publish"),
)


def status(url: str, method: str = "GET") -> int:
    try:
        with urlopen(Request(url, method=method), timeout=5) as response:  # noqa: S310 (our own server)
            return int(response.status)
    except HTTPError as error:
        with error:
            return error.code


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command) or "jinlin")
def test_help_needs_no_settings(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("JINLIN_CONFIG", str(tmp_path / "missing.toml"))
    result = CliRunner().invoke(app, [*command, "--help"])
    assert (result.exit_code, "Usage:" in result.stdout) == (0, True)


@pytest.mark.parametrize("command", NEED_SETTINGS, ids=" ".join)
def test_without_settings_a_command_ends_with_a_line_that_names_what_is_missing(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JINLIN_CONFIG", raising=False)
    result = CliRunner().invoke(app, command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "设置有误：JINLIN_CONFIG: is missing\n"


BAD_VARIABLES = {
    "no file": ("JINLIN_CONFIG", "/nowhere/jinlin.toml"),
    "no key": ("JINLIN_SECRET_KEY", ""),
    "a key that is not base64": ("JINLIN_SECRET_KEY", "天地玄黄"),
    "a short key": ("JINLIN_SECRET_KEY", "c2hvcnQ="),
    "an unknown database": ("JINLIN_DATABASE_URL", "mysql://root@db/jinlin"),
    "a database without an address": ("JINLIN_DATABASE_URL", "postgresql:jinlin"),
    "a database with a wrong port": ("JINLIN_DATABASE_URL", "postgresql://db:port/jinlin"),
    "a Redis that is none": ("JINLIN_REDIS_URL", "http://redis"),
    "a Redis with a wrong port": ("JINLIN_REDIS_URL", "redis://redis:port/0"),
    "a data directory that cannot be made": ("JINLIN_DATA_DIR", "/dev/null/data"),
}


@pytest.mark.parametrize(("name", "value"), BAD_VARIABLES.values(), ids=BAD_VARIABLES.keys())
def test_a_missing_or_bad_variable_is_named(
    name: str, value: str, environment: dict[str, str]
) -> None:
    result = CliRunner().invoke(app, ["migrate"], env={**environment, name: value})
    assert (result.exit_code, result.stdout) == (2, "")
    assert [line.startswith(f"设置有误：{name}: ") for line in result.stderr.splitlines()] == [True]


BAD_FILES = {
    "not TOML": (TOML + "\n[", "JINLIN_CONFIG: "),
    "an unknown table": (TOML + "\n[comunity]\n", "comunity: "),
    "an unknown key": (TOML.replace('token = "token"', 'tocken = "t"', 1), "accounts.0."),
    "no token": (TOML.replace('token = "token"\n', "", 1), "accounts.0.token: "),
    "a short AES key": (TOML.replace("EFG", "E", 1), "accounts.0.encoding_aes_key: "),
    "no agent": (TOML.replace("agent_id = 1000002", ""), "accounts.1: agent_id"),
    "no community": (TOML.partition("[[accounts]]")[2].join(["[[accounts]]", ""]), "community: "),
    "no accounts": (TOML.partition("[[accounts]]")[0], "accounts: "),
    "a time zone that is none": (
        TOML.replace("[community]", '[community]\ntimezone = "Asia/Nowhere"'),
        "community.timezone: ",
    ),
    "two accounts of one name": (TOML.replace('"wecom"', '"oa"', 1), "settings: accounts: "),
    "a platform that is none": (TOML.replace('"official"', '"line"'), "accounts.0.platform: "),
}


@pytest.mark.parametrize(("toml", "named"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_missing_or_bad_setting_in_the_file_is_named(
    toml: str, named: str, environment: dict[str, str]
) -> None:
    Path(environment["JINLIN_CONFIG"]).write_text(toml, encoding="utf-8")
    result = CliRunner().invoke(app, ["scheduler"])
    assert (result.exit_code, result.stdout) == (2, "")
    lines = result.stderr.splitlines()
    assert any(line.startswith(f"设置有误：{named}") for line in lines), lines
    assert "Traceback" not in result.stderr


def test_a_fault_is_no_traceback_for_whoever_runs_the_program(
    environment: dict[str, str],
) -> None:
    del environment["JINLIN_SECRET_KEY"]
    result = subprocess.run(
        [sys.executable, "-c", "from bot.cli import main; main()", "worker"],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert (result.returncode, result.stdout.decode(), result.stderr.decode()) == (
        2,
        "",
        "设置有误：JINLIN_SECRET_KEY: is missing\n",
    )


def test_migrate_makes_the_default_database_in_the_data_directory(
    environment: dict[str, str],
) -> None:
    result = CliRunner().invoke(app, ["migrate"], env={"JINLIN_DATABASE_URL": ""})
    assert (result.exit_code, result.stdout) == (0, operators.MIGRATED + "\n")
    engine: Engine = database.connect(f"sqlite:///{environment['JINLIN_DATA_DIR']}/jinlin.db")
    assert database.is_current(engine)
    engine.dispose()


def test_migrate_names_a_database_that_is_away(environment: dict[str, str]) -> None:
    url = f"postgresql://nobody:hidden@127.0.0.1:{free_port()}/none"
    result = CliRunner().invoke(app, ["migrate"], env={**environment, "JINLIN_DATABASE_URL": url})
    assert (result.exit_code, result.stderr) == (2, operators.DATABASE_AWAY + "\n")


def test_several_web_processes_are_refused_on_sqlite(environment: dict[str, str]) -> None:
    result = CliRunner().invoke(app, ["serve", "--workers", "2"], env=environment)
    assert (result.exit_code, result.stderr) == (2, operators.ONE_PROCESS_ON_SQLITE + "\n")


def test_a_port_that_is_taken_is_named(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(app, ["serve", "--port", str(port)], env=environment)
    expected = operators.port_is_taken("127.0.0.1", port)
    assert (result.exit_code, result.stderr) == (2, expected + "\n")


def test_a_queue_that_nobody_uses_is_named(environment: dict[str, str]) -> None:
    result = CliRunner().invoke(app, ["worker", "--queues", "timers,mail"], env=environment)
    expected = operators.unknown_queue("mail", queue.QUEUES)
    assert (result.exit_code, result.stderr) == (2, expected + "\n")


def test_a_roster_is_not_imported_into_a_database_without_the_migrations(
    environment: dict[str, str], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    result = CliRunner().invoke(
        app,
        ["roster", "import", "members.xlsx"],
        env={**environment, "JINLIN_DATABASE_URL": url},
    )
    assert (result.exit_code, result.stderr) == (2, operators.NOT_MIGRATED + "\n")


def test_a_roster_that_is_not_there_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    path = str(tmp_path / "members.xlsx")
    result = CliRunner().invoke(app, ["roster", "import", path], env=environment)
    assert (result.exit_code, result.stdout, "Traceback" in result.stderr) == (2, "", False)
    assert result.stderr.strip()


def test_several_web_processes_serve_one_port_and_end_with_their_parent(
    programs: Programs, postgresql_url: str
) -> None:
    port = free_port()
    parent = programs.start(
        "serve", "--port", str(port), "--workers", "2", JINLIN_DATABASE_URL=postgresql_url
    )
    wait_until(lambda: programs.said("serve").count("web process started") == 2)
    assert status(f"http://127.0.0.1:{port}/readyz") == 200
    parent.kill()

    def is_free() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) != 0

    wait_until(is_free)


def test_serve_starts_without_migrations_says_so_and_ends_when_asked(
    programs: Programs, tmp_path: Path
) -> None:
    port = free_port()
    process = programs.start(
        "serve", "--port", str(port), JINLIN_DATABASE_URL=f"sqlite:///{tmp_path / 'empty.db'}"
    )
    base = f"http://127.0.0.1:{port}"

    def is_up() -> bool:
        try:
            return status(f"{base}/healthz") == 200
        except URLError:
            return False

    wait_until(is_up)
    assert status(f"{base}/readyz") == 503
    assert status(f"{base}/webhook/oa", "HEAD") == 405
    assert status(f"{base}/webhook/nobody?signature=abc&openid=o123") == 404
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == -signal.SIGTERM
    first, *lines = programs.said("serve").splitlines()
    assert first == operators.NOT_MIGRATED
    events = [json.loads(line) for line in lines]
    assert [(entry["event"], entry.get("status")) for entry in events] == [
        ("web process started", None),
        ("webhook refused", 404),
        ("web process stopped", None),
    ]
    assert "o123" not in programs.said("serve")
