"""The sandbox's page, played by clicking and typing: an order, lost notices, a small screen."""

import pytest
from playwright.sync_api import ViewportSize

from tests.browser import chromium
from tests.browser.conftest import OpenSandbox
from tests.browser.pages import CONTROL, DESKTOP, HANDSET, KEYS, LOG, SENT, SandboxPage


def reported(page: SandboxPage, who: str, matter: str) -> int:
    """Let a resident scan the code on their door and report; gives the order's number."""
    resident = page.phone(who)
    resident.scan()
    resident.told("好的，记下了：阳光小区")
    resident.say(f"报事 {matter}")
    resident.told("请看看对不对", matter).tap("提交")
    return resident.told("收到了，编号").number


def test_an_order_from_the_report_to_the_confirmation(open_sandbox: OpenSandbox) -> None:
    page = open_sandbox(DESKTOP)
    wang, chen = page.phone("王阿姨"), page.phone("陈书记")
    zhang, li = page.phone("张三"), page.phone("李四")

    wang.scan()
    wang.told("记下了：阳光小区3栋2单元")
    wang.choose("我要报事")
    wang.told("请说说是什么事")
    wang.say("楼道灯坏了，晚上看不见路")
    wang.told("请看看对不对", "联系：没有留")
    wang.say("王阿姨 138 0000 0000")
    wang.told("请看看对不对", "联系：王阿姨 13800000000").tap("提交")
    number = wang.told("收到了，编号").number
    page.photograph("reported", of="王阿姨")

    to_dispatch = chen.card(number, "请派人来办")
    page.photograph("to-dispatch", of="陈书记")
    to_dispatch.press("派给全体")
    to_dispatch.settles("待接单")

    zhangs, lis = zhang.card(number, "先接先办"), li.card(number, "先接先办")
    page.photograph("offered", of="张三")
    zhangs.press("接单")
    lis.settles("已由张三接单")
    wang.told(f"张三（第一支部党员）已接下 #{number}")

    zhang.card(number, "您已接下", "联系：王阿姨 13800000000").press("办好了")
    asked = wang.told(f"#{number} 真的解决了吗？", "张三（第一支部党员）说办好了")
    page.photograph("asked", of="王阿姨")
    asked.tap("解决了")
    wang.told(f"#{number} 已办结").tap("评价一下")
    wang.told("这次办得怎么样？").tap("★★★★★ 很满意")
    wang.told(f"#{number} 记下了：★★★★★")
    page.photograph("rated", of="王阿姨")
    page.photograph("taken-by-another", of="李四")


def test_whom_no_platform_knows_is_shown_and_listed(open_sandbox: OpenSandbox) -> None:
    page = open_sandbox(HANDSET)
    number = reported(page, "李奶奶", "和谐小区1栋1单元下水道堵了")
    liu = page.phone("刘主任")
    liu.card(number, "请派人来办").press("派给全体")

    page.sent("企业微信 · 应用消息", "sunyue", "没送到", "81013")
    page.photograph("nobody-there", of=SENT)
    page.photograph("calls", of=LOG)
    liu.choose("我的", "没送到的消息")

    liu.told(f"孙悦：#{number} ", "企业微信里找不到这个人")
    page.photograph("undelivered", of="刘主任")


def test_what_an_outage_held_back_arrives_after_it(open_sandbox: OpenSandbox) -> None:
    page = open_sandbox(HANDSET)
    page.set_weather("wecom", "停机（503）")
    page.photograph("outage", of=CONTROL)
    number = reported(page, "李奶奶", "1栋门口的路灯不亮了")
    page.sent("企业微信 · 应用消息", "没送到")
    page.set_weather("wecom", "正常")

    page.move_on("+1 分钟")

    page.phone("陈书记").card(number, "请派人来办", "1栋门口的路灯不亮了")
    page.sent("企业微信 · 应用消息", "陈书记", "送到手机")


@pytest.mark.parametrize(
    ("size", "is_large"),
    [(HANDSET, False), (HANDSET, True), (DESKTOP, False)],
    ids=["handset", "handset with large letters", "desktop"],
)
def test_everything_is_large_enough_and_nothing_is_cut(
    open_sandbox: OpenSandbox, size: ViewportSize, *, is_large: bool
) -> None:
    page = open_sandbox(size)
    if is_large:
        page.enlarge()
    number = reported(page, "李奶奶", "1栋门口的下水道堵了")
    page.phone("陈书记").card(number, "请派人来办")

    for shown in (*KEYS.values(), SENT, LOG, CONTROL):
        page.show(shown)
        layout = page.layout()
        assert layout.wider <= 0, shown
        assert layout.cut == [], shown
        assert layout.too_low == [], shown
        assert layout.too_small == [], shown


def test_the_newest_message_stays_in_sight(open_sandbox: OpenSandbox) -> None:
    page = open_sandbox(HANDSET)
    zhao = page.phone("赵敏")
    zhao.say("帮助")
    zhao.told("可以这样说")
    zhao.say("你好")
    greeted = zhao.told("您好")
    greeted.is_in_sight()

    page.resize({"width": HANDSET["width"], "height": 560})  # as a keyboard leaves it
    greeted.is_in_sight()

    page.show(LOG)
    zhao.show()
    greeted.is_in_sight()


def test_chinese_is_drawn_where_there_is_a_font_for_it(open_sandbox: OpenSandbox) -> None:
    if not chromium.has_chinese_font():
        pytest.skip(f"no font for Chinese: {chromium.INSTALL}")
    assert open_sandbox(DESKTOP).has_chinese_letters()
