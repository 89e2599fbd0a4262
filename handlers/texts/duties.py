"""The posts of 5+X that members take on: names, which matters they fit, and what is said."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from handlers.messages import Action
from handlers.texts import words
from storage.vocabulary import DutyPost

NAMES: Mapping[DutyPost, str] = MappingProxyType(
    {
        DutyPost.TEACHING: "理论宣传",
        DutyPost.SAFETY: "治安联防",
        DutyPost.MANNERS: "文明劝导",
        DutyPost.CLEANLINESS: "环境卫生督导",
        DutyPost.CARE: "关爱互助",
        DutyPost.OWN_CHOICE: "自选",
    }
)

MATTERS: Mapping[DutyPost, tuple[str, ...]] = MappingProxyType(
    {
        DutyPost.TEACHING: ("宣讲", "宣传", "政策", "学习班", "党课"),
        DutyPost.SAFETY: (
            "治安", "巡逻", "可疑", "陌生人", "小偷", "偷", "门禁", "监控", "打架", "消防通道",
        ),
        DutyPost.MANNERS: (
            "乱停", "占道", "占用", "遛狗", "狗绳", "狗叫", "噪音", "太吵", "广场舞", "高空抛物",
            "飞线", "乱贴", "小广告",
        ),
        DutyPost.CLEANLINESS: (
            "垃圾", "卫生", "脏", "臭", "堆放", "杂物", "清扫", "打扫", "积水", "老鼠", "蟑螂",
        ),
        DutyPost.CARE: (
            "老人", "独居", "残疾", "轮椅", "陪诊", "陪我", "送药", "买药", "买菜", "孩子没人",
            "行动不便", "腿脚不便",
        ),
        DutyPost.OWN_CHOICE: (),
    }
)  # fmt: skip
"""Words of a matter that a post is there for; who holds the post is asked first."""

MOST_LETTERS = 12
MOST_POSTS = 5

CHOOSE = "想认哪个岗？回数字，或者自己起个名字，比如“认岗 夜间照看”。"
NONE_HELD = "您还没有认岗。"
NO_SUCH_POST = "这个岗您没有认，不用退。"
BAD_NAME = f"岗名写 2 到 {MOST_LETTERS} 个字，不带电话和号码，比如“认岗 夜间照看”。什么也没有改。"


def name(post: DutyPost, own: str) -> str:
    """Name a post."""
    return own if post is DutyPost.OWN_CHOICE else NAMES[post]


def meant(said: str) -> DutyPost | None:
    """Give the post that words name, in full or by a part that only one name has."""
    fitting = [
        post
        for post, known in NAMES.items()
        if post is not DutyPost.OWN_CHOICE and (said in known or said == f"{known}岗")
    ]
    return fitting[0] if len(fitting) == 1 else None


def held(names: Sequence[str]) -> str:
    """Say which posts somebody holds."""
    return f"您认的岗：{'、'.join(names)}。" if names else NONE_HELD


def on_card(names: Sequence[str]) -> str:
    """Name somebody's posts on a card that others read."""
    return f"岗位：{'、'.join(names)}"


def taken_on(post: str, names: Sequence[str]) -> str:
    """Say that a post is somebody's from now on, and which they all are."""
    lines = [f"好的，您认了{post}岗。有合适的事先来问您。"]
    if len(names) > 1:
        lines.append(held(names))
    return "\n".join(lines)


def held_already(post: str) -> str:
    """Say that a post is somebody's already."""
    return f"{post}岗您已经认了，不用再认。"


def given_back(post: str) -> str:
    """Say that a post is somebody's no more."""
    return f"好的，{post}岗退了。手上的单还是您的。"


TOO_MANY = f"一个人最多认 {MOST_POSTS} 个岗，请先退一个再认："


def take_action(post: str) -> Action:
    """Take a post on."""
    return Action(f"认{post}", f"{words.DUTY[0]} {post}")


def give_back_action(post: str) -> Action:
    """Give a post back."""
    return Action(f"退{post}", f"{words.DUTY_BACK[0]} {post}")
