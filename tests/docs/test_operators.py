"""What operators copy from the pages: settings, commands, error codes."""

import re
from pathlib import Path

import pytest

from bot import config
from bot.channels import FailureKind
from bot.channels.failures import TABLES, TOKEN_TABLES
from bot.config import Settings
from storage.vocabulary import NoticeKind, Platform
from tests.docs.pages import (
    PAGES,
    ROOT,
    blocks,
    rows,
    section,
    shell_lines,
    spans,
    without_user,
)

DOCS = ROOT / "docs"
OPERATING = (DOCS / "operating.md").read_text(encoding="utf-8")
BACKUP = (DOCS / "backup.md").read_text(encoding="utf-8")
ACCOUNT_PAGES = {
    Platform.OFFICIAL: (DOCS / "official-account.md").read_text(encoding="utf-8"),
    Platform.WECOM: (DOCS / "wecom.md").read_text(encoding="utf-8"),
}
(COMPLETE,) = blocks(OPERATING, "toml")
SETTINGS = [
    pytest.param(block, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, block in enumerate(blocks(page.read_text(encoding="utf-8"), "toml"), 1)
]
# Programs of the system, of PostgreSQL, nginx and Docker, and what the shell knows by itself.
SYSTEM = frozenset(
    {
        "cd",
        "chmod",
        "chown",
        "cp",
        "curl",
        "install",
        "ln",
        "ls",
        "make",
        "mv",
        "openssl",
        "rm",
        "scp",
        "tar",
    }
    | {"apt", "apt-get", "dpkg", "journalctl", "nginx", "systemctl", "useradd"}
    | {"createdb", "createuser", "dropdb", "pg_dump", "pg_restore", "redis-server", "sqlite3"}
    | {"docker"}
)
OURS = frozenset({"jinlin", ".venv/bin/jinlin", "/etc/cron.daily/jinlin-backup"})
MENDED_BY_OPERATORS = frozenset({FailureKind.MISCONFIGURED, FailureKind.UNAUTHORISED})


def load(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    path = tmp_path / "jinlin.toml"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("JINLIN_CONFIG", str(path))
    monkeypatch.setenv("JINLIN_SECRET_KEY", "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U=")
    return config.load()


@pytest.mark.parametrize("block", SETTINGS)
def test_settings_that_are_shown_are_taken(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part without a community stands behind the complete file of the first page."""
    is_complete = "[community]" in block
    settings = load(block if is_complete else f"{COMPLETE}\n{block}", tmp_path, monkeypatch)
    assert settings.community.name == "近邻社区"


def test_the_addresses_shown_are_those_of_the_accounts_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for account in load(COMPLETE, tmp_path, monkeypatch).accounts:
        address = f"/webhook/{account.name}`"
        assert address in OPERATING
        assert address in ACCOUNT_PAGES[account.platform]


def test_the_purposes_of_templates_are_kinds_of_notices() -> None:
    table = rows(section(ACCOUNT_PAGES[Platform.OFFICIAL], "6. 模板消息"))
    purposes = [spans(purpose)[0] for purpose, *_ in table]
    assert purposes
    assert [purpose for purpose in purposes if purpose not in set(NoticeKind)] == []


@pytest.mark.parametrize("platform", list(Platform))
def test_every_code_that_an_operator_must_mend_has_a_remedy(platform: Platform) -> None:
    heading = {Platform.OFFICIAL: "8. 常见的毛病", Platform.WECOM: "10. 常见的毛病"}[platform]
    table = rows(section(ACCOUNT_PAGES[platform], heading))
    described = {
        int(code) for seen, _, remedy in table if remedy for code in re.findall(r"\d{5,}", seen)
    }
    kinds = [*TABLES[platform].items(), *TOKEN_TABLES[platform].items()]
    assert {code for code, kind in kinds if kind in MENDED_BY_OPERATORS} - described == set()
    assert described - {code for code, _ in kinds} == set()


COMMANDS = [
    pytest.param(words, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, words in enumerate(shell_lines(page.read_text(encoding="utf-8")), 1)
]


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_line_starts_a_program_that_there_is(words: list[str]) -> None:
    program = without_user(words)[0]
    assert program in SYSTEM | OURS


def test_every_make_target_of_the_pages_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    used = {
        target
        for page in PAGES
        for words in shell_lines(page.read_text(encoding="utf-8"))
        if words[0] == "make"
        for target in words[1:]
        if "=" not in target
    }
    assert {"install", "wheels"} <= used
    assert used - set(re.findall(r"^(\w+):", makefile, re.MULTILINE)) == set()


def test_the_loss_of_the_key_is_said_in_large_letters() -> None:
    (large,) = [line for line in BACKUP.splitlines()[1:] if line.startswith("# ")]
    assert "密钥丢了" in large
    assert "再也读不出来" in large
