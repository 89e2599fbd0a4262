"""What is said in every conversation: help, small talk, confirmations, apologies."""

from handlers.messages import Action

REPORT_ACTION = Action("我要报事", "报事")
PROGRESS_ACTION = Action("查进度", "进度")
BIND_ACTION = Action("绑定住处", "绑定")
HELP_ACTION = Action("帮助", "帮助")
TODO_ACTION = Action("待办", "待办")
TAKEABLE_ACTION = Action("看看可接的单", "可接")
SKIP_ACTION = Action("跳过", "跳过")
RESUME_ACTION = Action("接着说", "继续")
MORE_ACTION = Action("更多", "更多")

CONFIRM_CHOICES = (Action("提交", "确认"), Action("改一下", "修改"))
ASK_CHANGE = "改哪一样？"
CHANGE_HINT = "请从下面选一样，或回“取消”不报了。"
CONFIRM_HINT = "没看明白，请回 1 提交，或回 2 改一下。不想报了就回“取消”。"

CANCELLED = "好的，已取消，什么也没有提交。"
NOTHING_TO_CANCEL = "现在没有进行到一半的事，不用取消。"
NOTHING_TO_RESUME = "没有说到一半的事。"
NO_MORE = "现在没有可以往下翻的内容。想再看，请重新问一次。"
NOTHING_GOES_BACK = "现在没有上一步。"
APOLOGY = "对不住，刚才没办成，您的话已经记下。请过一会儿再发一次。"
NOT_ALLOWED = "这项要由支部或社区的工作人员来办。"
NOT_IN_ROSTER = "您还不在名册里，这项暂时办不了。请联系社区把您加进名册。"
NOT_VERIFIED = "这项要党员或支部来办。您是党员的话，请先发“认证 姓名 手机号”。"
NOT_YET = "这项还没有开通。"
NO_SUCH_ORDER = "没有找到这个编号的单子，请核对一下号码。"
WHICH_ORDER = "您说的是哪一件？"
NO_WAITING_QUESTION = "这个数字现在没有对应的问题。"
PLACE_ALONE = "位置收到了，可我还不知道是什么事。请用一句话说说。"
HOTLINES = "如果现在有危险，请先离开再打电话：火灾、燃气 119，有人受伤 120，报警 110。"
GREETING = "您好，我在。有什么事直接发给我就行。"
THANKS = "不客气，有事随时说。"
NOD = "好的。有事随时说。"
UNCLEAR = "没太明白您的意思。"


def welcome(community: str) -> str:
    """Greet a new follower."""
    return (
        f"您好，这里是{community}的近邻服务。\n家里、楼里有什么事，直接发消息给我，支部派人来办。"
    )


def greet_staff(community: str) -> str:
    """Greet whoever opens the WeCom app, once a day."""
    return f"您好，这里是{community}近邻。"


def did_you_mean(corrected: str) -> str:
    """Ask back where a command has one wrong letter."""
    return f"您是想说“{corrected}”吗？是的话点下面，或回 1。"


def see_order(number: int) -> str:
    """Say how to look an order up when a bare number meant nothing."""
    return f"{NO_WAITING_QUESTION}想看 #{number} 的进展，请回“进度 {number}”。"


def help_text(*, may_take: bool, may_handle: bool, may_proxy: bool, may_dispatch: bool) -> str:
    """List what this person can say, residents' words first."""
    lines = [
        "可以这样说：",
        "报事 楼道灯坏了：报一件事",
        "心愿 想要老花镜：许个小心愿",
        "进度：看报过的事办到哪一步",
        "补充 12 灯在五楼：给 12 号再补一句",
        "留言 12 三点在家：给办事的人带句话",
        "没来 12：等的人还没到",
        "撤回 12：不用办了",
        "评价 12 5：办完打个分",
        "绑定：告诉我您住哪里",
        "免打扰 22-7：这几个钟头少打扰您",
        "隐私：您的信息怎么保管",
        "取消：说到一半不想说了",
    ]
    if may_take:
        lines += [
            "可接：看看能接的单",
            "接单 12：接下 12 号",
            "不接 12：这次不接，不再问您",
            "完成 12：办好了，请居民确认",
            "退单 12 原因：来不了了，换人去",
            "请假 11-29~12-03：这几天不找您",
            "认岗：认一个岗，合适的事先问您",
            "我的名片：名字、岗位、承诺",
            "心愿墙：看等着认领的心愿",
            "回家日：这个月哪天，您来不来；到了回“报到”",
        ]
    if may_handle:
        lines.append("自办 12：自己来办")
    if may_proxy:
        lines.append("代报：替没有手机的邻居报一件事")
    if may_dispatch:
        lines += [
            "待办：等您处理的单",
            "派单 12：先问最合适的几位，没人接再多问",
            "派单 12 张三：派给张三，后面可以写时间",
            "派单 12 全体 3人：发给支部所有党员，要 3 位",
            "收回 12：收回来另派",
            "退补 12 是几楼的灯：先问居民一句",
            "退回 12 理由：办不了，告诉居民为什么",
            "通过 12：把心愿放上心愿墙",
            "无人认领：挂了很久的心愿",
            "选单：给回家日选几件事",
            "未报到：回家日还没回话的党员",
            "撤销：撤销刚才那一步",
            "未送达：没送到的消息",
            "日报：这一天办了多少，还能回“周报”“逾期”“反复”",
        ]
    return "\n".join(lines)


def privacy(community: str) -> str:
    """Explain what is kept, who sees it, and how to have it removed."""
    return (
        f"{community}只留办事用得着的信息：您说的事、地点、称呼和电话。\n"
        "电话加密保存，只有接单上门的人，和负责这件事的支部看得到。\n"
        "聊天原文保留 90 天。取消关注后，住处和电话马上删除。"
    )


def resume_hint(question: str) -> str:
    """Come back to the open question after something else was answered."""
    return f"刚才说到：\n{question}"
