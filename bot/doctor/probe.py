"""One HTTP request, and exactly what went wrong with it: the name, the way, TLS, the answer.

The running service needs no more than "try again later" (``bot.channels.api``); whoever sets it up
must know which of its neighbours to talk to. Nothing here keeps or shows a URL's query.
"""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

import urllib3

from bot.doctor.limits import ANSWER_BYTES, CONNECT_SECONDS, READ_SECONDS


class Trouble(StrEnum):
    """Why there was no answer. CHAIN to SELF_SIGNED are what TLS does not like."""

    NAME = "name"
    REFUSED = "refused"
    CONNECT_TIMEOUT = "connect timeout"
    READ_TIMEOUT = "read timeout"
    BROKEN_OFF = "broken off"
    NO_TLS = "no tls"
    EXPIRED = "expired"
    WRONG_HOST = "wrong host"
    CHAIN = "chain"
    SELF_SIGNED = "self-signed"


class ProbeError(Exception):
    """Raised when nobody answered; ``trouble`` says where it ended."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


# OpenSSL's X509_V_ERR_… numbers, as ``ssl.SSLCertVerificationError.verify_code`` has them.
_VERIFY = {
    10: Trouble.EXPIRED,
    18: Trouble.SELF_SIGNED,
    19: Trouble.SELF_SIGNED,
    20: Trouble.CHAIN,
    21: Trouble.CHAIN,
    62: Trouble.WRONG_HOST,
    64: Trouble.WRONG_HOST,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status; ``at`` is the Date that the other side wrote."""

    status: int
    body: bytes
    at: datetime | None
    location: str
    server: str

    def json(self) -> dict[str, Any] | None:
        """Read the body as a JSON object; None if it is something else."""
        try:
            read = json.loads(self.body.decode("utf-8", "replace"), strict=False)
        except (ValueError, RecursionError):
            return None
        return read if isinstance(read, dict) else None


class Prober:
    """Asks one host; follows no redirect and tries nothing twice."""

    def __init__(self, *, read_seconds: float = READ_SECONDS) -> None:
        """Take how long an answer may take to come."""
        self._pool = urllib3.PoolManager(maxsize=1)
        self._timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=read_seconds)

    def ask(
        self,
        method: str,
        url: str,
        *,
        parameters: Mapping[str, str] | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Make a request and give its answer.

        Raises:
            ProbeError: there was none.
        """
        body, headers = None, {}
        if payload is not None:
            body = json.dumps(payload, ensure_ascii=False).encode()
            headers = {"Content-Type": "application/json; charset=utf-8"}
        try:
            response = self._pool.urlopen(
                method,
                f"{url}?{urlencode(parameters)}" if parameters else url,
                body=body,
                headers=headers,
                timeout=self._timeout,
                retries=False,
                redirect=False,
                preload_content=False,
            )
            data = response.read(ANSWER_BYTES)
            response.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise ProbeError(_trouble(error)) from None  # urllib3 writes the query into its words
        found = response.headers
        return Answer(
            response.status,
            data,
            _instant(found.get("Date", "")),
            found.get("Location", ""),
            found.get("Server", ""),
        )


def _trouble(error: urllib3.exceptions.HTTPError) -> Trouble:
    match error:
        case urllib3.exceptions.NameResolutionError() | urllib3.exceptions.LocationParseError():
            return Trouble.NAME
        case urllib3.exceptions.NewConnectionError():
            return Trouble.REFUSED
        case urllib3.exceptions.ConnectTimeoutError():
            return Trouble.CONNECT_TIMEOUT
        case urllib3.exceptions.ReadTimeoutError():
            return Trouble.READ_TIMEOUT
        case urllib3.exceptions.SSLError():
            return trouble_of_tls(error.args[0] if error.args else error)
        case _:
            return Trouble.BROKEN_OFF


def trouble_of_tls(error: object) -> Trouble:
    """Say what a handshake failed by; an error that names no certificate met no TLS at all."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERIFY.get(error.verify_code, Trouble.CHAIN)
    return Trouble.NO_TLS


def _instant(stated: str) -> datetime | None:
    try:
        return parsedate_to_datetime(stated).astimezone(UTC)
    except ValueError:
        return None
