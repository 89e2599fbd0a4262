"""Reads nginx configuration into nested lists, and runs a real nginx on a copy of the sample."""

import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.embedded import free_port
from tests.servers import wait_until

_PIECE = re.compile(r"#[^\n]*|'[^']*'|\"[^\"]*\"|[{};]|[^\s{};]+")


@dataclass
class Directive:
    """A name with its words, and what stands between its braces."""

    words: list[str]
    inside: "list[Directive]" = field(default_factory=list)

    def all(self, *words: str) -> "list[Directive]":
        """Give the directives inside that begin with the given words."""
        return [each for each in self.inside if each.words[: len(words)] == list(words)]

    def one(self, *words: str) -> "Directive":
        """Give the only such directive."""
        (found,) = self.all(*words)
        return found

    def says(self, name: str) -> str:
        """Give what the only directive of a name says after it."""
        return " ".join(self.one(name).words[1:])


def parse(text: str) -> Directive:
    """Read a configuration; comments are left out, quotes stay."""
    top = Directive(["top"])
    stack, words = [top], list[str]()
    for piece in _PIECE.findall(text):
        if piece.startswith("#"):
            continue
        if piece == "}":
            stack.pop()
        elif piece in {";", "{"}:
            directive, words = Directive(words), []
            stack[-1].inside.append(directive)
            if piece == "{":
                stack.append(directive)
        else:
            words.append(piece)
    assert (stack, words) == ([top], [])
    return top


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(text: str, folder: Path, *, web: int, plain: int, tls: int) -> Iterator[None]:
    """Run nginx with a sample's text, its ports and paths put where a test may use them.

    Args:
        text: the sample.
        folder: takes its logs, certificate and temporary files.
        web: the port of the web process that stands behind it.
        plain: the port in place of 80.
        tls: the port in place of 443.
    """
    certificate, key = folder / "jinlin.crt", folder / "jinlin.key"
    subprocess.run(  # noqa: S603 (a fixed command)
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "1", "-subj", "/CN=jinlin.example.org"),
            *("-keyout", key, "-out", certificate),
        ],
        check=True,
        capture_output=True,
    )
    moved = text.replace("/etc/nginx/tls", str(folder)).replace("/var/log/nginx", str(folder))
    moved = moved.replace("127.0.0.1:8000", f"127.0.0.1:{web}")
    moved = moved.replace("127.0.0.1:8001", f"127.0.0.1:{free_port()}")
    moved = re.sub(r"listen \[::\].*", "", moved)
    moved = moved.replace("listen 80;", f"listen 127.0.0.1:{plain};")
    moved = moved.replace("listen 443 ssl;", f"listen 127.0.0.1:{tls} ssl;")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; pid {folder}/pid; error_log stderr crit;\n"
        f"events {{}}\nhttp {{\n{places}\n{moved}\n}}\n"
    )
    command = ["nginx", "-e", "stderr", "-c", str(configuration)]
    subprocess.run([*command, "-t", "-q"], check=True)  # noqa: S603 (a fixed command)
    with subprocess.Popen(command) as process:  # noqa: S603 (a fixed command)
        wait_until(lambda: _listens(tls))
        try:
            yield
        finally:
            process.terminate()
