"""What forty reports of one day become: who says what, how many minutes after the report.

Nothing here looks at a database; ``day`` plays it.
"""

from datetime import timedelta

from storage.vocabulary import OrderStatus as Is
from tests.end_to_end.day import Line, Story

Row = tuple[int, str, str, str | Is]

ASKED_FIVE = "已发给最合适的 5 位党员"

PLOTS: dict[str, tuple[Row, ...]] = {
    "easy": (
        (8, "书记", "派单 #", ASKED_FIVE),
        (20, "被问", "接单 #", Is.TAKEN),
        (21, "来晚", "接单 #", "已由"),
        (60, "来办", "完成 # 换好了", Is.DONE),
        (95, "居民", "确认 #", Is.CLOSED),
        (96, "居民", "评价 # 5 来得很快", "★★★★★"),
    ),
    "at once": (  # said faster than the relay runs
        (1, "书记", "派单 #", ASKED_FIVE),
        (2, "被问", "接单 #", Is.TAKEN),
        (31, "来办", "完成 #", Is.DONE),
        (32, "居民", "确认 #", Is.CLOSED),
    ),
    "by name": (
        (12, "书记", "派单 # 张三", "张三"),
        (14, "lisi", "接单 #", Is.DISPATCHED),
        (25, "zhangsan", "接单 #", Is.TAKEN),
        (70, "居民", "进度 #", "张三"),
        (75, "zhangsan", "完成 #", Is.DONE),
        (80, "zhangsan", "确认 #", "没有找到"),
        (130, "居民", "好了", Is.CLOSED),
        (131, "居民", "评价 # 4", "★★★★"),
    ),
    "all at once, and partly solved": (
        (10, "书记", "派单 # 全体", "12 位党员"),
        (18, "被问", "接单 #", Is.TAKEN),
        (19, "来晚", "接单 #", "已由"),
        (90, "来办", "完成 # 修了两处", Is.DONE),
        (120, "居民", "部分解决 # 还有一处没弄好", Is.CLOSED),
    ),
    "two say no": (
        (10, "副书记", "派单 #", ASKED_FIVE),
        (15, "被问", "不接 # 在外地", Is.DISPATCHED),
        (16, "婉拒", "不接 #", Is.DISPATCHED),
        (17, "被问", "不接 #", Is.DISPATCHED),
        (22, "被问", "接单 #", Is.TAKEN),
        (80, "来办", "完成 #", Is.DONE),
        (90, "居民", "确认 #", Is.CLOSED),
    ),
    "all five say no": (
        (10, "书记", "派单 #", ASKED_FIVE),
        *((15 + n, "被问", "不接 #", Is.DISPATCHED) for n in range(5)),
        (25, "被问", "接单 #", Is.TAKEN),
        (85, "来办", "完成 #", Is.DONE),
        (99, "居民", "确认 #", Is.CLOSED),
    ),
    "a wider wave by day": (
        (10, "书记", "派单 #", ASKED_FIVE),
        (20, "书记", "派单 #", "5 位"),
        (140, "后问", "接单 #", Is.TAKEN),
        (200, "来办", "完成 #", Is.DONE),
        (230, "居民", "解决了", Is.CLOSED),
    ),
    "named, and no answer": (
        (10, "书记", "派单 # 李四", "李四"),
        (140, "书记", "再等等 #", Is.DISPATCHED),
        (270, "书记", "派单 # 全体", "位党员"),
        (285, "被问", "接单 #", Is.TAKEN),
        (330, "来办", "完成 #", Is.DONE),
        (340, "居民", "确认 #", Is.CLOSED),
    ),
    "given back": (
        (10, "书记", "派单 #", ASKED_FIVE),
        (14, "被问", "接单 #", Is.TAKEN),
        (30, "来办", "退单 # 临时出差", Is.DISPATCHED),
        (33, "退了", "接单 #", Is.DISPATCHED),
        (41, "被问", "接单 #", Is.TAKEN),
        (100, "来办", "完成 #", Is.DONE),
        (110, "居民", "确认 #", Is.CLOSED),
    ),
    "given back while no platform answers": (
        (6, "书记", "派单 #", ASKED_FIVE),
        (11, "被问", "接单 #", Is.TAKEN),
        (24, "来办", "退单 # 孩子病了", Is.DISPATCHED),
        (25, "被问", "接单 #", Is.TAKEN),
        (70, "来办", "完成 #", Is.DONE),
        (71, "居民", "确认 #", Is.CLOSED),
    ),
    "not seen, twice": (
        (10, "书记", "派单 #", ASKED_FIVE),
        (15, "被问", "接单 #", Is.TAKEN),
        (60, "居民", "没来 #", "这就去问"),
        (75, "来办", "这就去 #", "已经告诉居民"),
        (100, "居民", "没来 #", "请再等等"),
        (200, "居民", "没来 #", "换一位来办"),
        (200, "", "", Is.DISPATCHED),
        (201, "没到", "完成 #", Is.DISPATCHED),
        (210, "被问", "接单 #", Is.TAKEN),
        (250, "来办", "完成 #", Is.DONE),
        (255, "居民", "确认 #", Is.CLOSED),
        (256, "居民", "评价 # 2 等得太久", "★★"),
    ),
    "not seen, and no word": (
        (10, "书记", "派单 # 赵敏", "赵敏"),
        (15, "zhaomin", "接单 #", Is.TAKEN),
        (60, "居民", "没来 #", "这就去问赵敏"),
        (186, "", "", Is.DISPATCHED),
        (190, "被问", "接单 #", Is.TAKEN),
        (240, "来办", "完成 #", Is.DONE),
        (250, "居民", "确认 #", Is.CLOSED),
    ),
    "withdrawn unasked": (
        (6, "居民", "撤回 #", Is.WITHDRAWN),
        (7, "书记", "派单 #", "已撤回"),
    ),
    "withdrawn while asking": (
        (6, "书记", "派单 #", ASKED_FIVE),
        (9, "居民", "撤回 #", Is.WITHDRAWN),
        (10, "不用", "接单 #", "已撤回"),
    ),
    "withdrawn from a holder who knows": (
        (6, "书记", "派单 #", ASKED_FIVE),
        (15, "被问", "接单 #", Is.TAKEN),
        (45, "居民", "撤回 #", Is.WITHDRAWN),
        (55, "不用", "知道了 #", "谢谢"),
    ),
    "withdrawn from a holder who is silent": (
        (6, "书记", "派单 # 员2", "员2"),
        (15, "yuan2", "接单 #", Is.TAKEN),
        (45, "居民", "撤回 #", Is.WITHDRAWN),
        (200, "yuan2", "完成 #", "已撤回"),
    ),
    "done, so not to be withdrawn": (
        (6, "书记", "派单 #", ASKED_FIVE),
        (15, "被问", "接单 #", Is.TAKEN),
        (50, "来办", "完成 #", Is.DONE),
        (60, "居民", "撤回 #", "真的解决了吗"),
        (61, "居民", "1", Is.CLOSED),
    ),
    "asked, and answered": (
        (10, "书记", "退补 # 是几楼的", Is.NEED_INFO),
        (12, "书记", "派单 #", Is.NEED_INFO),
        (40, "居民", "补充 # 五楼的", Is.SUBMITTED),
        (50, "书记", "派单 #", ASKED_FIVE),
        (58, "被问", "接单 #", Is.TAKEN),
        (110, "来办", "完成 #", Is.DONE),
        (115, "居民", "确认 #", Is.CLOSED),
    ),
    "told before the question came": (
        (2, "书记", "退补 # 在几单元门口", Is.NEED_INFO),
        (4, "居民", "补充 # 在1单元门口", Is.SUBMITTED),
        (10, "书记", "派单 #", ASKED_FIVE),
        (30, "被问", "接单 #", Is.TAKEN),
        (60, "来办", "完成 #", Is.DONE),
        (61, "居民", "确认 #", Is.CLOSED),
    ),
    "asked, and no answer": ((10, "书记", "退补 # 具体在哪个位置", Is.NEED_INFO),),
    "taken back from a name": (
        (10, "书记", "派单 # 员3", "员3"),
        (22, "副书记", "收回 #", Is.SUBMITTED),
        (23, "yuan3", "接单 #", Is.SUBMITTED),
        (30, "副书记", "自办 #", Is.TAKEN),
        (90, "副书记", "完成 #", Is.DONE),
        (99, "居民", "确认 #", Is.CLOSED),
    ),
    "taken back from a holder": (
        (10, "书记", "派单 #", ASKED_FIVE),
        (20, "被问", "接单 #", Is.TAKEN),
        (31, "书记", "收回 # 要请专业师傅", Is.SUBMITTED),
        (40, "书记", "自办 #", Is.TAKEN),
        (95, "书记", "完成 # 师傅来修好了", Is.DONE),
        (99, "居民", "确认 #", Is.CLOSED),
    ),
    "done by the secretary, and not solved": (
        (10, "书记", "自办 #", Is.TAKEN),
        (60, "书记", "完成 #", Is.DONE),
        (70, "居民", "没解决 # 又坏了", Is.SUBMITTED),
        (80, "刘主任", "派单 # 全体", Is.DISPATCHED),
        (90, "被问", "接单 #", Is.TAKEN),
        (150, "来办", "完成 #", Is.DONE),
        (160, "居民", "确认 #", Is.CLOSED),
    ),
    "refused, and looked at again": (
        (10, "书记", "退回 # 这是开发商的事", Is.REJECTED),
        (40, "居民", "没解决 # 找不到开发商", Is.SUBMITTED),
        (60, "刘主任", "自办 #", Is.TAKEN),
        (180, "刘主任", "完成 #", Is.DONE),
        (190, "居民", "确认 #", Is.CLOSED),
    ),
    "undone": (
        (10, "书记", "派单 # 员4", "员4"),
        (11, "书记", "撤销 #", Is.SUBMITTED),
        (12, "yuan4", "接单 #", Is.SUBMITTED),
        (13, "书记", "派单 # 员5", "员5"),
        (25, "yuan5", "接单 #", Is.TAKEN),
        (80, "yuan5", "完成 #", Is.DONE),
        (90, "居民", "确认 #", Is.CLOSED),
    ),
    "three are needed": (
        (10, "书记", "派单 # 全体 3人", "要 3 位"),
        (15, "被问", "接单 #", Is.DISPATCHED),
        (22, "被问", "接单 #", Is.DISPATCHED),
        (24, "被问", "接单 #", Is.TAKEN),
        (25, "来晚", "接单 #", "已由"),
        (120, "来办", "完成 # 一起搬完了", Is.DONE),
        (125, "居民", "确认 #", Is.CLOSED),
    ),
    "two were wanted, one is enough": (
        (10, "书记", "派单 # 2人", "要 2 位"),
        (20, "被问", "接单 #", Is.DISPATCHED),
        (40, "书记", "派单 # 1人", Is.TAKEN),
        (120, "来办", "完成 #", Is.DONE),
        (125, "居民", "确认 #", Is.CLOSED),
    ),
    "words go both ways": (
        (10, "书记", "派单 #", ASKED_FIVE),
        (12, "居民", "留言 # 下午在家", "这就转给第一支部"),
        (20, "被问", "接单 #", Is.TAKEN),
        (30, "居民", "留言 # 三点以后都在家", "这就转给"),
        (40, "来办", "留言 # 好的，有事打 13800000009", "号码"),
        (90, "来办", "完成 #", Is.DONE),
        (95, "居民", "留言 # 辛苦了", "这就转给"),
        (97, "居民", "确认 #", Is.CLOSED),
    ),
    "never confirmed": (
        (10, "书记", "派单 #", ASKED_FIVE),
        (20, "被问", "接单 #", Is.TAKEN),
        (60, "来办", "完成 #", Is.DONE),
    ),
    "left for tomorrow": (),
    "a wave in the evening": (  # asked at 20:30, silent all night
        (5, "书记", "派单 #", "明天8:00"),
        (685, "", "", Is.DISPATCHED),
        (700, "后问", "接单 #", Is.TAKEN),
        (740, "来办", "完成 #", Is.DONE),
    ),
    "given back at night": (
        (10, "书记", "派单 # 员6", "员6"),
        (20, "yuan6", "接单 #", Is.TAKEN),
        (180, "yuan6", "退单 # 发烧了", Is.DISPATCHED),
        (781, "被问", "接单 #", Is.TAKEN),
    ),
    "five say no at night": (
        (10, "书记", "派单 #", ASKED_FIVE),
        *((20 + 2 * n, "被问", "不接 #", Is.DISPATCHED) for n in range(5)),
        (40, "婉拒", "不接 #", Is.DISPATCHED),
        (640, "被问", "接单 #", Is.TAKEN),
    ),
    "taken at night": (
        (10, "副书记", "派单 #", ASKED_FIVE),
        (25, "被问", "接单 #", Is.TAKEN),
        (600, "来办", "完成 #", Is.DONE),
        (605, "居民", "确认 #", Is.CLOSED),
    ),
    "not seen at night": (
        (10, "书记", "派单 # 员1", "员1"),
        (15, "yuan1", "接单 #", Is.TAKEN),
        (45, "居民", "没来 #", "明天8:00"),
        (600, "", "", Is.TAKEN),
        (695, "", "", Is.DISPATCHED),
        (700, "被问", "接单 #", Is.TAKEN),
    ),
    "before breakfast": (
        (20, "书记", "派单 #", ASKED_FIVE),
        (30, "被问", "接单 #", Is.TAKEN),
        (150, "来办", "完成 #", Is.DONE),
    ),
}

REPORTS: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("07:32", "r1", ("报事 阳光小区1栋门禁坏了，进不去", "1"), "easy"),
    ("07:40", "r2", ("阳光小区三栋二单元楼道灯不亮", "1"), "by name"),
    ("07:51", "r3", ("楼下垃圾没人收都臭了", "阳光小区1栋", "1"), "two say no"),
    ("08:04", "r4", ("报事 阳光小区2栋电梯口堆了旧沙发 老周 13800000104", "1"), "three are needed"),
    ("08:10", "r5", ("报修 阳光小区3-2-501 水管漏水", "1"), "asked, and answered"),
    ("08:17", "r6", ("报事", "消防通道被车堵了", "阳光小区2栋", "1"), "all five say no"),
    ("08:25", "r7", ("报事 阳光小区1栋楼道扶手松了", "1"), "named, and no answer"),
    ("08:33", "r8", ("报事 阳光小区3栋1单元对讲机没声音", "1"), "given back"),
    ("08:41", "r9", ("报事 阳光小区2栋有野狗，小孩不敢走", "1"), "withdrawn unasked"),
    ("08:52", "r10", ("报事 阳光小区1栋井盖松动", "1"), "not seen, twice"),
    ("09:03", "r11", ("报事 阳光小区3栋顶楼漏雨", "1"), "refused, and looked at again"),
    ("09:11", "r12", ("报事 阳光小区2栋信报箱坏了", "1"), "at once"),
    (
        "09:20",
        "r13",
        ("报事 阳光小区1栋路灯一闪一闪", "1"),
        "done by the secretary, and not solved",
    ),
    ("09:32", "r14", ("报事 阳光小区3栋2单元窗户玻璃碎了", "1"), "words go both ways"),
    ("09:45", "r15", ("报事 阳光小区2栋下水道返味", "1"), "a wider wave by day"),
    ("09:58", "r16", ("报事 阳光小区1栋门口积水", "1"), "withdrawn while asking"),
    (
        "10:08",
        "r20",
        ("报事 阳光小区3栋1单元水表箱漏水", "1"),
        "given back while no platform answers",
    ),
    ("10:07", "r17", ("报事 阳光小区3栋健身器材断了", "1"), "taken back from a name"),
    ("10:15", "r18", ("报事 阳光小区2栋楼道堆杂物", "1"), "at once"),
    ("10:19", "r19", ("报事 阳光小区1栋树枝压到电线", "1"), "at once"),
    ("10:40", "r21", ("报事 阳光小区2栋单元门关不上", "1"), "withdrawn from a holder who knows"),
    ("11:02", "r22", ("报事 阳光小区1栋外墙掉砖", "1"), "taken back from a holder"),
    ("11:20", "r23", ("报事 阳光小区3栋楼下广场舞太吵", "1"), "asked, and no answer"),
    ("11:41", "r24", ("报事 阳光小区2栋电动车占了通道", "1"), "not seen, and no word"),
    ("12:30", "r25", ("报事 阳光小区1栋老人要搬床", "1"), "two were wanted, one is enough"),
    ("13:05", "r26", ("报事 阳光小区3栋声控灯常亮", "1"), "undone"),
    ("13:33", "r27", ("报事 阳光小区2栋晾衣杆掉了", "1"), "withdrawn from a holder who is silent"),
    ("14:02", "r28", ("报事 阳光小区1栋门铃不响", "1"), "done, so not to be withdrawn"),
    ("14:20", "r29", ("报事 阳光小区3栋2单元墙皮脱落", "1"), "all at once, and partly solved"),
    ("15:01", "r30", ("报事 阳光小区2栋花坛里有碎玻璃", "1"), "never confirmed"),
    ("15:30", "r1", ("报事 阳光小区1栋快递柜打不开", "1"), "easy"),
    ("16:04", "r2", ("报事 阳光小区3栋地砖翘起来绊人", "1"), "told before the question came"),
    ("17:10", "r3", ("报事 阳光小区2栋水压太小", "1"), "left for tomorrow"),
    ("19:10", "r4", ("报事 阳光小区1栋楼道有积水", "1"), "given back at night"),
    ("20:25", "r5", ("报事 阳光小区3栋楼道门锁坏了", "1"), "a wave in the evening"),
    ("20:35", "r6", ("报事 阳光小区2栋雨棚松了，响得睡不着", "1"), "not seen at night"),
    ("21:20", "r7", ("报事 阳光小区1栋停电了", "1"), "taken at night"),
    ("21:50", "r8", ("报事 阳光小区3栋水管爆了", "1"), "five say no at night"),
    ("23:40", "r9", ("报事 阳光小区2栋有人深夜施工", "1"), "left for tomorrow"),
    ("30:05", "r10", ("报事 阳光小区1栋电梯停在三楼不动", "1"), "before breakfast"),
)


def stories() -> list[Story]:
    """Give the stories of the day, each with the hours at which its lines are said."""
    told = []
    for clock, resident, opening, plot in REPORTS:
        hours, minutes = clock.split(":")
        at = timedelta(hours=int(hours), minutes=int(minutes))
        lines = tuple(
            Line(at=at + timedelta(minutes=after), who=who, said=said, expected=expected)
            for after, who, said, expected in PLOTS[plot]
        )
        name = f"{clock} {plot}"
        told.append(Story(name=name, at=at, resident=resident, opening=opening, lines=lines))
    return told
