"""How an order's past is told: one line a step, in the words of whoever reads it."""

import re
from datetime import datetime
from types import MappingProxyType

from handlers.messages import Action
from storage.vocabulary import OrderAction, OrderKind, Platform

STEP = MappingProxyType(
    {
        OrderAction.SUBMIT: "报事",
        OrderAction.DISPATCH: "派单",
        OrderAction.TAKE: "接单",
        OrderAction.JOIN: "接单",
        OrderAction.SETTLE: "说人够了，不再请人",
        OrderAction.FINISH: "说办好了",
        OrderAction.CONFIRM: "确认已解决",
        OrderAction.PARTLY: "说解决了一部分",
        OrderAction.REOPEN: "要求接着办",
        OrderAction.LAPSE: "到时间没有回音，先办结",
        OrderAction.ASK: "请居民补充",
        OrderAction.ANSWER: "回答",
        OrderAction.GIVE_UP: "一直没有联系上，先办结",
        OrderAction.REJECT: "不受理",
        OrderAction.APPEAL: "请上一级再看看",
        OrderAction.HANDLE: "自己来办",
        OrderAction.RELEASE: "来不了，换一位来办",
        OrderAction.RECALL: "收回，另行安排",
        OrderAction.EXHAUST: "还没有人接，转回支部安排",
        OrderAction.WITHDRAW: "撤回",
        OrderAction.MERGE: "并到另一张单",
        OrderAction.WIDEN: "再请更多人",
        OrderAction.DECLINE: "这次不接",
        OrderAction.WAIT: "说再等等",
        OrderAction.SUPPLEMENT: "补充",
        OrderAction.MESSAGE: "留言",
        OrderAction.RATE: "评价",
        OrderAction.MISSED: "说还没见到人",
        OrderAction.COMING: "说这就去",
        OrderAction.NO_SHOW: "没见到人，换一位来办",
        OrderAction.ACKNOWLEDGE: "知道已撤回",
        OrderAction.URGE: "催了一次",
        OrderAction.OVERDUE: "过了时限",
        OrderAction.UNDO: "撤销上一步",
    }
)
WISH_STEP = MappingProxyType(
    {
        **STEP,
        OrderAction.SUBMIT: "许愿",
        OrderAction.DISPATCH: "通过，放上心愿墙",
        OrderAction.WIDEN: "再请合适的党员看看",
        OrderAction.TAKE: "认领",
        OrderAction.FINISH: "说送到了",
        OrderAction.CONFIRM: "说实现了",
        OrderAction.RELEASE: "放回心愿墙",
        OrderAction.NO_SHOW: "没见到人，放回心愿墙",
        OrderAction.RECALL: "收回，再看一看",
    }
)
CHANNEL = MappingProxyType({Platform.OFFICIAL: "公众号", Platform.WECOM: "企业微信"})

YOU = "您"
RESIDENT = "居民"

_WORD = "经过"
_WANTED = re.compile(rf"{_WORD}\s*(?P<page>\d{{1,3}})?\D*")


def wanted_page(said: str) -> int | None:
    """Read a wish to see how it went, and which page of it; None: it is no such wish."""
    found = _WANTED.fullmatch(said)
    return int(found["page"] or 1) if found else None


def unfold(number: int) -> Action:
    """Show how it went, step by step."""
    return Action(_WORD, f"进度 {number} {_WORD}")


def further(number: int, page: int) -> Action:
    """Show the page that follows."""
    return Action("后面的", f"进度 {number} {_WORD} {page}")


def head(order: str, page: int, pages: int) -> str:
    """Head the steps of an order."""
    return f"{order} · 经过" if pages == 1 else f"{order} · 经过（{page}/{pages}）"


def step(action: OrderAction, kind: OrderKind) -> str:
    """Say what was done; of a wish in its own words."""
    return (WISH_STEP if kind is OrderKind.WISH else STEP)[action]


def line(moment: str, who: str, step: str, words: str, channel: Platform | None) -> str:
    """Tell one step: when, who, what, in which words, over which channel."""
    said = f"：{words}" if words else ""
    over = f"（{CHANNEL[channel]}）" if channel else ""
    return f"{moment} {who}{step}{said}{over}"


def stars(rating: int) -> str:
    """Draw a rating."""
    return "★" * rating + "☆" * (5 - rating)


def asked(count: int) -> str:
    """Say to how many people an order was offered."""
    return f"请了 {count} 位"


def moment(at: datetime) -> str:
    """Say when a step was taken; ``at`` is already in the community's zone."""
    return f"{at.month}月{at.day}日{at.hour:02}:{at.minute:02}"
