"""Finding a typed place in the tree: what is certain, what is asked, what is left alone."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules import places
from handlers.rules.places import Gazetteer, Match, Node
from handlers.texts.places import VOCABULARY
from storage.vocabulary import OrganisationKind

BRANCH, ESTATE, GRID = OrganisationKind.BRANCH, OrganisationKind.ESTATE, OrganisationKind.GRID
BUILDING, UNIT = OrganisationKind.BUILDING, OrganisationKind.UNIT

# A branch with two estates, and one with a third: ids are chosen to be read.
NODES = [
    Node(1, "第一党支部", BRANCH, "/9/1/"),
    Node(2, "第二党支部", BRANCH, "/9/2/"),
    Node(10, "阳光花园", ESTATE, "/9/1/10/"),
    Node(103, "3栋", BUILDING, "/9/1/10/103/"),
    Node(1031, "1单元", UNIT, "/9/1/10/103/1031/"),
    Node(1032, "2单元", UNIT, "/9/1/10/103/1032/"),
    Node(112, "12号楼", BUILDING, "/9/1/10/112/"),
    Node(119, "A座", BUILDING, "/9/1/10/119/"),
    Node(118, "物业楼", BUILDING, "/9/1/10/118/"),
    Node(20, "和谐家园小区", ESTATE, "/9/1/20/"),
    Node(203, "三栋", BUILDING, "/9/1/20/203/"),
    Node(2032, "二单元", UNIT, "/9/1/20/203/2032/"),
    Node(205, "5#", BUILDING, "/9/1/20/205/"),
    Node(30, "阳光新城", ESTATE, "/9/2/30/"),
    Node(303, "第3幢", BUILDING, "/9/2/30/303/"),
    Node(307, "07栋", BUILDING, "/9/2/30/307/"),
]
SUNNY = Gazetteer(NODES, VOCABULARY)
HOME = 1032


def piece(text: str, found: Match) -> str:
    return text[slice(*found.span)] if found.span else ""


@pytest.mark.parametrize(
    ("text", "node", "room", "place"),
    [
        ("3栋2单元501", 1032, "501", "3栋2单元501"),
        ("3栋2单元楼道灯坏了", 1032, "", "3栋2单元"),
        ("三栋二单元", 1032, "", "三栋二单元"),
        ("３栋２单元", 1032, "", "３栋２单元"),
        ("3-2-501", 1032, "501", "3-2-501"),
        ("3－2－501 水管漏水", 1032, "501", "3－2－501"),
        ("3—2—501室漏水", 1032, "501", "3—2—501"),
        ("3-501", 103, "501", "3-501"),
        ("3-501漏水了", 103, "501", "3-501"),
        ("3-2", 1032, "", "3-2"),
        ("3#楼", 103, "", "3#楼"),
        ("3#2-501", 1032, "501", "3#2-501"),
        ("3幢", 103, "", "3幢"),
        ("3号楼2单元", 1032, "", "3号楼2单元"),
        ("3号2单元501", 1032, "501", "3号2单元501"),
        ("3-2单元501", 1032, "501", "3-2单元501"),
        ("第三栋第二单元五零一室", 1032, "501", "第三栋第二单元五零一室"),
        ("3栋 2单元，501室", 1032, "501", "3栋 2单元，501室"),
        ("3栋楼2单元5楼501", 1032, "501", "3栋楼2单元5楼501"),
        ("十二栋", 112, "", "十二栋"),
        ("12栋1201房", 112, "1201", "12栋1201房"),
        ("03栋", 103, "", "03栋"),
        ("a座电梯停了", 119, "", "a座"),
        ("我家住3栋,灯坏了", 103, "", "3栋"),
        ("3栋200元", 103, "", "3栋"),
        ("2单元门坏了", 1032, "", "2单元"),
        ("物业楼前面积水", 118, "", "物业楼"),
        ("3栋9单元", 103, "", "3栋9单元"),
    ],
)
def test_the_home_decides_the_estate(text: str, node: int, room: str, place: str) -> None:
    found = SUNNY.match(text, home=HOME)
    assert (found.node_id, found.room, piece(text, found)) == (node, room, place)
    assert found.candidates == ()


@pytest.mark.parametrize(
    ("text", "node", "place"),
    [
        ("和谐家园小区3栋", 203, "和谐家园小区3栋"),
        ("和谐家园3栋2单元", 2032, "和谐家园3栋2单元"),
        ("和谐3栋", 203, "和谐3栋"),
        ("和谐小区的5栋漏水", 205, "和谐小区的5栋"),
        ("阳光新城7栋", 307, "阳光新城7栋"),
        ("新城小区3-2", None, ""),
        ("新城小区3-501", 303, "新城小区3-501"),
        ("阳光花园的路灯坏了", 10, "阳光花园"),
        ("新城", 30, "新城"),
        ("第二党支部", 2, "第二党支部"),
        ("阳光花园99栋501", 10, "阳光花园99栋501"),
        ("我要反映阳光新城小区，3栋下水道堵了", 303, "阳光新城小区，3栋"),
    ],
)
def test_a_named_estate_goes_before_the_home(text: str, node: int | None, place: str) -> None:
    found = SUNNY.match(text, home=HOME)
    assert (found.node_id, piece(text, found)) == (node, place)


def test_a_named_estate_needs_no_home() -> None:
    assert SUNNY.match("阳光花园3-2-501", home=None) == Match(
        node_id=1032, room="501", span=(0, 11)
    )


def test_without_a_home_several_estates_are_asked_about() -> None:
    found = SUNNY.match("3栋2单元501灯坏了", home=None)
    assert found == Match(room="501", span=(0, 8), candidates=(1032, 2032, 303))


def test_even_a_single_building_of_that_number_is_asked_about() -> None:
    assert SUNNY.match("5栋", home=None) == Match(span=(0, 2), candidates=(205,))


def test_a_building_that_the_home_estate_lacks_is_asked_about() -> None:
    assert SUNNY.match("5栋", home=HOME) == Match(span=(0, 2), candidates=(205,))


def test_a_part_of_two_names_is_asked_about_unless_the_home_is_one_of_them() -> None:
    assert SUNNY.match("阳光3栋", home=None) == Match(span=(0, 4), candidates=(103, 303))
    assert SUNNY.match("阳光3栋", home=307) == Match(node_id=303, span=(0, 4))
    assert SUNNY.match("阳光", home=None) == Match(span=(0, 2), candidates=(10, 30))


def test_a_home_that_is_a_branch_leaves_its_estates_open() -> None:
    assert SUNNY.match("3栋", home=1) == Match(span=(0, 2), candidates=(103, 203))
    assert SUNNY.match("5栋", home=1) == Match(node_id=205, span=(0, 2))


def test_a_unit_alone_belongs_to_the_building_of_the_home() -> None:
    assert SUNNY.match("2单元", home=203) == Match(node_id=2032, span=(0, 3))
    assert SUNNY.match("2单元", home=None) == Match()


def test_two_places_leave_what_they_share() -> None:
    assert SUNNY.match("3栋和12栋之间", home=HOME) == Match(
        node_id=10, span=(0, 6), candidates=(103, 112)
    )


def test_the_same_place_twice_is_one() -> None:
    assert SUNNY.match("3栋，就是3栋2单元", home=HOME).node_id == 1032


@pytest.mark.parametrize(
    "text",
    [
        "",
        "楼道灯坏了",
        "这三栋楼都停水",
        "等了3-5天",
        "2024-05-06停水",
        "电话0771-5551234",
        "3楼的灯",
        "这是一座桥",
        "大概 3-2 吧",
        "12",
        "#12",
        "小区",
        "花园",
        "我们小区太吵",
        "99栋",
        "3-9",
    ],
)
def test_what_names_no_place_is_left_alone(text: str) -> None:
    assert SUNNY.match(text, home=HOME) == Match()


def test_a_single_estate_needs_no_name_and_no_home() -> None:
    assert Gazetteer(NODES[:9], VOCABULARY).match("3栋2单元", home=None).node_id == 1032


def test_an_estate_without_buildings_in_the_tree_still_makes_two() -> None:
    nodes = [*NODES[:9], Node(40, "锦绣苑", ESTATE, "/9/1/40/")]
    gazetteer = Gazetteer(nodes, VOCABULARY)
    assert gazetteer.match("3栋", home=None).candidates == (103,)
    assert gazetteer.match("3栋", home=40).candidates == (103,)


def test_buildings_may_hang_under_a_grid_or_branch() -> None:
    nodes = [
        Node(1, "第一支部", BRANCH, "/1/"),
        Node(2, "一网格", GRID, "/1/2/"),
        Node(3, "二网格", GRID, "/1/3/"),
        Node(23, "3栋", BUILDING, "/1/2/23/"),
        Node(33, "3栋", BUILDING, "/1/3/33/"),
        Node(34, "4栋", BUILDING, "/1/3/34/"),
    ]
    gazetteer = Gazetteer(nodes, VOCABULARY)
    assert gazetteer.match("3栋", home=23).node_id == 23
    assert gazetteer.match("4栋", home=23).node_id == 34
    assert gazetteer.match("3栋", home=1).candidates == (23, 33)


def test_every_name_of_the_tree_finds_its_node() -> None:
    for node in NODES:
        above = [other for other in NODES if other.kind is ESTATE and _contains(other, node)]
        name = "".join(other.name for other in above if other is not node)
        middle = [other for other in NODES if other.kind is BUILDING and _contains(other, node)]
        name += "".join(other.name for other in middle if other is not node) + node.name
        assert SUNNY.match(name, home=None).node_id == node.id


def _contains(above: Node, below: Node) -> bool:
    return below.path.startswith(above.path)


PIECES = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        [
            *(word for words in (VOCABULARY.buildings, VOCABULARY.units) for word in words),
            *VOCABULARY.rooms,
            *VOCABULARY.dashes,
            *VOCABULARY.numerals,
            VOCABULARY.ten,
            *(node.name for node in NODES),
            "3",
            "501",
            "０",
            "阳光",
        ]
    ),
)


@given(
    text=st.lists(PIECES, max_size=10).map("".join),
    home=st.sampled_from([None, 1, 10, 103, 1032, 777]),
)
def test_any_text_gives_a_sound_match(text: str, home: int | None) -> None:
    found = SUNNY.match(text, home=home)
    known = {node.id for node in NODES}
    assert {*found.candidates, found.node_id or 1} <= known
    if found.span is None:
        assert found == Match()
    else:
        assert 0 <= found.span[0] < found.span[1] <= len(text)


@given(nodes=st.lists(st.text(max_size=8), max_size=6), text=st.text(max_size=12))
def test_any_names_in_the_tree_do_no_harm(nodes: Sequence[str], text: str) -> None:
    kinds = [BRANCH, ESTATE, BUILDING, UNIT]
    tree = [
        Node(number, name, kinds[number % 4], f"/{number}/") for number, name in enumerate(nodes, 1)
    ]
    found = places.match(text, tree, home=1, vocabulary=VOCABULARY)
    assert {*found.candidates} <= {node.id for node in tree}
