"""Whatever is posted: a refusal without a word that leaves nothing behind, or a sound answer."""

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from secrets import token_bytes

import pytest

from bot.config import Account
from bot.webhook import BODY_LIMIT
from tests.channels.test_samples import FOLDER, ROWS
from tests.end_to_end.people import FIFTY, SECRETARY_OF_FIFTY
from tests.end_to_end.town import Request, Town
from tests.platform import open_reply, seal_request, sign, text_xml

SENDER = "o-bad-input"

_numbers = count(1)


def text() -> str:
    return text_xml(SENDER, "to", "灯坏了", message_id=next(_numbers), at=datetime.now(UTC))


def sealed(account: Account, xml: str | None = None, *, minutes: int = 0) -> Request:
    now = datetime.now(UTC) + timedelta(minutes=minutes)
    return seal_request(account, text() if xml is None else xml, now=now)


def resealed(account: Account, change: Callable[[str], str]) -> Request:
    """Change the ciphertext and sign it rightly."""
    query, body = sealed(account)
    found = re.search(r"<Encrypt><!\[CDATA\[(.*?)\]\]>", body.decode())
    assert found
    other = change(found[1])
    signature = sign(account.token, query["timestamp"], query["nonce"], other)
    return {**query, "msg_signature": signature}, body.replace(found[1].encode(), other.encode())


def unsigned(account: Account) -> Request:
    query, body = sealed(account)
    return {**query, "msg_signature": "0" * 40}, body


REFUSED: dict[str, tuple[str, Callable[[Town], Request], int]] = {
    "wrong signature": ("oa", lambda town: unsigned(town.official), 403),
    "wrong signature of WeCom": ("wecom", lambda town: unsigned(town.wecom), 403),
    "another AppID": (
        "oa",
        lambda town: sealed(town.official.model_copy(update={"app_id": "wx9999999999999999"})),
        403,
    ),
    "another CorpID": (
        "wecom",
        lambda town: sealed(town.wecom.model_copy(update={"app_id": "ww9999999999999999"})),
        403,
    ),
    "stale": ("oa", lambda town: sealed(town.official, minutes=-11), 403),
    "from the future": ("wecom", lambda town: sealed(town.wecom, minutes=11), 403),
    "truncated": ("oa", lambda town: resealed(town.official, lambda whole: whole[:-24]), 403),
    "random": (
        "oa",
        lambda town: resealed(town.official, lambda _: b64encode(token_bytes(256)).decode()),
        403,
    ),
    "plain XML": (
        "oa",
        lambda town: sealed(town.official.model_copy(update={"encryption": "plain"})),
        403,
    ),
    "an envelope of WeCom": ("oa", lambda town: sealed(town.wecom), 403),
    "broken XML": ("oa", lambda town: sealed(town.official, "<xml><MsgType>text</MsgType>"), 400),
    "a DTD": (
        "oa",
        lambda town: sealed(
            town.official, f'<!DOCTYPE xml [<!ENTITY a "b">]>{text().replace("灯", "&a;")}'
        ),
        400,
    ),
    "an unknown account": ("nobody", lambda town: sealed(town.official), 404),
    "over 1 MiB": (
        "oa",
        lambda town: (sealed(town.official)[0], b"<xml>".ljust(BODY_LIMIT + 1)),
        413,
    ),
}


@pytest.mark.parametrize(("name", "made", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_forged_or_broken_is_refused_without_a_word_and_leaves_nothing(
    town: Town, name: str, made: Callable[[Town], Request], status: int
) -> None:
    stored, logged = town.stored(), len(town.programs.said("serve"))

    answered = town.post(name, made(town))

    assert answered == (status, b"")
    assert town.stored() == stored
    lines = town.programs.said("serve")[logged:].splitlines()
    refusals = [line for line in lines if "webhook refused" in line]
    assert [f'"status": {status}' in line for line in refusals] == [True]
    assert not [line for line in lines if SENDER in line]
    after = town.sealed(SENDER, "帮助", message_id=next(_numbers))
    assert town.answer(after).startswith("可以这样说：")


ODD = {
    "control characters": "楼道\x00灯\x1d坏\x08了\x7f",
    "the end of a CDATA section": "楼道灯]]>坏了]]>",
    "2,000 characters": "楼道灯坏了" * 400,
    "600 emoji": "楼道灯坏了" + "😀" * 600,
    "markup": "<a href='x'>楼道灯</a>坏了&amp;<![CDATA[",
}


@pytest.mark.parametrize("matter", ODD.values(), ids=ODD.keys())
def test_an_odd_message_is_answered_and_becomes_an_order_like_any_other(
    town: Town, matter: str
) -> None:
    resident = town.newcomer(home="XF-1-1")

    asked = town.say(resident, matter)
    number = town.submitted(resident, asked)

    assert asked.startswith("您是想报这件事吗？\n")
    title = town.card(SECRETARY_OF_FIFTY, number).main_title.title
    assert title.startswith(f"#{number} ")
    assert "灯" in title


@pytest.mark.parametrize("matter", ODD.values(), ids=ODD.keys())
def test_an_odd_message_is_answered_in_wecom_too(town: Town, matter: str) -> None:
    assert "灯" in town.say(FIFTY[0], matter)
    assert town.say(FIFTY[0], "取消") == "好的，已取消，什么也没有提交。"


NUMBERS = ("99999999999999999999", "9" * 300, "0", "-1", "１２３４５６７８９０１２３４５６７８９０")


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("word", ["进度", "接单", "派单", "完成", "确认", "没解决", "部分解决"])
def test_a_number_that_no_order_has_gets_a_kind_answer(town: Town, word: str, number: str) -> None:
    answer = town.say(SECRETARY_OF_FIFTY, f"{word} {number}")
    town.say(SECRETARY_OF_FIFTY, "取消")

    assert answer
    assert "对不住" not in answer


def test_every_public_sample_in_our_envelope_is_acknowledged(town: Town) -> None:
    answered: dict[str, int] = {}
    for row in ROWS:
        file = row["file"]
        account = town.official if row["platform"] == "mp" else town.wecom
        xml = (FOLDER / file).read_text(encoding="utf-8")
        ours = re.sub(r"<AgentID>.*?</AgentID>", f"<AgentID>{account.agent_id}</AgentID>", xml)
        answered[file], body = town.post(account.name, sealed(account, ours))
        open_reply(account, body)  # empty, or sound

    assert answered == dict.fromkeys((row["file"] for row in ROWS), 200)
    assert len(answered) > 70
