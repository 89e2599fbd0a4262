"""What eyes and fingers need, measured in the browser in CSS pixels: widths, heights, letters."""

from dataclasses import dataclass

from playwright.sync_api import Page

TAPPABLE_HIGH = 40.0
"""As high as a fingertip wants it."""

READABLE = 16.0
"""The size of letters in a chat that eyes of sixty read."""

_TAPPABLE = "button, a[href], select, input:not([type=file]), summary"

_FACTS = """
(tappable) => {
  const isShown = (node) => node.checkVisibility({visibilityProperty: true}) &&
    node.getBoundingClientRect().right > 0;
  const named = (node) => (node.innerText || node.getAttribute('aria-label') || node.placeholder ||
    node.tagName).trim().split('\\n')[0];
  const chats = [...document.querySelectorAll('[role=log]')].filter(isShown);
  const target = (node) =>
    node.matches('[type=checkbox], [type=radio]') ? node.closest('label') ?? node : node;
  const high = [...document.querySelectorAll(tappable)].filter(isShown).map(target)
    .map((node) => [named(node), node.getBoundingClientRect().height]);
  const letters = [];
  const cut = [];
  for (const chat of chats) {
    const walker = document.createTreeWalker(chat, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode.parentElement;
      const text = walker.currentNode.data.trim();
      if (!text || !isShown(node) || node.closest('time, .hidden, option')) continue;
      letters.push([text, parseFloat(getComputedStyle(node).fontSize)]);
      const range = document.createRange();
      range.selectNodeContents(walker.currentNode);
      const [box, room] = [range.getBoundingClientRect(), chat.getBoundingClientRect()];
      if (box.left < room.left - 1 || box.right > room.right + 1) cut.push(text);
    }
  }
  const root = document.documentElement;
  return {tappable: high, letters, cut, wider: root.scrollWidth - root.clientWidth};
}
"""


@dataclass(frozen=True)
class Layout:
    """What is visible now.

    Attributes:
        wider: by how much the page is wider than the window; 0 needs no sideways scrolling.
        tappable: what can be tapped, by its first line, with its height.
        letters: the texts in the chats, with their size; the hours above messages left out.
        cut: texts that reach beyond their chat at a side.
    """

    wider: float
    tappable: list[tuple[str, float]]
    letters: list[tuple[str, float]]
    cut: list[str]

    @property
    def too_low(self) -> list[tuple[str, float]]:
        """What a finger may miss."""
        return [(name, high) for name, high in self.tappable if high < TAPPABLE_HIGH]

    @property
    def too_small(self) -> list[tuple[str, float]]:
        """What is hard to read."""
        return [(text, size) for text, size in self.letters if size < READABLE]


def measured(page: Page) -> Layout:
    """Measure what the page shows at this moment."""
    facts = page.evaluate(_FACTS, _TAPPABLE)
    return Layout(
        wider=facts["wider"],
        tappable=[(name, high) for name, high in facts["tappable"]],
        letters=[(text, size) for text, size in facts["letters"]],
        cut=facts["cut"],
    )


_DRAWN = """
([one, other]) => {
  const drawn = (letter) => {
    const canvas = document.createElement('canvas');
    const pen = canvas.getContext('2d');
    pen.font = `40px ${getComputedStyle(document.body).fontFamily}`;
    pen.fillText(letter, 10, 60);
    return canvas.toDataURL();
  };
  return drawn(one) !== drawn(other);
}
"""


def has_chinese_letters(page: Page) -> bool:
    """Say whether two characters are drawn differently: without a font both are the same box."""
    return bool(page.evaluate(_DRAWN, ["近", "邻"]))
