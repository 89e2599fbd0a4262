"""Every Chinese word of the roster: sheets, columns, kinds, roles, faults, summaries."""

from types import MappingProxyType

from handlers.rules.roster_rows import Column, Fault, Problem, Sheet, Words
from storage.vocabulary import OrganisationKind, Role

SHEET = MappingProxyType({Sheet.ORGANISATIONS: "组织", Sheet.PEOPLE: "人员"})

COLUMN = MappingProxyType(
    {
        Column.CODE: "编码",
        Column.NAME: "名称",
        Column.KIND: "类型",
        Column.PARENT: "上级编码",
        Column.PERSON: "姓名",
        Column.PHONE: "手机号",
        Column.USERID: "企业微信账号",
        Column.ROLE: "角色",
        Column.ORGANISATION: "组织编码",
        Column.EMPLOYER: "工作单位",
        Column.SKILLS: "特长",
    }
)

ORGANISATION_KIND = MappingProxyType(
    {
        OrganisationKind.CITY: "市",
        OrganisationKind.DISTRICT: "区县",
        OrganisationKind.STREET: "街道",
        OrganisationKind.COMMUNITY: "社区",
        OrganisationKind.BRANCH: "支部",
        OrganisationKind.ESTATE: "小区",
        OrganisationKind.GRID: "网格",
        OrganisationKind.BUILDING: "楼栋",
        OrganisationKind.UNIT: "单元",
        OrganisationKind.DEPARTMENT: "部门",
        OrganisationKind.EMPLOYER: "单位",
    }
)

ROLE = MappingProxyType(
    {
        Role.SECRETARY: "书记",
        Role.DEPUTY: "副书记",
        Role.MEMBER: "党员",
        Role.GRID_WORKER: "网格员",
        Role.BUILDING_HEAD: "楼栋长",
        Role.UNIT_STEWARD: "单元管家",
        Role.COMMUNITY_WORKER: "社区工作者",
        Role.STREET_WORKER: "街道工作者",
    }
)

WORDS = Words(
    kinds=MappingProxyType({word: kind for kind, word in ORGANISATION_KIND.items()}),
    roles=MappingProxyType({word: role for role, word in ROLE.items()}),
)

NOT_A_WORKBOOK = "这不是能打开的 .xlsx 文件，可能已损坏；请用 Excel 打开后另存为 .xlsx。"
OLD_OR_LOCKED = "这是旧版 .xls 或加了密码的文件；请去掉密码，另存为 .xlsx 再导入。"
NOT_MIGRATED = "数据库还没有准备好，请先运行 jinlin migrate。"
NOBODY_LEFT = "人员表里没有一行有效的任职，--replace 会让所有人都卸任，所以没有导入。"
DRY_RUN = "试运行：检查全部通过，什么都没有写入。"
NO_WECOM = "注意：设置里没有企业微信，“企业微信账号”一列这次没有用上。"

_SHOWN = 40


def cannot_read(path: str) -> str:
    """Name a file that is not there or may not be read."""
    return f"读不到文件 {path}。"


def too_large(megabytes: int) -> str:
    """Name the limit that the file is over."""
    return f"文件太大：不能超过 {megabytes} MB，展开后也不能大得离谱。"


def missing_sheet(sheet: Sheet) -> str:
    """Name a sheet that the workbook lacks."""
    return f"缺少工作表“{SHEET[sheet]}”。"


def missing_column(sheet: Sheet, column: Column) -> str:
    """Name a column that a sheet's heading lacks."""
    return f"{SHEET[sheet]}：表头缺少“{COLUMN[column]}”一列。"


def repeated_column(sheet: Sheet, column: Column) -> str:
    """Name a column that a sheet's heading has twice."""
    return f"{SHEET[sheet]}：表头有两列都叫“{COLUMN[column]}”。"


_KINDS = "、".join(ORGANISATION_KIND.values())
_ROLES = "、".join(ROLE.values())
_WORDING = MappingProxyType(
    {
        Fault.FORMULA_ERROR: "{column}是出错的公式（{value}）。",
        Fault.NOT_CALCULATED: "{column}的公式没有算出结果，请用 Excel 打开并保存一次。",
        Fault.DATE: "{column}被 Excel 当成了日期（{value}），请把单元格改成文本后重填。",
        Fault.EMPTY: "{column}空着。",
        Fault.TOO_LONG: "{column}“{value}”太长，最多 {other} 个字。",
        Fault.UNKNOWN_KIND: f"类型“{{value}}”不认识，可以填：{_KINDS}。",
        Fault.UNKNOWN_ROLE: f"角色“{{value}}”不认识，可以填：{_ROLES}。",
        Fault.DUPLICATE_CODE: "编码“{value}”和第 {other} 行重复。",
        Fault.DUPLICATE_EMPLOYER: "单位“{value}”已经有了（编码 {other}），单位不能重名。",
        Fault.UNKNOWN_PARENT: "上级编码“{value}”不存在。",
        Fault.WRONG_PARENT: "{value}不能放在{other}下面。",
        Fault.WRONG_CHILD: "这样改以后，下面的“{value}”（{other}）就放不下了。",
        Fault.CYCLE: "上级绕成了一圈，又回到了“{value}”自己。",
        Fault.REPEATED_KIND: "往上已经有一个{value}，{value}里不能再套{value}。",
        Fault.BAD_PHONE: "手机号“{value}”不对，应是 1 开头的 11 位数字。",
        Fault.BAD_USERID: "企业微信账号“{value}”不对：只能用字母、数字和 _ - @ .，"
        "以字母或数字开头，最多 64 位。",
        Fault.USERID_TAKEN: "企业微信账号“{value}”和第 {other} 行的人重复（不分大小写）。",
        Fault.OTHER_NAME: "姓名“{value}”和第 {other} 行不一样，手机号却相同。",
        Fault.OTHER_USERID: "企业微信账号“{value}”和第 {other} 行不一样，手机号却相同。",
        Fault.OTHER_EMPLOYER: "工作单位“{value}”和第 {other} 行不一样，手机号却相同。",
        Fault.UNKNOWN_ORGANISATION: "组织编码“{value}”不存在。",
    }
)
_NAMES_KINDS = frozenset({Fault.WRONG_PARENT, Fault.REPEATED_KIND})


def problem(found: Problem) -> str:
    """Say where a problem stands and what it is; long cells are cut."""
    value, other = found.value, found.other
    if found.fault in _NAMES_KINDS:
        value = ORGANISATION_KIND[OrganisationKind(value)]
        other = ORGANISATION_KIND[OrganisationKind(other)] if other else ""
    elif len(value) > _SHOWN:
        value = f"{value[:_SHOWN]}…"
    what = _WORDING[found.fault].format(column=COLUMN[found.column], value=value, other=other)
    return f"{SHEET[found.sheet]} 第 {found.row} 行：{what}"


def summary_organisations(*, added: int, changed: int, employers: int) -> str:
    """Count what happened to the tree; ``employers`` were made from people's rows."""
    made = f"（其中 {employers} 个单位来自“工作单位”一列）" if employers else ""
    return f"组织：新增 {added}，更新 {changed}{made}"


def summary_people(*, added: int, changed: int) -> str:
    """Count what happened to persons."""
    return f"人员：新增 {added}，更新 {changed}"


def summary_appointments(*, added: int, ended: int) -> str:
    """Count what happened to appointments."""
    return f"任职：新增 {added}，结束 {ended}"


def summary_identities(*, added: int, moved: int, released: int) -> str:
    """Count what happened to WeCom identities; released ones speak for nobody of the roster now."""
    return f"企业微信账号：新增 {added}，改绑 {moved}，解除 {released}"


def summary_total(changes: int) -> str:
    """Give the sum of all changes; none when the same file comes again."""
    return f"一共 {changes} 处改动。" if changes else "一共 0 处改动，和上次一样。"


def several_tops(names: list[str]) -> str:
    """Warn that the tree falls apart: an upper code was probably forgotten."""
    return f"注意：有 {len(names)} 个组织没有上级：{'、'.join(names)}。如果是漏填，请补上上级编码。"
