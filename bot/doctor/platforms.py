"""Looks at an account's API: whether it answers, whether it knows us, and what time it has there.

The token is asked for as the running service asks; nothing is stored, and nothing is changed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from bot.config import Account
from bot.doctor import limits
from bot.doctor.findings import Finding, fault, fine, skipped, warning
from bot.doctor.probe import Answer, ProbeError, Prober
from handlers.texts import doctor_platforms as texts
from handlers.texts.doctor import Advice
from storage.vocabulary import Platform

IP_REFUSED = MappingProxyType({40164: texts.WHITELIST, 60020: texts.TRUSTED_IPS})
IP_UNCONFIRMED = frozenset({89503, 89501})

_BLAMED: Mapping[Platform, Mapping[int, str]] = MappingProxyType(
    {
        Platform.OFFICIAL: MappingProxyType(
            {40013: "app_id", 40001: "secret", 40125: "secret", 40243: "secret"}
        ),
        Platform.WECOM: MappingProxyType(
            {
                40013: "app_id",
                40001: "secret",
                40091: "secret",
                40056: "agent_id",
                301002: "agent_id",
                48002: "secret",
                60011: "secret",
            }
        ),
    }
)
"""The setting that an errcode speaks of (PLATFORM.md A9, A10, B6, B7)."""

_IP = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_MESSAGE_CHARACTERS = 80
_HIDDEN = "****"
_BAD_REQUEST = 400
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Told:
    """A platform's answer: ``code`` 0, or why it refused."""

    code: int
    message: str
    payload: Mapping[str, Any]


class OutOfOrderError(Exception):
    """Raised when no platform answered; ``finding`` says who did, or where it ended."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.name)
        self.finding = finding


class Access:
    """The API of one account, with a token as soon as there is one."""

    def __init__(self, account: Account, prober: Prober) -> None:
        """Take the account and what asks its host."""
        self.account = account
        self.host = urlsplit(account.api).hostname or account.api
        self._prober = prober
        self._token = ""

    def name(self, what: str) -> str:
        """Name one thing of this account."""
        return texts.of(self.account.name, self.account.platform, what)

    def setting(self, key: str) -> str:
        """Give the exact name of one of this account's settings."""
        return f"accounts.{self.account.name}.{key}"

    def ask_token(self) -> tuple[Told, Answer]:
        """Ask for a token and keep it.

        Raises:
            OutOfOrderError: no platform answered.
        """
        account = self.account
        if account.platform is Platform.OFFICIAL:
            answer = self._asked(
                "POST",
                "/cgi-bin/stable_token",
                payload={
                    "grant_type": "client_credential",
                    "appid": account.app_id,
                    "secret": account.secret,
                    "force_refresh": False,
                },
            )
        else:
            secrets = {"corpid": account.app_id, "corpsecret": account.secret}
            answer = self._asked("GET", "/cgi-bin/gettoken", parameters=secrets)
        told = self._told(answer)
        self._token = str(told.payload.get("access_token") or "")
        return told, answer

    @property
    def has_token(self) -> bool:
        """Whether the platform gave one."""
        return bool(self._token)

    def ask(self, path: str, parameters: Mapping[str, str] | None = None) -> Told:
        """Ask with the token (GET).

        Raises:
            OutOfOrderError: no platform answered.
        """
        query = {"access_token": self._token, **(parameters or {})}
        return self._told(self._asked("GET", path, parameters=query))

    def refusal(self, told: Told) -> tuple[Advice, str]:
        """Say what an errcode means, and which setting it blames."""
        platform, code = self.account.platform, told.code
        found = _IP.search(told.message)
        seen = found[0] if found else ""
        if code in IP_REFUSED:
            return texts.ip_refused(platform, seen), IP_REFUSED[code]
        if code in IP_UNCONFIRMED:
            return texts.ip_unconfirmed(seen), texts.WHITELIST
        if code in texts.BUSY_CODES:
            return texts.busy(code), ""
        advice = texts.explained(platform, code)
        if advice is None:
            return texts.unknown_code(code, self._scrubbed(told.message)), ""
        blamed = _BLAMED[platform].get(code)
        return advice, self.setting(blamed) if blamed else ""

    def _asked(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, str] | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> Answer:
        url = self.account.api + path
        try:
            return self._prober.ask(method, url, parameters=parameters, payload=payload)
        except ProbeError as error:
            raise self._out_of_order(texts.API_TROUBLE[error.trouble]) from error

    def _told(self, answer: Answer) -> Told:
        payload = answer.json()
        if answer.status >= _SERVER_ERROR and payload is None and not _is_page(answer):
            raise self._out_of_order(texts.unavailable(answer.status))
        if payload is None or answer.status >= _BAD_REQUEST:
            raise self._out_of_order(texts.not_json(answer.status))
        code = payload.get("errcode", 0)
        if not isinstance(code, int):
            raise self._out_of_order(texts.not_json(answer.status))
        return Told(code, str(payload.get("errmsg") or ""), payload)

    def _out_of_order(self, advice: Advice) -> OutOfOrderError:
        setting = self.setting("api_base_url")
        return OutOfOrderError(fault(self.name(texts.API), advice, setting=setting))

    def _scrubbed(self, message: str) -> str:
        """Take whatever is secret out of a platform's words, and cut them."""
        account = self.account
        for hidden in (account.secret, account.token, account.encoding_aes_key, self._token):
            if hidden:
                message = message.replace(hidden, _HIDDEN)
        return " ".join(message.split())[:_MESSAGE_CHARACTERS]


def _is_page(answer: Answer) -> bool:
    return answer.body.lstrip()[:1] == b"<"


def look(access: Access, now: Callable[[], datetime]) -> Iterator[Finding]:
    """Ask for a token, and learn from the answer; without one nothing else can be looked at.

    Args:
        access: gets the token.
        now: the service's clock.
    """
    api, token = access.name(texts.API), access.name(texts.TOKEN)
    try:
        told, answer = access.ask_token()
    except OutOfOrderError as error:
        yield error.finding
        yield skipped(token, api)
        return
    yield fine(api, texts.reachable(access.host))
    if access.account.api_base_url:
        setting = access.setting("api_base_url")
        yield warning(api, texts.NOT_OFFICIAL_ADDRESS, setting=setting)
    yield _clock(access, None if answer.at is None else now() - answer.at)
    if told.code:
        advice, setting = access.refusal(told)
        yield fault(token, advice, setting=setting)
    elif access.has_token:
        yield fine(token, texts.TOKEN_OBTAINED)
    else:
        yield fault(token, texts.TOKEN_ODD, setting=access.setting("api_base_url"))


def _clock(access: Access, offset: timedelta | None) -> Finding:
    if offset is None:
        return Finding(texts.CLOCK, skipped(texts.CLOCK, "").state, texts.CLOCK_UNKNOWN)
    if abs(offset) < limits.CLOCK_WARNING:
        return fine(texts.CLOCK, texts.clock(offset, access.host))
    advice = texts.clock_is_off(offset, access.host)
    find = warning if abs(offset) < limits.CLOCK_FAULT else fault
    return find(texts.CLOCK, advice)
