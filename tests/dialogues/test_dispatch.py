"""派单 by name, to everybody, and to nobody yet: who is meant, who may, and who is told."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete, select

from handlers.texts import general
from storage.database import transaction
from storage.models import Appointment, Assignment, Identity, Person
from storage.sealing import keyed_hash, seal
from storage.vocabulary import AssignmentStatus, Platform, Role
from tests.factories import NOON, WECOM, World, shown

OFFERED = "支部请您来办这件事。"
UNKNOWN = general.NO_SUCH_ORDER


def appoint(
    world: World,
    name: str,
    phone: str,
    code: str,
    *,
    role: Role = Role.MEMBER,
    userid: str | None = None,
) -> int:
    """Add somebody to the roster and give the person."""
    with transaction(world.engine) as session:
        person = Person(
            name=name, phone_sealed=seal(phone), phone_hash=keyed_hash(phone), created_at=NOON
        )
        session.add(person)
        session.flush()
        session.add(
            Appointment(
                person_id=person.id,
                organisation_id=world.organisations[code],
                role=role,
                starts_on=date(2026, 1, 1),
            )
        )
        if userid is not None:
            session.add(
                Identity(
                    platform=Platform.WECOM,
                    app_id=WECOM,
                    external_id=userid,
                    person_id=person.id,
                )
            )
        return person.id


def dismiss(world: World, *roles: Role) -> None:
    """End every appointment of some roles."""
    with transaction(world.engine) as session:
        session.execute(delete(Appointment).where(Appointment.role.in_(roles)))


def asked(world: World, number: int = 1) -> set[str]:
    """Name those who have an open offer of an order."""
    with transaction(world.engine) as session:
        rows = session.scalars(
            select(Person.name)
            .join(Assignment, Assignment.person_id == Person.id)
            .where(Assignment.order_id == number, Assignment.status == AssignmentStatus.OFFERED)
        )
        return {str(name) for name in rows}


@pytest.fixture
def town(world: World) -> World:
    """Two orders to dispatch; two 张三, and names that hold the word for "and"."""
    appoint(world, "张三", "13800000012", "e1-1")
    appoint(world, "李和平", "13800000013", "b1")
    appoint(world, "和珅", "13800000014", "b1", role=Role.GRID_WORKER)
    world.report("wang", "阳光小区3栋灯坏了")
    world.report("wang", "阳光小区2栋门坏了")
    return world


WHICH = "有几位张三，是哪一位？\n1. 张三（第一支部，尾号 0002）\n2. 张三（1栋，尾号 0012）"

NEAREST = """没有找到李和。名字相近的有：
1. 李四（第一支部）
2. 李和平（第一支部）
3. 和珅（第一支部）"""

BY_NAME = {
    "a name": [("派单 1 李四", "#1 已发给李四，等对方接单。\n[看 #1 进度]")],
    "a name with its mark": [("派单 1 李四。", "#1 已发给李四，等对方接单。\n[看 #1 进度]")],
    "several of one name are told apart by a digit": [
        ("派单 1 张三", WHICH),
        ("2", "#1 已发给张三，等对方接单。\n[看 #1 进度]"),
    ],
    "the last digits name one of them": [
        ("派单 1 张三 0012", "#1 已发给张三，等对方接单。\n[看 #1 进度]"),
    ],
    "wrong digits name nobody, and both are offered": [
        ("派单 1 张三 9999", "没有找到张三。名字相近的有：\n1. 张三（第一支部）\n2. 张三（1栋）"),
        ("2", "#1 已发给张三，等对方接单。\n[看 #1 进度]"),
    ],
    "the nearest names": [
        ("派单 1 李和", NEAREST),
        ("2", "#1 已发给李和平，等对方接单。\n[看 #1 进度]"),
    ],
    "a name like nobody's": [("派单 1 欧阳锋", "没有找到欧阳锋，请核对名字。")],
    "somebody of another branch is nobody here": [
        ("派单 1 周八", "没有找到周八，请核对名字。"),
    ],
    "a secretary is no taker": [("派单 1 陈书记", "没有找到陈书记，请核对名字。")],
    "several names": [
        ("派单 1 李四、赵敏，李和平", "#1 已发给李四、赵敏、李和平，等他们接单。\n[看 #1 进度]"),
    ],
    "several names joined by and": [
        ("派单 1 李和平和李四和赵敏", "#1 已发给李和平、李四、赵敏，等他们接单。\n[看 #1 进度]"),
    ],
    "a name twice is one": [("派单 1 李四 李四", "#1 已发给李四，等对方接单。\n[看 #1 进度]")],
    "one wrong name of several stops it all": [
        ("派单 1 李四 欧阳锋", "没有找到欧阳锋，请核对名字。"),
    ],
}


@pytest.mark.parametrize("dialogue", BY_NAME.values(), ids=BY_NAME.keys())
def test_by_name(town: World, dialogue: list[tuple[str, str]]) -> None:
    for said, answered in dialogue:
        assert shown(town.say("chenshuji", said)) == answered


@pytest.mark.parametrize(
    "said",
    [
        "派单 1 李四",
        "派单1李四",
        "派 1 李四",
        "派1李四",
        "派单 1号 李四",
        "派单 #1 李四",
        "派单　＃１　李四",
        "派单 1号，李四",
    ],
)
def test_one_command_in_many_spellings(town: World, said: str) -> None:
    assert shown(town.say("chenshuji", said)).startswith("#1 已发给李四")
    assert asked(town) == {"李四"}


def test_the_choice_among_one_name_asks_the_right_person(town: World) -> None:
    town.say("chenshuji", "派单 1 张三 0012")

    assert town.news_of("张三") == []
    assert asked(town) == {"张三"}


def test_several_names_are_asked_for_one_seat(town: World) -> None:
    town.say("chenshuji", "派单 1 李四 赵敏")
    assert asked(town) == {"李四", "赵敏"}
    assert town.news_of("赵敏") == [f"#1 阳光小区3栋灯坏了\n{OFFERED}"]

    assert shown(town.say("lisi", "接单 1")).startswith("您已接下#1")
    assert town.say("zhaomin", "接单 1").text.startswith("手慢一步，#1 已由李四接下。")
    assert asked(town) == set()


def test_who_was_not_named_may_not_take(town: World) -> None:
    town.say("chenshuji", "派单 1 李四")

    assert shown(town.say("zhaomin", "接单 1")) == "#1 支部已经指定了人来办，您不用接。"
    assert shown(town.say("zhaomin", "可接")) == "现在没有可接的单。有新的会发给您。"


def test_everybody_is_every_member_of_the_branch_and_nobody_else(town: World) -> None:
    assert shown(town.say("chenshuji", "派单 1 全体")) == (
        "#1 已发给 6 位党员，先接先办。\n[看 #1 进度]"
    )
    assert asked(town) == {"张三", "李四", "赵敏", "李和平", "和珅"}
    assert (town.news_of("周八"), town.news_of("孙书记")) == ([], [])


@pytest.mark.parametrize("word", ["全体", "所有人", "大家", "全体。"])
def test_words_for_everybody(town: World, word: str) -> None:
    assert "先接先办" in town.say("chenshuji", f"派单 1 {word}").text


def test_another_dispatch_withdraws_the_first_offer(town: World) -> None:
    town.say("chenshuji", "派单 1 李四")

    assert shown(town.say("chenshuji", "派单 1 赵敏")).startswith("#1 已发给赵敏")

    assert asked(town) == {"赵敏"}
    assert shown(town.say("lisi", "接单 1")) == "#1 支部已经指定了人来办，您不用接。"
    assert shown(town.say("chenshuji", "派单 1 全体")).startswith("#1 已发给 6 位党员")
    assert shown(town.say("lisi", "接单 1")).startswith("您已接下#1")


def test_nobody_is_sent_to_an_own_order(town: World) -> None:
    number = town.report("lisi", "阳光小区1栋水管漏水")

    refused = town.say("chenshuji", f"派单 {number} 李四")
    assert shown(refused) == "这件事是李四自己报的，请派给别人。"
    assert "李四" not in town.say("chenshuji", f"派单 {number} 李四 赵敏").text
    assert asked(town, number) == {"赵敏"}
    town.say("chenshuji", f"派单 {number} 全体")
    assert "李四" not in asked(town, number)
    assert shown(town.say("lisi", f"接单 {number}")) == "这是您自己报的事，要由别人来接。"


def test_nobody_is_sent_back_who_did_not_solve_it(town: World) -> None:
    town.say("chenshuji", "派单 1 李四")
    town.say("lisi", "接单 1")
    town.say("lisi", "完成 1")
    town.say("wang", "确认 1")
    assert shown(town.say("wang", "没解决 1")).startswith("知道了，#1 重新办理")

    refused = town.say("liuzhuren", "派单 1 李四")
    assert shown(refused) == "李四办过这张单，居民说没解决，请换一位。"
    town.say("liuzhuren", "派单 1 全体")
    assert "李四" not in asked(town)
    assert shown(town.say("lisi", "可接")) == "现在没有可接的单。有新的会发给您。"
    assert "这次换一位来办" in town.say("lisi", "接单 1").text


LEFT_OUT = {
    "several candidates make a list": [
        (
            "派单 李四",
            "您说的是哪一件？\n1. #1 阳光小区3栋灯坏了\n2. #2 阳光小区2栋门坏了",
        ),
        ("2", "#2 已发给李四，等对方接单。\n[看 #2 进度]"),
    ],
    "one candidate is taken": [
        ("派单 1 赵敏", "#1 已发给赵敏，等对方接单。\n[看 #1 进度]"),
        ("派单 李四", "#2 已发给李四，等对方接单。\n[看 #2 进度]"),
        ("派单 李四", "现在没有等着派的单。"),
    ],
    "a number of no order": [("派单 99 李四", UNKNOWN)],
}


@pytest.mark.parametrize("dialogue", LEFT_OUT.values(), ids=LEFT_OUT.keys())
def test_a_number_left_out(town: World, dialogue: list[tuple[str, str]]) -> None:
    for said, answered in dialogue:
        assert shown(town.say("chenshuji", said)) == answered


def test_a_left_out_number_is_found_for_takers_and_holders_too(town: World) -> None:
    town.say("chenshuji", "派单 1 李四")

    assert shown(town.say("lisi", "接")).startswith("您已接下#1")
    assert shown(town.say("lisi", "完成")).startswith("辛苦了。已请居民确认 #1")
    assert shown(town.say("wang", "好了")) == "好的，#1 已办结。谢谢您告诉我们。\n[评价一下]"


@pytest.mark.parametrize(
    ("role", "code", "userid"),
    [(Role.DEPUTY, "b1", "fushuji"), (Role.COMMUNITY_WORKER, "c1", "shequ")],
    ids=["deputy", "community"],
)
def test_others_who_dispatch(town: World, role: Role, code: str, userid: str) -> None:
    appoint(town, "新来的", "13800000099", code, role=role, userid=userid)
    answered = say_on_wecom(town, userid, "派单 1 李四")

    assert answered.startswith("#1 已发给李四")


def say_on_wecom(world: World, userid: str, said: str) -> str:
    """Speak as somebody whom the test has added."""
    message = replace(world.hear(userid, said), platform=Platform.WECOM, app_id=WECOM)
    return shown(world.give(message))


@pytest.mark.parametrize("sender", ["lisi", "wang", "sunshuji"])
def test_who_may_not_dispatch(town: World, sender: str) -> None:
    before = asked(town)

    answered = town.say(sender, "派单 1 李四").text

    assert answered in {UNKNOWN, general.NOT_ALLOWED, general.NOT_VERIFIED}
    assert asked(town) == before == set()


def test_the_community_may_send_members_of_any_branch(town: World) -> None:
    assert shown(town.say("liuzhuren", "派单 1 周八")).startswith("#1 已发给周八")
    assert shown(town.say("zhouba", "可接")) == (
        "现在可以接的单：\n1. #1 阳光小区3栋灯坏了（阳光小区3栋）"
    )
    assert shown(town.say("zhouba", "1")).startswith("您已接下#1")


ASKED = "#1 阳光小区1栋灯坏了\n请派人来办。"


def test_the_card_goes_to_every_secretary_of_the_branch(world: World) -> None:
    second = appoint(world, "二书记", "13800000098", "b1", role=Role.SECRETARY)
    deputy = appoint(world, "副书记", "13800000097", "b1", role=Role.DEPUTY)

    world.report("wang", "阳光小区1栋灯坏了")

    assert (world.news_of("陈书记"), world.news_for(second)) == ([ASKED], [ASKED])
    assert (world.news_for(deputy), world.news_of("刘主任")) == ([], [])


def test_without_a_secretary_the_deputy_is_asked(world: World) -> None:
    dismiss(world, Role.SECRETARY)
    deputy = appoint(world, "副书记", "13800000097", "b1", role=Role.DEPUTY)

    world.report("wang", "阳光小区1栋灯坏了")

    assert (world.news_for(deputy), world.news_of("刘主任")) == ([ASKED], [])


def test_without_either_the_community_is_asked(world: World) -> None:
    dismiss(world, Role.SECRETARY)

    world.report("wang", "阳光小区1栋灯坏了")

    assert world.news_of("刘主任") == [ASKED]


def test_without_anybody_the_report_is_kept_all_the_same(world: World) -> None:
    dismiss(world, Role.SECRETARY, Role.COMMUNITY_WORKER)

    assert world.report("wang", "阳光小区1栋灯坏了") == 1


def test_a_branch_without_members_says_so(world: World) -> None:
    dismiss(world, Role.MEMBER)
    world.report("wang", "阳光小区1栋灯坏了")

    nobody = "支部里还没有能派的党员，请先请社区把名册补上。"
    assert shown(world.say("chenshuji", "派单 1 全体")) == nobody


def test_the_first_secretary_to_act_wins_and_the_other_reads_who_comes(world: World) -> None:
    appoint(world, "二书记", "13800000098", "b1", role=Role.SECRETARY, userid="ershuji")
    world.report("wang", "阳光小区1栋灯坏了")
    world.say("chenshuji", "派单 1 李四")
    world.say("lisi", "接单 1")

    assert say_on_wecom(world, "ershuji", "派单 1 赵敏") == (
        "#1 已由李四接单，正在办。\n[看 #1 进度]"
    )
