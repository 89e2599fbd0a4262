import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.formats import HEAD_BYTES, format_of
from storage.vocabulary import MediaKind

IMAGE, VOICE = MediaKind.IMAGE, MediaKind.VOICE


@pytest.mark.parametrize(
    ("head", "kind", "content_type", "suffix"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", IMAGE, "image/jpeg", ".jpg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", IMAGE, "image/png", ".png"),
        (b"GIF89a\x01\x00", IMAGE, "image/gif", ".gif"),
        (b"GIF87a\x01\x00", IMAGE, "image/gif", ".gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", IMAGE, "image/webp", ".webp"),
        (b"#!AMR\n<\x91", VOICE, "audio/amr", ".amr"),
        (b"#!AMR-WB\n<\x91", VOICE, "audio/amr-wb", ".amr"),
        (b"ID3\x04\x00", VOICE, "audio/mpeg", ".mp3"),
        (b"\xff\xfb\x90\x00", VOICE, "audio/mpeg", ".mp3"),
        (b"\xff\xf3\x40\xc4", VOICE, "audio/mpeg", ".mp3"),
    ],
)
def test_what_is_kept_is_known_by_its_beginning(
    head: bytes, kind: MediaKind, content_type: str, suffix: str
) -> None:
    found = format_of(head, kind)
    assert found is not None
    assert (found.kind, found.content_type, found.suffix) == (kind, content_type, suffix)
    other = VOICE if kind is IMAGE else IMAGE
    assert format_of(head, other) is None


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff",
        b"\xff\xd8",
        b'{"errcode":40007}',
        b"<html>",
        b"<?xml version",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"MZ\x90\x00",
        b"\x7fELF",
        b"RIFF\x10\x00\x00\x00WAVEfmt ",
        b"\x00\x00\x00\x18ftypheic",
        b"#!SILK_V3",
        b"OggS\x00\x02",
        b"\xff\xf1\x50\x80",  # AAC in ADTS: the same sync, another layer
    ],
)
def test_everything_else_is_not(head: bytes) -> None:
    assert [format_of(head, kind) for kind in MediaKind] == [None, None]


@given(st.binary(max_size=HEAD_BYTES))
def test_no_beginning_is_both_a_photo_and_a_voice(head: bytes) -> None:
    assert None in {format_of(head, kind) for kind in MediaKind}
