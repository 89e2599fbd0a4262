"""What stands in the workbooks that are exported, and what operators read about exporting."""

from collections.abc import Mapping
from types import MappingProxyType

from handlers.texts import orders, roster
from storage.vocabulary import MatterClass, OrderKind, OrderStatus, Outcome, Role

ACCOUNT = "党员半年的服务情况。"
ACCOUNT_EXPORT = "把党员同意发的半年服务情况导成 Excel，一个单位一份；没有居民的信息。"
UNIT = "单位的名称或编码"
HALF = "半年，写成 2026H2"
FILE = "要写的文件（.xlsx），不能是已经有的"
LEDGER = "工单台账。"
LEDGER_EXPORT = "把一个月报上来的单导成 Excel 台账；没有居民的姓名、电话和门牌。"
MONTH = "月份，写成 2026-11"
STREET = "只要这个组织编码以下的"

ACCOUNT_COLUMNS = ("姓名", "在哪里服务", "办好的事（件）", "居民确认（件）", "回家日（次）", "积分")
LEDGER_COLUMNS = (
    "编号", "类别", "内容", "地点", "归谁派单", "报上来", "派单", "接单", "办好", "办结",
    "承办岗位", "结果", "评分",
)  # fmt: skip

CLASS: Mapping[MatterClass, str] = MappingProxyType(
    {
        MatterClass.EMERGENCY: "突发",
        MatterClass.TIMELY: "水电气热等及时性",
        MatterClass.GENERAL: "一般",
        MatterClass.COMPLEX: "复杂",
        MatterClass.WISH: "微心愿",
    }
)

NO_SUFFIX = "文件名要以 .xlsx 结尾，什么也没有写。"


def outcome(kind: OrderKind, status: OrderStatus, ended: Outcome | None) -> str:
    """Say where an order stands, or how it ended."""
    is_wish = kind is OrderKind.WISH
    if ended is not None:
        return (orders.WISH_OUTCOME if is_wish else orders.OUTCOME)[ended]
    return (orders.WISH_STATUS if is_wish else orders.STATUS)[status]


def post(role: Role | None, organisation: str | None) -> str:
    """Name a post without the person who holds it."""
    return f"{organisation or ''}{roster.ROLE[role] if role else ''}"


def bad_month(said: str) -> str:
    """Say that a word is no month."""
    return f"“{said}”不是月份，请写成 2026-11 这样。"


def bad_half(said: str) -> str:
    """Say that a word is no half of a year."""
    return f"“{said}”不是半年，请写成 2026H2 这样。"


def no_unit(said: str) -> str:
    """Say that no employer has that name or code."""
    return f"没有叫“{said}”的单位，请核对花名册里的工作单位。"


def several_units(said: str, count: int) -> str:
    """Say that a name means more than one employer."""
    return f"叫“{said}”的单位有 {count} 个，请改用编码。"


def no_organisation(code: str) -> str:
    """Say that no organisation has that code."""
    return f"--street：没有编码是“{code}”的组织。"


def file_exists(path: str) -> str:
    """Say that nothing is written over a file."""
    return f"{path} 已经有了，没有覆盖。请换个文件名。"


def cannot_write(path: str) -> str:
    """Say that a file cannot be written."""
    return f"写不了 {path}，请检查文件夹在不在、能不能写。"


def account_written(path: str, count: int, unit: str) -> str:
    """Say what the workbook for an employer holds."""
    if not count:
        return f"已写入 {path}：{unit}还没有党员同意发，表里只有表头。"
    return f"已写入 {path}：{unit} {count} 位党员。"


def ledger_written(path: str, count: int) -> str:
    """Say how many orders the ledger holds."""
    return f"已写入 {path}：{count} 张单。"
