"""Who speaks and what they are in the middle of: read under a lock, written back set-based."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, exists, insert, select, tuple_, update

from storage.models import Appointment, Conversation, Delivery, Identity, Organisation, Person
from storage.vocabulary import DeliveryStatus, OrganisationKind, Platform, Role


@dataclass(slots=True)
class Talk:
    """The mutable state of one identity's conversation during its turns."""

    name: str | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    asked_at: datetime | None = None
    menu: list[Any] = field(default_factory=list)
    menu_until: datetime | None = None
    pages: list[Any] | None = None

    def copy(self) -> "Talk":
        """Give an independent copy, to come back to when a turn fails."""
        return replace(self, answers=dict(self.answers), menu=list(self.menu))


@dataclass(frozen=True, slots=True)
class Holding:
    """One running appointment of a speaker."""

    role: Role
    organisation_id: int
    path: str
    kind: OrganisationKind
    name: str


@dataclass(slots=True)
class Speaker:
    """Everything the frame reads about whoever sent a message, in two statements a batch."""

    identity_id: int
    platform: Platform
    person_id: int
    name: str | None
    is_registered: bool
    home_id: int | None
    prefers_text: bool
    contact_name: str | None
    contact_sealed: str | None
    greeted_on: date | None
    is_following: bool
    has_pending: bool
    talk: Talk
    holdings: tuple[Holding, ...] = ()

    def copy(self) -> "Speaker":
        """Give an independent copy, to come back to when a turn fails."""
        return replace(self, talk=self.talk.copy())

    def become_stranger(self, person_id: int) -> None:
        """Know nothing of whoever leaves, in the later turns of the batch too.

        A draft goes as well: it may hold the phone.
        """
        self.person_id, self.name, self.is_registered = person_id, None, False
        self.home_id = self.contact_name = self.contact_sealed = None
        self.has_pending, self.holdings, self.talk = False, (), Talk()


_people = cast("Table", Person.__table__)
_identities = cast("Table", Identity.__table__)
_conversations = cast("Table", Conversation.__table__)

_has_pending = exists().where(
    Delivery.person_id == Person.id, Delivery.status == DeliveryStatus.PENDING
)
_select_speakers = (
    select(
        Identity.app_id,
        Identity.external_id,
        Identity.id,
        Identity.platform,
        Identity.greeted_on,
        Identity.is_following,
        Person.id,
        Person.name,
        Person.phone_hash.is_not(None),
        Person.home_id,
        Person.prefers_text,
        Person.contact_name,
        Person.contact_sealed,
        _has_pending,
        Conversation.name,
        Conversation.answers,
        Conversation.asked_at,
        Conversation.menu,
        Conversation.menu_until,
        Conversation.pages,
    )
    .join(Person, Person.id == Identity.person_id)
    .join(Conversation, Conversation.identity_id == Identity.id)
    .where(tuple_(Identity.app_id, Identity.external_id).in_(bindparam("pairs", expanding=True)))
    .order_by(Identity.id)
    .with_for_update(of=Conversation)
)
_select_identities = select(Identity.app_id, Identity.external_id, Identity.id).where(
    tuple_(Identity.app_id, Identity.external_id).in_(bindparam("pairs", expanding=True))
)
_select_holdings = (
    select(
        Appointment.person_id,
        Appointment.role,
        Organisation.id,
        Organisation.path,
        Organisation.kind,
        Organisation.name,
    )
    .join(Organisation, Organisation.id == Appointment.organisation_id)
    .where(
        Appointment.person_id.in_(bindparam("people", expanding=True)),
        Appointment.starts_on <= bindparam("today"),
        (Appointment.ends_on.is_(None)) | (Appointment.ends_on > bindparam("today")),
    )
    .order_by(Appointment.id)
)
# SQLite numbers the rows of one INSERT upwards in their order, which SQLAlchemy does not rely on:
# asked for the order there, it would send one statement for each row.
_add_people = {
    "postgresql": insert(_people).returning(_people.c.id, sort_by_parameter_order=True),
    "sqlite": insert(_people).returning(_people.c.id),
}
_add_identities = {
    "postgresql": insert(_identities).returning(_identities.c.id, sort_by_parameter_order=True),
    "sqlite": insert(_identities).returning(_identities.c.id),
}
_add_conversations = insert(_conversations)
_update_talk = (
    update(_conversations)
    .where(_conversations.c.identity_id == bindparam("row"))
    .values(
        name=bindparam("its_name"),
        answers=bindparam("its_answers"),
        asked_at=bindparam("its_asked_at"),
        menu=bindparam("its_menu"),
        menu_until=bindparam("its_menu_until"),
        pages=bindparam("its_pages"),
    )
)
_are_these = _identities.c.id.in_(bindparam("rows", expanding=True))
_note_message = (
    update(_identities)
    .where(_are_these)
    .values(messaged_at=bindparam("at"), message_sends=0, is_following=True)
)
_note_tap = (
    update(_identities)
    .where(_are_these)
    .values(tapped_at=bindparam("at"), tap_sends=0, is_following=True)
)
_note_return = update(_identities).where(_are_these).values(is_following=True)

Pair = tuple[str, str]


def speakers(
    connection: Connection, pairs: Mapping[Pair, Platform], *, now: datetime, today: date
) -> dict[Pair, Speaker]:
    """Lock and read the conversations of (app id, external id) pairs, making what is missing.

    Rows are locked in the order of their ids, so that two processes never wait in a circle.
    """
    wanted = sorted(pairs)
    found = _read(connection, wanted)
    missing = [pair for pair in wanted if pair not in found]
    if missing:
        _introduce(connection, {pair: pairs[pair] for pair in missing}, now=now)
        found |= _read(connection, missing)
    people = {speaker.person_id for speaker in found.values()}
    holdings: dict[int, list[Holding]] = {}
    posts = connection.execute(_select_holdings, {"people": sorted(people), "today": today})
    for person_id, role, organisation_id, path, kind, name in posts:
        post = Holding(role, organisation_id, path, kind, name)
        holdings.setdefault(person_id, []).append(post)
    for speaker in found.values():
        speaker.holdings = tuple(holdings.get(speaker.person_id, ()))
    return found


def _read(connection: Connection, pairs: Sequence[Pair]) -> dict[Pair, Speaker]:
    found = {}
    for row in connection.execute(_select_speakers, {"pairs": list(pairs)}):
        app_id, external_id, identity_id, platform, greeted_on, is_following, *rest = row
        *person, has_pending, name, answers, asked_at, menu, menu_until, pages = rest
        person_id, person_name, is_registered, home_id, prefers_text, contact, sealed = person
        found[app_id, external_id] = Speaker(
            identity_id=identity_id,
            platform=platform,
            person_id=person_id,
            name=person_name,
            is_registered=bool(is_registered),
            home_id=home_id,
            prefers_text=prefers_text,
            contact_name=contact,
            contact_sealed=sealed,
            greeted_on=greeted_on,
            is_following=is_following,
            has_pending=bool(has_pending),
            talk=Talk(name, answers, asked_at, menu, menu_until, pages),
        )
    return found


def _introduce(connection: Connection, pairs: Mapping[Pair, Platform], *, now: datetime) -> None:
    """Make identity, person and conversation for those who speak for the first time.

    Two processes that introduce the same person meet in the unique key; the loser's batch is run
    again and finds the winner's rows.
    """
    known = {
        (row[0], row[1]): row[2]
        for row in connection.execute(_select_identities, {"pairs": list(pairs)})
    }
    strangers = [pair for pair in pairs if pair not in known]
    if strangers:
        dialect = connection.dialect.name
        people = connection.execute(
            _add_people[dialect],
            [{"created_at": now, "skills": "", "prefers_text": False} for _ in strangers],
        )
        identities = connection.execute(
            _add_identities[dialect],
            [
                {
                    "platform": pairs[app_id, external_id],
                    "app_id": app_id,
                    "external_id": external_id,
                    "person_id": person_id,
                    "is_following": True,
                    "message_sends": 0,
                    "tap_sends": 0,
                }
                for (app_id, external_id), person_id in zip(
                    strangers, sorted(people.scalars()), strict=True
                )
            ],
        )
        known |= dict(zip(strangers, sorted(identities.scalars()), strict=True))
    connection.execute(
        _add_conversations,
        [{"identity_id": known[pair], "answers": {}, "menu": []} for pair in pairs],
    )


def save(connection: Connection, talks: dict[int, Talk]) -> None:
    """Write conversations back, by identity id."""
    connection.execute(
        _update_talk,
        [
            {
                "row": identity_id,
                "its_name": talk.name,
                "its_answers": talk.answers,
                "its_asked_at": talk.asked_at,
                "its_menu": talk.menu,
                "its_menu_until": talk.menu_until,
                "its_pages": talk.pages,
            }
            for identity_id, talk in sorted(talks.items())
        ],
    )


def note_activity(
    connection: Connection,
    *,
    messaged: Sequence[int],
    tapped: Sequence[int],
    returned: Sequence[int] = (),
    now: datetime,
) -> None:
    """Open the official account's send windows for identities that wrote or tapped.

    ``returned`` were thought to have left; whoever speaks is there.
    """
    if messaged:
        connection.execute(_note_message, {"rows": sorted(messaged), "at": now})
    if tapped:
        connection.execute(_note_tap, {"rows": sorted(tapped), "at": now})
    if returned:
        connection.execute(_note_return, {"rows": sorted(returned)})
