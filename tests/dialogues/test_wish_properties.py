"""Claims of wishes by several members in any order: one claimer, who alone sees the contact."""

from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from storage.database import transaction
from storage.models import Assignment, Order, OrderEvent
from storage.vocabulary import AssignmentStatus, OrderAction, OrderStatus, Outcome
from tests.dialogues import wished
from tests.dialogues.scenes import fire
from tests.dialogues.test_properties import FEW, answer, fresh, town
from tests.factories import World, shown

__all__ = ["town"]

MEMBERS = ("zhangsan", "lisi", "zhaomin")
NAMES = {"zhangsan": "张三", "lisi": "李四", "zhaomin": "赵敏"}
DESKS = ("chenshuji", "liuzhuren")
PHONE = "13800000001"
KNOWN = set(OrderStatus) - {OrderStatus.MERGED}
RESIDENT_ONLY = {OrderAction.CONFIRM, OrderAction.REOPEN, OrderAction.WITHDRAW}
members = st.sampled_from(MEMBERS)


class Wishes(RuleBasedStateMachine):
    """Members, two desks and the resident say what they like about one wish."""

    town: tuple[Path, World]

    @initialize()
    def begin(self) -> None:
        self._open: AbstractContextManager[World] = fresh(self.town)
        self.world = self._open.__enter__()
        wished.passed(self.world)

    def teardown(self) -> None:
        if hasattr(self, "_open"):
            self._open.__exit__(None, None, None)

    def order(self) -> Order:
        with transaction(self.world.engine) as session:
            found = session.get_one(Order, 1)
            session.expunge(found)
            return found

    def holders(self) -> list[int]:
        with transaction(self.world.engine) as session:
            return list(
                session.scalars(
                    select(Assignment.person_id).where(
                        Assignment.order_id == 1, Assignment.status == AssignmentStatus.ACCEPTED
                    )
                )
            )

    @rule(sender=members, word=st.sampled_from(["认领 1", "接单 1"]), is_tap=st.booleans())
    def claim(self, sender: str, word: str, *, is_tap: bool) -> None:
        before = self.holders()
        said = answer(self.world, sender, word, is_tap=is_tap)
        after = self.holders()
        won = after == [self.world.people[NAMES[sender]]] != before
        assert (PHONE in said) is won
        assert not before or after == before

    @rule(sender=members)
    def give_back(self, sender: str) -> None:
        answer(self.world, sender, "退单 1 临时有事")

    @rule(sender=members)
    def deliver(self, sender: str) -> None:
        answer(self.world, sender, "完成 1 送到了")

    @rule(sender=members)
    def decline(self, sender: str) -> None:
        answer(self.world, sender, "不接 1")

    @rule(word=st.sampled_from(["实现了 1", "没实现 1", "确认 1", "没解决 1", "部分解决 1 差一点"]))
    def reply(self, word: str) -> None:
        answer(self.world, "wang", word)

    @rule(word=st.sampled_from(["撤回 1", "补充 1 要200度的", "没来 1"]))
    def tell(self, word: str) -> None:
        before = self.order()
        answer(self.world, "wang", word)
        if before.status in {OrderStatus.TAKEN, OrderStatus.DONE}:
            assert self.order().matter == before.matter

    @rule(
        sender=st.sampled_from(DESKS),
        word=st.sampled_from(
            ["通过 1", "收回 1", "退回 1 办不了", "撤销", "派单 1", "自办 1", "完成 1"]
        ),
    )
    def decide(self, sender: str, word: str) -> None:
        answer(self.world, sender, word)

    @rule(days=st.sampled_from([0.01, 1, 8, 15]))
    def wait(self, days: float) -> None:
        self.world.later(days=days)
        assert fire(self.world)["failed"] == 0

    @invariant()
    def it_has_at_most_one_live_claimer_and_stands_in_a_known_state(self) -> None:
        if not hasattr(self, "world"):
            return
        status, holders = self.order().status, self.holders()
        assert status in KNOWN
        assert len(holders) == (status is OrderStatus.TAKEN)

    @invariant()
    def the_contact_is_shown_to_the_live_claimer_alone(self) -> None:
        if not hasattr(self, "world"):
            return
        holders = self.holders()
        for sender in MEMBERS:
            is_claimer = self.world.people[NAMES[sender]] in holders
            assert (PHONE in shown(self.world.say(sender, "进度 1"))) is is_claimer
            assert PHONE not in shown(self.world.say(sender, "心愿墙"))
        assert not any(
            PHONE in text for name in NAMES.values() for text in self.world.news_of(name)
        )

    @invariant()
    def it_is_realised_by_its_makers_word_only(self) -> None:
        if not hasattr(self, "world"):
            return
        with transaction(self.world.engine) as session:
            events = session.execute(
                select(OrderEvent.action, OrderEvent.actor_id).where(OrderEvent.order_id == 1)
            ).all()
            maker = session.get_one(Order, 1).reporter_id
        assert all(actor == maker for action, actor in events if action in RESIDENT_ONLY)
        counts = Counter(action for action, _ in events)
        if self.order().outcome is Outcome.RESOLVED:
            assert counts[OrderAction.CONFIRM]
        assert not counts[OrderAction.PARTLY]
        assert not counts[OrderAction.EXHAUST]


def test_claims_in_any_order(town: tuple[Path, World]) -> None:
    machine = type("WishesOfTown", (Wishes,), {"town": town})

    run_state_machine_as_test(
        machine,
        settings=settings(FEW, max_examples=12, stateful_step_count=15),
    )
