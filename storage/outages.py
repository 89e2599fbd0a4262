"""What waits because an account does not answer, or is set up wrong: found out and let go.

A delivery that failed for its own sake, or for want of quota, is none of these.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Boolean, Table, and_, bindparam, literal_column, not_, select, update
from sqlalchemy.orm import Session

from storage.deliveries import OVER_QUOTA
from storage.models import Delivery, Identity, Notice

_deliveries = cast("Table", Delivery.__table__)
_notices = cast("Table", Notice.__table__)
_identities = cast("Table", Identity.__table__)

# Written out, because a partial index serves only a condition that the planner can read.
_is_due = literal_column("deliveries.status = 'due'", Boolean)
_waits_for_account = and_(
    _is_due,
    _deliveries.c.failure.is_not(None),
    not_(_deliveries.c.failure.contains(OVER_QUOTA)),
    _deliveries.c.identity_id.in_(
        select(_identities.c.id).where(_identities.c.app_id == bindparam("app"))
    ),
)
_hurry = (
    update(_deliveries)
    .where(_waits_for_account, _deliveries.c.due_at > bindparam("now"))
    .values(due_at=bindparam("now"))
)
_next_of_account = (
    select(_deliveries.c.notice_id, _deliveries.c.due_at, _notices.c.created_at)
    .join_from(_deliveries, _notices, _notices.c.id == _deliveries.c.notice_id)
    .where(_waits_for_account, _notices.c.created_at > bindparam("since"))
    .order_by(_deliveries.c.due_at, _deliveries.c.id)
    .limit(1)
)
# All that travel in one call, or the platform would not know it again.
_bring_forward = (
    update(_deliveries)
    .where(
        _waits_for_account,
        _deliveries.c.notice_id == bindparam("notice"),
        _deliveries.c.due_at == bindparam("then"),
    )
    .values(due_at=bindparam("sooner"))
)


def hurry(session: Session, app_ids: Iterable[str], *, now: datetime) -> None:
    """Let what waits for another try of these accounts be due: they answer again.

    However much that is, relays work it off batch by batch: there is no storm.
    """
    for app_id in sorted(app_ids):
        session.execute(_hurry, {"app": app_id, "now": now})


def scout(
    session: Session, app_id: str, *, now: datetime, patience: timedelta, share: int, age: timedelta
) -> None:
    """Let one call of an account that fails be made soon, to learn whether it answers again.

    Args:
        session: where to write.
        app_id: app id or CorpID.
        now: when the account failed.
        patience: how long it is left alone at the least.
        share: and which part of the notice's age, so that a long outage costs few calls.
        age: older notices are nobody's scouts.
    """
    found = session.execute(_next_of_account, {"app": app_id, "since": now - age}).one_or_none()
    if found is None:
        return
    sooner = now + max(patience, (now - found.created_at) / share)
    if found.due_at > sooner:
        values = {"app": app_id, "notice": found.notice_id, "then": found.due_at}
        session.execute(_bring_forward, values | {"sooner": sooner})
