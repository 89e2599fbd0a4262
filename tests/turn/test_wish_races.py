"""Claims of one wish in several processes at once."""

import threading
from functools import partial

from sqlalchemy import Engine, select

from handlers import turn
from storage.database import transaction
from storage.models import Assignment, Order
from storage.vocabulary import AssignmentStatus, OrderStatus
from tests.dialogues import wished
from tests.factories import NOON, POLICY, World, shown
from tests.post_office import in_threads

NAMES = {"zhangsan": "张三", "lisi": "李四", "zhaomin": "赵敏"}
CONTACT = "王阿姨 13800000001"


def at_once(world: World, other: Engine, said: dict[str, str]) -> dict[str, str]:
    """Let several people say something at the same moment, to two processes."""
    start = threading.Barrier(len(said), timeout=10)
    answers: dict[str, str] = {}

    def one(sender: str, text: str, engine: Engine) -> None:
        message = world.hear(sender, text)
        start.wait()
        (answer,) = turn.many(engine, [message], policy=POLICY, now=NOON)
        answers[sender] = shown(answer.reply)

    engines = (world.engine, other)
    in_threads(
        [
            partial(one, sender, text, engines[place % 2])
            for place, (sender, text) in enumerate(said.items())
        ]
    )
    return answers


def test_one_wins_and_the_others_read_who(world: World, other_engine: Engine) -> None:
    wished.passed(world)

    answers = at_once(world, other_engine, dict.fromkeys(NAMES, "认领 1"))

    (winner,) = [name for name, answer in answers.items() if CONTACT in answer]
    late = {answer for name, answer in answers.items() if name != winner}
    assert {answer.splitlines()[0] for answer in late} == {
        f"手慢一步，#1 已由{NAMES[winner]}认领。"
    }
    with transaction(world.engine) as session:
        live = session.scalars(
            select(Assignment.person_id).where(Assignment.status == AssignmentStatus.ACCEPTED)
        ).all()
        assert live == [world.people[NAMES[winner]]]


def test_a_wish_is_changed_or_claimed_first_and_never_behind_the_claimers_back(
    world: World, other_engine: Engine
) -> None:
    wished.passed(world)

    answers = at_once(world, other_engine, {"wang": "补充 1 要200度的", "zhangsan": "认领 1"})

    is_changed = answers["wang"].startswith("好的，已改到 #1")
    assert is_changed or "心愿改不了了" in answers["wang"]
    assert ("200度" in answers["zhangsan"]) is is_changed
    with transaction(world.engine) as session:
        order = session.get_one(Order, 1)
        assert order.status is OrderStatus.TAKEN
        assert ("200度" in order.matter) is is_changed
