"""A wish, and how far it has come when a dialogue begins."""

from tests.factories import World

MATTER = "想要一副老花镜"
HEAD = f"#1 {MATTER}"
LINE = f"{HEAD} · 100 元以内 · 12月31日前"


def made(world: World, resident: str = "wang", matter: str = MATTER) -> None:
    """A resident has made a wish; the branch has been asked."""
    world.say(resident, f"心愿 {matter} 100元以内 12-31 阳光小区3栋2单元501 王阿姨13800000001")
    world.say(resident, "1")


def passed(world: World) -> None:
    """It stands on the wall."""
    made(world)
    world.say("chenshuji", "通过 1")


def claimed(world: World) -> None:
    """张三 has claimed it."""
    passed(world)
    world.say("zhangsan", "认领 1")


def delivered(world: World) -> None:
    """张三 says that it was delivered."""
    claimed(world)
    world.say("zhangsan", "完成 1 送到家了")
