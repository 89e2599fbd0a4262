"""Looks at the roster: is there one, does anybody dispatch, and can they be told."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from bot.config import Settings
from bot.doctor import limits
from bot.doctor.findings import Finding, fault, fine, skipped, warning
from handlers.texts import doctor_community as texts
from storage import checkups


def look(session: Session, settings: Settings, *, today: date) -> Iterator[Finding]:
    """Look at organisations, posts and the accounts of those who hold them."""
    organisations = checkups.organisation_count(session)
    if not organisations:
        yield fault(texts.ROSTER, texts.NO_ROSTER)
        for name in (texts.DISPATCHERS, texts.BRANCHES, texts.STAFF):
            yield skipped(name, texts.ROSTER)
        return
    app_ids = sorted({account.app_id for account in settings.accounts})
    staff = checkups.staff(session, app_ids, today=today)
    yield fine(texts.ROSTER, texts.roster(organisations, staff.people))
    yield _dispatchers(staff)
    yield _branches(checkups.branches_without_head(session, today=today))
    without = staff.people - staff.reachable
    if without:
        yield warning(texts.STAFF, texts.some_unreachable(staff.people, without))
    else:
        yield fine(texts.STAFF, texts.everybody_reachable(staff.people))


def _dispatchers(staff: checkups.Staff) -> Finding:
    if not staff.dispatchers:
        return fault(texts.DISPATCHERS, texts.NO_DISPATCHER)
    if not staff.reachable_dispatchers:
        return fault(texts.DISPATCHERS, texts.NOBODY_REACHABLE)
    return fine(
        texts.DISPATCHERS, texts.dispatchers(staff.dispatchers, staff.reachable_dispatchers)
    )


def _branches(headless: list[str]) -> Finding:
    if not headless:
        return fine(texts.BRANCHES, texts.BRANCHES_FINE)
    named = headless[: limits.MOST_NAMES]
    advice = texts.branches_without_head(named, len(headless) - len(named))
    return warning(texts.BRANCHES, advice)
