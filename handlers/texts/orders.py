"""What is said about orders: their states, who comes, what is asked of whom."""

import re
from collections.abc import Sequence
from types import MappingProxyType

from handlers.messages import Action, Choice
from handlers.texts import words
from storage.vocabulary import OrderKind, OrderStatus, Outcome

STATUS = MappingProxyType(
    {
        OrderStatus.SUBMITTED: "待派单",
        OrderStatus.NEED_INFO: "待补充",
        OrderStatus.DISPATCHED: "待接单",
        OrderStatus.TAKEN: "已接单",
        OrderStatus.DONE: "待确认",
        OrderStatus.CLOSED: "已办结",
        OrderStatus.WITHDRAWN: "已撤回",
        OrderStatus.REJECTED: "不受理",
        OrderStatus.MERGED: "已合并",
    }
)
OUTCOME = MappingProxyType(
    {
        Outcome.RESOLVED: "已解决",
        Outcome.PARTLY: "部分解决",
        Outcome.UNRATED: "未评价",
        Outcome.UNREACHABLE: "联系不上",
    }
)
WISH_STATUS = MappingProxyType(
    {
        **STATUS,
        OrderStatus.SUBMITTED: "待审核",
        OrderStatus.DISPATCHED: "待认领",
        OrderStatus.TAKEN: "已认领",
    }
)
WISH_OUTCOME = MappingProxyType({**OUTCOME, Outcome.RESOLVED: "已实现"})

HEAD_LENGTH = 30

NAME_SEPARATORS = re.compile(r"[\s,，、;；]+")
NAME_JOINT = "和"

PLACE_FIELD = "地点"
PLACE_UNKNOWN = "没有写"
CONTACT_FIELD = "联系"
CONTACT_NONE = "没有留，可请支部转达"
PROMISE_FIELD = "最晚"
HOLDER_FIELD = "谁来办"
STATUS_FIELD = "现在"
WAITED_FIELD = "已等"

NOTHING_REPORTED = "您还没有报过事。有什么事，直接发给我就行。"
NOTHING_TO_TAKE = "现在没有可接的单。有新的会发给您。"
NOTHING_TO_DO = "现在没有等您处理的单。"
NOTHING_HELD = "您手上没有正在办的单。"
NOTHING_TO_CONFIRM = "现在没有等您确认的单。"
NOTHING_TO_DISPATCH = "现在没有等着派的单。"
NOT_YOURS_TO_FINISH = "这张单不在您手上，不能由您办结。"
OWN_ORDER = "这是您自己报的事，要由别人来接。"
NOT_AFTER_REOPENING = "这张单您办过，居民说没解决，这次换一位来办。"
NOT_YOUR_BRANCH = "这张单不归您的支部，您不能接。"
YOURS_ALREADY = "这张单已经在您手上。"
WHAT_IS_OPEN = "现在还可以接："
NOTHING_ELSE_OPEN = "现在没有别的单可接。"
ASK_MISSING = "还差什么没办好？一句话就行。"
MISSING_TOO_SHORT = "请用一句话说说还差什么。"
DISPATCH_TO_ALL = "派给全体"
CHOOSE_TAKER = "派单"
NOBODY_TO_OFFER = "支部里还没有能派的党员，请先请社区把名册补上。"


def head(number: int, matter: str) -> str:
    """Name an order: number and matter first, for screens that cut the rest."""
    flat = " ".join(matter.split())
    return f"#{number} {flat if len(flat) <= HEAD_LENGTH else flat[: HEAD_LENGTH - 1] + '…'}"


def line(
    number: int, matter: str, status: OrderStatus, outcome: Outcome | None, kind: OrderKind
) -> str:
    """Give one line of a list of orders."""
    return f"{head(number, matter)} · {state(status, outcome, kind)}"


def state(status: OrderStatus, outcome: Outcome | None, kind: OrderKind) -> str:
    """Say an order's state, with how it ended; a wish has words of its own."""
    is_wish = kind is OrderKind.WISH
    said = (WISH_STATUS if is_wish else STATUS)[status]
    return f"{said}（{(WISH_OUTCOME if is_wish else OUTCOME)[outcome]}）" if outcome else said


def taking(kind: OrderKind) -> str:
    """Name what a member does with an order of this kind."""
    return "认领" if kind is OrderKind.WISH else "接单"


def card_note(
    status: OrderStatus, outcome: Outcome | None, holder: str | None, kind: OrderKind
) -> str:
    """Say in a few words what is true of an order now; stands where the card's buttons were."""
    if status is OrderStatus.TAKEN and holder:
        return f"已由{holder}{taking(kind)}"
    return state(status, outcome, kind)


def member(
    name: str | None, role: str | None, organisation: str | None, duties: Sequence[str] = ()
) -> str:
    """Show a member by name and post, as residents see them; ``duties`` are posts taken on."""
    who = name or "工作人员"
    posts = [f"{organisation}{role}"] if role and organisation else []
    posts += [f"{duty}岗" for duty in duties]
    return f"{who}（{'，'.join(posts)}）" if posts else who


def names(people: Sequence[str]) -> str | None:
    """List people; None where there is nobody."""
    return "、".join(people) or None


def received(number: int, promise: str) -> str:
    """Confirm a report: number and promise."""
    return f"收到了，编号 #{number}。\n最晚{promise}前给您办好或说清楚。有人接单就告诉您。"


def received_unbound() -> str:
    """Offer to remember where the resident lives."""
    return "绑定住处以后，下次报事就不用再写小区了。"


def fields(place: str, contact: str | None, promise: str | None) -> tuple[tuple[str, str], ...]:
    """Give the labelled facts of an order; a contact only where the viewer may see it."""
    pairs = [(PLACE_FIELD, place or PLACE_UNKNOWN)]
    if contact is not None:
        pairs.append((CONTACT_FIELD, contact or CONTACT_NONE))
    if promise is not None:
        pairs.append((PROMISE_FIELD, promise))
    return tuple(pairs)


def contact(name: str | None, phone: str | None) -> str:
    """Join a name and a phone; empty when neither was left."""
    return " ".join(part for part in (name, phone) if part)


def to_dispatch(*, reopened: bool) -> str:
    """Ask a secretary to dispatch."""
    return "居民说没解决，请重新安排人。" if reopened else "请派人来办。"


def dispatch_to_all(number: int) -> Action:
    """Offer an order to everybody at once."""
    return Action(DISPATCH_TO_ALL, f"派单 {number} 全体")


def dispatch_by_name(number: int, choices: tuple[Choice, ...]) -> Action:
    """Offer an order to one of several members."""
    return Action(CHOOSE_TAKER, f"派单 {number} {{choice}}", choices)


def dispatch_to(number: int, label: str, name: str) -> Action:
    """Offer an order to one member."""
    return Action(label, f"派单 {number} {name}")


def offered(*, by_name: bool) -> str:
    """Ask a member to take an order."""
    return "支部请您来办这件事。" if by_name else "先接先办，您方便就接。"


def take_action(number: int) -> Action:
    """Take an order."""
    return Action("接单", f"接单 {number}")


def finish_action(number: int) -> Action:
    """Finish an order."""
    return Action("办好了", f"完成 {number}")


def progress_action(number: int) -> Action:
    """Look an order up."""
    return Action(f"看 #{number} 进度", f"进度 {number}")


def resident_answers(number: int) -> tuple[Action, Action, Action]:
    """Give the three answers of the resident to a finished order."""
    return (
        Action("解决了", f"确认 {number}"),
        Action("部分解决", f"部分解决 {number}"),
        Action("没解决", f"没解决 {number}"),
    )


def dispatched_by_name(number: int, names: list[str]) -> str:
    """Tell the secretary to whom an order was offered."""
    return f"#{number} 已发给{'、'.join(names)}，等{'他们' if len(names) > 1 else '对方'}接单。"


def dispatched_to_all(number: int, count: int) -> str:
    """Tell the secretary how many were asked."""
    return f"#{number} 已发给 {count} 位党员，先接先办。"


def taken_short() -> str:
    """Stand on the taker's own card."""
    return "您已接单"


def taken(number: int, matter: str) -> str:
    """Tell the taker that the order is theirs."""
    return f"您已接下{head(number, matter)}。请尽快联系，办好后回“完成 {number}”。"


def somebody_comes(number: int, who: str) -> str:
    """Tell the resident who comes."""
    return f"{who}已接下 #{number}，会来办这件事。"


def too_late(
    number: int,
    holder: str | None,
    status: OrderStatus,
    outcome: Outcome | None,
    kind: OrderKind = OrderKind.REPORT,
) -> str:
    """Tell somebody who wanted to take an order what is true now."""
    if status is OrderStatus.TAKEN and holder:
        took = "认领" if kind is OrderKind.WISH else "接下"
        return f"手慢一步，#{number} 已由{holder}{took}。"
    if status is OrderStatus.DONE and holder:
        return f"#{number} 已由{holder}办好，正等居民确认。"
    took = "认领" if kind is OrderKind.WISH else "接"
    return f"#{number} 现在是“{state(status, outcome, kind)}”，不用{took}了。"


def named_only(number: int) -> str:
    """Tell a member that the order was given to somebody by name."""
    return f"#{number} 支部已经指定了人来办，您不用接。"


def not_dispatched_yet(number: int) -> str:
    """Tell a member that the branch has not dispatched the order."""
    return f"#{number} 支部还没有派出来，派了再接。"


def standing(
    number: int,
    status: OrderStatus,
    outcome: Outcome | None,
    holder: str | None,
    kind: OrderKind,
) -> str:
    """Say what is true of an order for which the wanted step does not fit."""
    if status is OrderStatus.TAKEN and holder:
        return f"#{number} 已由{holder}{taking(kind)}，正在办。"
    return f"#{number} 现在是“{state(status, outcome, kind)}”，这一步暂时用不上。"


def finished(number: int) -> str:
    """Tell the holder that the resident is asked."""
    return f"辛苦了。已请居民确认 #{number}，有回音就告诉您。"


def please_confirm(number: int, who: str, said: str) -> str:
    """Ask the resident whether it is really solved."""
    what = f"说办好了：{said}" if said else "说办好了"
    return f"{who}{what}。\n#{number} 真的解决了吗？"


def confirmed(number: int) -> str:
    """Thank the resident for the confirmation."""
    return f"好的，#{number} 已办结。谢谢您告诉我们。"


def confirmed_for_holder(number: int) -> str:
    """Tell the member that the resident confirmed."""
    return f"居民确认 #{number} 已解决，谢谢您。"


def partly(number: int, follow_up: int) -> str:
    """Tell the resident that what is missing has an order of its own."""
    return f"知道了，#{number} 记为部分解决。剩下的另开一单 #{follow_up}，接着办。"


def partly_for_holder(number: int, missing: str) -> str:
    """Tell the member what is still missing."""
    return f"居民说 #{number} 解决了一部分，还差：{missing}"


def reopened(number: int, who: str) -> str:
    """Tell the resident that the order goes on, one level higher."""
    return f"知道了，#{number} 重新办理，这次由{who}安排。"


def reopened_for_holder(number: int, said: str) -> str:
    """Tell the member that it was not solved."""
    why = f"：{said}" if said else ""
    return f"居民说 #{number} 还没解决{why}。这次会换一位来办，谢谢您跑这一趟。"


def progress(number: int, matter: str, pairs: tuple[tuple[str, str], ...]) -> str:
    """Describe one order to somebody who may see it."""
    return "\n".join([head(number, matter), *lines_of(pairs)])


def counted(counts: dict[str, int]) -> str:
    """Sum up the open orders of a subtree by the names of their states."""
    parts = [f"{state} {count}" for state, count in counts.items() if count]
    return "，".join(parts)


def todo_head(counts: str) -> str:
    """Head the secretary's list."""
    return f"手上的单：{counts}。\n先看这些："


def held_head() -> str:
    """Head a member's own list."""
    return "您正在办的单："


def takeable_head() -> str:
    """Head the list of what can be taken."""
    return "现在可以接的单："


def reported_head() -> str:
    """Head a resident's own list."""
    return "您报过的事："


def ask_taker(number: int, matter: str) -> str:
    """Ask the secretary whom to send."""
    return f"{head(number, matter)}\n派给谁？"


def taker_label(name: str, organisation: str, open_count: int) -> str:
    """Show a member in a list of choices."""
    busy = f"，手上 {open_count} 件" if open_count else ""
    return f"{name}（{organisation}{busy}）"


def same_name(name: str) -> str:
    """Ask which of several people with one name is meant."""
    return f"有几位{name}，是哪一位？"


def no_such_name(name: str, near: list[str]) -> str:
    """Say that nobody has that name, with the nearest ones."""
    if near:
        return f"没有找到{name}。名字相近的有："
    return f"没有找到{name}，请核对名字。"


def reporter_named(name: str) -> str:
    """Refuse to send somebody to their own order."""
    return f"这件事是{name}自己报的，请派给别人。"


def served_named(name: str) -> str:
    """Refuse to send somebody back whose work did not solve it."""
    return f"{name}办过这张单，居民说没解决，请换一位。"


def same_name_label(name: str, organisation: str, digits: str) -> str:
    """Tell people of one name apart by where they serve and the end of their phone."""
    return f"{name}（{organisation}，尾号 {digits}）"


def take_label(number: int, matter: str, place: str) -> str:
    """Show an order that can be taken in a list of choices."""
    return f"{head(number, matter)}（{place}）" if place else head(number, matter)


def ask_taker_command(number: int) -> str:
    """Ask whom to send."""
    return f"派单 {number} {words.CHOOSE[0]}"


def numbered_choice(number: int, matter: str) -> Action:
    """Stand for an order in a list of choices."""
    return Action(head(number, matter), f"{number}")


def lines_of(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    """Write labelled facts as lines."""
    return [f"{label}：{value}" for label, value in pairs]


def too_old(number: int) -> str:
    """Say that an order was closed too long ago to be reopened."""
    return f"#{number} 办结已经超过 7 天，请重新报一次，我们接着办。"
