"""Two people act on one order in the same moment: one of them wins, and both read the truth."""

import threading
from functools import partial

import pytest

from storage.vocabulary import AssignmentStatus, OrderAction, OrderStatus
from tests.dialogues import records, scenes
from tests.factories import World
from tests.post_office import in_threads

ROUNDS = 3
HELD = AssignmentStatus.ACCEPTED


def at_once(world: World, *said: tuple[str, str]) -> list[str]:
    """Say several things in the same moment and give the answers in their order."""
    start = threading.Barrier(len(said), timeout=10)
    answers = [""] * len(said)

    def say(place: int, sender: str, text: str) -> None:
        incoming = world.hear(sender, text)
        start.wait()
        answers[place] = world.give(incoming).text

    in_threads([partial(say, place, *words) for place, words in enumerate(said)])
    return answers


@pytest.mark.parametrize("number", range(1, ROUNDS + 1))
def test_taken_and_taken_back_at_once(world: World, number: int) -> None:
    for _ in range(number):
        scenes.placed(world)
    world.say("chenshuji", f"派单 {number} 全体")

    recalled, taken = at_once(world, ("chenshuji", f"收回 {number}"), ("lisi", f"接单 {number}"))

    held = [person for person, status in records.live(world, number) if status is HELD]
    if scenes.order(world, number).status is OrderStatus.TAKEN:
        assert held == [world.people["李四"]]
        assert recalled == f"#{number} 已由李四接单，正在办。"
        assert taken.startswith("您已接下")
    else:
        assert scenes.order(world, number).status is OrderStatus.SUBMITTED
        assert records.live(world, number) == []
        assert recalled.startswith(f"#{number} 已")


@pytest.mark.parametrize("number", range(1, ROUNDS + 1))
def test_taken_and_undone_at_once(world: World, number: int) -> None:
    for _ in range(number):
        scenes.placed(world)
    world.say("chenshuji", f"派单 {number} 全体")

    undone, taken = at_once(world, ("chenshuji", "撤销"), ("lisi", f"接单 {number}"))

    if scenes.order(world, number).status is OrderStatus.TAKEN:
        assert undone == f"#{number} 已由李四接单，正在办。后面已经有了进展，撤销不了。"
        assert taken.startswith("您已接下")
    else:
        assert undone == f"已撤销“派单”，#{number} 回到“待派单”。"
        assert taken.startswith(f"#{number} 支部还没有派出来")
        assert records.live(world, number) == []


@pytest.mark.parametrize("number", range(1, ROUNDS + 1))
def test_two_desks_do_it_themselves_at_once(world: World, number: int) -> None:
    for _ in range(number):
        scenes.placed(world)

    answers = at_once(world, ("chenshuji", f"自办 {number}"), ("liuzhuren", f"自办 {number}"))

    (holder,) = [person for person, status in records.live(world, number) if status is HELD]
    names = {world.people["陈书记"]: "陈书记", world.people["刘主任"]: "刘主任"}
    assert sorted(answer.startswith(f"#{number} 由您来办") for answer in answers) == [False, True]
    assert any(f"已由{names[holder]}接单" in answer for answer in answers)


@pytest.mark.parametrize("number", range(1, ROUNDS + 1))
def test_asked_and_added_at_once_is_an_answer_or_came_before(world: World, number: int) -> None:
    for _ in range(number):
        scenes.placed(world)

    at_once(world, ("chenshuji", f"退补 {number} 是几楼的灯"), ("wang", f"补充 {number} 五楼的"))

    steps = records.steps(world, number)[1:]
    if scenes.order(world, number).status is OrderStatus.NEED_INFO:
        assert steps == [OrderAction.SUPPLEMENT, OrderAction.ASK]
    else:
        assert steps == [OrderAction.ASK, OrderAction.ANSWER]
