"""What is said while a resident reports something."""

from handlers.messages import Action

ASK_MATTER = "请说说是什么事，比如“楼道灯坏了”。"
MATTER_HINT = "请用几个字说说是什么事。"
ASK_PLACE = "问题在哪里？请写小区、几栋几单元，比如“阳光小区3栋2单元”。"
PLACE_HINT = "请写几个字说说在哪里。"
ASK_ESTATE = "是哪个小区的？"
ESTATE_HINT = "没有找到这个小区，请从下面选一个。"
SOMEWHERE_ELSE = Action("都不是", "都不是")
ASK_CONTACT = (
    "方便留个称呼和电话吗？比如“王阿姨 13800000000”。\n"
    "只给上门办事的人看，下次报事不用再写。不想留就回“跳过”，想多了解回“隐私”。"
)
CONTACT_HINT = "没看到电话号码。请写称呼和电话，或回“跳过”。"
SHOWN = 60
PUNCTUATION = " ,，、:：。"
UNASKED = "unasked"
MEANT_CHOICES = (Action("是，要报", "是"), Action("不是", "不是"))
MEANT_HINT = "没看明白，请回 1 要报，或回 2 不报。"
NOT_MEANT = "好的，不报。有什么事随时说。"


def ask_meant(matter: str) -> str:
    """Ask whether free words were meant as a report."""
    return f"您是想报这件事吗？\n“{matter if len(matter) <= SHOWN else matter[:SHOWN] + '…'}”"


def at_home(name: str) -> str:
    """Offer the resident's own place."""
    return f"就在{name}"


def summary(matter: str, place: str, contact: str | None) -> str:
    """Show once more what is about to be submitted."""
    lines = ["请看看对不对：", f"事情：{matter}", f"地点：{place}"]
    lines.append(f"联系：{contact}" if contact else "联系：没有留")
    return "\n".join(lines)


def progress_of(number: int) -> Action:
    """Look the new order up."""
    return Action("查进度", f"进度 {number}")
