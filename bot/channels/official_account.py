"""The WeChat official account as a channel: tappable lines inside text, one person per send."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import structlog

from bot.channels import (
    ApiError,
    Envelope,
    FailureKind,
    Outgoing,
    Received,
    Sent,
    WebhookError,
    failures,
    files,
    limits,
    menus,
    message_menus,
    official_reading,
    reading,
    rendering,
)
from bot.channels.api import ApiClient, Endpoint, TokenSource
from bot.channels.templates import Templates
from bot.config import Account, Community, MenuButton
from handlers.messages import Action, Reply
from handlers.texts import lines, platform_errors
from storage.vocabulary import MediaKind

log = structlog.stdlib.get_logger(__name__)


class OfficialAccount:
    """One official account: a service account, or any other with passive replies only.

    ``menu_refused``: the platform lets it send no msgmenu, whatever the settings say; texts with
    lines to tap take their place for as long as this process lives.
    """

    batch_size = limits.OFFICIAL_BATCH

    def __init__(
        self,
        account: Account,
        tokens: TokenSource,
        *,
        endpoint: Endpoint | None = None,
        community: Community | None = None,
    ) -> None:
        self.account = account
        self.menu_refused = False
        self._cipher = reading.cipher_for(account)
        self._api = ApiClient(endpoint or Endpoint(account.api, failures.OFFICIAL), tokens)
        self._templates = Templates(account, self._api, community)

    @property
    def skew_seconds(self) -> float | None:
        """How far our clock is ahead of the platform's; None before its first answer."""
        return self._api.skew.seconds

    def verify(self, query: Mapping[str, str]) -> str:
        """Answer the platform's GET verification with its echostr.

        Raises:
            WebhookError: a wrong signature, or no echostr.
        """
        if not reading.is_url_signed(self.account, query):
            raise WebhookError(reading.FORBIDDEN, "wrong signature")
        if "echostr" not in query:
            raise WebhookError(reading.BAD_REQUEST, "no echostr")
        return query["echostr"]

    def read(self, query: Mapping[str, str], body: bytes, *, now: datetime) -> Received:
        """Verify, decrypt and parse a POST.

        Raises:
            WebhookError: 403 for what cannot be proved to be the platform's, 400 for what is
                broken.
        """
        reading.refuse_stale(query, now=now)
        unwrapped = official_reading.unwrapped(self.account, self._cipher, query, body)
        message = unwrapped.message
        envelope = Envelope(
            sender=message.text("FromUserName"),
            recipient=message.text("ToUserName"),
            timestamp=query.get("timestamp", ""),
            nonce=query.get("nonce", ""),
            encrypted=unwrapped.key_index is not None,
            key_index=unwrapped.key_index or 0,
            is_json=unwrapped.is_json,
        )
        return Received(
            official_reading.incoming(self.account, message, now=now),
            envelope,
            unwrapped.acknowledgement,
        )

    def render(self, envelope: Envelope, reply: Reply, *, now: datetime) -> bytes:
        """Render the reply's text with its menu and actions as lines to tap.

        What nothing here could help with is handed over where people sit behind the account.
        """
        text = rendering.plain(reply.text).strip()
        if not text:
            return b""
        kind = "text"
        content: rendering.Content = {"Content": _with_taps(text, reply.menu, reply.actions)}
        if reply.is_unhandled and self.account.customer_service:
            kind, content = "transfer_customer_service", {}
        at = int(now.timestamp())
        written = rendering.passive(envelope, kind=kind, content=content, at=at)
        return rendering.enveloped(
            written, envelope, cipher=self._cipher, token=self.account.token, at=at
        )

    def send(self, recipients: Sequence[str], outgoing: Outgoing) -> Sent:
        """Send a customer-service message; the caller knows whether the window is open.

        Taps are a msgmenu where the account may have one, and lines inside the text elsewhere.

        Raises:
            ApiError: the platform did not take it.
        """
        (openid,) = recipients
        if outgoing.enclosed:
            self._send(openid, files.message(outgoing.enclosed))
            return Sent()
        words, actions = rendering.notice(outgoing), lines.complete(outgoing.actions)
        if not self._sent_as_menu(openid, words, actions):
            content = _with_taps(words, actions, ())
            self._send(openid, {"msgtype": "text", "text": {"content": content}})
        return Sent()

    def send_template(self, recipient: str, outgoing: Outgoing) -> Sent:
        """Send the template message for a notice's purpose, whatever the windows.

        Its receipt is the number that TEMPLATESENDJOBFINISH names later.

        Raises:
            ApiError: there is no template for it (any more), or the platform did not take it.
            ValueError: the notice has no ``created_at``.
        """
        message = self._templates.message(recipient, outgoing)
        try:
            answer = self._api.post("/cgi-bin/message/template/send", message)
        except ApiError as error:
            if error.code == failures.UNKNOWN_TEMPLATE:
                self._templates.forget()
            raise
        return Sent(receipt=str(answer.get("msgid") or ""))

    def update_card(self, recipients: Sequence[str], *, response_code: str, note: str) -> None:
        """Refuse: there are no cards here.

        Raises:
            ApiError: always.
        """
        del recipients, response_code, note
        raise ApiError(None, "an official account has no cards", FailureKind.REFUSED)

    def download(self, media_id: str, into: IO[bytes], *, most: int) -> None:
        """Write a photo or voice that somebody sent into a file.

        Raises:
            ApiError: the platform does not know it, or cannot be reached.
            TooLargeError: it has more bytes than ``most``.
            OSError: the file cannot be written.
        """
        files.download(self._api, media_id, into, most=most)

    def upload(self, path: Path, *, kind: MediaKind, content_type: str) -> str:
        """Hand a kept file to the platform and give its name there.

        Raises:
            ApiError: the platform does not carry it, or cannot be reached.
            OSError: the file cannot be read.
        """
        return files.upload(
            self._api, self.account.platform, path, kind=kind, content_type=content_type
        )

    def publish_menu(self, menu: Sequence[MenuButton]) -> None:
        """Replace the account's menu.

        Raises:
            ApiError: the platform did not take it; the former menu stays.
        """
        self._api.post(menus.PATH, menus.content(menu))

    def _send(self, openid: str, content: Mapping[str, Any]) -> None:
        self._api.post("/cgi-bin/message/custom/send", {"touser": openid, **content})

    def _sent_as_menu(self, openid: str, words: str, actions: Sequence[Action]) -> bool:
        """Send a msgmenu; False where the account may not, or the menu was refused for what it is.

        The limits of a msgmenu are not published, so a refused one has a second chance as text.
        """
        if not self.account.message_menu or self.menu_refused:
            return False
        menu = message_menus.message_menu(words, actions)
        if menu is None:
            return False
        try:
            self._send(openid, menu)
        except ApiError as error:
            if error.code == failures.ACCOUNT_TYPE:
                self.menu_refused = True
            elif error.code is None or error.kind is not FailureKind.REFUSED:
                raise
            log.error(  # noqa: TRY400 (the code says it all; a traceback would not)
                "msgmenu refused, text goes in its place",
                account=self.account.name,
                code=error.code,
                meaning=platform_errors.told(self.account.platform, error.code),
            )
            return False
        return True


def _with_taps(text: str, menu: Sequence[Action], actions: Iterable[Action]) -> str:
    """Put lines to tap below a text; where links are too long, the words to type instead."""
    extra = lines.complete(actions)
    links = [lines.numbered(n, rendering.tappable(action)) for n, action in enumerate(menu, 1)]
    links += [rendering.tappable(action) for action in extra]
    words = [
        lines.numbered(n, rendering.one_line(action.label)) for n, action in enumerate(menu, 1)
    ]
    words += [rendering.spoken(action) for action in extra]
    return rendering.composed(text, links, shorter=words)
