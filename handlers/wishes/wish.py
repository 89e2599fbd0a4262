"""Somebody makes a small wish: everything at once or piece by piece; only what is missing is asked.

Whoever writes for neighbours may make it for one of them, with that neighbour's spoken consent.
"""

from dataclasses import replace
from datetime import date

from handlers.context import Context
from handlers.conversation import Answers, Conversation, Prompt, Step, UnclearError
from handlers.messages import Action, Reply
from handlers.rules.days import DayError
from handlers.rules.permissions import Permission
from handlers.rules.wishes import TooDearError, cost_in, has_hidden, kind_in, without_numbers
from handlers.rules.words import Said
from handlers.services import branches, placing, proxies, wishes
from handlers.services.contacts import (
    NAME_LENGTH,
    Contact,
    contact_in,
    says_something,
    without_contact,
)
from handlers.services.intake import Report
from handlers.services.moves import RefusedError
from handlers.texts import days, general, moments, words
from handlers.texts import orders as order_texts
from handlers.texts import proxies as proxy_texts
from handlers.texts import reports as report_texts
from handlers.texts import wishes as texts
from handlers.texts.reading import NO, READER, SKIP, YES
from handlers.wishes import reading
from storage.sealing import unseal
from storage.vocabulary import Cost, WishKind
from storage.wishes import Draft

_KINDS = {texts.KIND[kind]: kind for kind in WishKind}
_COSTS = {texts.COST[cost]: cost for cost in Cost}


def _opening(ctx: Context, said: Said) -> Answers:
    answers: Answers = {}
    if not ctx.may(Permission.PROXY):
        answers["whom"] = {"own": True}
    if ctx.speaker.contact_sealed is not None:
        phone = unseal(ctx.speaker.contact_sealed)
        answers["contact"] = {"name": ctx.speaker.contact_name, "phone": phone}
    if said.rest:
        answers = reading.taken_in(ctx, answers, said.rest, is_answer=False)
        rest = reading.without_extras(ctx, said.rest)
        if says_something(rest):
            answers |= reading.worded(answers, rest)
    return _at_home(ctx, answers)


def _absorb(ctx: Context, answers: Answers, text: str) -> Answers:
    """Take in what an answer says besides what it was asked for."""
    return _at_home(ctx, reading.taken_in(ctx, answers, text, is_answer=True))


def _at_home(ctx: Context, answers: Answers) -> Answers:
    """Assume the speaker's own place, or for a neighbour the one that the speaker looks after."""
    if "place" in answers or "area" in answers or "whom" not in answers:
        return answers
    is_own = bool(answers["whom"].get("own"))
    home = ctx.speaker.home_id if is_own else proxies.home(ctx)
    if home is None:
        return answers
    name = branches.place_name(branches.tree_of(ctx.session), home)
    return {**answers, "place": {"text": name, "id": home}}


def _ask_matter(ctx: Context, answers: Answers) -> Prompt:
    del ctx, answers
    return Prompt(texts.ASK_MATTER)


def _read_matter(ctx: Context, answers: Answers, said: str) -> str:
    del answers
    rest = reading.without_extras(ctx, said)
    if not says_something(rest):
        raise UnclearError(texts.MATTER_HINT)
    return without_numbers(rest)[: wishes.MOST_LETTERS]


def _ask_kind(ctx: Context, answers: Answers) -> Prompt:
    del ctx, answers
    return Prompt(texts.ASK_KIND, tuple(Action(label, label) for label in _KINDS))


def _read_kind(ctx: Context, answers: Answers, said: str) -> str:
    del ctx, answers
    kind = _KINDS.get(said) or kind_in(said, texts.HINTS)
    if kind is None:
        raise UnclearError(texts.KIND_HINT)
    return kind


def _is_kind_open(ctx: Context, answers: Answers) -> bool:
    """Ask only where the words leave it open."""
    del ctx
    return kind_in(answers.get("matter", ""), texts.HINTS) is None


def _ask_whom(ctx: Context, answers: Answers) -> Prompt:
    del ctx, answers
    return Prompt(texts.ASK_WHOM, (texts.OWN,))


def _read_whom(ctx: Context, answers: Answers, said: str) -> dict[str, str | bool | None]:
    del ctx
    if READER.stripped(said) in texts.OWN_WORDS:
        return {"own": True}
    contact = contact_in(said)
    name = (contact or {}).get("name") or said.strip(report_texts.PUNCTUATION)[:NAME_LENGTH]
    if contact and not contact["name"]:
        raise UnclearError(texts.WHOM_HINT)
    if not name or not any(letter.isalpha() for letter in name):
        raise UnclearError(texts.WHOM_HINT)
    return {"name": name, "phone": contact["phone"] if contact else answers.get(reading.PHONE)}


def _is_for_other(ctx: Context, answers: Answers) -> bool:
    del ctx
    return "whom" in answers and not answers["whom"].get("own")


def _is_own(ctx: Context, answers: Answers) -> bool:
    return not _is_for_other(ctx, answers)


def _ask_consent(ctx: Context, answers: Answers) -> Prompt:
    del ctx
    text = texts.ask_consent(answers["whom"]["name"])
    return Prompt(text, (proxy_texts.AGREED, proxy_texts.NOT_ASKED))


def _read_consent(ctx: Context, answers: Answers, said: str) -> bool:
    del ctx, answers
    plain = READER.stripped(said)
    if plain in proxy_texts.YES_WORDS | YES:
        return True
    if plain in proxy_texts.NO_WORDS | NO:
        return False
    raise UnclearError(proxy_texts.CONSENT_HINT)


def _ask_cost(ctx: Context, answers: Answers) -> Prompt:
    del ctx
    text = "\n".join(part for part in (answers.get(reading.DEAR), texts.ASK_COST) if part)
    return Prompt(text, tuple(Action(label, label) for label in _COSTS))


def _read_cost(ctx: Context, answers: Answers, said: str) -> str:
    del ctx
    answers.pop(reading.DEAR, None)  # said once; the hint now is about this answer
    if said in _COSTS:
        return _COSTS[said]
    amount = READER.bare_number(said)
    try:
        cost = cost_in(
            said if amount is None else texts.amount(amount), texts.NO_MONEY, texts.MONEY
        )
    except TooDearError as refusal:
        raise UnclearError(texts.too_dear(refusal.said)) from None
    if cost is None:
        raise UnclearError(texts.COST_HINT)
    return cost


def _ask_by(ctx: Context, answers: Answers) -> Prompt:
    del ctx
    text = "\n".join(part for part in (answers.get(reading.FAULT), texts.ASK_BY) if part)
    return Prompt(text, (texts.NO_HURRY,))


def _read_by(ctx: Context, answers: Answers, said: str) -> str | None:
    answers.pop(reading.FAULT, None)  # said once; the hint now is about this answer
    if READER.stripped(said) in texts.NO_HURRY_WORDS | SKIP:
        return None
    try:
        day = days.DAYS.read(said, today=ctx.today, is_answer=True)
    except DayError as refusal:
        raise UnclearError(days.not_kept(refusal.fault, refusal.said)) from None
    if day is None:
        raise UnclearError(texts.BY_HINT)
    return day.on.isoformat()


def _ask_contact(ctx: Context, answers: Answers) -> Prompt:
    del ctx, answers
    return Prompt(texts.ASK_CONTACT)


def _read_contact(ctx: Context, answers: Answers, said: str) -> Contact:
    del ctx, answers
    contact = contact_in(said)
    if contact is None:
        raise UnclearError(report_texts.CONTACT_HINT)
    return contact


def _refuse(ctx: Context, answers: Answers) -> Reply | None:
    """End kindly without consent, beyond the day's limit, or where the speaker has no post."""
    if _is_own(ctx, answers):
        return None
    if answers.get("consent") is False:
        return Reply(text=texts.NO_CONSENT)
    if proxies.is_spent(ctx):
        return Reply(text=proxy_texts.SPENT)
    place_id = placing.place_of(answers)[1] if "place" in answers else None
    if place_id is None or proxies.post_for(ctx, place_id):
        return None
    tree = branches.tree_of(ctx.session)
    mine = [branches.place_name(tree, post.organisation_id) for post in proxies.posts(ctx)]
    return Reply(text=proxy_texts.not_here(order_texts.NAME_JOINT.join(mine)))


def _whose_contact(answers: Answers) -> Contact:
    if answers["whom"].get("own"):
        return answers.get("contact") or {"name": None, "phone": None}
    return {"name": answers["whom"]["name"], "phone": answers["whom"]["phone"]}


def _kind(answers: Answers) -> WishKind:
    """Give the kind: the one that was chosen, else the one that the words suggest."""
    if "kind" in answers:
        return WishKind(answers["kind"])
    return kind_in(answers["matter"], texts.HINTS) or WishKind.OTHER


def _day(answers: Answers) -> date | None:
    return date.fromisoformat(answers["by"]) if answers["by"] else None


def _confirm(ctx: Context, answers: Answers) -> Prompt:
    contact = _whose_contact(answers)
    place, _ = placing.place_of(answers)
    whole = order_texts.contact(contact["name"], contact["phone"])
    is_other = _is_for_other(ctx, answers)
    facts = (
        (texts.MATTER_LABEL, answers["matter"]),
        (texts.KIND_LABEL, texts.KIND[_kind(answers)]),
        (texts.WHOM_LABEL, texts.agreed(whole) if is_other else ""),
        (texts.COST_LABEL, texts.COST[Cost(answers["cost"])]),
        (texts.BY_LABEL, texts.by(_day(answers))),
        (report_texts.PLACE_LABEL, place),
        (order_texts.CONTACT_FIELD, "" if is_other else whole),
    )
    notes = [texts.NUMBERS_HIDDEN] if has_hidden(answers["matter"]) else []
    text = texts.summary(facts, [*notes, texts.HOME_HIDDEN])
    return Prompt(text, (report_texts.SUBMIT, report_texts.CHANGE))


def _amend(ctx: Context, answers: Answers, said: str) -> Answers | None:
    """Take in what is said before submitting: a contact, a day, a cost, or more of the wish."""
    if READER.stripped(said) in SKIP:
        return answers
    if READER.stripped(said) in texts.NO_HURRY_WORDS:
        return {**answers, "by": None}
    if not says_something(said) or READER.bare_number(said) is not None:
        return None
    renewed = {key: value for key, value in answers.items() if key not in {"by", "cost"}}
    found = reading.taken_in(ctx, renewed, said, is_answer=True)
    for key in ("by", "cost"):
        found.setdefault(key, answers[key])
    _, contact = without_contact(said)
    if contact and _is_for_other(ctx, found):
        found["whom"] = {**found["whom"], "phone": contact["phone"]}
    rest = reading.without_extras(ctx, said)
    if contact and len(rest) <= NAME_LENGTH:
        return {**found, "contact": contact_in(said)} if _is_own(ctx, found) else found
    if says_something(rest):
        whole = f"{answers['matter']}\n{rest}"
        found = {**found, "matter": without_numbers(whole)[: wishes.MOST_LETTERS]}
    return found


def _finish(ctx: Context, answers: Answers) -> Reply:
    place, place_id = placing.place_of(answers)
    contact = _whose_contact(answers)
    is_other = _is_for_other(ctx, answers)
    report = Report(
        matter=answers["matter"],
        place=place,
        place_id=place_id,
        contact_name=contact["name"],
        contact_phone=contact["phone"],
    )
    wish = Draft(
        kind=_kind(answers),
        cost=Cost(answers["cost"]),
        wished_by=_day(answers),
        recipient=contact["name"] or "" if is_other else "",
    )
    try:
        slip = wishes.submit(ctx, report, wish)
    except RefusedError as refusal:
        return Reply(text=refusal.sentence)
    promise = moments.date_and_hour(slip.promised_at, ctx.policy.timezone)
    lines = [texts.received(slip.number, promise)]
    if is_other:
        lines.append(proxy_texts.slip(slip.number, slip.code, wish.recipient))
    taps = [report_texts.progress_of(slip.number)]
    if ctx.speaker.home_id is None and not is_other:
        taps.append(general.BIND_ACTION)
    return Reply(text="\n".join(lines), actions=tuple(taps))


def _read_place(ctx: Context, answers: Answers, said: str) -> dict[str, str | int | None]:
    said = reading.without_terms(ctx, said)
    return placing.read_place(ctx, answers, said, reading.home(ctx), is_inside=True)


_place, _estate = placing.steps(reading.home, is_inside=True, where=texts.ASK_PLACE)

conversation: Conversation[Context] = Conversation(
    name="wish",
    keywords=words.WISH,
    permission=Permission.REPORT,
    steps=(
        Step("matter", _ask_matter, _read_matter, label=texts.MATTER_LABEL),
        Step("kind", _ask_kind, _read_kind, when=_is_kind_open, label=texts.KIND_LABEL),
        Step("whom", _ask_whom, _read_whom, clears=("consent", "place", "estate")),
        Step("consent", _ask_consent, _read_consent, when=_is_for_other),
        replace(_place, read=_read_place),
        _estate,
        Step("cost", _ask_cost, _read_cost, label=texts.COST_LABEL),
        Step("by", _ask_by, _read_by, label=texts.BY_LABEL),
        Step("contact", _ask_contact, _read_contact, when=_is_own, optional=True),
    ),
    confirm=_confirm,
    amend=_amend,
    finish=_finish,
    opening=_opening,
    absorb=_absorb,
    refuse=_refuse,
    glued=True,
)
