"""Builds roster workbooks for tests, imports them, and looks at what was stored."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, select
from sqlalchemy.orm import InstrumentedAttribute

from bot import workbooks
from bot.config import Settings
from bot.workbooks import WorkbookError
from storage import database, sealing
from storage.models import Appointment, Identity, Organisation, Person
from tests.conftest import SECRET_KEY

Rows = Iterable[Sequence[Any]]

ORGANISATION_HEADING = ("编码", "名称", "类型", "上级编码")
PEOPLE_HEADING = ("姓名", "手机号", "企业微信账号", "角色", "组织编码", "工作单位", "特长")

ORGANISATIONS: tuple[tuple[Any, ...], ...] = (
    ("JL", "近邻社区", "社区", None),
    ("ZB1", "第一党支部", "支部", "JL"),
    ("YG", "阳光花园", "小区", "ZB1"),
    ("YG-3", "3栋", "楼栋", "YG"),
    ("YG-3-2", "2单元", "单元", "YG-3"),
    ("GW", "供电公司", "单位", None),
)
PEOPLE: tuple[tuple[Any, ...], ...] = (
    ("王书记", "13800000001", "WangShuJi", "书记", "ZB1", "供电公司", None),
    ("张三", 13800000002, "zhangsan", "党员", "ZB1", "市第一医院", "水电"),
    ("张三", "+86 138-0000-0002", None, "楼栋长", "YG-3", "市第一医院", "木工"),
    ("李 四", 1.3800000003e10, None, "网格员", "YG", None, None),
)


def write_workbook(
    path: Path,
    *,
    organisations: Rows = ORGANISATIONS,
    people: Rows = PEOPLE,
) -> Path:
    """Write both sheets with their headings and give the path back."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, heading, rows in (
        ("组织", ORGANISATION_HEADING, organisations),
        ("人员", PEOPLE_HEADING, people),
    ):
        sheet = book.create_sheet(name)
        sheet.append(heading)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def neighbourhood(count: int) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Give rows for a community of that many people, a building for every ten of them."""
    buildings = range(count // 10)
    organisations: list[tuple[Any, ...]] = [
        ("JL", "近邻社区", "社区", None),
        *((f"B{number}", f"{number}栋", "楼栋", "JL") for number in buildings),
    ]
    people: list[tuple[Any, ...]] = [
        (
            f"居民{number}",
            13900000000 + number,
            f"user{number}",
            "党员",
            f"B{number // 10}",
            f"单位{number % 7}",
            "水电" if number % 2 else None,
        )
        for number in range(count)
    ]
    return organisations, people


def person_row(**cells: object) -> tuple[Any, ...]:
    row = {
        "name": "赵六",
        "phone": "13800000009",
        "userid": None,
        "role": "党员",
        "organisation": "JL",
        "employer": None,
        "skills": None,
    }
    return tuple((row | cells).values())


def settings_for(database_url: str, *companies: str) -> Settings:
    wecom = [
        {
            "name": f"wecom{number}",
            "platform": "wecom",
            "app_id": company,
            "secret": "s",
            "token": "t",
            "encoding_aes_key": "a" * 43,
            "agent_id": 1000002,
        }
        for number, company in enumerate(companies)
    ]
    official = {
        "name": "oa",
        "platform": "official",
        "app_id": "wx1",
        "secret": "s",
        "token": "t",
        "encoding_aes_key": "a" * 43,
    }
    return Settings.model_validate(
        {
            "database_url": database_url,
            "config": "unused.toml",
            "secret_key": base64.b64encode(SECRET_KEY).decode(),
            "community": {"name": "近邻社区", "timezone": "UTC"},
            "accounts": [official, *wecom],
        }
    )


@dataclass
class Imports:
    """The database and a workbook that can be written and imported again and again."""

    settings: Settings
    engine: Engine
    path: Path

    def bring(
        self,
        *,
        organisations: Rows = ORGANISATIONS,
        people: Rows = PEOPLE,
        dry_run: bool = False,
        replace: bool = False,
    ) -> list[str]:
        write_workbook(self.path, organisations=organisations, people=people)
        return self.bring_as_it_is(dry_run=dry_run, replace=replace)

    def bring_as_it_is(self, *, dry_run: bool = False, replace: bool = False) -> list[str]:
        return workbooks.import_roster(self.settings, self.path, dry_run=dry_run, replace=replace)

    def refuse(
        self,
        *,
        organisations: Rows = ORGANISATIONS,
        people: Rows = PEOPLE,
        replace: bool = False,
    ) -> list[str]:
        write_workbook(self.path, organisations=organisations, people=people)
        return self.refuse_as_it_is(replace=replace)

    def refuse_as_it_is(self, *, replace: bool = False) -> list[str]:
        with pytest.raises(WorkbookError) as refusal:
            self.bring_as_it_is(replace=replace)
        return refusal.value.lines

    def rows(self, *columns: InstrumentedAttribute[Any]) -> list[tuple[Any, ...]]:
        with database.transaction(self.engine) as session:
            return sorted((tuple(row) for row in session.execute(select(*columns))), key=repr)

    def paths(self) -> dict[str, str]:
        """Every node's path, in codes instead of ids."""
        nodes = self.rows(Organisation.id, Organisation.code, Organisation.path)
        codes = {str(number): code for number, code, _ in nodes}
        return {
            code: "/".join(codes.get(part, part) for part in path.split("/"))
            for _, code, path in nodes
        }

    def person(self, phone: str) -> int:
        with database.transaction(self.engine) as session:
            wanted = Person.phone_hash == sealing.keyed_hash(phone)
            return session.execute(select(Person.id).where(wanted)).scalar_one()

    def posts(self) -> list[tuple[Any, ...]]:
        with database.transaction(self.engine) as session:
            statement = (
                select(Person.name, Organisation.code, Appointment.role, Appointment.ends_on)
                .join(Person, Person.id == Appointment.person_id)
                .join(Organisation, Organisation.id == Appointment.organisation_id)
                .order_by(Appointment.id)
            )
            return [tuple(row) for row in session.execute(statement)]

    def speakers(self) -> dict[tuple[str, str], str | None]:
        """Who speaks by each WeCom identity."""
        with database.transaction(self.engine) as session:
            statement = select(Identity.app_id, Identity.external_id, Person.name).join(
                Person, Person.id == Identity.person_id
            )
            return {(app, userid): name for app, userid, name in session.execute(statement)}

    def count(self) -> int:
        return sum(len(self.rows(table.id)) for table in (Organisation, Person, Appointment))
