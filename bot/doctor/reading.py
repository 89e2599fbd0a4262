"""Looks at the settings: each error by the exact name of its setting, as its owner wrote it."""

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot import config, runtime
from bot.config import Settings
from bot.doctor.findings import Finding, fault, fine, warning
from handlers.texts import doctor as texts
from handlers.texts.doctor import Advice
from handlers.texts.persons import PLATFORM

_ACCOUNT = re.compile(r"accounts\.(\d+)(?:\.(.+))?")
_BAD_KEY = ".[key]"
_NAMED_FIRST = re.compile(r"(\w+)(?::| is missing| and )")


def read() -> tuple[Settings | None, list[Finding]]:
    """Read the settings; where one is missing or bad there are none, and a finding for each."""
    try:
        settings = config.load()
        runtime.check_addresses(settings)
    except config.SettingsError as error:
        names = _account_names()
        return None, [_named(line, names) for line in _without_echo(error.lines)]
    listed = [(account.name, PLATFORM[account.platform]) for account in settings.accounts]
    findings = [fine(texts.SETTINGS, texts.read_well(listed))]
    if stat.S_IMODE(settings.config.stat().st_mode) & stat.S_IRWXO:
        findings.append(warning(texts.CONFIG_FILE, texts.CONFIG_IS_OPEN, setting="JINLIN_CONFIG"))
    return settings, findings


def remedy_for(setting: str) -> str:
    """Say what to fill in; ``accounts.oa.secret`` is looked up as ``accounts.secret``."""
    first, _, rest = setting.partition(".")
    last = rest.rpartition(".")[2]
    for name in (setting, f"{first}.{last}", first):
        if name in texts.SETTING_REMEDY:
            return texts.SETTING_REMEDY[name]
    return texts.LOOK_INTO_README


def _without_echo(lines: list[str]) -> list[str]:
    """Leave out that there are too few accounts where each of them is named as bad."""
    are_named = any(line.startswith("accounts.") for line in lines)
    return [line for line in lines if not (are_named and line.startswith("accounts: "))]


def _named(line: str, names: Mapping[int, str]) -> Finding:
    """Make a finding of a line of ``bot.config``: ``accounts.0.token: is missing``."""
    setting, _, problem = line.partition(": ")
    if setting == "settings" and problem.startswith("accounts: "):
        setting, problem = "accounts.name", problem.removeprefix("accounts: ")
    remedy = setting
    if found := _ACCOUNT.fullmatch(setting):
        key = (found[2] or _first_name(problem)).removesuffix(_BAD_KEY)
        account = names.get(int(found[1]), found[1])
        setting = f"accounts.{account}.{key}" if key else f"accounts.{account}"
        remedy = f"accounts.{key}" if key else "accounts"
    advice = Advice(texts.is_wrong(problem), remedy_for(remedy))
    return fault(texts.SETTINGS, advice, setting=setting)


def _first_name(problem: str) -> str:
    """Give the setting with which a complaint about a whole account begins."""
    found = _NAMED_FIRST.match(problem)
    return found[1] if found else ""


def _account_names() -> dict[int, str]:
    """Give the accounts' names by their place in the file, as far as it can be read."""
    return {
        place: table["name"]
        for place, table in enumerate(_tables().get("accounts", ()))
        if isinstance(table, dict) and isinstance(table.get("name"), str)
    }


def _tables() -> dict[str, Any]:
    try:
        tables = tomllib.loads(
            Path(os.environ[f"{config.ENVIRONMENT_PREFIX}CONFIG"]).read_text(encoding="utf-8")
        )
    except (KeyError, OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}
    return tables if isinstance(tables.get("accounts"), list) else {}
