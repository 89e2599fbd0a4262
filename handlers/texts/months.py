"""What is said about a month of points while it is shown, before it is fixed."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.texts.appeals import APPEAL_WORD, moment
from handlers.texts.points import amount

_MOST_ROWS = 40


def last_moment(until: datetime, zone: ZoneInfo) -> str:
    """Say until when something can be said against it."""
    return moment(until, zone)


def title(month: date) -> str:
    """Head a member's month."""
    return f"{month.month}月积分公示"


def for_member(month: date, hundredths: int, count: int, last: str) -> str:
    """Tell a member the own sum, and how to object."""
    return (
        f"您 {month.month} 月的积分是 {amount(hundredths)} 分，共 {count} 行。\n"
        f"有不对的，{last}前回“{APPEAL_WORD} 行号 理由”。之后就定下来了。"
    )


def branch_title(branch: str, month: date) -> str:
    """Head a branch's month."""
    return f"{branch} {month.month}月积分草稿"


def masked(name: str) -> str:
    """Leave of a name what a notice board shows."""
    return f"{name[:1]}*"


def for_branch(sums: Sequence[tuple[str, int]], last: str) -> str:
    """Tell the secretary the sum, names masked as they are put on the notice board."""
    total = sum(hundredths for _, hundredths in sums)
    rows = [f"{masked(name)}　{amount(hundredths)} 分" for name, hundredths in sums[:_MOST_ROWS]]
    more = [f"……还有 {len(sums) - _MOST_ROWS} 位"] if len(sums) > _MOST_ROWS else []
    return "\n".join(
        [
            f"合计 {amount(total)} 分，{len(sums)} 人。公示到{last}，之后不再变。",
            *rows,
            *more,
        ]
    )
