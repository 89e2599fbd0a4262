"""How the bot's passive answer appears on a phone, and what of it the platforms refuse.

Each platform's rules are its own (PLATFORM.md A6, B3). The caller holds the world's lock.
"""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from pydantic import ValidationError

from bot.sandbox.screen import (
    KIND_OF_MEDIA,
    TEXT_BYTES,
    Card,
    Kind,
    Message,
    Part,
    Sender,
    card_from_xml,
    cut,
    plain,
    read_text,
)
from bot.sandbox.world import ORIGINAL_ID, Phone, World
from handlers.texts import sandbox as texts
from storage.vocabulary import MediaKind, Platform

_NEWS_AT_MOST = 8
_MEDIA_TAGS = {"image": "Image", "voice": "Voice"}


class Answers:
    """Puts passive answers on the phones of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def show(self, phone: Phone, reply: ET.Element, pressed: Message | None) -> None:
        """Show one answer; after a card's button only that card can change."""
        if phone.person.platform is Platform.OFFICIAL:
            self._show_official(phone, reply)
        elif pressed is not None:
            self._show_update(phone, pressed, reply)
        else:
            self._show_wecom(phone, reply)

    def fail(self, phone: Phone, why: str) -> None:
        """Show WeChat's failure text; WeCom shows nothing, so the log has to say it."""
        platform = phone.person.platform
        if platform is Platform.OFFICIAL:
            self._world.show(phone, Sender.PLATFORM, Kind.FAULT, plain(texts.SERVICE_FAULT))
        self._world.record(
            platform,
            "passive reply",
            is_push=True,
            about=phone.person.external_id,
            status=0,
            result=why,
        )

    def _show_official(self, phone: Phone, reply: ET.Element) -> None:
        is_addressed = (
            reply.findtext("FromUserName") == ORIGINAL_ID
            and reply.findtext("ToUserName") == phone.person.external_id
        )
        if not is_addressed:
            self.fail(phone, "a passive reply that is not from the account to this person")
            return
        match reply.findtext("MsgType"):
            case "text":
                content = reply.findtext("Content") or ""
                if not content or len(content.encode()) > TEXT_BYTES:
                    self.fail(phone, "a passive text that is empty or too long for WeChat")
                    return
                self._show_text(phone, read_text(content, Platform.OFFICIAL))
            case "transfer_customer_service":
                self._world.show(phone, Sender.PLATFORM, Kind.EVENT, plain(texts.TRANSFERRED))
            case kind:
                self._show_rich(phone, kind, reply)

    def _show_wecom(self, phone: Phone, reply: ET.Element) -> None:
        kind = reply.findtext("MsgType")
        if kind != "text":
            self._show_rich(phone, kind, reply)
            return
        content = reply.findtext("Content") or ""
        if not content:
            self.fail(phone, "an empty passive text")
            return
        self._show_text(phone, read_text(cut(content), Platform.WECOM))

    def _show_rich(self, phone: Phone, kind: str | None, reply: ET.Element) -> None:
        """Show what both platforms take besides text: photos, voices and articles."""
        platform = phone.person.platform
        if kind in _MEDIA_TAGS:
            media_id = reply.findtext(f"{_MEDIA_TAGS[kind]}/MediaId") or ""
            medium = self._world.media.find(media_id, platform, self._world.now())
            if medium is None or medium.kind is not MediaKind(kind):
                self.fail(phone, f"a passive {kind} whose MediaId is unknown")
                return
            self._world.show(phone, Sender.BOT, KIND_OF_MEDIA[medium.kind], attached=medium)
        elif kind == "news":
            articles = reply.findall("Articles/item")
            if not 0 < len(articles) <= _NEWS_AT_MOST:
                self.fail(phone, "passive news without articles, or with more than eight")
                return
            self._show_text(phone, tuple(_read_articles(articles)))
        else:
            self.fail(phone, f"a passive reply of the type {kind}, which this sandbox refuses")

    def _show_update(self, phone: Phone, pressed: Message, reply: ET.Element) -> None:
        """Change the one card; PLATFORM.md B3 knows two forms of it."""
        card = pressed.card
        if card is None:
            return
        note = reply.findtext("Button/ReplaceName")
        content = reply.find("TemplateCard")
        match reply.findtext("MsgType"):
            case "update_button" if note:
                card.settle(note)
            case "update_template_card" if content is not None:
                try:
                    card.become(Card.model_validate(card_from_xml(content)))
                except ValidationError as error:
                    self.fail(phone, f"a card update that WeCom refuses: {error}")
                    return
            case other:
                self.fail(phone, f"a passive {other} to a card, which WeCom does not show")
                return
        self._world.touch(phone)

    def _show_text(self, phone: Phone, parts: tuple[Part, ...]) -> None:
        self._world.show(phone, Sender.BOT, Kind.TEXT, parts)


def _read_articles(articles: Iterable[ET.Element]) -> Iterable[Part]:
    """Read each article as its title, which opens the page, and its description below."""
    for number, article in enumerate(articles):
        title, description = article.findtext("Title") or "", article.findtext("Description") or ""
        yield Part(f"\n{title}" if number else title, url=article.findtext("Url") or "")
        yield from plain(f"\n{description}" if description else "")
