"""What is said when somebody reports for a neighbour without a phone, and under a paper slip."""

import re

from handlers.messages import Action

WHOM_LABEL = "替谁"
CODE_FIELD = "查询码"

ASK_MATTER = "替邻居报什么事？请用一句话说说，比如“厨房水管漏水”。"
ASK_WHOM = "替谁报？请写称呼，有电话也写上，比如“刘奶奶 13800000000”。"
ASK_WHOM_NAMED = "替谁报？请写称呼，比如“刘奶奶”。"
WHOM_HINT = "没看到称呼。"
AGREED = Action("同意了", "同意")
NOT_ASKED = Action("还没有问", "没问")
CONSENT_HINT = "请回 1 或 2。"
YES_WORDS = frozenset({"同意", "同意了", "问过", "问过了", "当面问过", "问了"})
NO_WORDS = frozenset({"没问", "还没问", "还没有问", "没有问", "还没", "没有", "不同意"})
NO_CONSENT = "好的，先不报，什么也没有留下。当面问过、本人同意了，再发“代报”。"
SPENT = "今天代报的次数用完了，请明天再报；急的话请打电话给支部。"
PHOTOS_LATER = "照片和语音先等一等，本人同意以后再发，提交前都来得及。"
CONSENTED = "代报，当面问过本人，同意"
TRIES_USED_UP = "今天查错的次数用完了，请明天再查，或者请写纸条的人帮着看看。"

_CODE = re.compile(rf"(?:{CODE_FIELD}|码)?\s*[:：]?\s*(\d{{4}})\D*")


def code_in(said: str) -> str | None:
    """Read the code of a slip behind an order's number."""
    found = _CODE.fullmatch(said)
    return found[1] if found else None


def ask_consent(name: str) -> str:
    """Ask for the spoken consent that makes it right to write somebody's matter down."""
    return f"跟{name}当面问过、本人同意报了吗？"


def summary(matter: str, place: str, whom: str, media_count: int) -> str:
    """Show once more what is about to be submitted, and for whom."""
    lines = ["请看看对不对：", f"替谁：{whom}（本人同意）", f"事情：{matter}", f"地点：{place}"]
    if media_count:
        lines.append(f"照片和语音：{media_count} 件")
    return "\n".join(lines)


def slip(number: int, code: str, name: str) -> str:
    """Give what belongs on the paper, and what it is good for."""
    return (
        f"单号 {number}，查询码 {code}，请写在纸条上交给{name}。\n"
        f"凭纸条，谁的手机都能查：发“进度 {number} {code}”。"
    )


def not_here(place: str) -> str:
    """Say how far somebody may write for others."""
    return f"代报只报{place}里的事。这件事在别处，可以用自己的名义报。"


def as_own(matter: str) -> Action:
    """Report the same matter in one's own name."""
    return Action("我来报", f"报事 {matter}")


def by_slip(number: int, facts: list[str]) -> str:
    """Tell whoever holds the slip where the order stands, and nothing that is personal."""
    return "\n".join([f"#{number}", *facts])
