"""How people say their quiet hours, and what is said about them."""

from types import MappingProxyType

from handlers.messages import Action
from handlers.rules.quiet import MOST_HOURS, Hours, HoursFault, HoursReader, HourWords
from handlers.texts import words

READER = HoursReader(
    HourWords(
        halves=MappingProxyType(
            {"凌晨": 0, "早上": 0, "早晨": 0, "上午": 0, "早": 0, "第二天早上": 0}
            | {"中午": 12, "下午": 12, "傍晚": 12, "晚上": 12, "夜里": 12, "晚": 12}
        ),
        hour=("点钟", "点", "时"),
        until=("到", "至", "-", "~", "—", "–"),
    )
)

OFF = frozenset({"关", "关闭", "关掉", "取消", "不用了", "停"})

IS_OFF = "好的，免打扰关了，消息随到随发。"
HOW = "想清静几个钟头，就写从几点到几点：“免打扰 22-7”。"
NOT_SET = "现在没有设免打扰。"

OFF_ACTION = Action("关掉免打扰", f"{words.QUIET[0]} 关")
NIGHT_ACTION = Action("22点到7点免打扰", f"{words.QUIET[0]} 22-7")

_WHAT_COMES = "您手上的单、您自己问的和急事，照样马上告诉您。"


def _span(hours: Hours) -> str:
    return f"每天{hours.first}点到{hours.last}点"


def is_set(hours: Hours) -> str:
    """Show the hours back, and what comes all the same."""
    return f"好的，{_span(hours)}不打扰您，能等的消息过后再发。\n{_WHAT_COMES}"


def standing(hours: Hours) -> str:
    """Say which hours are noted."""
    return f"{_span(hours)}免打扰，能等的消息过后再发。\n{_WHAT_COMES}"


def not_kept(fault: HoursFault) -> str:
    """Say why hours cannot be kept."""
    match fault:
        case HoursFault.NO_SUCH_HOUR:
            return f"一天只有 24 个钟头，什么也没有改。{HOW}"
        case HoursFault.NOT_FULL:
            return f"免打扰只能写整点，什么也没有改。{HOW}"
        case HoursFault.TOO_LONG:
            return f"免打扰一天 1 到 {MOST_HOURS} 个钟头，什么也没有改。{HOW}"
