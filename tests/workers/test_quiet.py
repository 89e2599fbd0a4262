"""What waits for the end of a reader's quiet hours, and what does not."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select, update

from bot.channels import Channel
from handlers.rules.delivery import BULK
from handlers.rules.quiet import Hours, ends_at
from storage import members
from storage.database import transaction
from storage.models import Assignment, Delivery, Notice, Order
from storage.vocabulary import (
    AssignmentStatus,
    DeliveryStatus,
    MatterClass,
    NoticeKind,
)
from tests.post_office import (
    NOW,
    Clock,
    FakeChannel,
    Run,
    add_order,
    add_people,
    draft,
    post,
    rows,
)
from workers.delivery import deliver, deliver_bulk

CHINA = ZoneInfo("Asia/Shanghai")
HOURS = Hours(17, 23)  # the tests' now is 17:00
END = datetime(2026, 11, 21, 23, tzinfo=CHINA)


def quiet_person(engine: Engine, hours: Hours = HOURS) -> int:
    (person,) = add_people(engine, 1)
    with transaction(engine) as session:
        members.set_quiet_hours(session, person, (hours.first, hours.last))
    return person


def order_of(
    engine: Engine,
    holder: int | None = None,
    *,
    status: AssignmentStatus = AssignmentStatus.ACCEPTED,
    matter_class: MatterClass = MatterClass.GENERAL,
) -> int:
    with transaction(engine) as session:
        number = add_order(session)
        session.execute(update(Order).where(Order.id == number).values(matter_class=matter_class))
        if holder is not None:
            session.add(Assignment(order_id=number, person_id=holder, status=status))
        return number


def test_it_waits_unsent_until_the_hours_end_and_no_attempt_is_counted(
    engine: Engine, run: Run, wecom: FakeChannel, clock: Clock
) -> None:
    post(engine, draft(quiet_person(engine)))
    assert run()["quiet"] == 1
    (row,) = rows(engine)
    assert (row.status, row.due_at, row.attempts, row.leased_until, row.failure) == (
        DeliveryStatus.DUE,
        END,
        0,
        None,
        None,
    )
    clock.at = END - timedelta(seconds=1)
    run()
    assert wecom.sent == []
    clock.at = END
    assert run()["sent"] == 1
    assert rows(engine)[0].attempts == 1


def test_others_get_the_same_notice_at_once(engine: Engine, run: Run, wecom: FakeChannel) -> None:
    quiet, *others = add_people(engine, 3)
    with transaction(engine) as session:
        members.set_quiet_hours(session, quiet, (HOURS.first, HOURS.last))
    post(engine, draft(quiet, *others))
    assert +run() == Counter(sent=2, quiet=1)
    assert wecom.readers == ["w1", "w2"]


def test_an_answer_to_a_tap_comes_at_once(engine: Engine, run: Run) -> None:
    post(engine, draft(quiet_person(engine), kind=NoticeKind.REPLY))
    assert run()["sent"] == 1


@pytest.mark.parametrize(
    ("status", "counted"),
    [
        (AssignmentStatus.ACCEPTED, "sent"),
        (AssignmentStatus.OFFERED, "quiet"),
        (AssignmentStatus.FINISHED, "quiet"),
        (AssignmentStatus.RELEASED, "quiet"),
    ],
)
def test_what_the_reader_holds_now_comes_at_once(
    engine: Engine, run: Run, status: AssignmentStatus, counted: str
) -> None:
    person = quiet_person(engine)
    post(engine, draft(person, order_id=order_of(engine, person, status=status)))
    assert run()[counted] == 1


def test_what_somebody_else_holds_can_wait(engine: Engine, run: Run) -> None:
    quiet, other = add_people(engine, 2)
    with transaction(engine) as session:
        members.set_quiet_hours(session, quiet, (HOURS.first, HOURS.last))
    post(engine, draft(quiet, order_id=order_of(engine, other)))
    assert run()["quiet"] == 1


def test_danger_comes_at_once(engine: Engine, run: Run) -> None:
    number = order_of(engine, matter_class=MatterClass.EMERGENCY)
    post(engine, draft(quiet_person(engine), order_id=number))
    assert run()["sent"] == 1


def test_what_goes_to_many_always_waits(
    engine: Engine, wecom: FakeChannel, clock: Clock, tmp_path: Path
) -> None:
    person = quiet_person(engine)
    number = order_of(engine, person, matter_class=MatterClass.EMERGENCY)
    post(engine, draft(person, order_id=number))
    with transaction(engine) as session:
        session.execute(update(Delivery).values(is_bulk=True))
    channels: Mapping[str, Channel] = {"wecom": wecom}
    assert deliver_bulk(engine, channels, root=tmp_path, now=clock)["quiet"] == 1
    clock.at = END
    assert deliver_bulk(engine, channels, root=tmp_path, now=clock)["sent"] == 1


def test_the_hours_are_those_of_the_community(
    engine: Engine, wecom: FakeChannel, clock: Clock, tmp_path: Path
) -> None:
    post(engine, draft(quiet_person(engine)))
    urumqi = ZoneInfo("Asia/Urumqi")  # two hours behind: 15:00
    channels: Mapping[str, Channel] = {"wecom": wecom}
    assert deliver(engine, channels, root=tmp_path, now=clock, zone=urumqi)["sent"] == 1


def test_over_three_days_nothing_that_can_wait_leaves_inside_and_nothing_is_lost(
    engine: Engine, run: Run, clock: Clock
) -> None:
    hours = Hours(22, 7)
    person = quiet_person(engine, hours)
    held, other = order_of(engine, person), order_of(engine)
    kinds = [kind for kind in NoticeKind if kind not in BULK | {NoticeKind.MEDIUM}]
    for number in range(72):
        order = (None, held, other)[number % 3]
        post(engine, draft(person, kind=kinds[number % len(kinds)], order_id=order), now=clock())
        run()
        clock.move(timedelta(hours=1))
    run()
    with transaction(engine) as session:
        told = session.execute(
            select(Delivery, Notice).join(Notice, Notice.id == Delivery.notice_id)
        ).all()
    assert {delivery.status for delivery, _ in told} == {DeliveryStatus.SENT}
    assert len(told) == 72
    waited = 0
    for delivery, notice in told:
        is_urgent = notice.kind is NoticeKind.REPLY or notice.order_id == held
        end = ends_at(notice.created_at, hours, CHINA)
        expected = notice.created_at if is_urgent or end is None else end
        waited += expected != notice.created_at
        assert delivery.sent_at == expected
        assert delivery.attempts == 1
    assert waited > 10
    assert clock.at > NOW
