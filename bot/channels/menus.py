"""Writes a menu as both platforms take it (PLATFORM.md A14); a tap says the key of its entry."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from bot.config import MenuButton, MenuItem

PATH = "/cgi-bin/menu/create"

# scancode_waitmsg waits for our answer, so that a code of ours is answered like one scanned before
# following; the event of pic_photo_or_album and location_select is followed by messages.
_OPENS = MappingProxyType(
    {"photo": "pic_photo_or_album", "place": "location_select", "scan": "scancode_waitmsg"}
)


def content(menu: Sequence[MenuButton]) -> dict[str, Any]:
    """Give the body of the call; what is for one platform only has been sorted out before."""
    return {"button": [_button(button) for button in menu]}


def _button(button: MenuButton) -> dict[str, Any]:
    if button.items:
        return {"name": button.name, "sub_button": [_entry(item) for item in button.items]}
    return _entry(button)


def _entry(item: MenuItem) -> dict[str, Any]:
    if item.url:
        return {"type": "view", "name": item.name, "url": item.url}
    if item.say:
        return {"type": "click", "name": item.name, "key": item.say}
    return {"type": _OPENS[item.opens], "name": item.name, "key": item.opens}
