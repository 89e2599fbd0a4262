"""What is said about points: amounts, lines and their reasons, the rules, deadlines."""

from collections.abc import Sequence
from datetime import date
from types import MappingProxyType

from handlers.messages import Action
from handlers.rules.points import Earned, PointRule, Tariff, origin
from handlers.texts import moments

LINES_ACTION = Action("看明细", "积分明细")
RULES_ACTION = Action("怎么记分", "积分规则")
BALANCE_ACTION = Action("看积分", "积分")

REASON = MappingProxyType(
    {
        PointRule.SERVICE: "上门服务",
        PointRule.WISH: "实现心愿",
        PointRule.LONG_WISH: "心愿等了很久",
        PointRule.HOME_DAY: "回家日服务",
        PointRule.PROMPT: "急事接得快",
        PointRule.SPECIAL: "专项加分",
    }
)
OWN_CHOICE = "自己派给自己的单不自动记分，要加分请社区来定。"
TAKEN_BACK = "这一单记的积分先收回，回“积分明细”能看到。"
NOTHING_YET = "您还没有积分。居民确认办好了，积分就自动记上。\n登录、点赞、发消息都不记分。"
NOT_YOUR_LINE = "没有找到您的这一行，请回“积分明细”核对行号。"
_HUNDRED = 100


def amount(hundredths: int) -> str:
    """Write an amount without needless digits."""
    whole, rest = divmod(abs(hundredths), _HUNDRED)
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{whole}.{rest:02}".rstrip("0").rstrip(".") if rest else f"{sign}{whole}"


def signed(hundredths: int) -> str:
    """Write what a line adds or takes."""
    return f"+{amount(hundredths)}" if hundredths > 0 else amount(hundredths)


def earned(lines: Sequence[Earned], *, is_full: bool, most_a_day: int) -> str:
    """Tell a member what the confirmed work brought."""
    full = f"当天上门服务已经记满 {amount(most_a_day)} 分。" if is_full else ""
    if not lines:
        return full
    parts = "、".join(f"{REASON[line.rule]} {amount(line.hundredths)}" for line in lines)
    total = sum(line.hundredths for line in lines)
    return f"记 {amount(total)} 分：{parts}。{full}"


def balance(total: int, *, month: int, year: int) -> str:
    """Say how many points there are."""
    return f"您的积分：{amount(total)} 分\n本月 {amount(month)} 分，今年 {amount(year)} 分"


def reason(rule: str, words: str, *, is_decision: bool) -> str:
    """Say why a line was written."""
    why, takes_back = origin(rule)
    if is_decision:
        return f"申诉结果：{REASON[why]}"
    if takes_back:
        return f"没解决，收回{REASON[why]}"
    return f"{REASON[why]}：{words}" if words else REASON[why]


def line(number: int, hundredths: int, why: str, on: date, order: str) -> str:
    """Write one line of the ledger; its number is for appeals and has no mark."""
    about = f"，{order}" if order else ""
    return f"{number} 行　{signed(hundredths)}　{why}（{moments.day(on)}）{about}"


def lines_head(total: int) -> str:
    """Head the lines."""
    return f"您的积分明细，合计 {amount(total)} 分，新的在前："


def earlier(shown: int) -> str:
    """Say that older lines are not shown."""
    return f"这里是最近的 {shown} 行，更早的已经公示过。"


def how_to_appeal(number: int) -> str:
    """Say how to object to a line."""
    return f"哪一行不对，回“申诉 {number} 理由”，记分后 7 天内都行。"


def the_rules(tariff: Tariff) -> str:
    """Explain for what points are written, from the amounts that hold today."""
    return "\n".join(
        [
            "积分只记居民确认过的服务：",
            (
                f"上门服务：每小时 {amount(tariff.hour)} 分，没约时间按 1 小时。"
                f"一单 {amount(tariff.least)} 到 {amount(tariff.most)} 分，"
                f"一天最多 {amount(tariff.most_a_day)} 分"
            ),
            (
                f"实现心愿：{amount(tariff.wish)} 分，"
                f"等了 {tariff.long_wish_after.days} 天以上的再加 {amount(tariff.long_wish)} 分"
            ),
            f"回家日办好一单：当月再加 {amount(tariff.home_day)} 分",
            (
                f"不能等的事，派出后 {tariff.prompt_within.seconds // 60} 分钟内接下并办好："
                f"再加 {amount(tariff.prompt)} 分"
            ),
            f"见义勇为等专项：最多 {amount(tariff.most_special)} 分，社区两个人同意才算",
            "部分解决记一半，没解决就收回。",
            "登录、点赞、投票、转发、发消息都不记分，也不能转让。",
            "每月 1 日公示上月的，公示 5 个工作日，之后不再变。",
            f"规则第 {tariff.version} 版，按办好那天的算。",
        ]
    )
