import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.clock import LOOK_SECONDS, MovedClock, clock_of, utc_now

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


class Ticks:
    """Seconds since some beginning; a test moves them on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "clock"


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def clock(file: Path, ticks: Ticks) -> MovedClock:
    return MovedClock(file, wall=lambda: NOON, ticks=ticks)


def put(file: Path, text: str) -> None:
    whole = file.with_suffix(".new")
    whole.write_text(text, encoding="utf-8")
    whole.replace(file)


def test_without_a_file_it_is_the_wall_clock(clock: MovedClock) -> None:
    assert clock() == NOON


@pytest.mark.parametrize("text", ["259200", "259200.0\n"])
def test_the_seconds_in_the_file_are_added(clock: MovedClock, file: Path, text: str) -> None:
    put(file, text)
    assert clock() == NOON + timedelta(hours=72)


def test_a_moved_file_is_seen_at_the_next_look_and_not_before(
    clock: MovedClock, file: Path, ticks: Ticks
) -> None:
    put(file, "60")
    seen = [clock()]
    put(file, "3600")
    seen.append(clock())
    ticks.now += LOOK_SECONDS
    seen.append(clock())
    assert [one - NOON for one in seen] == [
        timedelta(minutes=1),
        timedelta(minutes=1),
        timedelta(hours=1),
    ]


def test_a_file_that_goes_gives_the_wall_clock_back(
    clock: MovedClock, file: Path, ticks: Ticks
) -> None:
    put(file, "60")
    clock()
    file.unlink()
    ticks.now += LOOK_SECONDS
    assert clock() == NOON


def test_a_file_that_has_not_changed_is_not_read_again(
    clock: MovedClock, file: Path, ticks: Ticks
) -> None:
    put(file, "60")
    clock()
    stamp = file.stat()
    file.write_text("61", encoding="utf-8")
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    ticks.now += LOOK_SECONDS
    assert clock() == NOON + timedelta(minutes=1)


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "1e300", "1e13", "一"])
def test_a_file_that_is_no_number_leaves_the_clock_and_is_told_once(
    clock: MovedClock, file: Path, ticks: Ticks, text: str
) -> None:
    put(file, "60")
    clock()
    put(file, text)
    with capture_logs() as logs:
        for _ in range(2):
            ticks.now += LOOK_SECONDS
            assert clock() == NOON + timedelta(minutes=1)
    assert [line["event"] for line in logs] == ["clock file not read"]


def test_a_process_has_the_wall_clock_unless_a_file_is_named(file: Path) -> None:
    with capture_logs() as logs:
        assert clock_of(None) is utc_now
        moved = clock_of(file)
    put(file, "86400")
    assert timedelta(hours=23) < moved() - datetime.now(UTC) <= timedelta(hours=24)
    assert [line["log_level"] for line in logs] == ["warning"]
