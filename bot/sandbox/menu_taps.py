"""What happens when a person taps an entry of a published menu (PLATFORM.md A5, A7, A14, B2).

Which events open the short send window is the platform's rule: opening a web page opens none.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bot.sandbox.envelope import XmlValue
from bot.sandbox.phones import IMPOSSIBLE, NOT_FOUND, SCALE, Phones, RefusedError
from bot.sandbox.screen import Kind, Place, Sender, plain
from bot.sandbox.world import Phone
from handlers.texts import sandbox as texts
from storage.vocabulary import Platform

MOST_PHOTOS = 9

_SCANS = frozenset({"scancode_push", "scancode_waitmsg"})
_PICTURES = frozenset({"pic_sysphoto", "pic_photo_or_album", "pic_weixin"})
_PAGES = MappingProxyType(
    {"view": "url", "miniprogram": "pagepath", "view_miniprogram": "pagepath"}
)
_EVENTS = MappingProxyType(
    {
        (Platform.OFFICIAL, "click"): "CLICK",
        (Platform.OFFICIAL, "view"): "VIEW",
        (Platform.OFFICIAL, "miniprogram"): "view_miniprogram",
    }
)


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gives an entry that asks for more than a tap.

    Attributes:
        photos: files for a camera or album entry, one to nine.
        is_shuffled: photos arrive in any order, as they do on the platforms.
        scanned: what the scanned code says.
        place: the chosen point of the map.
    """

    photos: Sequence[bytes] = ()
    is_shuffled: bool = True
    scanned: str = ""
    place: Place | None = None


class MenuTaps:
    """Taps on the menus that one world's accounts have published."""

    def __init__(self, phones: Phones) -> None:
        self._phones = phones
        self._world = phones.world

    def tap(self, phone: Phone, path: Sequence[int], given: Given) -> None:
        """Tap an entry; it is pushed as an event, then what the person gave as messages.

        Args:
            phone: whose phone it is.
            path: places from 0: of the button, and of the entry below it where it has some.
            given: what the entry's kind asks for.

        Raises:
            RefusedError: no such entry, it asks for something that was not given, or the person
                does not follow the official account.
        """
        self._phones.must_be_reachable(phone)
        platform = phone.person.platform
        with self._world.lock:
            entry = _entry(self._world.menus.get(platform) or {}, path)
        kind = str(entry.get("type", ""))
        fields = _fields(kind, entry, given)
        with self._world.lock:
            line = texts.chose(str(entry.get("name", "")))
            self._world.show(phone, Sender.PERSON, Kind.EVENT, plain(line))
            if kind in _SCANS:
                found = texts.scanned_code(given.scanned)
                self._world.show(phone, Sender.PERSON, Kind.EVENT, plain(found))
            if kind == "click" or kind in _SCANS:
                phone.windows.open_by_tap(self._world.now())
        event: dict[str, XmlValue] = {
            "MsgType": "event",
            "Event": _EVENTS.get((platform, kind), kind),
            **fields,
        }
        self._phones.push(phone, event)
        self._send(phone, kind, given)

    def _send(self, phone: Phone, kind: str, given: Given) -> None:
        if kind in _PICTURES:
            photos = list(given.photos)
            if given.is_shuffled:
                secrets.SystemRandom().shuffle(photos)
            for photo in photos:
                self._phones.photo(phone, photo)
        elif kind == "location_select" and given.place is not None:
            self._phones.place(phone, given.place)


def _entry(menu: dict[str, Any], path: Sequence[int]) -> dict[str, Any]:
    """Walk down to an entry that can be tapped; one with entries below it only opens."""
    entries, entry = menu.get("button") or [], {}
    for place in path:
        if not 0 <= place < len(entries):
            raise RefusedError(NOT_FOUND, "no such menu entry")
        entry = entries[place]
        entries = entry.get("sub_button") or []
    if not entry or entries:
        raise RefusedError(NOT_FOUND, "no such menu entry")
    return entry


def _fields(kind: str, entry: dict[str, Any], given: Given) -> dict[str, XmlValue]:
    """Write what the event of a kind carries besides its name."""
    key: dict[str, XmlValue] = {"EventKey": str(entry.get("key", ""))}
    if kind == "click":
        return key
    if kind in _PAGES:
        return {"EventKey": str(entry.get(_PAGES[kind], ""))}
    if kind in _SCANS:
        if not given.scanned:
            raise RefusedError(IMPOSSIBLE, "this entry scans a code: scanned is missing")
        return key | {"ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": given.scanned}}
    if kind in _PICTURES:
        if not 0 < len(given.photos) <= MOST_PHOTOS:
            raise RefusedError(IMPOSSIBLE, f"this entry takes 1 to {MOST_PHOTOS} photos")
        items: list[XmlValue] = [{"PicMd5Sum": _digest(photo)} for photo in given.photos]
        return key | {"SendPicsInfo": {"Count": len(items), "PicList": {"item": items}}}
    if kind == "location_select":
        if given.place is None:
            raise RefusedError(IMPOSSIBLE, "this entry chooses a place: place is missing")
        return key | {
            "SendLocationInfo": {
                "Location_X": given.place.latitude,
                "Location_Y": given.place.longitude,
                "Scale": SCALE,
                "Label": given.place.label,
                "Poiname": "",
            }
        }
    raise RefusedError(IMPOSSIBLE, f"entries of the type {kind} are not played here")


def _digest(photo: bytes) -> str:
    return hashlib.md5(photo, usedforsecurity=False).hexdigest()
