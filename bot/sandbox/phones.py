"""What a person can do with a phone; how the answer appears on it is ``bot.sandbox.passive``'s.

Each action is one real encrypted push to the webhook, shaped as the platform shapes it
(PLATFORM.md A4-A6, B2-B3).
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from bot.sandbox.envelope import XmlValue
from bot.sandbox.media import LIFETIME, MOST_SECONDS, Medium, content_type_of, voice_of
from bot.sandbox.passive import Answers
from bot.sandbox.push import NotAnsweredError, Pusher
from bot.sandbox.screen import KIND_OF_MEDIA, Card, Kind, Message, Place, Sender, plain
from bot.sandbox.sections import Selection
from bot.sandbox.world import ORIGINAL_ID, Phone, World
from handlers.texts import sandbox as texts
from storage.vocabulary import MediaKind, Platform

Chosen: TypeAlias = Sequence[str] | Mapping[str, Sequence[str]]

NOT_FOUND = 404
IMPOSSIBLE = 409
BAD = 400
SCALE = 16


class RefusedError(Exception):
    """Raised when a phone does not offer what was asked of it; ``status`` is the HTTP answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Phones:
    """The hands that hold the phones of one world."""

    def __init__(self, world: World, pusher: Pusher) -> None:
        self.world = world
        self._pusher = pusher
        self._answers = Answers(world)

    def say(self, phone: Phone, text: str) -> None:
        """Type a text and send it; it opens the long send window.

        Raises:
            RefusedError: nothing was typed, or the person does not follow the account.
        """
        if not text.strip():
            raise RefusedError(BAD, "text is empty")
        self.must_be_reachable(phone)
        with self.world.lock:
            self.world.show(phone, Sender.PERSON, Kind.TEXT, plain(text))
            phone.windows.open_by_message(self.world.now())
        self.push(phone, {"MsgType": "text", "Content": text, "MsgId": self.next_id()})

    def photo(self, phone: Phone, content: bytes, *, is_expired: bool = False) -> None:
        """Send a picture; the platform keeps it for three days, an expired one no moment more.

        Raises:
            RefusedError: it is no picture, or the person does not follow the account.
        """
        content_type = content_type_of(content) or ""
        if not content_type.startswith("image/"):
            raise RefusedError(BAD, "a photo is a JPEG, PNG or GIF file")
        self.must_be_reachable(phone)
        medium = Medium(self.next_id(), MediaKind.IMAGE, content, content_type)
        account = self.world.accounts[phone.person.platform]
        more: dict[str, XmlValue] = {"PicUrl": account.api + medium.path}
        self._send_medium(phone, medium, more, is_expired=is_expired)

    def voice(self, phone: Phone, seconds: int, *, is_expired: bool = False) -> None:
        """Hold the key and speak; platforms have not turned voice into words since 2023.

        Raises:
            RefusedError: no key can be held that long, or the person does not follow the account.
        """
        if not 1 <= seconds <= MOST_SECONDS:
            raise RefusedError(BAD, f"a voice lasts 1 to {MOST_SECONDS} seconds")
        self.must_be_reachable(phone)
        medium = Medium(self.next_id(), MediaKind.VOICE, voice_of(seconds), "audio/amr")
        self._send_medium(phone, medium, {"Format": "amr"}, is_expired=is_expired)

    def place(self, phone: Phone, place: Place) -> None:
        """Send a point of the map.

        Raises:
            RefusedError: the person does not follow the account.
        """
        self.must_be_reachable(phone)
        with self.world.lock:
            self.world.show(phone, Sender.PERSON, Kind.PLACE, attached=place)
            phone.windows.open_by_message(self.world.now())
        sent: dict[str, XmlValue] = {
            "MsgType": "location",
            "Location_X": place.latitude,
            "Location_Y": place.longitude,
            "Scale": SCALE,
            "Label": place.label,
            "MsgId": self.next_id(),
        }
        if phone.person.platform is Platform.WECOM:
            sent["AppType"] = "wxwork"
        self.push(phone, sent)

    def _send_medium(
        self, phone: Phone, medium: Medium, more: dict[str, XmlValue], *, is_expired: bool
    ) -> None:
        with self.world.lock:
            now = self.world.now()
            media_id = self.world.media.name(
                medium, phone.person.platform, until=now if is_expired else now + LIFETIME
            )
            kind = KIND_OF_MEDIA[medium.kind]
            self.world.show(phone, Sender.PERSON, kind, attached=medium)
            phone.windows.open_by_message(now)
        sent: dict[str, XmlValue] = {"MsgType": medium.kind.value, **more, "MediaId": media_id}
        self.push(phone, sent | {"MsgId": self.next_id()})

    def tap(self, phone: Phone, message_id: int, command: str) -> None:
        """Tap a tappable line; the client sends its words, and only the short window opens.

        Raises:
            RefusedError: no such line on this phone, or the person does not follow the account.
        """
        self.must_be_reachable(phone)
        message = phone.message(message_id)
        link = message.link(command) if message else None
        if link is None:
            raise RefusedError(NOT_FOUND, "no such tappable line on this phone")
        with self.world.lock:
            self.world.show(phone, Sender.PERSON, Kind.TEXT, plain(command))
            phone.windows.open_by_tap(self.world.now())
        said: dict[str, XmlValue] = {"MsgType": "text", "Content": command}
        said["MsgId"] = self.next_id()
        if self.world.standing.echoes_menu_id:
            said["bizmsgmenuid"] = link.menu_id
        self.push(phone, said)

    def press(self, phone: Phone, message_id: int, key: str, selected: Chosen) -> None:
        """Press a button of a card, or an entry of its menu, with what is chosen on it.

        With nothing chosen a list's preset choice counts, or its first entry, and of boxes those
        that are ticked from the start. A button's answer can change this card on this phone only; a
        passive text is not shown then, as on the platform, but after a menu's entry it is.

        Args:
            phone: whose phone it is.
            message_id: the card's message.
            key: the button's or the entry's.
            selected: ids of options of the card's only question, or by the questions' keys.

        Raises:
            RefusedError: no such card, button or choice on this phone.
        """
        message, card = self._card(phone, message_id)
        entries = card.action_menu.actions if card.action_menu else []
        is_menu = any(entry.key == key for entry in entries)
        if not is_menu and not any(b.type == 0 and b.key == key for b in card.keys):
            raise RefusedError(NOT_FOUND, "no such button on this card")
        event: dict[str, XmlValue] = {"EventKey": key, "TaskId": card.task_id}
        event["CardType"] = card.card_type
        items = [] if is_menu else _selected_items(card, selected)
        if items:
            event["SelectedItems"] = {"SelectedItem": items}
        with self.world.lock:
            event["ResponseCode"] = self.world.issue_code(card.send_id)
        name = "template_card_menu_event" if is_menu else "template_card_event"
        self.push(phone, self._event(name, event), pressed=None if is_menu else message)

    def follow(self, phone: Phone, scene: str) -> None:
        """Follow the official account, or scan a QR code as a follower; the short window opens.

        With a scene it is a parametric QR code. Whoever follows already and has no scene sees the
        account's page, and nothing is pushed.

        Raises:
            RefusedError: this phone has WeCom.
        """
        self._must_be(phone, Platform.OFFICIAL)
        with self.world.lock:
            is_new = not phone.is_following
            if not is_new and not scene:
                return
            line = texts.FOLLOWED if is_new else texts.SCANNED
            self.world.show(phone, Sender.PERSON, Kind.EVENT, plain(line))
            phone.is_following = True
            phone.windows.open_by_tap(self.world.now())
        fields: dict[str, XmlValue] = {
            "EventKey": f"qrscene_{scene}" if scene and is_new else scene
        }
        if scene:
            fields["Ticket"] = f"ticket-{scene}"
        self.push(phone, self._event("subscribe" if is_new else "SCAN", fields))

    def unfollow(self, phone: Phone) -> None:
        """Leave the official account; whatever the bot answers is not shown.

        Raises:
            RefusedError: this phone has WeCom, or the person does not follow the account.
        """
        self._must_be(phone, Platform.OFFICIAL)
        self.must_be_reachable(phone)
        with self.world.lock:
            phone.is_following = False
            phone.windows.close()
            self.world.show(phone, Sender.PERSON, Kind.EVENT, plain(texts.UNFOLLOWED))
        self.push(phone, self._event("unsubscribe", {"EventKey": ""}))

    def open(self, phone: Phone) -> None:
        """Open the WeCom app, which is pushed every time.

        Raises:
            RefusedError: this phone has the official account.
        """
        self._must_be(phone, Platform.WECOM)
        with self.world.lock:
            self.world.show(phone, Sender.PERSON, Kind.EVENT, plain(texts.ENTERED))
        self.push(phone, self._event("enter_agent", {"EventKey": ""}))

    def _must_be(self, phone: Phone, platform: Platform) -> None:
        if phone.person.platform is not platform:
            raise RefusedError(IMPOSSIBLE, f"not possible on {phone.person.platform}")

    def must_be_reachable(self, phone: Phone) -> None:
        """Refuse for whoever does not follow the official account: there is no chat to write in.

        Raises:
            RefusedError: 409.
        """
        if phone.person.platform is Platform.OFFICIAL and not phone.is_following:
            raise RefusedError(IMPOSSIBLE, "does not follow the official account")

    def _card(self, phone: Phone, message_id: int) -> tuple[Message, Card]:
        message = phone.message(message_id)
        if message is None or message.card is None:
            raise RefusedError(NOT_FOUND, "no such card on this phone")
        return message, message.card

    def next_id(self) -> int:
        """Give a number for a message that is never given again."""
        with self.world.lock:
            return self.world.next_id()

    def _event(self, event: str, fields: dict[str, XmlValue]) -> dict[str, XmlValue]:
        return {"MsgType": "event", "Event": event, **fields}

    def push(
        self, phone: Phone, message: dict[str, XmlValue], *, pressed: Message | None = None
    ) -> None:
        """Push what the platform makes of an action, and show the passive answer.

        Args:
            phone: whose action it is.
            message: the inner message without what every one has.
            pressed: the card that was tapped, the only thing that its answer can change.
        """
        platform = phone.person.platform
        account = self.world.accounts[platform]
        envelope: dict[str, XmlValue] = {
            "ToUserName": ORIGINAL_ID if platform is Platform.OFFICIAL else account.app_id,
            "FromUserName": phone.person.external_id,
            "CreateTime": int(self.world.now().timestamp()),
            **message,
        }
        if account.agent_id is not None:
            envelope["AgentID"] = account.agent_id
        is_leaving = message.get("Event") == "unsubscribe"
        try:
            reply = self._pusher.push(platform, envelope, sender=phone.person.external_id)
        except NotAnsweredError:
            if not is_leaving:
                with self.world.lock:
                    self._answers.fail(phone, "no answer")
            return
        if reply is not None and not is_leaving:
            with self.world.lock:
                self._answers.show(phone, reply, pressed)


def _selected_items(card: Card, selected: Chosen) -> list[XmlValue]:
    """Write what is chosen of each question; the ids must be the card's own."""
    questions = {question.question_key: question for question in card.questions}
    if not isinstance(selected, Mapping):
        if len(questions) > 1 and selected:
            raise RefusedError(BAD, "selected: this card asks several questions, name them")
        selected = dict.fromkeys(questions, selected) if questions else {"": selected}
    named = {key for key, ids in selected.items() if ids}
    if not named <= questions.keys():
        raise RefusedError(NOT_FOUND, "this card has nothing like it to select")
    items: list[XmlValue] = []
    for key, question in questions.items():
        ids = question.chosen(selected.get(key, ()))
        is_single = isinstance(question, Selection) or question.mode == 0
        if not {option.id for option in question.options} >= set(ids):
            raise RefusedError(NOT_FOUND, "no such choice on this card")
        if is_single and len(ids) > 1:
            raise RefusedError(BAD, "selected: this question takes one choice")
        options: list[XmlValue] = list(ids)
        items.append({"QuestionKey": key, "OptionIds": {"OptionId": options}})
    return items
