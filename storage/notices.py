"""Notices as turns see them: written, shown late, outdated. What the relay does: ``deliveries``.

The statements are built once; each costs a turn one round trip, however many rows it touches.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    Connection,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    exists,
    false,
    func,
    insert,
    not_,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from storage.models import Appointment, Delivery, Notice, Order, Organisation, Person
from storage.vocabulary import DeliveryStatus, NoticeKind, Platform, Waiting

OUTDATED = "outdated"

_notices = cast("Table", Notice.__table__)
_deliveries = cast("Table", Delivery.__table__)
_people = cast("Table", Person.__table__)
_orders = cast("Table", Order.__table__)
_appointments = cast("Table", Appointment.__table__)
_organisations = cast("Table", Organisation.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A notice before it is stored, in plain values (``fields`` and ``actions`` as JSON keeps)."""

    kind: NoticeKind
    title: str
    text: str = ""
    fields: list[Any] = field(default_factory=list)
    actions: list[Any] = field(default_factory=list)
    order_id: int | None = None
    media: list[Any] = field(default_factory=list)
    is_bulk: bool = False
    recipients: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A notice that waits to be shown to its recipient."""

    delivery_id: int
    kind: NoticeKind
    order_id: int | None
    title: str
    text: str
    fields: list[Any]
    actions: list[Any]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """Somebody whom a notice did not reach, or not yet (DUE: it is tried again), and why."""

    delivery_id: int
    person_id: int
    person_name: str | None
    title: str
    order_id: int | None
    status: DeliveryStatus
    failure: str | None
    created_at: datetime


# SQLite numbers the rows of one INSERT upwards in their order, which SQLAlchemy does not rely on:
# asked for the order there, it would send one statement for each row.
_add_notices = {
    "postgresql": insert(_notices).returning(_notices.c.id, sort_by_parameter_order=True),
    "sqlite": insert(_notices).returning(_notices.c.id),
}
_add_deliveries = insert(_deliveries)

# A photo that only had no open window is not told in words: it goes out once the window opens.
_is_sendable_medium = and_(
    _notices.c.kind == NoticeKind.MEDIUM,
    _deliveries.c.failure.in_([each.value for each in Waiting]),
)
_resume_media = (
    update(_deliveries)
    .where(
        _deliveries.c.person_id.in_(bindparam("people", expanding=True)),
        _deliveries.c.status == DeliveryStatus.PENDING,
        exists().where(_notices.c.id == _deliveries.c.notice_id, _is_sendable_medium),
    )
    .values(
        status=DeliveryStatus.DUE,
        due_at=bindparam("now"),
        attempts=0,
        identity_id=null(),
        failure=null(),
    )
)
_pending = (
    select(
        _deliveries.c.id.label("delivery_id"),
        _notices.c.kind,
        _notices.c.order_id,
        _notices.c.title,
        _notices.c.text,
        _notices.c.fields,
        _notices.c.actions,
        _notices.c.created_at,
    )
    .join_from(_deliveries, _notices)
    .where(
        _deliveries.c.person_id == bindparam("person_id"),
        _deliveries.c.status == DeliveryStatus.PENDING,
        not_(_is_sendable_medium),
    )
    .order_by(_deliveries.c.id)
    .limit(bindparam("limit", type_=Integer))
)

_mark_shown = (
    update(_deliveries)
    .where(
        _deliveries.c.id.in_(bindparam("ids", expanding=True)),
        _deliveries.c.status == DeliveryStatus.PENDING,
    )
    .values(
        status=DeliveryStatus.SENT,
        channel=bindparam("shown_on"),
        identity_id=bindparam("shown_to"),
        sent_at=bindparam("now"),
    )
)

# A delivery under lease is being sent at this moment: its card, if it gets one, is already old.
_mark_stale = (
    update(_deliveries)
    .where(
        _deliveries.c.notice_id.in_(
            select(_notices.c.id).where(_notices.c.order_id == bindparam("order"))
        ),
        or_(_deliveries.c.response_code.is_not(None), _deliveries.c.leased_until.is_not(None)),
    )
    .values(is_card_stale=true())
)

_shared = _deliveries.alias("shared")
_keep_code = (
    update(_deliveries)
    .where(
        _deliveries.c.notice_id == bindparam("notice"),
        _deliveries.c.person_id == bindparam("person"),
        _deliveries.c.response_code.is_not(None),
        select(func.count())
        .select_from(_shared)
        .where(_shared.c.response_code == _deliveries.c.response_code)
        .scalar_subquery()
        == 1,
    )
    .values(response_code=bindparam("fresh"), is_card_stale=false())
)

_revoke_due = (
    update(_deliveries)
    .where(
        _deliveries.c.notice_id.in_(
            select(_notices.c.id).where(
                _notices.c.order_id == bindparam("order"),
                _notices.c.kind.in_(bindparam("of_kinds", expanding=True)),
            )
        ),
        _deliveries.c.status.in_([DeliveryStatus.DUE, DeliveryStatus.PENDING]),
    )
    .values(status=DeliveryStatus.FAILED, failure=OUTDATED)
)

# What asks somebody for the next step; another step has made the question pointless.
_QUESTIONS = (
    NoticeKind.ORDER_SUBMITTED,
    NoticeKind.ORDER_UNTAKEN,
    NoticeKind.ORDER_OFFERED,
    NoticeKind.ORDER_DONE,
)

# Paths hold digits and slashes only, so the prefix needs no escaping.
_has_failed = or_(
    _deliveries.c.status.in_([DeliveryStatus.PENDING, DeliveryStatus.FAILED]),
    and_(_deliveries.c.status == DeliveryStatus.DUE, _deliveries.c.failure.is_not(None)),
)
# A photo follows its words, and a report that waits for its reader is nobody's trouble.
_is_missed = and_(
    _has_failed,
    _deliveries.c.failure.is_distinct_from(OUTDATED),
    _notices.c.kind.not_in([NoticeKind.MEDIUM, NoticeKind.BRIEFING]),
)
_missed = (
    _deliveries.join(_notices, _notices.c.id == _deliveries.c.notice_id)
    .join(_people, _people.c.id == _deliveries.c.person_id)
    .outerjoin(_orders, _orders.c.id == _notices.c.order_id)
)


def _concerns(*paths: Any) -> Any:  # noqa: ANN401 (SQL expressions)
    """Say that a notice is for somebody of these subtrees, or about one of their orders."""
    inside = select(_organisations.c.id).where(
        or_(*(_organisations.c.path.like(each) for each in paths))
    )
    appointed = select(_appointments.c.person_id).where(_appointments.c.organisation_id.in_(inside))
    return or_(
        _people.c.home_id.in_(inside),
        _orders.c.branch_id.in_(inside),
        _people.c.id.in_(appointed),
    )


_undelivered = (
    select(
        _deliveries.c.id.label("delivery_id"),
        _deliveries.c.person_id,
        _people.c.name.label("person_name"),
        _notices.c.title,
        _notices.c.order_id,
        _deliveries.c.status,
        _deliveries.c.failure,
        _notices.c.created_at,
    )
    .select_from(_missed)
    .where(_is_missed, _concerns(bindparam("prefix", type_=String)))
    .order_by(_deliveries.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)


@lru_cache
def _count_undelivered(subtrees: int) -> Any:  # noqa: ANN401 (a SELECT)
    prefixes = (bindparam(f"prefix_{each}", type_=String) for each in range(subtrees))
    return (
        select(func.count())
        .select_from(_missed)
        .where(
            _is_missed,
            _notices.c.created_at >= bindparam("since"),
            _notices.c.created_at < bindparam("until"),
            _concerns(*prefixes),
        )
    )


def add(session: Session | Connection, drafts: Sequence[Draft], *, now: datetime) -> list[int]:
    """Store notices with a due delivery for each recipient; who is named twice gets it once.

    Two statements for any number of drafts. Gives the notices' ids in the order of the drafts.
    """
    if not drafts:
        return []
    notices = [
        {
            "kind": draft.kind,
            "order_id": draft.order_id,
            "title": draft.title,
            "text": draft.text,
            "fields": draft.fields,
            "actions": draft.actions,
            "media": draft.media,
            "created_at": now,
        }
        for draft in drafts
    ]
    bind = session.get_bind() if isinstance(session, Session) else session
    statement = _add_notices[bind.dialect.name]
    ids = sorted(session.execute(statement, notices).scalars())
    deliveries = [
        {
            "notice_id": notice_id,
            "person_id": person_id,
            "status": DeliveryStatus.DUE,
            "due_at": now,
            "attempts": 0,
            "is_card_stale": False,
            "is_bulk": draft.is_bulk,
        }
        for notice_id, draft in zip(ids, drafts, strict=True)
        for person_id in dict.fromkeys(draft.recipients)
    ]
    if deliveries:
        session.execute(_add_deliveries, deliveries)
    return ids


def pending_for(session: Session | Connection, person_id: int, limit: int) -> list[Pending]:
    """Read what waits for a person, oldest first."""
    rows = session.execute(_pending, {"person_id": person_id, "limit": limit}).mappings()
    return [Pending(**row) for row in rows]


def mark_shown(
    session: Session | Connection,
    delivery_ids: Sequence[int],
    now: datetime,
    *,
    platform: Platform,
    identity_id: int | None = None,
) -> None:
    """Count pending notices as sent: they stood at the head of a passive reply on ``platform``."""
    if delivery_ids:
        session.execute(
            _mark_shown,
            {
                "ids": list(delivery_ids),
                "now": now,
                "shown_on": platform,
                "shown_to": identity_id,
            },
        )


def resume_media(
    session: Session | Connection, person_ids: Sequence[int], *, now: datetime
) -> None:
    """Have the photos and voices sent that waited for these people to write."""
    if person_ids:
        session.execute(_resume_media, {"people": sorted(person_ids), "now": now})


def mark_stale(session: Session | Connection, order_id: int) -> None:
    """Let the relay take the buttons off every card that was, or is just being, sent of an order.

    Cards of notices written later in the same transaction are not touched.
    """
    session.execute(_mark_stale, {"order": order_id})


def keep_code(session: Session | Connection, notice_id: int, person_id: int, code: str) -> None:
    """Keep the code that came with the tap of a card which only this person has.

    The passive answer has already put the truth on that card; when the order moves on again, the
    new code renews it, while the code of the send would have been spent for nothing (PLATFORM.md
    B5). A card that several people were sent keeps its one code for the call that names them all.
    """
    session.execute(_keep_code, {"notice": notice_id, "person": person_id, "fresh": code})


def revoke_due(session: Session | Connection, order_id: int, kind: NoticeKind) -> None:
    """Withdraw an order's notices of one kind from all who have not seen them yet.

    They count as failed with ``OUTDATED``, which is nobody's trouble: ``undelivered`` leaves them
    out. What is being sent at this moment arrives, and its card is updated afterwards.
    """
    session.execute(_revoke_due, {"order": order_id, "of_kinds": [kind]})


def revoke_questions(session: Session | Connection, order_id: int) -> None:
    """Withdraw what asks for an order's next step from all who have not seen it yet."""
    session.execute(_revoke_due, {"order": order_id, "of_kinds": list(_QUESTIONS)})


def undelivered(session: Session | Connection, path_prefix: str, limit: int) -> list[Undelivered]:
    """Read what did not reach people of a subtree, or concerns its orders; newest first.

    Photos and voices are not listed beside the words that they follow.

    Args:
        session: where to read.
        path_prefix: path of the organisation at the top, ``/1/7/``.
        limit: how many at most.
    """
    rows = session.execute(_undelivered, {"prefix": f"{path_prefix}%", "limit": limit}).mappings()
    return [Undelivered(**row) for row in rows]


def count_undelivered(
    session: Session | Connection, paths: Sequence[str], *, since: datetime, until: datetime
) -> int:
    """Count what ``undelivered`` lists of some subtrees that was written in a span of time."""
    values = {f"prefix_{each}": f"{path}%" for each, path in enumerate(paths)}
    statement = _count_undelivered(len(paths))
    return int(session.execute(statement, {**values, "since": since, "until": until}).scalar_one())
