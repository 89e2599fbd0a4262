"""Trees of the tags that platforms use, with values that they do and do not use."""

from xml.sax.saxutils import escape

from hypothesis import strategies as st

TAGS = [
    *("ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "MsgId", "MsgID"),
    *("Content", "MediaId", "AgentID", "ChangeType", "UserID", "NewUserID", "Status", "action"),
    *("ScanCodeInfo", "ScanType", "ScanResult", "SelectedItems", "OptionId", "ResponseCode"),
    *("SubscribeMsgPopupEvent", "List", "TemplateId", "SubscribeStatusString", "item"),
]
KNOWN = [
    *(
        "event",
        "text",
        "image",
        "voice",
        "location",
        "miniprogrampage",
        "o1",
        "sys",
        "7",
        "1000002",
    ),
    *("CLICK", "subscribe", "unsubscribe", "SCAN", "scancode_push", "scancode_waitmsg"),
    *("TEMPLATESENDJOBFINISH", "subscribe_msg_popup_event", "change_contact", "delete_user"),
    *(
        "update_user",
        "template_card_event",
        "template_card_menu_event",
        "low_active",
        "enter_agent",
    ),
    *("CheckContainerPath", "barcode", "bind:e1", "", " "),
]
values = st.one_of(
    st.sampled_from(KNOWN), st.text(st.characters()), st.text("长<&]>", max_size=400)
)
numbers = st.one_of(st.none(), st.booleans(), st.integers(), st.floats())


def trees(leaf: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    """Any tree of the tags that platforms use, with values that they do and do not use."""
    inside = st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(TAGS), inner, max_size=4)
        ),
        max_leaves=8,
    )
    return st.dictionaries(st.sampled_from(TAGS), inside, max_size=14)


def written(tag: str, value: object) -> str:
    """Write one element as XML; of a list each as an element of its own."""
    if isinstance(value, list):
        return "".join(written(tag, one) for one in value)
    if isinstance(value, dict):
        return f"<{tag}>" + "".join(written(*pair) for pair in value.items()) + f"</{tag}>"
    return f"<{tag}>{escape(str(value))}</{tag}>"
