"""Whatever tree of tags a platform posts is answered or refused, also by those who handle it."""

import json

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from bot.channels import Channel, WebhookError
from bot.channels.official_account import OfficialAccount
from bot.channels.wecom import WeCom
from handlers import turn
from storage.database import transaction
from storage.models import InboxMessage
from storage.vocabulary import InboxStatus
from tests.channels.conftest import FixedTokens
from tests.channels.trees import trees, values
from tests.factories import NOON, OFFICIAL, POLICY, WECOM, World
from tests.platform import official_account, seal_request, wecom_account

CHANNELS: list[Channel] = [
    OfficialAccount(official_account(app_id=OFFICIAL), FixedTokens()),
    WeCom(wecom_account(app_id=WECOM), FixedTokens()),
]
EVENT = {"MsgType": "event", "CreateTime": "7"}


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(CHANNELS), trees(values), st.sampled_from(["zhangsan", "wang", "sys"]))
@example(CHANNELS[1], {**EVENT, "Event": "change_contact", "ChangeType": "delete_user"}, "sys")
@example(CHANNELS[0], {**EVENT, "Event": "scancode_waitmsg"}, "wang")
@example(CHANNELS[0], {**EVENT, "Event": "CLICK", "EventKey": " "}, "wang")
@example(CHANNELS[0], {"MsgType": "image", "MsgId": "7"}, "wang")
def test_nothing_that_is_posted_fails(
    engine: Engine, world: World, channel: Channel, tree: dict[str, object], sender: str
) -> None:
    posted = json.dumps({**tree, "FromUserName": sender})
    try:
        received = channel.read(*seal_request(channel.account, posted, now=NOON), now=NOON)
    except WebhookError:
        return  # with which status is asked in the channels' tests
    if received.incoming is None:
        return
    (answer,) = turn.many(engine, [received.incoming], policy=POLICY, now=world.now)
    rendered = channel.render(received.envelope, answer.reply, now=NOON)
    assert rendered == b"" or rendered.startswith(b"{")
    with transaction(engine) as session:
        states = set(session.scalars(select(InboxMessage.status)))
    assert states == {InboxStatus.ANSWERED}
