"""The WeChat official account as a channel: tappable lines inside text, one person per send."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO

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
    reading,
    rendering,
)
from bot.channels.api import ApiClient, Endpoint, TokenSource
from bot.channels.documents import Document, DocumentError, parse
from bot.config import Account
from handlers.messages import Action, Incoming, IncomingKind, Reply
from handlers.texts import lines
from storage.vocabulary import MediaKind

_SCENE_PREFIX = "qrscene_"


class OfficialAccount:
    """One official account: a service account, or any other with passive replies only."""

    batch_size = limits.OFFICIAL_BATCH

    def __init__(
        self, account: Account, tokens: TokenSource, *, endpoint: Endpoint | None = None
    ) -> None:
        self.account = account
        self._cipher = reading.cipher_for(account)
        self._api = ApiClient(endpoint or Endpoint(account.api, failures.OFFICIAL), tokens)

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
        message, key_index = self._unwrapped(query, body)
        envelope = Envelope(
            sender=message.text("FromUserName"),
            recipient=message.text("ToUserName"),
            timestamp=query.get("timestamp", ""),
            nonce=query.get("nonce", ""),
            encrypted=key_index is not None,
            key_index=key_index or 0,
        )
        return Received(self._incoming(message, now=now), envelope)

    def render(self, envelope: Envelope, reply: Reply, *, now: datetime) -> bytes:
        """Render the reply's text with its menu and actions as lines to tap."""
        text = rendering.plain(reply.text).strip()
        if not text:
            return b""
        content = rendering.element("Content", _with_taps(text, reply.menu, reply.actions))
        at = int(now.timestamp())
        xml = rendering.reply_xml(envelope, kind="text", content=content, at=at)
        return rendering.enveloped(
            xml, envelope, cipher=self._cipher, token=self.account.token, at=at
        )

    def send(self, recipients: Sequence[str], outgoing: Outgoing) -> Sent:
        """Send a customer-service message; the caller knows whether the window is open.

        Raises:
            ApiError: the platform did not take it.
        """
        (openid,) = recipients
        payload: dict[str, object] = {"touser": openid}
        if outgoing.enclosed:
            payload |= files.message(outgoing.enclosed)
        else:
            content = _with_taps(rendering.notice(outgoing), lines.complete(outgoing.actions), ())
            payload |= {"msgtype": "text", "text": {"content": content}}
        self._api.post("/cgi-bin/message/custom/send", payload)
        return Sent()

    def send_template(self, recipient: str, outgoing: Outgoing) -> Sent:
        """Send the template message for a notice's purpose, whatever the windows.

        Raises:
            ApiError: there is no template for it, or the platform did not take it.
        """
        del recipient
        raise ApiError(None, f"no template for {outgoing.purpose}", FailureKind.UNAUTHORISED)

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

    def _unwrapped(self, query: Mapping[str, str], body: bytes) -> tuple[Document, int | None]:
        """Give the message and the key that opened it, or None where it came in plain."""
        is_signed = reading.is_url_signed(self.account, query)
        try:
            outer = parse(body)
        except DocumentError as error:
            status = reading.BAD_REQUEST if is_signed else reading.FORBIDDEN
            raise WebhookError(status, str(error)) from error
        sealed = outer.text("Encrypt")
        if sealed:
            opened = reading.opened(self.account, self._cipher, query, sealed)
            return reading.document(opened.plain), opened.key_index
        if self.account.encryption == "safe" or query.get("encrypt_type") == "aes":
            raise WebhookError(reading.FORBIDDEN, "not encrypted")
        if not is_signed:
            raise WebhookError(reading.FORBIDDEN, "wrong signature")
        return outer, None

    def _incoming(self, message: Document, *, now: datetime) -> Incoming | None:
        """Give what needs a turn; None for what is only acknowledged."""
        kind = reading.kind_of(message)
        if kind == "event":
            return self._event(message, now=now)
        if kind not in reading.MESSAGE_KINDS:
            return None
        said = reading.MESSAGE_KINDS[kind]
        return reading.incoming(
            self.account,
            message,
            now=now,
            kind=said,
            text=reading.words_of(said, message),
            is_tap=bool(message.text("bizmsgmenuid")),
        )

    def _event(self, message: Document, *, now: datetime) -> Incoming | None:
        key = message.text("EventKey")
        kind, text, scene = IncomingKind.TAP, "", ""
        match message.text("Event").lower():
            case "click":
                text = key
            case "subscribe":
                kind = IncomingKind.SUBSCRIBE
                # Other keys tell where the follower came from (last_trade_no_…): not a scene.
                scene = key.removeprefix(_SCENE_PREFIX) if key.startswith(_SCENE_PREFIX) else ""
            case "scan":
                kind, scene = IncomingKind.SCAN, key
            case "unsubscribe":
                kind = IncomingKind.UNSUBSCRIBE
            case _:
                return None
        return reading.incoming(
            self.account,
            message,
            now=now,
            kind=kind,
            text=text,
            scene=scene,
            is_tap=kind is IncomingKind.TAP,
        )


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
