"""Instants and durations as people say them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def date_and_hour(at: datetime, zone: ZoneInfo) -> str:
    """Say an instant as date and hour: a promise needs no minutes."""
    local = at.astimezone(zone)
    return f"{local.month}月{local.day}日{local.hour}点"


def soon(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Say an instant that is near, to the minute: the day only where it is another one."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local.hour}:{local.minute:02}"
    if local.date() == today:
        return clock
    if local.date() - today == _DAY:
        return f"明天{clock}"
    return f"{local.month}月{local.day}日{clock}"


def waited(since: datetime, now: datetime) -> str:
    """Say how long something has waited."""
    span = now - since
    if span < _HOUR:
        return "刚刚"
    if span < _DAY:
        return f"{int(span / _HOUR)}小时"
    return f"{span.days}天"
