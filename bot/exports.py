"""Workbooks for others: members' service for an employer, and a month's orders for the street.

Whatever people wrote stands in the cells as text, never as a formula.
"""

import os
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from bot.config import Settings
from handlers.rules import halves, home_day, masking
from handlers.rules.permissions import TAKERS
from handlers.services import service_accounts as service
from handlers.texts import exports as texts
from storage import database, ledgers
from storage import service_accounts as accounts
from storage.ledgers import Entry
from storage.service_accounts import Service

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

SUFFIX = ".xlsx"
_MOMENT = "yyyy-mm-dd hh:mm"
_EVERYWHERE = "/"

Value = str | int | float | datetime | None


class ExportError(Exception):
    """Raised when nothing was written; the line says why."""

    def __init__(self, line: str) -> None:
        super().__init__("nothing was exported")
        self.line = line


def account(settings: Settings, unit: str, half: str, path: Path) -> str:
    """Write what an employer's members let it see of a half, and give the line that says so.

    The process's sealing key must have been set.

    Raises:
        ExportError: there is no such half or employer, or the file cannot be written.
    """
    meant = halves.read(half)
    if meant is None:
        raise ExportError(texts.bad_half(half))
    _look_at(path)
    period = service.period(meant, settings.policy)
    engine = database.connect(settings.database, pool_size=1, read_only=True)
    try:
        with database.transaction(engine) as session:
            units = accounts.units(session, unit)
            if len(units) != 1:
                several = texts.several_units(unit, len(units))
                raise ExportError(several if units else texts.no_unit(unit))
            ((unit_id, name),) = units
            members = accounts.released(session, unit_id, period, TAKERS)
            done = accounts.services(session, [person for person, _, _ in members], period)
    finally:
        engine.dispose()
    rows = [
        (
            member,
            where,
            each.finished,
            each.confirmed,
            each.home_days,
            each.hundredths / 100,
        )
        for person, member, where in members
        for each in [done.get(person, Service())]
    ]
    _write(path, meant.label, texts.ACCOUNT_COLUMNS, rows)
    return texts.account_written(str(path), len(rows), name)


def ledger(settings: Settings, month: str, path: Path, *, street: str = "") -> str:
    """Write the orders that were placed in a month, and give the line that says so.

    The process's sealing key must have been set.

    Raises:
        ExportError: there is no such month or organisation, or the file cannot be written.
    """
    first = home_day.read_month(month)
    if first is None:
        raise ExportError(texts.bad_month(month))
    _look_at(path)
    zone = settings.policy.timezone
    since, until = _midnight(first, zone), _midnight(first + relativedelta(months=1), zone)
    engine = database.connect(settings.database, pool_size=1, read_only=True)
    try:
        with database.transaction(engine) as session:
            below = ledgers.path_of(session, street) if street else _EVERYWHERE
            if below is None:
                raise ExportError(texts.no_organisation(street))
            found = ledgers.entries(session, since=since, until=until, path=below)
            count = _write(
                path, month, texts.LEDGER_COLUMNS, (_row(entry, zone) for entry in found)
            )
    finally:
        engine.dispose()
    return texts.ledger_written(str(path), count)


def _row(entry: Entry, zone: ZoneInfo) -> tuple[Value, ...]:
    """Describe an order as those may read it who see neither resident nor door."""
    order = entry.order
    matter = masking.rooms(masking.phones(order.matter), order.place, order.place_name)
    moments = (
        order.submitted_at,
        entry.dispatched_at,
        entry.taken_at,
        entry.finished_at,
        order.closed_at,
    )
    return (
        order.id,
        texts.CLASS[order.matter_class],
        matter,
        order.place_name,
        entry.branch,
        *(at.astimezone(zone).replace(tzinfo=None) if at else None for at in moments),
        texts.post(*entry.post) if entry.post else None,
        texts.outcome(order.kind, order.status, order.outcome),
        order.rating,
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _look_at(path: Path) -> None:
    """Refuse early what could not be written in the end."""
    if path.suffix.lower() != SUFFIX:
        raise ExportError(texts.NO_SUFFIX)
    if path.exists():
        raise ExportError(texts.file_exists(str(path)))
    if not (path.parent.is_dir() and os.access(path.parent, os.W_OK)):
        raise ExportError(texts.cannot_write(str(path)))


def _write(path: Path, title: str, heading: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    """Write a workbook of one sheet, and give how many rows it has below its heading."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append(heading)
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    try:
        book.save(path)
    except OSError:
        path.unlink(missing_ok=True)
        raise ExportError(texts.cannot_write(str(path))) from None
    return count


def _cell(sheet: "WriteOnlyWorksheet", value: Value) -> Any:  # noqa: ANN401 (typed as a function)
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
        cell.data_type = "s"  # what begins like a formula is none
        return cell
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, datetime):
        cell.number_format = _MOMENT
    return cell
