"""``jinlin homeday``: a line a month, with and without settings."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import config
from bot.cli import app
from bot.config import Settings, SettingsError
from tests.bot.conftest import TOML

CALENDAR = """
[calendar]
working = [2026-10-25, "2027-01-31"]
free = [2027-02-05, 2027-02-06, 2027-02-07]
"""


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JINLIN_CONFIG", raising=False)


def run(*months: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["homeday", *months])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.usefixtures("homeless")
def test_each_month_has_a_line_with_the_date_and_why() -> None:
    assert run("2026-09", "2026-10", "2025-09", "2027-01") == (
        0,
        (
            "2026-09-13 moved 最后一个星期日9月27日在法定假期里\n"
            "2026-10-25 rule 最后一个星期日\n"
            "2025-09-21 moved 最后一个星期日9月28日要调休上班\n"
            "2027-01-31 rule 2027年的放假安排还不知道，先按最后一个星期日\n"
        ),
        "",
    )


@pytest.mark.usefixtures("homeless")
def test_every_bad_month_has_a_line_and_nothing_is_printed() -> None:
    assert run("2026-13", "2026-10", "下个月") == (
        2,
        "",
        "“2026-13”不是月份，请写成 2026-09 这样。\n“下个月”不是月份，请写成 2026-09 这样。\n",
    )


def test_the_calendar_of_the_settings_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jinlin.toml"
    path.write_text(CALENDAR, encoding="utf-8")  # accounts are not needed
    monkeypatch.setenv("JINLIN_CONFIG", str(path))
    assert run("2026-10", "2027-01", "2027-02") == (
        0,
        (
            "2026-10-18 moved 最后一个星期日10月25日不合适（设置里的日历写了）\n"
            "2027-01-24 moved 最后一个星期日1月31日不合适（设置里的日历写了）\n"
            "2027-02-28 rule 最后一个星期日\n"
        ),
        "",
    )


BAD = {
    "no date": ("[calendar]\nfree = ['soon']", "calendar.free.0: "),
    "no such day": ("[calendar]\nfree = ['2027-02-30']", "calendar.free.0: "),
    "both": (
        "[calendar]\nfree = [2027-02-28]\nworking = [2027-02-28]",
        "calendar: 2027-02-28 is in working and in free",
    ),
    "unknown key": ("[calendar]\nholidays = []", "calendar.holidays: "),
    "no TOML": ("[calendar", "JINLIN_CONFIG: "),
}


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
def test_a_bad_calendar_is_named(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jinlin.toml"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("JINLIN_CONFIG", str(path))
    status, out, err = run("2026-10")
    assert (status, out) == (2, "")
    assert err.startswith(f"设置有误：{said}")


def test_the_policy_carries_the_calendar(environment: dict[str, str]) -> None:
    path = Path(environment["JINLIN_CONFIG"])
    path.write_text(TOML + CALENDAR, encoding="utf-8")
    settings: Settings = config.load()
    assert settings.policy.calendar == settings.calendar.rules
    assert len(settings.policy.calendar.working) == 2

    path.write_text(TOML + "[calendar]\nfree = [1]", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"calendar\.free\.0"):
        config.load()
