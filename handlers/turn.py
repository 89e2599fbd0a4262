"""One message, one turn, one transaction: the frame that carries all turns of a batch.

``many`` is the only door. What a person's words mean is decided in ``handlers.answering``.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random

from handlers import answering, routes
from handlers.context import Context, Policy
from handlers.messages import Answer, Incoming, IncomingKind, Notice, Nudge, Reply
from handlers.rules.permissions import Post
from handlers.services import notices
from handlers.texts import general
from storage import conversations, inbox
from storage import notices as deliveries
from storage.conversations import Pair, Speaker, Talk
from storage.vocabulary import InboxStatus, Platform

log = structlog.get_logger()

_CONFLICTS = (OperationalError, IntegrityError)
_TRIES = 3
_JITTER_SECONDS = 0.01


def many(
    engine: Engine, turns: Sequence[Incoming], *, policy: Policy, now: datetime | None = None
) -> list[Answer]:
    """Carry turns in one transaction and give their answers in the same order.

    A message that stands twice runs once; a message that came before gets its stored reply. When
    the batch meets a conflict its turns run one by one.

    Raises:
        DBAPIError: the database is away, or a conflict outlived three tries; nothing of the
            failed turn was stored, and the platform will repeat the message.
    """
    now = now or datetime.now(UTC)
    if len(turns) > 1:
        try:
            return _batch(engine, turns, policy=policy, now=now)
        except _CONFLICTS as conflict:
            log.info("batch fell apart", turns=len(turns), error=type(conflict).__name__)
    return [_alone(engine, turn, policy=policy, now=now) for turn in turns]


def _alone(engine: Engine, turn: Incoming, *, policy: Policy, now: datetime) -> Answer:
    for attempt in Retrying(
        retry=retry_if_exception_type(_CONFLICTS),
        stop=stop_after_attempt(_TRIES),
        wait=wait_random(max=_JITTER_SECONDS),
        reraise=True,
    ):
        with attempt:
            is_last = attempt.retry_state.attempt_number == _TRIES
            return _batch(engine, [turn], policy=policy, now=now, is_last=is_last)[0]
    raise AssertionError("tenacity either returns or raises")


def _batch(
    engine: Engine,
    turns: Sequence[Incoming],
    *,
    policy: Policy,
    now: datetime,
    is_last: bool = False,
) -> list[Answer]:
    once = {turn.key: turn for turn in turns}
    answers: dict[str, Answer] = {}
    with engine.begin() as connection:
        rows = inbox.receive(connection, [_arrival(turn) for turn in once.values()])
        fresh = [turn for turn in once.values() if turn.key in rows]
        repeated = [key for key in once if key not in rows]
        if repeated:
            for key, reply in inbox.replies(connection, repeated).items():
                answers[key] = Answer(reply=Reply.from_json(reply) if reply else Reply())
        if fresh:
            carried = _Turns(connection, rows, policy=policy, now=now, is_last=is_last)
            answers |= carried.run(fresh)
    return [answers[turn.key] for turn in turns]


def _arrival(turn: Incoming) -> inbox.Arrival:
    return inbox.Arrival(
        key=turn.key,
        app_id=turn.app_id,
        sender=turn.sender,
        kind=turn.kind,
        text=turn.text,
        received_at=turn.received_at,
    )


class _Turns:
    """The fresh turns of one batch inside its transaction."""

    def __init__(
        self,
        connection: Connection,
        rows: dict[str, int],
        *,
        policy: Policy,
        now: datetime,
        is_last: bool,
    ) -> None:
        self._connection = connection
        self._rows = rows
        self._policy = policy
        self._now = now
        self._is_last = is_last
        self._notices: list[Notice] = []
        self._outcomes: list[inbox.Outcome] = []

    def run(self, fresh: Sequence[Incoming]) -> dict[str, Answer]:
        """Lock and read the speakers, run each turn at its savepoint, write set-based."""
        news = [turn for turn in fresh if turn.kind in routes.NEWS]
        spoken = [turn for turn in fresh if turn.kind not in routes.NEWS]
        # First, because it may change who is who.
        answers = {turn.key: self._told(turn) for turn in news}
        speakers = self._speakers(spoken)
        before = {speaker.identity_id: speaker.talk.copy() for speaker in speakers.values()}
        answers |= {turn.key: self._one(turn, speakers) for turn in spoken}
        inbox.conclude(self._connection, self._outcomes)
        changed: dict[int, Talk] = {
            speaker.identity_id: speaker.talk
            for speaker in speakers.values()
            if speaker.talk != before[speaker.identity_id]
        }
        if changed:
            conversations.save(self._connection, changed)
        if spoken:
            self._open_windows(spoken, speakers)
        if self._notices:
            notices.post(self._connection, self._notices, now=self._now)
        return answers

    def _speakers(self, spoken: Sequence[Incoming]) -> dict[Pair, Speaker]:
        pairs: dict[Pair, Platform] = {(turn.app_id, turn.sender): turn.platform for turn in spoken}
        if not pairs:
            return {}
        return conversations.speakers(
            self._connection, pairs, now=self._now, today=self._policy.today(self._now)
        )

    @contextmanager
    def _savepoint(self) -> Iterator[Session]:
        with (
            Session(
                self._connection,
                join_transaction_mode="create_savepoint",
                autoflush=False,
                expire_on_commit=False,
            ) as session,
            session.begin(),
        ):
            yield session

    def _told(self, turn: Incoming) -> Answer:
        """Take in what the platform tells; nobody waits for an answer."""
        try:
            with self._savepoint() as session:
                nudges = routes.NEWS[turn.kind](session, turn, self._now)
        except Exception as fault:  # noqa: BLE001 (the edge of a turn: one fault harms no other)
            return self._faulty(turn, fault)
        reply, row = Reply(), self._rows[turn.key]
        self._outcomes.append(inbox.Outcome(row, InboxStatus.ANSWERED, reply.to_json()))
        log.info("news taken in", kind=turn.kind)
        return Answer(reply=reply, nudges=nudges)

    def _one(self, turn: Incoming, speakers: dict[Pair, Speaker]) -> Answer:
        started = time.perf_counter()
        pair = (turn.app_id, turn.sender)
        speaker, before = speakers[pair], speakers[pair].copy()
        try:
            with self._savepoint() as session:
                ctx = Context(
                    session=session,
                    now=self._now,
                    policy=self._policy,
                    incoming=turn,
                    inbox_id=self._rows[turn.key],
                    speaker=speaker,
                    posts=tuple(
                        Post(held.role, held.organisation_id, held.path, held.kind, held.name)
                        for held in speaker.holdings
                    ),
                )
                reply = answering.answer(ctx)
        except Exception as fault:  # noqa: BLE001 (the edge of a turn: one fault harms no other)
            speakers[pair] = before
            return self._faulty(turn, fault)
        self._notices += ctx.notices
        self._outcomes.append(inbox.Outcome(ctx.inbox_id, InboxStatus.ANSWERED, reply.to_json()))
        log.info(
            "turn answered",
            kind=turn.kind,
            conversation=speaker.talk.name,
            notices=len(ctx.notices),
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        # Photos that waited for this person to open a send window may have become due, too.
        if ctx.notices or ctx.has_outdated_cards or speaker.has_pending:
            ctx.nudges.add(Nudge.DELIVERY)
        return Answer(reply=reply, nudges=frozenset(ctx.nudges))

    def _is_hopeless(self, conflict: Exception) -> bool:
        """Say whether a constraint was broken three times running: then it is no race but a fault.

        Anything else on the last try is raised: the platform will repeat the message.
        """
        return self._is_last and isinstance(conflict, IntegrityError)

    def _faulty(self, turn: Incoming, fault: Exception) -> Answer:
        """Keep the message, marked failed, and apologise; what the handler did is rolled back.

        Raises:
            DBAPIError: a conflict, which the next try may well be spared.
        """
        if isinstance(fault, _CONFLICTS) and not self._is_hopeless(fault):
            raise fault
        log.error("turn failed", kind=turn.kind, inbox_id=self._rows[turn.key], exc_info=fault)
        reply = Reply() if turn.kind in routes.NEWS else Reply(text=general.APOLOGY)
        self._outcomes.append(
            inbox.Outcome(
                self._rows[turn.key], InboxStatus.FAILED, reply.to_json(), type(fault).__name__
            )
        )
        return Answer(reply=reply)

    def _open_windows(self, spoken: Sequence[Incoming], speakers: dict[Pair, Speaker]) -> None:
        """Note who may be written to now (PLATFORM.md A7)."""
        official = [
            turn
            for turn in spoken
            if turn.platform is Platform.OFFICIAL and turn.kind is not IncomingKind.UNSUBSCRIBE
        ]
        tapped = {
            speakers[turn.app_id, turn.sender].identity_id
            for turn in official
            if turn.is_tap or turn.kind in {IncomingKind.SUBSCRIBE, IncomingKind.SCAN}
        }
        messaged = {
            speakers[turn.app_id, turn.sender].identity_id
            for turn in official
            if not turn.is_tap
            and turn.kind not in {IncomingKind.SUBSCRIBE, IncomingKind.SCAN, IncomingKind.TAP}
        }
        returned = {
            speaker.identity_id
            for speaker in speakers.values()
            if speaker.platform is Platform.WECOM and not speaker.is_following
        }
        conversations.note_activity(
            self._connection,
            messaged=sorted(messaged),
            tapped=sorted(tapped),
            returned=sorted(returned),
            now=self._now,
        )
        waited_for = {speaker.person_id for speaker in speakers.values() if speaker.has_pending}
        deliveries.resume_media(self._connection, sorted(waited_for), now=self._now)
