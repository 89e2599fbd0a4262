"""What ``jinlin doctor`` says about the roster: whether anybody can be told anything."""

from collections.abc import Sequence

from handlers.texts.doctor import Advice

ROSTER = "花名册"
DISPATCHERS = "派单的人"
BRANCHES = "支部"
STAFF = "名册里的人"

NO_ROSTER = Advice(
    "还没有导入。", "运行 jinlin roster import 花名册.xlsx，写法见 docs/operating.md。"
)
NO_DISPATCHER = Advice(
    "名册里没有书记、副书记，也没有社区工作者：报上来的事没有人收得到。",
    "在花名册里写上，再导入一次。",
)
NOBODY_REACHABLE = Advice(
    "书记、副书记、社区工作者都没有能用的账号：报上来的事没有人收得到。",
    "在花名册的“企业微信账号”一列填上他们的账号再导入，"
    "或者请他们在公众号里说“认证 姓名 手机号”；换过企业 ID 的要重新导入。",
)


def roster(organisations: int, people: int) -> str:
    """It was imported."""
    return f"{organisations} 个组织，{people} 人有任职。"


def dispatchers(people: int, reachable: int) -> str:
    """Somebody gets the cards."""
    return f"{people} 人，{reachable} 人有能用的账号。"


def branches_without_head(names: Sequence[str], more: int) -> Advice:
    """Cards of these go to the community."""
    listed = "、".join(names) + (f"等，还有 {more} 个" if more else "")
    return Advice(
        f"没有书记也没有副书记的：{listed}；那里的事会转给社区。",
        "在花名册里写上书记，再导入一次；就是这样安排的可以不管。",
    )


BRANCHES_FINE = "每个支部都有书记或副书记。"


def everybody_reachable(people: int) -> str:
    """All who have a post have an account."""
    return f"{people} 人都有能用的账号。"


def some_unreachable(people: int, without: int) -> Advice:
    """They are in the roster, but no message finds them."""
    return Advice(
        f"{people} 人里有 {without} 人没有能用的账号，消息送不到。",
        "在花名册里填“企业微信账号”再导入，或者请他们在公众号里说“认证 姓名 手机号”。",
    )
