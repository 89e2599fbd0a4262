import pytest

from handlers.rules import keywords
from handlers.rules.keywords import MOST_LETTERS, KeywordReply

HOURS = KeywordReply(words=frozenset({"几点上班", "上班时间"}), answer="九点到五点")
CARD = KeywordReply(words=frozenset({"居住证"}), answer="二号窗口", is_inside=True)
FEE = KeywordReply(words=frozenset({"物业费", "居住"}), answer="找物业", is_inside=True)
REPLIES = (HOURS, CARD, FEE)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("几点上班", "九点到五点"),
        ("上班时间", "九点到五点"),
        ("居住证", "二号窗口"),
        ("请问几点上班", None),
        ("几点", None),
        ("", None),
    ],
)
def test_exactly_is_the_whole_text(said: str, answer: str | None) -> None:
    assert keywords.exactly(REPLIES, said) == answer


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        pytest.param("居住证怎么办", "二号窗口", id="the first that fits, in the settings' order"),
        pytest.param("在哪里居住", "找物业", id="the next where the first does not fit"),
        pytest.param("请问几点上班", None, id="a word that stands for itself only"),
        pytest.param("灯坏了", None, id="no word"),
        pytest.param("物业费" + "啊" * (MOST_LETTERS - 3), "找物业", id="just short enough"),
        pytest.param("物业费" + "啊" * (MOST_LETTERS - 2), None, id="one character too long"),
    ],
)
def test_inside_is_a_word_of_a_short_text(said: str, answer: str | None) -> None:
    assert keywords.inside(REPLIES, said) == answer
