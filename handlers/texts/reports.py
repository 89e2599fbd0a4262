"""What is said while a resident reports something."""

import re

from handlers.messages import Action

PUNCTUATION = " ,，、:：。.;；"
CONTACT_TITLE = re.compile(
    r"(?:我是|我叫|联系人|联系|找)?[:：]?"
    r"([\u4e00-\u9fff]{1,3}(?:阿姨|叔叔|先生|女士|小姐|奶奶|爷爷|大爷|大妈|大叔|师傅|老师))$"
)
CONTACT_LEAD = re.compile(r"(?:我的|电话|手机|号码|联系|打|是|请|:|：|\s)+$")

MATTER_LABEL = "事情"
PLACE_LABEL = "地点"
CONTACT_LABEL = "联系电话"

ASK_MATTER = "请说说是什么事，比如“楼道灯坏了”。"
MATTER_HINT = "请用几个字说说是什么事。"
ASK_PLACE = "问题在哪里？请写小区、几栋几单元，比如“阳光小区3栋2单元”。"
PLACE_HINT = "请写几个字说说在哪里。"
ASK_ESTATE = "是哪个小区的？"
ESTATE_HINT = "没有找到这个小区，请从下面选一个。"
SOMEWHERE_ELSE = Action("都不是", "都不是")
ASK_CONTACT = "请发称呼和电话，比如“王阿姨 13800000000”。不想留就回“跳过”。"
CONTACT_HINT = "没看到电话号码。"
CONSENT = "要留电话就直接发，比如“王阿姨 13800000000”，只给上门的人和支部看，回“隐私”了解。"
SUBMIT = Action("提交", "确认")
CHANGE = Action("改一下", "修改")
DROP = Action("不是报事", "不报")
DROP_WORDS = frozenset({"不报", "不报了", "不是", "不是报事"})
MEANT_CHOICES = (Action("是，要报", "是"), Action("不是", "不报"))
NOT_MEANT = "好的，不报。有什么事随时说。"
VOICE = "一段语音"
PHOTO_ONLY = "照片收到了。"
VOICE_ONLY = "语音收到了。"
_SHOWN = 60


def ask_meant(matter: str) -> str:
    """Ask whether free words were meant as a report, and for the place in the same breath."""
    short = matter if len(matter) <= _SHOWN else matter[:_SHOWN] + "…"
    return f"您是想报这件事吗？\n“{short}”\n是的话，直接回在哪里也行，比如“阳光小区3栋2单元”。"


def ask_matter_at(place: str) -> str:
    """Ask for the matter when only the place was said."""
    return f"{place}怎么了？请用一句话说说。"


def ask_place_inside(area: str) -> str:
    """Ask for the building when only the estate was said."""
    return f"在{area}的哪里？请写几栋几单元，或者写“门口”“花园”这样的地方。"


def at_home(name: str) -> str:
    """Offer the resident's own place."""
    return f"就在{name}"


def voice(seconds: int) -> str:
    """Stand for a voice message as a matter."""
    return f"语音 {seconds} 秒" if seconds else VOICE


def summary(
    matter: str, place: str, contact: str, *, is_assumed: bool, is_asked: bool, media_count: int
) -> str:
    """Show once more what is about to be submitted.

    Args:
        matter: what is wrong.
        place: where.
        contact: name and phone, or nothing.
        is_assumed: whether the place is only the resident's home, which nobody named.
        is_asked: whether the resident has still to say that this is to be reported at all.
        media_count: how many photos and voices come with it.
    """
    lines = ["您是想报这件事吗？" if is_asked else "请看看对不对：", f"事情：{matter}"]
    where = f"{place}（您的住处，不对就发新地点）" if is_assumed else place
    lines.append(f"地点：{where}")
    if media_count:
        lines.append(f"照片和语音：{media_count} 件")
    lines.append(f"联系：{contact}" if contact else f"联系：没有留\n{CONSENT}")
    return "\n".join(lines)


def progress_of(number: int) -> Action:
    """Look the new order up."""
    return Action("查进度", f"进度 {number}")


def ask_which(number: int) -> str:
    """Ask whether words that follow a fresh report belong to it."""
    return f"是补充刚才的 #{number}，还是另外一件事？"


def add_to(number: int, text: str) -> Action:
    """Add words to an order."""
    return Action(f"补到 #{number}", f"补充 {number} {text}")


def another(text: str) -> Action:
    """Report something else."""
    return Action("另外报一件", f"报事 {text}")


def these_words(text: str) -> Action:
    """Report words that were answered as something else."""
    return Action("这是要报的事", f"报事 {text}")


def media_added(number: int) -> str:
    """Say to which order a photo or voice went."""
    return f"已经补到 #{number}，办的人看得到。"
