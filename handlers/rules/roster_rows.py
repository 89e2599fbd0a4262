"""The rows of a roster workbook as plain values, and how a cell's text is tidied."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from storage.vocabulary import OrganisationKind, Role


class Sheet(StrEnum):
    """The two sheets, in their order in the workbook."""

    ORGANISATIONS = "organisations"
    PEOPLE = "people"


class Column(StrEnum):
    """The columns of both sheets, in the order in which they are documented."""

    CODE = "code"
    NAME = "name"
    KIND = "kind"
    PARENT = "parent"
    PERSON = "person"
    PHONE = "phone"
    USERID = "userid"
    ROLE = "role"
    ORGANISATION = "organisation"
    EMPLOYER = "employer"
    SKILLS = "skills"


COLUMNS = MappingProxyType(
    {
        Sheet.ORGANISATIONS: (Column.CODE, Column.NAME, Column.KIND, Column.PARENT),
        Sheet.PEOPLE: (
            Column.PERSON,
            Column.PHONE,
            Column.USERID,
            Column.ROLE,
            Column.ORGANISATION,
            Column.EMPLOYER,
            Column.SKILLS,
        ),
    }
)
_SHEET_OF = {column: sheet for sheet, columns in COLUMNS.items() for column in columns}

# The widths of the database's columns. A code also travels in a QR scene of 64 bytes, ``bind:…``.
LONGEST = MappingProxyType(
    {
        Column.CODE: 59,
        Column.NAME: 64,
        Column.PERSON: 32,
        Column.EMPLOYER: 64,
        Column.SKILLS: 200,
    }
)


class Fault(StrEnum):
    """What can be wrong with a cell, alone or beside other rows."""

    FORMULA_ERROR = "formula_error"
    NOT_CALCULATED = "not_calculated"
    DATE = "date"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_ROLE = "unknown_role"
    DUPLICATE_CODE = "duplicate_code"
    DUPLICATE_EMPLOYER = "duplicate_employer"
    UNKNOWN_PARENT = "unknown_parent"
    WRONG_PARENT = "wrong_parent"
    WRONG_CHILD = "wrong_child"
    CYCLE = "cycle"
    REPEATED_KIND = "repeated_kind"
    BAD_PHONE = "bad_phone"
    BAD_USERID = "bad_userid"
    USERID_TAKEN = "userid_taken"
    OTHER_NAME = "other_name"
    OTHER_USERID = "other_userid"
    OTHER_EMPLOYER = "other_employer"
    UNKNOWN_ORGANISATION = "unknown_organisation"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong; ``value`` stands there, ``other`` is the row or code it clashes with."""

    row: int
    column: Column
    fault: Fault
    value: str = ""
    other: str = ""

    @property
    def sheet(self) -> Sheet:
        """The sheet the column belongs to; no column stands in both."""
        return _SHEET_OF[self.column]

    @property
    def position(self) -> tuple[int, int, int]:
        """Where it stands, to sort by as a person reads the workbook."""
        return (list(Sheet).index(self.sheet), self.row, list(Column).index(self.column))


@dataclass(frozen=True, slots=True)
class Row:
    """One row as text; ``unreadable`` cells were named already and are not called empty again."""

    number: int
    cells: Mapping[Column, str]
    unreadable: frozenset[Column] = frozenset()


@dataclass(frozen=True, slots=True)
class Words:
    """The words that a roster uses for kinds and roles."""

    kinds: Mapping[str, OrganisationKind]
    roles: Mapping[str, Role]


@dataclass(slots=True)
class Report:
    """Collects the problems while rows are read."""

    problems: list[Problem] = field(default_factory=list)

    def add(
        self, row: int, column: Column, fault: Fault, value: str = "", other: str | int = ""
    ) -> None:
        """Note one problem; reading goes on, so that all are named at once."""
        self.problems.append(Problem(row, column, fault, value, str(other)))

    def cell(self, row: Row, column: Column, *, required: bool = True) -> str:
        """Read a cell; one that must not be empty, or is too long, is noted and reads as empty."""
        value = tidy(row.cells.get(column, ""))
        if not value and required and column not in row.unreadable:
            self.add(row.number, column, Fault.EMPTY)
        if len(value) > LONGEST.get(column, len(value)):
            self.add(row.number, column, Fault.TOO_LONG, value, LONGEST[column])
            return ""
        return value


def tidy(text: str) -> str:
    """Drop what nobody sees in a cell: control marks, and spaces at the ends or in rows."""
    visible = "".join(" " if unicodedata.category(mark)[0] == "C" else mark for mark in text)
    return " ".join(visible.split())


def tidy_code(text: str) -> str:
    """Tidy a code, so that full-width letters and digits name the same organisation."""
    return tidy(unicodedata.normalize("NFKC", text))


def tidy_name(text: str) -> str:
    """Tidy a person's name: rosters pad two characters with a space; Latin names keep theirs."""
    name = tidy(text)
    is_latin = any(mark.isascii() and mark.isalpha() for mark in name)
    return name if is_latin else name.replace(" ", "")
