"""Many at the same moment: one order goes to one member, and nobody overtakes himself."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from bot.sandbox.screen import Card
from tests.end_to_end.people import FIFTY, SECRETARY_OF_FIFTY
from tests.end_to_end.town import Town
from tests.servers import wait_until


def offered_to_fifty(town: Town) -> tuple[int, list[Card]]:
    """Place an order in the third branch and offer it to all fifty; gives number and cards."""
    number = town.report(town.newcomer(home="XF-1-1"), "楼道灯坏了")
    dispatched = town.say(SECRETARY_OF_FIFTY, f"派单 {number} 全体")
    assert dispatched.startswith(f"#{number} 已发给 50 位党员")
    return number, [town.card(member, number) for member in FIFTY]


def updates_of_fifty(town: Town) -> list[str]:
    """Give the card updates that named all fifty at once."""
    updates = town.calls("message/update_template_card", FIFTY[0])
    return [whom for whom in updates if sorted(whom.split("|")) == list(FIFTY)]


def test_of_fifty_who_say_that_they_take_it_one_has_it_and_the_others_read_who(town: Town) -> None:
    number, offers = offered_to_fifty(town)
    updates = len(updates_of_fifty(town))
    together = Barrier(len(FIFTY))

    def take(member: str) -> str:
        together.wait()
        return town.say(member, f"接单 {number}").splitlines()[0]

    with ThreadPoolExecutor(len(FIFTY)) as pool:
        answers = dict(zip(FIFTY, pool.map(take, FIFTY), strict=True))

    taken = [member for member in FIFTY if answers[member].startswith(f"您已接下#{number} ")]
    assert len(taken) == 1
    name = town.world.phones[taken[0]].person.name
    others = [answers[member] for member in FIFTY if member not in taken]
    assert Counter(others) == {f"手慢一步，#{number} 已由{name}接下。": 49}
    wait_until(lambda: {offer.note for offer in offers} == {f"已由{name}接单"})
    assert len(updates_of_fifty(town)) == updates + 1


def test_of_twelve_who_tap_the_card_one_has_it_and_every_card_says_who(town: Town) -> None:
    number, offers = offered_to_fifty(town)
    updates = len(updates_of_fifty(town))
    quick = FIFTY[:12]
    together = Barrier(len(quick))

    def press(member: str) -> str:
        together.wait()
        return town.press(member, number, "接单").note

    with ThreadPoolExecutor(len(quick)) as pool:
        notes = dict(zip(quick, pool.map(press, quick), strict=True))

    taken = [member for member in quick if notes[member] == "您已接单"]
    assert len(taken) == 1
    name = town.world.phones[taken[0]].person.name
    late = [member for member in quick if member not in taken]
    assert {notes[member] for member in late} == {f"已由{name}接单"}
    for member in late:
        town.news(member, f"手慢一步，#{number} 已由{name}接下。")
    wait_until(lambda: {offer.note for offer in offers} == {f"已由{name}接单"})
    assert len(updates_of_fifty(town)) == updates + 1


def test_two_messages_of_one_person_at_once_run_one_after_the_other(town: Town) -> None:
    senders = [f"o-twice-{number}" for number in range(6)]
    for sender in senders:
        town.at_the_last_question(sender)
    pairs = [
        (sender, town.sealed(sender, "1", message_id=message_id))
        for sender in senders
        for message_id in (3, 4)
    ]

    with ThreadPoolExecutor(len(pairs)) as pool:
        answers = list(pool.map(lambda pair: town.answer(pair[1], tries=3), pairs))

    said = {
        sender: sorted(answer.splitlines()[0] for answer in answers[place * 2 : place * 2 + 2])
        for place, sender in enumerate(senders)
    }
    placed = {sender: town.orders_of(sender) for sender in senders}
    assert [len(numbers) for numbers in placed.values()] == [1] * len(senders)
    assert said == {
        sender: sorted(
            [
                f"收到了，编号 #{number}。",
                "这个数字现在没有对应的问题。想看 #1 的进展，请回“进度 1”。",
            ]
        )
        for sender, [number] in placed.items()
    }
