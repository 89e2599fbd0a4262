"""``jinlin demo``: the whole product on embedded defaults, spoken to by the sandbox's phones.

Redis, webhook, worker and scheduler are real processes, started as a deployment starts them; the
sandbox runs in this one. However it ends, nothing is left running.
"""

import base64
import json
import os
import secrets
import subprocess
import sysconfig
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import typer
import urllib3

from bot import config, embedded, menus, processes, workbooks
from bot.config import ENVIRONMENT_PREFIX, Settings
from bot.sandbox.page import create_app
from bot.sandbox.samples import COMMUNITY, write_roster
from bot.sandbox.serving import LOCAL, PAGE_PORT, listening, port_of, served
from bot.sandbox.world import World
from handlers.texts import sandbox as texts
from storage import database, sealing

WEBHOOK_PORT = 8000

_READY_SECONDS = 60
_STOP_SECONDS = 15.0
_LAST_LINES = 8
_FAILED = 1
_REFUSED = 2
_OK = 200
_KEY_BYTES = 32


def run() -> None:
    """Play until Ctrl-C or SIGTERM.

    ``JINLIN_DATA_DIR`` keeps the data for the next time; without it they go at the end.

    Raises:
        SystemExit: 2 when something is missing, 1 when a process ended by itself.
    """
    processes.hold_signals()
    _say(texts.STARTING)
    kept = os.environ.get(f"{ENVIRONMENT_PREFIX}DATA_DIR")
    with ExitStack() as stack:
        directory = kept or stack.enter_context(TemporaryDirectory(prefix="jinlin-demo-"))
        try:
            status = _play(Path(directory).resolve(), is_kept=bool(kept))
        except config.SettingsError as error:
            _say(*error.lines)
            status = _REFUSED
        except workbooks.WorkbookError as error:
            _say(*error.lines)
            status = _REFUSED
        except (embedded.EmbeddedRedisError, OSError) as error:
            _say(texts.cannot_start(str(error)))
            status = _REFUSED
    _say(texts.STOPPED)
    if status:
        raise SystemExit(status)


def _say(*lines: str) -> None:
    for line in lines:
        typer.echo(line)


def _play(data_dir: Path, *, is_kept: bool) -> int:
    data_dir.mkdir(parents=True, exist_ok=True)
    with (
        embedded.embedded_redis(data_dir / "redis") as redis,
        listening(LOCAL, PAGE_PORT, or_another=True) as page,
        Children(data_dir / "logs") as children,
    ):
        with listening(LOCAL, WEBHOOK_PORT, or_another=True) as reserved:
            port = port_of(reserved)
        for wanted, used in ((PAGE_PORT, port_of(page)), (WEBHOOK_PORT, port)):
            if used != wanted:
                _say(texts.port_taken(wanted, used))
        page_url, webhook_url = f"http://{LOCAL}:{port_of(page)}", f"http://{LOCAL}:{port}/webhook"
        clock_file = data_dir / "clock"
        environment = write_settings(data_dir, redis_url=redis.url, api_base_url=page_url)
        os.environ.update(environment | {f"{ENVIRONMENT_PREFIX}CLOCK_FILE": str(clock_file)})
        settings = config.load()
        _import_samples(settings, data_dir)
        official, wecom = settings.accounts
        world = World(official, wecom, webhook=webhook_url, clock_file=clock_file)
        with served(create_app(world), page):
            _publish_menus(settings)
            children.start("serve", "--port", str(port))
            children.start("worker")
            children.start("scheduler")
            status = _until_ready(children, f"http://{LOCAL}:{port}/readyz")
            if status is None:
                _say(texts.ready(f"{page_url}/"))
                _say(texts.details(webhook_url, data_dir, is_kept=is_kept))
                status = _until_stopped(children)
            _say(texts.STOPPING)
            children.stop()
    return status


def _import_samples(settings: Settings, data_dir: Path) -> None:
    database.migrate(settings.database)
    sealing.set_key(settings.secret_key)
    roster = data_dir / "roster.xlsx"
    write_roster(roster)
    workbooks.import_roster(settings, roster, dry_run=False, replace=False)


def _publish_menus(settings: Settings) -> None:
    """Put the menus on the phones; only what went wrong is worth a line here."""
    for outcome in menus.publish(settings):
        if not outcome.is_published:
            _say(*outcome.lines)


def write_settings(data_dir: Path, *, redis_url: str, api_base_url: str) -> dict[str, str]:
    """Write the demo's TOML file and give the environment that every process of it needs.

    Secrets are random; a data directory that is kept keeps them, or its phones could never be
    read again.

    Args:
        data_dir: holds the TOML file, the secrets and everything else.
        redis_url: the embedded Redis.
        api_base_url: where the sandbox stands in for both platforms.
    """
    known = _secrets(data_dir / "demo-secrets.json")
    accounts = (
        {
            "name": "oa",
            "platform": "official",
            "app_id": "wx00d3300d3300d330",
            "secret": known["official_secret"],
            "token": known["official_token"],
            "encoding_aes_key": known["official_key"],
            "encryption": "safe",
            "api_base_url": api_base_url,
        },
        {
            "name": "wecom",
            "platform": "wecom",
            "app_id": "ww00d3300d3300d330",
            "secret": known["wecom_secret"],
            "token": known["wecom_token"],
            "encoding_aes_key": known["wecom_key"],
            "agent_id": 1000002,
            "api_base_url": api_base_url,
        },
    )
    lines = ["[community]", f"name = {json.dumps(COMMUNITY, ensure_ascii=False)}"]
    for account in accounts:
        lines += ["", "[[accounts]]"]
        # A JSON string or number is a TOML one.
        lines += [f"{name} = {json.dumps(value)}" for name, value in account.items()]
    path = data_dir / "demo.toml"
    _write_private(path, "\n".join([*lines, ""]))
    return {
        f"{ENVIRONMENT_PREFIX}DATA_DIR": str(data_dir),
        f"{ENVIRONMENT_PREFIX}DATABASE_URL": "",
        f"{ENVIRONMENT_PREFIX}REDIS_URL": redis_url,
        f"{ENVIRONMENT_PREFIX}CONFIG": str(path),
        f"{ENVIRONMENT_PREFIX}SECRET_KEY": known["secret_key"],
    }


def _secrets(path: Path) -> Mapping[str, str]:
    if path.exists():
        known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return known
    made = {"secret_key": base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}
    for account in ("official", "wecom"):
        made[f"{account}_secret"] = secrets.token_hex(16)
        made[f"{account}_token"] = secrets.token_hex(12)
        key = base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
        made[f"{account}_key"] = key.rstrip("=")
    _write_private(path, json.dumps(made, indent=1))
    return made


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


@dataclass
class Children:
    """The bot's processes; each writes its log to a file of its own."""

    logs: Path
    _running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, command: str, *options: str) -> None:
        """Start one command of ``jinlin`` with this process's environment."""
        program = Path(sysconfig.get_path("scripts")) / "jinlin"
        with self._log(command).open("wb") as log:
            self._running[command] = processes.spawn(
                [program, command, *options], stdout=log, stderr=subprocess.STDOUT
            )

    def dead(self) -> str | None:
        """Describe a child that ended by itself, or give None."""
        for name, child in self._running.items():
            code = child.poll()
            if code is not None:
                lines = self._log(name).read_text(encoding="utf-8", errors="replace").splitlines()
                return texts.child_died(name, code, "\n".join(lines[-_LAST_LINES:]))
        return None

    def stop(self) -> None:
        """End all children, politely first; those that ended already are left alone."""
        for child in self._running.values():
            child.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for child in self._running.values():
            try:
                child.wait(max(deadline - time.monotonic(), 0.0))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._running.clear()

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"


def _until_ready(children: Children, url: str) -> int | None:
    """Wait for ``/readyz``: None when it is, otherwise the exit status."""
    deadline = time.monotonic() + _READY_SECONDS
    with urllib3.PoolManager(timeout=urllib3.Timeout(total=2.0), retries=False) as http:
        while time.monotonic() < deadline:
            died = children.dead()
            if died:
                _say(died)
                return _FAILED
            try:
                if http.request("GET", url).status == _OK:
                    return None
            except urllib3.exceptions.HTTPError:
                pass  # it does not listen yet
            if processes.is_stop_asked(0.2):
                return 0
    _say(texts.not_ready(_READY_SECONDS, children.logs))
    return _FAILED


def _until_stopped(children: Children) -> int:
    while not processes.is_stop_asked(1.0):
        died = children.dead()
        if died:
            _say(died)
            return _FAILED
    return 0
