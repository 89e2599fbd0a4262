"""Samples that public SDKs keep: each is read in every mode, as XML and as JSON, and answered."""

import csv
import json
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bot.channels import Channel
from bot.channels.official_account import OfficialAccount
from bot.channels.wecom import WeCom
from handlers.messages import IncomingKind, Reply
from tests.channels.conftest import FixedTokens
from tests.platform import as_json, official_account, open_reply, seal_request, wecom_account

FOLDER = Path(__file__).parents[1] / "fixtures" / "wechat_xml"
with (FOLDER / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
    ROWS = [row for row in csv.DictReader(index, delimiter="\t") if "inbound" in row["kind"]]

CHANNELS: dict[str, Channel] = {
    "plain": OfficialAccount(official_account(encryption="plain"), FixedTokens()),
    "compatible": OfficialAccount(official_account(encryption="compatible"), FixedTokens()),
    "safe": OfficialAccount(official_account(), FixedTokens()),
    "wecom": WeCom(wecom_account(agent_id=1), FixedTokens()),
}
MODES = {"mp": ("plain", "compatible", "safe"), "work": ("wecom",)}
CASES = [
    pytest.param(row["file"], mode, is_json, id=f"{row['file']}-{mode}-{'json' if is_json else ''}")
    for row in ROWS
    for mode in MODES[row["platform"]]
    for is_json in (False, True)
]

TURNS = {
    "CLICK": IncomingKind.TAP,
    "SCAN": IncomingKind.SCAN,
    "subscribe": IncomingKind.SUBSCRIBE,
    "unsubscribe": IncomingKind.UNSUBSCRIBE,
    "scancode_push": IncomingKind.TAP,
    "scancode_waitmsg": IncomingKind.TEXT,
    "TEMPLATESENDJOBFINISH": IncomingKind.RECEIPT,
    "text": IncomingKind.TEXT,
    "image": IncomingKind.IMAGE,
    "voice": IncomingKind.VOICE,
    "video": IncomingKind.VIDEO,
    "link": IncomingKind.LINK,
    "location": IncomingKind.PLACE,
}
IN_WECOM = {"subscribe": IncomingKind.JOINED, "unsubscribe": IncomingKind.LEFT}
A_LINK_SCANNED = "mp__inbound__event.scancode_waitmsg__02.xml"


def expected(file: str, mode: str) -> IncomingKind | None:
    if file == A_LINK_SCANNED:
        return IncomingKind.SCAN
    name = file.split("__")[2].removeprefix("event.")
    return (TURNS | IN_WECOM if mode == "wecom" else TURNS).get(name)


def test_the_samples_are_there() -> None:
    assert {row["platform"] for row in ROWS} == {"mp", "work"}
    assert len(ROWS) > 70


@pytest.mark.parametrize(("file", "mode", "is_json"), CASES)
def test_a_sample_is_read_and_answered_as_it_came(
    file: str,
    mode: str,
    is_json: bool,  # noqa: FBT001 (a case)
    now: datetime,
) -> None:
    channel = CHANNELS[mode]
    xml = (FOLDER / file).read_text(encoding="utf-8").strip()
    query, body = seal_request(channel.account, as_json(xml) if is_json else xml, now=now)
    received = channel.read(query, body, now=now)
    kind = received.incoming.kind if received.incoming else None
    assert (kind, received.acknowledgement) == (expected(file, mode), "")
    rendered = channel.render(received.envelope, Reply(text="好的"), now=now)
    assert rendered.startswith(b"{" if is_json else b"<xml>")
    inner = open_reply(channel.account, rendered)
    assert (inner == rendered.decode()) == (mode == "plain")
    said = json.loads(inner)["Content"] if is_json else ET.fromstring(inner).findtext("Content")  # noqa: S314 (written by the code under test)
    assert said == "好的"


@pytest.mark.parametrize("file", [row["file"] for row in ROWS])
def test_a_sample_and_its_json_twin_say_the_same(file: str, now: datetime) -> None:
    channel = CHANNELS["wecom" if file.startswith("work") else "safe"]
    xml = (FOLDER / file).read_text(encoding="utf-8").strip()
    read = [
        channel.read(*seal_request(channel.account, text, now=now), now=now).incoming
        for text in (xml, as_json(xml))
    ]
    assert read[0] == read[1]
