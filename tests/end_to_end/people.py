"""Who lives in the town besides the samples: a third branch of fifty, and its secretary."""

from pathlib import Path

from openpyxl import Workbook

from bot.sandbox.samples import (
    ORGANISATION_COLUMNS,
    ORGANISATION_SHEET,
    PEOPLE_SHEET,
    ROSTER_COLUMNS,
    Sample,
)
from storage.vocabulary import Platform

FIFTY = tuple(f"dy{number:02}" for number in range(1, 51))
SECRETARY_OF_FIFTY = "zhoushuji"

THIRD_BRANCH = (
    Sample("zhoushuji", "周书记", "第三支部书记", Platform.WECOM, "zhoushuji"),
    *(Sample(key, f"党员{key[2:]}", "第三支部党员", Platform.WECOM, key) for key in FIFTY),
)

_ORGANISATIONS = (
    ("ZB3", "第三支部", "支部", "SQ"),
    ("XF", "幸福小区", "小区", "ZB3"),
    ("XF-1", "1栋", "楼栋", "XF"),
    ("XF-1-1", "1单元", "单元", "XF-1"),
)
_ROSTER = tuple(
    (
        person.name,
        f"139000000{number:02}",
        person.key,
        "书记" if person.key == SECRETARY_OF_FIFTY else "党员",
        "ZB3",
        "",
        "",
    )
    for number, person in enumerate(THIRD_BRANCH)
)


def write_third_branch(path: Path) -> None:
    """Write the workbook of the third branch, which hangs under the community of the samples."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, columns, rows in (
        (ORGANISATION_SHEET, ORGANISATION_COLUMNS, _ORGANISATIONS),
        (PEOPLE_SHEET, ROSTER_COLUMNS, _ROSTER),
    ):
        sheet = workbook.create_sheet(title)
        sheet.append(columns)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
