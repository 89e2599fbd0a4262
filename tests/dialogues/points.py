"""The ledger as the database holds it, and work done for it, for the dialogues about points."""

from sqlalchemy import func, select

from storage.database import transaction
from storage.models import PointEntry
from tests.factories import World

PLACE = "阳光小区3栋"


def serve(
    world: World, matter: str = "灯坏了", who: str = "zhangsan", resident: str = "wang"
) -> int:
    """Have an order placed, taken, done and confirmed; gives its number."""
    number = finish(world, matter, who, resident)
    world.say(resident, f"确认 {number}")
    return number


def finish(
    world: World, matter: str = "灯坏了", who: str = "zhangsan", resident: str = "wang"
) -> int:
    """Have an order placed, taken and done; it waits for the resident's word."""
    number = world.report(resident, f"{PLACE}{matter}")
    names = {"zhangsan": "张三", "lisi": "李四", "zhaomin": "赵敏", "chenshuji": "陈书记"}
    if who == "chenshuji":
        world.say("chenshuji", f"自办 {number}")
    else:
        world.say("chenshuji", f"派单 {number} {names[who]}")
        world.say(who, f"接单 {number}")
    world.say(who, f"完成 {number}")
    return number


def ledger(world: World, name: str) -> list[tuple[str, int]]:
    """Give a member's lines, the oldest first: for what, and how many hundredths."""
    with transaction(world.engine) as session:
        rows = session.execute(
            select(PointEntry.rule, PointEntry.hundredths)
            .where(PointEntry.person_id == world.people[name])
            .order_by(PointEntry.id)
        )
        return [(rule, hundredths) for rule, hundredths in rows]


def last_line(world: World, name: str) -> int:
    """Give the number of a member's newest line."""
    with transaction(world.engine) as session:
        number = session.scalar(
            select(func.max(PointEntry.id)).where(PointEntry.person_id == world.people[name])
        )
        assert number is not None
        return int(number)
