"""Looks at the way in from outside, as the platforms come in: name, certificate, proxy, echo."""

import secrets
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from bot.channels.crypto import signature
from bot.channels.reading import cipher_for
from bot.config import Account
from bot.doctor import limits
from bot.doctor.findings import Finding, fault, fine, skipped, warning
from bot.doctor.probe import Answer, ProbeError, Prober, Trouble, trouble_of_tls
from handlers.texts import doctor_callback as texts
from handlers.texts import doctor_platforms
from handlers.texts.doctor import Advice
from storage.vocabulary import Platform

_REDIRECTS = range(300, 400)
_HTTPS_PORT = 443
_NONCE_BYTES = 8
_ECHO_BITS = 60
_HTTP_PORT = 80


@dataclass(frozen=True, slots=True)
class Site:
    """Where the platforms find us: scheme, host (in ASCII) and port, without a path."""

    url: str
    host: str
    port: int
    is_https: bool = field(kw_only=True)


def site_of(url: str) -> Site | None:
    """Take an address apart; None where it is none, or has more than a host and a port."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError:
        return None
    is_https = parts.scheme == "https"
    is_bare = parts.path in {"", "/"} and not (parts.query or parts.fragment or parts.username)
    if parts.scheme not in {"http", "https"} or not host or not is_bare:
        return None
    shown = f"[{host}]" if ":" in host else host
    return Site(
        f"{parts.scheme}://{shown}" + (f":{port}" if port else ""),
        host,
        port or (_HTTPS_PORT if is_https else _HTTP_PORT),
        is_https=is_https,
    )


def look_at_site(site: Site, prober: Prober, now: datetime) -> Iterator[Finding]:
    """Look whether the site answers and how long its certificate is good; ``now`` by the wall.

    What it answers for ``/healthz`` matters only where a proxy answers: the sample of docs/deploy
    hides that path from outside.
    """
    if not site.is_https:
        yield warning(texts.SITE, texts.NO_HTTPS, setting=texts.URL_OPTION)
    try:
        answer = prober.ask("GET", f"{site.url}/healthz")
    except ProbeError as error:
        yield fault(texts.SITE, texts.TROUBLE[error.trouble], setting=texts.URL_OPTION)
        return
    if advice := _of_a_proxy(answer):
        yield fault(texts.SITE, advice, setting=texts.URL_OPTION)
        return
    yield fine(texts.SITE, texts.REACHABLE)
    if site.is_https:
        yield _certificate(site, now)


def look_at_accounts(
    site: Site,
    accounts: Sequence[Account],
    prober: Prober,
    now: Callable[[], datetime],
    *,
    is_reachable: bool,
) -> Iterator[Finding]:
    """Knock at each account's webhook as its platform does when its settings are saved there.

    Args:
        site: as ``look_at_site`` found it.
        accounts: whose webhooks.
        prober: as patient as the platforms are.
        now: the service's clock.
        is_reachable: whether the site answered at all.
    """
    for account in accounts:
        name = doctor_platforms.of(account.name, account.platform, texts.CALLBACK)
        yield (
            _knock(site, account, prober, now(), name)
            if is_reachable
            else skipped(name, texts.SITE)
        )


def _of_a_proxy(answer: Answer) -> Advice | None:
    if answer.status in _REDIRECTS:
        return texts.redirected(answer.status, urlsplit(answer.location).netloc)
    return texts.gateway(answer.status)


def _certificate(site: Site, now: datetime) -> Finding:
    try:
        ends_at = _end_of_certificate(site)
    except ssl.SSLError as error:
        return fault(
            texts.CERTIFICATE, texts.TROUBLE[trouble_of_tls(error)], setting=texts.URL_OPTION
        )
    except OSError:
        return fault(texts.CERTIFICATE, texts.TROUBLE[Trouble.BROKEN_OFF], setting=texts.URL_OPTION)
    left = ends_at - now
    if left < limits.CERTIFICATE_WARNING:
        advice = texts.certificate_ends_soon(left)
        return warning(texts.CERTIFICATE, advice, setting=texts.URL_OPTION)
    return fine(texts.CERTIFICATE, texts.certificate(left))


def _end_of_certificate(site: Site) -> datetime:
    """Shake hands once more: urllib3 does not show the certificate of an answer."""
    context = ssl.create_default_context()
    address = (site.host, site.port)
    with (
        socket.create_connection(address, timeout=limits.CONNECT_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=site.host) as secured,
    ):
        stated = (secured.getpeercert() or {})["notAfter"]
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(stated)), UTC)


def _knock(site: Site, account: Account, prober: Prober, now: datetime, name: str) -> Finding:
    query, echo = _verification(account, now)
    url = f"{site.url}/webhook/{account.name}"
    started = time.monotonic()
    try:
        answer = prober.ask("GET", url, parameters=query)
    except ProbeError as error:
        return fault(name, texts.TROUBLE[error.trouble], setting=texts.URL_OPTION)
    seconds = time.monotonic() - started
    if found := _wrong(answer, account, echo):
        advice, setting = found
        return fault(name, advice, setting=setting)
    if seconds > limits.ECHO_SECONDS:
        return warning(name, texts.slow(seconds))
    return fine(name, texts.ECHOED)


def _wrong(answer: Answer, account: Account, echo: str) -> tuple[Advice, str] | None:
    """Say what is wrong with an answer, and which setting it blames; None for the right echo."""
    setting = texts.URL_OPTION
    advice = _of_a_proxy(answer)
    if advice is not None:
        return advice, setting
    match answer.status:
        case HTTPStatus.FORBIDDEN:
            return texts.SETTINGS_DIFFER, f"accounts.{account.name}.token"
        case HTTPStatus.NOT_FOUND:
            return texts.NO_SUCH_PATH, f"accounts.{account.name}.name"
        case HTTPStatus.OK:
            return None if answer.body == echo.encode() else (texts.SOMEBODY_ELSE, setting)
        case status:
            return texts.odd_status(status), setting


def _verification(account: Account, now: datetime) -> tuple[dict[str, str], str]:
    """Write the query with which a platform verifies an address, and the answer it wants."""
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(_NONCE_BYTES)
    echo = str(secrets.randbits(_ECHO_BITS))
    query = {"timestamp": timestamp, "nonce": nonce}
    if account.platform is Platform.OFFICIAL:
        signed = signature(account.token, timestamp, nonce)
        return query | {"signature": signed, "echostr": echo}, echo
    sealed = cipher_for(account).seal(echo.encode())
    signed = signature(account.token, timestamp, nonce, sealed)
    return query | {"msg_signature": signed, "echostr": sealed}, echo
