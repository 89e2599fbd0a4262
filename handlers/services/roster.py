"""Taking over a roster: checked against what is stored, then written with few statements.

The same roster twice changes nothing. What is absent stays as it is; only a replacing import ends
the appointments that no row names. Who comes back later gets a new appointment: history stays.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from handlers.rules import roster as rules
from handlers.rules.roster import Member, Node, Roster
from handlers.rules.roster_rows import Row
from handlers.texts import roster as texts
from storage import roster as store
from storage import sealing
from storage.roster import NewPerson, StoredIdentity, StoredOrganisation, StoredPerson
from storage.vocabulary import OrganisationKind, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Under which terms a roster is taken over.

    Attributes:
        app_ids: the CorpIDs in which the roster's userids speak.
        today: the day in the community's time zone.
        ends_absent: end every appointment that the roster does not name.
    """

    app_ids: Collection[str]
    now: datetime
    today: date
    ends_absent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What changed; ``employers`` are those made from people's rows, ``tops`` the roots' names."""

    organisations_added: int
    organisations_changed: int
    employers: int
    tops: tuple[str, ...]
    people_added: int
    people_changed: int
    appointments_added: int
    appointments_ended: int
    identities_added: int
    identities_moved: int
    identities_released: int

    @property
    def changes(self) -> int:
        """All changes together."""
        return (
            self.organisations_added
            + self.organisations_changed
            + self.people_added
            + self.people_changed
            + self.appointments_added
            + self.appointments_ended
            + self.identities_added
            + self.identities_moved
            + self.identities_released
        )


def check(session: Session, organisations: Sequence[Row], people: Sequence[Row]) -> Roster:
    """Check a workbook's rows against each other and the stored tree; locks other imports out."""
    store.prepare(session)
    known = [
        Node(node.code, node.name, node.kind, parent)
        for node, parent in _with_parent_codes(store.organisations(session))
    ]
    return rules.check(organisations, people, known=known, words=texts.WORDS)


def take_over(session: Session, roster: Roster, terms: Terms) -> Outcome:
    """Write a checked roster in the session's transaction, and say what changed.

    Raises:
        ValueError: the roster has problems.
    """
    if roster.problems:
        raise ValueError("a roster with problems must not be taken over")
    tree = _write_tree(session, roster)
    people = _write_people(session, roster.members, tree.employers, terms)
    posts = {
        (people.ids[member.phone], tree.ids[code], role)
        for member in roster.members
        for code, role in member.appointments
    }
    added, ended = _write_appointments(session, posts, people.found, terms)
    userids = {people.ids[member.phone]: member.userid for member in roster.members}
    identities = _write_identities(session, userids, terms)
    return Outcome(
        organisations_added=tree.added,
        organisations_changed=tree.changed,
        employers=tree.employers_made,
        tops=tree.tops,
        people_added=len(people.ids) - len(people.found),
        people_changed=people.changed,
        appointments_added=added,
        appointments_ended=ended,
        identities_added=identities.added,
        identities_moved=identities.moved,
        identities_released=identities.released,
    )


def _with_parent_codes(
    stored: Sequence[StoredOrganisation],
) -> Iterator[tuple[StoredOrganisation, str]]:
    codes = {node.id: node.code for node in stored}
    for node in stored:
        yield node, "" if node.parent_id is None else codes[node.parent_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tree:
    """The tree after the import; ``employers`` gives ids by name."""

    ids: Mapping[str, int]
    employers: Mapping[str, int]
    employers_made: int
    added: int
    changed: int
    tops: tuple[str, ...]


def _write_tree(session: Session, roster: Roster) -> _Tree:
    stored = dict[str, StoredOrganisation]()
    nodes = dict[str, Node]()
    for node, parent in _with_parent_codes(store.organisations(session)):
        stored[node.code] = node
        nodes[node.code] = Node(node.code, node.name, node.kind, parent)
    for named in roster.organisations:
        _take_over_employer(named, stored, nodes)
        nodes[named.code] = named
    made = _employers_to_make(roster.members, nodes)
    nodes |= {node.code: node for node in made}
    new = [node for node in nodes.values() if node.code not in stored]
    ids = {code: node.id for code, node in stored.items()}
    ids |= store.add_organisations(session, [(node.code, node.name, node.kind) for node in new])
    paths = dict[str, str]()
    wanted = [
        StoredOrganisation(
            id=ids[code],
            code=code,
            name=node.name,
            kind=node.kind,
            parent_id=ids[node.parent] if node.parent else None,
            path=_path(code, nodes, ids, paths),
        )
        for code, node in nodes.items()
    ]
    store.change_organisations(session, (node for node in wanted if node != stored.get(node.code)))
    # A node that only moved along with its parent is not a change that anybody made.
    changed = [
        node
        for node in wanted
        if node.code in stored and replace(node, path=stored[node.code].path) != stored[node.code]
    ]
    tops = [
        node.name
        for node in nodes.values()
        if not node.parent and node.kind is not OrganisationKind.EMPLOYER
    ]
    return _Tree(
        ids=ids,
        employers={name: ids[code] for name, code in _employer_codes(nodes).items()},
        employers_made=len(made),
        added=len(new),
        changed=len(changed),
        tops=tuple(tops),
    )


def _take_over_employer(
    named: Node, stored: dict[str, StoredOrganisation], nodes: dict[str, Node]
) -> None:
    """Let a row for an employer that people's rows made earlier give it its proper code."""
    made = rules.employer_code(named.name)
    if named.kind is OrganisationKind.EMPLOYER and named.code not in stored and made in stored:
        stored[named.code] = stored.pop(made)
        del nodes[made]


def _employer_codes(nodes: Mapping[str, Node]) -> dict[str, str]:
    codes = dict[str, str]()
    for code, node in nodes.items():
        if node.kind is OrganisationKind.EMPLOYER and (
            node.name not in codes or codes[node.name] == rules.employer_code(node.name)
        ):
            codes[node.name] = code
    return codes


def _employers_to_make(members: Sequence[Member], nodes: Mapping[str, Node]) -> list[Node]:
    known = _employer_codes(nodes)
    names = {member.employer: None for member in members if member.employer not in known}
    made = []
    for name in names:
        code = rules.employer_code(name)
        while code in nodes:  # an employer that was renamed since
            code += "-2"
        if name:
            made.append(Node(code, name, OrganisationKind.EMPLOYER))
    return made


def _path(
    code: str, nodes: Mapping[str, Node], ids: Mapping[str, int], paths: dict[str, str]
) -> str:
    if code not in paths:
        parent = nodes[code].parent
        above = _path(parent, nodes, ids, paths) if parent else "/"
        paths[code] = f"{above}{ids[code]}/"
    return paths[code]


@dataclass(frozen=True, slots=True, kw_only=True)
class _People:
    """Person ids by phone; ``found`` are the ids that were stored before."""

    ids: Mapping[str, int]
    found: Collection[int]
    changed: int


def _write_people(
    session: Session, members: Sequence[Member], employers: Mapping[str, int], terms: Terms
) -> _People:
    hashes = {member.phone: sealing.keyed_hash(member.phone) for member in members}
    stored = store.people(session, hashes.values())
    newcomers = list[NewPerson]()
    changed = list[StoredPerson]()
    for member in members:
        phone_hash = hashes[member.phone]
        employer = employers[member.employer] if member.employer else None
        before = stored.get(phone_hash)
        if before is None:
            sealed = sealing.seal(member.phone)
            newcomers.append(NewPerson(phone_hash, sealed, member.name, employer, member.skills))
            continue
        after = StoredPerson(before.id, phone_hash, member.name, employer, member.skills)
        if after != before:
            changed.append(after)
    ids = {phone_hash: person.id for phone_hash, person in stored.items()}
    ids |= store.add_people(session, newcomers, now=terms.now)
    store.change_people(session, changed)
    return _People(
        ids={phone: ids[phone_hash] for phone, phone_hash in hashes.items()},
        found=frozenset(person.id for person in stored.values()),
        changed=len(changed),
    )


def _write_appointments(
    session: Session, posts: set[tuple[int, int, Role]], found: Collection[int], terms: Terms
) -> tuple[int, int]:
    whose = None if terms.ends_absent else found
    running = store.appointments(session, whose, today=terms.today)
    held = {(post.person_id, post.organisation_id, post.role) for post in running}
    new = sorted(posts - held)
    store.add_appointments(session, new, today=terms.today)
    if not terms.ends_absent:
        return len(new), 0
    absent = [
        post.id
        for post in running
        if (post.person_id, post.organisation_id, post.role) not in posts
    ]
    store.end_appointments(session, absent, today=terms.today)
    return len(new), len(absent)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Identities:
    """How many identities were made, tied to another person, or untied."""

    added: int
    moved: int
    released: int


def _write_identities(session: Session, userids: Mapping[int, str], terms: Terms) -> _Identities:
    """Tie every userid to its person, in each company.

    Who wrote before standing in the roster is a person without a phone: the roster person takes
    over the identity and what was placed with it. A userid that the roster gives to somebody else
    moves to that person, the orders stay where they are. A userid that a person no longer has is
    tied to a new, unknown person: whoever bears it now does not speak for the former owner. An
    empty cell says nothing and leaves the identity as it is.
    """
    wanted = {
        (app_id, userid): person
        for person, userid in userids.items()
        if userid
        for app_id in sorted(terms.app_ids)
    }
    owners = set(wanted.values())
    names = {userid for _, userid in wanted}
    stored = store.identities(session, terms.app_ids, names, owners)
    by_key = {(identity.app_id, identity.userid): identity for identity in stored}
    strange = {
        identity.person_id: wanted[key]
        for key, identity in by_key.items()
        if key in wanted and not identity.is_listed
    }
    moves = {
        identity.id: wanted[key]
        for key, identity in by_key.items()
        if key in wanted and identity.person_id != wanted[key]
    }
    outdated = [
        identity
        for key, identity in by_key.items()
        if key not in wanted and identity.is_listed and identity.person_id in owners
    ]
    new = [(*key, person) for key, person in wanted.items() if key not in by_key]
    store.adopt(session, strange)
    store.move_identities(session, moves)
    _release(session, outdated, terms)
    store.add_identities(session, new)
    return _Identities(added=len(new), moved=len(moves), released=len(outdated))


def _release(session: Session, outdated: Sequence[StoredIdentity], terms: Terms) -> None:
    strangers = store.add_strangers(session, len(outdated), now=terms.now)
    pairs = zip(outdated, strangers, strict=True)
    store.move_identities(session, {identity.id: person for identity, person in pairs})
