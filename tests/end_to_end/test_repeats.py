"""A message that comes again has one effect and one answer, whatever happened in between."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Lock

import urllib3

from tests.end_to_end.town import Request, Town, number_in

_senders = (f"o-repeat-{number}" for number in count(1))


def test_three_identical_posts_one_after_the_other_have_one_effect_and_one_answer(
    town: Town,
) -> None:
    sender = next(_senders)
    town.at_the_last_question(sender)
    request = town.sealed(sender, "1", message_id=3)

    answers = {town.answer(request) for _ in range(3)}

    assert [number_in(answer) for answer in answers] == town.orders_of(sender)
    assert len(answers) == 1


def test_three_identical_posts_at_once_have_one_effect_and_one_answer(town: Town) -> None:
    senders = [next(_senders) for _ in range(5)]
    for sender in senders:
        town.at_the_last_question(sender)
    requests = [town.sealed(sender, "1", message_id=3) for sender in senders] * 3

    with ThreadPoolExecutor(len(requests)) as pool:
        answers = set(pool.map(lambda request: town.answer(request, tries=3), requests))

    placed = [number for sender in senders for number in town.orders_of(sender)]
    assert sorted(map(number_in, answers)) == sorted(placed)
    assert len(placed) == len(senders)


def test_a_webhook_that_is_killed_in_the_middle_answers_the_repeats_and_does_nothing_twice(
    town: Town,
) -> None:
    senders = [next(_senders) for _ in range(24)]
    for sender in senders:
        town.at_the_last_question(sender)
    requests = {sender: town.sealed(sender, "1", message_id=3) for sender in senders}
    answered: dict[str, str] = {}
    one_by_one = Lock()

    def post(sender: str, request: Request) -> None:
        try:
            answer = town.answer(request)
        except urllib3.exceptions.HTTPError:
            return  # it died before the answer; perhaps after the commit
        with one_by_one:
            answered[sender] = answer
            if len(answered) == 4:
                town.programs.kill("serve")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(post, requests, requests.values()))
    assert 4 <= len(answered) < len(senders)
    town.serve()
    repeated = {sender: town.answer(request) for sender, request in requests.items()}

    assert {sender: repeated[sender] for sender in answered} == answered
    placed = {sender: town.orders_of(sender) for sender in senders}
    assert placed == {sender: [number_in(repeated[sender])] for sender in senders}
