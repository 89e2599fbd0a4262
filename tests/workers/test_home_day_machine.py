"""Whatever happens to the job and to people: nobody is told twice, nobody is forgotten in time."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.messages import Notice as Message
from handlers.rules import home_day as rules
from handlers.services import home_day_news
from handlers.services import notices as notice_service
from storage import database, sealing
from storage import home_days as store
from storage.database import transaction
from storage.home_days import Answered, Stored
from storage.models import CheckIn, Delivery, Invitation, Notice, Reminder
from storage.vocabulary import Attendance, NoticeKind, ReminderKind
from tests.conftest import SECRET_KEY
from tests.factories import POLICY, found
from workers import home_day

MEMBERS = ("张三", "李四", "赵敏", "周八")
BEGIN = datetime(2026, 11, 12, 8, tzinfo=POLICY.timezone)
OWN_DAY = {ReminderKind.EVE, ReminderKind.MORNING}
HOURS = st.sampled_from([0.01, 0.5, 2, 5, 12, 24, 70])


def _reminders(session: Session) -> list[tuple[int, date, ReminderKind]]:
    rows = session.execute(select(Reminder.person_id, Reminder.month, Reminder.kind))
    return [(person, month, kind) for person, month, kind in rows]


class CrashError(Exception):
    """The worker dies here."""


class Month(RuleBasedStateMachine):
    """Four members, a job that comes when it likes, and a clock that goes on."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory(dir=self.template.parent)
        file = Path(self.folder.name) / "town.db"
        shutil.copyfile(self.template, file)
        sealing.set_key(SECRET_KEY)
        self.world = found(database.connect(f"sqlite:///{file}"))
        self.world.now = BEGIN

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.engine.dispose()
            self.folder.cleanup()

    @rule(hours=HOURS)
    def wait(self, hours: float) -> None:
        self.world.later(hours=hours)

    @rule(chunk=st.integers(1, 5))
    def run(self, chunk: int) -> None:
        """The job runs to its end: everybody who should have been told something has been."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(home_day_news, "CHUNK", chunk)
            counts = home_day.tell_due(self.world.engine, now=lambda: self.world.now, policy=POLICY)
        assert counts["failed"] == 0
        assert self.forgotten() == set()

    @rule(chunk=st.integers(1, 3), good=st.integers(0, 3))
    def crash(self, chunk: int, good: int) -> None:
        """The job dies while it writes, after some chunks."""
        post = notice_service.post
        left = [good]

        def dying(session: object, written: Sequence[Message], *, now: datetime) -> list[int]:
            ids = post(session, written, now=now)  # type: ignore[arg-type]  # handed on
            left[0] -= 1
            if left[0] < 0:
                raise CrashError
            return ids

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(home_day_news, "CHUNK", chunk)
            patch.setattr(notice_service, "post", dying)
            home_day.tell_due(self.world.engine, now=lambda: self.world.now, policy=POLICY)

    @rule(
        name=st.sampled_from(MEMBERS),
        said=st.sampled_from(Attendance),
        day=st.dates(date(2026, 11, 13), date(2026, 11, 30)),
    )
    def answer(self, name: str, said: Attendance, day: date) -> None:
        for row in self.days():
            other = day if said is Attendance.OTHER_DAY and day != row.day else None
            kept = Attendance.COMING if said is Attendance.OTHER_DAY and other is None else said
            with transaction(self.world.engine) as session:
                store.answer(
                    session,
                    row.id,
                    self.world.people[name],
                    Answered(kept, other),
                    now=self.world.now,
                )

    @rule(name=st.sampled_from(MEMBERS))
    def come(self, name: str) -> None:
        today = POLICY.today(self.world.now)
        for row in self.days():
            if row.day == today:
                with transaction(self.world.engine) as session:
                    store.check_in(
                        session,
                        self.world.people[name],
                        row.id,
                        row.month,
                        now=self.world.now,
                    )

    @rule(day=st.dates(date(2026, 11, 14), date(2026, 11, 30)))
    def move(self, day: date) -> None:
        local = self.world.now.astimezone(POLICY.timezone)
        for row in self.days():
            if day > local.date() and not rules.is_settled(row.day, local):
                with transaction(self.world.engine) as session:
                    store.decide(
                        session,
                        row.id,
                        day,
                        None,
                        by=self.world.people["刘主任"],
                        now=self.world.now,
                    )

    def days(self) -> list[Stored]:
        with transaction(self.world.engine) as session:
            rows = [
                store.of(session, self.world.organisations["c1"], date(2026, month, 1))
                for month in (11, 12)
            ]
        return [row for row in rows if row]

    def forgotten(self) -> set[tuple[int, ReminderKind]]:
        """Work out in plain words who should have been told by now, without those who were."""
        local = self.world.now.astimezone(POLICY.timezone)
        expected = set()
        with transaction(self.world.engine) as session:
            answers = {
                (home_day_id, person): (said, other)
                for home_day_id, person, said, other in session.execute(
                    select(
                        Invitation.home_day_id,
                        Invitation.person_id,
                        Invitation.answer,
                        Invitation.other_day,
                    )
                )
            }
            here = {
                (person, month)
                for person, month in session.execute(select(CheckIn.person_id, CheckIn.month))
            }
            told = set(_reminders(session))
        for row in self.days():
            for person in (self.world.people[name] for name in MEMBERS):
                said, other = answers.get((row.id, person), (None, None))
                own = other or row.day
                here_already = (person, row.month) in here
                wanted = {
                    ReminderKind.INVITATION: said is None and not here_already,
                    ReminderKind.EVE: said is not Attendance.EXCUSED and not here_already,
                    ReminderKind.MORNING: said is not Attendance.EXCUSED and not here_already,
                    ReminderKind.THANKS: here_already,
                }
                for kind, is_wanted in wanted.items():
                    days = rules.due_days(kind, local)
                    day = row.day if kind is ReminderKind.INVITATION else own
                    is_due = days is not None and days[0] <= day <= days[1]
                    if is_wanted and is_due and (person, row.month, kind) not in told:
                        expected.add((person, kind))
        return expected

    @invariant()
    def each_was_told_each_thing_once(self) -> None:
        if not hasattr(self, "world"):
            return
        with transaction(self.world.engine) as session:
            reminders = _reminders(session)
            notices = session.execute(
                select(Delivery.person_id, func.count())
                .join(Notice, Notice.id == Delivery.notice_id)
                .where(Notice.kind == NoticeKind.HOME_DAY)
                .group_by(Delivery.person_id)
            )
            delivered = {person: count for person, count in notices}  # noqa: C416 (rows are no tuples)
        assert len(set(reminders)) == len(reminders)
        assert Counter(person for person, _, _ in reminders) == delivered

    @invariant()
    def nobody_was_told_at_night(self) -> None:
        if not hasattr(self, "world"):
            return
        with transaction(self.world.engine) as session:
            moments = session.scalars(select(Reminder.reminded_at)).all()
        hours = {moment.astimezone(POLICY.timezone).time() for moment in moments}
        assert all(time(8, 30) <= hour < time(22) for hour in hours)


@pytest.fixture(scope="module")
def template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("month") / "town.db"
    shutil.copyfile(sqlite_template, file)
    return file


def test_nobody_is_told_twice_and_nobody_is_forgotten(template: Path) -> None:
    machine = type("MonthOfTown", (Month,), {"template": template})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def test_days_pass_between_the_runs(template: Path) -> None:
    """The machine in a straight line: a run a day at nine misses evenings and mornings only."""
    machine = type("MonthOfTown", (Month,), {"template": template})()
    machine.begin()
    machine.world.now += timedelta(hours=1)
    for _ in range(25):
        machine.world.now += timedelta(hours=24)
        machine.run(2)
        machine.each_was_told_each_thing_once()
    machine.teardown()
