"""Operators look persons up without being shown more than they need, and untie accounts."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select, update
from typer.testing import CliRunner, Result

from bot.cli import app
from storage import database
from storage.database import transaction
from storage.models import Identity, InboxMessage, Order, Person
from storage.vocabulary import Platform
from tests.factories import ROSTER, World, found

PHONES = {name: phone for name, phone, _, _, _ in ROSTER}
Jinlin = Callable[..., Result]


@pytest.fixture
def world(
    engine: Engine, database_url: str, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> World:
    """A community in the database that the command line works on, of either kind."""
    del environment
    monkeypatch.setenv("JINLIN_DATABASE_URL", database_url)
    return found(engine)


@pytest.fixture
def jinlin(world: World) -> Jinlin:
    """Run a ``jinlin person`` command."""
    del world
    return lambda *arguments: CliRunner().invoke(app, ["person", *arguments])


def _identity(world: World, sender: str) -> int:
    with transaction(world.engine) as session:
        return session.execute(
            select(Identity.id).where(Identity.external_id == sender)
        ).scalar_one()


def _recognised(world: World, sender: str = "oQ3x7Kf9", name: str = "张三") -> int:
    """A follower was taken for a member; gives the identity."""
    world.say(sender, f"认证 {name} {PHONES[name]}")
    world.say("chenshuji", "同意认证 1")
    return _identity(world, sender)


def _shown(jinlin: Jinlin, *arguments: str) -> list[str]:
    result = jinlin("show", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.splitlines()


QUERIES = ["张三", " 张三 ", "13900000002", "+86 139-0000-0002", "2"]


@pytest.mark.parametrize("query", QUERIES)
def test_a_person_is_found_by_name_phone_and_number(
    world: World, jinlin: Jinlin, query: str
) -> None:
    assert world.people["张三"] == 2
    account = _identity(world, "zhangsan")

    assert _shown(jinlin, query) == [
        "编号 2：张三，手机 尾号 0002",
        "  任职：第一支部党员，2026-01-01 起",
        "  住处：没有绑定",
        f"  账号 {account}：企业微信 zh****an",
        "  没办完的单：没有",
    ]


def test_everything_that_hangs_on_a_person_is_named(world: World, jinlin: Jinlin) -> None:
    identity = _recognised(world)
    world.say("oQ3x7Kf9", "绑定 阳光小区1栋")
    own = world.report("oQ3x7Kf9", "阳光小区1栋灯坏了")
    taken = world.report("wang", "阳光小区2栋门坏了")
    world.say("chenshuji", f"派单 {taken} 张三")
    world.say("zhangsan", f"接单 {taken}")

    assert _shown(jinlin, "张三")[2:] == [
        "  住处：阳光小区1栋",
        f"  账号 {_identity(world, 'zhangsan')}：企业微信 zh****an",
        f"  账号 {identity}：公众号 oQ****f9",
        f"  没办完的单：#{own} 待派单（报的）",
        f"  没办完的单：#{taken} 已接单（接的）",
    ]


def test_a_whole_phone_is_shown_only_when_asked_for(jinlin: Jinlin) -> None:
    assert "13900000002" not in "".join(_shown(jinlin, "张三"))
    assert _shown(jinlin, "张三", "--phone")[0] == "编号 2：张三，手机 13900000002"


def test_a_follower_of_whom_nothing_is_known(world: World, jinlin: Jinlin) -> None:
    world.say("abcd", "你好")
    number = world.person_behind("abcd")
    with transaction(world.engine) as session:
        session.execute(
            update(Identity).where(Identity.external_id == "abcd").values(is_following=False)
        )

    assert _shown(jinlin, str(number)) == [
        f"编号 {number}：没有姓名，不在名册里",
        "  任职：没有",
        "  住处：没有绑定",
        f"  账号 {_identity(world, 'abcd')}：公众号 ****，已取消关注",
        "  没办完的单：没有",
    ]


def test_people_of_one_name_are_all_shown(world: World, jinlin: Jinlin) -> None:
    with transaction(world.engine) as session:
        session.get_one(Person, world.people["李四"]).name = "张三"

    heads = [line for line in _shown(jinlin, "张三") if line.startswith("编号")]

    assert heads == ["编号 2：张三，手机 尾号 0002", "编号 3：张三，手机 尾号 0003"]


@pytest.mark.parametrize("query", ["王五", "13100000000", "999", "0", "999999999999999"])
def test_nobody_fits(jinlin: Jinlin, query: str) -> None:
    result = jinlin("show", query)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (f"没有找到“{query}”。姓名要写全，手机号要写 11 位，编号是一个数。\n")


def _unbound(jinlin: Jinlin, person: int, identity: int) -> list[str]:
    result = jinlin("unbind", str(person), "--identity", str(identity))
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.splitlines()


def test_an_account_goes_with_what_was_placed_through_it(world: World, jinlin: Jinlin) -> None:
    before = world.report("oQ3x7Kf9", "阳光小区1栋灯坏了")
    identity = _recognised(world)
    world.later(days=30)
    after = world.report("oQ3x7Kf9", "阳光小区1栋门坏了")
    own = world.report("zhangsan", "阳光小区2栋灯坏了")
    world.report("wang", "阳光小区3栋灯坏了")
    world.say("chenshuji", f"派单 {own + 1} 张三")
    world.say("oQ3x7Kf9", f"接单 {own + 1}")

    lines = _unbound(jinlin, 2, identity)

    stranger = world.person_behind("oQ3x7Kf9")
    assert lines == [
        f"账号 {identity} 已从张三（编号 2）解开，现在归新编号 {stranger}，不在名册里。",
        f"用它报的单跟着走了：#{before}、#{after}。",
        f"用它接的单还记在张三名下，请支部收回另派：#{own + 1}。",
        "张三还在名册里，任职不变。",
    ]
    with transaction(world.engine) as session:
        reporters = {order.id: order.reporter_id for order in session.scalars(select(Order))}
    assert (reporters[before], reporters[after], reporters[own]) == (stranger, stranger, 2)
    assert world.person_behind("zhangsan") == 2
    assert "您是党员的话" in world.say("oQ3x7Kf9", "可接").text
    assert f"#{before} " in "".join(action.label for action in world.say("oQ3x7Kf9", "进度").menu)


def test_without_orders_it_says_so(world: World, jinlin: Jinlin) -> None:
    identity = _recognised(world)

    assert _unbound(jinlin, 2, identity)[1:] == [
        "没有用这个账号报的单。",
        "张三还在名册里，任职不变。",
    ]


def test_when_the_messages_are_deleted_the_platform_decides(world: World, jinlin: Jinlin) -> None:
    identity = _recognised(world)
    placed = world.report("oQ3x7Kf9", "阳光小区1栋灯坏了")
    own = world.report("zhangsan", "阳光小区2栋灯坏了")
    with transaction(world.engine) as session:
        for message in session.scalars(select(InboxMessage)):
            session.delete(message)

    assert f"用它报的单跟着走了：#{placed}。" in _unbound(jinlin, 2, identity)
    with transaction(world.engine) as session:
        assert session.get_one(Order, own).reporter_id == 2


def test_with_a_second_account_there_nothing_is_guessed(world: World, jinlin: Jinlin) -> None:
    identity = _recognised(world)
    world.report("oQ3x7Kf9", "阳光小区1栋灯坏了")
    with transaction(world.engine) as session:
        for message in session.scalars(select(InboxMessage)):
            session.delete(message)
        session.add(
            Identity(platform=Platform.OFFICIAL, app_id="wx2", external_id="other", person_id=2)
        )

    assert "没有用这个账号报的单。" in _unbound(jinlin, 2, identity)


def test_what_was_written_down_for_a_neighbour_stays(world: World, jinlin: Jinlin) -> None:
    world.say("oQ3x7Kf9", f"认证 陈书记 {PHONES['陈书记']}")
    world.say("liuzhuren", "同意认证 1")
    for said in ("代报 阳光小区1栋灯坏了 刘奶奶13800000021", "1", "1"):
        world.say("oQ3x7Kf9", said)

    lines = _unbound(jinlin, world.people["陈书记"], _identity(world, "oQ3x7Kf9"))

    assert "没有用这个账号报的单。" in lines
    with transaction(world.engine) as session:
        assert session.get_one(Order, 1).reporter_id == world.people["陈书记"]


def test_a_wecom_account_comes_back_with_the_next_roster(world: World, jinlin: Jinlin) -> None:
    lines = _unbound(jinlin, 2, _identity(world, "zhangsan"))

    assert lines[2] == "花名册里还写着这个企业微信账号的话，下次导入又会绑上，请先改花名册。"
    assert world.person_behind("zhangsan") != 2


def test_only_a_persons_own_account_is_untied(world: World, jinlin: Jinlin) -> None:
    other = _identity(world, "lisi")
    for person, identity in ((2, other), (2, 999), (999, other)):
        result = jinlin("unbind", str(person), "--identity", str(identity))
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == (
            f"编号 {person} 没有账号 {identity}，请先用 jinlin person show {person} 核对。\n"
        )


def test_a_resident_is_not_untied_from_themselves(world: World, jinlin: Jinlin) -> None:
    world.say("wang", "你好")
    number = world.person_behind("wang")

    result = jinlin("unbind", str(number), "--identity", str(_identity(world, "wang")))

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"编号 {number} 不在名册里，这个账号就是本人的，不用解开。\n"


def test_a_database_that_is_not_migrated_is_named(
    world: World, jinlin: Jinlin, monkeypatch: pytest.MonkeyPatch
) -> None:
    del world
    monkeypatch.setattr(database, "is_current", lambda _: False)

    assert jinlin("show", "张三").stderr == "数据库还不是最新结构，请先运行 jinlin migrate。\n"
