"""What is said around messages that pass between a resident and whoever serves, without numbers."""

from handlers.messages import Action

ASK_WORDS = "想说什么？一句话就行。"
WORDS_TOO_SHORT = "请用几个字说说。"
NOTHING_TO_SAY_TO = "您现在没有正在办的事，留言没有人收。有什么事直接发给我就行。"
NOT_YOURS = "这张单不在您手上，留言由办这件事的人来发。"
NUMBERS_STAY = "居民那边不显示电话，话里的号码没有转过去。"
RESIDENT = "居民"


def answer_action(number: int) -> Action:
    """Answer a message."""
    return Action("回话", f"留言 {number}")


def passed_on(names: str) -> str:
    """Say who gets it."""
    return f"好的，这就转给{names}。"


def passed_to_desk(number: int, branch: str) -> str:
    """Say that those who dispatch get it, because nobody has taken the order."""
    return f"#{number} 还没有人接，这就转给{branch}。"


def received(who: str, words: str) -> str:
    """Hand a message over in the words that were used."""
    return f"{who}留言：{words}"


def closed(number: int, state: str) -> str:
    """Say that nobody waits for a message any more."""
    return f"#{number} 现在是“{state}”，留言转不过去了。有别的事直接发给我就行。"


def closed_but_young(number: int, state: str) -> str:
    """Say that nobody waits for a message any more, and which word takes the order up again."""
    return f"#{number} 现在是“{state}”，留言转不过去了。没有解决就回“没解决 {number}”，接着办。"
