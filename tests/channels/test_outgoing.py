"""Whatever a notice says, what is sent of it is within the platforms' limits, in every form."""

from collections.abc import Iterator
from datetime import UTC, datetime
from operator import mul
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels import Outgoing, limits
from bot.channels.api import Endpoint
from bot.channels.cutting import size
from bot.channels.failures import OFFICIAL, WECOM
from bot.channels.official_account import OfficialAccount
from bot.channels.rendering import plain
from bot.channels.wecom import WeCom
from bot.sandbox.templates import PrivateTemplate
from handlers.messages import Action, Choice
from storage.vocabulary import NoticeKind
from tests.channels.conftest import FixedTokens
from tests.channels.standin import StandIn, standing_in
from tests.platform import official_account, wecom_account

CUSTOM = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"
LIST = "/cgi-bin/template/get_all_private_template"
SEND = "/cgi-bin/message/send"

CONTENT = "".join(
    f"{label}:{{{{{kind}{number}.DATA}}}}\n"
    for number, (label, kind) in enumerate(
        [
            ("工单编号", "character_string"),
            ("号码", "number"),
            ("服务事项", "thing"),
            ("问题内容", "thing"),
            ("地址", "thing"),
            ("备注", "thing"),
            ("状态", "phrase"),
            ("简述", "short_thing"),
            ("时间", "time"),
            ("日期", "date"),
            ("服务人员", "name"),
            ("联系电话", "phone_number"),
            ("车牌号", "car_number"),
            ("押金", "amount"),
            ("通道", "letter"),
            ("标记", "symbol"),
        ]
    )
)
EVERYTHING = PrivateTemplate("t1", "x", "", "", CONTENT, "")

any_text = st.text(st.characters(), max_size=12)
awkward = st.sampled_from(
    ["]]>", "<a href='x'>", "</a>", "\ud800", "👨\u200d👩\u200d👧", "🇨🇳", "灯"]
)
pieces = st.one_of(any_text, st.builds(mul, awkward, st.integers(0, 40)))
long_texts = st.one_of(pieces, st.builds(mul, awkward, st.integers(100, 800)))
choices = st.lists(st.builds(Choice, any_text, any_text), max_size=6).map(tuple)
actions = st.builds(Action, pieces, st.one_of(pieces, st.just("派单 12 {choice}")), choices)
outgoings = st.builds(
    Outgoing,
    title=pieces.filter(lambda text: plain(text).strip() != ""),
    text=long_texts,
    fields=st.lists(st.tuples(st.sampled_from(["地点", "谁来办", "联系"]), pieces), max_size=4).map(
        tuple
    ),
    actions=st.lists(actions, max_size=6).map(tuple),
    as_text=st.just(value=True),
    purpose=st.sampled_from(NoticeKind),
    order_id=st.one_of(st.none(), st.integers(1, 10**9)),
    created_at=st.integers(0, 4 * 10**9).map(lambda at: datetime.fromtimestamp(at, UTC)),
    task_id=pieces,
)
unhurried = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def platform() -> Iterator[StandIn]:
    rows = [EVERYTHING.to_json()]
    answers = dict.fromkeys((CUSTOM, TEMPLATE, SEND), lambda _: {"errcode": 0})
    with standing_in({**answers, LIST: lambda _: {"template_list": rows}}) as standin:
        yield standin


def official(platform: StandIn, *, menus: bool) -> OfficialAccount:
    templates = {purpose.value: "t1" for purpose in NoticeKind}
    account = official_account(message_menu=menus, templates=templates)
    return OfficialAccount(account, FixedTokens(), endpoint=Endpoint(platform.url, OFFICIAL))


def check_text(content: str) -> None:
    assert content.strip() != ""
    assert size(content) <= limits.TEXT_BYTES
    links = content.count('<a href="weixin://bizmsgmenu?msgmenucontent=')
    assert (content.count("<"), content.count("</a>")) == (links * 2, links)


@unhurried
@given(outgoing=outgoings, menus=st.booleans())
def test_any_customer_service_message(
    platform: StandIn, outgoing: Outgoing, *, menus: bool
) -> None:
    platform.calls.clear()  # hypothesis prints its arguments
    official(platform, menus=menus).send(["o1"], outgoing)
    sent = platform.last(CUSTOM).payload
    if sent["msgtype"] == "text":
        check_text(sent["text"]["content"])
        return
    menu = sent["msgmenu"]
    entries = [entry["content"] for entry in menu["list"]]
    assert menus
    assert 1 <= len(entries) <= limits.MENU_ENTRIES
    assert all(1 <= size(entry) <= limits.MENU_ENTRY_BYTES for entry in entries)
    assert 1 <= size(menu["head_content"]) <= limits.MENU_HEAD_BYTES
    assert size("\n".join([menu["head_content"], *entries])) <= limits.TEXT_BYTES


@unhurried
@given(outgoing=outgoings)
def test_any_text_of_wecom(platform: StandIn, outgoing: Outgoing) -> None:
    platform.calls.clear()
    channel = WeCom(wecom_account(), FixedTokens(), endpoint=Endpoint(platform.url, WECOM))
    channel.send(["w1"], outgoing)
    content = platform.last(SEND).payload["text"]["content"]
    check_text(content)
    assert "<" not in content


@unhurried
@given(outgoing=outgoings)
def test_any_template_message_with_every_type(platform: StandIn, outgoing: Outgoing) -> None:
    platform.calls.clear()
    official(platform, menus=False).send_template("o1", outgoing)
    sent: dict[str, Any] = platform.last(TEMPLATE).payload
    values = {key: value["value"] for key, value in sent["data"].items()}
    assert EVERYTHING.fault(values) is None
    assert size(sent["client_msg_id"]) <= limits.CLIENT_ID_CHARACTERS
