"""Deliveries as the relay works them off: claimed under a lease, sent elsewhere, recorded.

A claim is a lease in its own short transaction, nothing is locked while sending, the record is a
second transaction. Whoever finds a lease that ran out claims again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    Boolean,
    Integer,
    Table,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from storage.models import Assignment, Delivery, Identity, Notice, Order, Person
from storage.notices import OUTDATED
from storage.vocabulary import (
    AssignmentStatus,
    DeliveryStatus,
    MatterClass,
    NoticeKind,
    Platform,
)

FAILURE_CHARACTERS = 200
OVER_QUOTA = "over quota"

_deliveries = cast("Table", Delivery.__table__)
_notices = cast("Table", Notice.__table__)
_people = cast("Table", Person.__table__)
_identities = cast("Table", Identity.__table__)
_assignments = cast("Table", Assignment.__table__)
_orders = cast("Table", Order.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One identity of a recipient, with the two send windows as they were when it was read."""

    identity_id: int
    platform: Platform
    app_id: str
    external_id: str
    is_following: bool
    messaged_at: datetime | None
    message_sends: int
    tapped_at: datetime | None
    tap_sends: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What all recipients of one notice get."""

    notice_id: int
    kind: NoticeKind
    order_id: int | None
    created_at: datetime
    title: str
    text: str
    fields: list[Any]
    actions: list[Any]
    media: list[Any]

    @property
    def medium_id(self) -> int | None:
        """The photo or voice that this notice is; its words are said where it cannot be sent."""
        return self.media[0] if self.media else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery that this relay alone may send until its lease runs out.

    Attributes:
        attempts: counts this claim, so 1 means that nobody can have sent it before.
        identity_id: where the former attempt stood.
        failure: why the former attempt failed.
        quiet_from: the hour from which the reader wants nothing that can wait, if any.
        quiet_until: the hour at which that ends.
        is_held: whether the reader holds the notice's order now.
        is_danger: whether somebody may come to harm by that order's matter.
    """

    delivery_id: int
    person_id: int
    prefers_text: bool
    attempts: int
    identity_id: int | None
    failure: str | None
    quiet_from: int | None
    quiet_until: int | None
    is_held: bool
    is_danger: bool
    content: Content
    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a claimed delivery; DUE with ``due_at`` means: try again then.

    A try that came before its time ``is_early`` and does not count as an attempt.
    """

    delivery_id: int
    status: DeliveryStatus
    due_at: datetime
    channel: Platform | None = None
    identity_id: int | None = None
    failure: str | None = None
    response_code: str | None = None
    receipt: str | None = None
    is_early: bool = False


# Written out, because a partial index serves only a condition that the planner can read.
_is_due = literal_column("deliveries.status = 'due'", Boolean)
_is_free = or_(_deliveries.c.leased_until.is_(None), _deliveries.c.leased_until <= bindparam("now"))

_is_in_queue = _deliveries.c.is_bulk == bindparam("bulk", type_=Boolean)
_is_due_now = and_(_is_due, _is_in_queue, _deliveries.c.due_at <= bindparam("now"), _is_free)
_due = (
    select(_deliveries.c.id)
    .where(_is_due_now)
    .order_by(_deliveries.c.due_at, _deliveries.c.notice_id, _deliveries.c.id)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True)
)
_lease = (
    update(_deliveries)
    .where(_deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .values(leased_until=bindparam("until"), attempts=_deliveries.c.attempts + 1)
)
# Looked at of those only who have quiet hours: whatever they hold is told at any hour.
_is_held = and_(
    _people.c.quiet_from.is_not(None),
    exists().where(
        _assignments.c.order_id == _notices.c.order_id,
        _assignments.c.person_id == _deliveries.c.person_id,
        _assignments.c.status == AssignmentStatus.ACCEPTED,
    ),
)
_claimed = (
    select(
        _deliveries.c.id.label("delivery_id"),
        _deliveries.c.person_id,
        _people.c.prefers_text,
        _deliveries.c.attempts,
        _deliveries.c.identity_id,
        _deliveries.c.failure,
        _deliveries.c.notice_id,
        _people.c.quiet_from,
        _people.c.quiet_until,
        _is_held.label("is_held"),
        func.coalesce(_orders.c.matter_class == MatterClass.EMERGENCY, false()).label("is_danger"),
    )
    .join_from(_deliveries, _people, _people.c.id == _deliveries.c.person_id)
    .join(_notices, _notices.c.id == _deliveries.c.notice_id)
    .outerjoin(_orders, _orders.c.id == _notices.c.order_id)
    .where(_deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_deliveries.c.due_at, _deliveries.c.notice_id, _deliveries.c.id)
)
_contents = select(
    _notices.c.id.label("notice_id"),
    _notices.c.kind,
    _notices.c.order_id,
    _notices.c.created_at,
    _notices.c.title,
    _notices.c.text,
    _notices.c.fields,
    _notices.c.actions,
    _notices.c.media,
).where(_notices.c.id.in_(bindparam("ids", expanding=True)))
_addresses = (
    select(
        _identities.c.person_id,
        _identities.c.id.label("identity_id"),
        _identities.c.platform,
        _identities.c.app_id,
        _identities.c.external_id,
        _identities.c.is_following,
        _identities.c.messaged_at,
        _identities.c.message_sends,
        _identities.c.tapped_at,
        _identities.c.tap_sends,
    )
    .where(_identities.c.person_id.in_(bindparam("ids", expanding=True)))
    .order_by(_identities.c.id)
)

_mine = and_(_is_due, _deliveries.c.leased_until == bindparam("lease"))
_still_mine = select(_deliveries.c.id).where(
    _deliveries.c.id.in_(bindparam("ids", expanding=True)), _mine
)
# Told as it is, whatever else was written meanwhile: it was sent. If it was revoked in flight, or
# its order moved on, its card must be renewed; a text has no card.
_sent = (
    update(_deliveries)
    .where(_deliveries.c.id == bindparam("row"))
    .values(
        status=DeliveryStatus.SENT,
        channel=bindparam("its_channel"),
        identity_id=bindparam("its_identity"),
        failure=bindparam("its_failure"),
        response_code=bindparam("its_code"),
        receipt=bindparam("its_receipt"),
        sent_at=bindparam("at"),
        leased_until=null(),
        is_card_stale=and_(
            bindparam("has_card", type_=Boolean),
            or_(
                _deliveries.c.is_card_stale,
                _deliveries.c.status == DeliveryStatus.FAILED,
            ),
        ),
    )
)
_not_sent = (
    update(_deliveries)
    .where(_deliveries.c.id == bindparam("row"), _mine)
    .values(
        status=bindparam("its_status"),
        due_at=bindparam("its_due"),
        channel=bindparam("its_channel"),
        identity_id=bindparam("its_identity"),
        failure=bindparam("its_failure"),
        attempts=_deliveries.c.attempts - bindparam("uncounted", type_=Integer),
        leased_until=null(),
    )
)
_release = (
    update(_deliveries)
    .where(_deliveries.c.id.in_(bindparam("ids", expanding=True)), _mine)
    .values(leased_until=null(), attempts=_deliveries.c.attempts - 1)
)
_postpone = (
    update(_deliveries)
    .where(_deliveries.c.id.in_(bindparam("ids", expanding=True)), _mine)
    .values(leased_until=null(), attempts=_deliveries.c.attempts - 1, due_at=bindparam("its_due"))
)
# Whoever has given the order back, or was taken off it, has no right to its photos any more.
_served = exists().where(
    _assignments.c.order_id == _notices.c.order_id,
    _assignments.c.person_id == _deliveries.c.person_id,
    _assignments.c.accepted_at.is_not(None),
    _assignments.c.status.in_(
        (AssignmentStatus.RELEASED, AssignmentStatus.NO_SHOW, AssignmentStatus.REVOKED)
    ),
)
_serves = exists().where(
    _assignments.c.order_id == _notices.c.order_id,
    _assignments.c.person_id == _deliveries.c.person_id,
    _assignments.c.status == AssignmentStatus.ACCEPTED,
)
_withdraw_media = (
    update(_deliveries)
    .where(
        _deliveries.c.id.in_(bindparam("ids", expanding=True)),
        exists().where(_notices.c.id == _deliveries.c.notice_id, _served, not_(_serves)),
    )
    .values(status=DeliveryStatus.FAILED, failure=OUTDATED, leased_until=null())
    .returning(_deliveries.c.id)
)


def claim_due(
    session: Session, *, now: datetime, limit: int, lease: timedelta, bulk: bool = False
) -> list[Claimed]:
    """Take what is due and free, oldest first, with content and addresses; nobody else gets it.

    What is urgent and what is bulk are claimed apart. Each claim counts as an attempt, because a
    process that dies may have sent already.
    """
    ids = list(session.execute(_due, {"now": now, "limit": limit, "bulk": bulk}).scalars())
    if not ids:
        return []
    session.execute(_lease, {"ids": ids, "until": now + lease})
    rows = session.execute(_claimed, {"ids": ids}).mappings().all()
    notices = session.execute(_contents, {"ids": sorted({row["notice_id"] for row in rows})})
    contents = {row["notice_id"]: Content(**row) for row in notices.mappings()}
    addresses: dict[int, list[Address]] = {}
    people = sorted({row["person_id"] for row in rows})
    for identity in session.execute(_addresses, {"ids": people}).mappings():
        values = dict(identity)
        addresses.setdefault(values.pop("person_id"), []).append(Address(**values))
    claimed = []
    for row in rows:
        values = dict(row)
        content = contents[values.pop("notice_id")]
        found = tuple(addresses.get(row["person_id"], ()))
        claimed.append(Claimed(**values, content=content, addresses=found))
    return claimed


def still_mine(session: Session, delivery_ids: Sequence[int], *, lease: datetime) -> set[int]:
    """Say which claimed deliveries may still be sent: neither revoked since, nor lost."""
    rows = session.execute(_still_mine, {"ids": list(delivery_ids), "lease": lease})
    return set(rows.scalars())


def withdraw_media(session: Session, delivery_ids: Sequence[int]) -> set[int]:
    """Take photos and voices back from those who have left their order since; gives which.

    ``delivery_ids`` must be claimed, and of notices that are a photo or voice.
    """
    if not delivery_ids:
        return set()
    return set(session.execute(_withdraw_media, {"ids": sorted(delivery_ids)}).scalars())


def record(session: Session, results: Iterable[Result], *, now: datetime, lease: datetime) -> None:
    """Write what became of claimed deliveries, in two statements for any number of them.

    A sent one is written whatever happened meanwhile; the others only while the claim holds.
    """
    sent: list[dict[str, Any]] = []
    rest: list[dict[str, Any]] = []
    for result in sorted(results, key=lambda each: each.delivery_id):
        values: dict[str, Any] = {
            "row": result.delivery_id,
            "its_channel": result.channel,
            "its_identity": result.identity_id,
            "its_failure": result.failure[:FAILURE_CHARACTERS] if result.failure else None,
        }
        if result.status is DeliveryStatus.SENT:
            code = result.response_code or None
            receipt = result.receipt or None
            sent.append(
                values
                | {
                    "its_code": code,
                    "its_receipt": receipt,
                    "has_card": code is not None,
                    "at": now,
                }
            )
        else:
            rest.append(
                values
                | {
                    "its_status": result.status,
                    "its_due": result.due_at,
                    "uncounted": int(result.is_early),
                    "lease": lease,
                }
            )
    if sent:
        session.execute(_sent, sent)
    if rest:
        session.execute(_not_sent, rest)


def release(session: Session, delivery_ids: Sequence[int], *, lease: datetime) -> None:
    """Give claimed deliveries back that were not tried; the claim does not count as an attempt."""
    if delivery_ids:
        session.execute(_release, {"ids": sorted(delivery_ids), "lease": lease})


def postpone(
    session: Session, delivery_ids: Sequence[int], *, lease: datetime, due_at: datetime
) -> None:
    """Give claimed deliveries back until later; the claim does not count as an attempt."""
    if delivery_ids:
        values = {"ids": sorted(delivery_ids), "lease": lease, "its_due": due_at}
        session.execute(_postpone, values)
