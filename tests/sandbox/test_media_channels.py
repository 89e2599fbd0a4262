"""The bot's own channels against the stand-in: a photo or voice goes from phone to phone."""

import io
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot.channels import Channel, Enclosed, Outgoing, TooLargeError
from bot.channels.factory import open_channel
from bot.config import Account
from bot.sandbox.page import create_app
from bot.sandbox.samples import PEOPLE
from bot.sandbox.serving import listening, served
from bot.sandbox.world import World
from handlers.rules.formats import Format
from storage.vocabulary import MediaKind, Platform
from tests.sandbox.conftest import OFFICIAL, WECOM, Json
from tests.sandbox.webhook import Webhook, webhook

WANG = next(person.external_id for person in PEOPLE if person.key == "wang")
MEGABYTE = 1024 * 1024


class Town:
    """A sandbox on a real port, and the bot's own channels that call it."""

    def __init__(self, url: str, bot: Webhook, channels: dict[Platform, Channel]) -> None:
        self.url = url
        self.bot = bot
        self.channels = channels

    def act(self, person: str, action: str, **body: object) -> Json:
        url = f"{self.url}/sandbox/phones/{person}/{action}"
        return urllib3.request("POST", url, json=body, retries=False).json()

    def downloaded(self, platform: Platform) -> bytes:
        into = io.BytesIO()
        name = self.bot.received[-1].media_id
        self.channels[platform].download(name, into, most=MEGABYTE)
        return into.getvalue()


@pytest.fixture
def town() -> Iterator[Town]:
    with listening("127.0.0.1", 0) as listener:
        listener.listen()  # so that nobody is refused before the server is up
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        official, wecom = (
            Account.model_validate(account.model_dump() | {"api_base_url": url})
            for account in (OFFICIAL, WECOM)
        )
        with webhook(official, wecom) as bot, socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))  # bound, never listening: a Redis that is away
            redis = Redis(port=nobody.getsockname()[1], retry=Retry(NoBackoff(), 0))
            channels = {
                account.platform: open_channel(account, redis) for account in (official, wecom)
            }
            world = World(official, wecom, webhook=bot.url)
            with served(create_app(world), listener):
                yield Town(url, bot, channels)


@pytest.mark.parametrize(
    ("action", "kept"),
    [
        pytest.param("photo", Format(MediaKind.IMAGE, "image/png", ".png"), id="photo"),
        pytest.param("voice", Format(MediaKind.VOICE, "audio/amr", ".amr"), id="voice"),
    ],
)
def test_the_bots_channels_carry_it_from_a_residents_phone_to_a_members_and_back(
    town: Town, tmp_path: Path, action: str, kept: Format
) -> None:
    town.act("wang", "follow")
    town.act("wang", action)
    path = tmp_path / f"kept{kept.suffix}"
    path.write_bytes(town.downloaded(Platform.OFFICIAL))
    shown = []
    for platform, name, person in (
        (Platform.WECOM, "lisi", "lisi"),
        (Platform.OFFICIAL, WANG, "wang"),
    ):
        channel = town.channels[platform]
        media_id = channel.upload(path, kind=kept.kind, content_type=kept.content_type)
        channel.send([name], Outgoing(title="#12", enclosed=Enclosed(kept.kind, media_id)))
        phone = urllib3.request("GET", f"{town.url}/sandbox/phones/{person}").json()
        message = phone["messages"][-1]
        assert (message["kind"], message["pushed"]) == (action, True)
        shown.append(urllib3.request("GET", town.url + message["media"]["url"]).data)
    assert shown == [path.read_bytes()] * 2


def test_the_bots_channels_stop_at_what_is_too_large(town: Town) -> None:
    town.act("lisi", "photo", size=2 * MEGABYTE)
    with pytest.raises(TooLargeError):
        town.downloaded(Platform.WECOM)
