"""Photos and voices: rows that wait for their file, belong to orders, and have names on platforms.

Fetching is claimed by a lease like deliveries are: two workers fetch one file once. What belongs
to an order stays as long as the order does; what nobody submitted goes after ``LOOSE_KEPT``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    Boolean,
    Connection,
    Integer,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import Medium, Order, Upload
from storage.vocabulary import MediaKind, MediaStatus, Platform

FAILURE_CHARACTERS = 200
MEDIA_ID_CHARACTERS = 512

LOOSE_KEPT = timedelta(days=4)
"""Longer than a draft waits, and than platforms keep what is still to be fetched."""

_media = cast("Table", Medium.__table__)
_uploads = cast("Table", Upload.__table__)
_orders = cast("Table", Order.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A photo or voice that somebody sent a moment ago; the platform keeps it three days."""

    kind: MediaKind
    person_id: int
    platform: Platform
    app_id: str
    media_id: str
    seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A photo or voice as far as its file has come; ``path`` stands below the data directory."""

    medium_id: int
    kind: MediaKind
    status: MediaStatus
    seconds: int
    path: str | None
    content_type: str | None
    size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A medium that this worker alone may fetch until its lease runs out.

    ``attempts`` counts this claim.
    """

    medium_id: int
    kind: MediaKind
    person_id: int
    platform: Platform
    app_id: str
    media_id: str
    attempts: int
    created_at: datetime


_its_open_order = and_(
    _orders.c.id == _media.c.order_id,
    _orders.c.reporter_id == _media.c.person_id,
    _orders.c.closed_at.is_(None),
)
_add = insert(_media).returning(_media.c.id)
_count = select(func.count()).where(
    _media.c.person_id == bindparam("person"), _media.c.created_at > bindparam("since")
)
# The newest one decides: who has sent another since for something new means that.
_shown = (
    select(_orders.c.id)
    .select_from(_media.outerjoin(_orders, _its_open_order))
    .where(_media.c.person_id == bindparam("person"), _media.c.created_at > bindparam("since"))
    .order_by(_media.c.id.desc())
    .limit(1)
)
_bind = (
    update(_media)
    .where(_media.c.id.in_(bindparam("ids", expanding=True)), _media.c.order_id.is_(None))
    .values(order_id=bindparam("order"))
)
_item = select(
    _media.c.id.label("medium_id"),
    _media.c.kind,
    _media.c.status,
    _media.c.seconds,
    _media.c.path,
    _media.c.content_type,
    _media.c.size,
)
_of_order = (
    _item.where(
        _media.c.order_id == bindparam("order"),
        _media.c.status.in_((MediaStatus.DUE, MediaStatus.KEPT)),
    )
    .order_by(_media.c.id)
    .limit(bindparam("most", type_=Integer))
)
_items = _item.where(_media.c.id.in_(bindparam("ids", expanding=True)))

# Written out, because a partial index serves only a condition that the planner can read.
_is_due = literal_column("media.status = 'due'", Boolean)
_due = (
    select(_media.c.id)
    .where(
        _is_due,
        _media.c.due_at <= bindparam("now"),
        or_(_media.c.leased_until.is_(None), _media.c.leased_until <= bindparam("now")),
    )
    .order_by(_media.c.due_at, _media.c.id)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True)
)
_lease = (
    update(_media)
    .where(_media.c.id.in_(bindparam("ids", expanding=True)))
    .values(leased_until=bindparam("until"), attempts=_media.c.attempts + 1)
)
_claimed = (
    select(
        _media.c.id.label("medium_id"),
        _media.c.kind,
        _media.c.person_id,
        _media.c.platform,
        _media.c.app_id,
        _media.c.media_id,
        _media.c.attempts,
        _media.c.created_at,
    )
    .where(_media.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_media.c.due_at, _media.c.id)
)
_is_mine = and_(
    _media.c.id == bindparam("row"), _is_due, _media.c.leased_until == bindparam("lease")
)
_keep = (
    update(_media)
    .where(_is_mine)
    .values(
        status=MediaStatus.KEPT,
        leased_until=null(),
        failure=null(),
        path=bindparam("its_path"),
        content_type=bindparam("its_type"),
        size=bindparam("its_size"),
    )
)
_put_off = (
    update(_media)
    .where(_is_mine)
    .values(leased_until=null(), due_at=bindparam("its_due"), failure=bindparam("its_failure"))
)
_give_up = (
    update(_media)
    .where(_is_mine)
    .values(status=bindparam("its_status"), leased_until=null(), failure=bindparam("its_failure"))
)
_failed_since = select(func.count()).where(
    _media.c.person_id == bindparam("person"),
    _media.c.created_at > bindparam("since"),
    _media.c.status.in_((MediaStatus.REFUSED, MediaStatus.LOST)),
    _media.c.id != bindparam("besides"),
)

_loose = (
    select(_media.c.id, _media.c.path)
    .where(_media.c.order_id.is_(None), _media.c.created_at < bindparam("before"))
    .order_by(_media.c.id)
    .limit(bindparam("most", type_=Integer))
)
_drop_names = delete(_uploads).where(_uploads.c.medium_id.in_(bindparam("ids", expanding=True)))
_drop = delete(_media).where(_media.c.id.in_(bindparam("ids", expanding=True)))

_upload = select(_uploads.c.media_id).where(
    _uploads.c.medium_id == bindparam("medium"),
    _uploads.c.app_id == bindparam("app"),
    _uploads.c.expires_at > bindparam("now"),
)
_one_name = [_uploads.c.medium_id, _uploads.c.app_id]
_newer: dict[str, Any] = {"media_id": bindparam("its_name"), "expires_at": bindparam("its_end")}
_remember = {
    "postgresql": postgresql.insert(_uploads).on_conflict_do_update(
        index_elements=_one_name, set_=_newer
    ),
    "sqlite": sqlite.insert(_uploads).on_conflict_do_update(index_elements=_one_name, set_=_newer),
}
_forget = delete(_uploads).where(
    _uploads.c.medium_id == bindparam("medium"), _uploads.c.app_id == bindparam("app")
)


def add(session: Session, draft: Draft, *, now: datetime) -> int:
    """Store what somebody sent, due to be fetched at once, and give its id."""
    row = {
        "kind": draft.kind,
        "status": MediaStatus.DUE,
        "person_id": draft.person_id,
        "platform": draft.platform,
        "app_id": draft.app_id,
        "media_id": draft.media_id,
        "seconds": draft.seconds,
        "due_at": now,
        "attempts": 0,
        "created_at": now,
    }
    number: int = session.execute(_add, row).scalar_one()
    return number


def count_since(session: Session, person_id: int, since: datetime) -> int:
    """Count what a person sent after a moment."""
    return session.execute(_count, {"person": person_id, "since": since}).scalar_one()


def shown_since(session: Session, person_id: int, since: datetime) -> int | None:
    """Give the open order of a person to which the last thing that they sent went, if lately."""
    found = session.execute(_shown, {"person": person_id, "since": since})
    return found.scalar_one_or_none()


def bind(session: Session, medium_ids: Iterable[int], order_id: int) -> None:
    """Make media part of an order; what belongs to an order already stays there."""
    ids = sorted(set(medium_ids))
    if ids:
        session.execute(_bind, {"ids": ids, "order": order_id})


def of_order(session: Session | Connection, order_id: int, *, most: int) -> list[Item]:
    """Read an order's media that are kept or still to be fetched, oldest first."""
    rows = session.execute(_of_order, {"order": order_id, "most": most}).mappings()
    return [Item(**row) for row in rows]


def items(session: Session | Connection, medium_ids: Iterable[int]) -> dict[int, Item]:
    """Read media by id, whatever became of them."""
    ids = sorted(set(medium_ids))
    if not ids:
        return {}
    found = session.execute(_items, {"ids": ids}).mappings()
    return {row["medium_id"]: Item(**row) for row in found}


def claim_due(session: Session, *, now: datetime, limit: int, lease: timedelta) -> list[Claimed]:
    """Take what is due and free, oldest first; nobody else fetches it until the lease runs out."""
    ids = list(session.execute(_due, {"now": now, "limit": limit}).scalars())
    if not ids:
        return []
    session.execute(_lease, {"ids": ids, "until": now + lease})
    return [Claimed(**row) for row in session.execute(_claimed, {"ids": ids}).mappings()]


def keep(
    session: Session, medium_id: int, *, lease: datetime, path: str, content_type: str, size: int
) -> bool:
    """Say where a fetched file lies; False when the claim was lost, and the file is nobody's."""
    values = {"its_path": path, "its_type": content_type, "its_size": size}
    kept = session.execute(_keep, {"row": medium_id, "lease": lease, **values})
    return bool(kept.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def put_off(
    session: Session, medium_id: int, *, lease: datetime, due_at: datetime, failure: str
) -> None:
    """Try again later, if the claim still holds."""
    values = {"its_due": due_at, "its_failure": failure[:FAILURE_CHARACTERS]}
    session.execute(_put_off, {"row": medium_id, "lease": lease, **values})


def give_up(
    session: Session, medium_id: int, *, lease: datetime, status: MediaStatus, failure: str
) -> bool:
    """End the fetching as REFUSED or LOST; False when the claim was lost."""
    values = {"its_status": status, "its_failure": failure[:FAILURE_CHARACTERS]}
    ended = session.execute(_give_up, {"row": medium_id, "lease": lease, **values})
    return bool(ended.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def has_failed_since(session: Session, person_id: int, since: datetime, *, besides: int) -> bool:
    """Say whether another of the person's media sent after a moment could not be kept either."""
    values = {"person": person_id, "since": since, "besides": besides}
    return session.execute(_failed_since, values).scalar_one() > 0


def loose(session: Session, *, before: datetime, most: int) -> dict[int, str | None]:
    """Give old media that belong to no order, with the paths of their files."""
    rows = session.execute(_loose, {"before": before, "most": most})
    return {medium_id: path for medium_id, path in rows}  # noqa: C416 (rows are not pairs to mypy)


def drop(session: Session, medium_ids: Iterable[int]) -> None:
    """Forget media whose files have been removed."""
    ids = {"ids": sorted(medium_ids)}
    session.execute(_drop_names, ids)
    session.execute(_drop, ids)


def upload_of(session: Session, medium_id: int, app_id: str, *, now: datetime) -> str | None:
    """Give what a kept file is called on an account's platform, while that is still known there."""
    found = session.execute(_upload, {"medium": medium_id, "app": app_id, "now": now})
    return found.scalar_one_or_none()


def remember_upload(
    session: Session, medium_id: int, app_id: str, *, media_id: str, expires_at: datetime
) -> None:
    """Note what a kept file is called on an account's platform; a newer name takes the place."""
    statement = _remember[session.get_bind().dialect.name]
    row = {
        "medium_id": medium_id,
        "app_id": app_id,
        "media_id": media_id,
        "expires_at": expires_at,
        "its_name": media_id,
        "its_end": expires_at,
    }
    session.execute(statement, row)


def forget_upload(session: Session, medium_id: int, app_id: str) -> None:
    """Drop a name that the platform no longer knows."""
    session.execute(_forget, {"medium": medium_id, "app": app_id})
