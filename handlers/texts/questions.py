"""What is said when the branch asks a resident something, and when a resident adds something."""

from handlers.messages import Action
from storage.vocabulary import OrderKind

ASK_QUESTION = "要问居民什么？一句话就行。"
QUESTION_TOO_SHORT = "请用一句话写上要问的。"
ASK_SUPPLEMENT = "想补充什么？一句话就行。"
SUPPLEMENT_TOO_SHORT = "请用几个字说说。"
NOTHING_TO_ASK = "现在没有待派单的单，不用退补。"
NOTHING_TO_SUPPLEMENT = "您现在没有正在办的事，不用补充。有什么事直接发给我就行。"
SUPPLEMENT_FIELD = "补充"
QUESTION_FIELD = "想问您"
QUESTION_FIELD_FOR_OTHERS = "问居民"
BETWEEN = "；"
_SHOWN = 60


def question(branch: str, asked: str) -> str:
    """Ask the resident in the branch's words."""
    return (
        f"{branch}想问一句：{asked}\n"
        "直接回复就行。三天没有回话，这件事就先放下，以后随时可以接着办。"
    )


def asked_again(branch: str, asked: str) -> str:
    """Repeat the question to a resident who is about to answer it."""
    return f"{branch}想问：{asked}\n一句话就行。"


def answer_action(number: int) -> Action:
    """Answer, or add something."""
    return Action("回答", f"补充 {number}")


def resume_action(number: int) -> Action:
    """Take up an order again that was put aside."""
    return Action("接着办", f"补充 {number}")


def asked(number: int, state: str) -> str:
    """Tell the secretary what happens with a question."""
    return f"已经去问居民。回话以后 #{number} 回到{state}，三天没有回话就先放下。"


def is_asked_already(number: int) -> str:
    """Say that a question waits already."""
    return f"#{number} 正在等居民回话，等到回话再问下一句。"


def answered(number: int, promise: str, *, is_moved: bool) -> str:
    """Thank for the answer and name the promise, which waited meanwhile."""
    why = "等您回话的时间往后推，" if is_moved else ""
    return f"好的，已补到 #{number}，接着安排人来办。\n{why}最晚{promise}前给您办好或说清楚。"


def answered_to_desk(said: str, kind: OrderKind) -> str:
    """Lay the answer before those who dispatch."""
    return f"居民回话：{_short(said)}\n{_next(kind)}"


def resumed_to_desk(said: str, kind: OrderKind) -> str:
    """Lay an order that was put aside before those who dispatch."""
    words = f"：{_short(said)}" if said else ""
    return f"居民又联系上了{words}\n{_next(kind)}"


def _next(kind: OrderKind) -> str:
    return "请看一看能不能放上心愿墙。" if kind is OrderKind.WISH else "请派人来办。"


def supplemented(number: int, holder: str | None) -> str:
    """Say who will read what was added."""
    return f"好的，已补到 #{number}，" + (f"已转告{holder}。" if holder else "支部看得到。")


def supplemented_while_done(number: int) -> str:
    """Say that it was added, and come back to the question that waits."""
    return f"好的，已补到 #{number}。这件事真的解决了吗？"


def supplement_news(said: str) -> str:
    """Hand what was added to the holder or the secretary."""
    return f"居民补充：{said}"


def closed_to_supplements(number: int, state: str) -> str:
    """Say that nothing can be added to an order that is over, and what can be done."""
    return f"#{number} 现在是“{state}”，补充不进去了。有别的事直接发给我就行。"


def closed_but_young(number: int, state: str) -> str:
    """Say that nothing can be added to a closed order that can still be reopened."""
    return f"#{number} 现在是“{state}”，补充不进去了。没有解决就回“没解决 {number}”，接着办。"


def put_aside(number: int) -> str:
    """Tell the resident that the order was put aside because no answer came."""
    return f"三天没有等到您的回话，#{number} 先放下了。想接着办，随时回“补充 {number}”。"


def whether_answer(waiting: list[tuple[int, str]]) -> str:
    """Ask whether free words answer a question of the branch."""
    if len(waiting) == 1:
        number, question = waiting[0]
        return f"支部问过 #{number}：{_short(question)}\n您这句是回答吗？"
    return "支部有几件事在等您回话，您这句是回答哪一件？"


def as_answer(number: int, question: str, text: str, *, is_only: bool) -> Action:
    """Take free words as the answer to a question."""
    label = f"是，回答 #{number}" if is_only else f"#{number} {_short(question)}"
    return Action(label, f"补充 {number} {text}")


def resumed(number: int, promise: str) -> str:
    """Tell the resident that an order that was put aside goes on."""
    return f"好的，#{number} 接着办。\n最晚{promise}前给您办好或说清楚。"


def _short(said: str) -> str:
    flat = " ".join(said.split())
    return flat if len(flat) <= _SHOWN else flat[: _SHOWN - 1] + "…"
