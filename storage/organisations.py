"""The tree of organisations, read whole for matching places and kept a short while."""

import time
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, RootTransaction, func, select
from sqlalchemy.orm import Session

from storage.models import Organisation
from storage.vocabulary import OrganisationKind

_KEPT_SECONDS = 60.0
_KNOWN = "tree"


@dataclass(frozen=True, slots=True)
class Place:
    """One node of the tree."""

    id: int
    code: str
    name: str
    kind: OrganisationKind
    parent_id: int | None
    path: str


class Tree:
    """All nodes, found by id or code; ancestors come from the paths."""

    def __init__(self, places: list[Place]) -> None:
        """Index the nodes."""
        self.places = places
        self.by_id = {place.id: place for place in places}
        self.by_code = {place.code: place for place in places}

    def ancestors(self, node_id: int) -> list[Place]:
        """Give the nodes from the root down to the node itself."""
        node = self.by_id.get(node_id)
        if node is None:
            return []
        ids = [int(part) for part in node.path.split("/") if part]
        return [self.by_id[part] for part in ids if part in self.by_id]

    def nearest(self, node_id: int, kind: OrganisationKind) -> Place | None:
        """Give the nearest node of a kind upwards, the node itself included."""
        found = [place for place in self.ancestors(node_id) if place.kind is kind]
        return found[-1] if found else None

    def children(self, node_id: int | None, kinds: frozenset[OrganisationKind]) -> list[Place]:
        """Give the nearest descendants of certain kinds, whatever lies between."""
        prefix = self.by_id[node_id].path if node_id is not None else "/"
        below = [
            place
            for place in self.places
            if place.kind in kinds and place.path.startswith(prefix) and place.id != node_id
        ]
        paths = [place.path for place in below]
        return [
            place
            for place in below
            if not any(path != place.path and place.path.startswith(path) for path in paths)
        ]


_fingerprint = select(
    func.count(),
    func.max(Organisation.id),
    func.sum(func.length(Organisation.name) + func.length(Organisation.path)),
)
_select = select(
    Organisation.id,
    Organisation.code,
    Organisation.name,
    Organisation.kind,
    Organisation.parent_id,
    Organisation.path,
).order_by(Organisation.path, Organisation.id)
_kept: "WeakKeyDictionary[Engine, tuple[float, tuple[object, ...], Tree]]" = WeakKeyDictionary()


def tree(session: Session) -> Tree:
    """Give the tree; a roster import is seen at once by its fingerprint, a renaming in a minute.

    A transaction asks for the fingerprint once, and so does a whole batch of turns. It is read on
    the batch's own connection: a turn that needs nothing else then needs no savepoint either.
    """
    bind = session.get_bind()
    connection = bind if isinstance(bind, Connection) else session.connection()
    known: tuple[RootTransaction, Tree] | None = connection.info.get(_KNOWN)
    if known is not None and known[0] is connection.get_transaction():
        return known[1]
    current = _current(connection)
    connection.info[_KNOWN] = (connection.get_transaction(), current)
    return current


def _current(connection: Connection) -> Tree:
    mark = tuple(connection.execute(_fingerprint).one())
    kept = _kept.get(connection.engine)
    if kept is not None and kept[1] == mark and time.monotonic() - kept[0] < _KEPT_SECONDS:
        return kept[2]
    fresh = Tree([Place(*row) for row in connection.execute(_select)])
    _kept[connection.engine] = (time.monotonic(), mark, fresh)
    return fresh
