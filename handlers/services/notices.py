"""Writes notices in the running transaction: content once, a delivery for each recipient.

A photo or voice becomes a notice of its own behind the words: it has its own tries, waits for its
own file, and never holds the words up.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from handlers.messages import Notice, actions_to_json
from handlers.rules.delivery import BULK
from handlers.texts import media as media_texts
from storage import media
from storage import notices as store
from storage.media import Item
from storage.vocabulary import NoticeKind


def post(session: Session | Connection, notices: Sequence[Notice], *, now: datetime) -> list[int]:
    """Write notices for the relay to deliver and give their ids; nothing is sent here."""
    enclosed = media.items(session, {one for notice in notices for one in notice.media})
    drafts = [
        draft
        for notice in notices
        if notice.recipients
        for draft in (*_words(notice), *_media(notice, enclosed))
    ]
    return store.add(session, drafts, now=now) if drafts else []


def _words(notice: Notice) -> tuple[store.Draft, ...]:
    if notice.kind is NoticeKind.MEDIUM:
        return ()
    draft = store.Draft(
        kind=notice.kind,
        order_id=notice.order_id,
        title=notice.title,
        text=notice.text,
        fields=[list(pair) for pair in notice.fields],
        actions=actions_to_json(notice.actions),
        is_bulk=notice.kind in BULK,
        recipients=notice.recipients,
    )
    return (draft,)


def _media(notice: Notice, enclosed: Mapping[int, Item]) -> tuple[store.Draft, ...]:
    return tuple(
        store.Draft(
            kind=NoticeKind.MEDIUM,
            order_id=notice.order_id,
            title=notice.title,
            text=media_texts.cannot_pass(enclosed[one].kind, enclosed[one].seconds),
            media=[one],
            recipients=notice.recipients,
        )
        for one in notice.media
    )
