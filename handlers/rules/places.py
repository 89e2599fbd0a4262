"""Finding the place that somebody typed in the tree of organisations. Pure; never guesses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handlers.rules.place_words import PlaceReader, Spot, Vocabulary
from storage.vocabulary import OrganisationKind

_AREAS = frozenset({OrganisationKind.BRANCH, OrganisationKind.ESTATE, OrganisationKind.GRID})
_SURE_NAME = 3  # letters that make a name sure wherever it stands in a sentence
_LONGEST_PART = 10


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the tree; ``path`` holds the ids from the root down, ``/1/7/12/``."""

    id: int
    name: str
    kind: OrganisationKind
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a text says about a place.

    Attributes:
        node_id: the deepest node that is certain; None when none is.
        room: the digits left over below it, such as 501.
        span: where in the text the place stands; None when there is none.
        candidates: the nodes it may be, to be asked about; empty when there is nothing to ask.
    """

    node_id: int | None = None
    room: str = ""
    span: tuple[int, int] | None = None
    candidates: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Named:
    """Areas that a text names, and where it does so."""

    start: int
    end: int
    areas: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """Nodes that a spot may mean; certain when it is one that nothing else could be."""

    nodes: tuple[Node, ...]
    is_certain: bool


def match(text: str, nodes: Sequence[Node], *, home: int | None, vocabulary: Vocabulary) -> Match:
    """Find the place in a text; see ``Gazetteer``, which is worth keeping for many texts."""
    return Gazetteer(nodes, vocabulary).match(text, home=home)


class Gazetteer:
    """The nodes of one tree, indexed by the ways in which people name them."""

    def __init__(self, nodes: Iterable[Node], vocabulary: Vocabulary) -> None:
        self._reader = PlaceReader(vocabulary)
        self._nodes = {node.id: node for node in nodes}
        self._forms: list[tuple[str, Node]] = []
        self._buildings: dict[str, list[Node]] = {}
        self._units: dict[str, list[Node]] = {}
        self._named_buildings: list[tuple[str, Node]] = []
        areas = set[int]()
        for node in self._nodes.values():
            name = self._reader.plain(node.name)
            if node.kind in _AREAS:
                self._forms += [(form, node) for form in self._reader.forms(name)]
                areas |= {node.id} if node.kind is OrganisationKind.ESTATE else set()
            elif node.kind is OrganisationKind.BUILDING:
                key = self._reader.building_key(name)
                areas.add(self._area_of(node))
                if key is not None:
                    self._buildings.setdefault(key, []).append(node)
                elif len(name) > 1:
                    self._named_buildings.append((name, node))
            elif node.kind is OrganisationKind.UNIT:
                key = self._reader.unit_key(name)
                if key is not None:
                    self._units.setdefault(key, []).append(node)
        self._has_one_area = len(areas) <= 1

    def match(self, text: str, *, home: int | None) -> Match:
        """Find the place in a text.

        An area that the text names decides; where it names none, the home does. Without either
        nothing is certain but what exists in a single area's tree.

        Args:
            text: what somebody typed, also a whole sentence.
            home: the node that the person is bound to.
        """
        plain = self._reader.plain(text)
        named = self._sure_name(plain)
        spots = self._reader.spots(plain)
        found = [one for spot in spots if (one := self._at(plain, spot, named, home)) is not None]
        found += [] if found else self._at_named_building(plain, named, home)
        if found:
            return self._joined(found)
        named = named or self._whole_text(plain)
        if named is None:
            return Match()
        only = self._only_area(named.areas)
        return Match(
            node_id=only.id if only else None,
            span=(named.start, named.end),
            candidates=() if only else _ids(named.areas),
        )

    def _area_of(self, node: Node) -> int:
        """Give the estate a node stands in, else the nearest grid or branch, else 0."""
        above = [area for area in self._ancestors(node) if area.kind in _AREAS]
        estates = [area for area in above if area.kind is OrganisationKind.ESTATE]
        return (estates or above)[-1].id if above else 0

    def _ancestors(self, node: Node) -> list[Node]:
        """Give the known nodes from the root down to the node itself."""
        ids = (int(part) for part in node.path.split("/") if part.isdecimal())
        return [self._nodes[number] for number in ids if number in self._nodes]

    def _sure_name(self, plain: str) -> _Named | None:
        """Find the longest name of an area that stands in the text as a whole."""
        hits = [(form, node) for form, node in self._forms if form in plain]
        longest = max((len(form) for form, _ in hits), default=0)
        if longest < _SURE_NAME:
            return None
        hits = [(form, node) for form, node in hits if len(form) == longest]
        start = min(plain.index(form) for form, _ in hits)
        return _Named(start, start + longest, _distinct(node for _, node in hits))

    def _name_before(self, plain: str, start: int) -> _Named | None:
        """Find a part of an area's name right before a spot, such as two letters of four."""
        lead = self._reader.without_fillers(plain[:start])
        for core in self._reader.forms(lead):
            for length in range(min(len(core), _LONGEST_PART), 1, -1):
                part = core[-length:]
                areas = self._holding(part)
                if areas:
                    return _Named(len(core) - length, start, areas)
        return None

    def _whole_text(self, plain: str) -> _Named | None:
        """Find the areas of whose names the text is a part."""
        said = self._reader.without_fillers(plain)
        start = len(said) - len(said.lstrip())
        for form in self._reader.forms(said.strip()):
            areas = self._holding(form) if len(form) <= _LONGEST_PART else ()
            if areas:
                return _Named(start, len(said), areas)
        return None

    def _holding(self, part: str) -> tuple[Node, ...]:
        if not part.isalnum() or not self._reader.without_tail(part):
            return ()
        return _distinct(node for form, node in self._forms if part in form)

    def _at(
        self, plain: str, spot: Spot, sure: _Named | None, home: int | None
    ) -> tuple[Spot, _Found] | None:
        """Resolve one spot, widened by the area's name that belongs to it."""
        named = sure or self._name_before(plain, spot.start)
        is_next = (
            named is not None
            and named.start <= spot.start
            and not self._reader.without_fillers(self._without_tails(plain[named.end : spot.start]))
        )
        found = self._resolve(spot, named.areas if named else (), home)
        if spot.is_bare:
            is_first = not plain[: spot.start].strip()
            kind = OrganisationKind.UNIT if spot.unit else OrganisationKind.BUILDING
            if not (is_next or is_first) or any(node.kind is not kind for node in found.nodes):
                return None
        if not found.nodes:
            return None
        start = named.start if named is not None and is_next else spot.start
        return Spot(start, spot.end, spot.building, spot.unit, spot.room), found

    def _without_tails(self, part: str) -> str:
        """Take away everything at the end that names nothing."""
        while (shorter := self._reader.without_fillers(self._reader.without_tail(part))) != part:
            part = shorter
        return part

    def _at_named_building(
        self, plain: str, named: _Named | None, home: int | None
    ) -> list[tuple[Spot, _Found]]:
        """Find buildings that bear a name instead of a number."""
        hits = [(name, node) for name, node in self._named_buildings if name in plain]
        longest = max((len(name) for name, _ in hits), default=0)
        pool = [node for name, node in hits if len(name) == longest]
        if not pool:
            return []
        start = min(plain.index(name) for name, _ in hits if len(name) == longest)
        found = self._choose(pool, named.areas if named else (), home)
        return [(Spot(start, start + longest, None, None), found)] if found.nodes else []

    def _resolve(self, spot: Spot, areas: tuple[Node, ...], home: int | None) -> _Found:
        if spot.building is None:
            return self._resolve_unit(spot.unit or "", areas, home)
        found = self._choose(self._buildings.get(spot.building, []), areas, home)
        if spot.unit is None:
            return found
        units = self._units.get(spot.unit, [])
        return _Found(tuple(_deeper(node, units) for node in found.nodes), found.is_certain)

    def _resolve_unit(self, key: str, areas: tuple[Node, ...], home: int | None) -> _Found:
        """A unit without its building is one of the home's building, or of a named area."""
        units = self._units.get(key, [])
        if not areas and home in self._nodes:
            above = self._ancestors(self._nodes[home])
            buildings = [node for node in above if node.kind is OrganisationKind.BUILDING]
            areas = tuple(buildings[-1:])
            if not areas:
                return self._choose(units, (), home)
        if not areas:
            return _Found((), is_certain=False)
        inside = _inside(units, areas)
        return _Found(inside, is_certain=len(inside) == 1)

    def _choose(self, pool: Sequence[Node], areas: tuple[Node, ...], home: int | None) -> _Found:
        """Choose among nodes of one name by the named areas, else by the home."""
        if areas:
            inside = _inside(pool, areas)
            if not inside:
                only = self._only_area(areas)
                return _Found((only,) if only else areas, is_certain=only is not None)
            near = [node for area in self._home_areas(home) for node in _inside(inside, (area,))]
            if len(inside) > 1 and len(areas) > 1 and len(set(near)) == 1:
                inside = (near[0],)
            return _Found(inside, is_certain=len(inside) == 1)
        home_areas = self._home_areas(home)
        for area in home_areas:
            inside = _inside(pool, (area,))
            if inside:
                return _Found(inside, is_certain=len(inside) == 1)
        is_certain = len(pool) == 1 and self._has_one_area and not home_areas
        return _Found(tuple(pool), is_certain=is_certain)

    def _home_areas(self, home: int | None) -> list[Node]:
        """Give the home's estate; without one its grid and branch, the nearest first."""
        if home not in self._nodes:
            return []
        above = [node for node in self._ancestors(self._nodes[home]) if node.kind in _AREAS]
        estates = [node for node in above if node.kind is OrganisationKind.ESTATE]
        return estates[-1:] or above[::-1]

    def _only_area(self, areas: Sequence[Node]) -> Node | None:
        """An estate goes before the branch and the grid that bear its name."""
        estates = [area for area in areas if area.kind is OrganisationKind.ESTATE] or list(areas)
        return estates[0] if len(estates) == 1 else None

    def _joined(self, found: Sequence[tuple[Spot, _Found]]) -> Match:
        """Make one match of all spots: several certain places leave what they share."""
        spot = found[0][0]
        certain = _deepest(one.nodes[0] for _, one in found if one.is_certain)
        if not certain:
            return Match(
                room=spot.room,
                span=(spot.start, spot.end),
                candidates=_ids(node for _, one in found for node in one.nodes),
            )
        if len(certain) == 1:
            best = next(one for one, place in found if certain[0] in place.nodes)
            return Match(node_id=certain[0].id, room=best.room, span=(best.start, best.end))
        shared = [
            node
            for node in self._ancestors(certain[0])
            if node.kind in _AREAS and all(other.path.startswith(node.path) for other in certain)
        ]
        return Match(
            node_id=shared[-1].id if shared else None,
            span=(spot.start, found[-1][0].end),
            candidates=_ids(certain),
        )


def _ids(nodes: Iterable[Node]) -> tuple[int, ...]:
    return tuple(node.id for node in _distinct(nodes))


def _distinct(nodes: Iterable[Node]) -> tuple[Node, ...]:
    return tuple({node.id: node for node in nodes}.values())


def _inside(pool: Iterable[Node], areas: Sequence[Node]) -> tuple[Node, ...]:
    return tuple(node for node in pool if any(node.path.startswith(area.path) for area in areas))


def _deeper(node: Node, units: Iterable[Node]) -> Node:
    """Give the one unit inside a building; the node itself when there is none, or no single one."""
    inside = _inside(units, (node,)) if node.kind is OrganisationKind.BUILDING else ()
    return inside[0] if len(inside) == 1 else node


def _deepest(nodes: Iterable[Node]) -> list[Node]:
    """Leave out what contains another of the nodes."""
    every = _distinct(nodes)
    return [
        node
        for node in every
        if not any(other is not node and other.path.startswith(node.path) for other in every)
    ]
