"""What stands on the cards of an order: the question, the facts the reader may see, the taps."""

from collections import Counter
from collections.abc import Sequence

from handlers.context import Policy
from handlers.messages import Action, Choice, Notice
from handlers.rules import masking, wishes
from handlers.services import media
from handlers.texts import clocks, corrections, moments
from handlers.texts import dispatch as dispatch_texts
from handlers.texts import orders as texts
from handlers.texts import wishes as wish_texts
from storage.media import Item
from storage.orders import Found
from storage.people import Taker
from storage.sealing import unseal
from storage.vocabulary import MatterClass, NoticeKind, OrderKind, OrderStatus

MOST_CHOICES = 10


def contact(found: Found) -> str:
    """Give the resident's name and phone in clear: for the holder and the secretary's chain."""
    phone = unseal(found.order.contact_sealed) if found.order.contact_sealed else None
    return texts.contact(found.order.contact_name, phone)


def public_matter(found: Found) -> str:
    """Give the matter as those may read it who see neither contact nor door."""
    order = found.order
    hidden = masking.rooms(masking.phones(order.matter), order.place, order.place_name)
    if order.kind is OrderKind.WISH:
        return wishes.for_everybody(hidden, (order.contact_name,), wish_texts.DOORS)
    return hidden


def answers(found: Found) -> tuple[Action, ...]:
    """Give what the resident may answer when it is said to be done."""
    number = found.order.id
    is_wish = found.order.kind is OrderKind.WISH
    return wish_texts.answers(number) if is_wish else texts.resident_answers(number)


def agreed_time(found: Found, policy: Policy) -> str | None:
    """Say when somebody is to be there, where that was agreed."""
    starts_at, ends_at = found.order.starts_at, found.order.ends_at
    if starts_at is None or ends_at is None:
        return None
    return moments.span(starts_at, ends_at, policy.timezone)


def agreed(found: Found, policy: Policy) -> tuple[tuple[str, str], ...]:
    """Give the agreed time as a labelled fact, where there is one."""
    span = agreed_time(found, policy)
    return ((dispatch_texts.TIME_FIELD, span),) if span else ()


def note(found: Found) -> str:
    """Say what is true of the order now."""
    if found.order.status is OrderStatus.DISPATCHED and found.holders:
        return dispatch_texts.looking(len(found.holders), found.order.seats)
    return texts.card_note(
        found.order.status, found.order.outcome, found.holder_name, found.order.kind
    )


def taker_value(taker: Taker, names: Counter[str]) -> str:
    """Give the words that name a member without doubt: the name, with last digits if needed."""
    if names[taker.name] == 1 or taker.phone_sealed is None:
        return taker.name
    return f"{taker.name} {unseal(taker.phone_sealed)[-4:]}"


def to_dispatch(
    found: Found,
    members: Sequence[Taker],
    *,
    reopened: bool,
    words: str = "",
    policy: Policy,
    to: Sequence[int],
    enclosed: Sequence[Item] = (),
) -> Notice:
    """Ask those who dispatch; the recommended come first as choices.

    The card shows the building; the door and the contact are for whoever asks for the order.
    Photos and voices (``enclosed``) are named on the card and follow it.
    """
    order = found.order
    names = Counter(taker.name for taker in members)
    choices = tuple(
        Choice(
            texts.taker_label(taker.name, taker.organisation, taker.open_count),
            taker_value(taker, names),
        )
        for taker in members
    )
    by_name = (texts.dispatch_by_name(order.id, choices),) if choices else ()
    return Notice(
        kind=NoticeKind.ORDER_REOPENED if reopened else NoticeKind.ORDER_SUBMITTED,
        order_id=order.id,
        title=texts.head(order.id, public_matter(found)),
        text=words or texts.to_dispatch(reopened=reopened),
        fields=(
            *_class(order.matter_class),
            *texts.fields(
                order.place_name, None, moments.date_and_hour(order.promised_at, policy.timezone)
            ),
            *media.fields(enclosed),
        ),
        actions=(
            *by_name,
            *((dispatch_texts.recommended_action(order.id),) if choices else ()),
            texts.dispatch_to_all(order.id),
            corrections.handle_action(order.id),
        ),
        media=tuple(item.medium_id for item in enclosed),
        recipients=tuple(to),
    )


def _class(matter_class: MatterClass) -> tuple[tuple[str, str], ...]:
    """Say how soon a matter must be looked after, where it is none of the ordinary ones."""
    if matter_class is MatterClass.GENERAL:
        return ()
    return ((clocks.CLASS_FIELD, clocks.CLASS[matter_class]),)


def offer(found: Found, *, by_name: bool, policy: Policy, to: Sequence[int]) -> Notice:
    """Offer the order to members: the building, no door number, no contact."""
    order = found.order
    return Notice(
        kind=NoticeKind.ORDER_OFFERED,
        order_id=order.id,
        title=texts.head(order.id, public_matter(found)),
        text=texts.offered(by_name=by_name),
        fields=(
            *texts.fields(
                order.place_name, None, moments.date_and_hour(order.promised_at, policy.timezone)
            ),
            *agreed(found, policy),
            *_seats(found),
        ),
        actions=(texts.take_action(order.id), dispatch_texts.decline_action(order.id)),
        recipients=tuple(to),
    )


def _seats(found: Found) -> tuple[tuple[str, str], ...]:
    seats = found.order.seats
    if seats == 1:
        return ()
    return ((dispatch_texts.SEATS_FIELD, dispatch_texts.offered_seats(seats, len(found.holders))),)
