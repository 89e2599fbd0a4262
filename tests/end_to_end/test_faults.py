"""A handler that fails harms nobody else; in this process, for no other can be made to fail."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select, text
from structlog.testing import capture_logs

from handlers import routes, turn
from handlers.context import Context
from handlers.conversation import Command
from handlers.messages import Incoming, IncomingKind, Reply
from handlers.rules.permissions import Permission
from handlers.rules.words import Said
from storage import people
from storage.database import transaction
from storage.models import InboxMessage, Order
from storage.vocabulary import InboxStatus, Platform
from tests.factories import NOON, OFFICIAL, POLICY, found

APOLOGY = "对不住，刚才没办成，您的话已经记下。请过一会儿再发一次。"


def bug(ctx: Context) -> None:
    raise ValueError(ctx.incoming.text)


def number_too_large(ctx: Context) -> None:
    ctx.session.execute(select(Order.id).where(Order.id == 2**70))


def broken_constraint(ctx: Context) -> None:
    ctx.session.execute(text("INSERT INTO orders (matter) VALUES (NULL)"))


FAULTS = (bug, number_too_large, broken_constraint)


def message(sender: str, said: str) -> Incoming:
    return Incoming(
        platform=Platform.OFFICIAL,
        app_id=OFFICIAL,
        sender=sender,
        key=f"{OFFICIAL}:{sender}:1",
        kind=IncomingKind.TEXT,
        text=said,
        received_at=NOON,
    )


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_handler_that_fails_apologises_and_the_batchs_other_turns_are_unharmed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, fault: Callable[[Context], None]
) -> None:
    def fail(ctx: Context, said: Said) -> Reply:
        del said
        people.bind_home(ctx.session, ctx.speaker.person_id, world.organisations["e1"])
        fault(ctx)
        return Reply(text="never said")

    world = found(engine)
    failing: Command[Context] = Command(("失败",), Permission.FOLLOW, fail)
    monkeypatch.setattr(routes, "COMMANDS", (failing, *routes.COMMANDS))
    batch = [message("wang", "你好"), message("li", "失败"), message("zhao", "你好")]

    with capture_logs() as logged:
        answers = turn.many(engine, batch, policy=POLICY, now=NOON)
        again = turn.many(engine, batch, policy=POLICY, now=NOON)

    greeting = "您好，我在。有什么事直接发给我就行。"
    assert [answer.reply.text for answer in answers] == [greeting, APOLOGY, greeting]
    assert [answer.reply for answer in again] == [answer.reply for answer in answers]
    assert [entry["event"] for entry in logged].count("turn failed") == 1
    with transaction(engine) as session:
        rows = session.execute(select(InboxMessage.sender, InboxMessage.status))
        assert dict(rows.all()) == {
            "wang": InboxStatus.ANSWERED,
            "li": InboxStatus.FAILED,
            "zhao": InboxStatus.ANSWERED,
        }
        homes = session.execute(text("SELECT count(*) FROM people WHERE home_id IS NOT NULL"))
        assert homes.scalar_one() == 0
