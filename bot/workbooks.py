"""Reading a roster workbook, and the whole of ``jinlin roster import``.

Cells become plain text here; what the text means is decided in ``handlers``.
"""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils.exceptions import InvalidFileException
from sqlalchemy import Engine

from bot.config import Settings
from handlers.rules.roster_rows import COLUMNS, Column, Fault, Problem, Row, Sheet, tidy
from handlers.services import roster as service
from handlers.services.roster import Outcome, Terms
from handlers.texts import roster as texts
from storage import database
from storage.vocabulary import Platform

MEGABYTE = 1 << 20
LARGEST_MEGABYTES = 20
LARGEST_UNPACKED_MEGABYTES = 600
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # .xls, and every workbook with a password
# What openpyxl lets through when an archive or its XML is broken.
_BROKEN = (
    AttributeError,
    EOFError,
    IndexError,
    InvalidFileException,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    ParseError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


class WorkbookError(Exception):
    """Raised when a roster cannot be imported; ``lines`` name everything that is wrong."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(f"{len(lines)} problems in the workbook")
        self.lines = lines


@dataclass(slots=True)
class _Workbook:
    """What was read: rows by sheet, and what could not be read."""

    rows: dict[Sheet, list[Row]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    is_complete: dict[Sheet, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Cell:
    value: Any
    is_error: bool = False
    is_formula: bool = False


def import_roster(settings: Settings, path: Path, *, dry_run: bool, replace: bool) -> list[str]:
    """Import a roster, all or nothing, and give the lines that say what changed.

    The process's sealing key must have been set.

    Args:
        settings: names the database, and the companies that userids belong to.
        path: the .xlsx file.
        dry_run: do everything, then take it back.
        replace: end the appointments that no row names.

    Raises:
        WorkbookError: the file or some of its rows are wrong, or the database is not migrated;
            nothing was imported.
    """
    workbook = read(path)
    engine = database.connect(settings.database)
    try:
        if not database.is_current(engine):
            raise WorkbookError([texts.NOT_MIGRATED])
        return _import(engine, workbook, settings, dry_run=dry_run, replace=replace)
    finally:
        engine.dispose()


def _import(
    engine: Engine, workbook: _Workbook, settings: Settings, *, dry_run: bool, replace: bool
) -> list[str]:
    now = datetime.now(UTC)
    companies = {
        account.app_id for account in settings.accounts if account.platform is Platform.WECOM
    }
    terms = Terms(
        app_ids=companies,
        now=now,
        today=now.astimezone(settings.policy.timezone).date(),
        ends_absent=replace,
    )
    with database.transaction(engine) as session:
        roster = service.check(
            session, workbook.rows[Sheet.ORGANISATIONS], workbook.rows[Sheet.PEOPLE]
        )
        lines = workbook.lines + _problem_lines(workbook, roster.problems)
        if replace and not lines and not roster.members:
            lines.append(texts.NOBODY_LEFT)
        if lines:
            raise WorkbookError(lines)
        outcome = service.take_over(session, roster, terms)
        if dry_run:
            session.rollback()
    summary = _summary(outcome)
    if not companies and any(member.userid for member in roster.members):
        summary.append(texts.NO_WECOM)
    return [texts.DRY_RUN, *summary] if dry_run else summary


def _problem_lines(workbook: _Workbook, problems: tuple[Problem, ...]) -> list[str]:
    """Word all problems in the order of the workbook.

    Where the sheet of organisations could not be read, no row is blamed for naming one of them.
    """
    is_tree_known = workbook.is_complete[Sheet.ORGANISATIONS]
    found = [
        problem
        for problem in (*workbook.problems, *problems)
        if is_tree_known or problem.fault is not Fault.UNKNOWN_ORGANISATION
    ]
    return [texts.problem(problem) for problem in sorted(found, key=lambda one: one.position)]


def _summary(outcome: Outcome) -> list[str]:
    lines = [
        texts.summary_organisations(
            added=outcome.organisations_added,
            changed=outcome.organisations_changed,
            employers=outcome.employers,
        ),
        texts.summary_people(added=outcome.people_added, changed=outcome.people_changed),
        texts.summary_appointments(
            added=outcome.appointments_added, ended=outcome.appointments_ended
        ),
        texts.summary_identities(
            added=outcome.identities_added,
            moved=outcome.identities_moved,
            released=outcome.identities_released,
        ),
        texts.summary_total(outcome.changes),
    ]
    if len(outcome.tops) > 1:
        lines.append(texts.several_tops(list(outcome.tops)))
    return lines


def read(path: Path) -> _Workbook:
    """Read both sheets as text; faults of single cells and missing columns are kept for later.

    Raises:
        WorkbookError: the file is not there, too large, or no workbook.
    """
    try:
        if path.stat().st_size > LARGEST_MEGABYTES * MEGABYTE:
            raise WorkbookError([texts.too_large(LARGEST_MEGABYTES)])
        data = path.read_bytes()
    except OSError as error:
        raise WorkbookError([texts.cannot_read(str(path))]) from error
    if data.startswith(_OLE):
        raise WorkbookError([texts.OLD_OR_LOCKED])
    try:
        return _read(data)
    except _BROKEN as error:
        raise WorkbookError([texts.NOT_A_WORKBOOK]) from error


def _read(data: bytes) -> _Workbook:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > LARGEST_UNPACKED_MEGABYTES * MEGABYTE:
        raise WorkbookError([texts.too_large(LARGEST_MEGABYTES)])
    result = _Workbook()
    written = _Reader(data, is_calculated=False)
    calculated: _Reader | None = None
    try:
        for sheet in Sheet:
            rows = dict(written.rows(sheet, result))
            if any(cell.is_formula for cells in rows.values() for cell in cells.values()):
                calculated = calculated or _Reader(data, is_calculated=True)
                rows = _with_results(rows, dict(calculated.rows(sheet, _Workbook())))
            result.rows[sheet] = [
                _row(number, cells, result)
                for number, cells in rows.items()
                if any(_text(cell.value) for cell in cells.values())
            ]
    finally:
        written.close()
        if calculated is not None:
            calculated.close()
    return result


def _with_results(
    written: Mapping[int, Mapping[Column, _Cell]], calculated: Mapping[int, Mapping[Column, _Cell]]
) -> dict[int, dict[Column, _Cell]]:
    """Put the stored results in the places of the formulas; one without a result stays."""
    merged = dict[int, dict[Column, _Cell]]()
    for number, cells in written.items():
        results = calculated.get(number, {})
        merged[number] = {
            column: results.get(column, cell) if cell.is_formula else cell
            for column, cell in cells.items()
        }
    return merged


class _Reader:
    """One pass over a workbook: formulas as they are written, or their stored results."""

    def __init__(self, data: bytes, *, is_calculated: bool) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of decorations it does not know
            self._book = openpyxl.load_workbook(
                io.BytesIO(data), read_only=True, data_only=is_calculated, keep_links=False
            )

    def close(self) -> None:
        self._book.close()

    def rows(self, sheet: Sheet, result: _Workbook) -> Iterator[tuple[int, dict[Column, _Cell]]]:
        """Give the cells that hold something, by row number; the heading is the first such row."""
        named = {tidy(part.title): part for part in self._book.worksheets}
        part = named.get(texts.SHEET[sheet])
        result.is_complete[sheet] = part is not None
        if part is None:
            result.lines.append(texts.missing_sheet(sheet))
            return
        part.reset_dimensions()  # some programs write wrong ones
        places: dict[Column, int] | None = None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for number, cells in enumerate(part.iter_rows(), start=1):
                if places is None:
                    heading = [_text(cell.value) for cell in cells]
                    if not any(heading):
                        continue
                    places = _places(sheet, heading, result)
                    if not result.is_complete[sheet]:
                        return
                    continue
                found = {
                    column: _Cell(
                        cells[place].value,
                        cells[place].data_type == "e",
                        cells[place].data_type == "f",
                    )
                    for column, place in places.items()
                    if place < len(cells) and _is_written(cells[place])
                }
                if found:
                    yield number, found
        if places is None:
            _places(sheet, [], result)


def _is_written(cell: Cell | MergedCell) -> bool:
    """Say whether something stands in a cell; an empty text that a formula gave does."""
    return cell.value is not None or cell.data_type == "str"


def _places(sheet: Sheet, heading: list[str], result: _Workbook) -> dict[Column, int]:
    """Find the columns by their names, in any order; others may stand between them."""
    places = dict[Column, int]()
    for column in COLUMNS[sheet]:
        name = texts.COLUMN[column]
        count = heading.count(name)
        if count == 1:
            places[column] = heading.index(name)
            continue
        result.is_complete[sheet] = False
        wording = texts.repeated_column if count else texts.missing_column
        result.lines.append(wording(sheet, column))
    return places


def _row(number: int, cells: Mapping[Column, _Cell], result: _Workbook) -> Row:
    texts_by_column = dict[Column, str]()
    unreadable = set[Column]()
    for column, cell in cells.items():
        text = _text(cell.value)
        fault = _fault(cell)
        if fault is None:
            texts_by_column[column] = text
        else:
            unreadable.add(column)
            result.problems.append(Problem(number, column, fault, text))
    return Row(number, texts_by_column, frozenset(unreadable))


def _fault(cell: _Cell) -> Fault | None:
    if cell.is_error:
        return Fault.FORMULA_ERROR
    if cell.is_formula:
        return Fault.NOT_CALCULATED
    if isinstance(cell.value, date | time | timedelta):
        return Fault.DATE
    return None


def _text(value: object) -> str:
    """Give a cell as a person reads it: whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return tidy(str(value))
