"""Looks at what the accounts have been through: the last message accepted, and faults met since."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.config import Account
from bot.doctor import limits
from bot.doctor.findings import Finding, fine, warning
from handlers.texts import doctor_platforms as texts
from handlers.texts.doctor import Advice
from storage import alerts, checkups
from storage.alerts import Raised


def look(session: Session, accounts: Sequence[Account], now: datetime) -> Iterator[Finding]:
    """Look when each webhook last accepted something: only then its token and its key fit."""
    for account in accounts:
        name = texts.of(account.name, account.platform, texts.RECEIVING)
        at = checkups.last_received(session, account.app_id)
        if at is None:
            yield warning(name, texts.NEVER_RECEIVED)
        elif now - at > limits.SILENCE_WARNING:
            yield warning(name, texts.received_long_ago(now - at))
        else:
            yield fine(name, texts.received(now - at))


def look_at_alerts(
    session: Session, accounts: Sequence[Account], now: datetime
) -> Iterator[Finding]:
    """Look for faults that the running service met; what is over by now is told all the same."""
    recent = alerts.recent(session, now - limits.ALERTS_SINCE)
    for account in accounts:
        name = texts.of(account.name, account.platform, texts.ALERTS)
        mine = [alert for alert in recent if alert.app_id == account.app_id]
        if not mine:
            yield fine(name, texts.NO_ALERTS)
        for alert in mine:
            meaning = _meaning(account, alert)
            since = now - alert.last_at
            yield warning(name, texts.alert(meaning, alert.count, since))


def _meaning(account: Account, alert: Raised) -> Advice:
    """Say what a fault means by its errcode; by its kind where it has none, or one unknown."""
    known = texts.explained(account.platform, int(alert.code)) if _is_number(alert.code) else None
    return known or texts.of_kind(alert.kind, alert.code)


def _is_number(code: str) -> bool:
    return code.removeprefix("-").isdecimal()
