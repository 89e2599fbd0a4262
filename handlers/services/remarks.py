"""What was said about an order besides its matter: additions, an open question, a refusal's reason.

For those who may read the matter itself; one query, because ``progress`` is asked often.
"""

from dataclasses import dataclass

from handlers.context import Context
from handlers.messages import Action
from handlers.services.pool import is_wish
from handlers.texts import corrections
from handlers.texts import questions as texts
from storage import histories
from storage.orders import Found
from storage.vocabulary import OrderAction, OrderStatus

_ADDED = frozenset({OrderAction.ANSWER, OrderAction.SUPPLEMENT})
_SPOKEN = (*sorted(_ADDED), OrderAction.ASK, OrderAction.REJECT, OrderAction.APPEAL)


@dataclass(frozen=True, slots=True)
class Remarks:
    """Labelled lines below an order's facts, and what the reporter can do about them."""

    fields: tuple[tuple[str, str], ...] = ()
    actions: tuple[Action, ...] = ()


def of(ctx: Context, found: Found) -> Remarks:
    """Give what was said about an order, and the taps that answer it."""
    order = found.order
    is_reporter = order.reporter_id == ctx.speaker.person_id
    steps = histories.steps(ctx.session, order.id, _SPOKEN)
    fields: list[tuple[str, str]] = []
    actions: tuple[Action, ...] = ()
    added = [str(step.details["said"]) for step in steps if step.action in _ADDED]
    if added and not is_wish(order):  # what was added to a wish stands in its words
        fields.append((texts.SUPPLEMENT_FIELD, texts.BETWEEN.join(added)))
    if order.status is OrderStatus.NEED_INFO:
        asked = [step.details["question"] for step in steps if step.action is OrderAction.ASK]
        label = texts.QUESTION_FIELD if is_reporter else texts.QUESTION_FIELD_FOR_OTHERS
        fields += [(label, str(question)) for question in asked[-1:]]
        actions = (texts.answer_action(order.id),)
    if order.status is OrderStatus.REJECTED:
        why = [step.details["reason"] for step in steps if step.action is OrderAction.REJECT]
        fields += [(corrections.REASON_FIELD, str(reason)) for reason in why[-1:]]
        if all(step.action is not OrderAction.APPEAL for step in steps):
            actions = (corrections.appeal_action(order.id),)
    return Remarks(tuple(fields), actions if is_reporter else ())
