"""What is said about the monthly home day: its date and why, the invitation, thanks, lists."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from handlers.messages import Action
from handlers.texts import moments
from storage.vocabulary import Moved

COMMAND = "说出某几个月的回家日，一个月一行：日期，再是 rule（按规则）或 moved（挪过）和为什么。"
MONTHS = "月份，写成 2026-09，可以写几个。"
RULE, MOVED = "rule", "moved"

_WEEKDAYS = "一二三四五六日"
_ANYBODY = "一位党员"
_WEEK = 7

COME_ACTION = Action("参加", "参加")
OTHER_DAY_ACTION = Action("换一天", "换一天")
EXCUSE_ACTION = Action("请假", "本月请假")
ANSWERS = (COME_ACTION, OTHER_DAY_ACTION, EXCUSE_ACTION)
CHECK_IN_ACTION = Action("报到", "报到")
HOME_DAY_ACTION = Action("看回家日", "回家日")
PICK_ACTION = Action("选单", "选单")
SILENT_ACTION = Action("谁还没回话", "未报到")

NO_COMMUNITY = "您的任职还没有挂到哪个社区，请社区在名册里补上，就能参加回家日。"
ASK_OTHER_DAY = "哪天方便？本月里任何一天都行，比如“28号”或“下周六”。"
DAY_HINT = "没看明白是哪天，请写成“11-28”“28号”或“下周六”。"
DECIDE_HINT = "没看明白是哪天，请写成“回家日 11-22”这样。"
NOTHING_TO_PICK = "现在没有等着派或等着接的单，不用选。"
NOTHING_PICKED = "这件没有选过，不用去掉。"
NOTHING_OPEN = "现在没有等着接的单，能回来看看就好。有新的随时回“可接”。"
OPEN_NOW = "现在能接的："
FOR_MEMBERS = "回家日是党员回小区帮忙的日子。您有什么事，直接发给我就行。"
NO_DECIDER = "回家日由社区来定。要换日子，请和社区说一声。"
SEVERAL_COMMUNITIES = "您管着几个社区，回家日请各社区自己定。"
EVERYBODY_ANSWERED = "都有回音了，没有漏下的。"

_WHY: Mapping[Moved, str] = MappingProxyType(
    {
        Moved.WORKING_DAY: "要调休上班",
        Moved.HOLIDAY: "在法定假期里",
        Moved.CALENDAR: "不合适（设置里的日历写了）",
        Moved.COMMUNITY: "改了，社区另定的日子",
    }
)


def bad_month(said: str) -> str:
    """Say that a word is no month."""
    return f"“{said}”不是月份，请写成 2026-09 这样。"


def why_moved(moved: Moved, rule_day: date) -> str:
    """Say why the home day is not the last Sunday."""
    return f"最后一个星期日{moments.day(rule_day)}{_WHY[moved]}"


def unknown_year(year: int) -> str:
    """Say that a year's holidays have not been published."""
    return f"{year}年的放假安排还不知道，先按最后一个星期日"


def month_line(day: date, rule_day: date, moved: Moved | None, *, is_known: bool) -> str:
    """Give an operator's line for one month."""
    parts = [day.isoformat(), MOVED if moved else RULE]
    parts.append(why_moved(moved, rule_day) if moved else "最后一个星期日")
    if not is_known:
        parts[-1] = unknown_year(day.year)
    return " ".join(parts)


def day(on: date) -> str:
    """Say a home day's date, always with its weekday."""
    return f"{moments.day(on)}（星期{_WEEKDAYS[on.weekday()]}）"


def explained(moved: Moved | None, rule_day: date, *, is_known: bool) -> str:
    """Say in a sentence why it is that day, where there is something to say; else nothing."""
    if moved is Moved.COMMUNITY:
        return "这是社区定的日子。"
    if moved is not None:
        return f"{why_moved(moved, rule_day)}，所以换到这天。"
    return "" if is_known else f"{unknown_year(rule_day.year)}。"


def date_title(on: date) -> str:
    """Head the question to those who look after the day."""
    return f"回家日定在{day(on)}，可以吗"


def date_question(on: date, explanation: str) -> str:
    """Ask to confirm the date, or to set another one."""
    return (
        f"{explanation}定了就不用再管，一周前会请党员回话。要换日子，回“回家日 {_short(on)}”这样。"
    )


def decide_action(on: date) -> Action:
    """Confirm or set the date."""
    return Action("就定这天", f"回家日 {_short(on)}")


def _short(on: date) -> str:
    return f"{on.month}-{on.day}"


def pick_title(on: date) -> str:
    """Head the reminder to choose orders."""
    return f"给{moments.day(on)}的回家日选几件事"


def pick_text(count: int) -> str:
    """Say how much there is to choose from."""
    if not count:
        return "现在没有等着派或等着接的单，以后有了也可以选。"
    return f"现在有 {count} 件等着派或等着接。选出来的，提醒党员时排在前面。"


def invitation_title(on: date) -> str:
    """Head the invitation."""
    return f"{day(on)}是回家日，您能来吗"


def invitation_text(explanation: str) -> str:
    """Invite; nobody has to come."""
    return f"{explanation}回自己住的小区，帮邻居办一两件小事。来不了就换一天，或者请假，都可以。"


def eve_title(on: date) -> str:
    """Head the reminder of the evening before; it may be read late, so it names the day."""
    return f"提醒一声，{day(on)}是您的回家日"


def morning_title(on: date) -> str:
    """Head the reminder of the morning, which may be read late as well."""
    return f"{day(on)}是您的回家日，欢迎回来"


def waiting_near(lines: Sequence[str], count: int) -> str:
    """List what waits in the reader's own neighbourhood."""
    if not count:
        return "附近现在没有等着接的单，回来看看邻居也好。"
    more = f"\n共 {count} 件，回“可接”看全部。" if count > len(lines) else ""
    return "附近等人搭把手的：\n" + "\n".join(lines) + more


def check_in_hint() -> str:
    """Say what to do on arrival."""
    return "到了回“报到”，不报到直接接单也一样。"


def order_line(head: str, place: str) -> str:
    """Name an order in a list for many."""
    return f"{head} · {place}" if place else head


def take_action(number: int) -> Action:
    """Take one order of a list."""
    return Action(f"接 #{number}", f"接单 {number}")


def thanks_title(on: date) -> str:
    """Head the thanks."""
    return f"{moments.day(on)}辛苦了"


THANKS = "谢谢您回来，邻居们都记着。平时得空，回“可接”也能看到身边的事。"


def summary_title(name: str, on: date) -> str:
    """Head the summary."""
    return f"{name}{moments.day(on)}回家日小结"


def summary(numbers: Mapping[str, int]) -> str:
    """Give the day in numbers, without a name."""
    return "，".join(f"{label} {count}" for label, count in numbers.items()) + "。"


CAME, SAID_COMING, CHANGED, EXCUSED, SILENT = "到了", "说来参加", "换一天", "请假", "没有回音"
MEMBERS, SERVED = "党员", "当天办了几件"


def changed_title(on: date) -> str:
    """Head the news that an announced home day is another day now."""
    return f"回家日改到{day(on)}了"


CHANGED_TEXT = "社区换了日子。您之前的回话还留着，来不来有变化就再说一声。"


def about(on: date, explanation: str, answer: str) -> str:
    """Tell a member about the coming home day and the own answer."""
    return f"回家日是{day(on)}。{explanation}\n{answer}"


YOU_HAVE_NOT_SAID = "您还没有说来不来。"
YOU_COME = "您说了参加，到那天回“报到”就行。"
YOU_ARE_EXCUSED = "您请了假，不用来。能来了就回“参加”。"


def you_come_on(on: date) -> str:
    """Repeat the day that a member chose instead."""
    return f"您换到了{day(on)}，到那天回“报到”就行。"


def you_were_here(on: date) -> str:
    """Repeat that a member has come this month."""
    return f"您{moments.day(on)}已经报到过，这个月不用再报。"


def noted_coming(on: date) -> str:
    """Thank for the answer."""
    return f"好的，{day(on)}见，到时候提醒您。"


def noted_today() -> str:
    """Note that it is today."""
    return "好的，就是今天。到了回“报到”就行。"


def noted_other_day(on: date) -> str:
    """Note the day chosen instead."""
    return f"好的，给您换到{day(on)}。到那天回“报到”就行。"


def noted_excused(on: date) -> str:
    """Excuse a member; that is not absence."""
    return f"好的，{moments.day(on)}的回家日给您请了假，不再提醒。请假不算缺席，能来了就回“参加”。"


CARD_COMING, CARD_EXCUSED = "您说了参加", "您请了假"


def decided(on: date, explanation: str, *, is_asked: bool) -> str:
    """Say that the date stands, and when members are asked."""
    when = "马上请党员回话。" if is_asked else "一周前请党员回话。"
    return f"定好了，回家日是{day(on)}。{explanation}{when}"


def card_decided(on: date) -> str:
    """Say on the card which day was set."""
    return f"定在{moments.day(on)}"


def move_hint(on: date) -> str:
    """Say how to set another date, with an example in the same month."""
    other = on - timedelta(days=_WEEK) if on.day > _WEEK else on + timedelta(days=_WEEK)
    return f"要换日子，回“回家日 {_short(other)}”这样。"


def decided_late(on: date, told: int) -> str:
    """Say that the date was changed after the invitation, and that everybody is told."""
    return f"改好了，回家日是{day(on)}。请过的 {told} 位党员会收到消息。"


def same_day(on: date) -> str:
    """Say that the date was that one already."""
    return f"回家日就是{day(on)}，已经定好了。"


def too_late_to_move(on: date) -> str:
    """Refuse to move a home day that has begun to be reminded of."""
    return f"{day(on)}的回家日已经开始提醒了，这个月不再换日子。"


def too_far(on: date) -> str:
    """Refuse a date months ahead."""
    return f"{day(on)}还早，只能定本月和下月的回家日。"


def is_over(said: str) -> str:
    """Refuse a day that is no longer ahead."""
    return f"“{said}”已经过了，请写以后的日子。"


def not_this_month(on: date, month: date) -> str:
    """Refuse a day outside the month."""
    return f"{day(on)}不在{month.month}月里，请写{month.month}月的日子。"


def overview(name: str, on: date, explanation: str, *, is_decided: bool) -> str:
    """Tell those who look after the day how it stands."""
    state = "已经定好" if is_decided else "还没有定，不改就是这天"
    return f"{name}的回家日：{day(on)}，{state}。{explanation}"


WELCOME_HOME = "报到好了，欢迎回家。"
ALREADY_HERE = "今天已经报到过了，不用再报。"


def not_today(on: date) -> str:
    """Say when to come, on any other day."""
    return f"今天不是您的回家日，{day(on)}那天回“报到”就行。今天有空，也可以换到今天。"


TO_TODAY_ACTION = Action("换到今天", "换一天 今天")


def day_is_over(on: date) -> str:
    """Say that the month's day is over, and that any other day will do."""
    return f"这个月的回家日是{day(on)}，已经过了。月底前哪天有空，都可以换到那天。"


def pick_head(on: date, chosen: Sequence[int]) -> str:
    """Head the list to choose from."""
    had = "已选 " + "、".join(f"#{number}" for number in chosen) + "。" if chosen else ""
    return f"给{moments.day(on)}的回家日选单。{had}点一件就选上，去掉回“不选 号”。"


def pick_added(numbers: Sequence[int]) -> str:
    """Say what was chosen just now."""
    return "选上了 " + "、".join(f"#{number}" for number in numbers) + "。"


def pick_dropped(number: int) -> str:
    """Say what was taken off the list."""
    return f"#{number} 去掉了。"


def pick_unknown(numbers: Sequence[int]) -> str:
    """Name what cannot be chosen."""
    return "、".join(f"#{number}" for number in numbers) + " 不在等着派或等着接的单里，没有选。"


def pick_undispatched(numbers: Sequence[int]) -> str:
    """Remind that an order which nobody was asked for cannot be taken."""
    return "、".join(f"#{number}" for number in numbers) + " 还没派，派给全体以后党员才能接。"


def dispatch_label(number: int) -> str:
    """Label the tap that offers a picked order to everybody."""
    return f"#{number} 派给全体"


def more_to_pick(count: int) -> str:
    """Say that the list goes on."""
    return f"还有 {count} 件没列出，直接回“选单 号”。"


def silent_head(name: str, on: date, count: int, *, is_cut: bool) -> str:
    """Head the list of those who have not answered, or its first part."""
    how_many = f"先列 {count} 位" if is_cut else f"{count} 位"
    return f"{name}{moments.day(on)}回家日，还没有回话的（{how_many}）："


def silent_line(name: str, *, is_reachable: bool) -> str:
    """Name one of them, and whether anything can reach them."""
    return name or _ANYBODY if is_reachable else f"{name or _ANYBODY}（没绑定手机，消息送不到）"


def not_invited_yet(on: date) -> str:
    """Say when members will be asked."""
    return f"{moments.day(on)}才请党员回话，现在还不用看。"
