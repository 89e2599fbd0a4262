"""Renews the cards of orders that have moved on: one call names all who were sent a card."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from bot.channels import ApiError, Channel, FailureKind
from handlers.services import views
from storage import choices
from storage.choices import StaleCard
from storage.vocabulary import Platform
from workers.transactions import transact

log = structlog.stdlib.get_logger(__name__)

_LEASE = timedelta(seconds=45)  # longer than the slowest call
_CODE_LASTS = timedelta(hours=72)  # the platform's limit for a response code
_AGAIN = frozenset({FailureKind.RETRY, FailureKind.MISCONFIGURED})

Accounts = Mapping[tuple[Platform, str], Channel]


def renew(engine: Engine, accounts: Accounts, *, now: Callable[[], datetime]) -> Counter[str]:
    """Replace the buttons of every stale card by what is true at this moment.

    A code works once: whatever the platform answers, it is forgotten. Only where the platform was
    not reached, or the account is set up wrong, the card comes again when its lease has run out.
    """
    counts: Counter[str] = Counter()
    while cards := transact(
        engine, lambda session: choices.claim_stale(session, now=now(), limit=1, lease=_LEASE)
    ):
        card = cards[0]
        channel = accounts.get((Platform.WECOM, card.app_id))
        if channel is None or card.sent_at <= now() - _CODE_LASTS:
            counts["cards_expired"] += 1
        elif _is_settled(engine, channel, card):
            counts["cards_renewed"] += 1
        else:
            counts["cards_put_off"] += 1
            break
        _forget(engine, card)
    return counts


def _is_settled(engine: Engine, channel: Channel, card: StaleCard) -> bool:
    """Make the one call; False when the same code is worth another try."""
    note = transact(engine, lambda session: views.card_note(session, card.order_id))
    try:
        channel.update_card(card.external_ids, response_code=card.response_code, note=note)
    except ApiError as error:
        if error.kind is FailureKind.MISCONFIGURED:
            log.error(  # noqa: TRY400 (the codes say it all; a traceback would not)
                "the platform refuses an account, its settings must be corrected",
                account=channel.account.name,
                code=error.code,
            )
        return error.kind not in _AGAIN
    return True


def _forget(engine: Engine, card: StaleCard) -> None:
    transact(engine, lambda session: choices.clear_stale(session, card.response_code))
