"""Whatever is confirmed, reopened, appealed against, decided and fixed: the ledger holds.

A balance is the sum of its lines, nothing is written twice, no correction takes more than there is
or gives more than the rules allow, no day brings more than its limit, a fixed month never changes.
"""

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, event, select

from handlers import turn
from handlers.rules.points import TARIFFS, PointRule, both, most_for, origin
from handlers.texts import general
from handlers.texts import points as texts
from storage import database
from storage.database import transaction
from storage.models import PointAppeal, PointEntry, PointPeriod, PointStanding
from storage.vocabulary import Role
from tests.dialogues.points import finish, ledger, serve
from tests.dialogues.records import appoint
from tests.factories import POLICY, World, found
from tests.post_office import in_threads
from workers import points

MEMBERS = ("zhangsan", "lisi")
NAMES = {"zhangsan": "张三", "lisi": "李四"}
OFFICERS = ("liuzhuren", "zhaomin")
TARIFF = TARIFFS[0]


@pytest.fixture(scope="module")
def town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """A file with the community in it, to copy for each example; two of it decide appeals."""
    from storage import sealing  # noqa: PLC0415
    from tests.conftest import SECRET_KEY  # noqa: PLC0415

    sealing.set_key(SECRET_KEY)
    file = tmp_path_factory.mktemp("ledger") / "town.db"
    shutil.copyfile(sqlite_template, file)
    engine = database.connect(f"sqlite:///{file}")
    world = found(engine)
    appoint(world, "赵敏", Role.COMMUNITY_WORKER, "c1")
    engine.dispose()
    return file, world


@contextmanager
def fresh(town: tuple[Path, World]) -> Iterator[World]:
    """Give a world of its own to one example."""
    file, known = town
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        copy = Path(folder) / "town.db"
        shutil.copyfile(file, copy)
        engine = database.connect(f"sqlite:///{copy}")
        try:
            yield World(engine=engine, organisations=known.organisations, people=known.people)
        finally:
            engine.dispose()


class Ledger(RuleBasedStateMachine):
    """Two members serve, a resident judges, the community decides, the months go by."""

    town: tuple[Path, World]

    @initialize()
    def begin(self) -> None:
        self._open = fresh(self.town)
        self.world = self._open.__enter__()
        self.waiting: list[int] = []
        self.closed: list[int] = []
        self.written: list[tuple[object, ...]] = []
        self.fixed: dict[tuple[int, int], int] = {}

    def teardown(self) -> None:
        if hasattr(self, "_open"):
            self._open.__exit__(None, None, None)

    def say(self, who: str, said: str) -> str:
        text = self.world.say(who, said).text
        assert text
        assert general.APOLOGY not in text
        return text

    @rule(
        who=st.sampled_from(MEMBERS),
        outcome=st.sampled_from(["", "调整 0.5", "调整 2"]),
        is_reopened=st.booleans(),
    )
    def story(self, who: str, outcome: str, *, is_reopened: bool) -> None:
        """Have an order through its life at one go: paid, decided anew, perhaps taken back."""
        self.work(who, "")
        number = self.waiting.pop()
        self.say("wang", f"确认 {number}")
        self.closed.append(number)
        if outcome and (lines := self.lines_of(number)):
            self.say(who, f"申诉 {lines[-1]} 不是这样的")
            self.say(who, "取消")
            self.decide_all(outcome)
        if is_reopened:
            self.say("wang", f"没解决 {number}")

    def lines_of(self, number: int) -> list[int]:
        with transaction(self.world.engine) as session:
            mine = select(PointEntry.id).where(PointEntry.order_id == number)
            return list(session.scalars(mine.order_by(PointEntry.id)))

    @rule(who=st.sampled_from(MEMBERS), hours=st.sampled_from(["", " 今天18:00-21:00"]))
    def work(self, who: str, hours: str) -> None:
        number = self.world.report("wang", "阳光小区3栋灯坏了")
        self.say("liuzhuren", f"派单 {number} {NAMES[who]}{hours}")
        self.say(who, f"接单 {number}")
        self.say(who, f"完成 {number}")
        self.waiting.append(number)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), word=st.sampled_from(["确认 {}", "确认 {}", "部分解决 {} 还差一点"]))
    def judge(self, data: st.DataObject, word: str) -> None:
        number = data.draw(st.sampled_from(self.waiting))
        self.waiting.remove(number)
        self.say("wang", word.format(number))
        self.closed.append(number)

    @precondition(lambda self: self.closed)
    @rule(data=st.data())
    def judge_again(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self.closed[-2:]))
        self.say("wang", f"没解决 {number}")

    @precondition(lambda self: self.closed)
    @rule(data=st.data(), who=st.sampled_from(MEMBERS))
    def work_anew(self, data: st.DataObject, who: str) -> None:
        number = data.draw(st.sampled_from(self.closed))
        for speaker, said in (
            ("liuzhuren", f"派单 {number} {NAMES[who]}"),
            (who, f"接单 {number}"),
            (who, f"完成 {number}"),
            ("wang", f"确认 {number}"),
        ):
            self.say(speaker, said)

    @precondition(lambda self: self.written)
    @rule(
        data=st.data(),
        outcome=st.sampled_from(["调整 0.5", "调整 2", "撤回", "维持", "调整 9", ""]),
    )
    def appeal(self, data: st.DataObject, outcome: str) -> None:
        line = data.draw(st.sampled_from(self.written))
        who = next((who for who, name in NAMES.items() if self.person(name) == line[1]), "wang")
        self.say(who, f"申诉 {line[0]} 不是这样的")
        self.say(who, "取消")
        if outcome:
            self.decide_all(outcome)

    @rule(outcome=st.sampled_from(["维持", "撤回", "调整 0.5", "调整 2"]))
    def decide(self, outcome: str) -> None:
        self.decide_all(outcome)

    def decide_all(self, outcome: str) -> None:
        with transaction(self.world.engine) as session:
            open_ones = select(PointAppeal.id).where(PointAppeal.decided_at.is_(None))
            numbers = list(session.scalars(open_ones))
        for number in numbers:
            for who in OFFICERS:
                self.say(who, f"裁定 {number} {outcome}")

    def person(self, name: str) -> int:
        return self.world.people[name]

    @rule(who=st.sampled_from(OFFICERS), number=st.integers(1, 2))
    def bonus(self, who: str, number: int) -> None:
        self.say("chenshuji", "加分 张三 3 见义勇为")
        self.say(who, f"同意加分 {number}")

    @rule(hours=st.sampled_from([1, 30, 24 * 9]))
    def wait(self, hours: int) -> None:
        self.world.later(hours=hours)
        counts = points.keep_due(self.world.engine, now=lambda: self.world.now, policy=POLICY)
        assert counts["failed"] == 0

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "world"):
            return
        with transaction(self.world.engine) as session:
            lines = list(session.scalars(select(PointEntry).order_by(PointEntry.id)))
            session.expunge_all()
        self._nothing_written_changes(lines)
        self._no_source_is_twice(lines)
        self._corrections_keep_within_their_line(lines)
        self._days_keep_to_their_limit(lines)
        self._fixed_months_stay()
        self._balances_are_sums(lines)

    def _nothing_written_changes(self, lines: list[PointEntry]) -> None:
        now = [(one.id, one.person_id, one.hundredths, one.rule, one.month) for one in lines]
        assert now[: len(self.written)] == self.written
        self.written = list(now)

    def _no_source_is_twice(self, lines: list[PointEntry]) -> None:
        sources = Counter(
            (one.rule, one.source, one.source_id, one.person_id, one.round) for one in lines
        )
        assert set(sources.values()) <= {1}

    def _corrections_keep_within_their_line(self, lines: list[PointEntry]) -> None:
        left = {one.id: one.hundredths for one in lines}
        for one in lines:
            if one.reverses_id is not None:
                left[one.reverses_id] += one.hundredths
        for one in lines:
            why, takes_back = origin(one.rule)
            if one.reverses_id is None:
                assert 0 <= left[one.id] <= most_for(why, TARIFF)
            elif takes_back and one.hundredths < 0:
                assert one.hundredths <= left[one.id] <= 0

    def _days_keep_to_their_limit(self, lines: list[PointEntry]) -> None:
        days = Counter[tuple[int, object]]()
        for one in lines:
            if one.rule in both(PointRule.SERVICE):
                days[one.person_id, one.served_on] += one.hundredths
        assert all(0 <= sum_ <= TARIFF.most_a_day for sum_ in days.values())

    def _fixed_months_stay(self) -> None:
        with transaction(self.world.engine) as session:
            rows = session.execute(
                select(PointStanding.period_id, PointStanding.person_id, PointStanding.hundredths)
            )
            now = {(period, person): hundredths for period, person, hundredths in rows}
            fixed = session.scalars(select(PointPeriod).where(PointPeriod.fixed_at.is_not(None)))
            months = {(one.branch_id, one.month): one.id for one in fixed}
            lines = session.scalars(select(PointEntry))
            sums = Counter[tuple[int, int]]()
            for one in lines:
                if one.branch_id is not None and (one.branch_id, one.month) in months:
                    sums[months[one.branch_id, one.month], one.person_id] += one.hundredths
        assert {key: now[key] for key in self.fixed} == self.fixed
        assert dict(sums) == now
        self.fixed = now

    def _balances_are_sums(self, lines: list[PointEntry]) -> None:
        for who, name in NAMES.items():
            mine = [one.hundredths for one in lines if one.person_id == self.world.people[name]]
            said = self.say(who, "积分")
            total = f"您的积分：{texts.amount(sum(mine))} 分\n"
            assert said.startswith(total if mine else texts.NOTHING_YET)


def test_no_sequence_breaks_the_ledger(town: tuple[Path, World]) -> None:
    machine = type("LedgerOfTown", (Ledger,), {"town": town})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


def one_says(world: World, engine: Engine, sender: str, said: str) -> None:
    message = world.hear(sender, said, is_tap=True)
    turn.many(engine, [message], policy=POLICY, now=world.now)


def test_two_confirmations_at_once_pay_once(world: World) -> None:
    number = finish(world)

    in_threads([partial(one_says, world, world.engine, "wang", f"确认 {number}")] * 2)

    assert ledger(world, "张三") == [("service", 100)]


def test_orders_confirmed_at_once_keep_to_the_limit_of_the_day(world: World) -> None:
    """Three is what the member has; of two residents who confirm at once only one's counts.

    Writing is held up, so that without a lock both would have read that there is room.
    """

    def hold_up(*args: Any) -> None:  # noqa: ANN401 (the event's own signature is wide)
        if args[2].startswith("INSERT INTO point_entries"):
            time.sleep(0.05)

    for matter in ("灯坏了", "门坏了", "扶手松了"):
        serve(world, matter)
    numbers = {who: finish(world, "窗坏了", resident=who) for who in ("li", "zhao")}
    event.listen(world.engine, "before_cursor_execute", hold_up)

    in_threads(
        [
            partial(one_says, world, world.engine, who, f"确认 {number}")
            for who, number in numbers.items()
        ]
    )

    assert ledger(world, "张三") == [("service", 100)] * 4
