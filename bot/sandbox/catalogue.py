"""The sample account's templates: what a community might have added in the platform's library.

Chinese stands here because templates are the account's own data; their ids are made up.
"""

from types import MappingProxyType

from bot.sandbox.templates import PrivateTemplate

_PRIMARY = "政府与公共事业"
_DEPUTY = "公共事业"

DISPATCHED = PrivateTemplate(
    id="sandbox-dispatched-0000000000000000000001",
    title="派单通知",
    primary_industry=_PRIMARY,
    deputy_industry=_DEPUTY,
    content=(
        "工单编号:{{character_string1.DATA}}\n服务事项:{{thing2.DATA}}\n"
        "服务人员:{{name3.DATA}}\n派单时间:{{time4.DATA}}\n"
    ),
    example=("工单编号:12\n服务事项:楼道灯不亮\n服务人员:张三\n派单时间:2026年11月21日 09:30\n"),
)
PROGRESS = PrivateTemplate(
    id="sandbox-progress-000000000000000000000002",
    title="服务进度通知",
    primary_industry=_PRIMARY,
    deputy_industry=_DEPUTY,
    content=(
        "工单编号:{{character_string1.DATA}}\n服务事项:{{thing2.DATA}}\n"
        "当前进度:{{phrase3.DATA}}\n更新时间:{{time4.DATA}}\n温馨提示:{{thing5.DATA}}\n"
    ),
    example=(
        "工单编号:12\n服务事项:楼道灯不亮\n当前进度:已接单\n"
        "更新时间:2026年11月21日 10:00\n温馨提示:请保持电话畅通\n"
    ),
)
TO_CONFIRM = PrivateTemplate(
    id="sandbox-to-confirm-0000000000000000000003",
    title="服务完成待确认提醒",
    primary_industry=_PRIMARY,
    deputy_industry=_DEPUTY,
    content=(
        "工单编号:{{character_string1.DATA}}\n服务事项:{{thing2.DATA}}\n"
        "完成时间:{{time3.DATA}}\n备注:{{thing4.DATA}}\n"
    ),
    example=(
        "工单编号:12\n服务事项:楼道灯不亮\n完成时间:2026年11月21日 16:00\n备注:请确认是否解决\n"
    ),
)
VISITOR = PrivateTemplate(
    id="sandbox-visitor-0000000000000000000000004",
    title="访客登记提醒",
    primary_industry=_PRIMARY,
    deputy_industry=_DEPUTY,
    content=(
        "访客姓名:{{name1.DATA}}\n联系电话:{{phone_number2.DATA}}\n车牌号:{{car_number3.DATA}}\n"
        "来访日期:{{date4.DATA}}\n押金:{{amount5.DATA}}\n登记状态:{{const6.DATA}}\n"
        "楼层:{{number7.DATA}}\n通道:{{letter8.DATA}}\n标记:{{symbol9.DATA}}\n"
    ),
    example=(
        "访客姓名:李四\n联系电话:0571-88880000\n车牌号:浙A12345\n来访日期:2026年11月21日\n"
        "押金:￥50.00元\n登记状态:已登记\n楼层:3\n通道:B\n标记:*\n"
    ),
    listed=MappingProxyType({"const6": ("已登记", "已离开", "已过期")}),
)
TEMPLATES = (DISPATCHED, PROGRESS, TO_CONFIRM, VISITOR)
