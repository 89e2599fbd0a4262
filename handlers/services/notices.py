"""Writes notices in the running transaction: content once, a delivery for each recipient."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from handlers.messages import Notice, actions_to_json
from storage import notices as store


def post(session: Session | Connection, notices: Sequence[Notice], *, now: datetime) -> list[int]:
    """Write notices for the relay to deliver and give their ids; nothing is sent here."""
    drafts = [
        store.Draft(
            kind=notice.kind,
            order_id=notice.order_id,
            title=notice.title,
            text=notice.text,
            fields=[list(pair) for pair in notice.fields],
            actions=actions_to_json(notice.actions),
            recipients=notice.recipients,
        )
        for notice in notices
        if notice.recipients
    ]
    return store.add(session, drafts, now=now) if drafts else []
