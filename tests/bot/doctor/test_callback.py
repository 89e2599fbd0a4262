"""The way in from outside, broken in turn: behind a small server that answers as it is told."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from redis import Redis

from bot.channels import WebhookError
from bot.channels.factory import open_channel
from bot.config import Account
from bot.doctor import callback, examination, probe
from bot.doctor.findings import Finding, State
from bot.embedded import free_port
from handlers.texts import doctor_callback as texts
from tests.bot.doctor.conftest import Blamed, Town, blamed

Answer = Callable[[str, dict[str, str]], tuple[int, bytes, dict[str, str]]]
USUAL = {(State.WARNING, texts.URL_OPTION)}  # the small server has no HTTPS, most of the time


@dataclass
class Bot:
    """What stands behind the address: the bot's own channels unless a test says otherwise."""

    town: Town
    answer: Answer | None = None
    changes: dict[str, Any] = field(default_factory=dict)

    def served(self, path: str, query: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        if self.answer is not None:
            return self.answer(path, query)
        name = path.rpartition("/")[2]
        found = [table for table in self.town.tables["accounts"] if table["name"] == name]
        if not path.startswith("/webhook/") or not found:
            return 404, b"", {}
        account = Account.model_validate(found[0] | self.changes)
        try:
            echo = open_channel(account, Redis(port=1)).verify(query)
        except WebhookError as error:
            return error.status, b"", {}
        return 200, echo.encode(), {}


@contextmanager
def serving(bot: Bot, context: ssl.SSLContext | None = None) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            status, body, headers = bot.served(parts.path, dict(parse_qsl(parts.query)))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
            """Keep the tests' output quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Whoever does not like our certificate hangs up; that is what is tested."""

    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def found_at(town: Town, bot: Bot) -> list[Finding]:
    with serving(bot) as port:
        found = town.wrong(f"http://127.0.0.1:{port}")
    assert texts.NO_HTTPS.said in [finding.said for finding in found]
    return [finding for finding in found if finding.said != texts.NO_HTTPS.said]


def test_an_address_that_echoes_is_fine_and_its_missing_https_is_worth_a_word(town: Town) -> None:
    assert found_at(town, Bot(town)) == []


@pytest.mark.parametrize("mode", ["plain", "compatible"])
def test_an_address_echoes_in_every_mode(town: Town, mode: str) -> None:
    town.oa["encryption"] = mode
    assert found_at(town, Bot(town)) == []


def everywhere(status: int, body: bytes = b"", **headers: str) -> Answer:
    return lambda _, __: (status, body, headers)


def behind(status: int, body: bytes = b"", **headers: str) -> Answer:
    """Answer so for the webhooks, and not at all for anything else, as the sample of nginx does."""

    def answer(path: str, _: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        return (status, body, headers) if path.startswith("/webhook/") else (404, b"", {})

    return answer


URL = (State.FAULT, texts.URL_OPTION)
WRONG: dict[str, tuple[Answer, list[Blamed], str]] = {
    "nobody behind nginx": (everywhere(502), [URL], "502"),
    "nobody behind nginx's webhooks": (behind(502), [URL, URL], "502"),
    "nginx waits in vain": (behind(504), [URL, URL], "504"),
    "too busy": (behind(503), [URL, URL], "503"),
    "too large": (behind(413), [URL, URL], "client_max_body_size"),
    "a redirect": (
        everywhere(301, Location="https://www.example.org/"),
        [URL],
        "到 www.example.org（301）",
    ),
    "a redirect of the webhooks": (
        behind(308, Location="/webhook/oa/"),
        [URL, URL],
        "被转到别处（308）",
    ),
    "another site": (behind(200, b"<html>welcome</html>"), [URL, URL], "不是近邻"),
    "a teapot": (behind(418), [URL, URL], "418"),
    "webhooks that are not passed on": (
        everywhere(404),
        [(State.FAULT, "accounts.oa.name"), (State.FAULT, "accounts.wecom.name")],
        "404",
    ),
}


@pytest.mark.parametrize(("answer", "expected", "words"), WRONG.values(), ids=WRONG.keys())
def test_what_stands_in_the_way_is_named(
    town: Town, answer: Answer, expected: list[Blamed], words: str
) -> None:
    found = found_at(town, Bot(town, answer))
    assert blamed(found) == expected
    assert all(words in finding.said + finding.remedy for finding in found)
    assert all(finding.remedy for finding in found)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"token": "another"}, ["accounts.oa.token", "accounts.wecom.token"]),
        # The official account's verification is not encrypted.
        ({"encoding_aes_key": "c" * 42 + "E"}, ["accounts.wecom.token"]),
    ],
    ids=["token", "key"],
)
def test_a_bot_that_runs_with_other_settings_is_noticed(
    town: Town, changes: dict[str, str], refused: list[str]
) -> None:
    found = found_at(town, Bot(town, changes=changes))
    assert blamed(found) == [(State.FAULT, setting) for setting in refused]
    assert all("重启 jinlin serve" in finding.remedy for finding in found)


def test_an_echo_that_comes_late_is_worth_a_word(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.doctor.limits.ECHO_SECONDS", 0.0)
    found = found_at(town, Bot(town))
    assert blamed(found) == [(State.WARNING, "")] * 2
    assert all("企业微信保存地址时只等 1 秒" in finding.said for finding in found)


UNREACHABLE = {
    "no such name": ("https://jinlin.invalid", "name"),
    "nobody listens": (f"https://127.0.0.1:{free_port()}", "refused"),
}


@pytest.mark.parametrize(("url", "trouble"), UNREACHABLE.values(), ids=UNREACHABLE.keys())
def test_a_site_that_nobody_can_reach_is_named(town: Town, url: str, trouble: str) -> None:
    findings = town.examined(url)
    (finding,) = [each for each in findings if each.state is State.FAULT]
    assert (finding.setting, finding.said) == (texts.URL_OPTION, texts.TROUBLE[trouble].said)
    skipped = [each.name for each in findings if each.state is State.SKIPPED]
    assert skipped == ["公众号 oa 的接收地址", "企业微信 wecom 的接收地址"]


def test_a_site_that_hangs_is_given_up(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "Prober", lambda: probe.Prober(read_seconds=0.5))
    stop = threading.Event()

    def hang(_: str, __: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        stop.wait(20)
        return 200, b"", {}

    with ExitStack() as stack:
        port = stack.enter_context(serving(Bot(town, hang)))
        stack.callback(stop.set)
        found = town.wrong(f"http://127.0.0.1:{port}")
    assert [finding.said for finding in found[1:]] == [texts.TROUBLE["read timeout"].said]


@dataclass
class Authority:
    """Issues certificates; ``file`` is its own one."""

    folder: Path

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        now = datetime.now(UTC)
        own = (
            x509.CertificateBuilder(self.name, self.name, self.key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=400))
            .not_valid_after(now + timedelta(days=400))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )
        self.file = self.folder / "authority.pem"
        self.file.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str, days: int, *, is_self_signed: bool = False) -> ssl.SSLContext:
        """Make a server's side of TLS with a certificate for a host that ends in so many days."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(
                subject if is_self_signed else self.name, subject, key.public_key()
            )
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=300))
            .not_valid_after(now + timedelta(days=days, minutes=5))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .sign(key if is_self_signed else self.key, hashes.SHA256())
        )
        file = self.folder / "server.pem"
        file.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority that this machine trusts."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made


CERTIFICATES: dict[str, tuple[dict[str, Any], list[Blamed], str]] = {
    "good": ({"host": "localhost", "days": 60}, [], ""),
    "ends soon": (
        {"host": "localhost", "days": 9},
        [(State.WARNING, texts.URL_OPTION)],
        "还有 9 天就到期了。",
    ),
    "ended": ({"host": "localhost", "days": -2}, [URL], texts.TROUBLE["expired"].said),
    "of another host": (
        {"host": "example.org", "days": 60},
        [URL],
        texts.TROUBLE["wrong host"].said,
    ),
    "self-signed": (
        {"host": "localhost", "days": 60, "is_self_signed": True},
        [URL],
        texts.TROUBLE["self-signed"].said,
    ),
}


@pytest.mark.parametrize(
    ("made", "expected", "said"), CERTIFICATES.values(), ids=CERTIFICATES.keys()
)
def test_what_is_wrong_with_a_certificate_is_named(
    town: Town, authority: Authority, made: dict[str, Any], expected: list[Blamed], said: str
) -> None:
    with serving(Bot(town), authority.context(**made)) as port:
        found = town.wrong(f"https://localhost:{port}")
    assert blamed(found) == expected
    assert "".join(finding.said for finding in found) == said


def test_a_certificate_of_an_unknown_authority_is_named(
    town: Town, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = authority.context("localhost", 60)
    monkeypatch.delenv("SSL_CERT_FILE")
    with serving(Bot(town), context) as port:
        found = town.wrong(f"https://localhost:{port}")
    assert [finding.said for finding in found] == [texts.TROUBLE["chain"].said]


def test_a_site_without_tls_is_told_apart(town: Town) -> None:
    with serving(Bot(town)) as port:
        found = town.wrong(f"https://127.0.0.1:{port}")
    assert [finding.said for finding in found] == [texts.TROUBLE["no tls"].said]


@pytest.mark.parametrize(
    "url",
    ["example.org", "ftp://example.org", "https://", "https://example.org/webhook/oa",
     "https://a:b@example.org", "https://example.org:port", "https://example.org?x=1"],
)  # fmt: skip
def test_what_is_no_address_is_none(url: str) -> None:
    assert callback.site_of(url) is None


@pytest.mark.parametrize(
    ("url", "taken", "host", "port"),
    [
        ("https://example.org/", "https://example.org", "example.org", 443),
        ("http://example.org", "http://example.org", "example.org", 80),
        ("https://例子.cn:8443", "https://xn--fsqu00a.cn:8443", "xn--fsqu00a.cn", 8443),
        ("https://[::1]:8443", "https://[::1]:8443", "::1", 8443),
    ],
    ids=["https", "http", "Chinese name", "IPv6"],
)
def test_an_address_is_taken_apart(url: str, taken: str, host: str, port: int) -> None:
    expected = callback.Site(taken, host, port, is_https=url.startswith("https"))
    assert callback.site_of(url) == expected
