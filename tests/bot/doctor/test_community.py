"""The roster, broken in turn: whether a report would reach anybody."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Delete, Update, delete, update

from bot.doctor.findings import State
from handlers.texts import doctor_community as texts
from storage import database
from storage.models import Appointment, Identity, InboxMessage, Organisation, Person
from storage.vocabulary import OrganisationKind, Role
from tests.bot.doctor.conftest import Town, blamed

LONG_AGO = date(2026, 2, 1)
HEADS = (Role.SECRETARY, Role.DEPUTY, Role.COMMUNITY_WORKER)


def change(town: Town, *statements: Update | Delete) -> None:
    engine = database.connect(town.database_url)
    with database.transaction(engine) as session:
        for statement in statements:
            session.execute(statement.execution_options(synchronize_session=False))
    engine.dispose()


def ended(*roles: Role) -> Update:
    return update(Appointment).where(Appointment.role.in_(roles)).values(ends_on=LONG_AGO)


def test_no_roster_is_named(make_town: Callable[[str], Town], database_url: str) -> None:
    town = make_town(database_url)
    change(
        town, *(delete(each) for each in (Identity, Appointment, InboxMessage, Person)),
        update(Organisation).values(parent_id=None), delete(Organisation),
    )  # fmt: skip
    findings = town.examined()
    (finding,) = [each for each in findings if each.state is State.FAULT]
    assert (finding.name, finding.said) == (texts.ROSTER, texts.NO_ROSTER.said)
    assert "jinlin roster import" in finding.remedy
    skipped = [each.name for each in findings if each.state is State.SKIPPED]
    assert skipped == [texts.DISPATCHERS, texts.BRANCHES, texts.STAFF]


def test_a_roster_in_which_nobody_dispatches_is_named(
    make_town: Callable[[str], Town], database_url: str
) -> None:
    town = make_town(database_url)
    change(town, ended(*HEADS))
    found = town.wrong()
    assert [finding.said for finding in found] == [
        texts.NO_DISPATCHER.said,
        "没有书记也没有副书记的：第一支部、第二支部；那里的事会转给社区。",
    ]
    assert blamed(found) == [(State.FAULT, ""), (State.WARNING, "")]


@pytest.mark.parametrize(
    "statement",
    [
        delete(Identity),
        update(Identity).values(is_following=False),
        update(Identity).values(app_id="ww-of-former-years"),
    ],
    ids=["no accounts", "all left", "another company"],
)
def test_secretaries_whom_nobody_can_reach_are_named(
    make_town: Callable[[str], Town], database_url: str, statement: Update | Delete
) -> None:
    town = make_town(database_url)
    change(town, statement)
    found = town.wrong()
    assert [finding.said for finding in found] == [
        texts.NOBODY_REACHABLE.said,
        "7 人里有 7 人没有能用的账号，消息送不到。",
    ]
    assert blamed(found) == [(State.FAULT, ""), (State.WARNING, "")]


def test_one_who_can_be_reached_is_enough(town: Town) -> None:
    change(town, delete(Identity).where(Identity.external_id != "liuzhuren"))
    found = town.wrong()
    assert [finding.name for finding in found] == [texts.STAFF]
    assert "7 人里有 6 人" in found[0].said


def test_a_branch_with_a_deputy_has_a_head(town: Town) -> None:
    change(
        town,
        update(Appointment).where(Appointment.role == Role.SECRETARY).values(role=Role.DEPUTY),
    )
    assert town.wrong() == []


def test_many_branches_without_a_head_are_counted(town: Town) -> None:
    engine = database.connect(town.database_url)
    with database.transaction(engine) as session:
        for number in range(3, 10):
            session.add(
                Organisation(
                    code=f"b{number}",
                    name=f"{number}支部",
                    kind=OrganisationKind.BRANCH,
                    path="/9/",
                )
            )
    engine.dispose()
    (finding,) = town.wrong()
    assert finding.name == texts.BRANCHES
    assert "3支部、4支部、5支部、6支部、7支部等，还有 2 个" in finding.said


def test_the_roster_is_spoken_of_in_numbers_only(town: Town) -> None:
    change(town, delete(Identity))
    said = "".join(finding.said + finding.remedy for finding in town.examined())
    assert "刘主任" not in said
    assert "139" not in said
