"""What is said about appeals against a line of points, to the member and to who decides."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from handlers.messages import Action
from handlers.texts.points import amount, signed
from storage.vocabulary import AppealOutcome

DECIDE_WORD = "裁定"
APPEAL_WORD = "申诉"
OUTCOME = MappingProxyType(
    {
        AppealOutcome.STANDS: "维持",
        AppealOutcome.REVERSED: "撤回",
        AppealOutcome.LIGHTER: "调整",
    }
)

ASK_LINE = "您想申诉哪一行？"
LINE_HINT = "请回这一行前面的号，行号看“积分明细”。"
ASK_REASON = "哪里不对？请说一句理由。"
REASON_TOO_SHORT = "请用一句话说说哪里不对。"
NOTHING_OPEN = "您现在没有可以申诉的积分行。想看每一行，请回“积分明细”。"
NOBODY_TO_DECIDE = "上一级现在没有合适的人来看这一行，什么也没有提交。请直接联系社区。"
NO_SUCH_APPEAL = "没有找到等您定的这条申诉，请核对一下号码。"

_DECISION = re.compile(
    r"(?P<outcome>维持|撤回|调整)(?:[\s为到成:：]*(?P<amount>\d{1,3}(?:\.\d{1,2})?)\s*分?)?"
    r"(?:[\s,，。:：]+(?P<words>.*))?",
    re.DOTALL,
)


def moment(ends: datetime, zone: ZoneInfo) -> str:
    """Say when a time ends; the end of a day is said as that day."""
    local = ends.astimezone(zone)
    if not (local.hour or local.minute):
        day = local - timedelta(days=1)
        return f"{day.month}月{day.day}日24点"
    return f"{local.month}月{local.day}日{local.hour}:{local.minute:02}"


def filed(number: int, decide_by: str) -> str:
    """Say that an appeal is on its way and by when it is answered."""
    return f"{number} 行的申诉已交上一级，{decide_by}前答复您。"


def ask_reason(line: str, until: str) -> str:
    """Ask what is wrong with a line, and say how long there is time."""
    return f"{line}\n{ASK_REASON}（{until}前都可以申诉）"


def choice(number: int, line: str) -> Action:
    """Offer a line to appeal against."""
    return Action(line, f"{APPEAL_WORD} {number}")


def is_a_decision(number: int, line: int) -> str:
    """Say that a decision is appealed against through the line it was about."""
    return f"{number} 行就是申诉的结果。还不同意，请说原来那一行：{APPEAL_WORD} {line} 理由"


def being_decided(number: int, decide_by: str) -> str:
    """Say that the answer is still to come."""
    return f"{number} 行的申诉正在看，{decide_by}前答复您。"


def decided_for_good(number: int) -> str:
    """Say that there is no third time."""
    return f"{number} 行申诉过两次，已经定了。有新情况请直接联系社区。"


def too_late(number: int, until: str, *, comes_again: bool) -> str:
    """Say when the time ended, and whether there is another one."""
    again = "下月 1 日公示以后，公示期内还可以再提。" if comes_again else ""
    return f"{number} 行的申诉时间到{until}为止，现在已经过了。{again}"


def title(number: int) -> str:
    """Head the question to who decides."""
    return f"积分申诉 {number}"


def question(who: str, line: str, reason: str, decide_by: str) -> str:
    """Put an appeal before who decides."""
    return f"{who}对这一行有不同看法：\n{line}\n理由：{reason}\n请在{decide_by}前定下来。"


def decisions(number: int) -> tuple[Action, ...]:
    """Offer the three decisions."""
    return tuple(
        Action(label, f"{DECIDE_WORD} {number} {word}")
        for label, word in (
            ("维持原样", OUTCOME[AppealOutcome.STANDS]),
            ("撤回这一行", OUTCOME[AppealOutcome.REVERSED]),
            ("调整分数", OUTCOME[AppealOutcome.LIGHTER]),
        )
    )


def read(said: str) -> tuple[AppealOutcome, int | None, str] | None:
    """Read a decision: what, to how many hundredths, and the words to it."""
    found = _DECISION.fullmatch(said.strip())
    if found is None:
        return None
    outcome = next(one for one, word in OUTCOME.items() if word == found["outcome"])
    given = found["amount"]
    hundredths = round(float(given) * 100) if given else None
    return outcome, hundredths, (found["words"] or "").strip()


def ask_amount(number: int, least: int, most: int, left: int) -> str:
    """Ask to what a line is to be set."""
    return (
        f"这一行现在算 {amount(left)} 分。调整成几分？{amount(least)} 到 {amount(most)} 分之间，"
        f"比如“{DECIDE_WORD} {number} 调整 {amount(most)}”。"
    )


def amounts(number: int, choices: Iterable[int]) -> tuple[Action, ...]:
    """Offer amounts to set a line to."""
    return tuple(
        Action(f"调整成 {amount(one)} 分", f"{DECIDE_WORD} {number} 调整 {amount(abs(one))}")
        for one in choices
    )


def unchanged(number: int) -> tuple[Action, ...]:
    """Offer to leave a line as it is."""
    return decisions(number)[:1]


NO_CHANGE = "这样和现在一样。不改的话就选维持。"


def decided(number: int, outcome: AppealOutcome) -> str:
    """Say to who decided that it is told."""
    return f"好的，申诉 {number} 已定：{OUTCOME[outcome]}。已告诉本人。"


def already(number: int) -> str:
    """Say that somebody has decided."""
    return f"申诉 {number} 已经定了。"


def answer_title(line: int) -> str:
    """Head the answer to a member."""
    return f"{line} 行的申诉有结果了"


def answered(
    line: int, outcome: AppealOutcome, change: int, words: str, *, again_until: str
) -> str:
    """Tell the member what was decided, why, and what can still be done."""
    by = f"，积分 {signed(change)}" if change else ""
    why = f"\n说明：{words}" if words else ""
    again = (
        f"\n还不同意，{again_until}前可以再申诉一次：{APPEAL_WORD} {line} 理由"
        if again_until
        else ""
    )
    return f"结果：{OUTCOME[outcome]}{by}。{why}{again}"
