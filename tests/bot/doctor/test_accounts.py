"""The platforms' side of each account, broken in turn, on the sandbox's stand-in."""

from collections.abc import Callable

import pytest

from bot.doctor.findings import State
from bot.embedded import free_port
from bot.sandbox import catalogue
from bot.sandbox.faults import Faults, ForcedCode
from handlers.texts import doctor_platforms as texts
from storage.vocabulary import Platform
from tests.bot.doctor.conftest import Blamed, Town, blamed

Break = Callable[[Town], object]
OA, WECOM = Platform.OFFICIAL, Platform.WECOM


def known_as(platform: Platform, key: str, value: object) -> Break:
    """Let the platform know something else than the settings say."""

    def spoil(town: Town) -> None:
        account = town.world.accounts[platform]
        town.world.accounts[platform] = account.model_copy(update={key: value})

    return spoil


def out_of_order(platform: Platform, **faults: object) -> Break:
    return lambda town: town.world.faults.update({platform: Faults.model_validate(faults)})


def answering(platform: Platform, path: str, code: int) -> Break:
    forced = ForcedCode(path=path, code=code)
    return out_of_order(platform, codes=[forced.model_dump()])


def standing(**changes: object) -> Break:
    def spoil(town: Town) -> None:
        town.world.standing = town.world.standing.model_copy(update=changes)

    return spoil


def at(account: str, url: str) -> Break:
    return lambda town: getattr(town, account).update(api_base_url=url)


def nobody_listens(town: Town) -> None:
    town.oa["api_base_url"] = f"http://127.0.0.1:{free_port()}"


def as_https(town: Town) -> None:
    town.oa["api_base_url"] = town.oa["api_base_url"].replace("http:", "https:")


def unseen(town: Town) -> None:
    for phone in town.world.phones.values():
        phone.standing = phone.standing.model_copy(update={"outside": True})


def with_template(purpose: str, template: object) -> Break:
    return lambda town: town.oa.update(templates={purpose: template})


def several(*spoils: Break) -> Break:
    return lambda town: [spoil(town) for spoil in spoils]


def republished(town: Town) -> None:
    town.world.menus[OA] = {"button": [{"type": "click", "name": "旧的", "key": "旧"}]}


def fault(setting: str = "") -> list[Blamed]:
    return [(State.FAULT, setting)]


def warning(setting: str = "") -> list[Blamed]:
    return [(State.WARNING, setting)]


DISPATCHED = catalogue.DISPATCHED.id
EACH = {"character_string1": "number", "thing2": "title", "name3": "field:处理人", "time4": "time"}

# What is broken: what is blamed, in what words, and with what advice.
BROKEN: dict[str, tuple[Break, list[Blamed], str, str]] = {
    "official: wrong secret": (
        known_as(OA, "secret", "another"),
        fault("accounts.oa.secret"),
        "40125",
        "AppSecret",
    ),
    "official: wrong app id": (
        known_as(OA, "app_id", "wx-another"),
        fault("accounts.oa.app_id"),
        "40013",
        "app_id",
    ),
    "official: a token server that says 40001 for ever": (
        out_of_order(OA, token=True),
        fault("accounts.oa.secret"),
        "40001",
        "secret",
    ),
    "official: secret frozen": (
        answering(OA, "stable_token", 40243),
        fault("accounts.oa.secret"),
        "冻结",
        "解冻",
    ),
    "official: IP not on the list": (
        answering(OA, "stable_token", 40164),
        fault("IP 白名单"),
        "出口 IP",
        "IP 白名单",
    ),
    "official: IP to be confirmed": (
        answering(OA, "stable_token", 89503),
        fault("IP 白名单"),
        "确认",
        "管理员",
    ),
    "official: busy": (answering(OA, "stable_token", -1), fault(), "正忙", "再试"),
    "official: API banned": (answering(OA, "stable_token", 48004), fault(), "48004", "通知"),
    "official: a code of no table": (
        answering(OA, "stable_token", 61024),
        fault(),
        "61024",
        "查平台的说明",
    ),
    "official: no such host": (
        at("oa", "http://api.invalid"),
        fault("accounts.oa.api_base_url"),
        texts.API_TROUBLE["name"].said,
        "DNS",
    ),
    "official: nobody listens": (
        nobody_listens,
        fault("accounts.oa.api_base_url"),
        texts.API_TROUBLE["refused"].said,
        "防火墙",
    ),
    "official: HTTPS that is none": (
        as_https,
        fault("accounts.oa.api_base_url"),
        texts.API_TROUBLE["no tls"].said,
        "代理",
    ),
    "official: out of order": (
        out_of_order(OA, down="unavailable"),
        fault("accounts.oa.api_base_url"),
        "503",
        "再试",
    ),
    "official: broken off": (
        out_of_order(OA, down="closed"),
        fault("accounts.oa.api_base_url"),
        texts.API_TROUBLE["broken off"].said,
        "再试",
    ),
    "official: a proxy's page with 200": (
        out_of_order(OA, html=200),
        fault("accounts.oa.api_base_url"),
        "不是平台的话（HTTP 200）",
        "代理",
    ),
    "official: a proxy's page with 502": (
        out_of_order(OA, html=502),
        fault("accounts.oa.api_base_url"),
        "不是平台的话（HTTP 502）",
        "代理",
    ),
    "official: not verified": (standing(verified=False), warning(), "48001", "绑定"),
    "official: templates without being verified": (
        several(standing(verified=False), with_template("order_taken", DISPATCHED)),
        [*warning(), *fault("accounts.oa.templates")],
        "没有模板消息",
        "删掉",
    ),
    "official: message menus without being verified": (
        several(standing(verified=False), lambda town: town.oa.update(message_menu=True)),
        [*warning(), *fault("accounts.oa.message_menu")],
        "40200",
        "删掉",
    ),
    "official: a template that is gone": (
        with_template("order_taken", "t-gone"),
        fault("accounts.oa.templates.order_taken"),
        "用途 order_taken 的模板 t-gone",
        "我的模板",
    ),
    "official: a field that the template has not": (
        with_template("order_taken", {"id": DISPATCHED, "fields": EACH | {"thing9": "text"}}),
        fault("accounts.oa.templates.order_taken.fields"),
        "没有字段 thing9",
        "character_string1、thing2、name3、time4",
    ),
    "official: a field that nothing fills": (
        with_template("order_taken", {"id": DISPATCHED, "fields": {"thing2": "title"}}),
        fault("accounts.oa.templates.order_taken.fields"),
        "character_string1、name3、time4 没有填",
        "fields",
    ),
    "official: a field that nobody can guess": (
        with_template("order_taken", catalogue.VISITOR.id),
        fault("accounts.oa.templates.order_taken.fields"),
        "const6 猜不出",
        '"=词"',
    ),
    "official: no menu": (
        lambda town: town.world.menus.pop(OA),
        warning("menu"),
        "还没有发布",
        "jinlin menu publish",
    ),
    "official: another menu": (republished, warning("menu"), "不一样", "jinlin menu publish"),
    "official: menus not allowed": (
        answering(OA, "menu/get", 48001),
        warning(),
        "48001",
        "认证",
    ),
    "wecom: wrong secret": (
        known_as(WECOM, "secret", "another"),
        fault("accounts.wecom.secret"),
        "40001",
        "secret",
    ),
    "wecom: secret of another company": (
        answering(WECOM, "gettoken", 40091),
        fault("accounts.wecom.secret"),
        "40091",
        "同一家企业",
    ),
    "wecom: wrong CorpID": (
        known_as(WECOM, "app_id", "ww-another"),
        fault("accounts.wecom.app_id"),
        "40013",
        "我的企业",
    ),
    "wecom: another app's agent id": (
        known_as(WECOM, "agent_id", 1000009),
        fault("accounts.wecom.agent_id"),
        "301002",
        "应用管理",
    ),
    "wecom: no such agent id": (
        answering(WECOM, "agent/get", 40056),
        fault("accounts.wecom.agent_id"),
        "40056",
        "agent_id",
    ),
    "wecom: IP not trusted": (
        answering(WECOM, "agent/get", 60020),
        fault("企业可信 IP"),
        "出口 IP",
        "企业可信 IP",
    ),
    "wecom: app closed": (standing(closed=True), fault(), "停用", "启用"),
    "wecom: nobody sees the app": (unseen, fault(), "可见范围是空的", "可见范围"),
    "wecom: out of order": (
        out_of_order(WECOM, down="unavailable"),
        fault("accounts.wecom.api_base_url"),
        "503",
        "再试",
    ),
    "wecom: no menu": (
        lambda town: town.world.menus.pop(WECOM),
        warning("menu"),
        "还没有发布",
        "jinlin menu publish",
    ),
}


@pytest.mark.parametrize(
    ("spoil", "expected", "said", "remedy"), BROKEN.values(), ids=BROKEN.keys()
)
def test_what_is_broken_is_blamed_and_nothing_else(
    town: Town, spoil: Break, expected: list[Blamed], said: str, remedy: str
) -> None:
    spoil(town)
    found = town.wrong()
    assert blamed(found) == expected
    assert said in found[-1].said
    assert remedy in found[-1].remedy
