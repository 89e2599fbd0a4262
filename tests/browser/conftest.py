"""One browser and one town for the tests of the page, as ``jinlin demo`` would show it."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Request, ViewportSize, expect

from bot.sandbox.samples import PEOPLE
from tests.browser import chromium
from tests.browser.pages import SandboxPage
from tests.end_to_end.town import Town, founded

SCREENSHOTS_VARIABLE = "JINLIN_SCREENSHOTS"
"""The folder for pictures of the page, kept; without it they go where pytest keeps its files."""

_WAIT_MS = 20_000.0


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The system's Chromium; without it every test that asks is skipped."""
    with chromium.started() as browser:
        expect.set_options(timeout=_WAIT_MS)
        yield browser


@pytest.fixture(scope="package")
def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town on SQLite with the sample people's phones only; the page can move its time.

    People, orders and the time of earlier tests are still there.
    """
    assert browser.is_connected()
    folder = tmp_path_factory.mktemp("town")
    url = f"sqlite:///{folder / 'jinlin.db'}"
    with founded(folder, url, people=PEOPLE, clock_file=folder / "clock") as town:
        town.programs.run("menu", "publish")
        yield town


@pytest.fixture(scope="package")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for the pictures."""
    named = os.environ.get(SCREENSHOTS_VARIABLE)
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


OpenSandbox = Callable[[ViewportSize], SandboxPage]


@pytest.fixture
def open_sandbox(browser: Browser, town: Town, screenshots: Path) -> Iterator[OpenSandbox]:
    """Open the page in a window of some size, as often as wanted.

    At the end the page must have had no errors and have asked nobody but the sandbox.
    """
    with ExitStack() as stack:
        yield lambda size: stack.enter_context(
            _opened(browser, size, town.page_address, screenshots)
        )


@contextmanager
def _opened(
    browser: Browser, size: ViewportSize, address: str, folder: Path
) -> Iterator[SandboxPage]:
    faults: list[str] = []

    def listen(said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            faults.append(said.text)

    def watch(asked: Request) -> None:
        if not asked.url.startswith((address, "data:")):
            faults.append(asked.url)

    with browser.new_context(
        viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce"
    ) as context:
        context.set_default_timeout(_WAIT_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", listen)
        page.on("request", watch)
        opened = SandboxPage(page, folder)
        opened.open(address)
        yield opened
    assert faults == []
