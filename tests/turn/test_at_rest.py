"""What lies on the disk after a whole story: no phone and no word that a resident said."""

import json

from sqlalchemy import Engine, inspect, make_url, text

from tests.factories import ROSTER, World

MATTER = "卫生间水管爆裂漏水"
PHONE = "13812345678"
OTHER_PHONE = "13898765432"
SECRETS = {
    "the matter": MATTER,
    "the resident's phone": PHONE,
    "a second phone": OTHER_PHONE,
    "what the member wrote": "阀门已经换新",
    "what was missing": "地板还泡着水",
    "why it was reopened": "半夜又渗出来",
    "a draft": "窗户关不严实",
    "the phone of the roster": ROSTER[1][1],
    "the claim of a member": ROSTER[2][1],
}


def written(engine: Engine, database_url: str) -> bytes:
    """Give everything that the database keeps, as near to the disk as it can be had."""
    if engine.dialect.name == "sqlite":
        file = str(make_url(database_url).database)
        with open(file, "rb") as main, open(f"{file}-wal", "rb") as log:  # noqa: PTH123 (bytes of a live file)
            return main.read() + log.read()
    with engine.connect() as connection:
        return "\n".join(
            row
            for table in inspect(engine).get_table_names()
            for row in connection.execute(text(f'SELECT t::text FROM "{table}" t')).scalars()  # noqa: S608 (our own names)
        ).encode()


def tell_everything(world: World) -> None:
    """Let residents and members say whatever can hold something personal."""
    for sender, said in [
        ("wang", f"报事 阳光小区3栋2单元{MATTER}"),
        ("wang", f"王阿姨 {PHONE}，没人接就打 {OTHER_PHONE}"),
        ("wang", "1"),
        ("chenshuji", "待办"),
        ("chenshuji", "派单 1 张三"),
        ("zhangsan", "可接"),
        ("zhangsan", "接单 1"),
        ("zhangsan", f"完成 1 阀门已经换新，电话 {PHONE}"),
        ("wang", f"没解决 1 半夜又渗出来，打 {OTHER_PHONE}"),
        ("liuzhuren", "派单 1 全体"),
        ("lisi", "接单 1"),
        ("lisi", "完成 1"),
        ("wang", "部分解决 1 地板还泡着水"),
        ("wang", f"报事 阳光小区1栋电梯停了，{PHONE}"),
        ("wang", "1"),
        ("chenshuji", "派单 2 张三"),
        ("chenshuji", "派单 3 张三"),
        ("zhangsan", "接单 2"),
        ("zhangsan", "接单 3"),
        ("zhangsan", f"完成 阀门已经换新 {PHONE}"),
        ("newcomer", f"认证 李四 {ROSTER[2][1]}"),
        ("li", "报事 窗户关不严实"),
    ]:
        world.say(sender, said)
    world.press("zhaomin", "接单 1")
    world.say("wang", "进度")


def test_nothing_personal_can_be_read_on_the_disk(world: World, database_url: str) -> None:
    tell_everything(world)

    kept = written(world.engine, database_url)

    readable = {
        what
        for what, secret in SECRETS.items()
        if secret.encode() in kept or json.dumps(secret)[1:-1].encode() in kept
    }
    assert readable == set()


def test_the_look_at_the_disk_sees_what_is_there(world: World, database_url: str) -> None:
    tell_everything(world)

    kept = written(world.engine, database_url)

    assert all(word.encode() in kept for word in ("阳光小区3栋2单元", "张三", "order_taken"))


def test_every_secret_was_told_to_those_whom_it_is_for(world: World) -> None:
    """Else the test above would look for words that nobody said."""
    tell_everything(world)

    people = [world.people[name] for name in ("张三", "陈书记", "刘主任")]
    told = "\n".join(
        news for person in (*people, world.person_behind("wang")) for news in world.news_for(person)
    )
    news = ("the matter", "what the member wrote", "what was missing", "why it was reopened")
    assert [what for what in news if SECRETS[what] not in told] == []
