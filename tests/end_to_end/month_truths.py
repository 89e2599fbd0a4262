"""What a month must have come to: who was told what, who came, what was earned, what was fixed.

The names are worked out from the script by hand, so that no statement of the product is asked.
"""

from collections import Counter
from datetime import date, time

from sqlalchemy import select

from storage.database import transaction
from storage.models import (
    CheckIn,
    Delivery,
    Invitation,
    PointEntry,
    PointPeriod,
    PointStanding,
    Reminder,
)
from storage.vocabulary import Attendance, DeliveryStatus, NoticeKind, ReminderKind
from tests.end_to_end.month import OUTAGE, UNBOUND, YEAR, Month
from tests.factories import POLICY

BRANCH = {"张三", "李四", "赵敏", *(f"员{n}" for n in range(1, 11))}
COMMUNITY = BRANCH | {"周八"}
DISPATCHERS = {"刘主任", "陈书记", "吴副书记", "孙书记"}
COMING, EXCUSED, ANOTHER_DAY = {"张三", "员7", "员8"}, {"李四"}, {"赵敏"}
ON_LEAVE = {"员2"}
CAME = {"张三", "员7", "员1", "赵敏"}
ON_THE_DAY = COMMUNITY - EXCUSED - ANOTHER_DAY - ON_LEAVE

TOLD: dict[tuple[ReminderKind, date], set[str]] = {
    (ReminderKind.DATE, date(YEAR, 11, 15)): {"刘主任"},
    (ReminderKind.PICK, date(YEAR, 11, 19)): DISPATCHERS,
    (ReminderKind.INVITATION, date(YEAR, 11, 23)): COMMUNITY,  # the 22nd: no worker was there
    (ReminderKind.EVE, date(YEAR, 11, 25)): ANOTHER_DAY,
    (ReminderKind.MORNING, date(YEAR, 11, 26)): ANOTHER_DAY,
    (ReminderKind.THANKS, date(YEAR, 11, 27)): ANOTHER_DAY,
    (ReminderKind.EVE, date(YEAR, 11, 28)): ON_THE_DAY,
    (ReminderKind.MORNING, date(YEAR, 11, 29)): ON_THE_DAY,
    (ReminderKind.THANKS, date(YEAR, 11, 30)): CAME - ANOTHER_DAY,
    (ReminderKind.SUMMARY, date(YEAR, 12, 2)): DISPATCHERS,
}

NOVEMBER, DECEMBER = date(YEAR, 11, 1), date(YEAR, 12, 1)
EARNED: dict[str, list[tuple[str, int, date]]] = {
    "张三": [
        ("service", 100, NOVEMBER),
        ("service", 100, NOVEMBER),
        ("home_day", 100, NOVEMBER),
        ("service", 50, DECEMBER),  # decided when November was fixed
    ],
    "李四": [("service", 50, NOVEMBER), ("service", 50, NOVEMBER)],  # half, and an appeal
    "员1": [("service", 100, NOVEMBER), ("service_back", -100, NOVEMBER)],
    "员2": [("service", 100, NOVEMBER)],
    "员3": [("service", 100, DECEMBER), ("service_back", -100, DECEMBER)],
    "员7": [
        ("wish", 200, NOVEMBER),
        ("service", 100, NOVEMBER),
        ("home_day", 100, NOVEMBER),
        ("service_back", -100, NOVEMBER),
        ("home_day_back", -100, NOVEMBER),
    ],
}
"""Nothing for 赵敏: that nobody said a word is no confirmation."""

_BULK = {NoticeKind.HOME_DAY, NoticeKind.POINTS, NoticeKind.BRIEFING}
_WAKING = (time(8), time(21))


def everybody_was_told_once(month: Month) -> None:
    """Assert who was reminded of what on which day, and what of that left for a phone."""
    names = _names(month)
    told: dict[tuple[ReminderKind, date], list[str]] = {}
    with transaction(month.engine) as session:
        for person, kind, at in session.execute(
            select(Reminder.person_id, Reminder.kind, Reminder.reminded_at)
        ):
            told.setdefault((kind, POLICY.today(at)), []).append(names[person])
    assert {key: sorted(who) for key, who in told.items()} == {
        key: sorted(who) for key, who in TOLD.items()
    }
    of_each = {name: sum(name in who for who in TOLD.values()) for name in names.values()}
    written = {
        (push.person_id, push.notice_id)
        for push in month.pushes
        if push.kind is NoticeKind.HOME_DAY
    }
    reached = Counter(names[person] for person, _ in written)
    apart = {"员7", "员8", "员9", UNBOUND[0]}  # whose window is closed, and who has no phone
    assert {name: reached[name] for name in of_each if name not in apart} == {
        name: count for name, count in of_each.items() if name not in apart
    }


def each_push_had_its_time(month: Month) -> None:
    """Assert that nothing for many came at night, and that the day without workers was silent."""
    begins, ends = _WAKING
    for push in month.pushes:
        local = push.at.astimezone(POLICY.timezone)
        assert local.date() != OUTAGE, push
        assert push.kind not in _BULK or begins <= local.time() < ends, push


def nobody_read_it_twice(month: Month) -> int:
    """Assert that only those of the one call that nobody recorded did; gives how many they are."""
    times = Counter((push.person_id, push.notice_id) for push in month.pushes)
    twice = [key for key, count in times.items() if count > 1]
    senders = {push.person_id: push.reader for push in month.pushes}
    assert sorted(senders[person] for person, _ in twice) == sorted(month.killed)
    assert len({notice for _, notice in twice}) == 1
    assert max(times.values()) == 2
    return len(twice)


def the_answers_stand(month: Month) -> None:
    """Assert what each member answered, and that each came once."""
    names = _names(month)
    with transaction(month.engine) as session:
        answers: dict[Attendance, set[str]] = {}
        for person, answer in session.execute(select(Invitation.person_id, Invitation.answer)):
            answers.setdefault(answer, set()).add(names[person])
        came = [names[person] for person in session.scalars(select(CheckIn.person_id))]
    assert answers == {
        Attendance.COMING: COMING,
        Attendance.EXCUSED: EXCUSED,
        Attendance.OTHER_DAY: ANOTHER_DAY,
    }
    assert sorted(came) == sorted(CAME)


def summed_up(members: set[str]) -> str:
    """Give the summary's line for these members, counted from their names."""
    silent = members - COMING - EXCUSED - ANOTHER_DAY - ON_LEAVE - CAME
    excused = (EXCUSED | ON_LEAVE) & members
    return (
        f"党员 {len(members)}，到了 {len(CAME & members)}，说来参加 {len(COMING & members)}，"
        f"换一天 {len(ANOTHER_DAY & members)}，请假 {len(excused)}，"
        f"没有回音 {len(silent)}，当天办了几件 2。"
    )


def the_ledger_is_what_was_confirmed(month: Month) -> None:
    """Assert every line of points, and that each member reads their sum."""
    names = _names(month)
    lines: dict[str, list[tuple[str, int, date]]] = {}
    with transaction(month.engine) as session:
        rows = session.execute(
            select(
                PointEntry.person_id, PointEntry.rule, PointEntry.hundredths, PointEntry.month
            ).order_by(PointEntry.id)
        )
        for person, rule, hundredths, of in rows:
            lines.setdefault(names[person], []).append((rule, hundredths, of))
    assert lines == EARNED


def standings(month: Month) -> dict[str, int]:
    """Give the fixed month, by name; empty while it is not fixed."""
    names = _names(month)
    with transaction(month.engine) as session:
        rows = session.execute(
            select(PointStanding.person_id, PointStanding.hundredths)
            .join(PointPeriod, PointPeriod.id == PointStanding.period_id)
            .where(PointPeriod.month == NOVEMBER)
        )
        return {names[person]: hundredths for person, hundredths in rows}


def november() -> dict[str, int]:
    """Sum up what was earned for November."""
    sums = {
        name: [hundredths for _, hundredths, of in lines if of == NOVEMBER]
        for name, lines in EARNED.items()
    }
    return {name: sum(of) for name, of in sums.items() if of}


def whoever_waits(month: Month) -> dict[str | None, set[str]]:
    """Give what people wait for who have not got everything; residents have no name here."""
    names = _names(month)
    found: dict[str | None, set[str]] = {}
    with transaction(month.engine) as session:
        for person, failure in session.execute(
            select(Delivery.person_id, Delivery.failure).where(
                Delivery.status == DeliveryStatus.PENDING
            )
        ):
            found.setdefault(failure, set()).add(names.get(person, ""))
    return found


def _names(month: Month) -> dict[int, str]:
    return {person: name for name, person in month.world.people.items()}
