"""The WeCom app's API beside plain texts: receivers, message types, card kinds, the app itself."""

from typing import Any

import pytest

from bot.sandbox.official_api import API_IPS, CALLBACK_IPS
from tests.sandbox.calls import control, wecom
from tests.sandbox.conftest import WECOM, Json, Sandbox

UPDATE = "message/update_template_card"
URL = "https://example.org/12"
HERE = {"type": 1, "url": URL}
TITLE = {"title": "#12 楼道灯坏了"}
OPTIONS = [{"id": "a", "text": "甲"}, {"id": "b", "text": "乙"}]


def text(sandbox: Sandbox, **receivers: object) -> Json:
    message = {"agentid": WECOM.agent_id, "msgtype": "text", "text": {"content": "好"}}
    return wecom(sandbox, "message/send", message | receivers)


@pytest.mark.parametrize(
    ("state", "listed"),
    [
        ({"disabled": True}, ("lisi", "")),
        ({"outside": True}, ("lisi", "")),
        ({"unlicensed": True}, ("", "lisi")),
        ({"outside": True, "unlicensed": True}, ("lisi", "")),
    ],
)
def test_members_out_of_reach_are_named_and_the_others_get_it(
    sandbox: Sandbox, state: dict[str, bool], listed: tuple[str, str]
) -> None:
    control(sandbox, "people/lisi/state", **state)
    answer = text(sandbox, touser="LiSi|zhangsan")
    assert (answer["errcode"], answer["invaliduser"], answer["unlicenseduser"]) == (0, *listed)
    assert [len(sandbox.messages(name)) for name in ("lisi", "zhangsan")] == [0, 1]
    assert text(sandbox, touser="lisi")["errcode"] == 81013
    assert text(sandbox, touser="@all")["errcode"] == 0
    assert [len(sandbox.messages(name)) for name in ("lisi", "zhangsan")] == [0, 2]


def test_departments_and_tags_are_invalid_here(sandbox: Sandbox) -> None:
    answer = text(sandbox, touser="lisi", toparty="1|2", totag="3")
    assert (answer["errcode"], answer["invalidparty"], answer["invalidtag"]) == (0, "1|2", "3")
    assert text(sandbox, toparty="1")["errcode"] == 81013
    assert text(sandbox)["errcode"] == 40058
    many = "|".join(str(number) for number in range(101))
    assert text(sandbox, touser="lisi", toparty=many)["errcode"] == 40058
    assert text(sandbox, touser="lisi", totag=many)["errcode"] == 40058


@pytest.mark.parametrize(
    ("kind", "content", "shown"),
    [
        ("markdown", {"content": "**#12** 楼道灯坏了"}, "**#12** 楼道灯坏了"),
        ("textcard", {"title": "#12", "description": "楼道灯坏了", "url": URL}, "#12\n楼道灯坏了"),
        (
            "textcard",
            {"title": "长" * 129, "description": "话" * 513, "url": URL, "btntxt": "看看"},
            "长" * 128 + "\n" + "话" * 512,
        ),
        (
            "news",
            {"articles": [{"title": "一", "url": URL}, {"title": "二", "url": URL}]},
            "一\n二",
        ),
        (
            "news",
            {"articles": [{"title": "长" * 50, "description": "话" * 200, "url": URL}]},
            "长" * 42 + "\n" + "话" * 170,
        ),
    ],
)
def test_other_types_are_shown_as_text(
    sandbox: Sandbox, kind: str, content: Json, shown: str
) -> None:
    assert sandbox.send("lisi", kind, content)["errcode"] == 0
    message = sandbox.messages("lisi")[-1]
    assert (message["kind"], message["text"]) == ("text", shown)
    urls = [part["url"] for part in message["parts"] if part["url"]]
    assert set(urls) == (set() if kind == "markdown" else {URL})


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("markdown", {"content": ""}, 44004),
        ("markdown", {"content": "好" * 683}, 45002),
        ("textcard", {"description": "话", "url": URL}, 41016),
        ("textcard", {"title": "题", "url": URL}, 40058),
        ("textcard", {"title": "题", "description": "话"}, 40058),
        ("textcard", {"title": "题", "description": "话", "url": "u" * 2049}, 40058),
        (
            "textcard",
            {"title": "题", "description": "话", "url": URL, "btntxt": "五个字以上"},
            40058,
        ),
        ("news", {"articles": []}, 40058),
        ("news", {"articles": [{"title": "题", "url": URL}] * 9}, 40058),
        ("news", {"articles": [{"url": URL}]}, 41016),
        ("news", {"articles": [{"title": "题"}]}, 40058),
        ("mpnews", {}, 40008),
    ],
)
def test_other_types_are_checked(sandbox: Sandbox, kind: str, content: Json, code: int) -> None:
    assert sandbox.send("lisi", kind, content)["errcode"] == code
    assert sandbox.messages("lisi") == []


def card(kind: str, **changes: object) -> Json:
    submit = {"submit_button": {"text": "提交", "key": "send"}}
    choices = {"question_key": "q", "option_list": OPTIONS}
    more: dict[str, Json] = {
        "text_notice": {"card_action": HERE},
        "news_notice": {"card_action": HERE, "card_image": {"url": URL}},
        "button_interaction": {"button_list": [{"text": "接单", "key": "接单 12"}]},
        "vote_interaction": {"checkbox": choices | {"mode": 1}} | submit,
        "multiple_interaction": {"select_list": [choices]} | submit,
    }
    return {"card_type": kind, "task_id": "task-1", "main_title": TITLE} | more[kind] | changes


KINDS = {
    "text_notice": (False, []),
    "news_notice": (False, []),
    "button_interaction": (True, ["接单 12"]),
    "vote_interaction": (True, ["send"]),
    "multiple_interaction": (True, ["send"]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_card_arrives_and_those_that_call_back_have_a_code(
    sandbox: Sandbox, kind: str
) -> None:
    answer = sandbox.send("lisi", "template_card", card(kind))
    calls_back, keys = KINDS[kind]
    shown = sandbox.messages("lisi")[-1]["card"]
    assert (answer["errcode"], "response_code" in answer) == (0, calls_back)
    assert (shown["title"], [button["key"] for button in shown["buttons"]]) == (
        TITLE["title"],
        keys,
    )


@pytest.mark.parametrize("kind", ["vote_interaction", "multiple_interaction"])
def test_choices_are_shown(sandbox: Sandbox, kind: str) -> None:
    sandbox.send("lisi", "template_card", card(kind))
    (question,) = sandbox.messages("lisi")[-1]["card"]["questions"]
    assert (question["key"], question["multiple"]) == ("q", kind == "vote_interaction")
    assert question["options"] == OPTIONS


def test_a_notice_with_a_menu_calls_back_and_needs_a_task_id(sandbox: Sandbox) -> None:
    menu = {"desc": "更多", "action_list": [{"text": "不再提醒", "key": "免打扰"}]}
    wrong = sandbox.send("lisi", "template_card", card("text_notice", action_menu=menu, task_id=""))
    answer = sandbox.send("lisi", "template_card", card("text_notice", action_menu=menu))
    assert (wrong["errcode"], answer["errcode"], "response_code" in answer) == (42014, 0, True)
    entries = sandbox.messages("lisi")[-1]["card"]["menu"]
    assert entries == [{"label": "不再提醒", "key": "免打扰"}]


def test_notices_need_no_task_id_but_a_given_one_is_used_up(sandbox: Sandbox) -> None:
    codes = [
        sandbox.send("lisi", "template_card", card("text_notice", task_id=task))["errcode"]
        for task in ("", "", "t-1", "t-1")
    ]
    assert codes == [0, 0, 0, 42014]


def options(count: int) -> list[Json]:
    return [{"id": str(number), "text": "项"} for number in range(count)]


def box(**changes: object) -> Json:
    return {"checkbox": {"question_key": "q", "option_list": OPTIONS} | changes}


@pytest.mark.parametrize(
    ("kind", "changes", "code"),
    [
        pytest.param("text_notice", {"card_action": None}, 40058, id="no card_action"),
        pytest.param("text_notice", {"card_action": {"type": 0}}, 40058, id="action to nowhere"),
        pytest.param("text_notice", {"card_action": {"type": 1}}, 40058, id="action, no url"),
        pytest.param("text_notice", {"card_action": {"type": 2}}, 40058, id="action, no appid"),
        pytest.param("text_notice", {"main_title": {}}, 41016, id="neither title nor text"),
        pytest.param(
            "text_notice", {"main_title": {}, "sub_title_text": "话"}, 0, id="text, no title"
        ),
        pytest.param("news_notice", {"main_title": {}}, 41016, id="news, no title"),
        pytest.param("news_notice", {"card_image": None}, 40058, id="news, no picture"),
        pytest.param(
            "news_notice", {"card_image": {"url": URL, "aspect_ratio": 2.3}}, 40058, id="flat"
        ),
        pytest.param(
            "news_notice",
            {"card_image": None, "image_text_area": {"image_url": URL}},
            0,
            id="small picture",
        ),
        pytest.param(
            "news_notice", {"vertical_content_list": [{"title": "段"}] * 5}, 40058, id="paragraphs"
        ),
        pytest.param("text_notice", {"jump_list": [{"title": "看"}] * 4}, 40058, id="four links"),
        pytest.param(
            "text_notice", {"jump_list": [{"title": "看", "type": 1}]}, 40058, id="link, no url"
        ),
        pytest.param("text_notice", {"source": {"desc_color": 4}}, 40058, id="colour"),
        pytest.param("text_notice", {"quote_area": {"type": 3}}, 40058, id="quote"),
        pytest.param(
            "text_notice",
            {"horizontal_content_list": [{"keyname": "附件", "type": 2}]},
            40058,
            id="file without media_id",
        ),
        pytest.param(
            "text_notice",
            {"action_menu": {"action_list": [{"text": "项", "key": "k"}] * 2}},
            40058,
            id="menu with a key twice",
        ),
        pytest.param(
            "text_notice",
            {"action_menu": {"action_list": [{"text": "项", "key": str(n)} for n in range(4)]}},
            40058,
            id="menu of four",
        ),
        pytest.param(
            "button_interaction",
            {"button_list": [{"text": "接", "key": "k", "style": 5}]},
            40058,
            id="style",
        ),
        pytest.param("vote_interaction", {"submit_button": None}, 40058, id="no submit button"),
        pytest.param("vote_interaction", {"checkbox": None}, 40058, id="no boxes"),
        pytest.param("vote_interaction", box(option_list=options(20)), 0, id="20 boxes"),
        pytest.param("vote_interaction", box(option_list=options(21)), 40058, id="21 boxes"),
        pytest.param("vote_interaction", box(mode=2), 40058, id="mode"),
        pytest.param(
            "vote_interaction", box(option_list=[{"id": "i" * 129, "text": "项"}]), 40058, id="id"
        ),
        pytest.param("multiple_interaction", {"select_list": []}, 40058, id="no lists"),
        pytest.param(
            "multiple_interaction",
            {"select_list": [{"question_key": str(n), "option_list": OPTIONS} for n in range(4)]},
            40058,
            id="four lists",
        ),
        pytest.param(
            "multiple_interaction",
            {"select_list": [{"question_key": "q", "option_list": OPTIONS}] * 2},
            40058,
            id="a question twice",
        ),
        pytest.param(
            "multiple_interaction",
            {"select_list": [{"question_key": "q", "option_list": options(11)}]},
            40058,
            id="eleven options",
        ),
        pytest.param(
            "multiple_interaction",
            {"submit_button": {"text": "交", "key": "k" * 1025}},
            40058,
            id="long submit key",
        ),
    ],
)
def test_each_kind_of_card_is_checked(
    sandbox: Sandbox, kind: str, changes: dict[str, Any], code: int
) -> None:
    payload = {name: value for name, value in card(kind, **changes).items() if value is not None}
    assert sandbox.send("lisi", "template_card", payload)["errcode"] == code
    assert len(sandbox.messages("lisi")) == (code == 0)


def update(sandbox: Sandbox, code: str, **more: object) -> Json:
    payload = {"userids": ["lisi"], "agentid": WECOM.agent_id, "response_code": code}
    return wecom(sandbox, UPDATE, payload | more)


@pytest.mark.parametrize("kind", ["vote_interaction", "multiple_interaction"])
def test_a_note_takes_the_place_of_choices_and_button(sandbox: Sandbox, kind: str) -> None:
    code = sandbox.send("lisi", "template_card", card(kind))["response_code"]
    assert update(sandbox, code, button={"replace_name": "已提交"})["errcode"] == 0
    shown = sandbox.messages("lisi")[-1]["card"]
    assert (shown["note"], shown["buttons"], shown["questions"]) == ("已提交", [], [])


def test_a_notice_has_no_buttons_that_a_note_could_replace(sandbox: Sandbox) -> None:
    menu = {"action_list": [{"text": "不再提醒", "key": "免打扰"}]}
    sent = sandbox.send("lisi", "template_card", card("text_notice", action_menu=menu))
    refused = update(sandbox, sent["response_code"], button={"replace_name": "好"})
    assert (refused["errcode"], sandbox.messages("lisi")[-1]["card"]["note"]) == (40058, "")


def test_an_update_can_be_for_everybody(sandbox: Sandbox) -> None:
    code = sandbox.card("lisi|zhangsan")["response_code"]
    answer = update(sandbox, code, userids=[], atall=1, button={"replace_name": "已由 张三 接单"})
    assert answer["errcode"] == 0
    notes = [sandbox.messages(name)[-1]["card"]["note"] for name in ("lisi", "zhangsan")]
    assert notes == ["已由 张三 接单"] * 2


def test_a_message_can_be_recalled_for_a_day(sandbox: Sandbox) -> None:
    first, second = (sandbox.send("lisi", "text", {"content": str(n)})["msgid"] for n in (1, 2))
    assert wecom(sandbox, "message/recall", {"msgid": first})["errcode"] == 0
    assert [message["text"] for message in sandbox.messages("lisi")] == ["2"]
    sandbox.world.move(86400)
    assert wecom(sandbox, "message/recall", {"msgid": second})["errcode"] == 40058
    assert wecom(sandbox, "message/recall", {"msgid": "msg-0"})["errcode"] == 40058
    assert [message["text"] for message in sandbox.messages("lisi")] == ["2"]


def test_the_app_is_described(sandbox: Sandbox) -> None:
    control(sandbox, "account", redirect_domain="example.org")
    control(sandbox, "people/lisi/state", outside=True)
    agent = wecom(sandbox, "agent/get", agentid=str(WECOM.agent_id))
    told = [agent[name] for name in ("errcode", "agentid", "name", "close", "redirect_domain")]
    assert told == [0, WECOM.agent_id, WECOM.name, 0, "example.org"]
    members = [member["userid"] for member in agent["allow_userinfos"]["user"]]
    assert ("zhangsan" in members, "lisi" in members) == (True, False)


@pytest.mark.parametrize(("agent", "code"), [("7", 301002), ("x", 40056), ("", 40056)])
def test_another_app_is_not_described(sandbox: Sandbox, agent: str, code: int) -> None:
    assert wecom(sandbox, "agent/get", agentid=agent)["errcode"] == code


def test_an_app_that_is_switched_off_cannot_send(sandbox: Sandbox) -> None:
    control(sandbox, "account", closed=True)
    assert text(sandbox, touser="lisi") == {"errcode": 50003, "errmsg": "app is disabled"}
    assert wecom(sandbox, "agent/get", agentid=str(WECOM.agent_id))["close"] == 1


def test_addresses_are_told(sandbox: Sandbox) -> None:
    assert wecom(sandbox, "getcallbackip")["ip_list"] == list(CALLBACK_IPS)
    assert wecom(sandbox, "get_api_domain_ip")["ip_list"] == list(API_IPS)
