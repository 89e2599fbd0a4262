"""What is said about a branch's ranking, and about leaving one's name out of it."""

from types import MappingProxyType

from handlers.messages import Action
from handlers.texts.points import amount

WORD = "排行"
SWITCHES = MappingProxyType({"开": True, "打开": True, "关": False, "关闭": False})
TAKING_PART = MappingProxyType({"不参加": False, "参加": True})
KEEP_OUT_ACTION = Action("不列我的名字", f"{WORD} 不参加")
SWITCHED_OFF = "您的支部没有开排行，积分只有自己看得到。"
EMPTY = "排行开着，今年还没有人记分。"
KEPT_OUT = "好的，排行里不列您的名字，积分照记。想列上，回“排行 参加”。"
LET_IN = "好的，您的支部开了排行时，会列上您的名字。不想列了，回“排行 不参加”。"
NO_SUCH_BRANCH = "没有找到您管的这个支部，请核对一下名称。"
WHICH_BRANCH = "哪个支部？"


def switch(word: str, branch: str) -> str:
    """Say the command that switches one branch's ranking."""
    return f"{WORD} {word} {branch}"


def head(branch: str, year: int) -> str:
    """Head a ranking."""
    return f"{branch} {year} 年积分："


def row(place: int, name: str, hundredths: int) -> str:
    """Write one row."""
    return f"第 {place} 位　{name}　{amount(hundredths)} 分"


def own(place: int, hundredths: int) -> str:
    """Say where the reader stands."""
    return f"您 {amount(hundredths)} 分，第 {place} 位。"


def switched(branch: str, *, is_on: bool) -> str:
    """Say what a switch means, and that it is kept who did it."""
    if is_on:
        return (
            f"{branch}的排行开了，已记下是您开的。党员说“排行”才看得到，"
            "不想列名的说“排行 不参加”。\n要关就回“排行 关”。"
        )
    return f"{branch}的排行关了，积分只有自己看得到。"
