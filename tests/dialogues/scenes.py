"""How far an order has come when a dialogue begins, and a clock for the timers."""

from collections import Counter
from collections.abc import Callable

from sqlalchemy import select

from storage.database import transaction
from storage.models import Delivery, Notice, Order
from tests.factories import POLICY, World
from workers.timers import HANDLERS, fire_due

MATTER = "阳光小区3栋2单元楼道灯坏了"
HEAD = f"#1 {MATTER}"

Beginning = Callable[[World], None]


def placed(world: World, resident: str = "wang") -> None:
    """A resident has reported, with a phone."""
    for said in (f"报事 {MATTER}", "王阿姨 13800000001", "1"):
        world.say(resident, said)


def dispatched(world: World) -> None:
    """The branch has been asked."""
    placed(world)
    world.say("chenshuji", "派单 1 全体")


def taken(world: World) -> None:
    """张三 comes."""
    placed(world)
    world.say("chenshuji", "派单 1 张三")
    world.say("zhangsan", "接单 1")


def done(world: World) -> None:
    """张三 says that the work is done."""
    taken(world)
    world.say("zhangsan", "完成 1")


def fire(world: World) -> Counter[str]:
    """Let the clock do what is due."""
    return fire_due(world.engine, now=lambda: world.now, policy=POLICY, handlers=HANDLERS)


def order(world: World, number: int = 1) -> Order:
    """Read an order as it is stored."""
    with transaction(world.engine) as session:
        found = session.get_one(Order, number)
        session.expunge(found)
        return found


def news(world: World, name: str, before: int = 0) -> list[str]:
    """Give what notices told somebody, without the first ones and without the order's head."""
    told = (
        world.news_of(name) if name in world.people else world.news_for(world.person_behind(name))
    )
    return [text.removeprefix(f"{HEAD}\n") for text in told[before:]]


def taps(world: World, name: str) -> list[str]:
    """Give the commands under the last notice that somebody was told."""
    person = world.people.get(name) or world.person_behind(name)
    with transaction(world.engine) as session:
        last = session.execute(
            select(Notice.actions)
            .join(Delivery, Delivery.notice_id == Notice.id)
            .where(Delivery.person_id == person)
            .order_by(Delivery.id.desc())
            .limit(1)
        ).scalar_one()
        return [action["command"] for action in last]
