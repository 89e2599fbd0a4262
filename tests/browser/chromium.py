"""The system's own Chromium: where it is, how it starts, what to install where there is none."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

CHROMIUM_VARIABLE = "JINLIN_CHROMIUM"
"""Names the program where it is none of ``PROGRAMS`` on the PATH."""

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
INSTALL = "apt-get install chromium fonts-noto-cjk"

_START_MS = 60_000.0


@contextmanager
def started() -> Iterator[Browser]:
    """Give a browser without a window; where none starts, whoever asked is skipped.

    Nothing is downloaded. Root has to do without Chromium's own sandbox.

    Raises:
        pytest.skip.Exception: there is no Chromium, or it does not start; says what to install.
    """
    program = os.environ.get(CHROMIUM_VARIABLE) or next(
        filter(None, map(shutil.which, PROGRAMS)), ""
    )
    if not program:
        pytest.skip(f"no Chromium on the PATH, nor in {CHROMIUM_VARIABLE}: {INSTALL}")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=program, chromium_sandbox=os.geteuid() != 0, timeout=_START_MS
            )
        except Error as error:
            pytest.skip(f"{program} does not start ({error.message.splitlines()[0]}): {INSTALL}")
        with browser:
            yield browser


def has_chinese_font() -> bool:
    """Say whether the system lists a font that knows Chinese."""
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    found = subprocess.run(  # noqa: S603 (a program of the system, without anybody's words)
        [lister, ":lang=zh", "family"], check=True, capture_output=True
    )
    return bool(found.stdout.strip())
