"""How commands and numbers are read, in every spelling that people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.words import Said
from handlers.texts import words
from handlers.texts.reading import READER

USES = [
    ("接单 12", "接单", Said(12)),
    ("接单12", "接单", Said(12)),
    ("接单#12", "接单", Said(12)),
    ("接单＃１２", "接单", Said(12)),
    ("接单　１２号", "接单", Said(12)),
    ("12号接单", "接单", Said(12)),
    ("#12 接单。", "接单", Said(12)),
    ("派单 12 张三、李四", "派单", Said(12, "张三、李四")),
    ("派单12张三", "派单", Said(12, "张三")),
    ("派单 12号 全体", "派单", Said(12, "全体")),
    ("完成，换了灯", "完成", Said(None, "换了灯")),
    ("完成", "完成", Said()),
    ("没解决 12，还在漏", "没解决", Said(12, "还在漏")),
    ("完成不了", "完成", None),
    ("接12点的孩子", "接", None),
    ("派3个人来", "派", None),
    ("完成 3栋的灯", "完成", Said(None, "3栋的灯")),
    ("不接单", "接单", None),
    ("接单 1234567890123", "接单", Said(None, "1234567890123")),
]


@pytest.mark.parametrize(("text", "word", "said"), USES, ids=[text for text, _, _ in USES])
def test_reading(text: str, word: str, said: Said | None) -> None:
    assert READER.read(text, word) == said


def test_a_word_that_takes_no_number_leaves_it_in_the_text() -> None:
    said = READER.read("报事 3栋灯坏了", "报事", numbered=False, glued=True)

    assert said == Said(None, "3栋灯坏了")
    assert READER.read("报事灯坏了", "报事", numbered=False, glued=True) == Said(None, "灯坏了")


@pytest.mark.parametrize("text", ["12", "#12", "＃１２", "12号", " 12 。"])
def test_a_bare_number_in_any_spelling(text: str) -> None:
    assert READER.bare_number(text) == 12


@pytest.mark.parametrize("text", ["12栋", "12号楼", "一二", "", "#", "1 2"])
def test_what_is_no_bare_number(text: str) -> None:
    assert READER.bare_number(text) is None


@given(st.text(max_size=40), st.sampled_from(["接单", "报事", "派"]))
def test_any_text_is_read_without_a_fault(text: str, word: str) -> None:
    said = READER.read(text, word)

    assert said is None or said.number is None or said.number >= 0


def test_chinese_punctuation_stays_as_it_was_written() -> None:
    said = READER.read("报事　灯坏了，很暗（三楼）！", "报事", numbered=False, glued=True)

    assert said == Said(None, "灯坏了，很暗（三楼）！")


def test_no_word_stands_for_two_things() -> None:
    lists = [
        value
        for name, value in vars(words).items()
        if name.isupper() and isinstance(value, tuple) and name != "EVERYONE_CHOICE"
    ]
    known = [word for entry in lists for word in entry]

    assert sorted(known) == sorted(set(known))
