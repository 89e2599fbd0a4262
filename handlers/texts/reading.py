"""How people type: the marks around numbers, yes and no, small talk, words of present danger."""

from handlers.rules.danger import DangerWords
from handlers.rules.words import Reader

READER = Reader(
    number_mark="号",
    address_marks="楼栋院单室幢座层个天小点分月日年元次户家米公",
    punctuation=",.:;!?，。：；、！？",
)

YES = frozenset(
    {"1", "是", "是的", "对", "对的", "确认", "确定", "好", "好的", "可以", "提交", "嗯"}
)
NO = frozenset({"2", "不", "不是", "不对", "否", "修改", "改", "改一下"})
SKIP = frozenset({"跳过", "不用", "不用了", "不留", "没有", "无"})

GREETINGS = frozenset(
    {"你好", "您好", "在吗", "在么", "在不在", "有人吗", "早上好", "晚上好", "喂", "hi", "hello"}
)
PARTICLES = "啊呀哦啦呢哈嘛呐哟"
"""What may close a greeting or thanks without changing it."""
THANKS = frozenset(
    {
        "谢谢",
        "谢谢你",
        "谢谢您",
        "谢谢你们",
        "谢谢大家",
        "多谢",
        "感谢",
        "辛苦了",
        "好的谢谢",
        "谢了",
    }
)
NODS = frozenset({"好的", "好", "嗯", "嗯嗯", "哦", "ok", "收到", "知道了", "行", "可以", "明白"})

DANGER = DangerWords(
    present=(
        "着火了", "起火了", "失火了", "正在着火", "烧起来了", "漏气了", "燃气泄漏", "煤气泄漏",
        "天然气泄漏",
        "闻到煤气", "漏煤气", "漏燃气", "晕倒", "昏倒", "没有呼吸", "不省人事", "救命", "快来救",
        "困在电梯", "被困电梯", "电梯里出不来", "被困在", "要跳楼", "有人跳楼", "落水了",
        "触电了", "在打人",
        "打起来了", "持刀", "流血不止", "爆炸了", "冒浓烟", "正在塌", "塌了",
    ),
    not_now=(
        "隐患", "一旦", "如果", "万一", "要是", "曾", "去年", "前年", "上次", "以前", "之前",
        "怕", "担心", "防",
        "演练", "容易", "可能", "会不会", "宣传", "培训", "听说", "以免", "避免", "差点",
    ),
    ends="。；;!！?？",
)  # fmt: skip


def folded(text: str) -> str:
    """Give words in the spelling in which they are compared: no marks around, small letters."""
    return READER.stripped(text).lower()
