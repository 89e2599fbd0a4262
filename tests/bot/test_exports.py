"""``jinlin account export`` and ``jinlin ledger export``: the workbooks, read back."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import update
from typer.testing import CliRunner

from bot.cli import app
from handlers.texts import exports
from storage import database
from storage.database import transaction
from storage.models import Order, Organisation
from storage.vocabulary import OrganisationKind
from tests.dialogues.scenes import MATTER, taken
from tests.dialogues.service import HOSPITAL, NEW_YEAR, employed, served, show
from tests.factories import World, found

HEADING = ("姓名", "在哪里服务", "办好的事（件）", "居民确认（件）", "回家日（次）", "积分")
FACTORY = "灯泡厂"


@pytest.fixture
def town(environment: dict[str, str], tmp_path: Path) -> Iterator[World]:
    """A community in the database of the settings; files are written beside it."""
    del tmp_path
    engine = database.connect(environment["JINLIN_DATABASE_URL"])
    yield found(engine)
    engine.dispose()


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    return result.exit_code, result.stdout + result.stderr


def sheet(path: Path) -> tuple[str, list[tuple[Any, ...]]]:
    (only,) = load_workbook(path).worksheets
    return only.title, list(only.iter_rows(values_only=True))


def half_year(world: World) -> None:
    """张三 and 李四 have been shown their half; both of the hospital, 赵敏 works elsewhere."""
    employed(world, "张三", "李四")
    employed(world, "赵敏", unit=FACTORY)
    served(world)
    world.now = NEW_YEAR
    assert show(world) == 2


def test_only_who_let_it_go_stands_in_an_employers_workbook(town: World, tmp_path: Path) -> None:
    half_year(town)
    town.say("lisi", "发给单位")
    path = tmp_path / "表.xlsx"
    assert run("account", "export", HOSPITAL, "2026H2", path) == (
        0,
        f"已写入 {path}：{HOSPITAL} 1 位党员。\n",
    )
    assert sheet(path) == ("2026H2", [HEADING, ("李四", "第一支部", 0, 0, 1, 0)])

    town.say("zhangsan", "发给单位 2026H2")
    town.say("lisi", "先不发")
    again = tmp_path / "again.xlsx"
    run("account", "export", f"D-{HOSPITAL}", "2026h2", again)
    _, (_, zhang) = sheet(again)
    assert zhang[:5] == ("张三", "第一支部", 1, 1, 0)
    assert zhang[5] > 0


def test_an_employer_whose_members_said_nothing_gets_an_empty_table(
    town: World, tmp_path: Path
) -> None:
    half_year(town)
    path = tmp_path / "empty.xlsx"
    assert run("account", "export", FACTORY, "2026H2", path) == (
        0,
        f"已写入 {path}：{FACTORY}还没有党员同意发，表里只有表头。\n",
    )
    assert sheet(path)[1] == [HEADING]


def local(*moment: int) -> datetime:
    return datetime(*moment)  # type: ignore[arg-type]  # noqa: DTZ001 (cells have no zone)


def test_the_ledger_lists_a_months_orders_with_the_times_of_their_steps(
    town: World, tmp_path: Path
) -> None:
    taken(town)
    town.later(hours=2)
    town.say("zhangsan", "完成 1")
    town.later(hours=1)
    town.say("wang", "确认 1")
    town.say("wang", "评价 1 5 来得快")
    town.report("li", "和谐小区3栋1201室漏水，打13800000009")
    path = tmp_path / "ledger.xlsx"
    assert run("ledger", "export", "2026-11", path) == (0, f"已写入 {path}：2 张单。\n")
    title, (heading, first, second) = sheet(path)
    assert (title, heading) == ("2026-11", exports.LEDGER_COLUMNS)
    noon, two, three = (local(2026, 11, 21, hour) for hour in (12, 14, 15))
    assert first == (
        1, "一般", MATTER, "阳光小区3栋2单元", "第一支部", noon, noon, noon, two, three,
        "第一支部党员", "已解决", 5,
    )  # fmt: skip
    assert second[0] == 2
    assert second[4:] == ("第二支部", three, None, None, None, None, None, "待派单", None)
    written = str((heading, first, second))
    assert [word for word in ("王阿姨", "1380000", "1201", "张三") if word in written] == []


def test_an_order_that_went_back_has_no_holder(town: World, tmp_path: Path) -> None:
    taken(town)
    town.say("zhangsan", "退单 1 临时有事")
    path = tmp_path / "ledger.xlsx"
    run("ledger", "export", "2026-11", path)
    _, (_, row) = sheet(path)
    assert (row[7], row[10]) == (None, None)


@pytest.mark.parametrize("month", ["2026-10", "2026-12"])
def test_a_month_has_its_own_orders_only(town: World, tmp_path: Path, month: str) -> None:
    taken(town)
    path = tmp_path / "ledger.xlsx"
    assert run("ledger", "export", month, path) == (0, f"已写入 {path}：0 张单。\n")


def test_midnight_is_the_communitys(town: World, tmp_path: Path) -> None:
    taken(town)
    with transaction(town.engine) as session:
        last = datetime.fromisoformat("2026-11-30T23:59:59+08:00")
        session.execute(update(Order).values(submitted_at=last))
    assert run("ledger", "export", "2026-11", tmp_path / "a.xlsx")[1].endswith("1 张单。\n")
    with transaction(town.engine) as session:
        first = datetime.fromisoformat("2026-12-01T00:00:00+08:00")
        session.execute(update(Order).values(submitted_at=first))
    assert run("ledger", "export", "2026-11", tmp_path / "b.xlsx")[1].endswith("0 张单。\n")


def test_a_street_has_what_is_below_it(town: World, tmp_path: Path) -> None:
    taken(town)
    for street, count in (("b1", 1), ("b2", 0), ("c1", 1)):
        path = tmp_path / f"{street}.xlsx"
        _, said = run("ledger", "export", "2026-11", path, "--street", street)
        assert said.endswith(f"{count} 张单。\n")


def test_what_begins_like_a_formula_is_text(town: World, tmp_path: Path) -> None:
    town.report("wang", "=1+1 阳光小区3栋2单元灯坏了")
    path = tmp_path / "ledger.xlsx"
    run("ledger", "export", "2026-11", path)
    (only,) = load_workbook(path).worksheets
    assert (only["C2"].data_type, only["C2"].value[:4]) == ("s", "=1+1")


BAD = {
    "half": (("account", "export", HOSPITAL, "2026"), "“2026”不是半年，请写成 2026H2 这样。"),
    "unit": (
        ("account", "export", "火星厂", "2026H2"),
        "没有叫“火星厂”的单位，请核对花名册里的工作单位。",
    ),
    "month": (("ledger", "export", "2026-13"), "“2026-13”不是月份，请写成 2026-11 这样。"),
}


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(("words", "said"), BAD.values(), ids=BAD)
def test_bad_requests_are_named_and_nothing_is_written(
    words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.xlsx"
    assert run(*words, path) == (2, f"{said}\n")
    assert not path.exists()


@pytest.mark.usefixtures("town")
def test_a_bad_street_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    assert run("ledger", "export", "2026-11", path, "--street", "nowhere") == (
        2,
        "--street：没有编码是“nowhere”的组织。\n",
    )
    assert not path.exists()


@pytest.mark.usefixtures("town")
def test_bad_files_are_named(tmp_path: Path) -> None:
    there = tmp_path / "there.xlsx"
    there.write_bytes(b"mine")
    nowhere = tmp_path / "nowhere" / "x.xlsx"
    assert run("ledger", "export", "2026-11", there) == (
        2,
        f"{there} 已经有了，没有覆盖。请换个文件名。\n",
    )
    assert run("ledger", "export", "2026-11", tmp_path / "x.csv") == (
        2,
        "文件名要以 .xlsx 结尾，什么也没有写。\n",
    )
    assert run("ledger", "export", "2026-11", nowhere) == (
        2,
        f"写不了 {nowhere}，请检查文件夹在不在、能不能写。\n",
    )
    assert there.read_bytes() == b"mine"


def test_two_employers_of_one_name_need_their_code(town: World, tmp_path: Path) -> None:
    half_year(town)
    with transaction(town.engine) as session:
        session.add(Organisation(code="D-2", name=HOSPITAL, kind=OrganisationKind.EMPLOYER))
    assert run("account", "export", HOSPITAL, "2026H2", tmp_path / "x.xlsx") == (
        2,
        f"叫“{HOSPITAL}”的单位有 2 个，请改用编码。\n",
    )
