"""What is said when an order is taken back, done by the desk itself, refused, or a step undone."""

from handlers.messages import Action
from handlers.texts import words
from handlers.texts.orders import ask_taker_command, state, taking
from storage.vocabulary import OrderAction, OrderKind, OrderStatus, Outcome

NOTHING_TO_RECALL = "现在没有派出去的单，不用收回。"
NOTHING_TO_HANDLE = "现在没有您可以自己办的单。"
NOTHING_TO_REFUSE = "现在没有待派单的单，不用退回。"
NOTHING_TO_UNDO = "十分钟里没有可以撤销的事。"
UNDONE_ALREADY = "刚才那一步已经撤销了，再往前的撤销不了。"
ASK_REASON = "为什么办不了？这句话会原样告诉居民，请说得明白、和气些。"
REASON_TOO_SHORT = "请用一句话说说为什么办不了。"
REASON_FIELD = "为什么"
UNDO_ACTION = Action("撤销", "撤销")


def recall_action(number: int) -> Action:
    """Take an order back from whoever was asked or has it."""
    return Action("收回", f"收回 {number}")


def handle_action(number: int) -> Action:
    """Do it oneself."""
    return Action("自己来办", f"自办 {number}")


def dispatch_action(number: int, kind: OrderKind) -> Action:
    """Ask whom to send; let a wish pass."""
    if kind is OrderKind.WISH:
        return Action(words.PASS[0], f"{words.PASS[0]} {number}")
    return Action("派单", ask_taker_command(number))


def appeal_action(number: int) -> Action:
    """Have a refusal looked at once more."""
    return Action("请再看一次", f"没解决 {number}")


def stands(
    number: int,
    status: OrderStatus,
    outcome: Outcome | None,
    holder: str | None,
    kind: OrderKind,
) -> str:
    """Say where an order stands, for a sentence that goes on with what can be done."""
    if status is OrderStatus.TAKEN and holder:
        return f"#{number} 已由{holder}{taking(kind)}，正在办。"
    if status is OrderStatus.DISPATCHED and kind is OrderKind.WISH:
        return f"#{number} 在心愿墙上，正在等人认领。"
    if status is OrderStatus.DISPATCHED:
        return f"#{number} 已经派出去，正在等人接单。"
    return f"#{number} 现在是“{state(status, outcome, kind)}”。"


def recalled(number: int, holder: str | None, state: str) -> str:
    """Tell the secretary that the order is on the desk again."""
    where = f"从{holder}手上收回" if holder else "收回"
    return f"#{number} 已{where}，现在{state}。"


def recalled_for_holder(number: int, reason: str) -> str:
    """Tell the member that the order goes to somebody else."""
    why = f"原因：{reason}\n" if reason else ""
    return f"支部把 #{number} 收回了，您不用再办。\n{why}谢谢您接下过这件事。"


def recalled_for_resident(number: int) -> str:
    """Tell the resident, who knew of somebody, that somebody else will come."""
    return f"#{number} 换人来办，定了谁来马上告诉您。"


def handled(number: int) -> str:
    """Tell the speaker that the order is theirs now."""
    return f"#{number} 由您来办。请尽快联系，办好后回“完成 {number}”。"


def first_recall(standing: str, word: str) -> str:
    """Say that an order has to come back to the desk before it can be asked about or refused."""
    return f"{standing}先收回，再{word}。"


def refused(number: int, higher: str | None) -> str:
    """Tell the secretary that the resident knows, and who looks at it if the resident objects."""
    then = f"居民不同意的话，由{higher}再看一次。" if higher else ""
    return f"#{number} 已退回，理由已经去告诉居民。{then}"


def refused_for_resident(
    branch: str, number: int, reason: str, higher: str | None, kind: OrderKind
) -> str:
    """Tell the resident why it cannot be done, and what is open to them."""
    is_wish = kind is OrderKind.WISH
    what = "这个心愿这次没能帮您办到" if is_wish else "这件事办不了"
    told = f"{branch}看过了 #{number}，{what}：{reason}"
    if higher is None:
        return f"{told}\n有别的事，直接发给我就行。"
    return f"{told}\n您觉得还该办，就回“没解决 {number}”，由{higher}再看一次。"


def appealed(number: int, who: str, promise: str) -> str:
    """Tell the resident who looks at it once more, and by when."""
    return f"知道了，#{number} 由{who}再看一次。\n最晚{promise}前给您办好或说清楚。"


def appealed_to_desk(said: str, kind: OrderKind) -> str:
    """Lay a refused order before those who look at it once more."""
    words = f"：{said}" if said else ""
    then = "可以就通过" if kind is OrderKind.WISH else "能办就派人"
    return f"居民不同意退回{words}\n请再看一次，{then}。"


def appealed_already(number: int) -> str:
    """Say that a second refusal stands."""
    return f"#{number} 已经再看过一次，还是办不了。有别的事，直接发给我就行。"


def only_the_last(number: int) -> str:
    """Say of which order the last step was, when another one was named."""
    return f"只能撤销最后一步，您最后动的是 #{number}。要撤销它就回“撤销”。"


def undone(number: int, action: OrderAction, state: str, kind: OrderKind) -> str:
    """Tell the speaker what was taken back and where the order stands again."""
    is_pass = kind is OrderKind.WISH and action is OrderAction.DISPATCH
    word = words.PASS[0] if is_pass else _word(action)
    return f"已撤销“{word}”，#{number} 回到“{state}”。"


def too_late_to_undo(standing: str) -> str:
    """Say that the order has moved on since."""
    return f"{standing}后面已经有了进展，撤销不了。"


def recall_undone(number: int) -> str:
    """Ask a member, who was told to stop, to go on."""
    return f"刚才收回 #{number} 是点错了，还请您接着办。"


def comes_after_all(number: int, holder: str) -> str:
    """Tell the resident, who was told of a change, that it stays as it was."""
    return f"#{number} 不换人了，还是{holder}来办。"


def nobody_yet(number: int) -> str:
    """Tell the resident, who was told who comes, that it is open again."""
    return f"#{number} 由谁来办还要再定，定了马上告诉您。"


def question_undone(number: int) -> str:
    """Tell the resident that a question needs no answer any more."""
    return f"刚才问 #{number} 的话不用回了，支部接着安排。"


def refusal_undone(number: int) -> str:
    """Tell the resident that the refusal was a mistake."""
    return f"刚才说 #{number} 办不了是发错了，支部接着安排。"


def refusal_undone_question_open(number: int) -> str:
    """Tell the resident that the refusal was a mistake, and that an answer is still waited for."""
    return f"刚才说 #{number} 办不了是发错了。之前问您的话，还请回一句。"


def finish_undone(number: int, who: str) -> str:
    """Tell the resident, who was asked to confirm, that the work still goes on."""
    return f"刚才{who}说 #{number} 办好了是点错了，还在办。办好再请您确认。"


def cannot_undo(action: OrderAction, number: int) -> tuple[str, tuple[Action, ...]]:
    """Say why a step cannot be taken back, and which word puts it right instead."""
    taps: tuple[Action, ...]
    match action:
        case OrderAction.SUBMIT | OrderAction.REOPEN | OrderAction.APPEAL:
            why, taps = f"不想办了就回“撤回 {number}”。", (Action("撤回", f"撤回 {number}"),)
        case OrderAction.CONFIRM:
            why, taps = f"还没解决就回“没解决 {number}”。", (Action("没解决", f"没解决 {number}"),)
        case OrderAction.TAKE | OrderAction.JOIN:
            why, taps = (
                f"办不了就回“退单 {number}”，换人来办。",
                (Action("退单", f"退单 {number}"),),
            )
        case OrderAction.MESSAGE | OrderAction.SUPPLEMENT | OrderAction.ANSWER:
            why, taps = "话已经带到了，要改可以再说一句。", ()
        case _:
            progress = Action(f"看 #{number} 进度", f"进度 {number}")
            why, taps = "", (progress,)
    return f"#{number} 刚才那一步撤销不了。{why}", taps


def _word(action: OrderAction) -> str:
    """Name a step by the word with which it was done."""
    match action:
        case OrderAction.HANDLE:
            return words.HANDLE[0]
        case OrderAction.RECALL:
            return words.RECALL[0]
        case OrderAction.ASK:
            return words.ASK[0]
        case OrderAction.REJECT:
            return words.REJECT[0]
        case OrderAction.FINISH:
            return words.FINISH[0]
        case _:
            return words.DISPATCH[0]
