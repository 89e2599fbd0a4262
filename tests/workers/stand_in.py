"""Both platforms as a server, the sandbox's stand-in, and a relay that writes to them: one clock.

The server can also lose answers: a call has its effect, and who made it is told of a bad gateway.
"""

import json
import re
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import Engine, func, select, update
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels import Channel
from bot.channels.factory import open_channel
from bot.config import Account, Community
from bot.sandbox.envelope import XmlValue
from bot.sandbox.media_api import media_routes
from bot.sandbox.platforms import api_routes
from bot.sandbox.push import Pusher
from bot.sandbox.samples import Sample
from bot.sandbox.screen import Message as Shown
from bot.sandbox.serving import LOCAL, listening, port_of, served
from bot.sandbox.world import Phone, World
from storage import receipts
from storage.database import transaction
from storage.models import Delivery, Identity
from storage.vocabulary import DeliveryStatus, Platform
from tests.post_office import OFFICIAL, WECOM, Clock
from workers.delivery import deliver, deliver_bulk
from workers.transactions import transact

CUSTOM_SEND, TEMPLATE_SEND = "message/custom/send", "message/template/send"
WECOM_SEND = "message/send"
SENDS = (CUSTOM_SEND, TEMPLATE_SEND, WECOM_SEND)
TOKENS = ("stable_token", "gettoken")

TICK = timedelta(seconds=10)
_NOTHING_YET: ASGIApp = PlainTextResponse(status_code=503)
_NUMBER = re.compile(r"N(\d+)")


class _Postman(Pusher):
    """Brings receipts of template messages as a turn of the webhook would write them."""

    def __init__(self, world: World, engine: Engine) -> None:
        super().__init__(world)
        self._engine = engine
        self._now = world.now
        self._app_ids = {platform: each.app_id for platform, each in world.accounts.items()}

    def push(self, platform: Platform, message: Mapping[str, XmlValue], *, sender: str) -> None:
        del sender
        app_id = self._app_ids[platform]
        number, outcome = str(message["MsgID"]), str(message["Status"])
        transact(
            self._engine,
            lambda session: receipts.add(session, app_id, number, outcome, now=self._now()),
        )


@dataclass
class StandIn:
    """What answers at one address; ``begin`` puts a new world behind it.

    Attributes:
        losing: how many more sends of a platform have their effect and lose their answer.
        lost: the answers lost, by the openid or userid that was sent to.
    """

    address: str = ""
    losing: Counter[Platform] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    _app: ASGIApp = _NOTHING_YET

    def begin(
        self, engine: Engine, clock: Clock, people: Sequence[Sample], accounts: Sequence[Account]
    ) -> World:
        """Begin a world in which nothing has happened yet."""
        official, wecom = accounts
        world = World(official, wecom, webhook="http://unused", people=people, clock=clock)
        world.calls = deque()  # the whole log, not its last lines
        self.losing.clear()
        self.lost.clear()
        pusher = _Postman(world, engine)
        self._app = Starlette(routes=[*api_routes(world, pusher), *media_routes(world)])
        return world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        platform = Platform.WECOM if scope["path"].endswith(f"/{WECOM_SEND}") else Platform.OFFICIAL
        if not scope["path"].endswith(SENDS) or not self.losing[platform]:
            await self._app(scope, receive, send)
            return
        self.losing[platform] -= 1
        body = b""
        while (part := await receive())["type"] == "http.request":
            body += part.get("body", b"")
            if not part.get("more_body"):
                break

        async def again() -> Message:
            return {"type": "http.request", "body": body}

        answered: list[Message] = []

        async def keep(message: Message) -> None:
            answered.append(message)

        await self._app(scope, again, keep)
        self.lost.update(str(json.loads(body)["touser"]).split("|"))
        await PlainTextResponse(status_code=502)(scope, receive, send)


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """Serve the stand-in at a free port."""
    served_at = StandIn()
    app = Starlette(routes=[Mount("/", app=served_at)])
    with listening(LOCAL, 0) as listener:
        served_at.address = f"http://{LOCAL}:{port_of(listener)}"
        with served(app, listener):
            yield served_at


@contextmanager
def tokens_on(clock: Clock) -> Iterator[None]:
    """Let tokens, and what is remembered of their failures, grow old by a clock that is moved."""

    def monotonic() -> float:
        return clock.at.timestamp()

    with pytest.MonkeyPatch.context() as patch:
        hands = SimpleNamespace(monotonic=monotonic, sleep=time.sleep)
        patch.setattr("bot.channels.tokens.time", hands)
        yield


@dataclass
class Chain:
    """The relay with real channels, a database, and the world that they write to."""

    engine: Engine
    clock: Clock
    world: World
    channels: Mapping[str, Channel]
    root: Path

    def relay(self) -> None:
        """Do what the jobs of one tick do."""
        deliver(self.engine, self.channels, root=self.root, now=self.clock)
        deliver_bulk(self.engine, self.channels, root=self.root, now=self.clock)
        transact(self.engine, lambda session: receipts.settle(session, self.clock.at))

    def relay_for(self, span: timedelta) -> None:
        """Relay whenever there is anything to do until a span is over, forty times at most."""
        end, pause = self.clock.at + span, max(TICK, span / 40)
        self.relay()
        while (due_at := self._next_due()) and max(due_at, self.clock.at + pause) <= end:
            self.clock.at = max(due_at, self.clock.at + pause)
            self.relay()
        self.clock.at = end

    def write(self, openid: str) -> None:
        """Let a follower say something: both sides know that the long window is open."""
        with self.world.lock:
            self.phone(openid).windows.open_by_message(self.clock.at)
        self._note(openid, messaged_at=self.clock.at, message_sends=0)

    def tap(self, openid: str) -> None:
        """Let a follower tap something: both sides know that the short window is open."""
        with self.world.lock:
            self.phone(openid).windows.open_by_tap(self.clock.at)
        self._note(openid, tapped_at=self.clock.at, tap_sends=0)

    def phone(self, external_id: str) -> Phone:
        """Find somebody's phone by openid or userid."""
        found = (each for each in self.world.phones.values())
        return next(each for each in found if each.person.external_id == external_id)

    def seen(self) -> Counter[tuple[str, int]]:
        """Count how often each phone shows each notice, whose title begins with its number."""
        with self.world.lock:
            return Counter(
                (phone.person.external_id, int(number))
                for phone in self.world.phones.values()
                for message in phone.messages
                for number in _NUMBER.findall(_shown(message))[:1]
            )

    def answers(self, *paths: str) -> Counter[tuple[Platform, int]]:
        """Count the answers of some methods, of all without one, by platform and errcode."""
        with self.world.lock:
            return Counter(
                (call.platform, call.status)
                for call in self.world.calls
                if not paths or call.name in paths
            )

    def _next_due(self) -> datetime | None:
        with transaction(self.engine) as session:
            return session.scalar(
                select(func.min(Delivery.due_at)).where(Delivery.status == DeliveryStatus.DUE)
            )

    def _note(self, openid: str, **values: datetime | int) -> None:
        with transaction(self.engine) as session:
            session.execute(update(Identity).where(Identity.external_id == openid).values(**values))


def _shown(message: Shown) -> str:
    return message.card.main_title.title if message.card else message.text


def chain(
    standing: StandIn,
    engine: Engine,
    clock: Clock,
    root: Path,
    people: Sequence[Sample],
    *,
    official: Mapping[str, object] = MappingProxyType({}),
    wecom: Mapping[str, object] = MappingProxyType({}),
) -> Chain:
    """Begin a world, and open the channels to it; the mappings are settings of the accounts."""
    at = {"api_base_url": standing.address}
    accounts = (
        Account.model_validate(OFFICIAL.model_dump() | at | dict(official)),
        Account.model_validate(WECOM.model_dump() | at | dict(wecom)),
    )
    world = standing.begin(engine, clock, people, accounts)
    # Nothing listens there: a process then asks for its own token, without a pause before it does.
    nowhere = Redis(port=1, retry=Retry(NoBackoff(), 0))
    channels = {
        each.name: open_channel(each, nowhere, community=Community(name="近邻社区"))
        for each in accounts
    }
    return Chain(engine, clock, world, channels, root)
