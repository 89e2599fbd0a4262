"""What is said about what waits: lines of the secretary's list, and news that did not arrive."""

from datetime import datetime

from handlers.texts import moments
from handlers.texts import orders as orders_texts
from storage.vocabulary import OrderStatus

ALL_DELIVERED = "消息都送到了，没有漏下的。"
UNDELIVERED_HEAD = "这些消息还没送到，请打个电话或上门说一声："
WAITS_FOR_THEM = "等对方下次发消息时看到"
NO_ACCOUNT = "企业微信里找不到这个人"
SOMEBODY = "一位居民"


def todo_line(
    number: int,
    matter: str,
    status: OrderStatus,
    *,
    holder: str | None,
    since: datetime,
    now: datetime,
) -> str:
    """Give one line of the secretary's list: what, where it stands, how long it waits."""
    who = f" {holder}" if holder else ""
    waited = moments.waited(since, now)
    return f"{orders_texts.head(number, matter)} · {orders_texts.STATUS[status]}{who} · {waited}"


def undelivered_line(name: str | None, title: str, failure: str | None) -> str:
    """Name whom a notice did not reach, about what, and why."""
    why = NO_ACCOUNT if failure and "invalid" in failure else WAITS_FOR_THEM
    return f"{name or SOMEBODY}：{title}（{why}）"
