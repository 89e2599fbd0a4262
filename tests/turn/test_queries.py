"""What a turn costs the database: statements decide the load (DESIGN.md section 5).

Counted is everything sent, so also the marks around a transaction and each turn: SQLite's BEGIN,
and SAVEPOINT with its RELEASE. Whoever adds a statement changes the number here, knowingly.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from handlers import turn
from tests.factories import POLICY, World

MARKS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def counted(engine: Engine) -> Iterator[Counter[str]]:
    """Count what is sent: each mark by its word, everything else as statements."""
    sent: Counter[str] = Counter()

    def note(*args: Any) -> None:  # noqa: ANN401 (the event's own signature is wide)
        word = args[2].split(maxsplit=1)[0]
        sent[word if word in MARKS else "statements"] += 1

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def cost(world: World, sender: str, said: str) -> int:
    """Give the statements of one turn; it has a savepoint only if its handler used the database."""
    with counted(world.engine) as sent:
        world.say(sender, said)
    assert (sent["SAVEPOINT"], sent["ROLLBACK"]) == (sent["RELEASE"], 0)
    assert sent["SAVEPOINT"] <= 1
    return sent["statements"]


def warm(world: World) -> None:
    """Let everybody have spoken once, and the tree be known."""
    for sender in ("wang", "chenshuji", "zhangsan", "lisi"):
        world.say(sender, "你好")
    world.say("wang", "报事 阳光小区1栋灯坏了")
    world.say("wang", "取消")


def test_small_talk_costs_the_frame(world: World) -> None:
    """Inbox, speaker, posts, outcome; for a resident also the send window."""
    warm(world)

    assert (cost(world, "wang", "谢谢"), cost(world, "zhangsan", "谢谢")) == (5, 4)


def test_a_first_word_makes_a_person(world: World) -> None:
    """Two reads and three rows more, once in a life."""
    warm(world)

    assert cost(world, "stranger", "谢谢") == 10


def test_the_steps_of_a_report(world: World) -> None:
    """The frame and the conversation saved; where a place is looked up, the tree's fingerprint."""
    warm(world)

    steps = {"报事 灯坏了": 7, "阳光小区3栋2单元": 7, "1": 15}

    assert {said: cost(world, "wang", said) for said in steps} == steps


def test_an_order_through_its_life(world: World) -> None:
    warm(world)
    world.report("wang", "阳光小区3栋灯坏了")

    life = {
        ("chenshuji", "派单 1 全体"): 18,  # one for the clock, as when it is taken
        ("zhangsan", "接单 1"): 21,  # one for the posts of 5+X, which the resident reads
        ("lisi", "接单 1"): 8,
        ("zhangsan", "完成 1"): 14,
        ("wang", "确认 1"): 17,  # four of them for the points
        ("wang", "进度 1"): 7,
    }

    assert {step: cost(world, *step) for step in life} == life


def batch_cost(world: World, said: str) -> Counter[str]:
    """Carry one text of twenty residents at once and give what was sent, BEGIN aside."""
    residents = [f"p{number}" for number in range(20)]
    for who in residents:
        world.say(who, "你好")
    batch = [world.hear(who, said) for who in residents]
    with counted(world.engine) as sent:
        turn.many(world.engine, batch, policy=POLICY, now=world.now)
    del sent["BEGIN"]
    return sent


def test_a_batch_of_twenty_costs_the_frame_of_one_turn(world: World) -> None:
    warm(world)

    assert batch_cost(world, "谢谢") == {"statements": 5}


def test_a_batch_of_twenty_asks_once_how_the_tree_is(world: World) -> None:
    """Six set-based statements and the fingerprint; nobody's handler needs a savepoint for it."""
    warm(world)

    assert batch_cost(world, "报事 灯坏了") == {"statements": 6 + 1}


def test_a_batch_of_twenty_adds_only_what_each_handler_asks(world: World) -> None:
    """Five set-based statements, and one read inside a savepoint for each."""
    warm(world)

    assert batch_cost(world, "进度") == {"statements": 5 + 20, "SAVEPOINT": 20, "RELEASE": 20}


def test_a_repeat_costs_two_statements(world: World) -> None:
    warm(world)
    message = world.hear("wang", "谢谢")
    world.give(message)

    with counted(world.engine) as sent:
        world.give(message)

    del sent["BEGIN"]
    assert sent == {"statements": 2}
