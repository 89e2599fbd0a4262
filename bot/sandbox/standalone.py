"""``jinlin sandbox``: the stand-in and its page alone, for whoever builds a bot of their own.

Needs no settings, no Redis and no database. What a bot has to be told (ids, secrets, tokens, keys)
is made up at the start, or taken from a TOML file and from the command line.
"""

import base64
import secrets
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from bot import processes
from bot.config import Account
from bot.sandbox.page import create_app
from bot.sandbox.serving import LOCAL, PAGE_PORT, listening, port_of, served
from bot.sandbox.world import World
from handlers.texts import operators
from handlers.texts import sandbox as texts
from storage.vocabulary import Platform

WEBHOOK = "http://127.0.0.1:8000/webhook/{account}"
NAME = "{account}"

_KEY_BYTES = 32
_AGENT_ID = 1000002
_ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 (recognised here, never the default)
_PREFIXES = {Platform.OFFICIAL: "wx", Platform.WECOM: "ww"}
_NAMES = {Platform.OFFICIAL: "oa", Platform.WECOM: "wecom"}
_OPTIONS = {Platform.OFFICIAL: "--official", Platform.WECOM: "--wecom"}


class StandaloneError(Exception):
    """Raised when what was asked for cannot be; ``lines`` say in Chinese what is wrong."""

    def __init__(self, *lines: str) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command line says.

    Attributes:
        url: the address by which the bot reaches the sandbox; made of host and port when empty.
        webhook: where pushes go, the account's name in place of ``{account}``.
        config: a TOML file whose ``[[accounts]]`` are stood in for; other tables are not looked at.
        official: keys of the official account as ``key=value``; they win over the file's.
        wecom: the same for the WeCom app.
    """

    host: str = LOCAL
    port: int = PAGE_PORT
    url: str = ""
    webhook: str = WEBHOOK
    config: Path | None = None
    official: Sequence[str] = ()
    wecom: Sequence[str] = ()


def run(options: Options, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; ``say`` gets the lines that a developer needs.

    Raises:
        StandaloneError: an option or the file is wrong, or the port is taken.
    """
    processes.hold_signals()
    with running(options) as world:
        for line in described(world):
            say(line)
        while not processes.is_stop_asked(60.0):
            pass
    say(texts.SANDBOX_STOPPED)


@contextmanager
def running(options: Options) -> Iterator[World]:
    """Serve a world until the context ends.

    Raises:
        StandaloneError: an option or the file is wrong, or the port is taken.
    """
    _check_address("--webhook", options.webhook.replace(NAME, "account"))
    if options.url:
        _check_address("--url", options.url)
    tables = _tables(options.config) if options.config else {}
    with ExitStack() as stack:
        try:
            listener = stack.enter_context(listening(options.host, options.port))
        except OSError as error:
            raise StandaloneError(operators.port_is_taken(options.host, options.port)) from error
        url = options.url.rstrip("/") or _url(options.host, port_of(listener))
        official, wecom = (
            _account(platform, tables.get(platform, {}), said, url)
            for platform, said in (
                (Platform.OFFICIAL, options.official),
                (Platform.WECOM, options.wecom),
            )
        )
        world = World(official, wecom, webhook=options.webhook)
        world.webhooks = {
            platform: options.webhook.replace(NAME, account.name)
            for platform, account in world.accounts.items()
        }
        stack.enter_context(served(create_app(world), listener))
        yield world


def described(world: World) -> list[str]:
    """Give the lines that say where the page is and what the bot has to be told."""
    official, wecom = world.accounts[Platform.OFFICIAL], world.accounts[Platform.WECOM]
    lines = [texts.sandbox_ready(f"{official.api}/"), texts.api_instead(official.api)]
    for account in (official, wecom):
        values = {name: str(value) for name, value in account.model_dump(mode="json").items()}
        pushed_to = world.webhook_of(account.platform)
        lines += texts.account_to_set_up(account.platform, values, pushed_to)
    return lines


def _check_address(option: str, address: str) -> None:
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query
        _ = parts.port
    except ValueError:
        is_address = False
    if not is_address:
        raise StandaloneError(texts.not_an_address(option, address))


def _url(host: str, port: int) -> str:
    reached = LOCAL if host in _ANY_ADDRESS else host
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def _tables(path: Path) -> dict[Platform, dict[str, Any]]:
    """Read a settings file's accounts, unchecked, by platform: one of each can be stood in for."""
    try:
        accounts = tomllib.loads(path.read_text(encoding="utf-8")).get("accounts", [])
    except OSError as error:
        raise StandaloneError(texts.file_not_read(path, error.strerror or "")) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StandaloneError(texts.file_is_no_toml(path, str(error))) from error
    found: dict[Platform, dict[str, Any]] = {}
    for number, table in enumerate(accounts if isinstance(accounts, list) else [accounts]):
        name = table.get("platform") if isinstance(table, dict) else None
        if name not in list(Platform):
            problem = "platform: is neither official nor wecom"
            raise StandaloneError(operators.setting_is_wrong(f"accounts.{number}.{problem}"))
        platform = Platform(name)
        if platform in found:
            raise StandaloneError(texts.one_account_of_each(path))
        found[platform] = table
    return found


def _account(
    platform: Platform, table: Mapping[str, Any], said: Sequence[str], url: str
) -> Account:
    """Build an account of made-up values, the file's over them, the command line's over these."""
    option = _OPTIONS[platform]
    values = (_made_up(platform) | dict(table) | dict(_pair(option, each) for each in said)) | {
        "platform": platform,
        "api_base_url": url,
    }
    try:
        return Account.model_validate(values)
    except ValidationError as error:
        raise StandaloneError(
            *(
                texts.value_is_wrong(option, ".".join(map(str, fault["loc"])), fault["msg"])
                for fault in error.errors(include_url=False, include_input=False)
            )
        ) from error


def _pair(option: str, said: str) -> tuple[str, str]:
    key, sign, value = said.partition("=")
    if not sign or not key:
        raise StandaloneError(texts.not_key_and_value(option, said))
    return key.strip().replace("-", "_"), value


def _made_up(platform: Platform) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": _NAMES[platform],
        "app_id": f"{_PREFIXES[platform]}{secrets.token_hex(8)}",
        "secret": secrets.token_hex(16),
        "token": secrets.token_hex(12),
        "encoding_aes_key": base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode().rstrip("="),
    }
    return made | ({"agent_id": _AGENT_ID} if platform is Platform.WECOM else {})
