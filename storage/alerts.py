"""What is wrong with an account and only an operator can mend: one row for each fault."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.models import Alert
from storage.vocabulary import AlertKind

_CODE_CHARACTERS = 64  # of the column

_alerts = cast("Table", Alert.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """A fault as operators see it: how often it was met, the first and the last time."""

    app_id: str
    kind: AlertKind
    code: str
    count: int
    first_at: datetime
    last_at: datetime


def _raise(insert: Any) -> Any:  # noqa: ANN401 (each dialect has an insert class of its own)
    statement = insert(_alerts).values(
        app_id=bindparam("its_app"),
        kind=bindparam("its_kind"),
        code=bindparam("its_code"),
        count=1,
        first_at=bindparam("at"),
        last_at=bindparam("at"),
    )
    last_at = statement.excluded.last_at
    return statement.on_conflict_do_update(
        index_elements=[_alerts.c.app_id, _alerts.c.kind, _alerts.c.code],
        set_={"count": _alerts.c.count + 1, "last_at": last_at},
    )


_raises = {"postgresql": _raise(postgresql.insert), "sqlite": _raise(sqlite.insert)}
_recent = (
    select(
        _alerts.c.app_id,
        _alerts.c.kind,
        _alerts.c.code,
        _alerts.c.count,
        _alerts.c.first_at,
        _alerts.c.last_at,
    )
    .where(_alerts.c.last_at >= bindparam("since"))
    .order_by(_alerts.c.last_at.desc(), _alerts.c.id.desc())
)


def raise_alert(
    session: Session | Connection, app_id: str, kind: AlertKind, code: str, now: datetime
) -> None:
    """Note a fault of an account, or that a known one was met again; one statement.

    Args:
        session: where to write.
        app_id: app id or CorpID.
        kind: what an operator can do about it.
        code: an errcode, or an event's name in lower case; cut at the column's 64 characters.
        now: when it was met.
    """
    bind = session.get_bind() if isinstance(session, Session) else session
    session.execute(
        _raises[bind.dialect.name],
        {"its_app": app_id, "its_kind": kind, "its_code": code[:_CODE_CHARACTERS], "at": now},
    )


def clear(
    session: Session | Connection, app_id: str, kind: AlertKind, *, code: str | None = None
) -> int:
    """Forget a fault that is over, without ``code`` every one of its kind; gives how many."""
    statement = delete(_alerts).where(_alerts.c.app_id == app_id, _alerts.c.kind == kind)
    if code is not None:
        statement = statement.where(_alerts.c.code == code)
    gone = session.execute(statement)
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE's result has it


def recent(session: Session | Connection, since: datetime) -> list[Raised]:
    """Give the faults met since an instant, the last one first."""
    return [Raised(**row) for row in session.execute(_recent, {"since": since}).mappings()]
