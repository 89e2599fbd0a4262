"""The stand-in enforces what the platforms enforce, and answers in their words."""

import json

import pytest

from bot.sandbox.samples import PEOPLE
from storage.vocabulary import Platform
from tests.sandbox.conftest import OFFICIAL, WECOM, Sandbox

WANG = next(person.external_id for person in PEOPLE if person.key == "wang")
CUSTOM = "message/custom/send"
UPDATE = "message/update_template_card"
TEXT = {"touser": WANG, "msgtype": "text", "text": {"content": "你好"}}


def credentials(**changes: object) -> dict[str, object]:
    asked = {"grant_type": "client_credential", "appid": OFFICIAL.app_id, "secret": OFFICIAL.secret}
    return {**asked, **changes}


def test_stable_token_gives_the_same_token_until_five_minutes_before_its_end(
    sandbox: Sandbox,
) -> None:
    first = sandbox.official_token()
    sandbox.clock.move(seconds=6800)
    assert sandbox.official_token() == first
    sandbox.clock.move(seconds=200)
    second = sandbox.official_token()
    assert second != first
    sandbox.act("wang", "follow")
    codes = [sandbox.call(CUSTOM, TEXT, token=token)["errcode"] for token in (first, second)]
    assert codes == [0, 0]


def test_every_plain_token_replaces_the_former_after_five_minutes(sandbox: Sandbox) -> None:
    sandbox.act("wang", "follow")
    first, second = (
        sandbox.http.get("/cgi-bin/token", params=credentials()).json()["access_token"]  # type: ignore[arg-type]
        for _ in range(2)
    )
    assert first != second
    assert sandbox.call(CUSTOM, TEXT, token=first)["errcode"] == 0
    sandbox.clock.move(minutes=6)
    sandbox.act("wang", "say", text="在吗")
    refused = sandbox.call(CUSTOM, TEXT, token=first)
    assert refused == {
        "errcode": 40001,
        "errmsg": "invalid credential, access_token is invalid or not latest",
    }
    assert sandbox.call(CUSTOM, TEXT, token=second)["errcode"] == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"appid": "wx1"}, 40013, id="unknown app"),
        pytest.param({"secret": "guess"}, 40125, id="wrong secret"),
        pytest.param({"grant_type": ""}, 40002, id="wrong grant type"),
    ],
)
def test_a_token_needs_the_right_credentials(
    sandbox: Sandbox, changes: dict[str, object], code: int
) -> None:
    answered = sandbox.http.post("/cgi-bin/stable_token", json=credentials(**changes))
    assert (answered.status_code, answered.json()["errcode"]) == (200, code)


def test_gettoken_keeps_its_token_and_checks_company_and_secret(sandbox: Sandbox) -> None:
    assert sandbox.wecom_token() == sandbox.wecom_token()
    asked = [
        {"corpid": "ww1", "corpsecret": WECOM.secret},
        {"corpid": WECOM.app_id, "corpsecret": "guess"},
    ]
    codes = [sandbox.http.get("/cgi-bin/gettoken", params=one).json()["errcode"] for one in asked]
    assert codes == [40013, 40001]


@pytest.mark.parametrize("path", [CUSTOM, "message/send", UPDATE])
def test_a_call_needs_a_token_of_its_own_platform(sandbox: Sandbox, path: str) -> None:
    foreign = sandbox.wecom_token() if path == CUSTOM else sandbox.official_token()
    codes = [sandbox.call(path, TEXT, token=token)["errcode"] for token in ("", "guess", foreign)]
    assert codes == [41001, 40014, 40014]


@pytest.mark.parametrize("path", [CUSTOM, "message/send"])
def test_an_expired_token_is_named_as_expired(sandbox: Sandbox, path: str) -> None:
    token = sandbox.official_token() if path == CUSTOM else sandbox.wecom_token()
    sandbox.clock.move(seconds=7200)
    assert sandbox.call(path, TEXT, token=token)["errcode"] == 42001


def test_what_is_no_json_object_is_refused(sandbox: Sandbox) -> None:
    params = {"access_token": sandbox.official_token()}
    codes = [
        sandbox.http.post(f"/cgi-bin/{CUSTOM}", params=params, content=body).json()["errcode"]
        for body in (b"{", b"[]")
    ]
    assert codes == [47001, 47001]


def test_the_wrong_method_is_named(sandbox: Sandbox) -> None:
    answers = (sandbox.http.get("/cgi-bin/stable_token"), sandbox.http.post("/cgi-bin/gettoken"))
    assert [answer.json()["errcode"] for answer in answers] == [43002, 43001]


def test_a_message_opens_five_sends_in_48_hours(sandbox: Sandbox) -> None:
    sandbox.act("wang", "follow")
    sandbox.clock.move(minutes=2)
    assert sandbox.custom(WANG) == 45015
    sandbox.act("wang", "say", text="楼道灯坏了")
    assert [sandbox.custom(WANG) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    sandbox.act("wang", "say", text="在吗")
    assert sandbox.custom(WANG) == 0
    sandbox.clock.move(hours=48)
    assert sandbox.custom(WANG) == 45015


@pytest.mark.parametrize("scene", ["", "bind:YG-3-2"])
def test_following_opens_three_sends_in_one_minute(sandbox: Sandbox, scene: str) -> None:
    sandbox.act("wang", "follow", scene=scene)
    assert [sandbox.custom(WANG) for _ in range(4)] == [0, 0, 0, 45047]
    sandbox.clock.move(seconds=60)
    assert sandbox.custom(WANG) == 45015


def test_a_tap_does_not_open_the_long_window(sandbox: Sandbox) -> None:
    sandbox.act("wang", "follow")
    link = '<a href="weixin://bizmsgmenu?msgmenucontent=%E8%BF%9B%E5%BA%A6&msgmenuid=1">进度</a>'
    assert sandbox.custom(WANG, link) == 0
    sandbox.clock.move(minutes=2)
    sandbox.act("wang", "tap", message_id=sandbox.messages("wang")[-1]["id"], command="进度")
    sandbox.clock.move(minutes=2)
    assert sandbox.custom(WANG) == 45015


def test_nothing_reaches_who_does_not_follow(sandbox: Sandbox) -> None:
    assert sandbox.custom(WANG) == 45015
    sandbox.act("wang", "follow")
    sandbox.act("wang", "say", text="楼道灯坏了")
    sandbox.act("wang", "unfollow")
    assert sandbox.custom(WANG) == 45015


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"touser": "oNobody"}, 40003, id="unknown openid"),
        pytest.param({"msgtype": "hologram"}, 40008, id="unknown type"),
        pytest.param({"text": {"content": ""}}, 44004, id="empty"),
        pytest.param({"text": {"content": "好" * 682 + "abc"}}, 45002, id="2049 bytes"),
        pytest.param({"text": {"content": "好" * 682 + "ab"}}, 0, id="2048 bytes"),
    ],
)
def test_a_customer_service_message_is_checked(
    sandbox: Sandbox, changes: dict[str, object], code: int
) -> None:
    sandbox.act("wang", "follow")
    assert sandbox.call(CUSTOM, {**TEXT, **changes})["errcode"] == code


def test_unknown_members_are_named_in_lower_case_and_the_others_get_it(sandbox: Sandbox) -> None:
    answered = sandbox.send("ZhangSan|SunYue|zhangsan", "text", {"content": "有新任务"})
    assert (answered["errcode"], answered["invaliduser"]) == (0, "sunyue")
    assert [message["text"] for message in sandbox.messages("zhangsan")] == ["有新任务"]


def test_a_send_that_reaches_nobody_is_an_error(sandbox: Sandbox) -> None:
    answered = sandbox.send("nobody|sunyue", "text", {"content": "有新任务"})
    assert answered == {"errcode": 81013, "errmsg": "user & party & tag all invalid"}


def test_at_all_reaches_every_member(sandbox: Sandbox) -> None:
    assert sandbox.send("@all", "text", {"content": "今天停水"})["errcode"] == 0
    got = {person.key for person in PEOPLE if sandbox.messages(person.key)}
    assert got == {person.key for person in PEOPLE if person.platform is Platform.WECOM}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        pytest.param({"agentid": 7}, 301002, id="another app"),
        pytest.param({"agentid": "x"}, 40056, id="no app"),
        pytest.param({"touser": ""}, 40058, id="nobody"),
        pytest.param({"touser": "|".join(f"u{n}" for n in range(1001))}, 40058, id="too many"),
        pytest.param({"msgtype": "hologram"}, 40008, id="unknown type"),
        pytest.param({"text": {"content": " "}}, 44004, id="empty"),
    ],
)
def test_a_wecom_message_is_checked(
    sandbox: Sandbox, payload: dict[str, object], code: int
) -> None:
    message = {
        "touser": "zhangsan",
        "agentid": WECOM.agent_id,
        "msgtype": "text",
        "text": {"content": "好"},
    }
    assert sandbox.call("message/send", message | payload)["errcode"] == code


def test_a_long_wecom_text_is_cut_between_characters(sandbox: Sandbox) -> None:
    assert sandbox.send("zhangsan", "text", {"content": "好" * 1000})["errcode"] == 0
    assert sandbox.messages("zhangsan")[0]["text"] == "好" * 682


def test_more_than_thirty_messages_a_minute_are_dropped_without_a_word(sandbox: Sandbox) -> None:
    codes = [
        sandbox.send("zhangsan|lisi", "text", {"content": str(n)})["errcode"] for n in range(31)
    ]
    assert codes == [0] * 31
    assert len(sandbox.messages("zhangsan")) == 30
    sandbox.clock.move(minutes=1)
    sandbox.send("zhangsan", "text", {"content": "later"})
    assert sandbox.messages("zhangsan")[-1]["text"] == "later"


def test_identical_json_is_swallowed_while_the_duplicate_check_asks_for_it(
    sandbox: Sandbox,
) -> None:
    checked = {"enable_duplicate_check": 1, "duplicate_check_interval": 60}
    for minutes in (0, 0, 2):
        sandbox.clock.move(minutes=minutes)
        assert sandbox.send("lisi", "text", {"content": "好"}, **checked)["errcode"] == 0
    assert len(sandbox.messages("lisi")) == 2


def test_a_task_id_is_used_once(sandbox: Sandbox) -> None:
    assert sandbox.card("zhangsan")["errcode"] == 0
    assert sandbox.card("lisi")["errcode"] == 42014
    assert sandbox.messages("lisi") == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"task_id": ""}, 42014, id="no task id"),
        pytest.param({"task_id": "任务"}, 42014, id="task id in Chinese"),
        pytest.param({"task_id": "a" * 129}, 42014, id="long task id"),
        pytest.param({"main_title": {}}, 41016, id="no title"),
        pytest.param({"card_type": "vote"}, 40058, id="unknown card type"),
        pytest.param({"button_list": []}, 40058, id="no buttons"),
        pytest.param({"button_list": [{"text": "接", "key": "k"}] * 7}, 40058, id="seven buttons"),
        pytest.param({"button_list": [{"text": "接", "key": "k"}] * 2}, 40058, id="a key twice"),
        pytest.param({"button_list": [{"text": "接"}]}, 40058, id="no key"),
        pytest.param({"button_list": [{"text": "接", "key": "k" * 1025}]}, 40058, id="long key"),
        pytest.param(
            {"horizontal_content_list": [{"keyname": "a", "value": "b"}] * 7},
            40058,
            id="seven fields",
        ),
        pytest.param(
            {"button_selection": {"question_key": "choice", "option_list": []}},
            40058,
            id="nothing to select",
        ),
    ],
)
def test_a_card_is_checked(sandbox: Sandbox, changes: dict[str, object], code: int) -> None:
    assert sandbox.card("zhangsan", **changes)["errcode"] == code
    assert sandbox.messages("zhangsan") == []


def update(sandbox: Sandbox, code: str, userids: list[str], **more: object) -> object:
    payload = {"userids": userids, "agentid": WECOM.agent_id, "response_code": code}
    return sandbox.call(UPDATE, payload | (more or {"button": {"replace_name": "已由 张三 接单"}}))


def card_on(sandbox: Sandbox, person: str) -> dict[str, object]:
    card: dict[str, object] = sandbox.messages(person)[-1]["card"]
    return card


def test_one_update_changes_the_cards_of_all_who_are_named(sandbox: Sandbox) -> None:
    code = sandbox.card("zhangsan|lisi|zhaomin")["response_code"]
    answered = update(sandbox, code, ["zhangsan", "LISI", "chenshuji", "nobody"])
    assert answered == {"errcode": 0, "errmsg": "ok", "invaliduser": ["nobody", "chenshuji"]}
    notes = {name: card_on(sandbox, name)["note"] for name in ("zhangsan", "lisi", "zhaomin")}
    assert notes == {"zhangsan": "已由 张三 接单", "lisi": "已由 张三 接单", "zhaomin": ""}
    assert card_on(sandbox, "lisi")["buttons"] == []


def test_a_response_code_works_once(sandbox: Sandbox) -> None:
    code = sandbox.card("zhangsan")["response_code"]
    assert update(sandbox, code, ["zhangsan"]) == {"errcode": 0, "errmsg": "ok", "invaliduser": []}
    again = update(sandbox, code, ["zhangsan"])
    assert again == {"errcode": 40058, "errmsg": "invalid Request Parameter: response_code"}


def test_a_response_code_is_good_for_72_hours(sandbox: Sandbox) -> None:
    code = sandbox.card("zhangsan")["response_code"]
    sandbox.clock.move(hours=72)
    assert update(sandbox, code, ["zhangsan"]) == {
        "errcode": 40058,
        "errmsg": "invalid Request Parameter: response_code",
    }
    assert card_on(sandbox, "zhangsan")["note"] == ""


def test_an_update_may_bring_a_whole_new_card(sandbox: Sandbox) -> None:
    code = sandbox.card("zhangsan")["response_code"]
    card = {
        "card_type": "text_notice",
        "main_title": {"title": "#12 已办结", "desc": "谢谢"},
        "sub_title_text": "居民说：解决了",
        "card_action": {"type": 1, "url": "https://example.org/12"},
        "replace_text": "已办结",
    }
    update(sandbox, code, ["zhangsan"], template_card=card)
    assert card_on(sandbox, "zhangsan") == {
        "title": "#12 已办结",
        "text": "谢谢\n居民说：解决了",
        "fields": [],
        "buttons": [],
        "selection": None,
        "questions": [],
        "menu": [],
        "links": [],
        "note": "已办结",
    }


def test_an_update_needs_something_to_show(sandbox: Sandbox) -> None:
    code = sandbox.card("zhangsan")["response_code"]
    payload = {"userids": ["zhangsan"], "agentid": WECOM.agent_id, "response_code": code}
    assert sandbox.call(UPDATE, payload)["errcode"] == 40058
    assert sandbox.call(UPDATE, payload | {"userids": "zhangsan"})["errcode"] == 40058


def test_every_call_stands_in_the_log(sandbox: Sandbox) -> None:
    sandbox.card("zhangsan")
    sandbox.custom("oNobody")
    log = sandbox.http.get("/sandbox/log").json()
    assert [(call["name"], call["platform"], call["status"]) for call in log] == [
        ("gettoken", "wecom", 0),
        ("message/send", "wecom", 0),
        ("stable_token", "official", 0),
        ("message/custom/send", "official", 40003),
    ]
    assert WECOM.secret not in json.dumps(log)
