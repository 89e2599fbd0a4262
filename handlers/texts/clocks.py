"""What is said about time: classes of matters, reminders, new promises, and urging."""

from collections.abc import Sequence
from types import MappingProxyType

from handlers.messages import Action
from handlers.rules.classes import ClassWords
from handlers.rules.clocks import Leg
from storage.vocabulary import MatterClass

CLASS_WORDS = ClassWords(
    long=("加装", "改造", "纠纷", "规划", "违建", "违章搭建", "产权", "维修基金", "物业费"),
    failures=(
        "停水", "停电", "停气", "断水", "断电", "没水", "没有水", "没电", "没有电",
        "没暖气", "没有暖气", "不供暖", "跳闸", "漏水", "漏电", "水漫", "冒污水", "返水",
        "爆管",
    ),
    supplies=(
        "电梯", "燃气", "煤气", "天然气", "暖气", "地暖", "自来水", "水管", "水龙头", "下水道",
        "马桶", "电路", "电线", "电闸", "电表", "水表", "门禁",
    ),
    troubles=(
        "坏", "停", "故障", "漏", "堵", "爆", "断", "没气", "不热", "不走", "不动", "不通",
        "打不着", "打不开", "裂", "用不了",
    ),
    ends=",.;:!?，。；：！？、",
)  # fmt: skip

CLASS_FIELD = "急缓"
CLASS = MappingProxyType(
    {
        MatterClass.EMERGENCY: "紧急，请马上打电话问清楚",
        MatterClass.TIMELY: "水电气热一类，24 小时内",
        MatterClass.GENERAL: "一般",
        MatterClass.COMPLEX: "复杂，15 天内",
        MatterClass.WISH: "心愿，30 天内",
    }
)

_LEG = MappingProxyType(
    {
        Leg.INTAKE: "还没有派单",
        Leg.SEARCH: "还没有人接",
        Leg.SERVICE: "还没有办好",
    }
)
WHOSE = "在您手上"
LATE = " · 逾期"
NOTHING_TO_URGE = "您现在没有正在办的事，不用催。"


def reminder(
    head: str, leg: Leg, *, is_over: bool, is_holder: bool, who: str | None, until: str
) -> str:
    """Tell in one line of a digest what waits, on whom, and by when it is wanted."""
    if leg is Leg.SERVICE:
        where = WHOSE if is_holder else f"{who}在办" if who else "在办"
        when = f"说好{until}，已经过了" if is_over else f"最晚{until}"
        return f"{head}：{where}，{when}"
    when = f"本来{until}前该有着落" if is_over else f"请在{until}前看看"
    return f"{head}：{_LEG[leg]}，{when}"


def with_new_promise(line: str, promise: str) -> str:
    """Add to a reminder what the resident was told."""
    return f"{line}，已和居民改约最晚{promise}"


def for_above(line: str, branch: str) -> str:
    """Tell a reminder to the level above, which has to know whose it is."""
    return f"{line}（{branch}），请帮着看看"


def further(count: int) -> str:
    """Say how much there is besides the lines that are shown."""
    return f"还有 {count} 条，回“待办”都能看到。"


def overdue(leg: str) -> str:
    """Say in the time line what was not done in time."""
    return _LEG[Leg(leg)]


def new_promise(number: int, who: str | None, branch: str, promise: str) -> str:
    """Tell the resident that it takes longer, who has it, and by when now."""
    has = f"{who}还在办" if who else f"{branch}还在安排"
    return f"对不住，#{number} 没能按说好的时间办好。{has}，最晚{promise}前给您办好或说清楚。"


def paused(promise: str) -> str:
    """Say a promise while the resident is waited for."""
    return f"{promise}（等补充的时间往后顺延）"


def passed(promise: str) -> str:
    """Say a promise that was not kept."""
    return f"{promise}（已经过了）"


def moved(promise: str, former: str) -> str:
    """Say the promise that took the place of one that was not kept."""
    return f"{promise}（原来说好{former}）"


def street_title(count: int) -> str:
    """Head the street's morning list."""
    return f"街道晨报：等得太久的 {count} 件"


def street_list(communities: Sequence[tuple[str, int, Sequence[str]]], left: int) -> str:
    """List for a street what has waited too long: of each community how many, and the oldest."""
    lines = [
        f"{name} {count} 件：{'；'.join(heads)}{' 等' if count > len(heads) else ''}"
        for name, count, heads in communities
    ]
    more = [f"另外 {left} 个社区也有，请回“进度 号”逐件看。"] if left else []
    return "\n".join(["比说好的时间多等了一倍还没办好，请问一声：", *lines, *more])


def urged(number: int, where: str, promise: str | None, above: str | None) -> str:
    """Tell the resident whom we have told, who has it, and by when."""
    until = f"，最晚{promise}" if promise else ""
    also = f"这次也告诉了{above}。" if above else ""
    return f"已经替您催了。#{number} {where}{until}。{also}"


def stands_with(holder: str | None, branch: str, *, is_searching: bool) -> str:
    """Say who has an order now."""
    if holder and not is_searching:
        return f"在{holder}手上"
    if holder:
        return f"{holder}已经接了，还在等人一起"
    return f"{branch}正在请人接" if is_searching else f"{branch}正在安排人"


def urged_already(number: int, since: str, again: str, where: str, promise: str | None) -> str:
    """Tell the resident that we have said so already, and from when on it can be said again."""
    until = f"，最晚{promise}" if promise else ""
    return f"#{number} {since}已经催过一次，{where}{until}。{again}以后还可以再催。"


def nothing_to_urge(number: int, state: str) -> str:
    """Tell the resident that nobody is waited for any more."""
    return f"#{number} 现在是“{state}”，不用催了。"


def waits_for_you(number: int) -> str:
    """Tell the resident that it goes on with their own answer."""
    return f"#{number} 正等您回答一句话，答了马上接着办。"


def urge_news(*, is_holder: bool, promise: str | None) -> str:
    """Tell those who have an order that the resident waits."""
    until = f"，说好最晚{promise}" if promise else "，说好的时间已经过了"
    doing = "方便的话先给居民留句话。" if is_holder else "请安排一下。"
    return f"居民来问这件事{until}。{doing}"


def urge_news_above(branch: str) -> str:
    """Tell the level above that a resident waits after the time that was promised."""
    return f"居民又来问这件事，说好的时间已经过了，还在{branch}。请帮着看看。"


def urge_action(number: int) -> Action:
    """Urge an order."""
    return Action("催一催", f"催 {number}")
