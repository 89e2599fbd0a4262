"""Every event of PLATFORM.md A5 (official account) and B2 (WeCom), and the turn that it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.sandbox.envelope import XmlValue
from handlers.messages import IncomingKind

Fields = Mapping[str, XmlValue]


@dataclass(frozen=True)
class Turn:
    """What handlers get; an event that is only acknowledged is None instead."""

    kind: IncomingKind
    text: str = ""
    scene: str = ""
    is_tap: bool = False
    sender: str = "somebody"
    task_id: str = ""
    response_code: str = ""


def scanned(result: str, kind: str = "qrcode") -> Fields:
    return {"EventKey": "6", "ScanCodeInfo": {"ScanType": kind, "ScanResult": result}}


def sent_photos(*sums: str) -> Fields:
    items: list[XmlValue] = [{"PicMd5Sum": each} for each in sums]
    return {"EventKey": "6", "SendPicsInfo": {"Count": len(sums), "PicList": {"item": items}}}


TAP, SCAN, TEXT = IncomingKind.TAP, IncomingKind.SCAN, IncomingKind.TEXT
PLACE: Fields = {
    "EventKey": "6",
    "SendLocationInfo": {"Location_X": "23", "Location_Y": "113", "Label": "3栋", "Poiname": ""},
}
WHERE: Fields = {"Latitude": "23.1", "Longitude": "113.3", "Precision": "119.38"}
LINK_SCANNED = Turn(SCAN, scene="http://weixin.qq.com/q/02a", is_tap=True)

A5: dict[str, tuple[str, Fields, Turn | None]] = {
    "a follow": ("subscribe", {"EventKey": ""}, Turn(IncomingKind.SUBSCRIBE)),
    "a follow without a key": ("subscribe", {}, Turn(IncomingKind.SUBSCRIBE)),
    "a follow by a code": (
        "subscribe",
        {"EventKey": "qrscene_bind:e1-3", "Ticket": "T"},
        Turn(IncomingKind.SUBSCRIBE, scene="bind:e1-3"),
    ),
    "a code of a follower": (
        "SCAN",
        {"EventKey": "bind:e1-3", "Ticket": "T"},
        Turn(SCAN, scene="bind:e1-3"),
    ),
    "an end": ("unsubscribe", {"EventKey": ""}, Turn(IncomingKind.UNSUBSCRIBE)),
    "where somebody is": ("LOCATION", WHERE, None),
    "a menu key": ("CLICK", {"EventKey": "进度"}, Turn(TAP, text="进度", is_tap=True)),
    "a menu link": ("VIEW", {"EventKey": "https://a", "MenuId": "1"}, None),
    "a menu link without an id": ("VIEW", {"EventKey": "https://a"}, None),
    "a menu mini-program": ("view_miniprogram", {"EventKey": "pages/a", "MenuId": "1"}, None),
    "a scan that the phone shows": ("scancode_push", scanned("https://a"), Turn(TAP, is_tap=True)),
    "a scanned home": (
        "scancode_waitmsg",
        scanned("bind:e1-3"),
        Turn(SCAN, scene="bind:e1-3", is_tap=True),
    ),
    "scanned words": (
        "scancode_waitmsg",
        scanned("报事 灯坏了"),
        Turn(TEXT, text="报事 灯坏了", is_tap=True),
    ),
    "a scanned link": ("scancode_waitmsg", scanned(LINK_SCANNED.scene), LINK_SCANNED),
    "a scanned barcode": (
        "scancode_waitmsg",
        scanned("EAN_13,6901", "barcode"),
        Turn(SCAN, scene="EAN_13,6901", is_tap=True),
    ),
    "nothing scanned": ("scancode_waitmsg", {"EventKey": "6"}, Turn(SCAN, is_tap=True)),
    "a camera photo": ("pic_sysphoto", sent_photos("a"), None),
    "photos": ("pic_photo_or_album", sent_photos("a", "b", "c"), None),
    "an album": ("pic_weixin", sent_photos("a", "b"), None),
    "a chosen place": ("location_select", PLACE, None),
    "a template that arrived": (
        "TEMPLATESENDJOBFINISH",
        {"MsgID": 200163836, "Status": "success"},
        Turn(IncomingKind.RECEIPT, text="success", task_id="200163836"),
    ),
    "a template that was blocked": (
        "TEMPLATESENDJOBFINISH",
        {"MsgId": "200163836", "Status": "failed:user block"},
        Turn(IncomingKind.RECEIPT, text="failed:user block", task_id="200163836"),
    ),
    "a template of which nobody says which": ("TEMPLATESENDJOBFINISH", {"Status": "success"}, None),
    "a mass message": ("MASSSENDJOBFINISH", {"MsgID": 1, "Status": "sendsuccess"}, None),
    "an article": ("PUBLISHJOBFINISH", {"PublishEventInfo": {"publish_id": "1"}}, None),
    "a session with people": ("kf_create_session", {"KfAccount": "a@b"}, None),
    "its end": ("kf_close_session", {"KfAccount": "a@b"}, None),
    "its handing on": ("kf_switch_session", {"FromKfAccount": "a", "ToKfAccount": "b"}, None),
    "a card": ("user_get_card", {"CardId": "1", "IsGiveByFriend": 1}, None),
    "a verification": ("qualification_verify_success", {"ExpiredTime": 1}, None),
    "a name": ("naming_verify_fail", {"FailTime": 1, "FailReason": "x"}, None),
    "a renewal": ("annual_renew", {"ExpiredTime": 1}, None),
    "something new": ("debug_demo", {"debug_str": "hello world"}, None),
    "nothing": ("", {}, None),
}


def contact(change: str, **fields: XmlValue) -> Fields:
    return {"FromUserName": "sys", "ChangeType": change, "UserID": "ZhangSan", **fields}


def warned(event: str) -> tuple[str, Fields, Turn]:
    fields: Fields = {"FromUserName": "sys", "EffectTime": 1, "AgentID": 1000002}
    return event, fields, Turn(IncomingKind.WARNING, text=event.lower(), sender="sys")


CARD: Fields = {"EventKey": "接单 12", "TaskId": "n1-a", "CardType": "button_interaction"}
PERSON: Fields = {
    "Name": "张三",
    "Department": "1,2,3",
    "IsLeaderInDept": "1,0,0",
    "Mobile": "13800000000",
    "ExtAttr": {"Item": {"Name": "爱好", "Type": 0, "Text": {"Value": "旅游"}}},
}

B2: dict[str, tuple[str, Fields, Turn | None]] = {
    "into the visible range": ("subscribe", {"EventKey": ""}, Turn(IncomingKind.JOINED)),
    "out of the visible range": ("unsubscribe", {"EventKey": ""}, Turn(IncomingKind.LEFT)),
    "the app is opened": ("enter_agent", {"EventKey": ""}, Turn(IncomingKind.ENTER)),
    "where somebody is": ("LOCATION", {**WHERE, "AppType": "wxwork"}, None),
    "a menu key": ("click", {"EventKey": "待办"}, Turn(TAP, text="待办", is_tap=True)),
    "a menu key in capitals": ("CLICK", {"EventKey": "待办"}, Turn(TAP, text="待办", is_tap=True)),
    "a menu link": ("view", {"EventKey": "https://a"}, None),
    "a menu mini-program": ("view_miniprogram", {"EventKey": "pages/a"}, None),
    "a scan that the phone shows": ("scancode_push", scanned("https://a"), None),
    "scanned words": ("scancode_waitmsg", scanned("可接"), Turn(TEXT, text="可接", is_tap=True)),
    "a scanned home": (
        "scancode_waitmsg",
        scanned("bind:e1"),
        Turn(SCAN, scene="bind:e1", is_tap=True),
    ),
    "photos": ("pic_photo_or_album", sent_photos("a", "b"), None),
    "a chosen place": ("location_select", PLACE, None),
    "a job": ("batch_job_result", {"BatchJob": {"JobId": "1", "ErrCode": 0}}, None),
    "a button of a card": (
        "template_card_event",
        {**CARD, "ResponseCode": "C"},
        Turn(TAP, text="接单 12", is_tap=True, task_id="n1-a", response_code="C"),
    ),
    "a choice of a card": (
        "template_card_event",
        {
            **CARD,
            "EventKey": "派单 12 {choice}",
            "ResponseCode": "C",
            "SelectedItems": {
                "SelectedItem": {"QuestionKey": "choice", "OptionIds": {"OptionId": "张三"}}
            },
        },
        Turn(TAP, text="派单 12 张三", is_tap=True, task_id="n1-a", response_code="C"),
    ),
    "the menu of a card": (
        "template_card_menu_event",
        {**CARD, "ResponseCode": "C"},
        Turn(TAP, text="接单 12", is_tap=True, task_id="n1-a"),
    ),
    "a member who came": ("change_contact", contact("create_user", **PERSON), None),
    "a member who changed": ("change_contact", contact("update_user", **PERSON), None),
    "a member renamed": (
        "change_contact",
        contact("update_user", NewUserID="Zhang.San", **PERSON),
        Turn(IncomingKind.RENAMED, text="zhang.san", sender="zhangsan"),
    ),
    "a member renamed to the same": (
        "change_contact",
        contact("update_user", NewUserID="zhangsan"),
        None,
    ),
    "a member who left": (
        "change_contact",
        contact("delete_user"),
        Turn(IncomingKind.LEFT, sender="zhangsan"),
    ),
    "a new party": ("change_contact", contact("create_party", Id=2, Name="a", ParentId="1"), None),
    "a changed party": ("change_contact", contact("update_party", Id=2, Name="a"), None),
    "a party that is gone": ("change_contact", contact("delete_party", Id=2), None),
    "a tag": ("change_contact", contact("update_tag", TagId=1, AddUserItems="a,b"), None),
    "an approval": ("open_approval_change", {"ApprovalInfo": {"ThirdNo": "1"}}, None),
    "a shared app": ("share_agent_change", {"FromUserName": "sys"}, None),
    "a shared chain": ("share_chain_change", {"FromUserName": "sys"}, None),
    "an idle app": warned("inactive_alert"),
    "an app that is seldom used": warned("low_active_alert"),
    "an app that was seldom used": warned("low_active"),
    "an app that was closed": warned("close_inactive_agent"),
    "an app that was opened again": warned("reopen_inactive_agent"),
    "an app that is used again": warned("active_restored"),
    "something new": ("debug_demo", {}, None),
    "nothing": ("", {}, None),
}
