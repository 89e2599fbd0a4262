"""The set-based reads and writes of a roster import, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from storage import database, roster
from storage.models import (
    Delivery,
    Identity,
    Notice,
    Order,
    OrderEvent,
    Organisation,
    Person,
    Verification,
)
from storage.roster import NewPerson, StoredOrganisation
from storage.vocabulary import NoticeKind, OrderAction, OrganisationKind, Platform, Role

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
TODAY = NOW.date()


def add_node(engine: Engine) -> int:
    with database.transaction(engine) as session:
        ids = roster.add_organisations(session, [("JL", "近邻社区", OrganisationKind.COMMUNITY)])
        return ids["JL"]


def add_people(engine: Engine, *names: str) -> list[int]:
    with database.transaction(engine) as session:
        newcomers = [NewPerson(f"hash-{name}", "sealed", name, None, "") for name in names]
        ids = roster.add_people(session, newcomers, now=NOW)
        return [ids[f"hash-{name}"] for name in names]


def test_ids_are_given_by_code_also_of_many(engine: Engine) -> None:
    count = 2 * roster.CHUNK + 1
    with database.transaction(engine) as session:
        ids = roster.add_organisations(
            session,
            [(f"B{number}", f"{number}栋", OrganisationKind.BUILDING) for number in range(count)],
        )
        stored = {node.code: node for node in roster.organisations(session)}
    assert len(ids) == count
    assert {code: stored[code].id for code in ids} == ids
    assert stored["B7"].name == "7栋"


def test_nodes_are_changed_by_their_id(engine: Engine) -> None:
    number = add_node(engine)
    changed = StoredOrganisation(
        number, "JL2", "新近邻", OrganisationKind.STREET, None, f"/{number}/"
    )
    with database.transaction(engine) as session:
        roster.change_organisations(session, [changed])
        assert roster.organisations(session) == [changed]


def test_people_are_found_by_hash_across_chunks(engine: Engine) -> None:
    names = [f"人{number}" for number in range(roster.CHUNK + 5)]
    ids = add_people(engine, *names)
    with database.transaction(engine) as session:
        found = roster.people(session, [f"hash-{name}" for name in (*names, "没有")])
    assert [found[f"hash-{name}"].id for name in names] == ids
    assert len(found) == len(names)


def test_only_appointments_that_go_on_are_read(engine: Engine) -> None:
    node = add_node(engine)
    first, second = add_people(engine, "甲", "乙")
    with database.transaction(engine) as session:
        roster.add_appointments(
            session, [(first, node, Role.MEMBER), (second, node, Role.DEPUTY)], today=TODAY
        )
        everybody = roster.appointments(session, None, today=TODAY)
        roster.end_appointments(session, [everybody[0].id], today=TODAY)
        left = roster.appointments(session, [first, second], today=TODAY)
        yesterday = roster.appointments(session, [first], today=TODAY - timedelta(days=1))
    assert [(post.person_id, post.role) for post in left] == [(second, Role.DEPUTY)]
    assert [post.person_id for post in yesterday] == [first]


def test_identities_are_found_by_userid_and_by_person_once(engine: Engine) -> None:
    (listed,) = add_people(engine, "甲")
    with database.transaction(engine) as session:
        (stranger,) = roster.add_strangers(session, 1, now=NOW)
        roster.add_identities(
            session, [("corp", "a", listed), ("corp", "b", stranger), ("other", "a", listed)]
        )
        found = roster.identities(session, ["corp"], ["a", "b"], [listed])
    assert sorted((one.userid, one.person_id, one.is_listed) for one in found) == [
        ("a", listed, True),
        ("b", stranger, False),
    ]


def test_identities_of_the_official_account_are_left_alone(engine: Engine) -> None:
    (listed,) = add_people(engine, "甲")
    with database.transaction(engine) as session:
        session.add(
            Identity(
                platform=Platform.OFFICIAL, app_id="corp", external_id="openid", person_id=listed
            )
        )
        session.flush()
        assert roster.identities(session, ["corp"], ["openid"], [listed]) == []


def leave_traces(engine: Engine, person: int, node: int) -> None:
    """Give a person an identity and one row in every table that names who it was."""
    with database.transaction(engine) as session:
        identity = Identity(
            platform=Platform.WECOM, app_id="corp", external_id=f"u{person}", person_id=person
        )
        order = Order(
            matter="灯坏了", branch_id=node, reporter_id=person, submitted_at=NOW, promised_at=NOW
        )
        notice = Notice(kind=NoticeKind.ORDER_DONE, title="办好了", created_at=NOW)
        session.add_all([identity, order, notice])
        session.flush()
        session.add_all(
            [
                OrderEvent(order_id=order.id, action=OrderAction.SUBMIT, at=NOW, actor_id=person),
                Delivery(notice_id=notice.id, person_id=person, due_at=NOW),
                Verification(person_id=person, identity_id=identity.id, created_at=NOW),
            ]
        )


def test_everything_of_an_unknown_person_follows_to_the_roster(engine: Engine) -> None:
    node = add_node(engine)
    (listed,) = add_people(engine, "甲")
    with database.transaction(engine) as session:
        stranger, other = roster.add_strangers(session, 2, now=NOW)
    leave_traces(engine, stranger, node)
    leave_traces(engine, other, node)
    with database.transaction(engine) as session:
        roster.adopt(session, {stranger: listed})
    with database.transaction(engine) as session:
        for column in (
            Identity.person_id,
            Order.reporter_id,
            OrderEvent.actor_id,
            Delivery.person_id,
            Verification.person_id,
        ):
            assert set(session.scalars(select(column))) == {listed, other}


@pytest.mark.parametrize(
    ("own", "after"),
    [
        ((None, None), ("阿姨", "given")),
        (("甲先生", "own"), ("甲先生", "own")),
    ],
    ids=["none of its own", "one of its own"],
)
def test_home_and_contact_follow_where_there_is_none(
    engine: Engine, own: tuple[str | None, str | None], after: tuple[str, str]
) -> None:
    node = add_node(engine)
    (listed,) = add_people(engine, "甲")
    with database.transaction(engine) as session:
        stranger = Person(created_at=NOW, home_id=node, contact_name="阿姨", contact_sealed="given")
        session.add(stranger)
        person = session.get_one(Person, listed)
        person.contact_name, person.contact_sealed = own
        session.flush()
        number = stranger.id
    with database.transaction(engine) as session:
        roster.adopt(session, {number: listed})
    with database.transaction(engine) as session:
        read = select(Person.home_id, Person.contact_name, Person.contact_sealed)
        assert session.execute(read.where(Person.id == listed)).one() == (node, *after)
        assert session.execute(read.where(Person.id == number)).one() == (None, None, None)


def test_nothing_to_write_asks_the_database_nothing(engine: Engine) -> None:
    with database.transaction(engine) as session:
        roster.change_organisations(session, [])
        roster.change_people(session, [])
        roster.end_appointments(session, [], today=date(2026, 11, 21))
        assert roster.add_organisations(session, []) == {}
        assert roster.add_people(session, [], now=NOW) == {}
        assert roster.add_strangers(session, 0, now=NOW) == []
        assert session.scalars(select(Organisation.id)).all() == []
