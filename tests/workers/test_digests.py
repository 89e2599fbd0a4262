"""What was taken is told to the dispatcher in one digest per fifteen minutes, not one by one."""

from sqlalchemy import Engine

from handlers.services import digests
from storage.database import transaction
from tests.factories import World, found


def _taken(world: World, count: int) -> None:
    for number in range(1, count + 1):
        world.say(f"r{number}", f"报事 阳光小区1栋第{number}盏灯坏了")
        world.say(f"r{number}", "1")
        world.say("chenshuji", f"派单 {number} 全体")
        world.say("zhangsan" if number % 2 else "lisi", f"接单 {number}")


def _tell(world: World) -> int:
    with transaction(world.engine) as session:
        return digests.tell(session, now=world.now)


def test_takes_are_told_together_after_fifteen_minutes(engine: Engine) -> None:
    world = found(engine)
    _taken(world, 3)
    before = len(world.news_of("陈书记"))

    world.later(minutes=14)
    assert _tell(world) == 0
    world.later(minutes=1)
    assert _tell(world) == 1
    assert _tell(world) == 0
    assert world.news_of("陈书记")[before:] == [
        (
            "近 15 分钟的消息（3 条）\n"
            "#1 阳光小区1栋第1盏灯坏了：张三已接单\n"
            "#2 阳光小区1栋第2盏灯坏了：李四已接单\n"
            "#3 阳光小区1栋第3盏灯坏了：张三已接单"
        )
    ]


def test_what_comes_later_has_a_digest_of_its_own(engine: Engine) -> None:
    world = found(engine)
    _taken(world, 1)
    world.later(minutes=15)
    assert _tell(world) == 1
    world.later(minutes=5)
    world.say("r9", "报事 阳光小区2栋门坏了")
    world.say("r9", "1")
    world.say("chenshuji", "派单 2 全体")
    world.say("zhaomin", "接单 2")

    assert _tell(world) == 0
    world.later(minutes=15)
    assert _tell(world) == 1
    assert world.news_of("陈书记")[-1].startswith("近 15 分钟的消息（1 条）")


def test_nothing_taken_is_silent(engine: Engine) -> None:
    assert _tell(found(engine)) == 0
