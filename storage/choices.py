"""What can be chosen under a notice that was sent: the digits of a text, the buttons of a card.

Cards whose order has moved on are claimed under a lease, like deliveries, and renewed once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    Boolean,
    Integer,
    RowMapping,
    Table,
    bindparam,
    false,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import Conversation, Delivery, Identity, Notice

_deliveries = cast("Table", Delivery.__table__)
_notices = cast("Table", Notice.__table__)
_identities = cast("Table", Identity.__table__)
_conversations = cast("Table", Conversation.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """The digits under the last list that an identity was sent: complete commands in order."""

    identity_id: int
    commands: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleCard:
    """A card whose order has moved on, with everybody who was sent it in the same call."""

    response_code: str
    order_id: int
    app_id: str
    external_ids: tuple[str, ...]
    sent_at: datetime


# Written out, because a partial index serves only a condition that the planner can read.
_is_stale = literal_column("deliveries.is_card_stale", Boolean)
_is_free = or_(_deliveries.c.leased_until.is_(None), _deliveries.c.leased_until <= bindparam("now"))


def _offer(insert: Any) -> Any:  # noqa: ANN401 (each dialect has an insert class of its own)
    statement = insert(_conversations).values(
        identity_id=bindparam("row"),
        answers={},
        menu=bindparam("commands"),
        menu_until=bindparam("until"),
    )
    return statement.on_conflict_do_update(
        index_elements=[_conversations.c.identity_id],
        set_={
            "menu": statement.excluded.menu,
            "menu_until": statement.excluded.menu_until,
        },
        where=or_(
            _conversations.c.name.is_(None),
            _conversations.c.asked_at.is_(None),
            _conversations.c.asked_at <= bindparam("quiet_since"),
        ),
    )


_offers = {"postgresql": _offer(postgresql.insert), "sqlite": _offer(sqlite.insert)}

_stale_codes = (
    select(_deliveries.c.response_code)
    .where(_is_stale, _deliveries.c.response_code.is_not(None), _is_free)
    .group_by(_deliveries.c.response_code)
    .order_by(_deliveries.c.response_code)
    .limit(bindparam("limit", type_=Integer))
)
_lease_codes = (
    update(_deliveries)
    .where(
        _is_stale,
        _deliveries.c.response_code.in_(bindparam("codes", expanding=True)),
        _is_free,
    )
    .values(leased_until=bindparam("until"))
    .returning(_deliveries.c.response_code)
)
_stale_cards = (
    select(
        _deliveries.c.response_code,
        _notices.c.order_id,
        _identities.c.app_id,
        _identities.c.external_id,
        _deliveries.c.sent_at,
    )
    .select_from(_deliveries)
    .join(_notices, _notices.c.id == _deliveries.c.notice_id)
    .join(_identities, _identities.c.id == _deliveries.c.identity_id)
    .where(_is_stale, _deliveries.c.response_code.in_(bindparam("codes", expanding=True)))
    .order_by(_deliveries.c.id)
)
_clear_stale = (
    update(_deliveries)
    .where(_is_stale, _deliveries.c.response_code == bindparam("code"))
    .values(is_card_stale=false(), response_code=null(), leased_until=null())
)


def offer_menus(
    session: Session, menus: Iterable[Menu], *, until: datetime, quiet_since: datetime
) -> None:
    """Let digits mean a notice's commands, but not while a conversation waits for an answer.

    Args:
        session: where to write.
        menus: the lists, the last one of an identity wins.
        until: how long the digits mean them.
        quiet_since: a conversation whose last question is older than this no longer waits.
    """
    latest = {menu.identity_id: menu.commands for menu in menus}
    if latest:
        session.execute(
            _offers[session.get_bind().dialect.name],
            [
                {
                    "row": identity_id,
                    "commands": commands,
                    "until": until,
                    "quiet_since": quiet_since,
                }
                for identity_id, commands in sorted(latest.items())
            ],
        )


def claim_stale(
    session: Session, *, now: datetime, limit: int, lease: timedelta
) -> list[StaleCard]:
    """Take cards that must be renewed, each once with all who have it; nobody else gets them."""
    codes = list(session.execute(_stale_codes, {"now": now, "limit": limit}).scalars())
    if not codes:
        return []
    leased = session.execute(_lease_codes, {"codes": codes, "now": now, "until": now + lease})
    mine = sorted(set(leased.scalars()))
    readers: dict[str, list[RowMapping]] = {}
    for row in session.execute(_stale_cards, {"codes": mine}).mappings():
        readers.setdefault(row["response_code"], []).append(row)
    return [
        StaleCard(
            response_code=code,
            order_id=rows[0]["order_id"],
            app_id=rows[0]["app_id"],
            external_ids=tuple(row["external_id"] for row in rows),
            sent_at=rows[0]["sent_at"],
        )
        for code, rows in readers.items()
    ]


def clear_stale(session: Session, response_code: str) -> None:
    """Forget a response code: it was used, or will never work again."""
    session.execute(_clear_stale, {"code": response_code})
