"""The official account's API beside texts and templates: msgmenu, typing, QR codes, followers."""

import pytest

from bot.sandbox.official_api import API_IPS, CALLBACK_IPS
from tests.sandbox.calls import WANG, control, official
from tests.sandbox.conftest import Json, Sandbox

SEND = "message/custom/send"
ENTRIES = [{"id": "101", "content": "解决了"}, {"id": 102, "content": "没解决"}]


def menu(**changes: object) -> Json:
    content = {"head_content": "解决了吗？", "list": ENTRIES, "tail_content": "谢谢"}
    return {"touser": WANG, "msgtype": "msgmenu", "msgmenu": content | changes}


@pytest.fixture
def following(sandbox: Sandbox) -> Sandbox:
    sandbox.act("wang", "follow")
    return sandbox


def test_a_menu_message_shows_its_entries_between_head_and_tail(following: Sandbox) -> None:
    assert official(following, SEND, menu())["errcode"] == 0
    message = following.messages("wang")[-1]
    assert (message["kind"], message["pushed"]) == ("msgmenu", True)
    assert message["text"] == "解决了吗？\n解决了\n没解决\n谢谢"
    assert [link["command"] for link in message["links"]] == ["解决了", "没解决"]


@pytest.mark.parametrize("echoes", [True, False])
def test_a_tap_on_an_entry_says_its_words_and_mostly_its_id(
    following: Sandbox, *, echoes: bool
) -> None:
    control(following, "account", echoes_menu_id=echoes)
    official(following, SEND, menu())
    message = following.messages("wang")[-1]
    following.act("wang", "tap", message_id=message["id"], command="没解决")
    incoming = following.bot.received[-1]
    assert (incoming.text, incoming.is_tap) == ("没解决", echoes)


def test_a_menu_message_without_head_and_tail_begins_with_its_entries(following: Sandbox) -> None:
    official(following, SEND, menu(head_content="", tail_content=""))
    assert following.messages("wang")[-1]["text"] == "解决了\n没解决"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"list": []}, 47001, id="no entries"),
        pytest.param({"list": "x"}, 47001, id="no list"),
        pytest.param({"list": [{"id": "1", "content": ""}]}, 47001, id="no words"),
        pytest.param({"list": [{"content": "好"}]}, 47001, id="no id"),
        pytest.param({"head_content": "好" * 683}, 45002, id="too long"),
    ],
)
def test_a_menu_message_is_checked(
    following: Sandbox, changes: dict[str, object], code: int
) -> None:
    assert official(following, SEND, menu(**changes))["errcode"] == code


def test_an_account_that_is_not_verified_has_no_menu_messages(following: Sandbox) -> None:
    control(following, "account", verified=False)
    refused = official(following, SEND, menu())
    assert refused == {"errcode": 40200, "errmsg": "invalid account type"}
    assert following.custom(WANG) == 0


@pytest.mark.parametrize("kind", ["news", "mpnews", "wxcard", "miniprogrampage", None, ["text"]])
def test_other_types_are_refused(following: Sandbox, kind: object) -> None:
    message = {"touser": WANG, "msgtype": kind, "text": {"content": "好"}}
    assert official(following, SEND, message)["errcode"] == 40008


@pytest.mark.parametrize(
    ("state", "code"), [({"blocked": True}, 43019), ({"refuses_messages": True}, 48002)]
)
def test_a_person_may_keep_messages_away(
    following: Sandbox, state: dict[str, bool], code: int
) -> None:
    control(following, "people/wang/state", **state)
    left = following.http.get("/sandbox/phones/wang").json()["sends_left"]
    assert following.custom(WANG) == code
    assert following.http.get("/sandbox/phones/wang").json()["sends_left"] == left


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"touser": WANG, "command": "Typing"}, 0),
        ({"touser": WANG, "command": "CancelTyping"}, 0),
        ({"touser": WANG, "command": "Sleeping"}, 47001),
        ({"touser": "oNobody", "command": "Typing"}, 40003),
    ],
)
def test_typing_can_be_shown(following: Sandbox, body: object, code: int) -> None:
    assert official(following, "message/custom/typing", body)["errcode"] == code


def test_typing_is_shown_to_followers_only(sandbox: Sandbox) -> None:
    body = {"touser": WANG, "command": "Typing"}
    assert official(sandbox, "message/custom/typing", body)["errcode"] == 45015


def scene(name: str, given: object, **more: object) -> Json:
    field = "scene_str" if "STR" in name else "scene_id"
    return {"action_name": name, "action_info": {"scene": {field: given}}, **more}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(scene("QR_STR_SCENE", "bind:YG-3-2"), 0, id="temporary"),
        pytest.param(scene("QR_LIMIT_STR_SCENE", "bind:YG"), 0, id="permanent"),
        pytest.param(scene("QR_SCENE", 2**32 - 1), 0, id="temporary number"),
        pytest.param(scene("QR_LIMIT_SCENE", 100_000), 0, id="permanent number"),
        pytest.param(scene("QR_SOMETHING", "x"), 40052, id="unknown kind"),
        pytest.param(scene("QR_STR_SCENE", "s" * 64), 0, id="64 characters"),
        pytest.param(scene("QR_STR_SCENE", "s" * 65), 40053, id="65 characters"),
        pytest.param(scene("QR_STR_SCENE", ""), 40053, id="empty scene"),
        pytest.param(scene("QR_SCENE", 0), 40053, id="zero"),
        pytest.param(scene("QR_LIMIT_SCENE", 100_001), 40053, id="permanent number too large"),
        pytest.param({"action_name": "QR_SCENE"}, 40053, id="no scene"),
        pytest.param(scene("QR_SCENE", 1, expire_seconds=2_592_001), 40053, id="too long"),
    ],
)
def test_a_parametric_qr_code_is_checked(sandbox: Sandbox, body: Json, code: int) -> None:
    answer = official(sandbox, "qrcode/create", body)
    assert answer.get("errcode", 0) == code
    assert ("ticket" in answer, "url" in answer) == (code == 0, code == 0)


def test_a_temporary_qr_code_lasts_a_minute_unless_more_is_asked(sandbox: Sandbox) -> None:
    asked = (
        scene("QR_STR_SCENE", "a"),
        scene("QR_STR_SCENE", "a", expire_seconds=600),
        scene("QR_LIMIT_STR_SCENE", "a"),
    )
    lasts = [official(sandbox, "qrcode/create", one).get("expire_seconds") for one in asked]
    assert lasts == [60, 600, None]


def test_an_account_that_is_not_verified_has_no_qr_codes(sandbox: Sandbox) -> None:
    control(sandbox, "account", verified=False)
    body = scene("QR_STR_SCENE", "bind:YG")
    assert official(sandbox, "qrcode/create", body)["errcode"] == 48001


def test_a_followers_record_has_neither_name_nor_picture(sandbox: Sandbox) -> None:
    stranger = official(sandbox, "user/info", openid=WANG)
    assert stranger == {"subscribe": 0, "openid": WANG}
    sandbox.act("wang", "follow")
    followed_at = int(sandbox.world.now().timestamp())
    sandbox.world.move(3600)
    record = official(sandbox, "user/info", openid=WANG)
    assert (record["subscribe"], record["openid"]) == (1, WANG)
    assert record["subscribe_time"] == followed_at
    assert {"nickname", "headimgurl", "sex"} & set(record) == set()
    assert official(sandbox, "user/info", openid="oNobody")["errcode"] == 40003


def test_addresses_are_told(sandbox: Sandbox) -> None:
    assert official(sandbox, "getcallbackip")["ip_list"] == list(CALLBACK_IPS)
    assert official(sandbox, "get_api_domain_ip")["ip_list"] == list(API_IPS)
