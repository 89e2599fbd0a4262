"""How people say the days of a leave, and what is said about it."""

from collections.abc import Sequence
from types import MappingProxyType

from handlers.messages import Action
from handlers.rules.leaves import MOST_DAYS, DaysOff, LeaveFault, LeaveReader, LeaveWords
from handlers.texts import moments, words
from handlers.texts.places import VOCABULARY as PLACES

READER = LeaveReader(
    LeaveWords(
        numerals=PLACES.numerals,
        ten=PLACES.ten,
        days=MappingProxyType({"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}),
        weekdays=MappingProxyType(
            {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
        ),
        weeks=("周", "星期", "礼拜", "个星期", "个礼拜"),
        next_week="下",
        this_week=("本", "这", "这个"),
        year="年",
        month="月",
        day=("日", "号"),
        since=("起", "开始", "请"),
        length="天",
        until=("到", "至", "-", "~", "—", "–"),
    )
)

NOT_ON_LEAVE = "您现在没有请假，可以照常接单。"
WHICH_LEAVE = "销哪一段？"
NO_SUCH_LEAVE = "这几天您没有请假。"

HOME_DAY_ONLY = "只是这个月的回家日来不了，回“本月请假”就行。"
HOW = "这几天都不方便的话，写上日子：“请假 11-29~12-03”，或“请假 明天”“请假 下周”。"

_WRITE = "比如“请假 11-29~12-03”。"


def span(days: DaysOff) -> str:
    """Say from which day to which."""
    if days.starts_on == days.ends_on:
        return moments.day(days.starts_on)
    return f"{moments.day(days.starts_on)}到{moments.day(days.ends_on)}"


def kept(days: DaysOff, former: Sequence[DaysOff]) -> str:
    """Show a leave back, and which former one it takes the place of."""
    lines = [f"记下了：{span(days)}请假，这几天不主动找您接单。"]
    lines += [f"原来记的{span(each)}，改成这次的。" for each in former]
    lines.append("提前回来就说“销假”。")
    return "\n".join(lines)


def still_held(heads: Sequence[str]) -> str:
    """Name the live orders of somebody who goes on leave."""
    return "您手上还有：\n" + "\n".join(heads) + "\n去不了就退单，换人去，居民那边我来说。"


def release_action(number: int) -> Action:
    """Give a live order back."""
    return Action(f"退单 #{number}", f"{words.RELEASE[0]} {number}")


def cancelled(days: DaysOff, *, is_running: bool) -> str:
    """Say that a leave is over, or will not be."""
    if is_running:
        return "好的，已销假，从今天起照常接单。"
    return f"好的，{span(days)}的请假取消了。"


def cancel_action(days: DaysOff) -> Action:
    """End or take back one leave."""
    return Action(span(days), f"{words.LEAVE_OVER[0]} {days.starts_on.isoformat()}")


OVER_ACTION = Action("销假", words.LEAVE_OVER[0])


def running(days: Sequence[DaysOff]) -> str:
    """Say which leaves are noted."""
    return f"已经记着的：{'，'.join(map(span, days))}。"


def not_kept(fault: LeaveFault, said: str) -> str:
    """Say why the days of a leave cannot be kept."""
    match fault:
        case LeaveFault.NO_SUCH_DAY:
            return f"日历上没有“{said}”，什么也没有记。请再写一遍，{_WRITE}"
        case LeaveFault.BACKWARDS:
            return f"“{said}”前后颠倒了，什么也没有记。先写哪天开始，再写哪天结束，{_WRITE}"
        case LeaveFault.PAST:
            return f"“{said}”已经过去了，不用再请。要请今天以后的，{_WRITE}"
        case LeaveFault.TOO_LONG:
            return (
                f"“{said}”超过 {MOST_DAYS} 天了，什么也没有记。请先请 {MOST_DAYS} 天，到时候再续。"
            )
        case LeaveFault.TOO_FAR:
            return f"“{said}”太远了，什么也没有记。请写一年以内的日子。"
