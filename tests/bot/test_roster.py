"""Importing a roster: what is stored, what is updated, what stays, what is named."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, event, select, update

from storage import database, sealing
from storage.models import Appointment, Identity, Order, Organisation, Person
from storage.vocabulary import OrganisationKind, Platform, Role
from tests.bot.sheets import (
    ORGANISATIONS,
    PEOPLE,
    Imports,
    neighbourhood,
    person_row,
    settings_for,
)

UNCHANGED = [
    "组织：新增 0，更新 0",
    "人员：新增 0，更新 0",
    "任职：新增 0，结束 0",
    "企业微信账号：新增 0，改绑 0，解除 0",
    "一共 0 处改动，和上次一样。",
]
KINDS = "市、区县、街道、社区、支部、小区、网格、楼栋、单元、部门、单位"
ROLES = "书记、副书记、党员、网格员、楼栋长、单元管家、社区工作者、街道工作者"
TODAY = datetime.now(UTC).date()


@pytest.fixture
def roster(database_url: str, engine: Engine, tmp_path: Path) -> Imports:
    return Imports(settings_for(database_url, "corp"), engine, tmp_path / "roster_sample.xlsx")


def test_everything_of_the_workbook_is_stored(roster: Imports) -> None:
    assert roster.bring() == [
        "组织：新增 7，更新 0（其中 1 个单位来自“工作单位”一列）",
        "人员：新增 3，更新 0",
        "任职：新增 4，结束 0",
        "企业微信账号：新增 2，改绑 0，解除 0",
        "一共 16 处改动。",
    ]
    assert roster.posts() == [
        ("王书记", "ZB1", Role.SECRETARY, None),
        ("张三", "ZB1", Role.MEMBER, None),
        ("张三", "YG-3", Role.BUILDING_HEAD, None),
        ("李四", "YG", Role.GRID_WORKER, None),
    ]
    assert roster.speakers() == {("corp", "wangshuji"): "王书记", ("corp", "zhangsan"): "张三"}


def test_paths_lead_from_the_root_to_the_node(roster: Imports) -> None:
    roster.bring(people=[])
    assert roster.paths() == {
        "JL": "/JL/",
        "ZB1": "/JL/ZB1/",
        "YG": "/JL/ZB1/YG/",
        "YG-3": "/JL/ZB1/YG/YG-3/",
        "YG-3-2": "/JL/ZB1/YG/YG-3/YG-3-2/",
        "GW": "/GW/",
    }


def test_phones_are_sealed_and_found_by_their_hash(roster: Imports) -> None:
    roster.bring()
    rows = roster.rows(Person.name, Person.phone_sealed, Person.phone_hash)
    assert [(name, sealing.unseal(sealed)) for name, sealed, _ in rows] == [
        ("张三", "13800000002"),
        ("李四", "13800000003"),
        ("王书记", "13800000001"),
    ]
    assert [found for _, _, found in rows] == [
        sealing.keyed_hash(f"1380000000{number}") for number in (2, 3, 1)
    ]


def test_skills_of_several_rows_come_together(roster: Imports) -> None:
    roster.bring()
    assert roster.rows(Person.name, Person.skills)[0] == ("张三", "水电 木工")


def test_an_employer_is_found_by_name_or_made_outside_the_tree(roster: Imports) -> None:
    roster.bring()
    with database.transaction(roster.engine) as session:
        employers = session.execute(
            select(Person.name, Organisation.name, Organisation.kind, Organisation.parent_id)
            .join(Organisation, Organisation.id == Person.employer_id)
            .order_by(Person.id)
        ).all()
    assert [tuple(row) for row in employers] == [
        ("王书记", "供电公司", OrganisationKind.EMPLOYER, None),
        ("张三", "市第一医院", OrganisationKind.EMPLOYER, None),
    ]


def test_a_row_for_an_employer_made_earlier_gives_it_its_code(roster: Imports) -> None:
    roster.bring()
    roster.bring(organisations=[*ORGANISATIONS, ("YY", "市第一医院", "单位", None)])
    assert [
        code for code, name in roster.rows(Organisation.code, Organisation.name) if "医院" in name
    ] == ["YY"]


def test_a_userid_belongs_to_every_company_once(roster: Imports, database_url: str) -> None:
    roster.settings = settings_for(database_url, "corp", "corp", "other")
    roster.bring()
    assert sorted(roster.speakers()) == [
        ("corp", "wangshuji"),
        ("corp", "zhangsan"),
        ("other", "wangshuji"),
        ("other", "zhangsan"),
    ]


def test_without_a_company_the_userids_wait_and_are_said_to(
    roster: Imports, database_url: str
) -> None:
    roster.settings = settings_for(database_url)
    assert roster.bring()[-1] == "注意：设置里没有企业微信，“企业微信账号”一列这次没有用上。"
    assert roster.speakers() == {}


def test_the_same_workbook_again_changes_nothing(roster: Imports) -> None:
    roster.bring()
    assert roster.bring() == UNCHANGED
    assert roster.bring(replace=True) == UNCHANGED


def test_a_dry_run_says_what_would_be_and_writes_nothing(roster: Imports) -> None:
    assert roster.bring(dry_run=True)[:2] == [
        "试运行：检查全部通过，什么都没有写入。",
        "组织：新增 7，更新 0（其中 1 个单位来自“工作单位”一列）",
    ]
    assert roster.count() == 0


def test_names_employers_and_skills_are_updated(roster: Imports) -> None:
    roster.bring(people=[person_row(employer="供电公司", skills="水电")])
    assert roster.bring(people=[person_row(name="赵七", skills="木工")])[1] == (
        "人员：新增 0，更新 1"
    )
    assert roster.rows(Person.name, Person.employer_id, Person.skills) == [("赵七", None, "木工")]


def test_a_moved_subtree_takes_its_absent_descendants_along(roster: Imports) -> None:
    roster.bring()
    said = roster.bring(
        organisations=[("ZB2", "第二党支部", "支部", "JL"), ("YG", "阳光花园", "小区", "ZB2")],
        people=[],
    )
    assert said[0] == "组织：新增 1，更新 1"
    assert roster.paths()["YG-3-2"] == "/JL/ZB2/YG/YG-3/YG-3-2/"


def test_a_new_root_may_be_put_above_the_tree(roster: Imports) -> None:
    roster.bring()
    roster.bring(
        organisations=[("JD", "河东街道", "街道", None), ("JL", "近邻社区", "社区", "JD")],
        people=[],
    )
    assert roster.paths()["YG"] == "/JD/JL/ZB1/YG/"


def test_two_roots_are_imported_with_a_warning(roster: Imports) -> None:
    said = roster.bring(organisations=[*ORGANISATIONS, ("HD", "河东社区", "社区", None)])
    assert said[-1] == (
        "注意：有 2 个组织没有上级：近邻社区、河东社区。如果是漏填，请补上上级编码。"
    )


def test_absent_rows_stay_unless_replaced(roster: Imports) -> None:
    roster.bring()
    roster.bring(people=PEOPLE[:1])
    assert [ends for *_, ends in roster.posts()] == [None, None, None, None]
    assert roster.bring(people=PEOPLE[:1], replace=True)[2] == "任职：新增 0，结束 3"
    assert [ends for *_, ends in roster.posts()] == [None, TODAY, TODAY, TODAY]
    assert len(roster.rows(Organisation.id)) == 7


def test_an_appointment_that_comes_back_is_a_new_one(roster: Imports) -> None:
    roster.bring()
    roster.bring(people=PEOPLE[:1], replace=True)
    assert roster.bring(people=PEOPLE[:2])[2] == "任职：新增 1，结束 0"
    assert [post for post in roster.posts() if post[1:3] == ("ZB1", Role.MEMBER)] == [
        ("张三", "ZB1", Role.MEMBER, TODAY),
        ("张三", "ZB1", Role.MEMBER, None),
    ]


def test_replacing_by_nobody_is_refused(roster: Imports) -> None:
    roster.bring()
    assert roster.refuse(people=[], replace=True) == [
        "人员表里没有一行有效的任职，--replace 会让所有人都卸任，所以没有导入。"
    ]


def add_stranger(roster: Imports, userid: str) -> int:
    """Somebody unknown writes from WeCom, gives a contact and places an order."""
    with database.transaction(roster.engine) as session:
        person = Person(created_at=datetime.now(UTC), contact_name="老张", contact_sealed="x")
        session.add(person)
        session.flush()
        session.add(
            Identity(
                platform=Platform.WECOM, app_id="corp", external_id=userid, person_id=person.id
            )
        )
        branch = session.scalars(select(Organisation.id).limit(1)).one()
        session.add(
            Order(
                matter="灯坏了",
                branch_id=branch,
                reporter_id=person.id,
                submitted_at=datetime.now(UTC),
                promised_at=datetime.now(UTC),
            )
        )
        return person.id


def test_who_wrote_before_keeps_identity_orders_and_contact(roster: Imports) -> None:
    roster.bring(people=[])
    stranger = add_stranger(roster, "zhangsan")
    assert roster.bring()[3] == "企业微信账号：新增 1，改绑 1，解除 0"
    zhang = roster.person("13800000002")
    assert roster.speakers()["corp", "zhangsan"] == "张三"
    assert roster.rows(Order.reporter_id) == [(zhang,)]
    contacts = {row[0]: row[1:] for row in roster.rows(Person.id, Person.contact_name)}
    assert (contacts[zhang], contacts[stranger]) == (("老张",), (None,))


def test_a_userid_given_to_somebody_else_moves_without_the_orders(roster: Imports) -> None:
    roster.bring(people=[person_row(userid="desk1")])
    former = roster.person("13800000009")
    with database.transaction(roster.engine) as session:
        session.execute(delete(Order))
        branch = session.scalars(select(Organisation.id).limit(1)).one()
        session.add(
            Order(
                matter="灯坏了",
                branch_id=branch,
                reporter_id=former,
                submitted_at=datetime.now(UTC),
                promised_at=datetime.now(UTC),
            )
        )
    roster.bring(people=[person_row(name="钱七", phone="13800000008", userid="desk1")])
    assert roster.speakers() == {("corp", "desk1"): "钱七"}
    assert roster.rows(Order.reporter_id) == [(former,)]


def test_a_former_userid_no_longer_speaks_for_the_person(roster: Imports) -> None:
    roster.bring(people=[person_row(userid="old")])
    assert roster.bring(people=[person_row(userid="new")])[3] == (
        "企业微信账号：新增 1，改绑 0，解除 1"
    )
    assert roster.speakers() == {("corp", "old"): None, ("corp", "new"): "赵六"}


def test_two_persons_may_swap_their_userids(roster: Imports) -> None:
    other = {"name": "钱七", "phone": "13800000008"}
    roster.bring(people=[person_row(userid="a"), person_row(**other, userid="b")])
    roster.bring(people=[person_row(userid="b"), person_row(**other, userid="a")])
    assert roster.speakers() == {("corp", "a"): "钱七", ("corp", "b"): "赵六"}


def test_an_empty_userid_leaves_the_identity_alone(roster: Imports) -> None:
    roster.bring(people=[person_row(userid="old")])
    assert roster.bring(people=[person_row()]) == UNCHANGED
    assert roster.speakers() == {("corp", "old"): "赵六"}


def test_all_bad_rows_are_named_at_once_and_nothing_is_imported(roster: Imports) -> None:
    lines = roster.refuse(
        organisations=[
            *ORGANISATIONS,
            ("YG", "又一个", "小区", "JL"),
            ("X1", "怪", "乡镇", "JL"),
            ("X2", None, "楼栋", "没有"),
            ("A", "甲支部", "支部", "B"),
            ("B", "乙小区", "小区", "A"),
            ("S2", "上面的街道", "街道", "YG-3"),
            (date(2026, 3, 2), "2栋", "楼栋", "YG"),
        ],
        people=[
            *PEOPLE,
            (None, "1380000", "WANGSHUJI", "队长", "ZZ", None, None),
            ("张三丰", "13800000002", None, "党员", "ZB1", None, None),
            ("孙八", "13800000007", "ZHANGSAN", "党员", "ZB1", None, None),
        ],
    )
    assert lines == [
        "组织 第 8 行：编码“YG”和第 4 行重复。",
        f"组织 第 9 行：类型“乡镇”不认识，可以填：{KINDS}。",
        "组织 第 10 行：名称空着。",
        "组织 第 10 行：上级编码“没有”不存在。",
        "组织 第 11 行：上级绕成了一圈，又回到了“A”自己。",
        "组织 第 12 行：上级绕成了一圈，又回到了“B”自己。",
        "组织 第 13 行：街道不能放在楼栋下面。",
        "组织 第 14 行：编码被 Excel 当成了日期（2026-03-02 00:00:00），请把单元格改成文本后重填。",
        "人员 第 6 行：姓名空着。",
        "人员 第 6 行：手机号“1380000”不对，应是 1 开头的 11 位数字。",
        f"人员 第 6 行：角色“队长”不认识，可以填：{ROLES}。",
        "人员 第 6 行：组织编码“ZZ”不存在。",
        "人员 第 7 行：姓名“张三丰”和第 3 行不一样，手机号却相同。",
        "人员 第 8 行：企业微信账号“zhangsan”和第 3 行的人重复（不分大小写）。",
    ]
    assert roster.count() == 0


def count_statements(
    roster: Imports, monkeypatch: pytest.MonkeyPatch, people: int
) -> list[tuple[int, list[str]]]:
    """Import a neighbourhood twice, the second time changed; count each time's statements."""
    organisations, rows = neighbourhood(people)
    renamed = [(f"{row[0]}甲", *row[1:2], f"new{row[2]}", *row[3:]) for row in rows]
    counts = list[tuple[int, list[str]]]()
    for version in (rows, renamed):
        seen = list[str]()
        engine = database.connect(roster.settings.database)
        event.listen(
            engine,
            "before_cursor_execute",
            lambda *arguments, seen=seen: seen.append(arguments[2]),
        )
        with monkeypatch.context() as patch:
            patch.setattr(database, "connect", lambda _, engine=engine: engine)
            said = roster.bring(organisations=organisations, people=version)
        counts.append((len(seen), said))
    with database.transaction(roster.engine) as session:
        session.execute(delete(Appointment))
        session.execute(delete(Identity))
        session.execute(update(Person).values(employer_id=None))
        session.execute(delete(Person))
        session.execute(update(Organisation).values(parent_id=None))
        session.execute(delete(Organisation))
    return counts


def test_ten_times_the_people_cost_the_same_number_of_statements(
    roster: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = count_statements(roster, monkeypatch, 50)
    many = count_statements(roster, monkeypatch, 500)
    assert [count for count, _ in many] == [count for count, _ in few]
    assert [said[1] for _, said in many] == ["人员：新增 500，更新 0", "人员：新增 0，更新 500"]
