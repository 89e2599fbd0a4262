"""Short transactions of jobs: tried again when a turn held a lock, or the database blinked."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random

from storage import database

T = TypeVar("T")

_TRIES = 6
_LONGEST_PAUSE_SECONDS = 0.25


def transact(engine: Engine, act: Callable[[Session], T]) -> T:
    """Run ``act`` in one transaction; it may run several times, so it must do nothing else.

    Raises:
        OperationalError: it failed every time; the job fails, and the next tick tries again.
    """

    def once() -> T:
        with database.transaction(engine) as session:
            return act(session)

    retrying = Retrying(
        retry=retry_if_exception_type(OperationalError),
        stop=stop_after_attempt(_TRIES),
        wait=wait_random(0.02, _LONGEST_PAUSE_SECONDS),
        reraise=True,
    )
    return retrying(once)
