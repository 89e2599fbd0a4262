"""Decides what a message means: control word, tap or numbered command, answer, keyword, free text.

The order of the questions is DESIGN.md section 3.3: each rule below answers, or passes with None.
"""

from collections.abc import Callable
from dataclasses import replace

from handlers import conversation as engine
from handlers import drafts, routes
from handlers.context import Context
from handlers.conversation import Command, Conversation, Move
from handlers.drafts import Current
from handlers.messages import Action, IncomingKind, Reply
from handlers.orders import lists, photos, todo, withdraw
from handlers.orders.report import UNASKED
from handlers.orders.supplement import whether_answer
from handlers.people import keywords
from handlers.people.guidance import (
    assistance,
    is_greeting,
    privacy,
    small_talk,
    suggestions,
    unclear,
)
from handlers.rules.words import Said, normalise
from handlers.services import pages
from handlers.texts import general, reports, words
from handlers.texts.reading import NO, NODS, READER, YES, folded
from handlers.wishes import claim
from storage import orders
from storage.vocabulary import Platform

_MEDIA = frozenset(
    {
        IncomingKind.IMAGE,
        IncomingKind.VOICE,
        IncomingKind.VIDEO,
        IncomingKind.LINK,
        IncomingKind.FILE,
    }
)


def understand(ctx: Context) -> Reply:
    """Find the rule, conversation or event that a message belongs to, and give its answer."""
    event = routes.EVENTS.get(ctx.incoming.kind)
    if event:
        return event(ctx)
    current = drafts.waiting(ctx)
    if ctx.incoming.kind in _MEDIA:
        taken = photos.take_in(ctx, current, None if current else _fresh_order(ctx))
        if isinstance(taken, Move):
            return drafts.moved(ctx, current or routes.FREE_TEXT, taken)
        return drafts.with_question(ctx, current, taken)
    if ctx.incoming.kind is IncomingKind.PLACE and current is None:
        return Reply(text=general.PLACE_ALONE, actions=(general.REPORT_ACTION,))
    for rule in _RULES:
        reply = rule(ctx, current)
        if reply is not None:
            return reply
    return _free_text(ctx)


def _silent_tap(ctx: Context, current: Current) -> Reply | None:
    """The phone has done what was tapped; all that is left is the send window that it opens."""
    del current
    is_silent = ctx.incoming.kind is IncomingKind.TAP and not ctx.incoming.text.strip()
    return Reply() if is_silent else None


def _cancel(ctx: Context, current: Current) -> Reply | None:
    del current
    if READER.stripped(ctx.incoming.text) not in words.CANCEL:
        return None
    had = drafts.kept(ctx)
    drafts.close(ctx)
    ctx.speaker.talk.menu, ctx.speaker.talk.menu_until = [], None
    if had:
        return Reply(text=general.CANCELLED)
    return withdraw.offered(ctx) or Reply(text=general.NOTHING_TO_CANCEL)


def _go_back(ctx: Context, current: Current) -> Reply | None:
    if READER.stripped(ctx.incoming.text) not in words.BACK:
        return None
    if current is None:
        return Reply(text=general.NOTHING_GOES_BACK, actions=suggestions(ctx))
    return drafts.moved(ctx, current, engine.back(current, ctx, ctx.speaker.talk.answers))


def _resume(ctx: Context, current: Current) -> Reply | None:
    """A draft is kept for a day; one word comes back to its question."""
    del current
    if READER.stripped(ctx.incoming.text) not in words.RESUME:
        return None
    draft = drafts.kept(ctx)
    if draft is None:
        return Reply(text=general.NOTHING_TO_RESUME, actions=suggestions(ctx))
    ctx.speaker.talk.asked_at = ctx.now
    return engine.ask_again(draft, ctx, ctx.speaker.talk.answers)


def _more(ctx: Context, current: Current) -> Reply | None:
    """Turn the page of an answer that was too long, or of a list that has a next one.

    The open question stands below what is shown, or waits for the words where nothing is left.
    """
    if READER.stripped(ctx.incoming.text) not in words.MORE:
        return None
    if left := pages.left_over(ctx):
        return left
    talk = ctx.speaker.talk
    fresh = talk.menu_until is not None and ctx.now <= talk.menu_until
    if current is None and fresh and talk.menu:
        turning = (
            (todo.command, todo.is_next_page),
            (claim.wall, claim.is_next_page),
            (lists.overdue, lists.is_next_page),
            (lists.recurring, lists.is_next_page),
        )
        for shown, is_next in turning:
            if is_next(talk.menu[-1]) and (said := shown.read(talk.menu[-1])):
                return engine.run(shown, ctx, said)
    return drafts.with_question(ctx, current, Reply(text=general.NO_MORE))


def _guidance(ctx: Context, current: Current) -> Reply | None:
    """Help and privacy are there in the middle of everything; our own questions point at them."""
    said = READER.stripped(ctx.incoming.text)
    for command in (assistance, privacy):
        if said in command.words:
            return drafts.with_question(ctx, current, engine.run(command, ctx, Said()))
    return None


def _expected(ctx: Context, current: Current) -> Reply | None:
    """Words that the open question itself offered are its answer, typed or tapped."""
    talk = ctx.speaker.talk
    if current and engine.is_expecting(current, ctx, talk.answers, ctx.incoming.text):
        return _advanced(ctx, current)
    return None


def _complete(ctx: Context, current: Current) -> Reply | None:
    """A tap or a complete numbered command is done at once; an open question is asked again."""
    tapped = ctx.incoming.is_tap or ctx.incoming.kind is IncomingKind.TAP
    command = _command(ctx.incoming.text)
    if command and (tapped or command[1].number is not None):
        return drafts.with_question(ctx, current, _permitted(ctx, *command))
    begun = _keyword(ctx.incoming.text)
    if begun and (tapped or begun[1].number is not None):
        return _started(ctx, current, *begun)
    if tapped and (own := keywords.answered(ctx)):
        return drafts.with_question(ctx, current, own)
    return None


def _answer(ctx: Context, current: Current) -> Reply | None:
    """Everything else said while a question is open is its answer.

    Whether free words were a report is only our own guess: there a keyword or a greeting wins.
    """
    if current is None:
        return None
    if ctx.incoming.kind is IncomingKind.TAP:
        # A menu's key was never typed as an answer.
        other = _not_yet(ctx, current) or small_talk(ctx) or unclear(ctx)
        return drafts.with_question(ctx, current, other)
    talk = ctx.speaker.talk
    is_guess = UNASKED in talk.answers and "meant" not in talk.answers
    if is_guess and READER.stripped(ctx.incoming.text) not in YES | NO | NODS:
        kept = talk.copy()
        drafts.close(ctx)
        for rule in (_plain_keyword, _own_words, _not_yet, _small_talk):
            if (reply := rule(ctx, None)) is not None:
                return reply
        talk.name, talk.answers, talk.asked_at = kept.name, kept.answers, kept.asked_at
    return _advanced(ctx, current)


def _digit(ctx: Context, current: Current) -> Reply | None:
    """A bare digit stands for a line of the last list, while that list is fresh."""
    talk = ctx.speaker.talk
    number = READER.bare_number(ctx.incoming.text)
    if number is None:
        return None
    fresh = talk.menu_until is not None and ctx.now <= talk.menu_until
    if not fresh or not 1 <= number <= len(talk.menu):
        if asked := whether_answer(ctx):
            return asked
        return Reply(text=general.see_order(number), actions=suggestions(ctx))
    chosen = talk.menu[number - 1]
    if command := _command(chosen):
        return _permitted(ctx, *command)
    if begun := _keyword(chosen):
        return _started(ctx, current, *begun)
    return None


def _plain_keyword(ctx: Context, current: Current) -> Reply | None:
    """A keyword without a number; a staff word inside a resident's sentence is no command."""
    if command := _command(ctx.incoming.text):
        is_sentence = bool(command[1].rest) and not ctx.may(command[0].permission)
        return None if is_sentence else _permitted(ctx, *command)
    if begun := _keyword(ctx.incoming.text):
        return _started(ctx, current, *begun)
    return None


def _near_miss(ctx: Context, current: Current) -> Reply | None:
    """A word with one wrong letter before a number is asked back, never taken for a matter."""
    del current
    said = normalise(ctx.incoming.text)
    for command in routes.COMMANDS:
        if not command.numbered or not ctx.may(command.permission):
            continue
        for word in command.words:
            typed, rest = said[: len(word)], said[len(word) :]
            wrong = sum(one != other for one, other in zip(typed, word, strict=False))
            if len(word) > 1 and len(typed) == len(word) and wrong == 1:
                corrected = word + rest
                meant = command.read(corrected)
                if meant and meant.number is not None:
                    yes = Action(corrected, corrected)
                    return Reply(text=general.did_you_mean(corrected), menu=(yes,))
    return None


def _own_words(ctx: Context, current: Current) -> Reply | None:
    """Exactly a keyword of the community."""
    del current
    return keywords.answered(ctx)


def _mentioned(ctx: Context, current: Current) -> Reply | None:
    """A keyword inside a short text, unless the branch waits for an answer: it may be just that.

    It may be a matter as well, so the taps are those that free words would get.
    """
    del current
    found = keywords.mentioned(ctx)
    if found is None or whether_answer(ctx):
        return None
    text, fresh = ctx.incoming.text.strip(), _fresh_order(ctx)
    taps = _whose(fresh, text) if fresh else (reports.these_words(text),)
    return replace(found, actions=taps)


def _not_yet(ctx: Context, current: Current) -> Reply | None:
    """Words of the contract whose capability is still to come; until then people may help."""
    del current
    for word in (*words.NOT_YET, *words.HUMAN):
        if READER.read(ctx.incoming.text, word) is not None:
            is_call = word in words.HUMAN
            return Reply(text=general.NOT_YET, actions=suggestions(ctx), is_unhandled=is_call)
    return None


def _asked(ctx: Context, current: Current) -> Reply | None:
    """While the branch waits for a resident's answer, free words may be just that."""
    del current
    return None if is_greeting(ctx.incoming.text) else whether_answer(ctx)


def _small_talk(ctx: Context, current: Current) -> Reply | None:
    del current
    return small_talk(ctx)


def _unknown_tap(ctx: Context, current: Current) -> Reply | None:
    """A key that nobody knows comes from a menu of former days, and is no matter."""
    del current
    return unclear(ctx) if ctx.incoming.kind is IncomingKind.TAP else None


_RULES: tuple[Callable[[Context, Current], Reply | None], ...] = (
    _silent_tap,
    _cancel,
    _go_back,
    _resume,
    _more,
    _guidance,
    _expected,
    _complete,
    _answer,
    _digit,
    _plain_keyword,
    _near_miss,
    _own_words,
    _mentioned,
    _not_yet,
    _asked,
    _small_talk,
    _unknown_tap,
)


def _free_text(ctx: Context) -> Reply:
    """Anything else is perhaps a matter: ask once whether it is to be reported.

    Right after a report it may as well belong to that one.
    """
    conversation = routes.FREE_TEXT
    text = ctx.incoming.text.strip()
    if fresh := _fresh_order(ctx):
        return Reply(text=reports.ask_which(fresh), menu=_whose(fresh, text))
    said = Said(rest=text)
    move = engine.start(conversation, ctx, said, known={UNASKED: True})
    return drafts.moved(ctx, conversation, move)


def _whose(fresh: int, text: str) -> tuple[Action, ...]:
    """Offer both: to add words to the order placed a moment ago, and to report something else."""
    return (reports.add_to(fresh, text), reports.another(text))


def _fresh_order(ctx: Context) -> int | None:
    """Give the order that the speaker placed within the gather window, if it is still open."""
    since = ctx.now - ctx.policy.gather_window
    mine = orders.reported_by(ctx.session, ctx.speaker.person_id, since=since, most=1)
    if not mine or mine[0].order.submitted_at < since or mine[0].order.closed_at:
        return None
    return mine[0].order.id


def _command(text: str) -> tuple[Command[Context], Said] | None:
    for command in routes.COMMANDS:
        said = command.read(text)
        if said is not None:
            return command, said
    return None


def _keyword(text: str) -> tuple[Conversation[Context], Said] | None:
    for conversation in routes.CONVERSATIONS:
        said = conversation.read(text)
        if said is not None:
            return conversation, said
    return None


def is_spoken_for(text: str) -> bool:
    """Say whether words mean something here already, so that nobody may give them another sense."""
    said = folded(text)
    return (
        said in {*words.CANCEL, *words.BACK, *words.RESUME, *words.MORE}
        or READER.bare_number(said) is not None
        or _command(said) is not None
        or _keyword(said) is not None
    )


def _permitted(ctx: Context, command: Command[Context], said: Said) -> Reply:
    if not ctx.may(command.permission):
        return _refused(ctx)
    return engine.run(command, ctx, said)


def _refused(ctx: Context) -> Reply:
    if ctx.speaker.is_registered:
        return Reply(text=general.NOT_ALLOWED, actions=suggestions(ctx))
    if ctx.incoming.platform is Platform.WECOM:
        return Reply(text=general.NOT_IN_ROSTER, actions=suggestions(ctx))
    return Reply(text=general.NOT_VERIFIED, actions=suggestions(ctx))


def _started(
    ctx: Context, current: Current, conversation: Conversation[Context], said: Said
) -> Reply:
    """Begin a conversation; one that is over with its first message leaves the open one alone."""
    if not ctx.may(conversation.permission):
        return drafts.with_question(ctx, current, _refused(ctx))
    move = engine.start(conversation, ctx, said)
    if move.answers is None:
        return drafts.with_question(ctx, current, move.reply)
    return drafts.moved(ctx, conversation, move)


def _advanced(ctx: Context, conversation: Conversation[Context]) -> Reply:
    move = engine.advance(conversation, ctx, ctx.speaker.talk.answers, ctx.incoming.text)
    return drafts.moved(ctx, conversation, move)
