"""The vocabulary of commands: every word that people type to start something, in one place.

The first word of each tuple is the one we show; the others are synonyms. A test asserts that no
word stands twice.
"""

CANCEL = ("取消", "算了", "退出")
BACK = ("返回", "上一步")
RESUME = ("继续",)
MORE = ("更多", "下一页")
HELP = ("帮助", "菜单", "怎么用", "功能")
PRIVACY = ("隐私",)
AS_TEXT = ("文字",)
AS_CARDS = ("卡片",)

PROXY = ("代报",)
REPORT = ("报事", "上报", "报修", "一键上报", "反映")
PROGRESS = ("进度", "查进度", "查询")
TODO = ("待办",)
DISPATCH = ("派单", "派")
TAKE = ("接单", "接")
TAKEABLE = ("可接",)
DECLINE = ("不接", "不接单")
WAIT = ("再等等", "再等")
FINISH = ("完成", "办好了", "做完了")
RECALL = ("收回",)
HANDLE = ("自办",)
ASK = ("退补",)
REJECT = ("退回",)
UNDO = ("撤销",)
SUPPLEMENT = ("补充",)
RELEASE = ("退单", "退")
WITHDRAW = ("撤回",)
KNOW = ("知道了",)
MISSED = ("没来", "还没来", "没见到人", "没人来")
COMING = ("这就去", "我这就去")
MESSAGE = ("留言",)
URGE = ("催", "催一催", "催一下", "催办")
RATE = ("评价", "评")
RESOLVED = ("确认", "解决了", "好了", "已解决", "解决", "实现了", "已实现")
PARTLY = ("部分解决",)
UNRESOLVED = ("没解决", "没修好", "未解决", "没好", "没弄好", "没实现", "未实现")
UNDELIVERED = ("未送达",)
BRIEFING = ("日报",)
WEEKLY = ("周报",)
OVERDUE = ("逾期",)
RECURRING = ("反复",)
WISH = ("心愿", "微心愿", "许愿")
WALL = ("心愿墙",)
CLAIM = ("认领",)
PASS = ("通过",)
UNCLAIMED = ("无人认领",)
BIND = ("绑定",)
VERIFY = ("认证",)
APPROVE = ("同意认证",)
REFUSE = ("不同意认证",)
LEAVE = ("请假", "休假")
LEAVE_OVER = ("销假",)
QUIET = ("免打扰",)
DUTY = ("认岗",)
DUTY_BACK = ("退岗",)
CARD = ("我的名片", "名片")
PROMISE = ("承诺",)
SHOW_POINTS = ("亮积分",)
TO_EMPLOYER = ("发给单位",)
NOT_YET_TO_EMPLOYER = ("先不发",)
POINTS = ("积分", "我的积分")
POINT_LINES = ("积分明细",)
POINT_RULES = ("积分规则",)
POINT_APPEAL = ("申诉",)
DECIDE = ("裁定",)
RANKING = ("排行",)
BONUS = ("加分",)
AGREE_BONUS = ("同意加分",)
REFUSE_BONUS = ("不同意加分",)

EVERYONE_CHOICE = ("全体", "所有人", "大家")
CHOOSE = ("选人",)
INSIST = ("仍派",)

HUMAN = ("转人工",)
"""Still to come, too; an account with people behind it hands over at once."""

NOT_YET = (
    "+1", "找党员", "我的资料", "注销", "匿名",
    "报到",
    "选单",
    "回家日", "未报到", "转办", "挂起", "吹哨", "应哨",
    "并", "代确认",
    "换身份",
)  # fmt: skip
"""Words of the contract whose capability is still to come; they answer so, kindly."""
