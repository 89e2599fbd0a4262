"""Instants and durations as people say them."""

from datetime import date, datetime, timedelta
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


def lately(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Say an instant of the last day, to the minute."""
    local = at.astimezone(zone)
    clock = f"{local.hour}:{local.minute:02}"
    return clock if local.date() == now.astimezone(zone).date() else f"昨天{clock}"


def span(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """Say an agreed time, from when to when; the second day only where it is another one."""
    first, last = starts_at.astimezone(zone), ends_at.astimezone(zone)
    begin = f"{first.month}月{first.day}日{first.hour}:{first.minute:02}"
    clock = f"{last.hour}:{last.minute:02}"
    if last.date() == first.date():
        return f"{begin}-{clock}"
    return f"{begin}-{last.month}月{last.day}日{clock}"


def day(on: date) -> str:
    """Say a calendar day."""
    return f"{on.month}月{on.day}日"


def waited(since: datetime, now: datetime) -> str:
    """Say how long something has waited."""
    span = now - since
    if span < _HOUR:
        return "刚刚"
    if span < _DAY:
        return f"{int(span / _HOUR)}小时"
    return f"{span.days}天"
