"""What the platforms' error codes mean for a delivery: one table per platform (A10, B7).

A code that stands in no table is a refusal: trying again would get the same answer. What each code
says to an operator stands in ``handlers.texts.platform_errors``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bot.channels import FailureKind
from storage.vocabulary import Platform

_RETRY = FailureKind.RETRY
_QUOTA = FailureKind.QUOTA
_UNREACHABLE = FailureKind.UNREACHABLE
_CLOSED = FailureKind.WINDOW_CLOSED
_REFUSED = FailureKind.REFUSED
_UNAUTHORISED = FailureKind.UNAUTHORISED
_MISCONFIGURED = FailureKind.MISCONFIGURED

EXPIRED_TOKEN = frozenset({40001, 40014, 42001})
"""The token that was sent is not, or no longer, the right one."""

NOBODY_VALID = frozenset({81013, 82001})
"""WeCom: none of the recipients can get it."""

UNKNOWN_MEDIUM = 40007
"""The platform does not know a photo or voice by this name, or no longer."""

NEEDS_RANGE = 830002
"""WeCom gives a file over 20 MB in ranges only (B10)."""

TASK_ID_USED = 42014
"""WeCom: a card with this task id was sent before."""

UNKNOWN_TEMPLATE = 40037
"""The account has no template by this id, or no longer."""

ACCOUNT_TYPE = 40200
"""An account of this type may not do this: not verified, or a subscription account."""

OFFICIAL: Mapping[int, FailureKind] = MappingProxyType(
    {
        -1: _RETRY,  # busy
        40001: _RETRY,  # token, after it was fetched anew
        40003: _UNREACHABLE,  # openid
        UNKNOWN_MEDIUM: _REFUSED,
        40013: _MISCONFIGURED,  # AppID
        40014: _RETRY,  # token, after it was fetched anew
        UNKNOWN_TEMPLATE: _UNAUTHORISED,
        40125: _MISCONFIGURED,  # secret
        40163: _REFUSED,  # OAuth code used
        40164: _MISCONFIGURED,  # our IP is not on the list
        ACCOUNT_TYPE: _UNAUTHORISED,
        40243: _MISCONFIGURED,  # secret frozen
        41001: _REFUSED,  # token missing
        41030: _REFUSED,  # page of a mini program
        42001: _RETRY,  # token, after it was fetched anew
        43004: _UNREACHABLE,  # does not follow
        43019: _UNREACHABLE,  # blacklisted
        43101: _UNREACHABLE,  # refused by the person
        45002: _REFUSED,  # too long
        45009: _QUOTA,  # the day's calls
        45011: _RETRY,  # the minute's calls
        45015: _CLOSED,  # outside the window, or unfollowed
        45047: _CLOSED,  # the window's count is used up
        47001: _REFUSED,  # data
        47003: _REFUSED,  # a template's data
        48001: _UNAUTHORISED,  # not authorised
        48002: _UNREACHABLE,  # the person refuses messages
        48004: _UNAUTHORISED,  # API banned
        48006: _QUOTA,  # quota may not be cleared again
        50002: _UNAUTHORISED,  # account restricted
        50005: _UNREACHABLE,  # does not follow
        89503: _MISCONFIGURED,  # IP to be confirmed
    }
)

WECOM: Mapping[int, FailureKind] = MappingProxyType(
    {
        -1: _RETRY,  # busy
        40001: _RETRY,  # token, after it was fetched anew
        40003: _UNREACHABLE,  # userid
        UNKNOWN_MEDIUM: _REFUSED,
        40013: _MISCONFIGURED,  # CorpID
        40014: _RETRY,  # token, after it was fetched anew
        40056: _MISCONFIGURED,  # agent id
        40058: _REFUSED,  # parameter; also a response code that was used
        40091: _MISCONFIGURED,  # secret and CorpID do not belong together
        41001: _REFUSED,  # token missing
        41016: _REFUSED,  # title missing
        42001: _RETRY,  # token, after it was fetched anew
        TASK_ID_USED: _REFUSED,
        44004: _REFUSED,  # empty text
        45002: _REFUSED,  # too long
        45009: _RETRY,  # the minute's or hour's calls
        45033: _RETRY,  # calls at the same time
        48002: _UNAUTHORISED,  # the app may not use this API
        50001: _MISCONFIGURED,  # redirect domain
        50002: _UNREACHABLE,  # outside the app's visible range
        50003: _MISCONFIGURED,  # app disabled
        60011: _UNAUTHORISED,  # no right over this member or app
        60020: _MISCONFIGURED,  # our IP is not trusted
        60111: _UNREACHABLE,  # userid unknown
        81013: _UNREACHABLE,  # no valid receiver
        82001: _UNREACHABLE,  # receivers invalid
        301002: _MISCONFIGURED,  # agent id of another app
        NEEDS_RANGE: _REFUSED,
    }
)

TABLES: Mapping[Platform, Mapping[int, FailureKind]] = MappingProxyType(
    {Platform.OFFICIAL: OFFICIAL, Platform.WECOM: WECOM}
)

TOKEN_TABLES: Mapping[Platform, Mapping[int, FailureKind]] = MappingProxyType(
    # Where a token is asked for, 40001 speaks of the secret: no retry will mend it.
    {platform: {**table, 40001: _MISCONFIGURED} for platform, table in TABLES.items()}
)
