"""Access tokens: kept in the process and in Redis, asked for once by all threads and processes.

Redis is speed only. While it is away or hung, each process asks the platform for itself:
stable_token and gettoken give all of them the same token.
"""

import contextlib
import hashlib
import secrets
import threading
import time
from dataclasses import dataclass

import redis
from redis.exceptions import RedisError

from bot.channels import ApiError, FailureKind
from bot.channels.api import Endpoint
from bot.channels.limits import TOKEN_MARGIN_SECONDS
from bot.config import Account
from storage.vocabulary import Platform

FAILURE_SECONDS = 3.0
"""Ours: so long a failure answers for those who ask next; a queue of sends makes one request."""

_POLL_SECONDS = 0.05
_KEY_CHARACTERS = 32
_UNLOCK = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end"


@dataclass(frozen=True, slots=True)
class _Token:
    """A token and the monotonic moment until which it is used."""

    value: str
    good_until: float

    def is_good(self) -> bool:
        return time.monotonic() < self.good_until


@dataclass(frozen=True, slots=True)
class _Failure:
    """The last failed try, and its monotonic moment, for those who ask soon after."""

    error: ApiError
    at: float


class Tokens:
    """The access token of one account.

    Threads of one process queue at a lock, so a cold start makes one request; processes queue at a
    lock in Redis that ends by itself. ``redis_client`` must have short socket time-outs.
    """

    def __init__(
        self,
        account: Account,
        redis_client: redis.Redis,
        *,
        endpoint: Endpoint,
        failure_seconds: float = FAILURE_SECONDS,
    ) -> None:
        self._account = account
        self._failure_seconds = failure_seconds
        self._redis = redis_client
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._token: _Token | None = None
        self._failure: _Failure | None = None
        named = f"{account.api}\n{account.app_id}\n{account.secret}"
        # By digest, because another secret or API means another token.
        digest = hashlib.sha256(named.encode()).hexdigest()[:_KEY_CHARACTERS]
        self._key = f"jinlin:token:{digest}"
        self._lock_key = f"jinlin:token-lock:{digest}"

    def current(self) -> str:
        """Give the token, asking for one if none is known.

        Raises:
            ApiError: the platform gave none.
        """
        token = self._token
        return token.value if token and token.is_good() else self._renew(rejected=None)

    def renewed(self, used: str) -> str:
        """Give a token after the platform refused ``used``, which another may have replaced.

        Raises:
            ApiError: the platform gave none.
        """
        return self._renew(rejected=used)

    def _renew(self, *, rejected: str | None) -> str:
        asked_at = time.monotonic()
        with self._lock:
            token = self._token
            if token and token.is_good() and token.value != rejected:
                return token.value
            if self._failure and self._failure.at >= asked_at - self._failure_seconds:
                # Neither those who waited at the lock nor the rest of a queue fail in single file.
                raise ApiError(
                    self._failure.error.code, "no access token", self._failure.error.kind
                ) from self._failure.error
            try:
                token = self._shared(rejected)
            except ApiError as error:
                self._failure = _Failure(error, time.monotonic())
                raise
            self._token, self._failure = token, None
            return token.value

    def _shared(self, rejected: str | None) -> _Token:
        """Find the token in Redis, or fetch it as the one process that does."""
        owner = secrets.token_hex(16)
        try:
            stored = self._awaited(rejected, owner)
        except RedisError:
            return self._fetched()
        if stored:
            return stored
        try:
            token = self._fetched()
            self._publish(token)
        finally:
            self._unlock(owner)
        return token

    def _awaited(self, rejected: str | None, owner: str) -> _Token | None:
        """Wait until another process has stored a token (given) or the lock is ours (None).

        Whoever waits longer than the longest call goes on without the lock.
        """
        patience = self._endpoint.longest_seconds
        give_up_at = time.monotonic() + patience
        is_ours = False
        while True:
            stored = self._stored()
            if stored and stored.value != rejected:
                if is_ours:
                    self._unlock(owner)
                return stored
            if is_ours or time.monotonic() >= give_up_at:
                return None
            # After taking the lock the loop looks once more: its last holder may just have left.
            lifetime = round(patience * 1000)
            is_ours = bool(self._redis.set(self._lock_key, owner, nx=True, px=lifetime))
            if not is_ours:
                time.sleep(_POLL_SECONDS)

    def _stored(self) -> _Token | None:
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.get(self._key)
        pipeline.pttl(self._key)
        value, milliseconds = pipeline.execute()
        if value is None or milliseconds <= 0:
            return None
        text = value.decode() if isinstance(value, bytes) else str(value)
        return _Token(text, time.monotonic() + milliseconds / 1000)

    def _publish(self, token: _Token) -> None:
        milliseconds = round((token.good_until - time.monotonic()) * 1000)
        if milliseconds <= 0:
            return
        with contextlib.suppress(RedisError):  # the others will ask for themselves
            self._redis.set(self._key, token.value, px=milliseconds)

    def _unlock(self, owner: str) -> None:
        with contextlib.suppress(RedisError):  # the lock ends by itself
            self._redis.eval(_UNLOCK, 1, self._lock_key, owner)

    def _fetched(self) -> _Token:
        account = self._account
        if account.platform is Platform.OFFICIAL:
            answer = self._endpoint.call(
                "POST",
                "/cgi-bin/stable_token",
                payload={
                    "grant_type": "client_credential",
                    "appid": account.app_id,
                    "secret": account.secret,
                    "force_refresh": False,  # forced mode has 20 calls a day
                },
            )
        else:
            answer = self._endpoint.call(
                "GET",
                "/cgi-bin/gettoken",
                parameters={"corpid": account.app_id, "corpsecret": account.secret},
            )
        value, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(value, str) or not value or not isinstance(seconds, int):
            raise ApiError(None, "no token in the token's answer", FailureKind.RETRY)
        return _Token(value, time.monotonic() + max(seconds - TOKEN_MARGIN_SECONDS, 1))
