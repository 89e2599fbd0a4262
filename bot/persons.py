"""``jinlin person show`` and ``jinlin person unbind``: who is who, and an account that is not.

Phones and accounts are shown in parts, so that a screen or a log of a terminal gives nobody away.
"""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.config import Settings
from handlers.rules.phones import mobile
from handlers.services import branches
from handlers.texts import persons as texts
from handlers.texts.orders import state
from storage import database, directory, identities, orders
from storage.directory import Entry
from storage.sealing import keyed_hash, unseal
from storage.vocabulary import Platform

_MOST_ORDERS = 50
_DIGITS_OF_A_NUMBER = 9


class PersonError(Exception):
    """Raised when nobody or nothing fits; the line says what was looked for."""

    def __init__(self, line: str) -> None:
        super().__init__("nobody fits")
        self.line = line


def show(settings: Settings, query: str, *, with_phone: bool) -> list[str]:
    """Describe everybody whom a name, a phone or a number leads to.

    The process's sealing key must have been set.

    Args:
        settings: names the database.
        query: a full name, a mobile number in any spelling, or a person's number.
        with_phone: show whole phones.

    Raises:
        PersonError: nobody fits.
    """
    engine = database.connect(settings.database, pool_size=1, read_only=True)
    try:
        with database.transaction(engine) as session:
            found = _find(session, query.strip())
            if not found:
                raise PersonError(texts.nobody(query))
            return [
                line
                for entry in found
                for line in _describe(session, entry, settings, with_phone=with_phone)
            ]
    finally:
        engine.dispose()


def _find(session: Session, query: str) -> list[Entry]:
    if phone := mobile(query):
        return directory.with_phone(session, keyed_hash(phone))
    if query.isdecimal() and len(query) <= _DIGITS_OF_A_NUMBER:
        return directory.numbered(session, int(query))
    return directory.named(session, query)


def _describe(session: Session, entry: Entry, settings: Settings, *, with_phone: bool) -> list[str]:
    now = datetime.now(UTC)
    phone = unseal(entry.phone_sealed) if entry.phone_sealed else None
    lines = [texts.head(entry.id, entry.name, phone if with_phone else texts.end_of(phone))]
    posts = directory.posts(session, entry.id, today=settings.policy.today(now))
    lines += [texts.post(*post) for post in posts] or [texts.NO_POST]
    tree = branches.tree_of(session)
    home = tree.by_id.get(entry.home_id or 0)
    lines.append(texts.home(branches.place_name(tree, home.id)) if home else texts.NO_HOME)
    lines += [
        texts.account(one.id, one.platform, one.external_id, is_following=one.is_following)
        for one in identities.of(session, entry.id)
    ] or [texts.NO_ACCOUNT]
    placed = orders.reported_by(session, entry.id, since=now, most=_MOST_ORDERS)
    held = orders.held_by(session, entry.id, most=_MOST_ORDERS)
    lines += [
        texts.order(one.order.id, state(one.order.status, None, one.order.kind), is_held=is_held)
        for found, is_held in ((placed, False), (held, True))
        for one in found
    ] or [texts.NOTHING_OPEN]
    return lines


def unbind(settings: Settings, person_id: int, identity_id: int) -> list[str]:
    """Untie an account from a person of the roster, and say what went along and what stayed.

    The account speaks for a new, unknown person, with the orders placed through it; the person
    keeps posts, and the orders taken through the account: those who dispatch decide about them.

    Raises:
        PersonError: the account is not this person's, or the person is not in the roster.
    """
    engine = database.connect(settings.database, pool_size=1)
    try:
        with database.transaction(engine) as session:
            return _unbind(session, person_id, identity_id)
    finally:
        engine.dispose()


def _unbind(session: Session, person_id: int, identity_id: int) -> list[str]:
    account = identities.find(session, identity_id)
    entries = directory.numbered(session, person_id)
    if account is None or not entries or account.person_id != person_id:
        raise PersonError(texts.not_theirs(person_id, identity_id))
    (entry,) = entries
    if entry.phone_sealed is None:
        raise PersonError(texts.not_in_roster(person_id))
    taken = identities.taken_through(session, account)
    stranger = identities.stranger(session, now=datetime.now(UTC))
    placed = identities.part(session, account, to_id=stranger)
    lines = [
        texts.unbound(identity_id, entry.name, person_id, stranger),
        texts.placed_went_along(placed),
    ]
    if taken:
        lines.append(texts.taken_stayed(entry.name, taken))
    if account.platform is Platform.WECOM:
        lines.append(texts.in_the_workbook())
    return [*lines, texts.stays(entry.name)]
