"""What a file is, told by its first bytes: neither names nor content types of senders are trusted.

Nothing here does I/O.
"""

from dataclasses import dataclass

from storage.vocabulary import MediaKind

HEAD_BYTES = 16
"""How much of a file is looked at."""


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file that is kept: its content type, and the suffix of its name."""

    kind: MediaKind
    content_type: str
    suffix: str


_JPEG = Format(MediaKind.IMAGE, "image/jpeg", ".jpg")
_PNG = Format(MediaKind.IMAGE, "image/png", ".png")
_GIF = Format(MediaKind.IMAGE, "image/gif", ".gif")
_WEBP = Format(MediaKind.IMAGE, "image/webp", ".webp")
_AMR = Format(MediaKind.VOICE, "audio/amr", ".amr")
_AMR_WB = Format(MediaKind.VOICE, "audio/amr-wb", ".amr")
_MP3 = Format(MediaKind.VOICE, "audio/mpeg", ".mp3")

_BEGINNINGS: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", _JPEG),
    (b"\x89PNG\r\n\x1a\n", _PNG),
    (b"GIF87a", _GIF),
    (b"GIF89a", _GIF),
    (b"#!AMR\n", _AMR),
    (b"#!AMR-WB\n", _AMR_WB),
    (b"ID3", _MP3),
)
_FRAME_BYTES = 2
_SYNC = 0xFF
_SYNC_BITS, _LAYER_BITS, _LAYER_THREE = 0xE0, 0x06, 0x02


def format_of(head: bytes, kind: MediaKind) -> Format | None:
    """Recognise a file of one kind by its beginning; None for everything that is not kept."""
    found = next((known for start, known in _BEGINNINGS if head.startswith(start)), None)
    if found is None and head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        found = _WEBP
    if found is None and _is_mp3_frame(head):
        found = _MP3
    return found if found and found.kind is kind else None


def _is_mp3_frame(head: bytes) -> bool:
    """Say whether an MP3 begins here without a tag: eleven bits of sync, then layer III."""
    if len(head) < _FRAME_BYTES:
        return False
    is_synchronous = head[0] == _SYNC and head[1] & _SYNC_BITS == _SYNC_BITS
    return is_synchronous and head[1] & _LAYER_BITS == _LAYER_THREE
