"""A WeCom app as a channel: complete text as passive answer, cards with buttons as notices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from bot.channels import (
    ApiError,
    Envelope,
    FailureKind,
    Outgoing,
    Received,
    Sent,
    TooLargeError,
    cards,
    failures,
    files,
    limits,
    menus,
    reading,
    rendering,
    wecom_reading,
)
from bot.channels.api import ApiClient, Endpoint, TokenSource
from bot.config import Account, MenuButton
from handlers.messages import Reply
from handlers.texts import lines
from storage.vocabulary import MediaKind

_SKIPPED = ("invaliduser", "unlicenseduser")


class WeCom:
    """One app of one company; its traffic is always encrypted."""

    batch_size = limits.WECOM_BATCH
    menu_refused = False

    def __init__(
        self, account: Account, tokens: TokenSource, *, endpoint: Endpoint | None = None
    ) -> None:
        self.account = account
        self._cipher = reading.cipher_for(account)
        self._api = ApiClient(endpoint or Endpoint(account.api, failures.WECOM), tokens)

    @property
    def skew_seconds(self) -> float | None:
        """How far our clock is ahead of the platform's; None before its first answer."""
        return self._api.skew.seconds

    def verify(self, query: Mapping[str, str]) -> str:
        """Answer the platform's GET verification with the decrypted echostr.

        Raises:
            WebhookError: a wrong signature, another key or company.
        """
        # A plus sign that a form decoder turned into a space is still a plus sign (B1).
        sealed = query.get("echostr", "").replace(" ", "+")
        opened = reading.opened(self.account, self._cipher, query, sealed)
        return opened.plain.decode("utf-8", "replace")

    def read(self, query: Mapping[str, str], body: bytes, *, now: datetime) -> Received:
        """Verify, decrypt and parse a POST.

        Raises:
            WebhookError: 403 for what cannot be proved to be the platform's, 400 for what is
                broken.
        """
        reading.refuse_stale(query, now=now)
        unwrapped = wecom_reading.unwrapped(self.account, self._cipher, query, body)
        message = unwrapped.message
        envelope = Envelope(
            sender=message.text("FromUserName").lower(),
            recipient=message.text("ToUserName"),
            timestamp=query.get("timestamp", ""),
            nonce=query.get("nonce", ""),
            encrypted=True,
            key_index=unwrapped.key_index or 0,
            is_card_tap=message.text("Event").lower() == wecom_reading.CARD_TAP,
            is_json=unwrapped.is_json,
        )
        return Received(
            wecom_reading.incoming(self.account, message, now=now),
            envelope,
            unwrapped.acknowledgement,
        )

    def render(self, envelope: Envelope, reply: Reply, *, now: datetime) -> bytes:
        """Render the reply as text with digits and words, or as an update of the tapped card.

        A card takes no text: where a tap is answered without a note, the text's first line is it.
        """
        text = rendering.plain(reply.text).strip()
        if envelope.is_card_tap:
            note = rendering.shortened(
                reply.card_note or text.partition("\n")[0], limits.CARD_NOTE_CHARACTERS
            )
            if not note:
                return b""
            kind = "update_button"
            content: rendering.Content = {"Button": {"ReplaceName": note}}
        elif text:
            kind = "text"
            taps = [
                lines.numbered(n, rendering.one_line(action.label))
                for n, action in enumerate(reply.menu, 1)
            ]
            taps += [rendering.spoken(action) for action in lines.complete(reply.actions)]
            content = {"Content": rendering.composed(text, taps)}
        else:
            return b""
        at = int(now.timestamp())
        written = rendering.passive(envelope, kind=kind, content=content, at=at)
        return rendering.enveloped(
            written, envelope, cipher=self._cipher, token=self.account.token, at=at
        )

    def send(self, recipients: Sequence[str], outgoing: Outgoing) -> Sent:
        """Send a card; a text where nothing is to tap or the person prefers text; or media alone.

        A card whose task id was used has been sent before and lost its answer on the way: that is
        a success without a response code.

        Raises:
            ApiError: nobody got it, for another reason than being out of reach.
        """
        if not 0 < len(recipients) <= self.batch_size:
            raise ValueError(f"1 to {self.batch_size} recipients, not {len(recipients)}")
        is_card = not outgoing.as_text and cards.has_buttons(outgoing.actions)
        try:
            answer = self._api.post(
                "/cgi-bin/message/send",
                {
                    "touser": "|".join(recipients),
                    "agentid": self.account.agent_id,
                    **_content(outgoing, is_card=is_card),
                },
            )
        except ApiError as error:
            if error.code in failures.NOBODY_VALID:
                return Sent(failures=dict.fromkeys(recipients, _SKIPPED[0]))
            if is_card and error.code == failures.TASK_ID_USED:
                return Sent()
            raise
        return Sent(
            failures=_skipped(recipients, answer),
            response_code=str(answer.get("response_code") or ""),
        )

    def send_template(self, recipient: str, outgoing: Outgoing) -> Sent:
        """Refuse: a WeCom app has no templates.

        Raises:
            ApiError: always.
        """
        del recipient, outgoing
        raise ApiError(None, "a WeCom app has no templates", FailureKind.REFUSED)

    def update_card(self, recipients: Sequence[str], *, response_code: str, note: str) -> None:
        """Replace the buttons of one sent card by a note, for all its readers in one call.

        Raises:
            ApiError: the code was used, is older than 72 hours, or the platform is away.
        """
        payload = {
            "userids": list(recipients),
            "agentid": self.account.agent_id,
            "response_code": response_code,
            "button": {"replace_name": rendering.shortened(note, limits.CARD_NOTE_CHARACTERS)},
        }
        self._api.post("/cgi-bin/message/update_template_card", payload)

    def download(self, media_id: str, into: IO[bytes], *, most: int) -> None:
        """Write a photo or voice that somebody sent into a file.

        Raises:
            ApiError: the platform does not know it, or cannot be reached.
            TooLargeError: it has more bytes than ``most``.
            OSError: the file cannot be written.
        """
        try:
            files.download(self._api, media_id, into, most=most)
        except ApiError as error:
            if error.code == failures.NEEDS_RANGE:
                raise TooLargeError from error
            raise

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
        """Replace the app's menu.

        Raises:
            ApiError: the platform did not take it; the former menu stays.
        """
        agent = {"agentid": str(self.account.agent_id)}
        self._api.post(menus.PATH, menus.content(menu), parameters=agent)


# A retry is byte for byte the same, so the platform swallows it.
_SWALLOWED_TWICE = {
    "enable_duplicate_check": 1,
    "duplicate_check_interval": limits.DUPLICATE_CHECK_SECONDS,
}


def _content(outgoing: Outgoing, *, is_card: bool) -> dict[str, Any]:
    if outgoing.enclosed:
        return files.message(outgoing.enclosed) | _SWALLOWED_TWICE
    return _card(outgoing) if is_card else _text(outgoing)


def _text(outgoing: Outgoing) -> dict[str, Any]:
    actions = lines.complete(outgoing.actions)
    taps = [
        lines.numbered(n, rendering.one_line(action.label)) for n, action in enumerate(actions, 1)
    ]
    return {
        "msgtype": "text",
        "text": {"content": rendering.composed(rendering.notice(outgoing), taps)},
        **_SWALLOWED_TWICE,
    }


def _card(outgoing: Outgoing) -> dict[str, Any]:
    return {"msgtype": "template_card", "template_card": cards.button_card(outgoing)}


def _skipped(recipients: Sequence[str], answer: Mapping[str, Any]) -> dict[str, str]:
    """Name who was left out although errcode is 0; WeCom answers userids in its own case."""
    asked = {recipient.lower(): recipient for recipient in recipients}
    return {
        asked[userid.lower()]: word
        for word in _SKIPPED
        for userid in str(answer.get(word) or "").split("|")
        if userid.lower() in asked
    }
