"""The sandbox's page as a person uses it: clicks, keys and what can be seen.

All selectors of the browser tests stand here; they are the page's ``data-testid``, which the head
of ``sandbox.js`` lists, and the words on its buttons.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

from playwright.sync_api import Locator, Page, ViewportSize, expect

from bot.sandbox.samples import PEOPLE
from tests.browser import layout
from tests.browser.layout import Layout

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
HANDSET: ViewportSize = {"width": 390, "height": 844}

SIDE_PAGES = SENT, LOG, CONTROL = "page-sent", "page-log", "page-control"
"""The pages of the side, which is chosen like a phone: notices' ways, calls, controls."""

KEYS = MappingProxyType({person.name: person.key for person in PEOPLE})


class SandboxPage:
    """One browser tab with the sandbox in it."""

    def __init__(self, page: Page, screenshots: Path) -> None:
        """Wrap a browser tab; nothing is loaded yet.

        Args:
            page: the tab.
            screenshots: the folder for ``photograph``.
        """
        self._page = page
        self._screenshots = screenshots
        self._phones = {
            key: PhoneOnPage(page.get_by_test_id(f"phone-{key}"), partial(self.show, key))
            for key in KEYS.values()
        }

    def open(self, address: str) -> None:
        """Load the page and wait until it says what time it is, which it asks for last."""
        self._page.goto(address)
        expect(self._page.get_by_test_id("now")).not_to_be_empty()

    def show(self, key: str) -> None:
        """Choose a phone by its key, or a page of the side, if it is not shown already."""
        if key in SIDE_PAGES:
            self.turn_to(key)
        else:
            self._choose(key)

    def _choose(self, key: str) -> None:
        tab = self._page.get_by_test_id(f"choose-{key}")
        if tab.get_attribute("aria-pressed") != "true":
            tab.click()
        expect(tab).to_have_attribute("aria-pressed", "true")

    def turn_to(self, side_page: str) -> Locator:
        """Open a page of the side, such as ``SENT``; gives the side."""
        self._choose("side")
        self._page.get_by_test_id(side_page).click()
        return self._page.get_by_role("complementary")

    def phone(self, name: str) -> "PhoneOnPage":
        """Give the phone of one of the samples."""
        return self._phones[KEYS[name]]

    def sent(self, *parts: str) -> None:
        """Wait until the way of a notice is shown that holds all of these words."""
        lines = self.turn_to(SENT).get_by_test_id("sent-line")
        expect(_with(lines, parts).first).to_be_visible()

    def logged(self, *parts: str) -> None:
        """Wait for a line among the calls and pushes that holds all of these words."""
        lines = self.turn_to(LOG).get_by_test_id("log-line")
        expect(_with(lines, parts).first).to_be_visible()

    def set_weather(self, platform: str, weather: str) -> None:
        """Choose how ``official`` or ``wecom`` is doing, by the words of the control."""
        control = self.turn_to(CONTROL).get_by_test_id(f"weather-{platform}")
        control.select_option(label=weather)
        expect(control.locator("option:checked")).to_have_text(weather)

    def move_on(self, label: str) -> None:
        """Move the time on by what a button of the controls says."""
        clock = self._page.get_by_test_id("now")
        before = clock.inner_text()
        self.turn_to(CONTROL).get_by_role("button", name=label, exact=True).click()
        expect(clock).not_to_have_text(before)

    def enlarge(self) -> None:
        """Switch to the large letters, for eyes that want them."""
        button = self._page.get_by_role("button", name="大字")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")

    def layout(self) -> Layout:
        """Measure what is visible now."""
        return layout.measured(self._page)

    def has_chinese_letters(self) -> bool:
        """Say whether this machine has a font for what the page says."""
        return layout.has_chinese_letters(self._page)

    def photograph(self, name: str, *, of: str) -> None:
        """Keep ``{name}-390.png`` and ``{name}-1280.png``, with a phone or a page of the side."""
        former = self._page.viewport_size
        assert former is not None
        for size in (HANDSET, DESKTOP):
            self.resize(size)
            self.show(KEYS.get(of, of))
            self._page.screenshot(path=self._screenshots / f"{name}-{size['width']}.png")
        self.resize(former)

    def resize(self, size: ViewportSize) -> None:
        """Make the window another size, and wait until the page has seen it."""
        self._page.set_viewport_size(size)
        self._page.evaluate("() => new Promise(requestAnimationFrame)")


class PhoneOnPage:
    """Somebody's phone: the chat, and what stands below it."""

    def __init__(self, node: Locator, show: Callable[[], None]) -> None:
        """Wrap a phone.

        Args:
            node: all of it.
            show: brings it to the front where it is not shown.
        """
        self._node = node
        self.show = show
        self._before = ""

    def scan(self) -> None:
        """Scan the code on one's own door."""
        self.turn_away()
        self._node.get_by_test_id("quick-scan").click()

    def say(self, text: str) -> None:
        """Type a text and send it."""
        self.turn_away()
        self._node.get_by_test_id("composer").fill(text)
        self._node.get_by_test_id("send").click()

    def choose(self, *labels: str) -> None:
        """Choose an entry of the published menu, by its way from the bottom bar."""
        self.turn_away()
        menu = self._node.get_by_role("group", name="的菜单")
        for label in labels:
            name = re.compile(f"^≡?{re.escape(label)}$")
            menu.get_by_role("button", name=name).click()

    def turn_away(self) -> None:
        """Look away from all that is in the chat: what was told before is no answer."""
        self.show()
        ids = self._node.locator("[data-id]").evaluate_all("all => all.map(one => one.dataset.id)")
        self._before = f'[data-id="{ids[-1]}"] ~ ' if ids else ""

    def told(self, *parts: str) -> "TextOnPage":
        """Wait for a text of the bot since this person's last act that holds all of these words.

        The newest is meant.
        """
        self.show()
        said = self._node.locator(f"{self._before}[data-sender=bot]")
        return TextOnPage(_newest(said, parts), self)

    def card(self, number: int, *parts: str) -> "CardOnPage":
        """Wait for a card about an order that holds all of these words; the newest is meant."""
        self.show()
        cards = self._node.get_by_test_id("card")
        return CardOnPage(_newest(cards, (f"#{number} ", *parts)), self)


@dataclass(frozen=True)
class TextOnPage:
    """A text of the bot, with the lines in it that can be tapped."""

    node: Locator
    phone: PhoneOnPage

    @property
    def number(self) -> int:
        """The order that it is about."""
        found = re.search(r"#(\d+)", self.node.inner_text())
        assert found, self.node.inner_text()
        return int(found[1])

    def is_in_sight(self) -> None:
        """Wait until nearly all of it is in the window."""
        expect(self.node).to_be_in_viewport(ratio=0.9)

    def tap(self, label: str) -> None:
        """Tap one of its lines."""
        line = self.node.get_by_role("button", name=label, exact=True).element_handle()
        self.phone.turn_away()
        line.click()


@dataclass(frozen=True)
class CardOnPage:
    """A card of WeCom."""

    node: Locator
    phone: PhoneOnPage

    def press(self, label: str) -> None:
        """Press one of its buttons."""
        self.phone.turn_away()
        self.node.get_by_role("button", name=label, exact=True).click()

    def settles(self, note: str) -> None:
        """Wait until it says how things stand and has nothing left to press."""
        self.phone.show()
        expect(self.node.get_by_test_id("card-note")).to_have_text(note)
        expect(self.node.get_by_test_id("card-button")).to_have_count(0)


def _newest(found: Locator, parts: tuple[str, ...]) -> Locator:
    newest = _with(found, parts).last
    expect(newest).to_be_visible()
    return newest


def _with(found: Locator, parts: tuple[str, ...]) -> Locator:
    for part in parts:
        found = found.filter(has_text=part)
    return found
