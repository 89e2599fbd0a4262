"""A thin client for the platforms' HTTP APIs: bounded time, bounded retries, one error type.

Errors never carry a URL: its query holds the access token, and WeCom's even the secret.
"""

import itertools
import json
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import IO, Any, Protocol, TypeVar
from urllib.parse import urlencode, urlsplit

import urllib3

from bot.channels import ApiError, FailureKind, TooLargeError
from bot.channels.failures import EXPIRED_TOKEN
from bot.channels.skew import Skew

CONNECT_SECONDS = 3.0
READ_SECONDS = 5.0
FILE_SECONDS = 20.0
_CONNECTIONS = 20  # as many as a relay has calls under way
_MESSAGE_CHARACTERS = 200
_FIRST_ERROR_STATUS = 300
_CHUNK_BYTES = 64 * 1024
_JSON_BYTES = 1024 * 1024

_NOT_CONNECTED = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)

T = TypeVar("T")


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
        file_seconds: float = FILE_SECONDS,
        skew: Skew | None = None,
    ) -> None:
        self.skew = skew or Skew()
        self._host = urlsplit(base_url).hostname or ""
        self._base_url = base_url.rstrip("/")
        self._failures = failures
        self._timeout = urllib3.Timeout(connect=connect_seconds, read=read_seconds)
        self._pool = urllib3.PoolManager(maxsize=_CONNECTIONS)
        self._file_seconds = file_seconds
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
            ApiError: an errcode other than 0, a network fault, or an answer that creeps or is
                not JSON.
        """
        body, headers = None, {}
        if payload is not None:
            body = json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")
            headers = {"Content-Type": "application/json; charset=utf-8"}
        until = time.monotonic() + self.longest_seconds
        response = self._request(method, path, parameters, body=body, headers=headers)
        return self._checked(path, self._gathered(path, response, until=until))

    def save(self, path: str, *, parameters: Mapping[str, str], into: IO[bytes], most: int) -> None:
        """Get a file and write it while it comes.

        An error comes as JSON in its place, with HTTP status 200 and any content type (A9).

        Raises:
            ApiError: an errcode, a network fault, a broken off or too slow transfer.
            TooLargeError: there are more than ``most`` bytes; what was written is of no use.
            OSError: ``into`` cannot be written.
        """
        until = time.monotonic() + self._file_seconds
        response = self._request("GET", path, parameters)
        stated = response.headers.get("Content-Length", "")
        pieces = self._pieces(path, response, until=until)
        written = 0
        try:
            if stated.isdigit() and int(stated) > most:
                raise TooLargeError
            for piece in pieces:
                if not written and piece.lstrip().startswith(b"{"):
                    self._checked(path, _joined(path, itertools.chain([piece], pieces)))
                    raise ApiError(None, f"{path}: JSON in place of a file", FailureKind.REFUSED)
                written += len(piece)
                if written > most:
                    raise TooLargeError
                into.write(piece)
        finally:
            pieces.close()
            response.close()

    def send_file(
        self,
        path: str,
        *,
        parameters: Mapping[str, str],
        name: str,
        content: bytes,
        content_type: str,
    ) -> dict[str, Any]:
        """Post a file as the form field ``media`` and give the JSON object that answers it.

        Raises:
            ApiError: an errcode other than 0, a network fault, or a transfer that is too slow.
        """
        body, form = urllib3.encode_multipart_formdata({"media": (name, content, content_type)})
        until = time.monotonic() + self._file_seconds + self.longest_seconds
        response = self._request(
            "POST",
            path,
            parameters,
            body=_paced(body, until=time.monotonic() + self._file_seconds),
            headers={"Content-Type": form, "Content-Length": str(len(body))},
        )
        return self._checked(path, self._gathered(path, response, until=until))

    def _request(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str] | None,
        *,
        body: bytes | Iterator[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> urllib3.BaseHTTPResponse:
        url = self._base_url + path
        if parameters:
            url += "?" + urlencode(parameters)
        try:
            response = self._pool.urlopen(
                method,
                url,
                body=body,
                headers=headers or {},
                timeout=self._timeout,
                retries=False,
                redirect=False,
                preload_content=False,
            )
        except urllib3.exceptions.HTTPError as error:
            # Not chained: urllib3 writes the URL, and with it the token, into its messages.
            raise ApiError(
                None,
                f"{path}: {type(error).__name__}",
                FailureKind.RETRY,
                is_unsent=isinstance(error, _NOT_CONNECTED),
            ) from None
        if response.status >= _FIRST_ERROR_STATUS:
            response.close()
            raise ApiError(None, f"{path}: HTTP status {response.status}", FailureKind.RETRY)
        self.skew.note(response.headers.get("Date"), host=self._host)
        return response

    def _gathered(self, path: str, response: urllib3.BaseHTTPResponse, *, until: float) -> bytes:
        """Read an answer to its end and give its connection back."""
        pieces = self._pieces(path, response, until=until)
        try:
            return _joined(path, pieces)
        finally:
            pieces.close()

    def _pieces(
        self, path: str, response: urllib3.BaseHTTPResponse, *, until: float
    ) -> Generator[bytes]:
        """Hand out what arrives while it comes: a time-out of each read alone never ends a creep.

        The connection is kept for the next call only where the answer was read to its end.
        """
        is_whole = False
        try:
            while piece := response.read1(_CHUNK_BYTES, decode_content=True):
                yield piece
                if time.monotonic() > until:
                    raise ApiError(None, f"{path}: too slow", FailureKind.RETRY)
            is_whole = True
        except urllib3.exceptions.HTTPError as error:
            raise ApiError(None, f"{path}: {type(error).__name__}", FailureKind.RETRY) from None
        finally:
            if not is_whole:
                response.close()
            response.release_conn()

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

    @property
    def skew(self) -> Skew:
        """How far our clock is from the platform's, as its last answer told."""
        return self._endpoint.skew

    def get(self, path: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Ask for a JSON object; the token as in ``post``.

        Raises:
            ApiError: the platform said no, also to the new token, or could not be reached.
        """
        return self._with_token(
            lambda token: self._endpoint.call(
                "GET", path, parameters={**token, **(parameters or {})}
            )
        )

    def post(
        self,
        path: str,
        payload: Mapping[str, Any],
        *,
        parameters: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Post JSON; a token that the platform no longer takes is renewed once, never twice.

        Raises:
            ApiError: the platform said no, also to the new token, or could not be reached.
        """
        return self._with_token(
            lambda token: self._endpoint.call(
                "POST", path, parameters={**token, **(parameters or {})}, payload=payload
            )
        )

    def save(self, path: str, parameters: Mapping[str, str], into: IO[bytes], *, most: int) -> None:
        """Get a file and write it while it comes; the token as in ``post``.

        Raises:
            ApiError: the platform said no, or the transfer failed.
            TooLargeError: there are more than ``most`` bytes.
            OSError: ``into`` cannot be written.
        """
        self._with_token(
            lambda token: self._endpoint.save(
                path, parameters={**token, **parameters}, into=into, most=most
            )
        )

    def send_file(
        self,
        path: str,
        parameters: Mapping[str, str],
        *,
        name: str,
        content: bytes,
        content_type: str,
    ) -> dict[str, Any]:
        """Post a file as a form; the token as in ``post``.

        Raises:
            ApiError: the platform said no, or the transfer failed.
        """
        return self._with_token(
            lambda token: self._endpoint.send_file(
                path,
                parameters={**token, **parameters},
                name=name,
                content=content,
                content_type=content_type,
            )
        )

    def _with_token(self, ask: Callable[[dict[str, str]], T]) -> T:
        token = self._token(self._tokens.current)
        try:
            return ask({"access_token": token})
        except ApiError as error:
            if error.code not in EXPIRED_TOKEN:
                raise
        return ask({"access_token": self._token(lambda: self._tokens.renewed(token))})

    def _token(self, ask: Callable[[], str]) -> str:
        """Get a token; without one the call is not made."""
        try:
            return ask()
        except ApiError as error:
            error.is_unsent = True
            raise


def _joined(path: str, pieces: Iterable[bytes]) -> bytes:
    """Put an answer together; the platforms' are short, and more than a megabyte is none of theirs.

    Raises:
        ApiError: it is longer.
    """
    data = bytearray()
    for piece in pieces:
        data += piece
        if len(data) > _JSON_BYTES:
            raise ApiError(None, f"{path}: too long", FailureKind.RETRY)
    return bytes(data)


def _paced(body: bytes, *, until: float) -> Iterator[bytes]:
    """Hand a body out in pieces, so that each has the time-out of a send, and all of them an end.

    Raises:
        TimeoutError: it takes too long; urllib3 makes an error of its own of it.
    """
    for start in range(0, len(body), _CHUNK_BYTES):
        if time.monotonic() > until:
            raise TimeoutError
        yield body[start : start + _CHUNK_BYTES]
