"""How people say a day until which something is wanted, and what is said when it cannot be."""

from types import MappingProxyType

from handlers.rules.days import DayFault, DayReader, DayWords
from handlers.texts.places import VOCABULARY as PLACES

DAYS = DayReader(
    DayWords(
        numerals=PLACES.numerals,
        ten=PLACES.ten,
        days=MappingProxyType(
            {"今天": 0, "今日": 0, "昨天": -1, "前天": -2, "明天": 1, "后天": 2, "大后天": 3}
        ),
        weekdays=MappingProxyType(
            {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
        ),
        weeks=("周", "星期", "礼拜", "个星期", "个礼拜"),
        next_week="下",
        month_ends=MappingProxyType(
            {
                "月底": 0, "月末": 0, "本月底": 0, "这个月底": 0,
                "下月底": 1, "下月末": 1, "下个月底": 1, "下个月末": 1,
            }
        ),
        year_ends=("年底", "年末", "今年底"),
        feasts=MappingProxyType({"元旦": (1, 1), "五一": (5, 1), "国庆": (10, 1)}),
        year="年",
        month="月",
        day=("日", "号"),
        spans=MappingProxyType(
            {
                "天": 1, "日": 1, "周": 7, "个星期": 7, "星期": 7, "个礼拜": 7, "礼拜": 7,
                "个月": 30, "月": 30,
            }
        ),
        within=("之内", "以内", "内", "之后", "以后", "后"),
        before=("以前", "之前", "前"),
        separators=" \t\n,，、。.;；:：!！?？",
    )
)  # fmt: skip


def not_kept(fault: DayFault, said: str) -> str:
    """Say why a day cannot be kept."""
    match fault:
        case DayFault.NO_SUCH_DAY:
            return f"日历上没有“{said}”这一天。"
        case DayFault.PAST:
            return f"“{said}”已经到了或过了，请写今天以后的日子。"
        case DayFault.TOO_FAR:
            return f"“{said}”太远了，请写一年以内的日子。"
