"""A town in which nothing is wrong, so that each test breaks one thing and sees one finding."""

import base64
import json
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from rq import SimpleWorker

from bot import config, menus, queue
from bot.clock import utc_now
from bot.config import Account
from bot.doctor import callback, reading
from bot.doctor.examination import examine
from bot.doctor.findings import Finding, State
from bot.sandbox.page import create_app
from bot.sandbox.push import Pusher
from bot.sandbox.serving import LOCAL, listening, port_of, served
from bot.sandbox.world import World
from bot.scheduler import TickScheduler
from storage import database
from storage.models import InboxMessage
from storage.vocabulary import Platform
from tests import factories
from tests.conftest import SECRET_KEY

OFFICIAL: dict[str, Any] = {
    "name": "oa",
    "platform": "official",
    "app_id": factories.OFFICIAL,
    "secret": "official-secret",
    "token": "official-token",
    "encoding_aes_key": "a" * 42 + "E",
}
WECOM: dict[str, Any] = {
    "name": "wecom",
    "platform": "wecom",
    "app_id": factories.WECOM,
    "secret": "wecom-secret",
    "token": "wecom-token",
    "encoding_aes_key": "b" * 42 + "E",
    "agent_id": 1000002,
}

Blamed = tuple[State, str]


@dataclass
class PlatformClock:
    """The platforms' time; ``ahead`` of ours by so many seconds."""

    ahead: float = 0.0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)


@dataclass
class Town:
    """Settings that can be broken, and the world that they speak of.

    ``variables`` and ``tables`` are written anew for each examination; ``usual`` is what the doctor
    says although nothing is wrong: no test runs against the platforms themselves.
    """

    folder: Path
    variables: dict[str, str]
    tables: dict[str, Any]
    world: World
    platform_clock: PlatformClock
    redis: Redis
    set_variable: Callable[[str, str], None]
    usual: set[Blamed] = field(default_factory=set)

    @property
    def oa(self) -> dict[str, Any]:
        return self.tables["accounts"][0]  # type: ignore[no-any-return]

    @property
    def wecom(self) -> dict[str, Any]:
        return self.tables["accounts"][1]  # type: ignore[no-any-return]

    @property
    def data_dir(self) -> Path:
        return Path(self.variables["JINLIN_DATA_DIR"])

    @property
    def database_url(self) -> str:
        return self.variables["JINLIN_DATABASE_URL"]

    def write(self) -> None:
        path = self.folder / "jinlin.toml"
        path.write_text(toml(self.tables), encoding="utf-8")
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
        for name, value in self.variables.items():
            self.set_variable(name, value)

    def examined(self, url: str = "", *, wall: Callable[[], datetime] = utc_now) -> list[Finding]:
        """Examine everything as the command does."""
        self.write()
        settings, found = reading.read()
        if settings is None:
            return found
        site = callback.site_of(url) if url else None
        return [*found, *examine(settings, settings.accounts, site, wall=wall)]

    def wrong(self, url: str = "", **options: Any) -> list[Finding]:  # noqa: ANN401 (passed on)
        """Give what is wrong or worth a word beyond the usual, in its order."""
        return [
            finding
            for finding in self.examined(url, **options)
            if finding.state in {State.FAULT, State.WARNING}
            and (finding.state, finding.setting) not in self.usual
        ]


def toml(tables: dict[str, Any]) -> str:
    """Write settings; a JSON string, number or boolean is a TOML one."""
    lines = []
    for name, table in tables.items():
        for each in table if isinstance(table, list) else [table]:
            lines.append(f"[[{name}]]" if isinstance(table, list) else f"[{name}]")
            lines += [f"{key} = {_value(value)}" for key, value in each.items()]
    return "\n".join([*lines, ""])


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def blamed(findings: list[Finding]) -> list[Blamed]:
    return [(finding.state, finding.setting) for finding in findings]


def skipped_in(findings: list[Finding]) -> int:
    return sum(finding.state is State.SKIPPED for finding in findings)


def said(findings: list[Finding], wanted: Blamed) -> Finding:
    """Give the one finding of a state about a setting."""
    (finding,) = [each for each in findings if (each.state, each.setting) == wanted]
    return finding


@pytest.fixture
def make_town(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Town]]:
    """Give a function that builds the town on a migrated, empty database."""
    for name in [name for name in os.environ if name.startswith("JINLIN_")]:
        monkeypatch.delenv(name)
    with ExitStack() as stack:

        def make(database_url: str) -> Town:
            clock = PlatformClock()
            listener = stack.enter_context(listening(LOCAL, 0))
            api = f"http://{LOCAL}:{port_of(listener)}"
            accounts = [{**OFFICIAL, "api_base_url": api}, {**WECOM, "api_base_url": api}]
            official, wecom = map(Account.model_validate, accounts)
            world = World(official, wecom, webhook="http://127.0.0.1:1/webhook", clock=clock)
            app = create_app(world, Pusher(world, timeout=1.0, pause=0.0))
            stack.enter_context(served(app, listener))
            data_dir = tmp_path / "data"
            data_dir.mkdir(mode=0o700)
            redis = stack.enter_context(queue.connect(redis_url, socket_seconds=2.0))
            town = Town(
                folder=tmp_path,
                variables={
                    "JINLIN_CONFIG": str(tmp_path / "jinlin.toml"),
                    "JINLIN_SECRET_KEY": base64.b64encode(SECRET_KEY).decode(),
                    "JINLIN_DATABASE_URL": database_url,
                    "JINLIN_REDIS_URL": redis_url,
                    "JINLIN_DATA_DIR": str(data_dir),
                },
                tables={"community": {"name": "近邻社区"}, "accounts": accounts},
                world=world,
                platform_clock=clock,
                redis=redis,
                set_variable=monkeypatch.setenv,
                usual={
                    (State.WARNING, "accounts.oa.api_base_url"),
                    (State.WARNING, "accounts.wecom.api_base_url"),
                },
            )
            if database_url.startswith("sqlite"):
                town.usual.add((State.WARNING, "JINLIN_DATABASE_URL"))
            town.write()
            _settle(town)
            return town

        yield make


def _settle(town: Town) -> None:
    """Found the community, start somebody to work, publish the menu, let a message come in."""
    engine = database.connect(town.database_url)
    factories.found(engine)
    with database.transaction(engine) as session:
        for app_id in (factories.OFFICIAL, factories.WECOM):
            session.add(
                InboxMessage(
                    key=f"{app_id}:1",
                    app_id=app_id,
                    sender="somebody",
                    kind="text",
                    text="楼道灯坏了",
                    received_at=datetime.now(UTC) - timedelta(minutes=3),
                )
            )
    engine.dispose()
    begin_work(town.redis, queue.QUEUES)
    TickScheduler(town.redis).register_birth()
    outcomes = list(menus.publish(config.load()))
    assert [outcome.is_published for outcome in outcomes] == [True, True], outcomes
    assert set(town.world.menus) == set(Platform)


def begin_work(redis: Redis, queues: Sequence[str]) -> None:
    """Sign a worker on."""
    worker = SimpleWorker(list(queues), connection=redis)
    worker.register_birth()  # type: ignore[no-untyped-call]  # RQ's


@pytest.fixture
def town(make_town: Callable[[str], Town], sqlite_url: str) -> Town:
    """The town on SQLite: most findings have nothing to do with the database."""
    return make_town(sqlite_url)
