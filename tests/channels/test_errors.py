"""Every error code of the platforms' tables (PLATFORM.md A10, B7): what one send comes to.

The rows say what the code means for the delivery, how many requests one send makes of it, and what
an operator reads. What the relay then does with each kind is tested with the relay.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels import ApiError, FailureKind, Outgoing, Sent
from bot.channels.api import Endpoint
from bot.channels.failures import (
    EXPIRED_TOKEN,
    NOBODY_VALID,
    OFFICIAL,
    TABLES,
    TASK_ID_USED,
    TOKEN_TABLES,
    WECOM,
)
from bot.channels.official_account import OfficialAccount
from bot.channels.wecom import WeCom
from handlers.messages import Action
from handlers.texts import platform_errors
from storage.vocabulary import NoticeKind, Platform
from tests.channels.conftest import FixedTokens
from tests.channels.standin import StandIn, standing_in
from tests.platform import official_account, wecom_account

CUSTOM = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"
WECOM_SEND = "/cgi-bin/message/send"
UPDATE = "/cgi-bin/message/update_template_card"

RETRY, QUOTA = FailureKind.RETRY, FailureKind.QUOTA
UNREACHABLE, CLOSED = FailureKind.UNREACHABLE, FailureKind.WINDOW_CLOSED
REFUSED, MISCONFIGURED = FailureKind.REFUSED, FailureKind.MISCONFIGURED
UNAUTHORISED = FailureKind.UNAUTHORISED

A10 = [
    (-1, RETRY, 1, "平台正忙"),
    (40001, RETRY, 2, "核对配置文件里这个账号的 secret"),
    (40014, RETRY, 2, "接口凭证失效"),
    (42001, RETRY, 2, "接口凭证过期"),
    (40003, UNREACHABLE, 1, "不认识这个收信人"),
    (40007, REFUSED, 1, "系统会重新上传"),
    (40013, MISCONFIGURED, 1, "核对 app_id"),
    (40037, UNAUTHORISED, 1, "templates"),
    (40163, REFUSED, 1, "重新打开页面"),
    (40164, MISCONFIGURED, 1, "IP 白名单"),
    (40200, UNAUTHORISED, 1, "微信认证"),
    (41001, REFUSED, 1, "没有带接口凭证"),
    (43004, UNREACHABLE, 1, "没有关注"),
    (43019, UNREACHABLE, 1, "黑名单"),
    (43101, UNREACHABLE, 1, "拒收"),
    (45002, REFUSED, 1, "太长"),
    (45009, QUOTA, 1, "明天自动恢复"),
    (45011, RETRY, 1, "这一分钟"),
    (45015, CLOSED, 1, "48 小时"),
    (45047, CLOSED, 1, "条数用完"),
    (47001, REFUSED, 1, "格式不对"),
    (47003, REFUSED, 1, "fields"),
    (48001, UNAUTHORISED, 1, "接口权限"),
    (48002, UNREACHABLE, 1, "关闭了公众号的消息"),
    (48004, UNAUTHORISED, 1, "封禁"),
    (48006, QUOTA, 1, "清零的次数用完"),
    (50002, UNAUTHORISED, 1, "受到限制"),
    (50005, UNREACHABLE, 1, "没有关注"),
]
B7 = [
    (40001, RETRY, 2, "核对配置文件里这个账号的 secret"),
    (40014, RETRY, 2, "接口凭证失效"),
    (42001, RETRY, 2, "接口凭证过期"),
    (40003, UNREACHABLE, 1, "不认识这个收信人"),
    (40007, REFUSED, 1, "系统会重新上传"),
    (40056, MISCONFIGURED, 1, "agent_id"),
    (40058, REFUSED, 1, "卡片已经更新过"),
    (42014, REFUSED, 1, "已经发过"),
    (41016, REFUSED, 1, "没有标题"),
    (44004, REFUSED, 1, "空的"),
    (45002, REFUSED, 1, "太长"),
    (45009, RETRY, 1, "一分钟或一小时后恢复"),
    (45033, RETRY, 1, "同时调用得太多"),
    (48002, UNAUTHORISED, 1, "没有这项接口的权限"),
    (50001, MISCONFIGURED, 1, "可信域名"),
    (50002, UNREACHABLE, 1, "可见范围"),
    (50003, MISCONFIGURED, 1, "重新启用"),
    (60011, UNAUTHORISED, 1, "无权管理"),
    (60020, MISCONFIGURED, 1, "企业可信 IP"),
    (60111, UNREACHABLE, 1, "花名册"),
    (81013, UNREACHABLE, 1, "一个也收不到"),
    (82001, UNREACHABLE, 1, "一个也收不到"),
    (301002, MISCONFIGURED, 1, "不是同一个应用"),
]
OUTGOING = Outgoing(
    title="#12",
    purpose=NoticeKind.ORDER_DONE,
    actions=(Action("好了", "确认 12"),),
    as_text=True,
    created_at=datetime(2026, 11, 21, tzinfo=UTC),
)
CARD = Outgoing(title="#12", actions=OUTGOING.actions, task_id="n1-1")

Send = Callable[[StandIn], Sent]


def official(platform: StandIn, **settings: Any) -> OfficialAccount:  # noqa: ANN401 (settings of any type)
    template = {"id": "t1", "fields": {"thing1": "title"}}
    account = official_account(templates={"order_done": template}, **settings)
    return OfficialAccount(account, FixedTokens(), endpoint=Endpoint(platform.url, OFFICIAL))


def wecom(platform: StandIn) -> WeCom:
    return WeCom(wecom_account(), FixedTokens(), endpoint=Endpoint(platform.url, WECOM))


def in_text(platform: StandIn) -> Sent:
    return official(platform).send(["o1"], OUTGOING)


def as_template(platform: StandIn) -> Sent:
    return official(platform).send_template("o1", OUTGOING)


def to_member(platform: StandIn) -> Sent:
    return wecom(platform).send(["w1"], OUTGOING)


def outcome(code: int, send: Send) -> tuple[Sent | FailureKind, int]:
    """Send once against a platform that always says this code; give what came of it."""
    answer = {"errcode": code, "errmsg": "no"}
    paths = (CUSTOM, TEMPLATE, WECOM_SEND)
    with standing_in(dict.fromkeys(paths, lambda _: answer)) as platform:
        try:
            return send(platform), len(platform.calls)
        except ApiError as error:
            return error.kind, len(platform.calls)


@pytest.mark.parametrize("send", [in_text, as_template])
@pytest.mark.parametrize(("code", "kind", "requests", "remedy"), A10)
def test_every_code_of_the_official_account(
    code: int, kind: FailureKind, requests: int, remedy: str, send: Send
) -> None:
    assert outcome(code, send) == (kind, requests)
    assert remedy in platform_errors.told(Platform.OFFICIAL, code)


@pytest.mark.parametrize(
    ("code", "kind", "requests", "remedy"), [row for row in B7 if row[0] not in NOBODY_VALID]
)
def test_every_code_of_wecom(code: int, kind: FailureKind, requests: int, remedy: str) -> None:
    assert outcome(code, to_member) == (kind, requests)
    assert remedy in platform_errors.told(Platform.WECOM, code)


@pytest.mark.parametrize("code", sorted(NOBODY_VALID))
def test_where_nobody_is_valid_each_is_named_as_skipped(code: int) -> None:
    assert outcome(code, to_member) == (Sent(failures={"w1": "invaliduser"}), 1)
    assert "一个也收不到" in platform_errors.told(Platform.WECOM, code)


def test_a_card_that_was_sent_before_is_sent() -> None:
    sent = outcome(TASK_ID_USED, lambda platform: wecom(platform).send(["w1"], CARD))
    assert sent == (Sent(), 1)


@pytest.mark.parametrize("code", [40058, 41016, 42045, 99999])
def test_a_used_response_code_leaves_the_card_alone(code: int) -> None:
    with standing_in({UPDATE: lambda _: {"errcode": code, "errmsg": "used"}}) as platform:
        with pytest.raises(ApiError) as raised:
            wecom(platform).update_card(["w1"], response_code="rc", note="已由张三接单")
        assert platform.count(UPDATE) == 1
    assert raised.value.kind is REFUSED


def test_the_rows_are_the_tables() -> None:
    beyond = {40125, 40243, 41030, 89503}  # of the token call, and of mini programs
    assert {(code, kind) for code, kind, *_ in A10} == {
        (code, kind) for code, kind in OFFICIAL.items() if code not in beyond
    }
    beyond = {-1, 40013, 40091, 41001, 830002}  # of both platforms, of the token call, of files
    assert {(code, kind) for code, kind, *_ in B7} == {
        (code, kind) for code, kind in WECOM.items() if code not in beyond
    }


def test_where_a_token_is_asked_for_the_same_number_speaks_of_the_secret() -> None:
    for platform, table in TOKEN_TABLES.items():
        assert table[40001] is MISCONFIGURED
        assert {code: kind for code, kind in table.items() if code != 40001} == {
            code: kind for code, kind in TABLES[platform].items() if code != 40001
        }
    assert set(OFFICIAL) & set(WECOM) >= EXPIRED_TOKEN


@pytest.mark.parametrize("platform", Platform)
def test_every_code_is_explained_to_operators_in_one_line(platform: Platform) -> None:
    for code in TABLES[platform]:
        explanation = platform_errors.explained(platform, code)
        assert explanation is not platform_errors.UNKNOWN
        told = platform_errors.told(platform, code)
        assert told.startswith(f"{code}：{explanation.meaning}怎么办：")
        assert told.endswith("。")
        assert "\n" not in told


@pytest.mark.parametrize("platform", Platform)
def test_what_has_no_code_or_an_unknown_one_is_explained_too(platform: Platform) -> None:
    assert platform_errors.told(platform, None).startswith("连不上平台的接口")
    assert platform_errors.told(platform, 99999).startswith("99999：")
    assert outcome(99999, to_member) == (REFUSED, 1)
