"""The samples in docs/deploy: what they promise, as far as this machine can check it."""

import http.client
import re
import shlex
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import worker
from bot.cli import app
from bot.config import ENVIRONMENT_PREFIX, Settings
from bot.embedded import free_port
from bot.webhook import ANSWER_SECONDS, BODY_LIMIT
from tests.docs import nginx
from tests.docs.pages import ROOT

DEPLOY = ROOT / "docs" / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
COMPOSE = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
PLATFORM_SECONDS = 5  # PLATFORM.md A3, B1: then the platform asks again
TABLES = {"community", "accounts", "replies", "menu"}
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "StateDirectory": "jinlin",
    "User": "jinlin",
    "EnvironmentFile": "/etc/jinlin/jinlin.env",
    "Restart": "always",
    "KillMode": "mixed",
}

units = pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)


def directives(unit: Path) -> dict[str, str]:
    lines = unit.read_text(encoding="utf-8").splitlines()
    return {
        name: value
        for line in lines
        if not line.startswith("#")
        for name, equals, value in [line.partition("=")]
        if equals
    }


def is_taken(arguments: list[str]) -> bool:
    return CliRunner().invoke(app, [*arguments, "--help"]).exit_code == 0


def test_every_sample_is_named_in_the_page_and_none_is_missing() -> None:
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(deploy/([^)]+)\)", page))
    there = {path.name for path in DEPLOY.iterdir()} - {"Dockerfile.dockerignore"}
    assert linked == there


@units
def test_a_unit_starts_the_program_as_it_wants_to_be_started(unit: Path) -> None:
    program, *arguments = shlex.split(directives(unit)["ExecStart"].replace("%i", "8000"))
    assert program == "/opt/jinlin/.venv/bin/jinlin"
    assert is_taken(arguments)
    assert arguments[0] in unit.name


@units
def test_a_unit_is_locked_in_and_started_again(unit: Path) -> None:
    said = directives(unit)
    assert {name: said.get(name) for name in HARDENED} == HARDENED


def test_the_workers_may_finish_before_systemd_ends_them() -> None:
    said = directives(DEPLOY / "jinlin-worker.service")
    assert int(said["TimeoutStopSec"]) > worker._STOP_SECONDS  # noqa: SLF001 (the figure that the unit must fit)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs: apt install systemd")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        moved = text.replace("/opt/jinlin/.venv/bin/jinlin", sys.executable)
        (tmp_path / unit.name).write_text(moved.replace("/opt/jinlin", str(tmp_path)))
    copies = [str(path) for path in sorted(tmp_path.glob("*.service"))]
    command = ["systemd-analyze", "verify", "--man=no", *copies]
    verified = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (a fixed command)
    assert (verified.returncode, verified.stderr) == (0, "")


def test_nginx_lets_nothing_in_but_the_webhook() -> None:
    plain, secure = nginx.parse(NGINX).all("server")
    assert plain.all("listen", "80")
    assert plain.one("location", "/").says("return") == "301 https://$host$request_uri"
    assert secure.all("listen", "443", "ssl")
    passed = [each.words[1:] for each in secure.all("location") if each.all("proxy_pass")]
    assert passed == [["/webhook/"]]
    assert secure.one("location", "/").says("return") == "404"


def test_nginx_waits_as_long_as_the_platforms_and_takes_what_the_webhook_takes() -> None:
    _, secure = nginx.parse(NGINX).all("server")
    webhook = secure.one("location", "/webhook/")
    assert webhook.says("client_max_body_size") == f"{BODY_LIMIT // 1024**2}m"
    waits = int(webhook.says("proxy_read_timeout").removesuffix("s"))
    assert ANSWER_SECONDS < waits <= PLATFORM_SECONDS


def test_nginx_writes_no_query_string() -> None:
    top = nginx.parse(NGINX)
    (written,) = [" ".join(each.words) for each in top.all("log_format")]
    assert set(re.findall(r"\$\w+", written)) <= {
        *("$time_iso8601", "$request_method", "$uri", "$status"),
        *("$request_time", "$upstream_addr"),
    }
    for server in top.all("server"):
        assert server.says("access_log").endswith(" jinlin")
        assert server.says("error_log").endswith(" crit")


class Web(BaseHTTPRequestHandler):
    """Stands for the web process: says which path it was asked for."""

    def do_POST(self) -> None:
        body = self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def web() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def asked(connection: http.client.HTTPConnection, method: str, path: str) -> tuple[int, str]:
    with closing(connection):
        connection.request(method, path, headers={"Host": "jinlin.example.org"})
        response = connection.getresponse()
        return response.status, response.getheader("Location") or response.read().decode()


@pytest.mark.skipif(
    not (shutil.which("nginx") and shutil.which("openssl")),
    reason="needs: apt install nginx-light openssl",
)
def test_a_real_nginx_does_what_the_sample_says(web: int, tmp_path: Path) -> None:
    plain, tls = free_port(), free_port()
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE

    def outside() -> http.client.HTTPConnection:
        return http.client.HTTPSConnection("127.0.0.1", tls, context=trusting)

    with nginx.running(NGINX, tmp_path, web=web, plain=plain, tls=tls):
        path = "/webhook/oa?openid=secret"
        # The second web process is not there: nobody notices.
        assert [asked(outside(), "POST", path) for _ in range(4)] == [(200, path)] * 4
        assert asked(outside(), "POST", "/metrics")[0] == 404
        assert asked(outside(), "POST", "/readyz")[0] == 404
        redirected = asked(http.client.HTTPConnection("127.0.0.1", plain), "GET", "/webhook/oa")
        assert redirected == (301, "https://jinlin.example.org/webhook/oa")
    logs = "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert "/webhook/oa 200" in logs
    assert "secret" not in logs


def services() -> dict[str, str]:
    """Give the services of the compose file, each with its lines."""
    (part,) = re.findall(r"^services:\n(.*?)(?=^\S)", COMPOSE, re.DOTALL | re.MULTILINE)
    found = re.split(r"^  (\w+):\n", part, flags=re.MULTILINE)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


def test_the_containers_are_those_of_the_page_and_start_the_program() -> None:
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    ours = {name: text for name, text in services().items() if "*jinlin" in text}
    assert set(ours) == {"migrate", "serve", "worker", "scheduler"}
    assert [name for name in services() if f"`{name}`" not in page] == []
    for name, text in ours.items():
        (command,) = re.findall(r"command: \[(.*)\]", text)
        arguments = re.findall(r'"([^"]*)"', command)
        assert arguments[0] == name
        assert is_taken(arguments)


def test_the_containers_indent_with_spaces_and_name_every_volume() -> None:
    assert "\t" not in COMPOSE
    used = set(re.findall(r"^ +- (\w+):/", COMPOSE, re.MULTILINE))
    (declared,) = re.findall(r"^volumes:\n((?:  \w+:\n)+)", COMPOSE, re.MULTILINE)
    assert set(re.findall(r"\w+", declared)) == used


@pytest.mark.parametrize("name", ["jinlin.env", "compose.yaml"])
def test_the_variables_that_samples_set_are_those_of_the_settings(name: str) -> None:
    known = {
        ENVIRONMENT_PREFIX + field.upper() for field in Settings.model_fields if field not in TABLES
    }
    text = (DEPLOY / name).read_text(encoding="utf-8")
    named = set(re.findall(rf"\b{ENVIRONMENT_PREFIX}[A-Z_]+", text))
    assert named <= known
    needed = {"CONFIG", "SECRET_KEY", "DATABASE_URL", "REDIS_URL", "DATA_DIR"}
    assert {ENVIRONMENT_PREFIX + variable for variable in needed} <= named


def test_the_command_for_hands_gives_the_program_the_settings_of_the_services(
    tmp_path: Path,
) -> None:
    program = tmp_path / "jinlin"
    program.write_text('#!/bin/sh\necho "$JINLIN_DATA_DIR $JINLIN_REDIS_URL $*"\n')
    program.chmod(0o755)
    script = (DEPLOY / "jinlin.sh").read_text(encoding="utf-8")
    script = script.replace("/etc/jinlin/jinlin.env", str(DEPLOY / "jinlin.env"))
    script = script.replace("/opt/jinlin/.venv/bin/jinlin", str(program))
    shown = subprocess.run(  # noqa: S603 (our own script)
        ["/bin/sh", "-c", script, "jinlin", "person", "show", "张 三"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert shown == "/var/lib/jinlin redis://127.0.0.1:6379/0 person show 张 三\n"


def test_the_image_is_built_from_the_lock_and_without_a_network_where_wheels_are() -> None:
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert "FROM python:3.12-slim\n" in image
    assert "--require-hashes --only-binary :all: --no-deps $offline -r requirements.lock" in image
    assert '[ -d wheels ]; then offline="--no-index --find-links wheels"' in image
    assert "USER jinlin\n" in image
    kept_out = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    needed = ("bot", "handlers", "storage", "workers", "wheels", "README.md", "requirements.lock")
    assert set(kept_out) & set(needed) == set()
