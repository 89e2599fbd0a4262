"""What is said while somebody is looked for: who was asked, until when, and what comes then."""

from collections.abc import Sequence
from types import MappingProxyType

from handlers.messages import Action
from handlers.rules.terms import MOST_SEATS, Fault, Half, Span, TermsReader, Vocabulary
from handlers.texts import words
from handlers.texts.orders import dispatch_to_all, taken
from handlers.texts.places import VOCABULARY as PLACES

TERMS = TermsReader(
    Vocabulary(
        numerals=PLACES.numerals,
        ten=PLACES.ten,
        people=("个人", "人", "位", "名"),
        days=MappingProxyType({"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}),
        in_short=MappingProxyType(
            {"今晚": "今天晚上", "明早": "明天早上", "明晚": "明天晚上", "后晚": "后天晚上"}
        ),
        weekdays=MappingProxyType(
            {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
        ),
        weeks=("周", "星期", "礼拜"),
        next_week="下",
        month="月",
        day=("日", "号"),
        halves=MappingProxyType(
            dict.fromkeys(("凌晨", "清晨", "早晨", "早上", "上午", "早"), Half.MORNING)
            | {"中午": Half.NOON}
            | dict.fromkeys(("下午", "傍晚"), Half.AFTERNOON)
            | dict.fromkeys(("晚上", "夜里", "晚"), Half.NIGHT)
        ),
        hour=("点钟", "点", "时"),
        half_past="半",
        quarter="刻",
        minute="分",
        until=("到", "至", "-", "~", "—", "–"),
    )
)

TIME_FIELD = "约好"
SEATS_FIELD = "要几位"

SOMEBODY_ELSE = "换一位"
NOBODY_LEFT = "能派的党员都请假了，或者说过这次不接。可以点名派，或者自己来办。"
NOTHING_TO_DECLINE = "现在没有等您回话的单。"
NOTHING_TO_WAIT_FOR = "现在没有发出去还没人接的单。"

_EXAMPLE = "明天14点到16点"


def recommended_action(number: int) -> Action:
    """Offer an order to those who fit best, then to more."""
    return Action("按推荐派", f"派单 {number}")


def choose_action(number: int, label: str = "选人") -> Action:
    """Choose from a list whom to send."""
    return Action(label, f"派单 {number} {words.CHOOSE[0]}")


def insist_action(number: int, said: str) -> Action:
    """Offer an order also to somebody who is away or has said no."""
    return Action("还派", f"派单 {number} {said} {words.INSIST[0]}")


def settle_action(number: int, count: int) -> Action:
    """Be content with those who have come."""
    return Action(f"就这 {count} 位", f"派单 {number} {count}人")


def wait_action(number: int) -> Action:
    """Give those who were named more time."""
    return Action("再等等", f"{words.WAIT[0]} {number}")


def decline_action(number: int) -> Action:
    """Say no to an offer."""
    return Action("这次不接", f"{words.DECLINE[0]} {number}")


def asked_in_waves(number: int, count: int, until: str, *, is_last: bool) -> str:
    """Tell the secretary how many were asked first, and when it widens."""
    if is_last:
        return f"#{number} 已发给 {count} 位党员，先接先办。\n{until}还没人接，我再请您安排。"
    return f"#{number} 已发给最合适的 {count} 位党员，先接先办。\n{until}还没人接，就再多问几位。"


def terms(seats: int, span: str | None) -> list[str]:
    """Repeat what was agreed besides the matter, as it was understood; nothing for the usual."""
    lines = [f"要 {seats} 位。"] if seats > 1 else []
    return [*lines, f"时间：{span}。"] if span else lines


def already_asking(number: int, count: int) -> str:
    """Say that members are being asked already."""
    return f"#{number} 正在找人，已问了 {count} 位，还在等回话。"


def others_instead(number: int) -> tuple[Action, ...]:
    """What can be done instead of waiting."""
    return (dispatch_to_all(number), choose_action(number))


def repeated(seats: int | None, span: Span | None) -> list[str]:
    """Say terms again in words that can be read again."""
    said = [f"{seats}人"] if seats else []
    if span:
        begin, end = span.starts_at, span.ends_at
        hour = end.hour + 24 * (end.date() - begin.date()).days
        said.append(
            f"{begin.month}月{begin.day}日{begin.hour:02}:{begin.minute:02}"
            f"-{hour:02}:{end.minute:02}"
        )
    return said


def has_it_already(name: str) -> str:
    """Say that somebody who is named has taken the order before."""
    return f"{name}已经接下这张单了，不用再派。"


def away(name: str, until: str) -> str:
    """Ask whether somebody on leave is meant all the same."""
    return f"{name}请假到{until}，还派吗？"


def said_no(name: str) -> str:
    """Ask whether somebody who declined, gave the order back or did not come is asked again."""
    return f"{name}这次不方便（不接、退过单或没到），还派吗？"


def too_few_seats(number: int, names: str, count: int) -> str:
    """Refuse to need fewer people than have come."""
    return f"#{number} 已有 {count} 位接单（{names}），人数不能再少了。"


def settled(number: int, names: str) -> str:
    """Tell the secretary that nobody else is looked for."""
    return f"好的，#{number} 就由{names}去办，不再找人。"


def settled_for_holders(number: int, names: str) -> str:
    """Tell those who have come that nobody else will."""
    return f"#{number} 人定了：{names}。一起去办就行。"


def full(number: int, names: str) -> str:
    """Tell those who came first that all have come."""
    return f"#{number} 人齐了：{names}。"


_FAULT = MappingProxyType(
    {
        Fault.NO_SUCH_DAY: "没有“{said}”这一天。",
        Fault.NO_SUCH_HOUR: "没看懂“{said}”是几点。",
        Fault.NO_HOUR: "“{said}”几点到几点？",
        Fault.PAST: "“{said}”已经过了。",
        Fault.BACKWARDS: "“{said}”的结束比开始早。",
        Fault.SEATS: f"人数请写 1 到 {MOST_SEATS}。",
    }
)


def ask_terms_again(number: int, fault: Fault, said: str) -> str:
    """Ask back for terms that cannot be, with an example that can."""
    example = "3人" if fault is Fault.SEATS else _EXAMPLE
    sentence = _FAULT[fault].format(said=said)
    return f"{sentence}还没有派。请再写一遍，比如“派单 {number} 全体 {example}”。"


def taken_with_others(number: int, matter: str, names: Sequence[str], missing: int) -> str:
    """Tell the taker that the seat is theirs, who else comes, and how many are still looked for."""
    who = f"一起的有{'、'.join(names)}" if names else "您是第一位"
    rest = f"，还差 {missing} 位" if missing else "，人齐了"
    return f"{taken(number, matter)}\n{who}{rest}。"


def somebody_comes(number: int, who: str, missing: int, span: str | None) -> str:
    """Tell the resident who comes, when it was agreed, and that more are looked for."""
    more = f"还在找另外 {missing} 位一起来。" if missing else ""
    if span:
        return f"{who}已接下 #{number}，{span}来办这件事。{more}"
    return f"{who}已接下 #{number}，会来办这件事。{more}"


def finished_together(number: int, name: str) -> str:
    """Tell those who came along that one of them has said it is done."""
    return f"{name}说 #{number} 办好了，正等居民确认。"


def clashes(number: int, other: str, span: str) -> str:
    """Refuse a second order for the same hours, naming the one that is in the way."""
    return f"您{span}要去办{other}，和 #{number} 的时间重了，这张先不接。"


def come(names: str, count: int, seats: int) -> str:
    """Name those who have come, with how many are needed while some are missing."""
    return names if count >= seats else f"{names}（{count}/{seats}）"


def looking(count: int, seats: int) -> str:
    """Say on a card how many of those who are needed have come."""
    return f"待接单，已有 {count}/{seats} 位"


def offered_seats(seats: int, taken_count: int) -> str:
    """Say to those who are asked how many are needed."""
    have = f"，已有 {taken_count} 位" if taken_count else ""
    return f"{seats} 位{have}"


def declined(number: int, *, is_open: bool) -> str:
    """Accept a no; while the order is still offered the way back is open."""
    later = f"改主意了，没人接之前都可以回“接单 {number}”。" if is_open else ""
    return f"好的，#{number} 这次不打扰您了。{later}"


def declined_before(number: int) -> str:
    """Say that the no was heard the first time."""
    return f"知道，#{number} 您说过不接了，不会再问您。"


def declined_short() -> str:
    """Stand on the card of somebody who said no."""
    return "您这次不接"


def not_asked(number: int) -> str:
    """Say that there is nothing to decline."""
    return f"#{number} 没有在等您回话，不用回。"


def holds_it(number: int) -> str:
    """Say how somebody who has taken an order gives it back."""
    return f"#{number} 您已经接下了。来不了的话，回“退单 {number} 原因”。"


def no_answer(number: int, names: Sequence[str]) -> str:
    """Ask the secretary what to do about those who were named and do not answer."""
    return f"#{number} 已发给{'、'.join(names)}，到现在还没有回话。"


def all_declined(number: int, answers: Sequence[tuple[str, str]]) -> str:
    """Tell the secretary that all who were asked said no, and why where they said it."""
    said = "；".join(f"{name}（{reason}）" if reason else name for name, reason in answers)
    return f"#{number} 问过的都说不接：{said}。\n请再派人来办。"


def nobody_took(number: int, count: int) -> str:
    """Tell the secretary that the waves have ended."""
    return f"#{number} 已问过 {count} 位党员，还没有人接。\n请再派人来办。"


def some_are_missing(number: int, names: str, missing: int) -> str:
    """Tell the secretary that nobody more has come to help those who have."""
    return f"#{number} 由{names}接下，还差 {missing} 位，没有别人接了。"


def waiting(number: int, until: str) -> str:
    """Promise the secretary to ask again."""
    return f"好的，再等等。{until}还没人接 #{number}，我再问您。"


def nobody_to_wait_for(number: int) -> str:
    """Say that there is nobody whose answer could come."""
    return f"#{number} 现在没有人在等回话。"
