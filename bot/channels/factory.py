"""Puts the parts of a channel together; the only place that knows which class serves which."""

import redis

from bot.channels import Channel
from bot.channels.api import Endpoint
from bot.channels.failures import TABLES, TOKEN_TABLES
from bot.channels.official_account import OfficialAccount
from bot.channels.skew import Skew
from bot.channels.tokens import Tokens
from bot.channels.wecom import WeCom
from bot.clock import Clock, utc_now
from bot.config import Account, Community
from storage.vocabulary import Platform


def open_channel(
    account: Account,
    redis_client: redis.Redis,
    *,
    community: Community | None = None,
    clock: Clock = utc_now,
) -> Channel:
    """Open the channel of an account; nothing is connected before it is needed.

    Args:
        account: as the settings have it.
        redis_client: with short socket time-outs and few retries; it only shares the token.
        community: signs template messages, and has its own time.
        clock: what the platform's clock is compared with.
    """
    skew = Skew(clock=lambda: clock().timestamp())
    asking = Endpoint(account.api, TOKEN_TABLES[account.platform], skew=skew)
    tokens = Tokens(account, redis_client, endpoint=asking)
    calling = Endpoint(account.api, TABLES[account.platform], skew=skew)
    match account.platform:
        case Platform.OFFICIAL:
            return OfficialAccount(account, tokens, endpoint=calling, community=community)
        case Platform.WECOM:
            return WeCom(account, tokens, endpoint=calling)
