"""Photos and voices as the platforms keep them: what they are, and by which name, for three days.

Pure: the caller holds the world's lock. What a file is, is told by its first bytes, and written
from the platforms' contract (PLATFORM.md A12, B10), not shared with the bot.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from storage.vocabulary import MediaKind, Platform

LIFETIME = timedelta(days=3)
MOST_SECONDS = 60
LEAST_BYTES = 6
RANGE_BYTES = 20 * 1024 * 1024
"""WeCom gives what is larger in pieces only."""

_MEGABYTE = 1024 * 1024
_AMR = b"#!AMR\n"
_FRAMES_A_SECOND = 50
_SILENT_FRAME = b"\x04" + bytes(12)
_FRAME_BYTES = (13, 14, 16, 18, 20, 21, 27, 32, 6, *[1] * 7)
_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (_AMR, "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
)
SUFFIXES: Mapping[str, str] = MappingProxyType(
    {
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".png": "image/png",
        ".gif": "image/gif",
        ".amr": "audio/amr",
        ".mp3": "audio/mpeg",
    }
)
_PICTURES = frozenset({"image/jpeg", "image/png"})


@dataclass(frozen=True, slots=True)
class Taken:
    """What a platform takes as an upload of one kind."""

    content_types: frozenset[str]
    most_bytes: int


TAKEN: Mapping[tuple[Platform, MediaKind], Taken] = MappingProxyType(
    {
        # The page says 10 MB and, in its remarks, 2 MB: the stricter counts here.
        (Platform.OFFICIAL, MediaKind.IMAGE): Taken(_PICTURES | {"image/gif"}, 2 * _MEGABYTE),
        (Platform.OFFICIAL, MediaKind.VOICE): Taken(
            frozenset({"audio/amr", "audio/mpeg"}), 2 * _MEGABYTE
        ),
        (Platform.WECOM, MediaKind.IMAGE): Taken(_PICTURES, 10 * _MEGABYTE),
        (Platform.WECOM, MediaKind.VOICE): Taken(frozenset({"audio/amr"}), 2 * _MEGABYTE),
    }
)


@dataclass(frozen=True, slots=True)
class Medium:
    """A photo or voice; a phone shows it for ever, the platforms forget its names."""

    number: int
    kind: MediaKind
    content: bytes
    content_type: str

    @property
    def path(self) -> str:
        """Where the page finds it; no platform has such an address."""
        return f"/sandbox/media/{self.number}"

    @property
    def seconds(self) -> int | None:
        """The length that a phone shows beside a voice, None for photos."""
        return seconds_of(self.content) if self.kind is MediaKind.VOICE else None

    def to_json(self) -> dict[str, Any]:
        """Give the documented form; see ``bot.sandbox.page``."""
        return {
            "url": self.path,
            "content_type": self.content_type,
            "bytes": len(self.content),
            "seconds": self.seconds,
        }


@dataclass(frozen=True, slots=True)
class _Name:
    platform: Platform
    medium: Medium
    expires_at: datetime


@dataclass(slots=True)
class MediaBook:
    """Which platform knows which medium by which media_id, and until when."""

    _media: dict[int, Medium] = field(default_factory=dict)
    _names: dict[str, _Name] = field(default_factory=dict)

    def name(self, medium: Medium, platform: Platform, *, until: datetime) -> str:
        """Take a medium in and give the media_id by which one platform knows it."""
        media_id = secrets.token_urlsafe(48)
        self._media[medium.number] = medium
        self._names[media_id] = _Name(platform, medium, until)
        return media_id

    def find(self, media_id: str, platform: Platform, now: datetime) -> Medium | None:
        """Find by a platform's own media_id; None when it is unknown there or too old."""
        name = self._names.get(media_id)
        if name is None or name.platform is not platform or now >= name.expires_at:
            return None
        return name.medium

    def shown(self, number: int) -> Medium | None:
        """Find what some phone shows, however old it is."""
        return self._media.get(number)


def content_type_of(content: bytes) -> str | None:
    """Recognise a file by its beginning; None for what no phone sends and no platform takes."""
    return next((found for start, found in _BEGINNINGS if content.startswith(start)), None)


def voice_of(seconds: int) -> bytes:
    """Make an AMR file of that length, in which nothing can be heard."""
    return _AMR + _SILENT_FRAME * (seconds * _FRAMES_A_SECOND)


def seconds_of(content: bytes) -> int:
    """Give the length of an AMR file in begun seconds, 0 for others: they are not measured here."""
    if not content.startswith(_AMR):
        return 0
    at, frames = len(_AMR), 0
    while at < len(content):
        at += _FRAME_BYTES[content[at] >> 3 & 0x0F]
        frames += 1
    return -(-frames // _FRAMES_A_SECOND)
