"""Whatever is said: the bot answers, 取消 ends it, and no order ever leaves its table."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from handlers import routes
from handlers.rules.orders import TRANSITIONS, after
from handlers.texts import general, words
from storage import database
from storage.database import transaction
from storage.models import Assignment, Conversation, Identity, Order, OrderEvent
from storage.vocabulary import AssignmentStatus, OrderAction, OrderStatus
from tests.dialogues.scenes import fire
from tests.factories import World, found

PEOPLE = ("wang", "li", "zhangsan", "lisi", "zhaomin", "chenshuji", "sunshuji", "liuzhuren")
NAMES = ("张三", "李四", "赵敏", "周八", "张三和李四", "全体", "没有人", "")
ALL_WORDS = sorted(
    {word for group in vars(words).values() if isinstance(group, tuple) for word in group}
)
COMMANDS = sorted(
    {use.words[0] for use in routes.COMMANDS} | {one.keywords[0] for one in routes.CONVERSATIONS}
)
PLACES = ("阳光小区3栋2单元", "3栋", "和谐小区", "菜市场门口", "13812345678", "王阿姨 13800000001")
STEPS = {action for _, action in TRANSITIONS}
WITH_HOLDERS = {OrderStatus.DISPATCHED, OrderStatus.TAKEN}

anything = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
numbers = st.integers(0, 4).map(str) | st.sampled_from(["#1", "１号", "99", "1234567890", ""])
commands = st.builds("{} {} {}".format, st.sampled_from(ALL_WORDS), numbers, anything | st.just(""))
sayings = st.one_of(
    anything,
    commands,
    st.sampled_from(ALL_WORDS),
    st.sampled_from(PLACES),
    st.builds("{}{}".format, st.sampled_from(ALL_WORDS), anything),
    st.integers(0, 9).map(str),
)
FEW = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """A file with the community in it, to copy for each example."""
    from storage import sealing  # noqa: PLC0415
    from tests.conftest import SECRET_KEY  # noqa: PLC0415

    sealing.set_key(SECRET_KEY)
    file = tmp_path_factory.mktemp("town") / "town.db"
    shutil.copyfile(sqlite_template, file)
    engine = database.connect(f"sqlite:///{file}")
    world = found(engine)
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


def answer(world: World, sender: str, said: str, *, is_tap: bool = False) -> str:
    """Say something and give the answer, which is there and no apology."""
    text = world.say(sender, said, is_tap=is_tap).text
    assert text
    assert general.APOLOGY not in text
    return text


def running(world: World, sender: str) -> str | None:
    """Name the conversation that somebody is in."""
    with transaction(world.engine) as session:
        return session.scalar(
            select(Conversation.name)
            .join(Identity, Identity.id == Conversation.identity_id)
            .where(Identity.external_id == sender)
        )


@FEW
@given(
    st.sampled_from(PEOPLE),
    st.lists(st.tuples(sayings, st.booleans()), min_size=1, max_size=8),
)
def test_whatever_is_said_is_answered_and_cancelling_ends_it(
    town: tuple[Path, World], sender: str, said: list[tuple[str, bool]]
) -> None:
    with fresh(town) as world:
        world.report("wang", "阳光小区3栋灯坏了")
        for text, is_tap in said:
            answer(world, sender, text, is_tap=is_tap)

        answer(world, sender, "取消")

        assert running(world, sender) is None
        assert general.CANCELLED not in answer(world, sender, "取消")


@FEW
@given(st.lists(st.tuples(st.sampled_from(PEOPLE), commands), min_size=1, max_size=5))
def test_a_tapped_card_changes_to_something_true(
    town: tuple[Path, World], taps: list[tuple[str, str]]
) -> None:
    """A card is never answered in words; whatever there is to say follows as a notice."""
    with fresh(town) as world:
        world.report("wang", "阳光小区3栋灯坏了")
        for sender, command in taps:
            reply = world.press(sender, command)
            assert reply.text == ""
            assert general.APOLOGY not in reply.card_note


class Orders(RuleBasedStateMachine):
    """Several people say legal and illegal things about the same few orders."""

    town: tuple[Path, World]

    @initialize()
    def begin(self) -> None:
        self._open = fresh(self.town)
        self.world = self._open.__enter__()
        self.world.report("wang", "阳光小区3栋灯坏了")

    def teardown(self) -> None:
        if hasattr(self, "_open"):
            self._open.__exit__(None, None, None)

    @rule(sender=st.sampled_from(PEOPLE), building=st.integers(1, 3))
    def report(self, sender: str, building: int) -> None:
        answer(self.world, sender, f"报事 阳光小区{building}栋门坏了")
        answer(self.world, sender, "1")

    @rule(
        sender=st.sampled_from(PEOPLE),
        word=st.sampled_from(COMMANDS),
        number=st.integers(0, 3).map(lambda number: str(number or "")),
        rest=st.sampled_from(NAMES),
        is_tap=st.booleans(),
    )
    def command(self, sender: str, word: str, number: str, rest: str, *, is_tap: bool) -> None:
        answer(self.world, sender, f"{word} {number} {rest}".strip(), is_tap=is_tap)

    @rule(number=st.integers(1, 2), names=st.sampled_from(NAMES))
    def dispatch(self, number: int, names: str) -> None:
        answer(self.world, "chenshuji", f"派单 {number} {names}")

    @rule(sender=st.sampled_from(["zhangsan", "lisi", "zhaomin"]), number=st.integers(1, 2))
    def take(self, sender: str, number: int) -> None:
        answer(self.world, sender, f"接单 {number}", is_tap=True)

    @rule(sender=st.sampled_from(["zhangsan", "lisi", "zhaomin"]))
    def finish(self, sender: str) -> None:
        answer(self.world, sender, "完成")

    @rule(word=st.sampled_from(["确认", "没解决", "部分解决 1 还差一点"]))
    def settle(self, word: str) -> None:
        answer(self.world, "wang", word)

    @rule(sender=st.sampled_from(PEOPLE), digit=st.integers(1, 9))
    def choose(self, sender: str, digit: int) -> None:
        answer(self.world, sender, str(digit))

    @rule(hours=st.sampled_from([1, 25, 80]))
    def wait(self, hours: int) -> None:
        self.world.later(hours=hours)
        assert fire(self.world)["failed"] == 0

    @invariant()
    def every_order_is_where_its_events_lead(self) -> None:
        with transaction(self.world.engine) as session:
            stood = {order.id: order.status for order in session.scalars(select(Order))}
            events = session.execute(
                select(OrderEvent.order_id, OrderEvent.action).order_by(OrderEvent.id)
            )
            led: dict[int, list[OrderStatus]] = {}
            for number, action in events:
                if action is OrderAction.SUBMIT:
                    led[number] = [OrderStatus.SUBMITTED]
                elif action is OrderAction.UNDO:
                    led[number].append(led[number][-2])
                elif action in STEPS:
                    led[number].append(after(led[number][-1], action))
        assert {number: states[-1] for number, states in led.items()} == stood

    @invariant()
    def each_seat_has_one_live_holder_and_offers_are_open_only_while_dispatched(self) -> None:
        with transaction(self.world.engine) as session:
            orders = {order.id: order for order in session.scalars(select(Order))}
            live = session.execute(
                select(Assignment.order_id, Assignment.seat, Assignment.status).where(
                    Assignment.status.in_([AssignmentStatus.ACCEPTED, AssignmentStatus.OFFERED])
                )
            )
            seats = Counter[tuple[int, int]]()
            holders = Counter[int]()
            for number, seat, status in live:
                if status is AssignmentStatus.OFFERED:
                    assert orders[number].status is OrderStatus.DISPATCHED
                    continue
                seats[number, seat] += 1
                holders[number] += 1
            for number, order in orders.items():
                assert holders[number] <= order.seats
                assert not holders[number] or order.status in WITH_HOLDERS
                assert holders[number] or order.status is not OrderStatus.TAKEN
        assert set(seats.values()) <= {1}


def test_no_sequence_of_commands_takes_an_order_off_its_table(town: tuple[Path, World]) -> None:
    machine = type("OrdersOfTown", (Orders,), {"town": town})

    run_state_machine_as_test(
        machine,
        settings=settings(FEW, max_examples=20, stateful_step_count=25),
    )
