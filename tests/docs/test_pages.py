import re
import shlex
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from handlers.texts import roster
from tests.docs.pages import (
    PAGES,
    RECORDS,
    ROOT,
    anchors,
    jinlin_lines,
    links,
    rows,
    section,
    spans,
)

HEADINGS = ["Context", "Decision", "Consequences", "Alternatives"]
MORE_HEADINGS = {"Adding a conversation"}
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")

pages = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
records = pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)


@pages
def test_links_inside_the_project_lead_somewhere(page: Path) -> None:
    targets = [target.partition("#")[0] for target in links(page.read_text(encoding="utf-8"))]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pages
def test_links_to_a_heading_find_it(page: Path) -> None:
    missing = []
    for target in links(page.read_text(encoding="utf-8")):
        name, _, anchor = target.partition("#")
        other = page.parent / name if name else page
        if anchor and anchor not in anchors(other.read_text(encoding="utf-8")):
            missing.append(target)
    assert missing == []


LINES = sorted({line for page in PAGES for line in jinlin_lines(page.read_text(encoding="utf-8"))})


@pytest.mark.parametrize("line", LINES)
def test_every_command_line_shown_is_one_that_the_program_takes(line: str) -> None:
    result = CliRunner().invoke(app, [*shlex.split(line)[1:], "--help"])
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_command_line_that_the_program_does_not_take_would_be_seen() -> None:
    refused = ("jinlin serve --bogus", "jinlin bogus", "jinlin roster bogus")
    codes = [CliRunner().invoke(app, [*line.split()[1:], "--help"]).exit_code for line in refused]
    assert codes == [2, 2, 2]


def test_records_are_numbered_without_gaps() -> None:
    assert [path.name[:5] for path in RECORDS] == [f"{n:04}-" for n in range(1, len(RECORDS) + 1)]


@records
def test_a_record_has_a_numbered_title_and_four_parts(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert text.startswith(f"# {int(record.name[:4])}. ")
    assert [heading for heading in headings if heading not in MORE_HEADINGS] == HEADINGS
    assert [heading for heading in HEADINGS if not section(text, heading).strip()] == []


@records
def test_a_record_names_files_that_are_there(record: Path) -> None:
    named = [
        span
        for span in spans(record.read_text(encoding="utf-8"))
        if re.fullmatch(r"[\w./-]+(?:\.py|/)", span)
    ]
    folders = (
        ROOT,
        *(ROOT / floor for floor in ("handlers", "bot", "bot/channels", "handlers/texts")),
    )
    assert [name for name in named if not any((each / name).exists() for each in folders)] == []


def test_the_record_of_libraries_names_every_library_that_a_service_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = sorted(re.split(r"[\[<>=]", line)[0] for line in project["dependencies"])
    (record,) = [path for path in RECORDS if path.stem.endswith("-libraries")]
    table = rows(section(record.read_text(encoding="utf-8"), "Decision"))
    assert sorted(spans(first)[0] for first, *_ in table) == needed


def test_operators_read_the_sheets_columns_and_words_that_the_import_takes() -> None:
    described = section(OPERATING, "2. 建库、导入花名册")
    sheets = {sheet: columns.split("、") for sheet, columns in rows(described)}
    assert sorted(sheets) == sorted(roster.SHEET.values())
    columns = [column for listed in sheets.values() for column in listed]
    assert sorted(columns) == sorted(roster.COLUMN.values())
    for label, known in (("类型", roster.WORDS.kinds), ("角色", roster.WORDS.roles)):
        listed = re.search(rf"{label}：([^。]+)。", described)
        assert listed
        assert sorted(listed[1].split("、")) == sorted(known)
