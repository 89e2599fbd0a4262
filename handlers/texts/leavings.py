"""What is said when somebody cannot come after all, has not come, or is not needed any more."""

from collections.abc import Sequence

from handlers.messages import Action

ASK_REASON = "来不了没关系。说一下原因，好安排别人："
REASON_TOO_SHORT = "请用几个字说说原因。"
REASONS = ("临时有事", "身体不舒服", "这件事我办不了", "没联系上居民")
NOT_YOURS_TO_RELEASE = "这张单不在您手上，不用退。"
ANOTHER_COMES = "这张单这次换一位来办，您可以看看别的单。"

NOTHING_TO_WITHDRAW = "您现在没有可以撤回的事。"
ASK_WITHDRAW = "现在没有进行到一半的事。要撤回哪一件报过的事吗？"
WITHDRAWN_FOR_HOLDER = "居民撤回了这件事，您不用去了。谢谢您接下过它。"
KNOWN = "好的，谢谢您。"

NOTHING_TO_MISS = "您现在没有正在等人来办的事。"
ASK_HOLDER = "居民说还没见到您。方便的话这就过去；去不了就退给支部，换一位去。"
ALL_MISSED = "都没来"


def together(names: Sequence[str | None]) -> str:
    """Name several people, or somebody whose name is not known."""
    return "、".join(name for name in names if name) or "办事的人"


def reason_choice(number: int, reason: str) -> Action:
    """Offer a reason that takes no typing."""
    return Action(reason, f"退单 {number} {reason}")


def release_action(number: int) -> Action:
    """Give an order back."""
    return Action("去不了", f"退单 {number}")


def known_action(number: int) -> Action:
    """Say that one knows."""
    return Action("知道了", f"知道了 {number}")


def coming_action(number: int) -> Action:
    """Say that one is on the way."""
    return Action("我这就去", f"这就去 {number}")


def missed_action(number: int, name: str) -> Action:
    """Say who of several has not come."""
    return Action(name, f"没来 {number} {name}")


def withdraw_action(number: int, label: str) -> Action:
    """Take a report back."""
    return Action(label, f"撤回 {number}")


def released(number: int) -> str:
    """Thank a member for saying so in time."""
    return f"好的，#{number} 换人来办。谢谢您说一声。"


def released_for_desk(name: str, reason: str, then: str, agreed: str | None) -> str:
    """Tell the secretary who cannot come, why, and what has been done about it."""
    urgent = f"\n约的是{agreed}，请尽快安排。" if agreed else ""
    return f"{name}来不了了：{reason}\n{then}{urgent}"


def missed_out_for_desk(names: str, then: str) -> str:
    """Tell the secretary that somebody else is looked for, and nothing more about it."""
    return f"居民一直没见到{names}，换一位去办。\n{then}"


def asked_others(count: int) -> str:
    """Say how many have been asked instead."""
    return f"已再请支部里 {count} 位党员，先接先办。"


def will_ask_others(count: int, at: str) -> str:
    """Say how many will be asked instead, because it is night."""
    return f"夜里不打扰，{at}再请支部里 {count} 位党员。"


def others_still_asked(count: int) -> str:
    """Say that those who were asked before can still take it."""
    return f"之前请的 {count} 位还可以接。"


def nobody_else_to_ask() -> str:
    """Say that a human being has to find somebody."""
    return "支部里没有别的人可请了，请您安排。"


def another_comes(number: int, staying: str | None, promise: str | None, *, by_desk: bool) -> str:
    """Tell the resident, who knew who comes, that it will be somebody else."""
    who = f"{staying}照常来，另外" if staying else ""
    how = "支部正在安排，定了谁来就告诉您。" if by_desk else "正在请人，有人接了就告诉您。"
    until = f"\n最晚还是{promise}。" if promise else ""
    return f"#{number} {who}换一位来办，{how}{until}"


def sorry(sentence: str) -> str:
    """Say sorry to somebody who waited."""
    return f"让您久等了，对不住。\n{sentence}"


def not_needed(number: int) -> str:
    """Tell a member who was not seen that somebody else goes."""
    return f"居民等着用人，#{number} 已另请别人，您这次不用去了。"


def withdrawn(number: int, holder: str | None) -> str:
    """Confirm that a report was taken back."""
    told = f"这就告诉{holder}不用来了。" if holder else ""
    return f"好的，#{number} 已撤回。{told}又需要的话，再发给我就行。"


def done_already(number: int, who: str | None) -> str:
    """Say that it is said to be done, and come back to the question that waits."""
    by = f"{who}说 " if who else ""
    return f"{by}#{number} 已经办好了。真的解决了吗？"


def unaware_for_desk(names: str) -> str:
    """Ask the secretary to call somebody who may be on the way in vain."""
    return f"居民撤回了这件事，{names}还没回“知道了”。请打个电话说一声，免得白跑一趟。"


def missed(names: str, until: str) -> str:
    """Tell the resident that the member is asked, and what follows."""
    return f"知道了，这就去问{names}。\n到{until}还没有回话，就换一位来。"


def missed_for_desk(names: str, until: str) -> str:
    """Tell the secretary what the resident said and what follows."""
    return f"居民说还没见到{names}，已经在问。到{until}没有回话，就换一位去。"


def still_asking(number: int, names: str, until: str) -> str:
    """Tell the resident that the member has been asked and may still answer."""
    return f"#{number} 已经问过{names}，还没有回话。\n到{until}还没有，就换一位来。"


def still_coming(number: int, names: str, until: str) -> str:
    """Tell the resident that the member is on the way."""
    return f"{names}说这就过来，请再等等。\n到{until}还没来，再回“没来 {number}”，就换一位。"


def agreed_for_later(number: int, names: str, at: str) -> str:
    """Remind the resident of the time that was agreed."""
    return f"和{names}约的是{at}，还没到时间。\n到时没见到，再回“没来 {number}”。"


def coming_for_resident(who: str) -> str:
    """Tell the resident that the member is on the way."""
    return f"{who}说这就过来。"


def coming(number: int, *, is_told: bool) -> str:
    """Send the member off."""
    told = "已经告诉居民您这就过去。" if is_told else "路上慢点。"
    return f"好的，{told}办好后回“完成 {number}”。"


def which_missed(number: int) -> str:
    """Ask who of several has not come."""
    return f"#{number} 有几位来办，没见到哪一位？"


def nobody_comes_yet(number: int, state: str) -> str:
    """Say that nobody has taken it yet, hence nobody is late."""
    return f"#{number} 现在是“{state}”，还没有人接。有人接了就告诉您。"
