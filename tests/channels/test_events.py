"""Every event of PLATFORM.md A5 and B2, as XML and as JSON: what becomes of it."""

from datetime import datetime

import pytest
from structlog.testing import capture_logs

from bot.channels import Channel, Received, WebhookError
from bot.channels.official_account import OfficialAccount
from bot.channels.wecom import WeCom
from bot.sandbox.envelope import XmlValue, to_xml
from handlers.messages import IncomingKind
from tests.channels.conftest import FixedTokens
from tests.channels.events import A5, B2, Fields, Turn, contact
from tests.platform import as_json, official_account, seal_request, wecom_account

OFFICIAL: Channel = OfficialAccount(official_account(), FixedTokens())
COMPANY: Channel = WeCom(wecom_account(), FixedTokens())
FORMATS = pytest.mark.parametrize("is_json", [False, True], ids=["xml", "json"])


def read(
    channel: Channel,
    event: str,
    fields: Fields,
    *,
    is_json: bool,
    now: datetime,
    kind: str = "event",
) -> Received:
    head: Fields = {
        "ToUserName": "gh_1",
        "FromUserName": "somebody",
        "CreateTime": int(now.timestamp()),
        "MsgType": kind,
        "Event": event,
    }
    xml = to_xml({**head, **fields})
    query, body = seal_request(channel.account, as_json(xml) if is_json else xml, now=now)
    return channel.read(query, body, now=now)


def turn_of(received: Received) -> Turn | None:
    found = received.incoming
    assert received.acknowledgement == ""
    if found is None:
        return None
    return Turn(
        kind=found.kind,
        text=found.text,
        scene=found.scene,
        is_tap=found.is_tap,
        sender=found.sender,
        task_id=found.task_id,
        response_code=found.response_code,
    )


@FORMATS
@pytest.mark.parametrize("case", A5.values(), ids=A5.keys())
def test_an_event_of_the_official_account(
    case: tuple[str, Fields, Turn | None],
    is_json: bool,  # noqa: FBT001 (a case)
    now: datetime,
) -> None:
    event, fields, expected = case
    assert turn_of(read(OFFICIAL, event, fields, is_json=is_json, now=now)) == expected


@FORMATS
@pytest.mark.parametrize("case", B2.values(), ids=B2.keys())
def test_an_event_of_wecom(
    case: tuple[str, Fields, Turn | None],
    is_json: bool,  # noqa: FBT001 (a case)
    now: datetime,
) -> None:
    event, fields, expected = case
    assert turn_of(read(COMPANY, event, fields, is_json=is_json, now=now)) == expected


def consent(*outcomes: str) -> list[XmlValue]:
    return [
        {"TemplateId": f"T{number}", "SubscribeStatusString": outcome, "PopupScene": 1}
        for number, outcome in enumerate(outcomes)
    ]


POPUP, CHANGE = "subscribe_msg_popup_event", "subscribe_msg_change_event"
SUBSCRIPTIONS: dict[str, tuple[str, Fields, int, dict[str, int]]] = {
    "one allowed": (
        POPUP,
        {"SubscribeMsgPopupEvent": {"List": consent("accept")}},
        1,
        {"accept": 1},
    ),
    "several": (
        POPUP,
        {"SubscribeMsgPopupEvent": {"List": consent("accept", "reject", "accept")}},
        3,
        {"accept": 2, "reject": 1},
    ),
    "taken back": (
        CHANGE,
        {"SubscribeMsgChangeEvent": {"List": consent("reject")}},
        1,
        {"reject": 1},
    ),
    "taken back under the other's tag": (
        CHANGE,
        {"SubscribeMsgPopupEvent": {"List": consent("reject", "reject")}},
        2,
        {"reject": 2},
    ),
    "sent": (
        "subscribe_msg_sent_event",
        {
            "SubscribeMsgSentEvent": {
                "List": {"TemplateId": "T", "MsgID": 1, "ErrorCode": 0, "ErrorStatus": "success"}
            }
        },
        1,
        {"success": 1},
    ),
    "nothing inside": (POPUP, {}, 0, {}),
}


@FORMATS
@pytest.mark.parametrize("case", SUBSCRIPTIONS.values(), ids=SUBSCRIPTIONS.keys())
def test_subscription_events_are_acknowledged_and_counted_without_ids(
    case: tuple[str, Fields, int, dict[str, int]],
    is_json: bool,  # noqa: FBT001 (a case)
    now: datetime,
) -> None:
    event, fields, templates, outcomes = case
    with capture_logs() as logged:
        assert read(OFFICIAL, event, fields, is_json=is_json, now=now).incoming is None
    assert logged == [
        {
            "event": "subscription event acknowledged",
            "log_level": "info",
            "kind": event,
            "templates": templates,
            "outcomes": outcomes,
        }
    ]


def test_a_list_of_one_may_come_as_a_list_in_json(now: datetime) -> None:
    text = (
        '{"FromUserName": "o1", "MsgType": "event", "Event": "subscribe_msg_popup_event",'
        ' "List": [{"TemplateId": "T", "SubscribeStatusString": "accept"}]}'
    )
    with capture_logs() as logged:
        OFFICIAL.read(*seal_request(OFFICIAL.account, text, now=now), now=now)
    assert (logged[0]["templates"], logged[0]["outcomes"]) == (1, {"accept": 1})


@FORMATS
@pytest.mark.parametrize("kind", ["device_text", "hardware", "device_event", "wonder"])
def test_messages_that_are_not_for_this_service(
    kind: str,
    is_json: bool,  # noqa: FBT001 (a case)
    now: datetime,
) -> None:
    for channel in (OFFICIAL, COMPANY):
        received = read(channel, "", {"MsgId": 1}, is_json=is_json, now=now, kind=kind)
        assert turn_of(received) is None


@FORMATS
def test_a_shared_mini_program_is_answered_like_a_link(
    is_json: bool,  # noqa: FBT001 (a case)
    now: datetime,
) -> None:
    fields: Fields = {"Title": "缴费", "AppId": "wx1", "PagePath": "a", "MsgId": 1}
    received = read(OFFICIAL, "", fields, is_json=is_json, now=now, kind="miniprogrampage")
    assert turn_of(received) == Turn(IncomingKind.LINK, text="缴费")


@pytest.mark.parametrize("body", ["<xml><action>{}</action></xml>", '{{"action": "{}"}}'])
def test_cloud_hosting_hears_what_it_wants_to_hear(body: str, now: datetime) -> None:
    for encryption in ("plain", "compatible", "safe"):
        account = official_account(encryption=encryption)
        request = seal_request(account, body.format("CheckContainerPath"), now=now)
        received = OfficialAccount(account, FixedTokens()).read(*request, now=now)
        assert (received.incoming, received.acknowledgement) == (None, "success")


def test_two_of_one_second_are_told_apart(now: datetime) -> None:
    events: list[tuple[Channel, str, Fields]] = [
        (COMPANY, "change_contact", contact("delete_user")),
        (COMPANY, "change_contact", contact("delete_user", UserID="lisi")),
        (COMPANY, "change_contact", contact("update_user", NewUserID="zs")),
        (COMPANY, "change_contact", contact("update_user", NewUserID="zs2")),
        (OFFICIAL, "TEMPLATESENDJOBFINISH", {"MsgID": 1, "Status": "success"}),
        (OFFICIAL, "TEMPLATESENDJOBFINISH", {"MsgID": 2, "Status": "success"}),
    ]
    keys = []
    for channel, event, fields in events * 2:
        found = read(channel, event, fields, is_json=False, now=now).incoming
        assert found is not None
        keys.append(found.key)
    assert len(set(keys)) == len(events)
    assert keys[: len(events)] == keys[len(events) :]


@pytest.mark.parametrize(
    "fields", [contact("delete_user", UserID=""), contact("delete_user", UserID="u" * 65)]
)
def test_a_contact_event_about_nobody_is_refused(fields: Fields, now: datetime) -> None:
    with pytest.raises(WebhookError) as raised:
        read(COMPANY, "change_contact", fields, is_json=False, now=now)
    assert raised.value.status == 400


def test_a_warning_for_another_app_is_not_ours(now: datetime) -> None:
    fields: Fields = {"FromUserName": "sys", "AgentID": 7}
    assert read(COMPANY, "low_active", fields, is_json=False, now=now).incoming is None
