"""How a resident says what the work was like: stars, words, and what is answered."""

import re

from handlers.messages import Action
from handlers.texts.timeline import stars

MOST = 5
ASK_SCORE = "这次办得怎么样？"
SCORE_HINT = "请回 1 到 5，5 是很满意。"
NOTHING_TO_RATE = "您现在没有可以评价的事。办好以后再来评价。"
RATE_WORD = "评价"
FIELD = "评价"

_FEELING = ("不满意", "不太满意", "一般", "满意", "很满意")
_DIGITS = "一二三四五"
_SCORE = re.compile(
    rf"(?:(?P<digit>[1-{MOST}{_DIGITS}])(?:颗?星|分)?|(?P<drawn>★{{1,{MOST}}})☆*"
    rf"|(?P<felt>{'|'.join(_FEELING)}))"
    r"(?:\W+(?P<words>.*))?",
    re.DOTALL,
)
_UNIT = re.compile(r"^(?:颗?星|分)(?=\W|$)")


def read(said: str) -> tuple[int, str] | None:
    """Read a score and the words after it; None when no score stands first."""
    found = _SCORE.fullmatch(said.strip())
    if found is None:
        return None
    words = (found["words"] or "").strip()
    if found["felt"]:
        return _FEELING.index(found["felt"]) + 1, words
    if found["drawn"]:
        return len(found["drawn"]), words
    digit = found["digit"]
    return (_DIGITS.index(digit) + 1 if digit in _DIGITS else int(digit)), words


def score_first(number: int, rest: str) -> str:
    """Put a number back before what followed it, so that it reads as a score."""
    return f"{number} {_UNIT.sub('', rest)}"


def choices(number: int) -> tuple[Action, ...]:
    """Give one choice a star, so that the digit is the score."""
    return tuple(
        Action(f"{'★' * score} {_FEELING[score - 1]}", f"{RATE_WORD} {number} {score}")
        for score in range(1, MOST + 1)
    )


def rate_action(number: int) -> Action:
    """Invite to say what it was like."""
    return Action("评价一下", f"{RATE_WORD} {number}")


def shown(rating: int, words: str | None) -> str:
    """Show a rating to those who may read it."""
    return f"{stars(rating)} {words}" if words else stars(rating)


def rated(number: int, rating: int, words: str | None, days: int) -> str:
    """Thank for a rating and say how long it can be changed."""
    more = "" if words else f"想补一句，回“{RATE_WORD} {number} {rating} 您的话”。\n"
    return (
        f"谢谢您，#{number} 记下了：{shown(rating, words)}\n{more}{days} 天内想改，再评一次就行。"
    )


def still_to_confirm(number: int) -> str:
    """Come back to the question that waits."""
    return f"#{number} 真的解决了吗？"


def too_early(number: int, state: str) -> str:
    """Say when it can be rated."""
    return f"#{number} 现在是“{state}”，办好以后再评价。"


def too_late(number: int, rating: str, days: int) -> str:
    """Say that a rating stands."""
    return f"#{number} 您评的是{rating}。过了 {days} 天，不再改动。谢谢您。"


def for_desk(number: int, rating: int, words: str | None) -> str:
    """Tell the secretary that a resident was not content."""
    return f"居民给 #{number} 的评价：{shown(rating, words)}\n方便的话，打个电话问问。"
