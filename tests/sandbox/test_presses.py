"""Cards with several questions, with boxes and with a menu of their own, as a person uses them."""

from typing import Any

import pytest

from bot.sandbox import envelope
from handlers.messages import Reply
from tests.sandbox.conftest import WECOM, Sandbox


def options(*names: str) -> list[dict[str, object]]:
    return [{"id": name, "text": name} for name in names]


SURVEY: dict[str, object] = {
    "card_type": "multiple_interaction",
    "select_list": [
        {"question_key": "day", "title": "哪天", "option_list": options("周六", "周日")},
        {"question_key": "hour", "option_list": options("上午", "下午"), "selected_id": "下午"},
    ],
    "submit_button": {"text": "提交", "key": "submit"},
    "button_list": [],
}
VOTE: dict[str, object] = {
    "card_type": "vote_interaction",
    "checkbox": {
        "question_key": "works",
        "mode": 1,
        "option_list": [
            *options("修灯", "修管"),
            {"id": "扫雪", "text": "扫雪", "is_checked": True},
        ],
    },
    "submit_button": {"text": "投票", "key": "vote"},
    "button_list": [],
}
MENU: dict[str, object] = {
    "action_menu": {"desc": "更多", "action_list": [{"text": "不再提醒", "key": "mute"}]}
}


def press(sandbox: Sandbox, changes: dict[str, object], **body: object) -> tuple[int, Any]:
    sandbox.card("zhangsan", **changes)
    message = sandbox.messages("zhangsan")[-1]
    url = "/sandbox/phones/zhangsan/press"
    answered = sandbox.http.post(url, json={"message_id": message["id"], **body})
    return answered.status_code, answered.json()


def selected(sandbox: Sandbox) -> dict[str, list[str]]:
    """Open the one push and give what it says was chosen."""
    (body,) = sandbox.bot.bodies
    encrypted = envelope.parse(body).findtext("Encrypt", "")
    fields: dict[str, envelope.XmlValue] = {
        "Encrypt": encrypted,
        "TimeStamp": "1",
        "Nonce": "n",
        "MsgSignature": envelope.sign(WECOM.token, "1", "n", encrypted),
    }
    event = envelope.open_reply(WECOM, envelope.to_xml(fields).encode())
    return {
        item.findtext("QuestionKey", ""): [one.text or "" for one in item.findall("OptionIds/*")]
        for item in event.findall("SelectedItems/SelectedItem")
    }


@pytest.mark.parametrize(
    ("chosen", "sent"),
    [
        pytest.param({}, {"day": ["周六"], "hour": ["下午"]}, id="presets"),
        pytest.param({"day": ["周日"]}, {"day": ["周日"], "hour": ["下午"]}, id="one of two"),
        pytest.param(
            {"day": ["周日"], "hour": ["上午"]}, {"day": ["周日"], "hour": ["上午"]}, id="both"
        ),
    ],
)
def test_each_question_of_a_card_sends_its_choice(
    sandbox: Sandbox, chosen: dict[str, list[str]], sent: dict[str, list[str]]
) -> None:
    status, _ = press(sandbox, SURVEY, key="submit", selected=chosen)
    assert (status, selected(sandbox)) == (200, sent)


@pytest.mark.parametrize(
    ("chosen", "sent"),
    [([], ["扫雪"]), (["修灯", "修管"], ["修灯", "修管"])],
    ids=["as ticked", "two"],
)
def test_ticked_boxes_travel_together(sandbox: Sandbox, chosen: list[str], sent: list[str]) -> None:
    status, _ = press(sandbox, VOTE, key="vote", selected=chosen)
    assert (status, selected(sandbox)) == (200, {"works": sent})


@pytest.mark.parametrize(
    ("changes", "key", "chosen", "status"),
    [
        pytest.param(SURVEY, "submit", ["周六"], 400, id="which question is meant"),
        pytest.param(SURVEY, "submit", {"day": ["周六", "周日"]}, 400, id="two of a list"),
        pytest.param(SURVEY, "submit", {"day": ["周一"]}, 404, id="no such choice"),
        pytest.param(SURVEY, "submit", {"place": ["x"]}, 404, id="no such question"),
        pytest.param({}, "接单 12", {"day": ["周六"]}, 404, id="a card without questions"),
        pytest.param(SURVEY, "接单 12", {}, 404, id="no such button"),
        pytest.param(MENU, "unmute", {}, 404, id="no such entry"),
    ],
)
def test_what_a_card_does_not_ask_cannot_be_answered(
    sandbox: Sandbox, changes: dict[str, object], key: str, chosen: object, status: int
) -> None:
    answered, _ = press(sandbox, changes, key=key, selected=chosen)
    assert (answered, sandbox.bot.bodies) == (status, [])


def test_an_entry_of_a_cards_menu_is_an_event_whose_answer_is_shown(sandbox: Sandbox) -> None:
    sandbox.bot.reply = lambda _: Reply(text="好的")
    _, phone = press(sandbox, MENU, key="mute")
    texts = [one["text"] for one in phone["messages"] if one["kind"] == "text"]
    events = [call["about"] for call in sandbox.http.get("/sandbox/log").json()]
    assert events[-1] == "zhangsan: event template_card_menu_event"
    assert (len(sandbox.bot.bodies), texts) == (1, ["好的"])
