"""What is said about the monthly home day: its date and why, the invitation, thanks, lists."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from handlers.texts import moments
from storage.vocabulary import Moved

COMMAND = "说出某几个月的回家日，一个月一行：日期，再是 rule（按规则）或 moved（挪过）和为什么。"
MONTHS = "月份，写成 2026-09，可以写几个。"
RULE, MOVED = "rule", "moved"

_WHY: Mapping[Moved, str] = MappingProxyType(
    {
        Moved.WORKING_DAY: "要调休上班",
        Moved.HOLIDAY: "在法定假期里",
        Moved.CALENDAR: "不合适（设置里的日历写了）",
        Moved.COMMUNITY: "改了，社区另定的日子",
    }
)


def bad_month(said: str) -> str:
    """Say that a word is no month."""
    return f"“{said}”不是月份，请写成 2026-09 这样。"


def why_moved(moved: Moved, rule_day: date) -> str:
    """Say why the home day is not the last Sunday."""
    return f"最后一个星期日{moments.day(rule_day)}{_WHY[moved]}"


def unknown_year(year: int) -> str:
    """Say that a year's holidays have not been published."""
    return f"{year}年的放假安排还不知道，先按最后一个星期日"


def month_line(day: date, rule_day: date, moved: Moved | None, *, is_known: bool) -> str:
    """Give an operator's line for one month."""
    parts = [day.isoformat(), MOVED if moved else RULE]
    parts.append(why_moved(moved, rule_day) if moved else "最后一个星期日")
    if not is_known:
        parts[-1] = unknown_year(day.year)
    return " ".join(parts)
