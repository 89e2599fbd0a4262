"""Long answers become pages that say it all, each small enough to be sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules import paging
from handlers.rules.paging import Cut, cut, room_beside, size

FAMILY = "👨\u200d👩\u200d👧"
CHARACTERS = [FAMILY, "👍\U0001f3fd", "🇨🇳", "1\ufe0f\u20e3", "e\u0301", "灯", "a", "\n", "<"]
any_text = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(CHARACTERS), max_size=300).map("".join),
    st.lists(st.text("灯坏了ab<\n", max_size=40), max_size=20).map("\n".join),
)


def pages(text: str, most: int) -> list[str]:
    found = []
    while text:
        divided = cut(text, most)
        found.append(divided.page)
        text = divided.rest
    return found


@given(any_text, st.integers(12, 400))
def test_the_pages_are_the_text_and_each_fits(text: str, most: int) -> None:
    divided = pages(text, most)
    assert "".join(divided) == text
    assert all(0 < size(page) <= most for page in divided)


@given(st.lists(st.sampled_from(CHARACTERS[:7]), min_size=1, max_size=200), st.integers(30, 200))
def test_no_character_is_divided(characters: list[str], most: int) -> None:
    ends = {0}
    for character in characters:
        ends.add(max(ends) + len(character))
    place = 0
    for page in pages("".join(characters), most):
        place += len(page)
        assert place in ends


def test_a_short_text_is_one_page() -> None:
    text = "长" * 466
    assert cut(text) == Cut(text, "")
    assert cut(text + "长长").rest != ""


def test_a_page_ends_with_a_line() -> None:
    line = "长" * 20 + "\n"
    assert cut(line * 40) == Cut(line * 22, line * 18)


def test_a_line_end_far_before_the_limit_does_not_count() -> None:
    divided = cut("好\n" + "长" * 600)
    assert size(divided.page) > paging.PAGE_BYTES - 3


def test_what_is_too_long_alone_is_divided_all_the_same() -> None:
    assert cut(FAMILY * 2, 10).page == "👨\u200d"[:2]


def test_the_sign_of_a_tag_counts_as_it_is_sent() -> None:
    assert (size("<a>"), len(cut("<" * 600).page)) == (5, paging.PAGE_BYTES // 3)


@pytest.mark.parametrize(
    ("taps", "room"), [(0, 1_400), (400, 1_400), (500, 1_400), (900, 1_000), (1_900, 500)]
)
def test_lines_to_tap_take_room_from_the_page(taps: int, room: int) -> None:
    assert room_beside(taps) == room
