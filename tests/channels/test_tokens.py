"""One token request for all threads and processes, and never a wait for a Redis that is away."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from bot.channels import ApiError, FailureKind
from bot.channels.api import ApiClient, Endpoint
from bot.channels.failures import OFFICIAL, TABLES, TOKEN_TABLES
from bot.channels.tokens import FAILURE_SECONDS, Tokens
from bot.config import Account
from bot.embedded import EmbeddedRedis
from storage.vocabulary import Platform
from tests.channels.conftest import impatient
from tests.channels.standin import Answer, Call, StandIn, standing_in
from tests.platform import official_account, wecom_account

STABLE = "/cgi-bin/stable_token"
GETTOKEN = "/cgi-bin/gettoken"
SEND = "/cgi-bin/message/custom/send"


def counting(*, pause: float = 0.0, seconds: int = 7200) -> Answer:
    """Answer a new token each time."""
    numbers = iter(range(1, 1000))

    def answer(_: Call) -> object:
        number = next(numbers)
        time.sleep(pause)
        return {"access_token": f"token-{number}", "expires_in": seconds}

    return answer


def tokens_of(
    standin: StandIn,
    client: Redis,
    *,
    read_seconds: float = 5.0,
    failure_seconds: float = FAILURE_SECONDS,
    account: Account | None = None,
) -> Tokens:
    account = account or official_account(api_base_url=standin.url)
    endpoint = Endpoint(
        standin.url, TOKEN_TABLES[account.platform], connect_seconds=1, read_seconds=read_seconds
    )
    return Tokens(account, client, endpoint=endpoint, failure_seconds=failure_seconds)


def at_once(count: int, ask: Callable[[int], str]) -> list[str]:
    barrier = threading.Barrier(count)

    def run(number: int) -> str:
        barrier.wait()
        return ask(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.fixture
def no_redis(own_redis: EmbeddedRedis) -> Iterator[Redis]:
    own_redis.kill()
    with impatient(own_redis.url) as client:
        yield client


@pytest.fixture
def hung_redis(own_redis: EmbeddedRedis) -> Iterator[Redis]:
    own_redis.pause()
    with impatient(own_redis.url) as client:
        yield client


def test_the_official_account_asks_for_a_stable_token(redis_client: Redis) -> None:
    with standing_in({STABLE: counting()}) as standin:
        assert tokens_of(standin, redis_client).current() == "token-1"
    assert standin.calls[0].payload == {
        "grant_type": "client_credential",
        "appid": "wx0000000000000001",
        "secret": "official-secret",
        "force_refresh": False,
    }


def test_wecom_asks_gettoken_with_its_secret(redis_client: Redis) -> None:
    with standing_in({GETTOKEN: counting()}) as standin:
        account = wecom_account(api_base_url=standin.url)
        assert tokens_of(standin, redis_client, account=account).current() == "token-1"
    assert standin.calls[0].query == {"corpid": account.app_id, "corpsecret": account.secret}


def test_twenty_cold_threads_make_one_request(redis_client: Redis) -> None:
    with standing_in({STABLE: counting(pause=0.1)}) as standin:
        tokens = tokens_of(standin, redis_client)
        assert at_once(20, lambda _: tokens.current()) == ["token-1"] * 20
    assert standin.count(STABLE) == 1


def test_twenty_cold_threads_make_one_request_without_redis(no_redis: Redis) -> None:
    with standing_in({STABLE: counting(pause=0.1)}) as standin:
        tokens = tokens_of(standin, no_redis)
        assert at_once(20, lambda _: tokens.current()) == ["token-1"] * 20
    assert standin.count(STABLE) == 1


def test_several_processes_make_one_request(redis_client: Redis) -> None:
    # Each Tokens has a cache and a lock of its own, as each process has.
    with standing_in({STABLE: counting(pause=0.2)}) as standin:
        processes = [tokens_of(standin, redis_client) for _ in range(6)]
        assert at_once(6, lambda number: processes[number].current()) == ["token-1"] * 6
    assert standin.count(STABLE) == 1


def test_a_token_in_redis_is_used_by_a_new_process(redis_client: Redis) -> None:
    with standing_in({STABLE: counting()}) as standin:
        tokens_of(standin, redis_client).current()
        assert tokens_of(standin, redis_client).current() == "token-1"
    assert standin.count(STABLE) == 1


def test_another_secret_has_another_token(redis_client: Redis) -> None:
    with standing_in({STABLE: counting()}) as standin:
        tokens_of(standin, redis_client).current()
        changed = official_account(api_base_url=standin.url, secret="changed")  # noqa: S106 (of the stand-in)
        assert tokens_of(standin, redis_client, account=changed).current() == "token-2"


def test_a_hung_redis_leaves_each_process_to_ask_for_itself(hung_redis: Redis) -> None:
    with standing_in({STABLE: counting()}) as standin:
        first, second = (tokens_of(standin, hung_redis) for _ in range(2))
        assert [first.current(), second.current(), first.current()] == [
            "token-1",
            "token-2",
            "token-1",
        ]


def test_a_refused_token_is_fetched_anew_once_for_all_threads(redis_client: Redis) -> None:
    with standing_in({STABLE: counting(pause=0.1)}) as standin:
        tokens = tokens_of(standin, redis_client)
        used = tokens.current()
        assert at_once(20, lambda _: tokens.renewed(used)) == ["token-2"] * 20
    assert standin.count(STABLE) == 2


def test_a_refused_token_that_another_process_replaced_is_not_fetched(
    redis_client: Redis,
) -> None:
    with standing_in({STABLE: counting()}) as standin:
        first, second = (tokens_of(standin, redis_client) for _ in range(2))
        used = second.current()
        assert first.current() == used
        assert [first.renewed(used), second.renewed(used)] == ["token-2", "token-2"]
    assert standin.count(STABLE) == 2


def test_a_token_near_its_end_is_not_kept(redis_client: Redis) -> None:
    with standing_in({STABLE: counting(seconds=61)}) as standin:
        tokens = tokens_of(standin, redis_client)
        tokens.current()
        time.sleep(1.1)
        assert tokens.current() == "token-2"


def test_the_lock_of_a_process_that_died_ends_by_itself(redis_client: Redis) -> None:
    with standing_in({STABLE: counting(seconds=61)}) as standin:
        tokens_of(standin, redis_client).current()
        (key,) = redis_client.scan_iter("jinlin:token:*")
        lock = str(key).replace("token:", "token-lock:")
        redis_client.delete(key)
        redis_client.set(lock, "somebody else", px=300)
        assert tokens_of(standin, redis_client).current() == "token-2"


def test_the_lock_is_given_back(redis_client: Redis) -> None:
    with standing_in({STABLE: counting()}) as standin:
        tokens_of(standin, redis_client).current()
    assert list(redis_client.scan_iter("jinlin:token-lock:*")) == []


def test_a_token_endpoint_that_hangs_ends_in_a_retry_for_all_who_wait(
    redis_client: Redis,
) -> None:
    released = threading.Event()
    with standing_in({STABLE: lambda _: released.wait(30)}) as standin:
        tokens = tokens_of(standin, redis_client, read_seconds=0.2)

        def ask(_: int) -> str:
            with pytest.raises(ApiError) as raised:
                tokens.current()
            return raised.value.kind

        assert at_once(20, ask) == [FailureKind.RETRY] * 20
        released.set()
    assert standin.count(STABLE) == 1


def test_a_failure_is_forgotten_by_who_asks_later(redis_client: Redis) -> None:
    answers = iter([{"errcode": -1}, {"access_token": "late", "expires_in": 7200}])
    with standing_in({STABLE: lambda _: next(answers)}) as standin:
        tokens = tokens_of(standin, redis_client, failure_seconds=0.1)
        with pytest.raises(ApiError):
            tokens.current()
        time.sleep(0.2)
        assert tokens.current() == "late"


def test_a_thousand_queued_sends_ask_once_for_a_token_that_nobody_gives(
    redis_client: Redis,
) -> None:
    answers: dict[str, Answer] = {STABLE: lambda _: {"errcode": 40125}, SEND: lambda _: {}}
    with standing_in(answers) as standin:
        tokens = tokens_of(standin, redis_client, failure_seconds=60)
        client = ApiClient(Endpoint(standin.url, OFFICIAL), tokens)
        kinds = set()
        for _ in range(1_000):
            with pytest.raises(ApiError) as raised:
                client.post(SEND, {})
            kinds.add((raised.value.code, raised.value.kind))
        assert kinds == {(40125, FailureKind.MISCONFIGURED)}
        assert (standin.count(STABLE), standin.count(SEND)) == (1, 0)


def test_a_renewal_that_fails_is_not_repeated_by_those_who_come_next(redis_client: Redis) -> None:
    token = {"access_token": "token-1", "expires_in": 7200}
    answers = itertools.chain([token], itertools.repeat((502, b"<html>")))
    with standing_in(
        {STABLE: lambda _: next(answers), SEND: lambda _: {"errcode": 42001}}
    ) as standin:
        client = ApiClient(Endpoint(standin.url, OFFICIAL), tokens_of(standin, redis_client))
        for _ in range(20):
            with pytest.raises(ApiError) as raised:
                client.post(SEND, {})
            assert raised.value.kind is FailureKind.RETRY
        assert (standin.count(STABLE), standin.count(SEND)) == (2, 20)


def test_a_failure_is_no_bar_to_a_token_that_is_known(redis_client: Redis) -> None:
    with standing_in({STABLE: counting()}) as standin:
        tokens = tokens_of(standin, redis_client, failure_seconds=60)
        used = tokens.current()
        standin.answers = {STABLE: lambda _: {"errcode": -1}}
        with pytest.raises(ApiError):
            tokens.renewed(used)
        assert tokens.current() == used


def test_a_wrong_secret_is_a_fault_of_the_settings(redis_client: Redis) -> None:
    answer = {"errcode": 40001, "errmsg": "secret"}
    with standing_in({STABLE: lambda _: answer}) as standin, pytest.raises(ApiError) as raised:
        tokens_of(standin, redis_client).current()
    assert (raised.value.code, raised.value.kind) == (40001, FailureKind.MISCONFIGURED)


@pytest.mark.parametrize("code", [40001, 40013, 40091, 60020, 301002])
def test_what_wecom_says_of_wrong_settings_is_a_fault_of_them(
    redis_client: Redis, code: int
) -> None:
    with standing_in({GETTOKEN: lambda _: {"errcode": code}}) as standin:
        account = wecom_account(api_base_url=standin.url)
        endpoint = Endpoint(standin.url, TOKEN_TABLES[Platform.WECOM])
        tokens = Tokens(account, redis_client, endpoint=endpoint)
        with pytest.raises(ApiError) as raised:
            tokens.current()
        assert standin.count(GETTOKEN) == 1
    assert (raised.value.code, raised.value.kind) == (code, FailureKind.MISCONFIGURED)


@pytest.mark.parametrize(
    "answer",
    [{}, {"access_token": ""}, {"access_token": "x", "expires_in": "soon"}, b"<html>", (502, b"")],
    ids=["nothing", "an empty token", "no lifetime", "HTML", "a gateway's page"],
)
def test_an_answer_without_a_token_is_a_retry(answer: object, redis_client: Redis) -> None:
    with standing_in({STABLE: lambda _: answer}) as standin, pytest.raises(ApiError) as raised:
        tokens_of(standin, redis_client).current()
    assert (raised.value.code, raised.value.kind) == (None, FailureKind.RETRY)


def test_tokens_that_are_always_wrong_are_asked_for_twice_and_no_more(
    redis_client: Redis,
) -> None:
    answers: dict[str, Answer] = {STABLE: counting(), SEND: lambda _: {"errcode": 40001}}
    with standing_in(answers) as standin:
        client = ApiClient(Endpoint(standin.url, OFFICIAL), tokens_of(standin, redis_client))
        with pytest.raises(ApiError):
            client.post(SEND, {})
    assert (standin.count(STABLE), standin.count(SEND)) == (2, 2)


def test_both_platforms_have_their_tables() -> None:
    assert set(TABLES) == set(TOKEN_TABLES) == set(Platform)


def test_a_client_that_answers_bytes_will_do_as_well(redis_url: str) -> None:
    with standing_in({STABLE: counting()}) as standin, Redis.from_url(redis_url) as client:
        tokens_of(standin, client).current()
        assert tokens_of(standin, client).current() == "token-1"
