"""What is said about what waits: lines of the secretary's list, and news that did not arrive."""

from datetime import datetime

from handlers.messages import Action
from handlers.texts import clocks, moments
from handlers.texts import orders as orders_texts

ALL_DELIVERED = "消息都送到了，没有漏下的。"
UNDELIVERED_HEAD = "这些消息还没送到，请打个电话或上门说一声："
WAITS_FOR_THEM = "等对方下次发消息时看到"
TRIED_AGAIN = "平台暂时不通，正在再试"
NO_ACCOUNT = "企业微信里找不到这个人"
SOMEBODY = "一位居民"
NO_DESK = "“待办”是给支部和党员用的。您报的事，回“进度”就能看到。"
ALL = "全部"
BY_BUILDING = "楼栋"
PAGE_MARK = "第"
BUILDINGS_HEAD = "按地点看："
SEE_BUILDINGS = Action("按楼栋看", "待办 楼栋")


def see_all(count: int) -> Action:
    """Show every open order, page by page."""
    return Action(f"看全部 {count} 件", f"待办 {ALL}")


def see_state(state: str, count: int) -> Action:
    """Show the orders in one state."""
    return Action(f"只看{state}（{count}）", f"待办 {state}")


def see_building(name: str, count: int) -> Action:
    """Show the orders of one building."""
    return Action(f"{name}（{count}）", f"待办 {name}")


def next_page(word: str, page: int) -> Action:
    """Turn the page."""
    return Action("下一页", f"待办 {word} {PAGE_MARK}{page}")


def page_head(word: str, count: int, page: int, last: int) -> str:
    """Head one page of the list."""
    where = "" if last == 1 else f"（第 {page} 页，共 {last} 页）"
    return f"{word} {count} 件{where}："


def taken_line(order: str, who: str) -> str:
    """Say in one line of a digest who has taken an order."""
    return f"{order}：{who}已接单"


def digest_title(count: int) -> str:
    """Head a digest."""
    return f"近 15 分钟的消息（{count} 条）"


def nothing_there(word: str) -> str:
    """Say that a filter leaves nothing."""
    return f"“{word}”下面没有等着办的单。"


def todo_line(
    number: int,
    matter: str,
    state: str,
    *,
    holder: str | None,
    since: datetime,
    now: datetime,
    is_late: bool,
) -> str:
    """Give one line of the secretary's list: what, where it stands, how long it waits."""
    who = f" {holder}" if holder else ""
    waited = moments.waited(since, now)
    late = clocks.LATE if is_late else ""
    return f"{orders_texts.head(number, matter)}{late} · {state}{who} · {waited}"


def undelivered_line(
    name: str | None, title: str, failure: str | None, *, is_tried_again: bool
) -> str:
    """Name whom a notice did not reach, about what, and why."""
    if is_tried_again:
        why = TRIED_AGAIN
    else:
        why = NO_ACCOUNT if failure and "invalid" in failure else WAITS_FOR_THEM
    return f"{name or SOMEBODY}：{title}（{why}）"
