"""The sample neighbourhood: its people, their phones, and the roster that the demo imports.

The only module of the sandbox that holds Chinese. Names and numbers are made up.
"""

from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

from bot.sandbox.screen import Place
from storage.vocabulary import Platform

COMMUNITY = "近邻社区"

ORGANISATION_SHEET = "组织"
PEOPLE_SHEET = "人员"

_ESTATES = (
    ("YG", "阳光小区", "ZB1", 3),
    ("HX", "和谐小区", "ZB2", 2),
)
_UNITS_PER_BUILDING = 2


@dataclass(frozen=True, slots=True)
class Sample:
    """One person with a phone.

    Attributes:
        key: the last part of the phone's path.
        external_id: openid in the official account, userid in WeCom.
        scene: the parametric QR code on this person's own front door.
        sayings: what this person may want to say; offered on the page.
    """

    key: str
    name: str
    role: str
    platform: Platform
    external_id: str
    scene: str = ""
    sayings: tuple[str, ...] = ()


PEOPLE = (
    Sample(
        key="wang",
        name="王阿姨",
        role="居民 · 阳光小区3栋2单元",
        platform=Platform.OFFICIAL,
        external_id="oSandbox-WangAyi-0000000001",
        scene="bind:YG-3-2",
        sayings=("楼道灯坏了，晚上看不见路", "心愿 想要一副老花镜", "进度", "帮助"),
    ),
    Sample(
        key="li",
        name="李奶奶",
        role="居民 · 阳光小区1栋1单元",
        platform=Platform.OFFICIAL,
        external_id="oSandbox-LiNainai-000000002",
        scene="bind:YG-1-1",
        sayings=("1栋门口的下水道堵了", "心愿 想有人陪着说说话", "你好", "帮助"),
    ),
    Sample(
        key="chenshuji",
        name="陈书记",
        role="第一支部书记",
        platform=Platform.WECOM,
        external_id="chenshuji",
        sayings=("待办", "日报", "选单", "无人认领", "未报到", "未送达", "帮助"),
    ),
    Sample(
        key="zhangsan",
        name="张三",
        role="第一支部党员 · 电工",
        platform=Platform.WECOM,
        external_id="zhangsan",
        sayings=("可接", "心愿墙", "回家日", "报到", "积分", "帮助"),
    ),
    Sample(
        key="lisi",
        name="李四",
        role="第一支部党员 · 木工",
        platform=Platform.WECOM,
        external_id="lisi",
        sayings=("可接", "心愿墙", "换一天", "积分明细", "请假 下周", "帮助"),
    ),
    Sample(
        key="zhaomin",
        name="赵敏",
        role="第一支部党员 · 护士",
        platform=Platform.WECOM,
        external_id="zhaomin",
        sayings=("可接", "心愿墙", "认岗 关爱互助", "承诺 随叫随到", "免打扰 22-7", "帮助"),
    ),
    Sample(
        key="liuzhuren",
        name="刘主任",
        role="社区工作者",
        platform=Platform.WECOM,
        external_id="liuzhuren",
        sayings=("待办", "回家日", "未报到", "日报", "未送达", "帮助"),
    ),
)

# What each drawing of ``bot.sandbox.pictures`` shows, and points of an estate that is nowhere.
PHOTOS = {"lamp": "楼道灯不亮", "pipe": "水管漏水", "bench": "长椅断腿"}
PLACES = (
    Place("阳光小区3栋", 30.000301, 120.000302),
    Place("阳光小区1栋门口", 30.000101, 120.000102),
    Place("和谐小区2栋", 30.001201, 120.001202),
)

ORGANISATION_COLUMNS = ("编码", "名称", "类型", "上级编码")
ORGANISATIONS = (
    ("SQ", COMMUNITY, "社区", ""),
    ("ZB1", "第一支部", "支部", "SQ"),
    ("ZB2", "第二支部", "支部", "SQ"),
    *((code, name, "小区", branch) for code, name, branch, _ in _ESTATES),
    *(
        (f"{code}-{building}", f"{building}栋", "楼栋", code)
        for code, _, _, buildings in _ESTATES
        for building in range(1, buildings + 1)
    ),
    *(
        (f"{code}-{building}-{unit}", f"{unit}单元", "单元", f"{code}-{building}")
        for code, _, _, buildings in _ESTATES
        for building in range(1, buildings + 1)
        for unit in range(1, _UNITS_PER_BUILDING + 1)
    ),
)

# The second branch has no secretary and its one member no phone here: its orders go to the
# community, and what is offered to that member shows up as undelivered.
ROSTER_COLUMNS = ("姓名", "手机号", "企业微信账号", "角色", "组织编码", "工作单位", "特长")
ROSTER = (
    ("陈建华", "13800000001", "chenshuji", "书记", "ZB1", "市水务局", ""),
    ("张三", "13800000002", "zhangsan", "党员", "ZB1", "市供电公司", "电工"),
    ("李四", "13800000003", "lisi", "党员", "ZB1", "市园林局", "木工"),
    ("赵敏", "13800000004", "zhaomin", "党员", "ZB1", "市人民医院", "护理"),
    ("刘秀英", "13800000005", "liuzhuren", "社区工作者", "SQ", "", ""),
    ("孙悦", "13800000006", "sunyue", "党员", "ZB2", "市图书馆", "心理疏导"),
)


def write_roster(path: Path) -> None:
    """Write the workbook that ``jinlin roster import`` reads: places and people."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, columns, rows in (
        (ORGANISATION_SHEET, ORGANISATION_COLUMNS, ORGANISATIONS),
        (PEOPLE_SHEET, ROSTER_COLUMNS, ROSTER),
    ):
        sheet = workbook.create_sheet(title)
        sheet.append(columns)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
