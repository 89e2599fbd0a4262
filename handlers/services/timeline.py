"""The past of an order in lines, as far as the reader may see it (DESIGN.md 7.9).

The reporter, a live holder and the secretary's chain read every step; reasons why somebody does
not come stay between that member and the chain, and so does the channel that was used.
"""

from enum import Enum, auto

from handlers.context import Context
from handlers.rules import masking
from handlers.rules.permissions import Permission, reaching
from handlers.texts import clocks, proxies
from handlers.texts import orders as order_texts
from handlers.texts import timeline as texts
from handlers.texts.roster import ROLE
from storage import histories
from storage.histories import Past
from storage.orders import Found
from storage.vocabulary import OrderAction

_PAGE_BYTES = 1_200  # a page of an answer has 1,400; its head needs the rest
_WORDS_SHOWN = 60
_SPOKEN = ("said", "missing", "words", "question", "answer", "reason")
_BETWEEN_STAFF = frozenset({OrderAction.DECLINE, OrderAction.ACKNOWLEDGE})
_ASKING = frozenset({OrderAction.DISPATCH, OrderAction.WIDEN})
_UNEXPLAINED = frozenset({OrderAction.RELEASE, OrderAction.RECALL, OrderAction.NO_SHOW})


class _Reader(Enum):
    REPORTER = auto()
    HOLDER = auto()
    CHAIN = auto()


def pages(ctx: Context, found: Found) -> list[list[str]] | None:
    """Tell every step, oldest first, on pages that fit into an answer; None: not for the reader."""
    reader = _reader(ctx, found)
    if reader is None:
        return None
    past = histories.steps(ctx.session, found.order.id, tuple(OrderAction))
    whole: list[list[str]] = [[]]
    size = 0
    for step in past:
        if reader is not _Reader.CHAIN and step.action in _BETWEEN_STAFF:
            continue
        line = _line(ctx, found, step, reader)
        size += len(line.encode()) + 1
        if size > _PAGE_BYTES and whole[-1]:
            whole.append([])
            size = len(line.encode()) + 1
        whole[-1].append(line)
    return whole


def may_read(ctx: Context, found: Found) -> bool:
    """Say whether the steps may be shown to the speaker."""
    return _reader(ctx, found) is not None


def _reader(ctx: Context, found: Found) -> _Reader | None:
    if found.order.reporter_id == ctx.speaker.person_id:
        return _Reader.REPORTER
    if reaching(ctx.posts, Permission.SUPERVISE, found.branch_path):
        return _Reader.CHAIN
    return _Reader.HOLDER if found.is_held_by(ctx.speaker.person_id) else None


def _line(ctx: Context, found: Found, step: Past, reader: _Reader) -> str:
    return texts.line(
        texts.moment(step.at.astimezone(ctx.policy.timezone)),
        _who(ctx, found, step),
        texts.step(step.action, found.order.kind),
        _words(found, step, reader),
        step.platform if reader is _Reader.CHAIN else None,
    )


def _who(ctx: Context, found: Found, step: Past) -> str:
    if step.actor_id is None:
        return ""
    if step.actor_id == ctx.speaker.person_id:
        return texts.YOU
    if step.actor_id == found.order.reporter_id != found.order.proxy_id:
        return texts.RESIDENT
    role = ROLE[step.role] if step.role else None
    return order_texts.member(step.actor_name, role, step.organisation)


def _words(found: Found, step: Past, reader: _Reader) -> str:
    if step.action in _UNEXPLAINED and reader is not _Reader.CHAIN:
        return ""
    said = " ".join(str(step.details[key]) for key in _SPOKEN if step.details.get(key))
    if step.details.get("consent"):
        said = proxies.CONSENTED
    if step.action is OrderAction.RATE:
        said = f"{texts.stars(step.details['rating'])} {said}".strip()
    if step.action is OrderAction.OVERDUE:
        said = clocks.overdue(step.details["leg"])
    if step.action is OrderAction.UNDO:
        said = texts.step(OrderAction(step.details["undone"]), found.order.kind)
    if step.action in _ASKING and reader is _Reader.CHAIN and (asked := step.details.get("people")):
        said = texts.asked(len(asked))
    if reader is _Reader.REPORTER and step.actor_id != found.order.reporter_id:
        said = masking.phones(said)
    return said if len(said) <= _WORDS_SHOWN else said[: _WORDS_SHOWN - 1] + "…"
