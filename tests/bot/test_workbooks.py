"""Reading roster workbooks: what spreadsheets and people do to them."""

import random
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from bot import workbooks
from bot.workbooks import WorkbookError
from storage import database
from storage.models import Person
from tests.bot.sheets import PEOPLE, Imports, person_row, settings_for, write_workbook


@pytest.fixture
def roster(sqlite_url: str, tmp_path: Path) -> Iterator[Imports]:
    engine = database.connect(sqlite_url)
    yield Imports(settings_for(sqlite_url, "corp"), engine, tmp_path / "roster_sample.xlsx")
    engine.dispose()


@contextmanager
def edited(path: Path) -> Iterator[Workbook]:
    book = load_workbook(path)
    yield book
    book.save(path)


def refusal(path: Path) -> list[str]:
    """The lines with which an unreadable file is refused, before any database is asked."""
    with pytest.raises(WorkbookError) as refused:
        workbooks.read(path)
    return refused.value.lines


def test_missing_sheets_and_columns_are_named_beside_bad_rows(roster: Imports) -> None:
    write_workbook(roster.path, organisations=[("A", None, "社区", None)])
    with edited(roster.path) as book:
        book["人员"]["B1"] = "电话"
    assert roster.refuse_as_it_is() == ["人员：表头缺少“手机号”一列。", "组织 第 2 行：名称空着。"]


def test_people_are_not_blamed_for_a_missing_sheet_of_organisations(roster: Imports) -> None:
    write_workbook(roster.path, people=[person_row(phone="12")])
    with edited(roster.path) as book:
        book.remove(book["组织"])
    assert roster.refuse_as_it_is() == [
        "缺少工作表“组织”。",
        "人员 第 2 行：手机号“12”不对，应是 1 开头的 11 位数字。",
    ]


def test_columns_stand_in_any_order_among_others(roster: Imports) -> None:
    write_workbook(roster.path)
    with edited(roster.path) as book:
        book["人员"].insert_cols(1, 2)
        book["人员"]["A1"] = "序号"
        book["人员"].insert_rows(1)
    assert roster.bring_as_it_is()[1] == "人员：新增 3，更新 0"


def test_a_repeated_column_is_named(roster: Imports) -> None:
    write_workbook(roster.path)
    with edited(roster.path) as book:
        book["人员"]["H1"] = "手机号"
    assert roster.refuse_as_it_is() == ["人员：表头有两列都叫“手机号”。"]


def test_an_empty_sheet_lacks_all_its_columns(roster: Imports) -> None:
    write_workbook(roster.path)
    with edited(roster.path) as book:
        book["组织"].delete_rows(1, 100)
    assert roster.refuse_as_it_is() == [
        f"组织：表头缺少“{name}”一列。" for name in ("编码", "名称", "类型", "上级编码")
    ]


def test_error_cells_and_formulas_without_a_result_are_named_once(roster: Imports) -> None:
    assert roster.refuse(
        people=[person_row(organisation="#REF!"), person_row(phone="=VLOOKUP(A2,B:C,2,0)")]
    ) == [
        "人员 第 2 行：组织编码是出错的公式（#REF!）。",
        "人员 第 3 行：手机号的公式没有算出结果，请用 Excel 打开并保存一次。",
    ]


def store_result(path: Path, cell: str, result: str) -> None:
    """Give a formula a stored result, as Excel does and openpyxl cannot."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet2.xml"
    with_result, count = re.subn(
        rf'<c r="{cell}"( s="\d+")?><f>(.*?)</f><v ?/?>(</v>)?</c>',
        rf'<c r="{cell}" t="str"><f>\2</f><v>{result}</v></c>',
        parts[sheet].decode(),
    )
    assert count == 1
    parts[sheet] = with_result.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_formulas_count_by_their_stored_results(roster: Imports) -> None:
    write_workbook(
        roster.path,
        people=[person_row(phone="=VLOOKUP(A2,B:C,2,0)", employer='=IF(A2="x","y","")')],
    )
    store_result(roster.path, "B2", "13800000005")
    store_result(roster.path, "F2", "")
    roster.bring_as_it_is()
    assert roster.rows(Person.id, Person.employer_id) == [(roster.person("13800000005"), None)]


def test_a_hundred_thousand_empty_rows_do_no_harm(roster: Imports) -> None:
    write_workbook(roster.path, people=[*PEOPLE, *((" ",) for _ in range(100_000))])
    assert roster.bring_as_it_is()[1] == "人员：新增 3，更新 0"


def test_a_row_after_a_long_gap_keeps_its_number(roster: Imports) -> None:
    write_workbook(roster.path)
    with edited(roster.path) as book:
        book["人员"]["A5000"] = "孤零零"
    refused = roster.refuse_as_it_is()
    assert {line.split("：")[0] for line in refused} == {"人员 第 5000 行"}


def write_bytes(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda _: None, "读不到文件 {path}。"),
        (lambda path: path.mkdir(), "读不到文件 {path}。"),
        (
            write_bytes("姓名,手机号\n".encode()),
            "这不是能打开的 .xlsx 文件，可能已损坏；请用 Excel 打开后另存为 .xlsx。",
        ),
        (
            write_bytes(b""),
            "这不是能打开的 .xlsx 文件，可能已损坏；请用 Excel 打开后另存为 .xlsx。",
        ),
        (
            write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512)),
            "这是旧版 .xls 或加了密码的文件；请去掉密码，另存为 .xlsx 再导入。",
        ),
        (
            write_bytes(bytes(20 * workbooks.MEGABYTE + 1)),
            "文件太大：不能超过 20 MB，展开后也不能大得离谱。",
        ),
    ],
    ids=["nothing there", "a folder", "csv", "empty", "xls", "too large"],
)
def test_a_file_that_is_no_workbook_is_refused(
    tmp_path: Path, make: Callable[[Path], object], line: str
) -> None:
    path = tmp_path / "roster.xlsx"
    make(path)
    assert refusal(path) == [line.format(path=path)]


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "LARGEST_UNPACKED_MEGABYTES", 0)
    path = write_workbook(tmp_path / "roster.xlsx")
    assert refusal(path) == ["文件太大：不能超过 20 MB，展开后也不能大得离谱。"]


def test_a_damaged_workbook_is_read_or_refused_but_never_crashes(tmp_path: Path) -> None:
    whole = write_workbook(tmp_path / "whole.xlsx").read_bytes()
    chance = random.Random(20261121)  # noqa: S311 (damage, not secrecy)
    path = tmp_path / "damaged.xlsx"
    refused = 0
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 20)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(bytes(data[: chance.randint(len(data) // 2, len(data))]))
        try:
            workbooks.read(path)
        except WorkbookError as error:
            refused += bool(error.lines)
    assert refused > 200


def test_a_database_that_was_not_migrated_is_named(tmp_path: Path) -> None:
    settings = settings_for(f"sqlite:///{tmp_path / 'new.db'}", "corp")
    path = write_workbook(tmp_path / "roster.xlsx")
    with pytest.raises(WorkbookError) as refused_by:
        workbooks.import_roster(settings, path, dry_run=False, replace=False)
    assert refused_by.value.lines == ["数据库还没有准备好，请先运行 jinlin migrate。"]
