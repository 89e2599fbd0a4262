"""How often we may still send: daily quotas of accounts, and the rates of single WeCom members."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Integer, Table, bindparam, case, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import DailyUse, Identity
from storage.models.base import Instant
from storage.vocabulary import Quota

_uses = cast("Table", DailyUse.__table__)
_identities = cast("Table", Identity.__table__)


def _count(insert: Any) -> Any:  # noqa: ANN401 (each dialect has an insert class of its own)
    statement = insert(_uses).values(
        app_id=bindparam("app"),
        quota=bindparam("which"),
        day=bindparam("today"),
        used=bindparam("sends", type_=Integer),
    )
    return statement.on_conflict_do_update(
        index_elements=[_uses.c.app_id, _uses.c.quota, _uses.c.day],
        set_={"used": _uses.c.used + statement.excluded.used},
    ).returning(_uses.c.used)


_counts = {"postgresql": _count(postgresql.insert), "sqlite": _count(sqlite.insert)}


def take(session: Session, app_id: str, quota: Quota, *, day: date, sends: int, limit: int) -> int:
    """Take sends out of a day's quota and give how many there were, at most ``sends``.

    The row stays locked until the transaction ends, so any number of relays never overdraw.
    """
    granted = sends - max(_add(session, app_id, quota, day, sends) - limit, 0)
    if granted >= sends:
        return sends
    granted = max(granted, 0)
    _add(session, app_id, quota, day, granted - sends)
    return granted


def give_back(session: Session, app_id: str, quota: Quota, *, day: date, sends: int) -> None:
    """Give sends back that were not made after all."""
    _add(session, app_id, quota, day, -sends)


def use_up(session: Session, app_id: str, quota: Quota, *, day: date, limit: int) -> None:
    """Count a day's quota as used up: the platform said so, and it knows better."""
    missing = limit - _add(session, app_id, quota, day, 0)
    if missing > 0:
        _add(session, app_id, quota, day, missing)


def _add(session: Session, app_id: str, quota: Quota, day: date, sends: int) -> int:
    """Change a day's count and give what it is now."""
    values = {"app": app_id, "which": quota, "today": day, "sends": sends}
    used = session.execute(_counts[session.get_bind().dialect.name], values).scalar_one()
    return int(used)


# A period begins with its first send, so one sliding period touches two of ours at most.
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_now = bindparam("now", type_=Instant())
_in_minute = _identities.c.minute_at > bindparam("minute_ago")
_in_hour = _identities.c.hour_at > bindparam("hour_ago")
_take_rate = (
    update(_identities)
    .where(
        _identities.c.id.in_(bindparam("ids", expanding=True)),
        or_(
            _identities.c.minute_at.is_(None),
            _identities.c.minute_at <= bindparam("minute_ago"),
            _identities.c.minute_sends < bindparam("a_minute", type_=Integer),
        ),
        or_(
            _identities.c.hour_at.is_(None),
            _identities.c.hour_at <= bindparam("hour_ago"),
            _identities.c.hour_sends < bindparam("an_hour", type_=Integer),
        ),
    )
    .values(
        minute_at=case((_in_minute, _identities.c.minute_at), else_=_now),
        minute_sends=case((_in_minute, _identities.c.minute_sends + 1), else_=1),
        hour_at=case((_in_hour, _identities.c.hour_at), else_=_now),
        hour_sends=case((_in_hour, _identities.c.hour_sends + 1), else_=1),
    )
    .returning(_identities.c.id)
)


def take_rates(
    session: Session, identity_ids: Iterable[int], *, now: datetime, a_minute: int, an_hour: int
) -> set[int]:
    """Take one send from the rates of each member; gives those who have one left.

    Whatever is left out may be tried again a minute later.

    Args:
        session: where to write.
        identity_ids: WeCom identities, each once.
        now: the moment of the send.
        a_minute: sends in a period of a minute that begins with its first send.
        an_hour: the same for an hour.
    """
    values = {
        "ids": sorted(identity_ids),
        "now": now,
        "minute_ago": now - _MINUTE,
        "hour_ago": now - _HOUR,
        "a_minute": a_minute,
        "an_hour": an_hour,
    }
    return set(session.execute(_take_rate, values).scalars())
