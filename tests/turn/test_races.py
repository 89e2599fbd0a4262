"""Several processes at once: one effect, one taker, and everybody is told the truth."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial

from sqlalchemy import Engine, ExceptionContext, event, func, select, text

from handlers import turn
from handlers.messages import Incoming
from handlers.texts import general
from storage import database, orders
from storage.database import transaction
from storage.models import Appointment, Assignment, Identity, InboxMessage, Order, Person
from storage.vocabulary import AssignmentStatus, InboxStatus, OrderStatus, Platform, Role
from tests.factories import NOON, OFFICIAL, POLICY, World, found, shown
from tests.post_office import in_threads

MEMBERS = 50
ENGINES = 4


def carry(engine: Engine, *turns: Incoming) -> list[str]:
    return [shown(answer.reply) for answer in turn.many(engine, turns, policy=POLICY, now=NOON)]


def test_one_message_in_two_processes_at_once_has_one_effect_and_one_answer(
    world: World, other_engine: Engine
) -> None:
    world.say("wang", "报事 阳光小区1栋灯坏了")
    message = world.hear("wang", "1")
    answers: list[str] = []
    start = threading.Barrier(6, timeout=10)

    def one(engine: Engine) -> None:
        start.wait()
        answers.extend(carry(engine, message))

    in_threads([partial(one, engine) for engine in [world.engine, other_engine] * 3])

    assert len(answers) == 6
    assert len(set(answers)) == 1
    assert "编号 #1" in answers[0]
    with transaction(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 1


def test_a_stranger_who_speaks_to_two_processes_at_once_is_one_person(
    world: World, other_engine: Engine
) -> None:
    start = threading.Barrier(4, timeout=10)
    answers: list[str] = []

    def one(engine: Engine) -> None:
        message = world.hear("newcomer", "谢谢")
        start.wait()
        answers.extend(carry(engine, message))

    in_threads([partial(one, engine) for engine in [world.engine, other_engine] * 2])

    assert answers == [general.THANKS] * 4
    with transaction(world.engine) as session:
        rows = session.execute(
            select(Identity.person_id).where(Identity.external_id == "newcomer")
        ).all()
        assert len(rows) == 1
        strangers = select(func.count()).select_from(Person).where(Person.phone_hash.is_(None))
        assert session.scalar(strangers) == 1


def test_two_messages_of_one_person_at_once_run_one_after_the_other(
    world: World, other_engine: Engine
) -> None:
    """Two yeses submit once: the second finds the conversation as the first one left it."""
    world.say("wang", "报事 阳光小区1栋灯坏了")
    start = threading.Barrier(2, timeout=10)
    answers: list[str] = []

    def one(engine: Engine) -> None:
        message = world.hear("wang", "1")
        start.wait()
        answers.extend(carry(engine, message))

    in_threads([partial(one, world.engine), partial(one, other_engine)])

    assert sorted(answer[:3] for answer in answers) == ["收到了", "这个数"]
    with transaction(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 1


@contextmanager
def held(engine: Engine, sender: str) -> Iterator[threading.Event]:
    """Hold somebody's conversation until the event is set, as a slow process would."""
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with engine.begin() as connection:
            connection.execute(
                text(
                    "SELECT 1 FROM conversations WHERE identity_id ="
                    " (SELECT id FROM identities WHERE external_id = :sender) FOR UPDATE"
                ),
                {"sender": sender},
            )
            is_held.set()
            may_go.wait(timeout=20)

    thread = threading.Thread(target=hold)
    thread.start()
    assert is_held.wait(timeout=10)
    try:
        yield may_go
    finally:
        may_go.set()
        thread.join()


def test_a_batch_that_meets_a_conflict_is_carried_one_by_one(postgresql_url: str) -> None:
    """The conflict is real: another process holds the row longer than a turn waits for it."""
    with ExitStack() as stack:
        mine, other = (database.connect(postgresql_url) for _ in range(2))
        stack.callback(mine.dispose)
        stack.callback(other.dispose)
        world = found(mine)
        for who in ("li", "wang", "zhao"):
            world.say(who, "你好")
        may_go = stack.enter_context(held(other, "wang"))
        conflicts: list[str] = []

        @event.listens_for(mine, "handle_error")
        def note(context: ExceptionContext) -> None:
            conflicts.append(type(context.original_exception).__name__)
            may_go.set()

        batch = [world.hear(who, "谢谢") for who in ("li", "wang", "zhao")]
        answers = carry(mine, *batch)

        assert answers == [general.THANKS] * 3
        assert conflicts[0] == "LockNotAvailable"
        with transaction(mine) as session:
            keys = [message.key for message in batch]
            rows = session.scalars(
                select(InboxMessage.status).where(InboxMessage.key.in_(keys))
            ).all()
        assert rows == [InboxStatus.ANSWERED] * 3


def add_members(world: World) -> list[str]:
    """Give the first branch fifty members who write from the official account."""
    names = [f"m{number:02}" for number in range(MEMBERS)]
    with transaction(world.engine) as session:
        for name in names:
            person = Person(name=f"党员{name}", phone_hash=name, created_at=NOON)
            session.add(person)
            session.flush()
            session.add_all(
                [
                    Appointment(
                        person_id=person.id,
                        organisation_id=world.organisations["b1"],
                        role=Role.MEMBER,
                        starts_on=date(2026, 1, 1),
                    ),
                    Identity(
                        platform=Platform.OFFICIAL,
                        app_id=OFFICIAL,
                        external_id=name,
                        person_id=person.id,
                    ),
                ]
            )
    return names


def test_of_fifty_members_who_take_at_once_one_has_it_and_the_others_read_who(
    world: World, database_url: str
) -> None:
    members = add_members(world)
    world.report("wang", "阳光小区3栋灯坏了")
    world.report("wang", "阳光小区2栋门坏了")
    world.say("chenshuji", "派单 1 全体")
    world.say("chenshuji", "派单 2 全体")
    start = threading.Barrier(MEMBERS, timeout=20)
    answers: dict[str, str] = {}

    def take(engine: Engine, who: str) -> None:
        message = world.hear(who, "接单 1", is_tap=True)
        start.wait()
        (answers[who],) = carry(engine, message)

    with ExitStack() as stack:
        engines = [database.connect(database_url, pool_size=15) for _ in range(ENGINES)]
        for engine in engines:
            stack.callback(engine.dispose)
        in_threads(
            [partial(take, engines[place % ENGINES], who) for place, who in enumerate(members)]
        )

    taken = [who for who in members if answers[who].startswith("您已接下#1")]
    assert len(taken) == 1
    late = {answers[who] for who in members if who not in taken}
    others = "现在还可以接：\n1. #2 阳光小区2栋门坏了（阳光小区2栋）"
    assert late == {f"手慢一步，#1 已由党员{taken[0]}接下。\n{others}"}
    with transaction(world.engine) as session:
        live = select(Assignment.person_id, Person.name).join(
            Person, Person.id == Assignment.person_id
        )
        holders = session.execute(
            live.where(Assignment.order_id == 1, Assignment.status == AssignmentStatus.ACCEPTED)
        ).all()
        assert [name for _, name in holders] == [f"党员{taken[0]}"]
        assert session.get_one(Order, 1).status is OrderStatus.TAKEN


def test_a_batch_of_fifty_takers_has_one_who_gets_it(world: World) -> None:
    members = add_members(world)
    world.report("wang", "阳光小区3栋灯坏了")
    world.say("chenshuji", "派单 1 全体")

    answers = carry(world.engine, *(world.hear(who, "接单 1") for who in members))

    assert answers[0].startswith("您已接下#1")
    assert set(answers[1:]) == {"手慢一步，#1 已由党员m00接下。\n现在没有别的单可接。"}


def test_a_step_made_on_an_outdated_reading_loses(world: World) -> None:
    """Also where the state is the same: another dispatch has come in between."""
    world.report("wang", "阳光小区3栋灯坏了")
    world.say("chenshuji", "派单 1 张三")
    with transaction(world.engine) as session:
        read = orders.find(session, 1)
        assert read is not None
    world.say("chenshuji", "派单 1 李四")

    with transaction(world.engine) as session:
        is_won = orders.transition(session, read.order, OrderStatus.DISPATCHED)

    assert (read.order.status, is_won) == (OrderStatus.DISPATCHED, False)
