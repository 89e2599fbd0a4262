"""The stand-in's clock: it moves on, keeps its offset in a file, and everything follows it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.sandbox.clock import ClockError, MovableClock
from tests.sandbox.calls import WANG, control, official
from tests.sandbox.conftest import Sandbox

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


def clock(file: Path | None = None) -> MovableClock:
    return MovableClock(lambda: NOON, file)


def test_it_moves_on_and_back_again() -> None:
    moved = clock()
    moved.move(3600)
    moved.move(-600)
    assert moved() == NOON + timedelta(minutes=50)
    moved.move(-3000)
    assert moved() == NOON


@pytest.mark.parametrize(
    "seconds",
    [
        pytest.param(-61, id="behind the real time"),
        pytest.param(3651 * 86400, id="more than ten years"),
        pytest.param(float("nan"), id="no number"),
        pytest.param(float("inf"), id="for ever"),
    ],
)
def test_a_move_that_cannot_be_changes_nothing(tmp_path: Path, seconds: float) -> None:
    file = tmp_path / "offset"
    moved = clock(file)
    moved.move(60)
    with pytest.raises(ClockError):
        moved.move(seconds)
    assert (moved(), float(file.read_text())) == (NOON + timedelta(minutes=1), 60.0)


def test_the_offset_is_written_and_taken_up_again(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    clock(file).move(86400.5)
    assert float(file.read_text()) == 86400.5
    assert clock(file)() == NOON + timedelta(days=1, seconds=0.5)
    assert [path.name for path in tmp_path.iterdir()] == ["offset"]


@pytest.mark.parametrize("content", ["", "later", "nan", "-5"])
def test_a_file_without_a_usable_number_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "offset"
    file.write_text(content)
    with pytest.raises(ClockError):
        clock(file)


def test_tokens_windows_and_media_follow_it(sandbox: Sandbox) -> None:
    sandbox.act("wang", "follow")
    sandbox.act("wang", "photo")
    media_id = sandbox.bot.received[-1].media_id
    token = sandbox.official_token()
    control(sandbox, "clock", advance=7200)
    assert sandbox.official_token() != token
    assert sandbox.custom(WANG) == 0
    control(sandbox, "clock", advance=2 * 86400 - 7200)
    assert sandbox.custom(WANG) == 45015
    assert (sandbox.act("wang", "say", text="在吗"), sandbox.custom(WANG))[1] == 0
    control(sandbox, "clock", advance=86400)
    assert official(sandbox, "media/get", media_id=media_id)["errcode"] == 40007


def test_response_codes_follow_it(sandbox: Sandbox) -> None:
    code = sandbox.card("zhangsan")["response_code"]
    control(sandbox, "clock", advance=72 * 3600)
    assert sandbox.world.spend_code(code) is None
