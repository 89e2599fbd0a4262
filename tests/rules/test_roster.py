"""The roster's rules: phones, codes, the tree, and persons of several rows."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules import phones, roster
from handlers.rules.organisations import PARENTS
from handlers.rules.roster import Member, Node, Roster
from handlers.rules.roster_rows import COLUMNS, LONGEST, Column, Fault, Problem, Row, Sheet
from handlers.texts import roster as texts
from storage.vocabulary import OrganisationKind, Role

KNOWN = (
    Node("JL", "近邻社区", OrganisationKind.COMMUNITY),
    Node("ZB", "第一支部", OrganisationKind.BRANCH, "JL"),
    Node("YG", "阳光花园", OrganisationKind.ESTATE, "ZB"),
    Node("YG-3", "3栋", OrganisationKind.BUILDING, "YG"),
)


def organisation(number: int, *cells: str) -> Row:
    return Row(number, dict(zip(COLUMNS[Sheet.ORGANISATIONS], cells, strict=True)))


def person(number: int, *cells: str) -> Row:
    return Row(number, dict(zip(COLUMNS[Sheet.PEOPLE], cells, strict=True)))


def check(*rows: Row, people: tuple[Row, ...] = (), known: tuple[Node, ...] = KNOWN) -> Roster:
    return roster.check(rows, people, known=known, words=texts.WORDS)


@pytest.mark.parametrize(
    "said",
    [
        "13800000001",
        " 138 0000 0001 ",
        "138-0000-0001",
        "138－0000—0001",
        "１３８０００００００１",
        "+86 13800000001",
        "+8613800000001",
        "8613800000001",
        "0086-138-0000-0001",
        "（＋86）13800000001",
        "138\u200b0000\u00a00001",
    ],
)
def test_a_phone_is_the_same_however_it_is_written(said: str) -> None:
    assert phones.mobile(said) == "13800000001"


@pytest.mark.parametrize(
    "said",
    ["", "1380000000", "138000000012", "23800000001", "1.38E+10", "0771-5551234", "86138", "电话"],
)
def test_what_is_no_mobile_number_is_none(said: str) -> None:
    assert phones.mobile(said) is None


@given(st.text())
def test_any_text_is_a_phone_of_eleven_digits_or_none(said: str) -> None:
    found = phones.mobile(said)
    assert found is None or (len(found) == 11 and found.isascii() and found.isdigit())


@pytest.mark.parametrize(
    ("said", "kept"),
    [("张　三", "张三"), (" 李 四\n", "李四"), ("Li  Si ", "Li Si"), ("王\u200b五", "王五")],
)
def test_padded_names_are_tidied(said: str, kept: str) -> None:
    found = check(people=(person(2, said, "13800000001", "", "党员", "ZB", "", ""),))
    assert [member.name for member in found.members] == [kept]


ORDER = ["市", "区县", "街道", "社区", "支部", "小区", "网格", "楼栋", "单元"]


@pytest.mark.parametrize(("child", "parent"), list(product(ORDER, ORDER)), ids=str)
def test_a_child_stands_below_its_parent(child: str, parent: str) -> None:
    found = check(
        organisation(2, "P", "上面", parent, ""),
        organisation(3, "C", "下面", child, "P"),
        known=(),
    )
    middle = {"支部", "小区", "网格"}
    is_lower = ORDER.index(parent) < ORDER.index(child)
    is_sound = is_lower or (child != parent and {child, parent} <= middle)
    kinds = texts.WORDS.kinds
    wrong = Problem(3, Column.PARENT, Fault.WRONG_PARENT, kinds[child], kinds[parent])
    assert found.problems == (() if is_sound else (wrong,))


def test_departments_stand_under_the_upper_four_and_employers_nowhere() -> None:
    upper = set(list(OrganisationKind)[:4])
    assert PARENTS[OrganisationKind.DEPARTMENT] == upper
    assert PARENTS[OrganisationKind.EMPLOYER] == set()
    holders = set().union(*PARENTS.values())
    assert holders.isdisjoint({OrganisationKind.DEPARTMENT, OrganisationKind.EMPLOYER})
    assert set(PARENTS) == set(OrganisationKind)


def test_parents_may_be_stored_already_or_stand_further_down() -> None:
    found = check(
        organisation(2, "YG-3-1", "1单元", "单元", "YG-3"),
        organisation(3, "HX-1", "1栋", "楼栋", "HX"),
        organisation(4, "HX", "和谐小区", "小区", "JL"),
    )
    assert found.problems == ()
    assert found.organisations[0] == Node("YG-3-1", "1单元", OrganisationKind.UNIT, "YG-3")


def test_an_unknown_parent_is_named() -> None:
    found = check(organisation(2, "A", "甲", "楼栋", "ZZ"))
    assert found.problems == (Problem(2, Column.PARENT, Fault.UNKNOWN_PARENT, "ZZ"),)


def test_every_row_of_a_circle_is_named_and_no_other() -> None:
    found = check(
        organisation(2, "A", "甲", "支部", "C"),
        organisation(3, "B", "乙", "小区", "A"),
        organisation(4, "C", "丙", "网格", "B"),
        organisation(5, "D", "丁", "楼栋", "C"),
        organisation(6, "E", "戊", "支部", "E"),
    )
    assert [(one.row, one.fault) for one in found.problems] == [
        (2, Fault.CYCLE),
        (3, Fault.CYCLE),
        (4, Fault.CYCLE),
        (6, Fault.CYCLE),
    ]


def test_a_circle_closed_through_stored_nodes_is_named() -> None:
    found = check(organisation(2, "ZB", "第一支部", "支部", "YG"))
    assert [one.fault for one in found.problems if one.column is Column.PARENT] == [Fault.CYCLE]


def test_no_kind_comes_twice_on_the_way_up() -> None:
    found = check(
        organisation(2, "WG", "一网格", "网格", "YG"), organisation(3, "ZB2", "二", "支部", "WG")
    )
    assert found.problems == (
        Problem(3, Column.PARENT, Fault.REPEATED_KIND, OrganisationKind.BRANCH),
    )


def test_a_change_that_leaves_no_room_for_what_hangs_below_is_named() -> None:
    found = check(organisation(2, "YG", "阳光花园", "单元", "ZB"))
    assert found.problems == (Problem(2, Column.KIND, Fault.WRONG_CHILD, "3栋", "YG-3"),)


def test_codes_are_the_same_in_full_width() -> None:
    found = check(
        organisation(2, "ＹＧ－３", "三栋", "楼栋", "ＹＧ"),
        organisation(3, "YG-3", "3栋", "楼栋", ""),
    )
    assert found.problems == (Problem(3, Column.CODE, Fault.DUPLICATE_CODE, "YG-3", "2"),)


def test_an_employer_name_stands_for_one_employer() -> None:
    known = (*KNOWN, Node("GD", "供电公司", OrganisationKind.EMPLOYER))
    found = check(
        organisation(2, "GD2", "供电公司", "单位", ""),
        organisation(3, "YY", "医院", "单位", ""),
        organisation(4, "YY2", "医院", "单位", ""),
        known=known,
    )
    assert found.problems == (
        Problem(2, Column.NAME, Fault.DUPLICATE_EMPLOYER, "供电公司", "GD"),
        Problem(4, Column.NAME, Fault.DUPLICATE_EMPLOYER, "医院", "YY"),
    )


def test_cells_that_do_not_fit_are_named_with_their_limit() -> None:
    found = check(
        organisation(2, "码" * 60, "名" * 65, "楼栋", "YG"),
        people=(person(2, "名" * 33, "13800000001", "", "党员", "ZB", "单" * 65, "特" * 201),),
    )
    assert [(one.column, one.fault, one.other) for one in found.problems] == [
        (column, Fault.TOO_LONG, str(LONGEST[column]))
        for column in (Column.CODE, Column.NAME, Column.PERSON, Column.EMPLOYER, Column.SKILLS)
    ]


def test_skills_that_are_too_long_together_are_named() -> None:
    found = check(
        people=(
            person(2, "张三", "13800000001", "", "党员", "ZB", "", "水" * 120),
            person(3, "张三", "13800000001", "", "党员", "ZB", "", "电" * 120),
        )
    )
    assert [(one.row, one.column, one.fault) for one in found.problems] == [
        (3, Column.SKILLS, Fault.TOO_LONG)
    ]


def test_an_unreadable_cell_is_not_called_empty_as_well() -> None:
    cells = {Column.PERSON: "张三", Column.ROLE: "党员", Column.ORGANISATION: "ZB"}
    found = check(people=(Row(2, cells, frozenset({Column.PHONE})),))
    assert found.problems == ()


def test_the_rows_of_one_phone_are_one_person() -> None:
    found = check(
        people=(
            person(2, "张三", "13800000001", "", "党员", "ZB", "供电公司", "水电"),
            person(3, "张三", "138 0000 0001", "ZhangSan", "楼栋长", "YG-3", "", "水电"),
            person(4, "张三", "13800000001", "zhangsan", "党员", "ZB", "供电公司", "木工"),
        )
    )
    assert found.problems == ()
    assert found.members == (
        Member(
            phone="13800000001",
            name="张三",
            userid="zhangsan",
            employer="供电公司",
            skills="水电 木工",
            appointments=frozenset({("ZB", Role.MEMBER), ("YG-3", Role.BUILDING_HEAD)}),
        ),
    )


def test_rows_of_one_phone_that_disagree_are_named() -> None:
    found = check(
        people=(
            person(2, "张三", "13800000001", "a", "党员", "ZB", "供电公司", ""),
            person(3, "李四", "13800000001", "b", "党员", "ZB", "医院", ""),
        )
    )
    assert found.problems == (
        Problem(3, Column.PERSON, Fault.OTHER_NAME, "李四", "2"),
        Problem(3, Column.USERID, Fault.OTHER_USERID, "b", "2"),
        Problem(3, Column.EMPLOYER, Fault.OTHER_EMPLOYER, "医院", "2"),
    )


@pytest.mark.parametrize("userid", ["@all", "a|b", "张三", "a b", "_a", "a" * 65])
def test_userids_that_could_mean_somebody_else_are_refused(userid: str) -> None:
    found = check(people=(person(2, "张三", "13800000001", userid, "党员", "ZB", "", ""),))
    assert [one.fault for one in found.problems] == [Fault.BAD_USERID]


def test_every_kind_and_role_has_one_word() -> None:
    assert set(texts.ORGANISATION_KIND) == set(OrganisationKind)
    assert set(texts.ROLE) == set(Role)
    assert len(texts.WORDS.kinds) == len(OrganisationKind)
    assert len(texts.WORDS.roles) == len(Role)


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_is_said_with_sheet_and_row(fault: Fault) -> None:
    kinds = {Fault.WRONG_PARENT, Fault.REPEATED_KIND}
    value = OrganisationKind.UNIT if fault in kinds else "什么" * 30
    said = texts.problem(Problem(7, Column.PARENT, fault, value))
    assert said.startswith("组织 第 7 行：")
    assert said.endswith("。")
    assert "{" not in said
    assert "什么" * 21 not in said


def test_every_sheet_and_column_has_its_heading() -> None:
    assert set(texts.SHEET) == set(Sheet)
    assert set(texts.COLUMN) == set(Column)
    assert {column for columns in COLUMNS.values() for column in columns} == set(Column)


words = st.sampled_from(["", "A", "B", "C", "YG", "ZB", "支部", "小区", "网格", "楼栋", "怪"])


@given(st.lists(st.tuples(words, words, words, words), max_size=8))
def test_a_tree_without_problems_has_no_circle(rows: list[tuple[str, str, str, str]]) -> None:
    found = check(*(organisation(number, *cells) for number, cells in enumerate(rows, 2)))
    if found.problems:
        return
    parents = {node.code: node.parent for node in (*KNOWN, *found.organisations)}
    for code in parents:
        steps = 0
        above = code
        while above := parents[above]:
            steps += 1
            assert steps < len(OrganisationKind)
