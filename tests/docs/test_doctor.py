from handlers.texts import (
    doctor,
    doctor_callback,
    doctor_community,
    doctor_machine,
    doctor_platforms,
)
from handlers.texts.platform_errors import OFFICIAL
from tests.docs.pages import ROOT, blocks, rows, section

PAGE = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")
LOOKS = {
    "这台机器": (
        doctor.SETTINGS,
        doctor.CONFIG_FILE,
        doctor_machine.DATA_DIR,
        doctor_machine.DISK,
        doctor_machine.CLOCK_FILE,
    ),
    "数据库和后台": (
        doctor_machine.DATABASE,
        doctor_machine.DATABASE_CLOCK,
        doctor_machine.SCHEMA,
        doctor_machine.KEY,
        doctor_machine.REDIS,
        doctor_machine.WORKER,
        doctor_machine.SCHEDULER,
        doctor_machine.QUEUES,
        doctor_machine.DELIVERIES,
        doctor_machine.INBOX,
    ),
    "平台账号": (
        doctor_platforms.API,
        doctor_platforms.CLOCK,
        doctor_platforms.TOKEN,
        doctor_platforms.KIND,
        doctor_platforms.TEMPLATE,
        doctor_platforms.MESSAGE_MENU,
        doctor_platforms.APP,
        doctor_platforms.VISIBLE_RANGE,
        doctor_platforms.MENU,
        doctor_platforms.RECEIVING,
        doctor_platforms.ALERTS,
    ),
    "花名册": (
        doctor_community.ROSTER,
        doctor_community.DISPATCHERS,
        doctor_community.BRANCHES,
        doctor_community.STAFF,
    ),
    "从外面敲一遍": (
        doctor_callback.SITE,
        doctor_callback.CERTIFICATE,
        doctor_callback.CALLBACK,
    ),
}


def test_the_page_names_everything_that_the_doctor_looks_at() -> None:
    named = {heading: tuple(row[0] for row in rows(section(PAGE, heading))) for heading in LOOKS}
    assert named == LOOKS


def test_the_page_explains_every_mark() -> None:
    head = PAGE.partition("\n## ")[0]
    assert [row[0] for row in rows(head)] == list(doctor.MARK.values())


def test_the_lines_shown_are_lines_that_the_doctor_says() -> None:
    (shown,) = blocks(PAGE, "text")
    secret = OFFICIAL[40125]
    assert f"{secret.meaning.rstrip('。')}（40125）。\n    {secret.remedy}" in shown
    assert f"{doctor_platforms.MENU_NONE.said}\n    {doctor_platforms.MENU_NONE.remedy}" in shown
    assert doctor_machine.database("PostgreSQL", "16.4") in shown
