"""A complete environment for processes, and the command line run in it."""

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import pytest

from bot import config, processes
from bot.config import Settings
from bot.embedded import free_port
from tests.conftest import SECRET_KEY

TOML = """
[community]
name = "近邻社区"

[[accounts]]
name = "oa"
platform = "official"
app_id = "wx0000000000000000"
secret = "secret"
token = "token"
encoding_aes_key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

[[accounts]]
name = "wecom"
platform = "wecom"
app_id = "ww0000000000000000"
secret = "secret"
token = "token"
encoding_aes_key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
agent_id = 1000002
"""


@pytest.fixture
def environment(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The settings as variables: a migrated SQLite, and a Redis where nobody listens."""
    path = tmp_path / "jinlin.toml"
    path.write_text(TOML, encoding="utf-8")
    variables = {
        "JINLIN_CONFIG": str(path),
        "JINLIN_DATA_DIR": str(tmp_path / "data"),
        "JINLIN_DATABASE_URL": sqlite_url,
        "JINLIN_REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
        "JINLIN_SECRET_KEY": base64.b64encode(SECRET_KEY).decode(),
    }
    for name in [name for name in os.environ if name.startswith("JINLIN_")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    """The settings of ``environment``."""
    del environment
    return config.load()


class Programs:
    """Starts ``jinlin`` commands as processes of their own."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
        """Start one; whatever still runs at the end of the test is killed."""
        process = processes.spawn(
            [sys.executable, "-c", "from bot.cli import main; main()", *arguments],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=self._log(arguments[0]),
        )
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process

    def _log(self, name: str) -> IO[bytes]:
        return self._stack.enter_context((self._folder / f"{name}.log").open("ab"))

    def said(self, name: str) -> str:
        """Everything that processes of one command have written to stderr."""
        return (self._folder / f"{name}.log").read_text(encoding="utf-8")


@pytest.fixture
def programs(tmp_path: Path, environment: dict[str, str]) -> Iterator[Programs]:
    """Start commands in ``environment``."""
    del environment
    with ExitStack() as stack:
        yield Programs(tmp_path, stack)
