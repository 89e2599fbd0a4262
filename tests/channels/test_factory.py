"""The factory gives each platform its channel, with a token of its own behind it."""

import pytest
from redis import Redis

from bot.channels import ApiError, FailureKind, Outgoing
from bot.channels.factory import open_channel
from bot.channels.official_account import OfficialAccount
from bot.channels.wecom import WeCom
from bot.config import Account
from tests.channels.standin import Answer, standing_in
from tests.platform import official_account, wecom_account

ANSWERS: dict[str, Answer] = {
    "/cgi-bin/stable_token": lambda _: {"access_token": "official", "expires_in": 7200},
    "/cgi-bin/gettoken": lambda _: {"access_token": "wecom", "expires_in": 7200},
    "/cgi-bin/message/custom/send": lambda _: {"errcode": 0},
    "/cgi-bin/message/send": lambda _: {"errcode": 0},
}


@pytest.mark.parametrize(
    ("account", "kind", "batch_size", "token"),
    [
        (official_account(), OfficialAccount, 1, "official"),
        (wecom_account(), WeCom, 1_000, "wecom"),
    ],
    ids=["official", "wecom"],
)
def test_a_channel_sends_with_its_own_token(
    redis_client: Redis, account: Account, kind: type, batch_size: int, token: str
) -> None:
    with standing_in(ANSWERS) as standin:
        account = account.model_copy(update={"api_base_url": standin.url})
        channel = open_channel(account, redis_client)
        channel.send(["a"], Outgoing(title="x"))
    assert (type(channel), channel.batch_size, channel.account) == (kind, batch_size, account)
    assert standin.calls[-1].query == {"access_token": token}


def test_a_refused_secret_stops_a_send_as_a_fault_of_the_settings(redis_client: Redis) -> None:
    answers = {"/cgi-bin/gettoken": lambda _: {"errcode": 40001, "errmsg": "secret"}}
    with standing_in(answers) as standin:
        channel = open_channel(wecom_account(api_base_url=standin.url), redis_client)
        with pytest.raises(ApiError) as raised:
            channel.send(["a"], Outgoing(title="x"))
    assert raised.value.kind == FailureKind.MISCONFIGURED
