"""What a secretary's report says, and the lists behind its numbers."""

from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from handlers.messages import Action
from handlers.rules.briefings import Numbers
from handlers.texts import desk, general, moments, words
from storage.vocabulary import BriefingKind

NAMES = MappingProxyType(
    {
        BriefingKind.DAILY: words.BRIEFING[0],
        BriefingKind.WEEKLY: words.WEEKLY[0],
        BriefingKind.STREET: "街道晨报",
    }
)
LAST_DAY = "日报：近 24 小时"
NOTHING_HAPPENED = "没有新的事，手上也没有等着办的。"
WEEK_ACTION = Action("看上周的", words.WEEKLY[0])
DAY_ACTION = Action("看今天的", words.BRIEFING[0])
NOTHING_LATE = "没有逾期的单。"
NOTHING_RECURS = "近 30 天没有反复的事。"
_INSTANT = timedelta(microseconds=1)
_HOUR = timedelta(hours=1)


def title(kind: BriefingKind, since: datetime, until: datetime, zone: ZoneInfo) -> str:
    """Name a report and the time that it is about; a week by its first and last day."""
    if kind is BriefingKind.WEEKLY:
        first, last = (at.astimezone(zone).date() for at in (since, until - _INSTANT))
        return f"{NAMES[kind]}：{moments.day(first)}到{moments.day(last)}"
    begin, end = (moments.date_and_hour(at, zone) for at in (since, until))
    return f"{NAMES[kind]}：{begin}到{end}"


def report(numbers: Numbers, *, is_week: bool) -> str:
    """Tell the numbers, leaving out what is zero; what waits is as it is at this moment."""
    happened = _counted(
        ("新报", numbers.submitted), ("派出", numbers.dispatched), ("接下", numbers.taken)
    )
    closed = _counted(
        ("已解决", numbers.resolved),
        ("部分解决", numbers.partly),
        ("未评价", numbers.unrated),
        ("联系不上", numbers.unreachable),
    )
    waiting = _counted(
        ("待确认", numbers.waiting), ("逾期", numbers.overdue), ("没实现的心愿", numbers.wishes)
    )
    if numbers.unclaimed:
        waiting += f"（其中无人认领 {numbers.unclaimed}）"
    when = "这周" if is_week else "这一天"
    lines = [
        f"{happened}。" if happened else f"{when}没有新的事。",
        f"办结 {numbers.closed} 件：{closed}。" if closed else "",
        f"没解决又打开 {numbers.reopened} 件。" if numbers.reopened else "",
        f"现在还有：{waiting}。" if waiting else "",
        f"没送到的消息 {numbers.undelivered} 条。" if numbers.undelivered else "",
    ]
    return "\n".join(line for line in lines if line)


def ways_on(numbers: Numbers) -> tuple[Action, ...]:
    """Offer the list behind each number that has one."""
    lists = (
        (numbers.overdue, f"逾期 {numbers.overdue} 件", words.OVERDUE[0]),
        (numbers.reopened, "反复的事", words.RECURRING[0]),
        (numbers.waiting, f"待确认 {numbers.waiting} 件", "待办 待确认"),
        (numbers.unclaimed, f"无人认领 {numbers.unclaimed} 个", words.UNCLAIMED[0]),
        (numbers.undelivered, f"未送达 {numbers.undelivered} 条", words.UNDELIVERED[0]),
    )
    named = tuple(Action(label, command) for count, label, command in lists if count)
    return (*named, general.TODO_ACTION)


def line(head: str, state: str, why: str) -> str:
    """Give one line of a list: which order, where it stands, why it is here."""
    return f"{head} · {state} · {why}"


def late_for(since: datetime, now: datetime) -> str:
    """Say how long a promise has been broken."""
    return f"逾期{moments.waited(since, now)}" if now - since >= _HOUR else "刚刚逾期"


def recurs(place: str, alike: int, reopen_count: int) -> str:
    """Say why an order is in the list: how many there are alike, how often it came back."""
    many = f"{place}近 30 天 {alike} 件" if alike else ""
    again = f"没解决又打开 {reopen_count} 次" if reopen_count else ""
    return "，".join(part for part in (many, again) if part)


def next_page(word: str, page: int) -> Action:
    """Turn the page of one of the lists."""
    return Action("下一页", f"{word} {desk.PAGE_MARK}{page}")


def _counted(*pairs: tuple[str, int]) -> str:
    return "，".join(f"{name} {count}" for name, count in pairs if count)
