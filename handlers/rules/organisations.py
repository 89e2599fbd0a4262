"""The shape of the tree: which kind may stand under which, and no circles."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from handlers.rules.roster_rows import Column, Fault, Report
from storage.vocabulary import OrganisationKind

_TOP = (
    OrganisationKind.CITY,
    OrganisationKind.DISTRICT,
    OrganisationKind.STREET,
    OrganisationKind.COMMUNITY,
)
# A branch may serve several estates and an estate have several branches; grids likewise. So these
# three may hold each other in any order, only no kind may come twice on the way up.
_MIDDLE = (OrganisationKind.BRANCH, OrganisationKind.ESTATE, OrganisationKind.GRID)

PARENTS: Mapping[OrganisationKind, frozenset[OrganisationKind]] = MappingProxyType(
    {kind: frozenset(_TOP[:level]) for level, kind in enumerate(_TOP)}
    | {kind: frozenset((*_TOP, *_MIDDLE)) - {kind} for kind in _MIDDLE}
    | {
        OrganisationKind.BUILDING: frozenset((*_TOP, *_MIDDLE)),
        OrganisationKind.UNIT: frozenset((*_TOP, *_MIDDLE, OrganisationKind.BUILDING)),
        OrganisationKind.DEPARTMENT: frozenset(_TOP),
        OrganisationKind.EMPLOYER: frozenset(),
    }
)
_DEEPEST = len(OrganisationKind)


@dataclass(slots=True)
class Entry:
    """A node as it would be after the import; ``row`` is None when the workbook leaves it alone.

    ``kind`` is None where the row's word for it is wrong: then nothing more is said about it.
    """

    name: str
    kind: OrganisationKind | None
    parent: str
    row: int | None = None


def check_tree(tree: Mapping[str, Entry], report: Report) -> None:
    """Note every row that would make the tree impossible, also by what hangs under it unnamed."""
    for code, entry in tree.items():
        above = list(_above(tree, code))
        if entry.row is None:
            _check_kept(tree, code, above, report)
        else:
            _check_row(tree, code, above, report)


def _above(tree: Mapping[str, Entry], code: str) -> Iterator[str]:
    """Walk up from a node, not further than a sound tree is deep: bad ones have circles."""
    for _ in range(_DEEPEST):
        code = tree[code].parent
        if code not in tree:
            return
        yield code


def _check_row(tree: Mapping[str, Entry], code: str, above: Sequence[str], report: Report) -> None:
    entry = tree[code]
    row = entry.row or 0
    if code in above:
        report.add(row, Column.PARENT, Fault.CYCLE, code)
    elif entry.parent and not above:
        report.add(row, Column.PARENT, Fault.UNKNOWN_PARENT, entry.parent)
    elif entry.kind is not None and above:
        parent = tree[above[0]].kind
        if parent is not None and parent not in PARENTS[entry.kind]:
            report.add(row, Column.PARENT, Fault.WRONG_PARENT, entry.kind, parent)
        elif any(tree[higher].kind is entry.kind for higher in above[1:]):
            report.add(row, Column.PARENT, Fault.REPEATED_KIND, entry.kind)


def _check_kept(tree: Mapping[str, Entry], code: str, above: Sequence[str], report: Report) -> None:
    """Note the row above whose change leaves no room for a node that has no row of its own."""
    entry = tree[code]
    changed = next((row for higher in above if (row := tree[higher].row) is not None), None)
    if entry.kind is None or changed is None:
        return
    kinds = [tree[higher].kind for higher in above]
    if (kinds[0] is not None and kinds[0] not in PARENTS[entry.kind]) or entry.kind in kinds:
        report.add(changed, Column.KIND, Fault.WRONG_CHILD, entry.name, code)
