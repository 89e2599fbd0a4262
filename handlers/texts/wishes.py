"""What is said around a small wish: making it, checking it, the wall, claiming, realising it."""

import re
from collections.abc import Sequence
from datetime import date
from types import MappingProxyType

from handlers.messages import Action
from handlers.texts import moments, words
from handlers.texts.orders import head
from storage.vocabulary import Cost, WishKind

ASK_PLACE = "住在哪里？请写小区、几栋几单元，比如“阳光小区3栋2单元”。"
KIND = MappingProxyType(
    {
        WishKind.THING: "要件东西",
        WishKind.REPAIR: "修修装装",
        WishKind.ERRAND: "跑腿代办",
        WishKind.COMPANY: "有人陪陪、教教",
        WishKind.OTHER: "别的",
    }
)
COST = MappingProxyType(
    {Cost.NONE: "不花钱", Cost.UP_TO_100: "100 元以内", Cost.UP_TO_300: "300 元以内"}
)
HINTS = MappingProxyType(
    {
        WishKind.REPAIR: ("修", "安装", "装个", "装一", "疏通", "换灯", "换锁"),
        WishKind.ERRAND: ("代办", "跑腿", "代买", "买药", "取药", "代取", "送饭", "接送", "理发"),
        WishKind.COMPANY: ("陪", "聊天", "说说话", "教我", "教他", "教她", "学用", "辅导", "看望"),
        WishKind.THING: (
            "一副", "一台", "一个", "一把", "一张", "一件", "一套", "一本", "一双", "一辆", "一部",
            "一条", "一床", "一袋", "一箱", "老花镜", "轮椅", "拐杖",
        ),
        WishKind.OTHER: (),
    }
)  # fmt: skip
NO_MONEY = re.compile(r"不花钱|不用花钱|不要钱|不用钱|免费|没有花费")
MONEY = re.compile(r"(?P<amount>\d{1,6})\s*(?:元|块)(?:钱)?\s*(?:之内|以内|以下|内|左右)?")
COST_APART = re.compile(
    r"[\s,，、;；。]*(?:花费)?(?:不花钱|不要钱|免费|\d{1,6}\s*(?:元|块)(?:钱)?"
    r"\s*(?:之内|以内|以下|内|左右)?)(?=[\s,，、;；。]|$)"
)
NO_HURRY_APART = re.compile(r"[\s,，、;；。]+(?:不急|不着急)(?=[\s,，、;；。]|$)")
DOORS = re.compile(
    r"(?<=[栋幢楼元住梯])\s*\d{3,4}(?!\d)(?!\s*[元块])|(?<!\d)\d{3,4}(?=\s*(?:室|房|号房))"
    r"|(?<![\d-])\d{1,2}-\d{1,2}-\d{3,4}(?!\d)"
)
FOR_WHOM = re.compile(
    r"(?:替|帮|给|为)([\u4e00-\u9fff]{1,3}(?:阿姨|叔叔|先生|女士|奶奶|爷爷|大爷|大妈|大叔|老师))"
)

MATTER_LABEL, KIND_LABEL, WHOM_LABEL = "心愿", "哪一类", "替谁"
COST_LABEL, BY_LABEL = "花费", "最好在"

OWN_WORDS = frozenset({"自己", "我自己", "我", "自己的", "我自己的", "本人", "给自己"})
OWN = Action("我自己的", "自己")
NO_HURRY_WORDS = frozenset({"不急", "不着急", "随时", "都行", "都可以", "没有期限", "什么时候都行"})
NO_HURRY = Action("不急", "不急")

ASK_MATTER = "有什么小心愿？一句话就行，比如“想要一副老花镜”。"
MATTER_HINT = "请用几个字说说想要什么。"
ASK_KIND = "这个心愿是哪一类？"
KIND_HINT = "请从下面选一个。"
ASK_WHOM = "是谁的心愿？替别人许就写称呼，有电话也写上，比如“刘奶奶 13800000000”。"
WHOM_HINT = "没看到称呼。"
ASK_COST = "大概要花多少钱？"
COST_HINT = "请从下面选一个。"
ASK_BY = "最好在哪天以前实现？比如“12-31”“下周五”“月底”。"
BY_HINT = "没看出是哪一天。"
ASK_CONTACT = "怎么联系您？请发称呼和电话，比如“王阿姨 13800000000”，只给认领的人和支部看。"
NO_CONSENT = "好的，先不许，什么也没有留下。当面问过、本人同意了，再发“心愿”。"
NUMBERS_HIDDEN = "心愿里的号码已经遮住，不会放上心愿墙。"
HOME_HIDDEN = "称呼、电话、门牌不上心愿墙，只给认领的人和支部看。"

NOTHING_TO_CHECK = "现在没有待审核的心愿。"
NOTHING_UNCLAIMED = "现在没有挂了 14 天还没人认领的心愿。"
WALL_EMPTY = "心愿墙上现在没有等着认领的心愿。有新的会放上来。"
CLAIM_FOR_MEMBERS = "心愿由党员认领。"
OWN_WISH = "这个心愿是您许的，要由别人来认领。"
CLAIMED_SHORT = "您已认领"
STILL_OPEN = "心愿墙上还有："
NOTHING_ELSE = "心愿墙上现在没有别的心愿。"
BACK_ON_WALL = "已放回心愿墙，等别人认领。"
NO_PARTLY = "心愿请回“实现了”或“没实现”，差一点也可以回“没实现”再写一句差什么。"
PHOTO_WELCOME = "有照片可以现在发来，一起给许愿的人看。"
PAGE_MARK = "第"


def ask_consent(name: str) -> str:
    """Ask for the spoken consent that makes it right to make a wish for somebody."""
    return f"跟{name}当面问过、本人同意许这个心愿吗？"


def too_dear(said: str) -> str:
    """Say how much wishes may cost."""
    return f"微心愿最多 300 元，“{said}”超出了。可以改小一点，或者直接报事，请支部想别的办法。"


def summary(facts: Sequence[tuple[str, str]], notes: Sequence[str]) -> str:
    """Show once more what is about to be submitted, and what will not be shown to others."""
    lines = [f"{label}：{value}" for label, value in facts if value]
    return "\n".join(["请看看对不对：", *lines, *notes])


def amount(number: int) -> str:
    """Write a bare number as money."""
    return f"{number}元"


def agreed(whom: str) -> str:
    """Name for whom a wish is made, who has agreed."""
    return f"{whom}（本人同意）"


def by(on: date | None) -> str:
    """Say until when a wish would best be granted."""
    return f"{moments.day(on)}前" if on else "不急"


def received(number: int, promise: str) -> str:
    """Confirm a wish: number, what comes now, and the promise."""
    return (
        f"收到了，编号 #{number}。支部看过就放上心愿墙，有人认领马上告诉您。\n"
        f"最晚{promise}前给您回音。"
    )


def to_check(*, reopened: bool) -> str:
    """Ask a secretary to check a wish."""
    if reopened:
        return "居民说心愿没实现，请看一看，合适就再放上心愿墙。"
    return "一个新心愿，请看一看能不能放上心愿墙。"


def check_actions(number: int) -> tuple[Action, Action, Action]:
    """Give the three answers to a wish that waits to be checked."""
    return (
        pass_action(number),
        Action(words.ASK[0], f"{words.ASK[0]} {number}"),
        Action(words.REJECT[0], f"{words.REJECT[0]} {number}"),
    )


def pass_action(number: int) -> Action:
    """Let a wish onto the wall."""
    return Action(words.PASS[0], f"{words.PASS[0]} {number}")


def claim_action(number: int) -> Action:
    """Claim a wish."""
    return Action(words.CLAIM[0], f"{words.CLAIM[0]} {number}")


def wish_action() -> Action:
    """Make a wish."""
    return Action("我要许愿", words.WISH[0])


def wall_action() -> Action:
    """Look at the wall."""
    return Action("看看心愿墙", words.WALL[0])


def delivered_action(number: int) -> Action:
    """Say that a wish is realised."""
    return Action("送到了", f"{words.FINISH[0]} {number}")


def answers(number: int) -> tuple[Action, Action]:
    """Give the two answers of whoever made the wish."""
    return (Action("实现了", f"实现了 {number}"), Action("没实现", f"没实现 {number}"))


def passed(number: int) -> str:
    """Tell the secretary that the wish stands on the wall."""
    return f"#{number} 已放上心愿墙，14 天没有人认领就提醒您。"


def no_wish(number: int) -> str:
    """Say that only wishes are let pass."""
    return f"#{number} 不是心愿，不用通过。要派人就回“派单 {number}”。"


def pass_instead(number: int) -> str:
    """Say that a wish is not dispatched but let pass."""
    return f"#{number} 是心愿，不用派单。看过没问题就通过，放上心愿墙，等党员认领。"


def on_wall_already(number: int) -> str:
    """Say that a wish is not dispatched while it waits on the wall."""
    return f"#{number} 已在心愿墙上，正在等党员认领。也可以自己来办。"


def wall_line(number: int, matter: str, cost: Cost, wished_by: date | None, days: int) -> str:
    """Give one line of the wall."""
    waited = f" · 挂了 {days} 天" if days else " · 今天刚放上"
    return f"{head(number, matter)} · {COST[cost]} · {by(wished_by)}{waited}"


def wall_head(count: int, page: int, last: int, *, is_taker: bool) -> str:
    """Head one page of the wall."""
    where = "" if last == 1 else f"（第 {page} 页，共 {last} 页）"
    then = "点一个就认领" if is_taker else "都在等党员认领"
    return f"心愿墙上有 {count} 个心愿{where}，{then}："


def next_page(page: int) -> Action:
    """Turn the page of the wall."""
    return Action("下一页", f"{words.WALL[0]} {PAGE_MARK}{page}")


def unclaimed_head(count: int) -> str:
    """Head the list of wishes that nobody has claimed for long."""
    return f"这 {count} 个心愿挂了 14 天以上还没人认领："


def claimed(number: int, matter: str) -> str:
    """Tell the member that the wish is theirs to grant."""
    return f"您已认领{head(number, matter)}。请尽快联系，送到后回“完成 {number}”，可以写一句话。"


def somebody_claimed(number: int, who: str) -> str:
    """Tell whoever made the wish who grants it."""
    return f"{who}认领了 #{number}，会跟您联系。"


def not_passed_yet(number: int) -> str:
    """Say that the branch has not let the wish pass."""
    return f"#{number} 支部还在看，放上心愿墙就能认领。"


def handle_instead(number: int) -> str:
    """Say to somebody who dispatches how to grant a wish."""
    return f"心愿由党员认领。您想自己来办，就回“自办 {number}”。"


def take_instead(number: int) -> str:
    """Say that what is no wish is taken with another word."""
    return f"#{number} 不是心愿，要接这张单请回“接单 {number}”。"


def delivered(number: int) -> str:
    """Thank the member, and say who is asked now."""
    return f"谢谢您。已请许愿的人确认 #{number}，有回音就告诉您。{PHOTO_WELCOME}"


def please_confirm(number: int, who: str, said: str) -> str:
    """Ask whether the wish has come true."""
    what = f"说心愿送到了：{said}" if said else "说心愿送到了"
    return f"{who}{what}。\n#{number} 实现了吗？"


def photo_passed(number: int) -> str:
    """Thank a member for a photo of what was delivered."""
    return f"收到了，这就送给 #{number} 的许愿人看。"


def realised(number: int) -> str:
    """Share the joy of whoever made the wish."""
    return f"太好了，#{number} 的心愿实现了。谢谢您告诉我们。"


def realised_for_holder(number: int) -> str:
    """Thank the member whose work made a wish come true."""
    return f"#{number} 的心愿实现了，许愿的人让我们谢谢您。"


def not_realised_for_holder(number: int, said: str) -> str:
    """Tell the member that the wish has not come true."""
    why = f"：{said}" if said else ""
    return f"许愿的人说 #{number} 还没实现{why}。这次换一位来帮忙，谢谢您跑这一趟。"


def released(number: int) -> str:
    """Thank a member for saying so in time."""
    return f"好的，#{number} 已放回心愿墙。谢谢您说一声。"


def back_on_wall(number: int, promise: str | None) -> str:
    """Tell whoever made the wish that somebody else will be found."""
    until = f"\n最晚还是{promise}。" if promise else ""
    return f"#{number} 换一位来帮忙，已放回心愿墙，有人认领马上告诉您。{until}"


def amended(number: int, *, is_hidden: bool) -> str:
    """Say that the wish was changed while nobody has claimed it."""
    note = f"\n{NUMBERS_HIDDEN}" if is_hidden else ""
    return f"好的，已改到 #{number} 的心愿里，支部看得到。{note}"


def amended_for_desk(said: str) -> str:
    """Tell those who let the wish pass what was added to it."""
    return f"许愿的人补充：{said}\n不合适就收回来再看。"


def locked(number: int, state: str) -> str:
    """Say that a wish is not changed any more, and how to reach whoever grants it."""
    return f"#{number} 现在是“{state}”，心愿改不了了。有话要带，请回“留言 {number} …”。"


def unclaimed_for_desk(days: int, count: int) -> str:
    """Tell the secretary that nobody has claimed a wish, and what was done about it."""
    asked = f"已再请 {count} 位合适的党员看看。" if count else "没有对口的党员可以再请。"
    return f"这个心愿无人认领，已经挂了 {days} 天。{asked}"


def offered() -> str:
    """Ask a member who fits whether they would grant a wish."""
    return "这个心愿等了很久，您看方便帮一把吗？"
