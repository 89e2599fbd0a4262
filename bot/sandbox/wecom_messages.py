"""Reads what a WeCom app sends that is no card: text, textcard, markdown and news (B4)."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.sandbox import fields, messages
from bot.sandbox.errors import Answer, ApiFaultError
from bot.sandbox.screen import TEXT_BYTES, Part, cut, plain, read_text
from storage.vocabulary import Platform

TITLE_CHARACTERS = 128
DESCRIPTION_CHARACTERS = 512
LABEL_CHARACTERS = 4
URL_BYTES = 2048
ARTICLES = 8
ARTICLE_TITLE_BYTES = 128
ARTICLE_TEXT_BYTES = 512


def parts(message: Answer) -> tuple[Part, ...]:
    """Give what a phone shows of a message.

    Raises:
        ApiFaultError: 40008 for another type, or what its type does not allow.
    """
    kind = message.get("msgtype")
    read = _READERS.get(kind) if isinstance(kind, str) else None
    if read is None:
        raise ApiFaultError(40008)
    return read(message)


def _text(message: Answer) -> tuple[Part, ...]:
    return read_text(cut(messages.content(message)), Platform.WECOM)


def _markdown(message: Answer) -> tuple[Part, ...]:
    content = fields.text(fields.group(message, "markdown"), "content")
    if not content.strip():
        raise ApiFaultError(44004)
    if len(content.encode()) > TEXT_BYTES:
        raise ApiFaultError(45002)
    return plain(content)


def _textcard(message: Answer) -> tuple[Part, ...]:
    card = fields.group(message, "textcard")
    title, description = fields.text(card, "title"), fields.text(card, "description")
    if not title:
        raise ApiFaultError(41016)
    if not description:
        raise ApiFaultError(40058, "textcard.description")
    if len(fields.text(card, "btntxt")) > LABEL_CHARACTERS:
        raise ApiFaultError(40058, "textcard.btntxt")
    url = _url(card, "textcard.url")
    said = plain("\n" + description[:DESCRIPTION_CHARACTERS])
    return (Part(title[:TITLE_CHARACTERS], url=url), *said)


def _news(message: Answer) -> tuple[Part, ...]:
    articles = fields.groups(fields.group(message, "news"), "articles")
    if not 0 < len(articles) <= ARTICLES:
        raise ApiFaultError(40058, "news.articles")
    shown: list[Part] = []
    for article in articles:
        title = cut(fields.text(article, "title"), ARTICLE_TITLE_BYTES)
        if not title:
            raise ApiFaultError(41016)
        description = cut(fields.text(article, "description"), ARTICLE_TEXT_BYTES)
        shown += [
            *plain("\n" if shown else ""),
            Part(title, url=_url(article, "news.articles.url")),
            *plain(f"\n{description}" if description else ""),
        ]
    return tuple(shown)


def _url(body: Answer, place: str) -> str:
    url = fields.text(body, "url")
    if not 0 < len(url.encode()) <= URL_BYTES:
        raise ApiFaultError(40058, place)
    return url


_READERS: Mapping[str, Callable[[Answer], tuple[Part, ...]]] = MappingProxyType(
    {"text": _text, "markdown": _markdown, "textcard": _textcard, "news": _news}
)
