"""Who gets transfer_customer_service (PLATFORM.md A6), and who the text that it replaces."""

from datetime import datetime

import pytest

from bot.channels.official_account import OfficialAccount
from bot.channels.wecom import WeCom
from bot.config import Account
from handlers.messages import Action, Reply
from storage.vocabulary import Platform
from tests.channels.conftest import FixedTokens
from tests.platform import official_account, reply_text, seal_request, text_xml, wecom_account

SORRY = Reply(text="没太明白您的意思。", actions=(Action("我要报事", "报事"),), is_unhandled=True)
TRANSFER, TEXT = ("transfer_customer_service", ""), "text"


def answered(account: Account, reply: Reply, now: datetime) -> tuple[str, str]:
    """Give the type and the text's first line of the passive answer to a message."""
    is_official = account.platform is Platform.OFFICIAL
    channel = (OfficialAccount if is_official else WeCom)(account, FixedTokens())
    xml = text_xml("wang", "gh_1", "？？？", message_id=1, at=now, agent_id=account.agent_id)
    query, body = seal_request(account, xml, now=now)
    body = channel.render(channel.read(query, body, now=now).envelope, reply, now=now)
    said = reply_text(account, body)
    return reply_text(account, body, tag="MsgType"), said.partition("\n")[0]


@pytest.mark.parametrize("encryption", ["safe", "compatible", "plain"])
def test_an_account_with_people_hands_over_what_nothing_could_help_with(
    encryption: str, now: datetime
) -> None:
    account = official_account(customer_service=True, encryption=encryption)
    assert answered(account, SORRY, now) == TRANSFER


def test_an_account_with_people_answers_everything_else_itself(now: datetime) -> None:
    account = official_account(customer_service=True)
    assert answered(account, Reply(text="好的。"), now) == (TEXT, "好的。")


@pytest.mark.parametrize(
    "account",
    [
        pytest.param(official_account(), id="an official account without people"),
        pytest.param(wecom_account(), id="a WeCom app"),
        pytest.param(wecom_account(customer_service=True), id="a WeCom app told to hand over"),
    ],
)
def test_elsewhere_the_text_is_shown(account: Account, now: datetime) -> None:
    assert answered(account, SORRY, now) == (TEXT, SORRY.text)
