"""Push a message to the bot's webhook as the platforms do: five seconds a try, three tries."""

import threading
import time
from collections import deque
from collections.abc import Mapping
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import urllib3

from bot.sandbox import envelope
from bot.sandbox.envelope import EnvelopeError, XmlValue
from bot.sandbox.world import ORIGINAL_ID, World
from storage.vocabulary import Platform

TRIES = 3
CARRIERS = 4
"""So many events are under way at once; the others wait their turn."""

_OK = 200
_EMPTY_BODIES = frozenset({b"", b"success"})


class NotAnsweredError(Exception):
    """Raised when the bot gave no usable answer: three tries failed, or the reply is malformed."""


class Pusher:
    """Carries pushes over HTTP; ``timeout`` and ``pause`` are seconds and shorter in tests."""

    def __init__(self, world: World, *, timeout: float = 5.0, pause: float = 1.0) -> None:
        self._world = world
        self._pause = pause
        self._later: deque[tuple[Platform, Mapping[str, XmlValue], str]] = deque()
        self._carriers = 0
        self._lock = threading.Lock()
        self._http = urllib3.PoolManager(
            maxsize=16, timeout=urllib3.Timeout(total=timeout), retries=False
        )

    def push(
        self, platform: Platform, message: Mapping[str, XmlValue], *, sender: str
    ) -> ET.Element | None:
        """Send one message and give the passive reply; None when the bot had nothing to say.

        A repeat has the same body, so the same MsgId. The world's lock must not be held.

        Raises:
            NotAnsweredError: what makes WeChat show its failure text.
        """
        account = self._world.accounts[platform]
        recipient = ORIGINAL_ID if platform is Platform.OFFICIAL else account.app_id
        request = envelope.seal(
            account,
            message,
            recipient=recipient,
            sender=sender,
            at=int(self._world.clock().timestamp()),
        )
        url = f"{self._world.webhook_of(platform)}?{urlencode(request.query)}"
        about = f"{message['MsgType']} {message.get('Event', '')}".strip()
        body = self._answer(platform, url, request.body, about=f"{sender}: {about}")
        if body.strip() in _EMPTY_BODIES:
            return None
        try:
            return envelope.open_reply(account, body)
        except EnvelopeError as error:
            self._log(platform, about=f"{sender}: {about}", status=_OK, result=f"reply {error}")
            raise NotAnsweredError(str(error)) from error

    def push_later(
        self, platform: Platform, message: Mapping[str, XmlValue], *, sender: str
    ) -> None:
        """Send a message from a thread, as events come that answer nothing that a person did.

        Whatever the bot replies is shown nowhere; what became of each try stands in the log.
        """
        with self._lock:
            self._later.append((platform, message, sender))
            if self._carriers == CARRIERS:
                return
            self._carriers += 1
        threading.Thread(target=self._carry, name="sandbox-events", daemon=True).start()

    def _carry(self) -> None:
        """Push what waits, until nothing does."""
        while True:
            with self._lock:
                if not self._later:
                    self._carriers -= 1
                    return
                platform, message, sender = self._later.popleft()
            try:
                self.push(platform, message, sender=sender)
            except NotAnsweredError:
                continue  # all three tries stand in the log, and no platform tries a fourth time

    def _answer(self, platform: Platform, url: str, body: bytes, *, about: str) -> bytes:
        for attempt in range(1, TRIES + 1):
            try:
                response = self._http.request(
                    "POST", url, body=body, headers={"Content-Type": "text/xml"}
                )
            except urllib3.exceptions.HTTPError as error:
                status, result = 0, type(error).__name__
            else:
                status, result = response.status, f"{len(response.data)} bytes"
            self._log(platform, about=about, status=status, result=f"try {attempt}: {result}")
            if status == _OK:
                return response.data
            if attempt < TRIES:
                time.sleep(self._pause)
        raise NotAnsweredError(f"{TRIES} tries failed")

    def _log(self, platform: Platform, *, about: str, status: int, result: str) -> None:
        name = f"webhook/{self._world.accounts[platform].name}"
        with self._world.lock:
            self._world.record(
                platform, name, is_push=True, about=about, status=status, result=result
            )
