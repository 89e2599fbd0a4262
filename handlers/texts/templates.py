"""The words of template messages: what the labels of templates mean, and what fills a gap."""

import re
from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from handlers.messages import Action
from handlers.rules.template_fields import LABELLED, FieldType, Source
from handlers.texts import words
from handlers.texts.orders import HOLDER_FIELD, PLACE_FIELD
from storage.vocabulary import NoticeKind

ROW = re.compile(r"(?P<label>[^\n{}]*?)[:：]?[ \t]*\{\{(?P<key>\w+)\.DATA\}\}")
"""One line of a template's content, as the platform lists it."""

PLACE = f"{LABELLED}{PLACE_FIELD}"
HOLDER = f"{LABELLED}{HOLDER_FIELD}"

MEANINGS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("编号", "单号", "号码"), (Source.NUMBER,)),
    (("时间", "日期"), (Source.TIME,)),
    (("状态", "进度", "进展", "结果"), (Source.STATUS,)),
    (("地址", "地点", "位置", "小区"), (PLACE, Source.COMMUNITY)),
    (("姓名", "人员", "联系人", "处理人", "负责人", "接单人", "办理人"), (HOLDER,)),
    (("备注", "说明", "提示", "提醒"), (Source.NEXT, Source.TEXT)),
    (("事项", "内容", "问题", "名称", "类型", "主题", "标题"), (Source.TITLE, Source.TEXT)),
    (("社区", "单位", "部门", "机构"), (Source.COMMUNITY,)),
)
"""Words in a label, and what fills its field, best first; the first row that fits counts."""

FILLERS = MappingProxyType(
    {
        FieldType.THING: "请看社区消息",
        FieldType.SHORT_THING: "有消息",
        FieldType.NUMBER: "0",
        FieldType.LETTER: "OK",
        FieldType.SYMBOL: "-",
        FieldType.CHARACTER_STRING: "-",
        FieldType.AMOUNT: "0元",
        FieldType.PHONE_NUMBER: "12345",  # the hotline of every city's government
        FieldType.CAR_NUMBER: "无",
        FieldType.NAME: "社区",
        FieldType.PHRASE: "有消息",
    }
)
"""What stands in a field that nothing fills: the platform takes no empty one."""

STATUS = MappingProxyType(
    {
        NoticeKind.ORDER_SUBMITTED: "待派单",
        NoticeKind.ORDER_OFFERED: "待接单",
        NoticeKind.ORDER_TAKEN: "已接单",
        NoticeKind.ORDER_HELD: "待办理",
        NoticeKind.ORDER_DONE: "待确认",
        NoticeKind.ORDER_CLOSED: "已办结",
        NoticeKind.ORDER_REOPENED: "重新安排",
        NoticeKind.ORDER_QUESTION: "待补充",
        NoticeKind.ORDER_MESSAGE: "有留言",
        NoticeKind.ORDER_CHANGED: "有变化",
        NoticeKind.ORDER_UNTAKEN: "待安排",
        NoticeKind.DIGEST: "有汇总",
        NoticeKind.VERIFICATION: "待核对",
        NoticeKind.REPLY: "有回复",
        NoticeKind.MEDIUM: "有照片",
        NoticeKind.OPERATIONS: "请查看",
        NoticeKind.HOME_DAY: "回家日",
        NoticeKind.POINTS: "积分",
        NoticeKind.BRIEFING: "日报",
        NoticeKind.SERVICE: "请过目",
    }
)

_DAY = r"\d{4}年\d{1,2}月\d{1,2}日"
_HOUR = r"(?:[01]?\d|2[0-3]):[0-5]\d"
_TIME = rf"(?:{_DAY} )?{_HOUR}"
_DATE = rf"{_DAY}(?: {_HOUR})?"
TIME = re.compile(rf"{_TIME}(?:~{_TIME})?", re.ASCII)
DATE = re.compile(rf"{_DATE}(?:~{_DATE})?", re.ASCII)
AMOUNT = re.compile(r"[¥$€£]?[0-9]{1,10}元?")


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Write an instant as fields of time and of date both take it."""
    local = at.astimezone(zone)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def sources_of(label: str) -> tuple[str, ...]:
    """Say what may fill the field of a label, best first; nothing where its words say nothing."""
    for meant, sources in MEANINGS:
        if any(word in label for word in meant):
            return sources
    return ()


def number(order_id: int) -> str:
    """Name an order."""
    return f"#{order_id}"


def say_next(actions: Sequence[Action], order_id: int | None) -> tuple[str, ...]:
    """Give what the reader can say, best first; half a command would be another one."""
    commands = [action.command for action in actions]
    if order_id is not None:
        commands.append(f"{words.PROGRESS[0]} {order_id}")
    return tuple(f"回“{command}”" for command in commands)
