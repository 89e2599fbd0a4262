"""What is said about who somebody is and where somebody lives."""

from handlers.messages import Action

ASK_HOME_ESTATE = "您住哪个小区？"
ASK_HOME_BUILDING = "您住哪一栋？"
ASK_HOME_UNIT = "您住哪个单元？"
CHOOSE_FROM_LIST = "没有找到，请从下面选一个。"
NO_ESTATES = "小区的名单还没有录入，暂时不用绑定，直接报事就行。"
UNKNOWN_CODE = "这个二维码认不出是哪里的，请联系社区换一张。有事可以直接报。"

ALREADY_VERIFIED = "您已经在名册里，不用再认证。"
HOW_TO_VERIFY = "请这样发：认证 姓名 手机号，比如“认证 张三 13800000000”。"
TOO_MANY_TRIES = "今天认证的次数用完了，请明天再试，或者联系支部书记。"
VERIFICATION_SENT = "已经收到，支部核对以后会告诉您。"
NO_SUCH_VERIFICATION = "没有找到这条认证，请核对号码。"
ALREADY_DECIDED = "这条认证已经有人处理过了。"
ALREADY_DECIDED_SHORT = "已处理"
APPROVED = "已同意。认错了人，十分钟内点“不是本人”就收回。"
APPROVED_SHORT = "已同意"
REFUSED_SHORT = "已回绝"
VERIFICATION_RESULT = "认证结果"
APPROVED_NEWS = "支部已经认出您了，现在可以接单。回“可接”看看有什么能帮忙的。"
TAKEN_BACK_NEWS = "支部刚才认错了人，认证已经收回。是本人的话，请联系支部书记。报事不受影响。"
TOO_LATE_TO_TAKE_BACK = "同意已经超过十分钟，这里收不回了。请社区的系统管理员解开这个账号。"
REFUSED_NEWS = "支部没能核对上您的信息，请联系支部书记。报事不受影响。"

TEXT_FROM_NOW = "好的，以后给您发文字，不发卡片。想换回来就说“卡片”。"
CARDS_AGAIN = Action("换回卡片", "卡片")
CARDS_FROM_NOW = "好的，以后给您发卡片。"


def bound(name: str) -> str:
    """Confirm where somebody lives."""
    return f"好的，记下了：{name}。以后报事不用再写小区。"


def verification_title(name: str) -> str:
    """Head the question to those who approve."""
    return f"认证：{name}"


def verification_question(name: str) -> str:
    """Ask those who approve whether it is really this member."""
    return f"公众号上有人说自己是{name}，姓名和手机号都对得上。请先打电话问一声，是本人再同意。"


def verification_actions(number: int) -> tuple[Action, Action]:
    """Approve or refuse."""
    return (Action("同意", f"同意认证 {number}"), Action("不同意", f"不同意认证 {number}"))


def wrong_person(number: int) -> Action:
    """Take an approval back that met the wrong person."""
    return Action("不是本人", f"不同意认证 {number}")


def recall_what_it_took(number: int) -> Action:
    """Take an order back that the wrong person had taken."""
    return Action(f"收回 #{number}", f"收回 {number}")


def taken_back(orders: list[int]) -> str:
    """Say that an approval does not hold, and what the wrong person had taken meanwhile."""
    done = "已收回，那个账号不再是党员。"
    if not orders:
        return done
    numbers = "、".join(f"#{number}" for number in orders)
    return f"{done}\n它刚才接的 {numbers} 还记在党员名下，请收回另派。"
