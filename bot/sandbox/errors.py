"""Error codes in the platforms' own words (PLATFORM.md A10, B7 and the public tables).

Where a platform publishes no number for a refusal (a spent response code), 40058 stands in.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from storage.vocabulary import Platform

Answer = dict[str, Any]

_BOTH = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40006: "invalid media size",
    40007: "invalid media_id",
    40008: "invalid message type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40015: "invalid menu type",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40022: "invalid sub_menu level",
    40023: "invalid sub button size",
    40024: "invalid sub button type",
    40025: "invalid sub button name size",
    40026: "invalid sub button key size",
    40027: "invalid sub button url size",
    41001: "access_token missing",
    41005: "media data missing",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    44001: "empty media data",
    44004: "empty content",
    45001: "media size out of limit",
    45002: "content size out of limit",
    45007: "voice playtime out of limit",
    46003: "menu no exist",
    47001: "data format error",
}
_OFFICIAL = {
    40037: "invalid template_id",
    40052: "invalid action name",
    40053: "invalid action info",
    40125: "invalid appsecret",
    40163: "code been used",
    40164: "invalid ip, not in whitelist",
    40200: "invalid account type",
    40243: "appsecret is frozen",
    41030: "invalid page",
    43004: "require subscribe",
    43019: "require remove blacklist",
    43101: "user refuse to accept the msg",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    47003: "argument invalid!",
    48001: "api unauthorized",
    48002: "user block receive message",
    48004: "api forbidden for irregularities",
    48006: "forbid to clear quota because of reaching the limit",
    50002: "user limited",
    50005: "user unsubscribed",
    89503: "ip has to be confirmed by the administrator",
}
_WECOM = {
    40003: "invalid userid",
    40056: "invalid agentid",
    40058: "invalid Request Parameter",
    40091: "invalid secret",
    41016: "missing title",
    42014: "invalid taskid",
    45009: "api freq out of limit",
    45033: "api concurrent out of limit",
    48002: "api forbidden",
    50001: "redirect_url domain is not registered",
    50002: "not in the privileged scope",
    50003: "app is disabled",
    60011: "no privilege to access/modify contact/party/agent",
    60020: "not allow to access from your ip",
    60111: "userid not found",
    81013: "user & party & tag all invalid",
    82001: "all the receivers are invalid",
    301002: "not allow operate another agent with this accesstoken",
    830002: "file is too large, it has to be asked for with Range",
}
ERRORS: Mapping[Platform, Mapping[int, str]] = MappingProxyType(
    {
        Platform.OFFICIAL: MappingProxyType(_BOTH | _OFFICIAL),
        Platform.WECOM: MappingProxyType(_BOTH | _WECOM),
    }
)


class ApiFaultError(Exception):
    """Raised for an answer with an errcode; its HTTP status stays 200, as the platforms' does.

    ``detail`` follows the platform's words and names the field.
    """

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail

    def answer(self, platform: Platform) -> Answer:
        """Give the JSON object in a platform's words; a code of neither table is named as one."""
        words = ERRORS[platform].get(self.code, f"error {self.code}")
        if self.detail:
            words += f" {self.detail}" if words.endswith("!") else f": {self.detail}"
        return {"errcode": self.code, "errmsg": words}
