"""What is said about a member's card: who, which post, what is promised, points if wished."""

from collections.abc import Sequence

from handlers.messages import Action
from handlers.texts import duties, points, roster, words
from storage.vocabulary import Role

MOST_LETTERS = 60

NO_PROMISE = "还没有写承诺。写一句给邻居看的话，比如“承诺 每周六上午帮楼里老人买菜”。"
PROMISE_TOO_LONG = f"承诺最多 {MOST_LETTERS} 个字，这次的没有记。短一点再发一遍就行。"
PROMISE_HAS_NUMBER = "承诺是给大家看的，里面像有电话或号码，没有记。去掉号码再发一遍就行。"
PROMISE_GONE = "好的，承诺撤下来了。"
POINTS_SHOWN = "好的，名片上会有积分。随时可以不亮。"
POINTS_HIDDEN = "好的，名片上不放积分。"
HOW_TO_SHOW = "名片上放不放积分由您定：回“亮积分 开”或“亮积分 关”。"

GONE = frozenset({"撤下", "删除", "删掉", "不写了", "取消", "清空"})
ON = frozenset({"开", "打开", "亮", "好", "是"})
OFF = frozenset({"关", "关掉", "不亮", "不", "否"})

SHOW_ACTION = Action("亮积分", f"{words.SHOW_POINTS[0]} 开")
HIDE_ACTION = Action("不亮积分", f"{words.SHOW_POINTS[0]} 关")
CARD_ACTION = Action("看名片", words.CARD[0])
DROP_ACTION = Action("撤下承诺", f"{words.PROMISE[0]} 撤下")
DUTY_ACTION = Action("认岗", words.DUTY[0])


def card(
    name: str,
    appointment: tuple[Role, str] | None,
    posts: Sequence[str],
    promise: str,
    hundredths: int | None,
) -> str:
    """Write a member's card; without ``hundredths`` it shows no points."""
    lines = [f"{name}，{appointment[1]}{roster.ROLE[appointment[0]]}" if appointment else name]
    if posts:
        lines.append(duties.on_card(posts))
    lines.append(f"承诺：{promise}" if promise else NO_PROMISE)
    if hundredths is not None:
        lines.append(f"积分：{points.amount(hundredths)} 分")
    return "\n".join(lines)


def promised(text: str) -> str:
    """Show a promise back."""
    return f"记下了，名片上会写：{text}"
