"""A tiny bot on a real port: reads with the bot's own channels, answers what a test tells it to."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from redis import Redis

from bot.channels.factory import open_channel
from bot.config import Account
from handlers.messages import Incoming, Reply


@dataclass
class Webhook:
    """What came in, and what goes out: ``reply`` renders, ``raw`` replaces status and body."""

    reply: Callable[[Incoming], Reply] = lambda incoming: Reply(text=f"你说：{incoming.text}")
    raw: list[tuple[int, bytes] | None] = field(default_factory=list)
    received: list[Incoming] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    url: str = ""


@contextmanager
def webhook(*accounts: Account) -> Iterator[Webhook]:
    # Nothing listens there, and a webhook asks for no token.
    channels = {account.name: open_channel(account, Redis(port=1)) for account in accounts}
    bot = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bot.bodies.append(body)
            channel = channels[parts.path.rpartition("/")[2]]
            now = datetime.now(UTC)
            received = channel.read(
                dict(parse_qsl(parts.query, keep_blank_values=True)), body, now=now
            )
            status, answer = 200, b""
            if received.incoming is not None:
                bot.received.append(received.incoming)
                answer = channel.render(received.envelope, bot.reply(received.incoming), now=now)
            told = bot.raw.pop(0) if bot.raw else None
            status, answer = told or (status, answer)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            with contextlib.suppress(ConnectionError):  # the platform may have given up
                self.end_headers()
                self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
            """Stay quiet: pytest would show every request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bot.url = f"http://127.0.0.1:{server.server_port}/webhook"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield bot
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
