"""Looks at the database: its address, kind, version, structure, clock, and the key to it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.config import Settings
from bot.doctor import limits
from bot.doctor.findings import Finding, fault, fine, warning
from handlers.texts import doctor_machine as texts
from handlers.texts.doctor import Advice
from storage import checkups, database, sealing

_SETTING = "JINLIN_DATABASE_URL"
_KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

# libpq's words; a server that speaks another language falls through to the general advice.
_WORDS = (
    (re.compile(r"authentication failed|no password supplied"), texts.DATABASE_PASSWORD),
    (re.compile(r"database \".*\" does not exist"), texts.DATABASE_NO_SUCH),
    (re.compile(r"role \".*\" does not exist"), texts.DATABASE_PASSWORD),
    (re.compile(r"resolve|translate host name|Name or service not known"), texts.DATABASE_NO_NAME),
    (re.compile(r"[Cc]onnection refused"), texts.DATABASE_REFUSED),
    (re.compile(r"time.?out"), texts.DATABASE_TIMEOUT),
    (re.compile(r"not a database"), texts.DATABASE_NO_SQLITE),
)


def open_read_only(settings: Settings) -> Engine:
    """Make an engine for one connection that takes no write lock."""
    return database.connect(settings.database, pool_size=1, read_only=True)


def look(settings: Settings, engine: Engine, now: datetime) -> Iterator[Finding]:
    """Look at the database; a fault of ``DATABASE`` or ``SCHEMA`` keeps all others from looking.

    Args:
        settings: name the database.
        engine: from ``open_read_only``.
        now: by the wall clock.
    """
    if not _is_there(settings):
        yield fault(texts.DATABASE, texts.DATABASE_NO_FILE, setting=_SETTING)
        return
    try:
        with database.transaction(engine) as session:
            version = checkups.server_version(session)
            their_now = checkups.server_now(session)
        is_current = database.is_current(engine)
    except SQLAlchemyError as error:
        yield fault(texts.DATABASE, _advice(error), setting=_SETTING)
        return
    yield fine(texts.DATABASE, texts.database(_KINDS[engine.dialect.name], version))
    if their_now is None:
        yield warning(texts.DATABASE, texts.SQLITE_HINT, setting=_SETTING)
    else:
        yield _clock(now - their_now)
    if is_current:
        yield fine(texts.SCHEMA, texts.MIGRATED)
    else:
        yield fault(texts.SCHEMA, texts.NOT_MIGRATED, setting=_SETTING)


def look_at_key(session: Session) -> Iterator[Finding]:
    """Try the process's sealing key on the newest and the oldest sealed values."""
    opened = [_opens(sealed) for sealed in checkups.sealed_samples(session)]
    if not opened:
        yield fine(texts.KEY, texts.KEY_NOTHING_YET)
    elif all(opened):
        yield fine(texts.KEY, texts.KEY_FITS)
    else:
        advice = texts.KEY_MIXED if any(opened) else texts.KEY_WRONG
        yield fault(texts.KEY, advice, setting="JINLIN_SECRET_KEY")


def _is_there(settings: Settings) -> bool:
    """Say whether SQLite's file is there: to connect would make it."""
    url = make_url(settings.database)
    if url.get_backend_name() != "sqlite":
        return True
    path = Path(url.database or "")
    return path.is_file() and path.stat().st_size > 0


def _advice(error: SQLAlchemyError) -> Advice:
    words = str(getattr(error, "orig", None) or error)
    return next(
        (advice for pattern, advice in _WORDS if pattern.search(words)), texts.DATABASE_AWAY
    )


def _clock(offset: timedelta) -> Finding:
    if abs(offset) < limits.CLOCK_WARNING:
        return fine(texts.DATABASE_CLOCK, texts.database_clock(offset))
    advice = texts.database_clock_is_off(offset)
    if abs(offset) < limits.CLOCK_FAULT:
        return warning(texts.DATABASE_CLOCK, advice)
    return fault(texts.DATABASE_CLOCK, advice)


def _opens(sealed: str) -> bool:
    try:
        sealing.unseal(sealed)
    except sealing.SealError:
        return False
    return True
