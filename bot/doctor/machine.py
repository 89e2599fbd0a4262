"""Looks at this machine: the data directory, the disk, and whether the clock is moved."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.config import Settings
from bot.doctor import limits
from bot.doctor.findings import Finding, fault, fine, warning
from handlers.texts import doctor_machine as texts

_SETTING = "JINLIN_DATA_DIR"


def look(settings: Settings) -> Iterator[Finding]:
    """Look at everything that lies on this machine."""
    path = settings.data_dir.resolve()
    yield _data_dir(path)
    yield _disk(path)
    if settings.clock_file is not None:
        yield _clock_file(settings.clock_file)


def _data_dir(path: Path) -> Finding:
    if not path.exists():
        return fault(texts.DATA_DIR, texts.DATA_DIR_MISSING, setting=_SETTING)
    if not path.is_dir():
        return fault(texts.DATA_DIR, texts.DATA_DIR_NO_FOLDER, setting=_SETTING)
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        return fault(texts.DATA_DIR, texts.DATA_DIR_CLOSED, setting=_SETTING)
    if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        return warning(texts.DATA_DIR, texts.DATA_DIR_OPEN, setting=_SETTING)
    return fine(texts.DATA_DIR, texts.data_dir(str(path)))


def _disk(path: Path) -> Finding:
    there = next(folder for folder in (path, *path.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    if free < limits.NO_DISK_BYTES:
        return fault(texts.DISK, texts.disk_is_low(free), setting=_SETTING)
    if free < limits.LITTLE_DISK_BYTES:
        return warning(texts.DISK, texts.disk_is_low(free), setting=_SETTING)
    return fine(texts.DISK, texts.disk(free))


def _clock_file(path: Path) -> Finding:
    """Say that time is moved; a file that is not there moves nothing, and is a trap all the same.

    The file is read as ``bot.clock`` reads it, which only logs what it cannot read.
    """
    try:
        float(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        pass
    except (OSError, ValueError):
        return fault(texts.CLOCK_FILE, texts.CLOCK_FILE_BROKEN, setting="JINLIN_CLOCK_FILE")
    return warning(texts.CLOCK_FILE, texts.CLOCK_FILE_SET, setting="JINLIN_CLOCK_FILE")
