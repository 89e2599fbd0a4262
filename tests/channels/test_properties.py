"""Whatever is posted, only WebhookError comes out; whatever is said, the XML stays whole."""

import json
from operator import mul
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels import Channel, Envelope, WebhookError, limits
from bot.channels.official_account import OfficialAccount
from bot.channels.wecom import WeCom
from bot.config import Account
from handlers.messages import Action, Reply
from tests.channels.conftest import NOW, FixedTokens
from tests.channels.trees import numbers, trees, values, written
from tests.platform import official_account, open_reply, seal_request, text_xml, wecom_account

CHANNELS: list[Channel] = [
    OfficialAccount(official_account(), FixedTokens()),
    OfficialAccount(official_account(encryption="compatible"), FixedTokens()),
    OfficialAccount(official_account(encryption="plain"), FixedTokens()),
    WeCom(wecom_account(), FixedTokens()),
]
channels = st.sampled_from(CHANNELS)
any_text = st.text(st.characters())  # surrogates included
awkward = st.sampled_from(["]]>", "<a href='x'>", "</a>", "<", "&", "\x00", "\ud800", "😀" * 300])
pieces = st.one_of(any_text, awkward, st.builds(mul, any_text, st.integers(1, 300)))
texts = st.lists(pieces, max_size=4).map("".join)
actions = st.lists(st.builds(Action, pieces, pieces), max_size=6).map(tuple)
bodies = st.one_of(
    st.binary(),
    st.recursive(
        any_text, lambda inner: st.builds("<{0}>{1}</{0}>".format, st.just("xml"), inner)
    ).map(lambda text: text.encode("utf-8", "surrogatepass")),
)

# The machine may be busy: how long an example takes says nothing about the rule.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def outcome(channel: Channel, query: dict[str, str], body: bytes) -> int:
    """Give the status with which the webhook would answer."""
    try:
        channel.read(query, body, now=NOW)
    except WebhookError as error:
        return error.status
    return 200


def signed(account: Account, body: bytes) -> tuple[dict[str, str], bytes]:
    """Put any bytes under a right signature, encrypted where the account says so."""
    return seal_request(account, body.decode("utf-8", "replace"), now=NOW)


@unhurried
@given(channels, st.dictionaries(st.sampled_from(["timestamp", "nonce"]), any_text), bodies)
def test_random_requests_are_refused(channel: Channel, query: dict[str, str], body: bytes) -> None:
    assert outcome(channel, query, body) in {400, 403}


@unhurried
@given(channels, bodies)
def test_random_content_under_a_right_signature_is_read_or_refused(
    channel: Channel, body: bytes
) -> None:
    query, sealed = signed(channel.account, body)
    assert outcome(channel, query, sealed) in {200, 400}


@unhurried
@given(channels, trees(values))
def test_any_tree_of_tags_is_read_or_refused(channel: Channel, tree: dict[str, object]) -> None:
    assert outcome(channel, *signed(channel.account, written("xml", tree).encode())) in {200, 400}


@unhurried
@given(channels, trees(st.one_of(values, numbers)))
def test_any_tree_in_json_is_read_or_refused(channel: Channel, tree: dict[str, object]) -> None:
    assert outcome(channel, *signed(channel.account, json.dumps(tree).encode())) in {200, 400}


@unhurried
@given(channels, st.data())
def test_a_mutated_request_is_read_or_refused(channel: Channel, data: st.DataObject) -> None:
    query, body = seal_request(
        channel.account, text_xml("o1", "gh_1", "灯坏了", message_id=1, at=NOW), now=NOW
    )
    place = data.draw(st.integers(0, len(body)))
    length = data.draw(st.integers(0, 20))
    mutated = body[:place] + data.draw(st.binary(max_size=20)) + body[place + length :]
    name = data.draw(st.sampled_from([*query, "other"]))
    changed = query | {name: data.draw(st.one_of(st.just(query.get(name, "")), any_text))}
    assert outcome(channel, changed, mutated) in {200, 400, 403}


@unhurried
@given(channels, texts, actions, actions, st.booleans())
def test_any_reply_is_well_formed_and_within_the_limit(
    channel: Channel,
    text: str,
    menu: tuple[Action, ...],
    taps: tuple[Action, ...],
    card: bool,  # noqa: FBT001 (drawn)
) -> None:
    envelope = Envelope("o1", "gh_1", "1", "2", encrypted=True, is_card_tap=card)
    reply = Reply(text=text, menu=menu, actions=taps)
    rendered = channel.render(envelope, reply, now=NOW)
    if not rendered:
        return
    inner = ET.fromstring(open_reply(channel.account, rendered))  # noqa: S314 (written by the code under test)
    said = inner.findtext("Content") or inner.findtext("Button/ReplaceName") or ""
    assert said.strip() != ""
    assert len(said.encode()) <= limits.TEXT_BYTES
    links = said.count('<a href="weixin://bizmsgmenu?msgmenucontent=')
    assert (said.count("<"), said.count("</a>")) == (links * 2, links)
