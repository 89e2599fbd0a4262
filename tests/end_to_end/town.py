"""A whole town: every process as a deployment starts it, and phones that speak to the webhook.

Redis, webhook, worker and two schedulers are real processes. The sandbox's world stands in for
both platforms; it runs in a thread of the test's process, so that tests read the phones directly.
"""

import base64
import os
import re
import signal
import socket
import subprocess
import sysconfig
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import pytest
import urllib3
from sqlalchemy import Engine, func, select

from bot import config, processes
from bot.config import Account, Settings
from bot.embedded import EmbeddedRedis, embedded_redis, free_port
from bot.sandbox.demo import write_settings
from bot.sandbox.page import create_app
from bot.sandbox.phones import Phones
from bot.sandbox.push import Pusher
from bot.sandbox.samples import PEOPLE, Sample, write_roster
from bot.sandbox.screen import Card, Sender
from bot.sandbox.serving import served
from bot.sandbox.world import ORIGINAL_ID, Phone, World
from storage import database
from storage.models import Identity, InboxMessage, Order
from storage.vocabulary import OrderStatus, Platform
from tests.conftest import SECRET_KEY
from tests.end_to_end.people import THIRD_BRANCH, write_third_branch
from tests.platform import reply_text, seal_request, text_xml
from tests.servers import wait_until

PLATFORM_SECONDS = 5.0
"""So long the platforms wait for an answer; every request of a test gives up then."""

_PROGRAM = Path(sysconfig.get_path("scripts")) / "jinlin"
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_LAST_CHARACTERS = 2000
_QUESTIONS = 5

Request = tuple[Mapping[str, str], bytes]


class Programs:
    """Commands of ``jinlin`` in one environment; each writes its log to a file of its own."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        inherited = {key: value for key, value in os.environ.items() if "JINLIN_" not in key}
        self._environment = {**inherited, **environment}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, *arguments: str) -> None:
        """Run a command to its end, which must be a good one."""
        status = self._spawn(arguments[0], arguments).wait()
        assert status == 0, self.said(arguments[0])

    def start(self, name: str, *arguments: str) -> None:
        """Start a command that stays; call it in the main thread."""
        self._running[name] = self._spawn(name, arguments)

    def _spawn(self, name: str, arguments: tuple[str, ...]) -> "subprocess.Popen[bytes]":
        with self._log(name).open("ab") as log:
            return processes.spawn(
                [_PROGRAM, *arguments],
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self, name: str) -> None:
        """End a command and the processes it started as a crash would, all at once.

        Its children first: they would be asked to end in good order when their parent is gone.
        """
        process = self._running[name]
        for child in _children(process.pid):
            os.kill(child, signal.SIGKILL)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def is_running(self, name: str) -> bool:
        """Say whether a command has not ended."""
        return self._running[name].poll() is None

    def said(self, name: str) -> str:
        """Give everything that a command has logged."""
        return self._log(name).read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """End everything; whoever does not listen is killed."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"


@dataclass
class Town:
    """What a test can do in the town, and see of it."""

    settings: Settings
    world: World
    phones: Phones
    redis: EmbeddedRedis
    engine: Engine
    programs: Programs
    port: int
    _http: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(maxsize=64, timeout=PLATFORM_SECONDS)
    )
    _newcomers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def official(self) -> Account:
        """The official account."""
        return self.world.accounts[Platform.OFFICIAL]

    @property
    def wecom(self) -> Account:
        """The WeCom app."""
        return self.world.accounts[Platform.WECOM]

    @property
    def page_address(self) -> str:
        """Where the phones can be seen; the platforms' APIs have the same address."""
        return self.official.api

    def serve(self) -> None:
        """Start the webhook and wait until it is ready; PostgreSQL gets two processes of it."""
        is_sqlite = self.settings.database.startswith("sqlite:")
        workers = "1" if is_sqlite else "2"
        self.programs.start("serve", "serve", "--port", str(self.port), "--workers", workers)
        wait_until(lambda: self._status("/readyz") == 200, _START_SECONDS)

    def _status(self, path: str) -> int:
        assert self.programs.is_running("serve"), self.programs.said("serve")[-_LAST_CHARACTERS:]
        try:
            return self._http.request(
                "GET", f"http://127.0.0.1:{self.port}{path}", retries=0
            ).status
        except urllib3.exceptions.HTTPError:
            return 0

    def post(self, name: str, request: Request) -> tuple[int, bytes]:
        """Post once to an account's path and give status and body.

        Raises:
            urllib3.exceptions.HTTPError: no answer within the platforms' limit.
        """
        query, body = request
        url = f"http://127.0.0.1:{self.port}/webhook/{name}?{urlencode(query)}"
        response = self._http.request("POST", url, body=body, retries=False)
        return response.status, response.data

    def sealed(self, sender: str, text: str, *, message_id: int) -> Request:
        """Seal a text to the official account; posted again it is the platform's repeat."""
        now = datetime.now(UTC)
        xml = text_xml(sender, ORIGINAL_ID, text, message_id=message_id, at=now)
        return seal_request(self.official, xml, now=now)

    def answer(self, request: Request, *, tries: int = 1) -> str:
        """Post what ``sealed`` gave and open the answer; the platforms try three times."""
        for _ in range(tries):
            status, body = self.post(self.official.name, request)
            if status == 200:
                return reply_text(self.official, body)
        raise AssertionError(f"answered {status}")

    def at_the_last_question(self, sender: str) -> None:
        """Bring somebody so far that the next ``1`` (message 3) places an order."""
        answer = self.answer(self.sealed(sender, "报事 幸福小区1栋1单元楼道灯坏了", message_id=1))
        if not answer.startswith("请看看对不对"):
            answer = self.answer(self.sealed(sender, "跳过", message_id=2))
        assert answer.startswith("请看看对不对"), answer

    def orders_of(self, sender: str) -> list[int]:
        """Give the numbers of the orders that an openid has placed."""
        statement = (
            select(Order.id)
            .join(Identity, Identity.person_id == Order.reporter_id)
            .where(Identity.external_id == sender)
            .order_by(Order.id)
        )
        with database.transaction(self.engine) as session:
            return list(session.execute(statement).scalars())

    def status(self, number: int) -> OrderStatus:
        """Look up where an order stands."""
        with database.transaction(self.engine) as session:
            return session.execute(select(Order.status).where(Order.id == number)).scalar_one()

    def stored(self) -> int:
        """Count the messages that the inbox holds."""
        with database.transaction(self.engine) as session:
            return session.execute(select(func.count(InboxMessage.id))).scalar_one()

    def newcomer(self, home: str = "YG-3-2") -> str:
        """Let somebody new follow by the QR code on their door; gives the key of the phone."""
        key = f"newcomer-{next(self._newcomers)}"
        scene = f"bind:{home}"
        with self.world.lock:
            self.world.phones[key] = Phone(
                Sample(key, key, "居民", Platform.OFFICIAL, f"o-{key}", scene)
            )
        self.follow(key)
        return key

    def follow(self, who: str) -> str:
        """Follow by the QR code on one's door and give the answer."""
        phone = self.world.phones[who]
        return self._answer(phone, lambda: self.phones.follow(phone, phone.person.scene))

    def say(self, who: str, text: str) -> str:
        """Type a text and give the passive answer; a fault shows as the platform shows it."""
        phone = self.world.phones[who]
        return self._answer(phone, lambda: self.phones.say(phone, text))

    def tap(self, who: str, label: str) -> str:
        """Tap the newest tappable line of that label and give the passive answer."""
        phone = self.world.phones[who]
        found = [
            (message.id, part.command)
            for message in phone.messages
            for part in message.parts
            if part.command and part.text.endswith(label)
        ]
        assert found, phone.messages[-1].text
        message_id, command = found[-1]
        return self._answer(phone, lambda: self.phones.tap(phone, message_id, command))

    def press(self, who: str, number: int, label: str, *, choose: str = "") -> Card:
        """Press a button of the newest card about an order; gives the card as it is afterwards."""
        phone = self.world.phones[who]
        message = next(
            message
            for message in reversed(phone.messages)
            if message.card is not None and _is_about(message.card, number)
        )
        card = message.card
        assert card is not None
        key = next(button.key for button in card.buttons if button.label == label)
        options = card.selection.options if card.selection else []
        selected = [option.id for option in options if choose and option.text.startswith(choose)]
        assert len(selected) == bool(choose)
        self.phones.press(phone, message.id, key, selected)
        return card

    def card(self, who: str, number: int) -> Card:
        """Wait for a card about an order and give the newest."""
        wait_until(lambda: self.cards(who, number))
        return self.cards(who, number)[-1]

    def cards(self, who: str, number: int) -> list[Card]:
        """Give the cards about an order that are on a phone, oldest first."""
        cards = (message.card for message in list(self.world.phones[who].messages))
        return [card for card in cards if card is not None and _is_about(card, number)]

    def news(self, who: str, part: str) -> str:
        """Wait for a pushed text that contains some words, and give it."""
        wait_until(lambda: self._pushed(who, part))
        return self._pushed(who, part)[-1]

    def _pushed(self, who: str, part: str) -> list[str]:
        messages = list(self.world.phones[who].messages)
        texts = [message.text for message in messages if message.is_pushed]
        return [text for text in texts if part in text]

    def calls(self, name: str, about: str) -> list[str]:
        """Give whom the calls of one API method were about, where somebody was among them."""
        with self.world.lock:
            found = [call.about for call in self.world.calls if call.name == name]
        return [whom for whom in found if about in whom.split("|")]

    def report(self, who: str, matter: str) -> int:
        """Report a matter at home, without contact, and give the order's number."""
        return self.submitted(who, self.say(who, f"报事 {matter}"))

    def submitted(self, who: str, answer: str) -> int:
        """Answer what is still asked about a report: at home, no contact, yes."""
        for _ in range(_QUESTIONS):
            if answer.startswith("收到了"):
                return number_in(answer)
            answer = self.say(who, "跳过" if "跳过" in answer.splitlines() else "1")
        raise AssertionError(answer)

    def _answer(self, phone: Phone, act: Callable[[], None]) -> str:
        before = len(phone.messages)
        act()
        return "\n".join(
            message.text
            for message in list(phone.messages[before:])
            if message.sender is not Sender.PERSON and not message.is_pushed
        )


def _children(parent: int) -> list[int]:
    """Find the processes that one has started, in whichever group they are."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            after_name = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(after_name[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def number_in(text: str) -> int:
    """Give the order's number in an answer."""
    found = re.search(r"#(\d+)", text)
    assert found, text
    return int(found[1])


def _is_about(card: Card, number: int) -> bool:
    return card.main_title.title.startswith(f"#{number} ")


@contextmanager
def founded(
    folder: Path,
    database_url: str,
    *,
    people: Sequence[Sample] = (*PEOPLE, *THIRD_BRANCH),
    clock_file: Path | None = None,
) -> Iterator[Town]:
    """Found a town on an empty database, with everything running; nothing is left behind.

    Args:
        folder: for settings, logs, rosters and what Redis keeps.
        database_url: an empty database, without tables.
        people: who has a phone; the roster names all members, with a phone or without.
        clock_file: where the sandbox's page keeps how far it has moved the time, for all programs.
    """
    with ExitStack() as stack:
        redis = stack.enter_context(embedded_redis(folder / "redis"))
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        api = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environment = write_settings(folder, redis_url=redis.url, api_base_url=api) | {
            "JINLIN_DATABASE_URL": database_url,
            "JINLIN_SECRET_KEY": base64.b64encode(SECRET_KEY).decode(),
        }
        if clock_file is not None:
            environment["JINLIN_CLOCK_FILE"] = str(clock_file)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            settings = config.load()
        port = free_port()
        world = World(
            *settings.accounts,
            webhook=f"http://127.0.0.1:{port}/webhook",
            people=people,
            clock_file=clock_file,
        )
        world.calls = deque()  # all of them are kept here
        pusher = Pusher(world, timeout=PLATFORM_SECONDS, pause=0.1)
        stack.enter_context(served(create_app(world, pusher), listener))
        engine = database.connect(database_url, read_only=True)
        stack.callback(engine.dispose)
        programs = Programs(folder, environment)
        stack.callback(programs.stop)
        programs.run("migrate")
        programs.start("worker", "worker")
        for name in ("scheduler", "another-scheduler"):
            programs.start(name, "scheduler")
        for name, write in (("samples", write_roster), ("fifty", write_third_branch)):
            write(folder / f"{name}.xlsx")
            programs.run("roster", "import", str(folder / f"{name}.xlsx"))
        town = Town(settings, world, Phones(world, pusher), redis, engine, programs, port)
        town.serve()
        wait_until(lambda: "worker started" in programs.said("worker"), _START_SECONDS)
        yield town
