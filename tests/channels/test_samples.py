"""Samples that public SDKs keep: each is read in an envelope of ours, and answered or not."""

import csv
from datetime import datetime
from pathlib import Path

import pytest

from bot.channels import Channel
from bot.channels.official_account import OfficialAccount
from bot.channels.wecom import WeCom
from handlers.messages import IncomingKind, Reply
from tests.channels.conftest import FixedTokens
from tests.platform import official_account, open_reply, seal_request, wecom_account

FOLDER = Path(__file__).parents[1] / "fixtures" / "wechat_xml"
with (FOLDER / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
    ROWS = [row for row in csv.DictReader(index, delimiter="\t") if "inbound" in row["kind"]]
INBOUND = [(row["file"], row["platform"]) for row in ROWS]

TURNS = {
    "CLICK": IncomingKind.TAP,
    "SCAN": IncomingKind.SCAN,
    "subscribe": IncomingKind.SUBSCRIBE,
    "unsubscribe": IncomingKind.UNSUBSCRIBE,
    "text": IncomingKind.TEXT,
    "image": IncomingKind.IMAGE,
    "voice": IncomingKind.VOICE,
    "video": IncomingKind.VIDEO,
    "link": IncomingKind.LINK,
    "location": IncomingKind.PLACE,
}


def channel_of(platform: str) -> Channel:
    if platform == "mp":
        return OfficialAccount(official_account(), FixedTokens())
    return WeCom(wecom_account(agent_id=1), FixedTokens())


def test_the_samples_are_there() -> None:
    assert {row["platform"] for row in ROWS} == {"mp", "work"}
    assert len(ROWS) > 70


@pytest.mark.parametrize(("file", "platform"), INBOUND, ids=[name for name, _ in INBOUND])
def test_a_sample_is_read_and_answered(file: str, platform: str, now: datetime) -> None:
    channel = channel_of(platform)
    xml = (FOLDER / file).read_text(encoding="utf-8")
    query, body = seal_request(channel.account, xml, now=now)
    received = channel.read(query, body, now=now)
    rendered = channel.render(received.envelope, Reply(text="好的"), now=now)
    assert "好的" in open_reply(channel.account, rendered)


@pytest.mark.parametrize(("file", "platform"), INBOUND, ids=[name for name, _ in INBOUND])
def test_a_sample_gets_a_turn_exactly_if_its_kind_has_one(
    file: str, platform: str, now: datetime
) -> None:
    channel = channel_of(platform)
    xml = (FOLDER / file).read_text(encoding="utf-8")
    query, body = seal_request(channel.account, xml, now=now)
    incoming = channel.read(query, body, now=now).incoming
    name = file.split("__")[2].removeprefix("event.")
    is_for_the_app = platform == "mp" or name not in {"subscribe", "unsubscribe"}
    expected = TURNS.get(name) if is_for_the_app else None
    assert (incoming.kind if incoming else None) == expected
