"""The menu that is published where the settings have none, and what its publishing says."""

from types import MappingProxyType

from handlers.texts.platform_errors import explained
from storage.vocabulary import Platform

DEFAULT = """
[[menu]]
name = "我要报事"
say = "报事"
only = "official"

[[menu]]
name = "我的"
only = "official"
items = [
  { name = "办到哪一步了", say = "进度" },
  { name = "确认办好了", say = "确认" },
  { name = "评价", say = "评价" },
  { name = "绑定住处", say = "绑定" },
  { name = "党员看可接的单", say = "可接" },
]

[[menu]]
name = "帮助"
only = "official"
items = [
  { name = "能说什么", say = "帮助" },
  { name = "我的信息谁能看", say = "隐私" },
]

[[menu]]
name = "待办"
say = "待办"
only = "wecom"

[[menu]]
name = "可接的单"
say = "可接"
only = "wecom"

[[menu]]
name = "我的"
only = "wecom"
items = [
  { name = "我要报事", say = "报事" },
  { name = "替人代报", say = "代报" },
  { name = "办到哪一步了", say = "进度" },
  { name = "没送到的消息", say = "未送达" },
  { name = "能说什么", say = "帮助" },
]
"""
"""As operators write it: residents report with one tap, staff see what waits for them first."""

MENU = "公众号和企业微信的菜单。"
PUBLISH = "发布菜单：用设置里的 [[menu]]，没有就用自带的；再发一次也没关系。"
ACCOUNT = "只发布这个账号；不填就是全部账号"
DRY_RUN = "只看内容，不发布"

PLATFORM = MappingProxyType({Platform.OFFICIAL: "公众号", Platform.WECOM: "企业微信"})

OPENS = MappingProxyType({"photo": "拍照或选照片", "place": "选位置", "scan": "扫码"})

_AGAIN = "过几分钟再运行 jinlin menu publish。"
_REACH = "检查服务器能不能上外网、api_base_url 是否写对，再运行 jinlin menu publish。"


def account(name: str, platform: Platform) -> str:
    """Name an account and the platform that it is on."""
    return f"{name}（{PLATFORM[platform]}）"


def published(name: str, platform: Platform) -> str:
    """Head the menu that an account has now."""
    return f"已发布：{account(name, platform)}。手机上最多等 5 分钟换成新的。"


def would_publish(name: str, platform: Platform) -> str:
    """Head the menu that an account would get."""
    return f"将发布：{account(name, platform)}"


def nothing_to_publish(name: str, platform: Platform) -> str:
    """No button of the menu is for this platform."""
    return f"没有发布：{account(name, platform)}，[[menu]] 里没有给它的按钮，原来的菜单不动。"


def not_published(name: str, platform: Platform, code: int | None, *, may_pass: bool) -> str:
    """Say why an account has no new menu, and what to do.

    Args:
        name: the account's.
        platform: the account's.
        code: what the platform answered; None where it did not.
        may_pass: whether the same may work in a few minutes: this command does not try by itself.
    """
    head = f"没有发布：{account(name, platform)}，原来的菜单不动。"
    explanation = explained(platform, code)
    if code is None:
        return f"{head}{explanation.meaning}怎么办：{_REACH}"
    return (
        f"{head}{code}：{explanation.meaning}怎么办：{_AGAIN if may_pass else explanation.remedy}"
    )


def no_such_account(name: str, known: list[str]) -> str:
    """The settings have no account of this name."""
    return f"--account：设置里没有账号 {name}，有的是 {'、'.join(known)}。"


def button(shown: str) -> str:
    """Show what stands at the foot of the chat."""
    return f"  {shown}"


def item(shown: str) -> str:
    """Show what stands in a button's list."""
    return f"    {shown}"


def does(name: str, *, say: str, url: str, opens: str) -> str:
    """Say what a tap on an entry does."""
    if say:
        return f"{name}：说“{say}”"
    return f"{name}：打开 {url}" if url else f"{name}：{OPENS[opens]}"


def is_cut(name: str, most: int) -> str:
    """Warn that phones will not show the whole name."""
    return f"注意：菜单“{name}”超过 {most} 个汉字，手机上会显示不全。"


def is_not_understood(name: str, say: str) -> str:
    """Warn that a tap gets no answer that helps."""
    return (
        f"注意：菜单“{name}”说的“{say}”，近邻现在听不懂，也不在 [[replies.keywords]] 里，"
        "点了没有用。"
    )
