"""Texts are cut between the characters that a reader sees, within bytes or units."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.cutting import cut_to_bytes, cut_to_units, ended, size, units

FAMILY = "👨\u200d👩\u200d👧"
THUMB = "👍\U0001f3fd"
CHINA, JAPAN = "🇨🇳", "🇯🇵"
KEYCAP = "1\ufe0f\u20e3"
ACCENT = "e\u0301"
WALES = "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"
SEEN = [FAMILY, THUMB, CHINA, JAPAN, KEYCAP, ACCENT, WALES, "灯", "a", "😀"]

any_text = st.text(st.characters(), max_size=60)
seen_texts = st.lists(st.sampled_from(SEEN), max_size=12)


@pytest.mark.parametrize("seen", SEEN)
def test_what_is_one_character_to_the_eye_stays_or_goes_whole(seen: str) -> None:
    text = f"灯{seen}"
    for most in range(3, size(text)):
        assert cut_to_bytes(text, most) == "灯"
    assert cut_to_bytes(text, size(text)) == text


def test_flags_are_cut_between_their_pairs() -> None:
    flags = CHINA + JAPAN + CHINA
    assert cut_to_units(flags, 11) == CHINA + JAPAN
    assert cut_to_units(flags, 7) == CHINA


def test_what_is_too_long_alone_is_cut_all_the_same() -> None:
    assert cut_to_bytes(FAMILY, 5) == "👨"
    assert cut_to_units("e" + "\u0301" * 30, 10) == "e" + "\u0301" * 9


def test_a_cut_is_said_with_an_ellipsis_and_only_a_cut() -> None:
    assert (ended("一二三四", 4), ended("一二三四五", 4)) == ("一二三四", "一二三…")
    assert ended("一" + FAMILY + "二三四", 5) == "一…"


@given(any_text, st.integers(0, 80))
def test_any_text_is_cut_within_the_limit_to_one_of_its_beginnings(text: str, most: int) -> None:
    by_bytes, by_units = cut_to_bytes(text, most), cut_to_units(text, most)
    assert size(by_bytes) <= most
    assert units(by_units) <= most
    assert text.startswith(by_bytes)
    assert text.startswith(by_units)
    assert (by_units == text) == (units(text) <= most)


@given(any_text, st.integers(1, 80))
def test_an_ellipsis_stays_within_the_limit(text: str, most: int) -> None:
    assert units(ended(text, most)) <= most


@given(seen_texts, st.integers(30, 60))
def test_what_is_kept_are_whole_characters(parts: list[str], most: int) -> None:
    kept = cut_to_bytes("".join(parts), most)
    beginnings = {"".join(parts[:count]) for count in range(len(parts) + 1)}
    assert kept in beginnings
    assert not kept or unicodedata.category(kept[-1]) != "Cs"
