"""What is said about special awards: to who proposes, who agrees, and who gets one."""

import re
from dataclasses import dataclass

from handlers.messages import Action
from handlers.texts.points import amount

WORD = "加分"
TITLE = "专项加分"
HOW = "请这样说：加分 张三 3 见义勇为救了人\n分数最多 10 分，理由写清楚，社区两个人同意才算。"
NOT_TO_ONESELF = "不能给自己加分。要加的话，请别的支部书记或社区来提。"
TOO_FEW_TO_AGREE = "社区里能同意的人不够两位，现在提不了，什么也没有记。请先和社区说一声。"
NO_SUCH_AWARD = "没有找到等您定的这次加分，请核对一下号码。"
AGREED = "好的，两位都同意了，已经加上并告诉本人。"
ONE_MORE = "记下了，还差一位同意。"
REFUSED = "好的，这次不加，已告诉提的人。"
ALREADY = "这次加分已经定了。"

_SAID = re.compile(
    r"(?P<name>[^\d\s]{2,16})\s*(?:(?P<digits>\d{4})\s+)?"
    r"(?P<amount>\d{1,6}(?:\.\d{1,2})?)\s*分?[\s,，:：]+(?P<reason>.*\w.*)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An award as it was said."""

    name: str
    digits: str
    hundredths: int
    reason: str


def read(said: str) -> Wanted | None:
    """Read who is to get how much for what; None when something is missing."""
    found = _SAID.fullmatch(said.strip())
    if found is None:
        return None
    hundredths = round(float(found["amount"]) * 100)
    return Wanted(found["name"], found["digits"] or "", hundredths, found["reason"].strip())


def command(wanted: Wanted, digits: str) -> str:
    """Say an award for the one with these last digits."""
    return f"{WORD} {wanted.name} {digits} {amount(wanted.hundredths)} {wanted.reason}"


def too_much(most: int) -> str:
    """Say how much an award may be."""
    return f"专项加分要大于 0，最多 {amount(most)} 分。"


def nobody(name: str) -> str:
    """Say that nobody of that name is there."""
    return f"您管的支部里没有叫“{name}”的人，请核对姓名。"


def which(name: str) -> str:
    """Ask which one of several is meant."""
    return f"叫{name}的不止一位，是哪一位？"


def proposed(name: str, hundredths: int) -> str:
    """Say that others are asked."""
    return f"已请社区看：给{name}加 {amount(hundredths)} 分。两位同意后自动记上。"


def title(number: int) -> str:
    """Head the question."""
    return f"{TITLE} {number}"


def question(who: str, name: str, hundredths: int, reason: str) -> str:
    """Put an award before those who may agree."""
    return f"{who}提议给{name}加 {amount(hundredths)} 分。\n理由：{reason}\n要两位同意才算。"


def answers(number: int) -> tuple[Action, ...]:
    """Offer both answers."""
    return (
        Action("同意", f"同意加分 {number}"),
        Action("不同意", f"不同意加分 {number}"),
    )


def awarded(hundredths: int, reason: str) -> str:
    """Tell the member."""
    return f"社区给您加了 {amount(hundredths)} 分：{reason}。谢谢您。"


def agreed_news(number: int) -> str:
    """Tell who proposed that it is done."""
    return f"您提的加分 {number} 两位都同意了，已经记上。"


def refused_news(number: int) -> str:
    """Tell who proposed that it is not done."""
    return f"您提的加分 {number} 没有通过，没有记分。想知道原因，请问社区。"
