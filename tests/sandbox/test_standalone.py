"""``jinlin sandbox``: a stand-in for any bot, with nothing else running."""

import json
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import urllib3
from typer.testing import CliRunner

from bot.cli import app
from bot.config import Account
from bot.embedded import free_port
from bot.sandbox.serving import LOCAL, listening, port_of
from bot.sandbox.standalone import Options, StandaloneError, described, running
from bot.sandbox.world import World
from storage.vocabulary import Platform
from tests.sandbox.webhook import Webhook, webhook
from tests.servers import wait_until

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
CONFIG = f"""
[community]
name = "近邻社区"

[[accounts]]
name = "mp"
platform = "official"
app_id = "wx0000000000000001"
secret = "known secret"
token = "known-token"
encoding_aes_key = "{KEY}"
encryption = "compatible"
api_base_url = "https://api.weixin.qq.com"
"""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as entered:
        yield entered


def started(stack: ExitStack, **options: object) -> World:
    return stack.enter_context(running(Options(port=free_port(), **options)))  # type: ignore[arg-type]


def get(url: str) -> object:
    with urllib3.PoolManager() as http:
        return json.loads(http.request("GET", url).data)


def official(world: World) -> Account:
    return world.accounts[Platform.OFFICIAL]


def refused(**options: object) -> list[str]:
    with ExitStack() as stack, pytest.raises(StandaloneError) as caught:
        started(stack, **options)
    return list(caught.value.lines)


def test_a_sandbox_of_made_up_values_answers_for_both_platforms(stack: ExitStack) -> None:
    world = started(stack)
    account, wecom = official(world), world.accounts[Platform.WECOM]
    page = f"{account.api}/cgi-bin"
    asked = f"grant_type=client_credential&appid={account.app_id}&secret={account.secret}"
    token = get(f"{page}/token?{asked}")
    corp = get(f"{page}/gettoken?corpid={wecom.app_id}&corpsecret={wecom.secret}")
    assert isinstance(token, dict)
    assert isinstance(corp, dict)
    assert ("access_token" in token, "access_token" in corp) == (True, True)


def test_two_sandboxes_share_no_secret(stack: ExitStack) -> None:
    first, second = official(started(stack)), official(started(stack))
    kept = {"name", "platform", "encryption"}
    values = [one.model_dump(exclude_defaults=True, exclude=kept) for one in (first, second)]
    assert [key for key in values[0] if values[0][key] == values[1][key]] == []


def test_everything_that_a_bot_has_to_be_told_is_said(stack: ExitStack) -> None:
    world = started(stack)
    lines = "\n".join(described(world))
    account, wecom = official(world), world.accounts[Platform.WECOM]
    told = [account.api, account.app_id, account.secret, account.token, account.encoding_aes_key]
    told += [wecom.app_id, wecom.secret, wecom.token, wecom.encoding_aes_key, "1000002"]
    told += ["http://127.0.0.1:8000/webhook/oa", "http://127.0.0.1:8000/webhook/wecom"]
    assert [value for value in told if value not in lines] == []


def test_a_file_of_ours_is_stood_in_for_at_the_sandboxes_own_address(
    stack: ExitStack, tmp_path: Path
) -> None:
    path = tmp_path / "jinlin.toml"
    path.write_text(CONFIG, encoding="utf-8")
    world = started(stack, config=path, official=["token=other"], wecom=["agent-id=1000009"])
    account = official(world)
    assert (account.name, account.secret, account.token, account.encryption) == (
        "mp",
        "known secret",
        "other",
        "compatible",
    )
    assert account.api.startswith("http://127.0.0.1:")
    assert world.accounts[Platform.WECOM].agent_id == 1000009


@pytest.fixture
def bot() -> Iterator[Webhook]:
    account = Account.model_validate(
        {
            "name": "oa",
            "platform": "official",
            "app_id": "wx0000000000000001",
            "secret": "s",
            "token": "known-token",
            "encoding_aes_key": KEY,
        }
    )
    with webhook(account) as started_bot:
        yield started_bot


@pytest.mark.parametrize("pattern", ["{url}/{{account}}", "{url}/oa"], ids=["pattern", "fixed"])
def test_a_saying_on_the_page_reaches_the_webhook(
    stack: ExitStack, bot: Webhook, pattern: str
) -> None:
    said = ["app_id=wx0000000000000001", "token=known-token", f"encoding_aes_key={KEY}"]
    world = started(stack, official=said, webhook=pattern.format(url=bot.url))
    phones = f"{official(world).api}/sandbox/phones/wang"
    with urllib3.PoolManager() as http:
        followed = http.request("POST", f"{phones}/follow", json={})
        answered = http.request("POST", f"{phones}/say", json={"text": "在吗"})
    assert (followed.status, answered.json()["messages"][-1]["text"]) == (200, "你说：在吗")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        pytest.param(
            {"official": ["token"]},
            "--official 要写成 名字=值，例如 token=abc，现在是 token",
            id="no equals sign",
        ),
        pytest.param(
            {"wecom": ["tocken=x"]},
            "--wecom 的设置有误：tocken: Extra inputs are not permitted",
            id="unknown key",
        ),
        pytest.param(
            {"official": ["encoding_aes_key=short"]},
            "--official 的设置有误：encoding_aes_key: must have 43 characters",
            id="short key",
        ),
        pytest.param(
            {"webhook": "127.0.0.1:8000"},
            "--webhook 要写 http:// 或 https:// 开头、不带问号的地址，现在是 127.0.0.1:8000",
            id="no address",
        ),
        pytest.param(
            {"webhook": "http://bot:port/x"},
            "--webhook 要写 http:// 或 https:// 开头、不带问号的地址，现在是 http://bot:port/x",
            id="no port",
        ),
        pytest.param(
            {"url": "sandbox.test"},
            "--url 要写 http:// 或 https:// 开头、不带问号的地址，现在是 sandbox.test",
            id="no url",
        ),
    ],
)
def test_an_option_that_is_wrong_is_named(options: dict[str, object], line: str) -> None:
    assert refused(**options) == [line]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        pytest.param("[[accounts]", "不是 TOML", id="not TOML"),
        pytest.param("[[accounts]]\nname = 'x'", "accounts.0.platform", id="no platform"),
        pytest.param(CONFIG + CONFIG.split('"近邻社区"')[1], "有两个账号", id="two of one"),
        pytest.param("accounts = 5", "accounts.0.platform", id="no table"),
    ],
)
def test_a_file_that_is_wrong_is_named(tmp_path: Path, text: str, part: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    (line,) = refused(config=path)
    assert part in line


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    (line,) = refused(config=tmp_path / "none.toml")
    assert line.startswith("--config 的文件 ")


def test_a_port_that_is_taken_is_said_and_ends_with_status_2() -> None:
    with socket.create_server((LOCAL, 0)) as busy:
        port = busy.getsockname()[1]
        result = CliRunner().invoke(app, ["sandbox", "--port", str(port)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        result.stderr == f"不能监听 {LOCAL}:{port}：端口已被占用，或地址不对（--host、--port）。\n"
    )


def test_another_port_is_taken_only_where_one_is_wanted() -> None:
    with socket.create_server((LOCAL, 0)) as busy:
        wanted = busy.getsockname()[1]
        with listening(LOCAL, wanted, or_another=True) as listener:
            assert port_of(listener) != wanted
        with pytest.raises(OSError), listening(LOCAL, wanted):  # noqa: PT011 (its text is the system's)
            pass


def test_the_command_needs_no_settings_and_ends_politely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JINLIN_CONFIG", str(tmp_path / "missing.toml"))
    program = Path(sysconfig.get_path("scripts")) / "jinlin"
    port = free_port()
    with (tmp_path / "said").open("wb") as said:
        command: list[str | Path] = [program, "sandbox", "--port", str(port)]
        child = subprocess.Popen(command, stdout=said)  # noqa: S603 (a program of ours)
        try:
            wait_until(lambda: _is_there(port), 30)
            asked_at = time.monotonic()
        finally:
            child.send_signal(signal.SIGTERM)
            status = child.wait(10)
    lines = (tmp_path / "said").read_text(encoding="utf-8").splitlines()
    assert (status, time.monotonic() - asked_at < 5) == (0, True)
    assert lines[0].startswith(f"沙盒已就绪，请用浏览器打开：http://127.0.0.1:{port}/")
    assert lines[-1] == "沙盒已停止。"


def _is_there(port: int) -> bool:
    try:
        socket.create_connection((LOCAL, port)).close()
    except ConnectionRefusedError:
        return False
    return True
