"""Answers that are too long for one message: one page now, the next when it is asked for.

The list under an answer stands under each of its pages, so that a digit always means a line that is
shown; further taps stand under the last one. Any other answer ends the turning of pages.
"""

from dataclasses import replace
from datetime import datetime

from handlers.context import Context
from handlers.messages import Reply
from handlers.rules import paging
from handlers.texts import general, lines

_UNTIL, _REPLY = "until", "reply"


def first(ctx: Context, reply: Reply) -> Reply:
    """Give the first page of an answer, and keep what is left as long as a list is fresh."""
    talk = ctx.speaker.talk
    divided = paging.cut(reply.text, paging.room_beside(_taps_bytes(reply)))
    if not divided.rest.strip():
        talk.pages = None
        return reply
    left = replace(reply, text=divided.rest)
    until = ctx.now + ctx.policy.menu_window
    talk.pages = [{_UNTIL: until.isoformat(), _REPLY: left.to_json()}]
    return replace(reply, text=divided.page, actions=(general.MORE_ACTION,))


def left_over(ctx: Context) -> Reply | None:
    """Go on with what was not shown yet of the last answer; None when nothing is, or it is old."""
    pages = ctx.speaker.talk.pages
    if not pages or ctx.now > datetime.fromisoformat(pages[0][_UNTIL]):
        return None
    ctx.is_going_on = True
    return Reply.from_json(pages[0][_REPLY])


def _taps_bytes(reply: Reply) -> int:
    labels = [lines.numbered(n, action.label) for n, action in enumerate(reply.menu, 1)]
    labels += [lines.spoken(action) for action in lines.complete(reply.actions)]
    return sum(paging.size(label) + 1 for label in labels)
