"""What the sandbox's page tells developers: every line of it works, and no lever is left out."""

import json
import shlex
from urllib.parse import urlsplit

import pytest
import typer.main

from bot.cli import app
from bot.sandbox.control import control_routes
from tests.docs.pages import ROOT, blocks, rows, section, spans
from tests.sandbox.conftest import Sandbox

PAGE = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
SHELL = [line for block in blocks(PAGE, "sh") for line in block.splitlines()]
CALLS = [line for line in SHELL if line.startswith("curl ")]


def split(line: str) -> tuple[str, object]:
    """Give the path that a line of curl asks for, and the JSON that it posts, None to GET."""
    _, silent, url, *rest = shlex.split(line)
    assert (silent, urlsplit(url).netloc) == ("-s", "127.0.0.1:8090")
    if not rest:
        return urlsplit(url).path, None
    option, body = rest
    assert option == "-d"
    return urlsplit(url).path, json.loads(body)


@pytest.mark.parametrize("line", CALLS)
def test_every_line_of_curl_is_answered(sandbox: Sandbox, line: str) -> None:
    path, body = split(line)
    if path.endswith("/say"):
        sandbox.act("wang", "follow")
    answered = sandbox.http.get(path) if body is None else sandbox.http.post(path, json=body)
    assert (answered.status_code, "error" in answered.json()) == (200, False)


def test_every_lever_has_lines_that_look_at_it_and_move_it(sandbox: Sandbox) -> None:
    known = {
        (route.path.replace("{key}", "zhangsan"), method)
        for route in control_routes(sandbox.world)
        for method in (route.methods or set()) - {"HEAD"}
    }
    shown = {(path, "GET" if body is None else "POST") for path, body in map(split, CALLS)}
    assert known - shown == set()


def test_every_option_of_the_command_is_explained() -> None:
    command = typer.main.get_command(app).commands["sandbox"]  # type: ignore[attr-defined]
    known = {name for parameter in command.params for name in parameter.opts} - {"--help"}
    table = rows(section(PAGE, "单独启动"))
    assert {name for options, _ in table for name in spans(options)} == known
