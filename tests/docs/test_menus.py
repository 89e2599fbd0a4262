"""The page about menus and replies: its samples are taken, its limits are ours."""

import base64
from pathlib import Path

import pytest

from bot import config, menus, wording
from handlers.rules import keywords
from handlers.texts import reports
from storage.vocabulary import Platform
from tests.bot.conftest import TOML
from tests.conftest import SECRET_KEY
from tests.docs.pages import ROOT, blocks, rows, section, spans

PAGE = (ROOT / "docs" / "menus.md").read_text(encoding="utf-8")


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> config.Settings:
    """The settings of all samples together."""
    path = tmp_path / "jinlin.toml"
    monkeypatch.setenv("JINLIN_CONFIG", str(path))
    monkeypatch.setenv("JINLIN_SECRET_KEY", base64.b64encode(SECRET_KEY).decode())
    path.write_text(TOML + "\n".join(blocks(PAGE, "toml")), encoding="utf-8")
    return config.load()


def test_the_samples_are_settings_that_are_taken(shown: config.Settings) -> None:
    assert len(shown.menu) == wording.MOST_BUTTONS
    assert [reply.match for reply in shown.replies.keywords] == ["exact", "contains"]
    assert shown.policy.welcome.startswith("您好，这里是近邻社区。\n")


def test_what_the_sample_says_is_understood(shown: config.Settings) -> None:
    outcomes = menus.publish(shown, is_dry=True)
    assert [line for outcome in outcomes for line in outcome.lines if "注意" in line] == []


def test_every_key_of_a_menu_is_explained() -> None:
    explained = {spans(key)[0] for key, _ in rows(section(PAGE, "菜单"))}
    assert explained == set(config.MenuButton.model_fields)


def test_the_buttons_of_our_own_menu_are_named() -> None:
    named = {
        f"“{button.name}”"
        for platform in Platform
        for button in menus.shown_on(menus.default(), platform)
    }
    assert [name for name in named if name not in section(PAGE, "菜单")] == []


def test_the_limits_are_those_that_hold() -> None:
    told = PAGE.replace("\n", "")
    for limit in (
        f"最多 {wording.BUTTON_BYTES} 字节",
        f"最多 {wording.ITEM_BYTES} 字节",
        f"显示 {wording.BUTTON_SHOWN} 个和 {wording.ITEM_SHOWN} 个汉字",
        f"最多 {wording.KEY_BYTES} 字节",
        f"最多 {wording.URL_BYTES} 字节",
        f"最多 {wording.MOST_BUTTONS} 个按钮，一个按钮最多 {wording.MOST_ITEMS} 项",
        f"不超过 {keywords.MOST_LETTERS} 个字",
        f"“{reports.these_words('').label}”",
    ):
        assert limit in told
