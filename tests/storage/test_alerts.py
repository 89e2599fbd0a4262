"""Faults of an account: counted, told, forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from storage import alerts
from storage.alerts import Raised
from storage.database import transaction
from storage.vocabulary import AlertKind
from tests.post_office import NOW

APP, OTHER = "wx0000000000000001", "ww0000000000000001"
HOUR = timedelta(hours=1)


def raised(engine: Engine) -> list[Raised]:
    with transaction(engine) as session:
        return alerts.recent(session, NOW - HOUR)


def test_the_same_fault_is_one_row_that_counts(engine: Engine) -> None:
    with transaction(engine) as session:
        for minutes in (0, 5, 7):
            at = NOW + timedelta(minutes=minutes)
            alerts.raise_alert(session, APP, AlertKind.MISCONFIGURED, "40164", at)
    assert raised(engine) == [
        Raised(
            app_id=APP,
            kind=AlertKind.MISCONFIGURED,
            code="40164",
            count=3,
            first_at=NOW,
            last_at=NOW + timedelta(minutes=7),
        )
    ]


def test_account_kind_and_code_each_make_another_fault(engine: Engine) -> None:
    faults = [
        (APP, AlertKind.QUOTA, "45009"),
        (APP, AlertKind.QUOTA, "45011"),
        (APP, AlertKind.IDLE, "45009"),
        (OTHER, AlertKind.QUOTA, "45009"),
    ]
    with engine.begin() as connection:  # turns have a connection, jobs a session
        for fault in faults:
            alerts.raise_alert(connection, *fault, NOW)
    assert [(one.app_id, one.kind, one.code) for one in raised(engine)] == faults[::-1]


@pytest.mark.parametrize(
    ("code", "left"), [("45009", ["45011"]), (None, []), ("1", ["45009", "45011"])]
)
def test_what_is_over_is_forgotten(engine: Engine, code: str | None, left: list[str]) -> None:
    with transaction(engine) as session:
        for number in ("45009", "45011"):
            alerts.raise_alert(session, APP, AlertKind.QUOTA, number, NOW)
        alerts.raise_alert(session, OTHER, AlertKind.IDLE, "inactive_alert", NOW)
        assert alerts.clear(session, APP, AlertKind.QUOTA, code=code) == 2 - len(left)
    found = raised(engine)
    assert sorted(one.code for one in found if one.app_id == APP) == left
    assert [one.code for one in found if one.app_id == OTHER] == ["inactive_alert"]


def test_a_fault_of_long_ago_is_not_told(engine: Engine) -> None:
    with transaction(engine) as session:
        alerts.raise_alert(session, APP, AlertKind.CLOCK, "300", NOW - 2 * HOUR)
    assert raised(engine) == []


def test_a_code_of_any_length_is_kept(engine: Engine) -> None:
    with transaction(engine) as session:
        for _ in range(2):
            alerts.raise_alert(session, APP, AlertKind.IDLE, "e" * 90, NOW)
    assert [(one.code, one.count) for one in raised(engine)] == [("e" * 64, 2)]
