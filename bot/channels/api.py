"""A thin client for the platforms' HTTP APIs: bounded time, bounded retries, one error type.

Errors never carry a URL: its query holds the access token, and WeCom's even the secret.
"""

import json
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

import urllib3

from bot.channels import ApiError, FailureKind
from bot.channels.failures import EXPIRED_TOKEN

CONNECT_SECONDS = 3.0
READ_SECONDS = 5.0
_CONNECTIONS = 8
_MESSAGE_CHARACTERS = 200
_FIRST_ERROR_STATUS = 300


class TokenSource(Protocol):
    """Where the client gets its access token."""

    def current(self) -> str:
        """Give a token that should be valid; raises ApiError."""
        ...

    def renewed(self, used: str) -> str:
        """Give a token other than ``used`` if there is one by now; raises ApiError."""
        ...


class Endpoint:
    """One platform's API at its base URL; safe to share between threads."""

    def __init__(
        self,
        base_url: str,
        failures: Mapping[int, FailureKind],
        *,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._failures = failures
        self._timeout = urllib3.Timeout(connect=connect_seconds, read=read_seconds)
        self._pool = urllib3.PoolManager(maxsize=_CONNECTIONS)
        self.longest_seconds = connect_seconds + read_seconds

    def call(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, str] | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Make one request and give its JSON object.

        Args:
            method: GET or POST.
            path: below the base URL, with a slash in front.
            parameters: the query.
            payload: sent as JSON in UTF-8; escaped Chinese would be shown escaped.

        Raises:
            ApiError: an errcode other than 0, a network fault, or an answer that is not JSON.
        """
        url = self._base_url + path
        if parameters:
            url += "?" + urlencode(parameters)
        body, headers = None, {}
        if payload is not None:
            body = json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")
            headers = {"Content-Type": "application/json; charset=utf-8"}
        try:
            response = self._pool.urlopen(
                method,
                url,
                body=body,
                headers=headers,
                timeout=self._timeout,
                retries=False,
                redirect=False,
            )
        except urllib3.exceptions.HTTPError as error:
            # Not chained: urllib3 writes the URL, and with it the token, into its messages.
            raise ApiError(None, f"{path}: {type(error).__name__}", FailureKind.RETRY) from None
        if response.status >= _FIRST_ERROR_STATUS:
            raise ApiError(None, f"{path}: HTTP status {response.status}", FailureKind.RETRY)
        return self._checked(path, response.data)

    def _checked(self, path: str, data: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(data.decode("utf-8", "replace"), strict=False)
            code = int(answer.get("errcode", 0))
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise ApiError(None, f"{path}: not the JSON expected", FailureKind.RETRY) from error
        if code:
            message = str(answer.get("errmsg", ""))[:_MESSAGE_CHARACTERS]
            kind = self._failures.get(code, FailureKind.REFUSED)
            raise ApiError(code, f"{path}: {message}", kind)
        checked: dict[str, Any] = answer
        return checked


class ApiClient:
    """Calls that need an access token."""

    def __init__(self, endpoint: Endpoint, tokens: TokenSource) -> None:
        self._endpoint = endpoint
        self._tokens = tokens

    def post(self, path: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Post JSON; a token that the platform no longer takes is renewed once, never twice.

        Raises:
            ApiError: the platform said no, also to the new token, or could not be reached.
        """
        token = self._tokens.current()
        try:
            return self._posted(path, payload, token)
        except ApiError as error:
            if error.code not in EXPIRED_TOKEN:
                raise
        return self._posted(path, payload, self._tokens.renewed(token))

    def _posted(self, path: str, payload: Mapping[str, Any], token: str) -> dict[str, Any]:
        parameters = {"access_token": token}
        return self._endpoint.call("POST", path, parameters=parameters, payload=payload)
