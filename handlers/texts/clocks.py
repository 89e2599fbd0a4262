"""What is said about time: classes of matters, reminders, new promises, and urging."""

from types import MappingProxyType

from handlers.rules.classes import ClassWords
from storage.vocabulary import MatterClass

CLASS_WORDS = ClassWords(
    long=("加装", "改造", "纠纷", "规划", "违建", "违章搭建", "产权", "维修基金", "物业费"),
    failures=(
        "停水", "停电", "停气", "断水", "断电", "没水", "没有水", "没电", "没有电",
        "没暖气", "没有暖气", "不供暖", "跳闸", "漏水", "漏电", "水漫", "冒污水", "返水",
        "爆管",
    ),
    supplies=(
        "电梯", "燃气", "煤气", "天然气", "暖气", "地暖", "自来水", "水管", "水龙头", "下水道",
        "马桶", "电路", "电线", "电闸", "电表", "水表", "门禁",
    ),
    troubles=(
        "坏", "停", "故障", "漏", "堵", "爆", "断", "没气", "不热", "不走", "不动", "不通",
        "打不着", "打不开", "裂", "用不了",
    ),
    ends=",.;:!?，。；：！？、",
)  # fmt: skip

CLASS_FIELD = "急缓"
CLASS = MappingProxyType(
    {
        MatterClass.EMERGENCY: "紧急，请马上打电话问清楚",
        MatterClass.TIMELY: "水电气热一类，24 小时内",
        MatterClass.GENERAL: "一般",
        MatterClass.COMPLEX: "复杂，15 天内",
        MatterClass.WISH: "心愿，30 天内",
    }
)
