"""An order that cannot be done is refused with a reason, and looked at once more if asked to be."""

from datetime import datetime

from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.messages import Notice
from handlers.rules.permissions import Post
from handlers.services import branches, intake
from handlers.services.moves import RefusedError, move, read
from handlers.texts import corrections as texts
from handlers.texts import orders as order_texts
from storage import histories
from storage import notices as deliveries
from storage.orders import Found
from storage.vocabulary import NoticeKind, OrderAction


def reject(ctx: Context, found: Found, post: Post, reason: str) -> str | None:
    """Refuse an order and tell the resident why; gives who looks at it if the resident objects.

    Raises:
        IllegalTransitionError: the order waits neither to be dispatched nor for an answer.
        LostError: it has moved on.
    """
    higher = None if _was_appealed(ctx.session, found.order.id) else _higher(ctx, found)[1]
    move(ctx, found, OrderAction.REJECT, post, details={"reason": reason}, closed_at=ctx.now)
    deliveries.revoke_due(ctx.session, found.order.id, NoticeKind.ORDER_QUESTION)
    ctx.notify(
        Notice(
            kind=NoticeKind.ORDER_CHANGED,
            order_id=found.order.id,
            title=order_texts.head(found.order.id, found.order.matter),
            text=texts.refused_for_resident(
                post.name, found.order.id, reason, higher, found.order.kind
            ),
            actions=(texts.appeal_action(found.order.id),) if higher else (),
            recipients=(found.order.reporter_id,),
        )
    )
    return higher


def appeal(ctx: Context, found: Found, said: str) -> tuple[str, datetime]:
    """Have a refusal looked at one level higher, once (DESIGN.md 7.7); gives who and by when.

    The promise moves by the time in which the order lay refused.

    Raises:
        RefusedError: it was looked at once more already.
        LostError: the order has moved on.
    """
    if _was_appealed(ctx.session, found.order.id):
        raise RefusedError(texts.appealed_already(found.order.id))
    branch_id, name = _higher(ctx, found)
    rested = ctx.now - (found.order.closed_at or ctx.now)
    promised_at = found.order.promised_at + rested
    move(
        ctx,
        found,
        OrderAction.APPEAL,
        details={"said": said} if said else None,
        branch_id=branch_id,
        is_flagged=True,
        promised_at=promised_at,
        closed_at=None,
    )
    again = read(ctx.session, found.order.id)
    intake.ask_to_dispatch(
        ctx, again, reopened=True, words=texts.appealed_to_desk(said, again.order.kind)
    )
    return name, promised_at


def _was_appealed(session: Session, order_id: int) -> bool:
    return bool(histories.steps(session, order_id, (OrderAction.APPEAL,)))


def _higher(ctx: Context, found: Found) -> tuple[int, str]:
    """Find who looks at a refusal: the nearest community above, else the same branch again."""
    tree = branches.tree_of(ctx.session)
    higher = branches.one_level_higher(tree, found.order.branch_id)
    return (higher.id, higher.name) if higher else (found.order.branch_id, found.branch_name)
