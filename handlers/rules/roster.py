"""What a roster must be before any of it is believed. Pure: no file, no session, no Chinese.

Rows come in as text; out comes a plan, or every single problem by sheet, row and column.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from handlers.rules import phones
from handlers.rules.organisations import Entry, check_tree
from handlers.rules.roster_rows import (
    LONGEST,
    Column,
    Fault,
    Problem,
    Report,
    Row,
    Words,
    tidy_code,
    tidy_name,
)
from storage.vocabulary import OrganisationKind, Role

# WeCom's own rule; it also keeps ``|`` and ``@all`` out of the recipients of a send.
_USERID = re.compile(r"[a-z0-9][a-z0-9_.@-]{0,63}")


@dataclass(frozen=True, slots=True)
class Node:
    """An organisation as the roster names it; ``parent`` is a code, empty at the top."""

    code: str
    name: str
    kind: OrganisationKind
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person of the roster, all rows of the phone taken together."""

    phone: str
    name: str
    userid: str = ""
    employer: str = ""
    skills: str = ""
    appointments: frozenset[tuple[str, Role]] = frozenset()


@dataclass(frozen=True, slots=True)
class Roster:
    """A checked roster; with problems it must not be used."""

    organisations: tuple[Node, ...]
    members: tuple[Member, ...]
    problems: tuple[Problem, ...]


def employer_code(name: str) -> str:
    """Give the code of an employer that only people's rows name."""
    return f"employer-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def check(
    organisations: Sequence[Row], people: Sequence[Row], *, known: Iterable[Node], words: Words
) -> Roster:
    """Check both sheets against each other and against what is known already.

    Args:
        organisations: the rows of the sheet of organisations.
        people: the rows of the sheet of people, one appointment each.
        known: the organisations stored already; a row may name them as parent or organisation.
        words: the words for kinds and roles.
    """
    report = Report()
    tree = {node.code: Entry(node.name, node.kind, node.parent) for node in known}
    _enter(organisations, tree, words, report)
    check_tree(tree, report)
    _check_employers(tree, report)
    members = _members(people, tree, words, report)
    nodes = tuple(
        Node(code, entry.name, entry.kind, entry.parent)
        for code, entry in tree.items()
        if entry.row is not None and entry.kind is not None
    )
    problems = sorted(report.problems, key=lambda problem: problem.position)
    return Roster(nodes, members, tuple(problems))


def _enter(rows: Sequence[Row], tree: dict[str, Entry], words: Words, report: Report) -> None:
    for row in rows:
        code = tidy_code(report.cell(row, Column.CODE))
        name = report.cell(row, Column.NAME)
        word = report.cell(row, Column.KIND)
        parent = tidy_code(report.cell(row, Column.PARENT, required=False))
        kind = words.kinds.get(word)
        if word and kind is None:
            report.add(row.number, Column.KIND, Fault.UNKNOWN_KIND, word)
        earlier = tree.get(code)
        if earlier is not None and earlier.row is not None:
            report.add(row.number, Column.CODE, Fault.DUPLICATE_CODE, code, earlier.row)
        elif code:
            tree[code] = Entry(name, kind, parent, row.number)


def _check_employers(tree: Mapping[str, Entry], report: Report) -> None:
    """People name their employer by its name, so one name may stand for one employer only."""
    owners: dict[str, str] = {}
    employers = [item for item in tree.items() if item[1].kind is OrganisationKind.EMPLOYER]
    for code, entry in sorted(employers, key=lambda item: item[1].row or 0):
        if entry.row is None and code == employer_code(entry.name):
            continue  # a row of the same name takes this one over
        owner = owners.setdefault(entry.name, code)
        if owner != code and entry.row is not None:
            report.add(entry.row, Column.NAME, Fault.DUPLICATE_EMPLOYER, entry.name, owner)


@dataclass(frozen=True, slots=True)
class _PersonRow:
    """One row of the sheet of people; what is wrong with it alone is noted already."""

    number: int
    name: str
    phone: str | None
    userid: str
    role: Role | None
    organisation: str
    employer: str
    skills: str


@dataclass(slots=True)
class _Gathered:
    """What the rows of one phone say together; ``row`` is the first of them."""

    row: int
    name: str = ""
    userid: str = ""
    employer: str = ""
    skills: list[str] = field(default_factory=list)
    appointments: set[tuple[str, Role]] = field(default_factory=set)


def _members(
    rows: Sequence[Row], tree: Mapping[str, Entry], words: Words, report: Report
) -> tuple[Member, ...]:
    people: dict[str, _Gathered] = {}
    owners: dict[str, _Gathered] = {}
    for row in rows:
        read = _read_person(row, tree, words, report)
        if read.phone is None:
            continue
        person = people.setdefault(read.phone, _Gathered(read.number))
        _agree(person, read, report)
        owner = owners.setdefault(read.userid, person) if read.userid else person
        if owner is not person:
            report.add(read.number, Column.USERID, Fault.USERID_TAKEN, read.userid, owner.row)
    return tuple(
        Member(
            phone=phone,
            name=person.name,
            userid=person.userid,
            employer=person.employer,
            skills=" ".join(person.skills),
            appointments=frozenset(person.appointments),
        )
        for phone, person in people.items()
    )


def _read_person(row: Row, tree: Mapping[str, Entry], words: Words, report: Report) -> _PersonRow:
    name = tidy_name(report.cell(row, Column.PERSON))
    said = report.cell(row, Column.PHONE)
    phone = phones.mobile(said)
    if said and phone is None:
        report.add(row.number, Column.PHONE, Fault.BAD_PHONE, said)
    userid = report.cell(row, Column.USERID, required=False).lower()
    if userid and not _USERID.fullmatch(userid):
        report.add(row.number, Column.USERID, Fault.BAD_USERID, userid)
        userid = ""
    word = report.cell(row, Column.ROLE)
    role = words.roles.get(word)
    if word and role is None:
        report.add(row.number, Column.ROLE, Fault.UNKNOWN_ROLE, word)
    organisation = tidy_code(report.cell(row, Column.ORGANISATION))
    if organisation and organisation not in tree:
        report.add(row.number, Column.ORGANISATION, Fault.UNKNOWN_ORGANISATION, organisation)
    employer = report.cell(row, Column.EMPLOYER, required=False)
    skills = report.cell(row, Column.SKILLS, required=False)
    return _PersonRow(row.number, name, phone, userid, role, organisation, employer, skills)


def _agree(person: _Gathered, read: _PersonRow, report: Report) -> None:
    """Add a row to what the phone's earlier rows said, and note where it says otherwise."""
    person.name = person.name or read.name
    person.userid = person.userid or read.userid
    person.employer = person.employer or read.employer
    for said, settled, column, fault in (
        (read.name, person.name, Column.PERSON, Fault.OTHER_NAME),
        (read.userid, person.userid, Column.USERID, Fault.OTHER_USERID),
        (read.employer, person.employer, Column.EMPLOYER, Fault.OTHER_EMPLOYER),
    ):
        if said and said != settled:
            report.add(read.number, column, fault, said, person.row)
    if read.skills and read.skills not in person.skills:
        person.skills.append(read.skills)
        if len(" ".join(person.skills)) > LONGEST[Column.SKILLS]:
            longest = LONGEST[Column.SKILLS]
            report.add(read.number, Column.SKILLS, Fault.TOO_LONG, read.skills, longest)
    if read.role is not None:
        person.appointments.add((read.organisation, read.role))
