"""When a notice that failed for its account's sake is tried again. Nothing here knows the time."""

from dataclasses import dataclass
from datetime import timedelta

from handlers.rules.delivery import backoff

_SHORTEST = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Retry:
    """When to try again; a try that came before its time ``is_early`` and does not count."""

    delay: timedelta
    is_early: bool = False


def retry(attempts: int, age: timedelta) -> Retry | None:
    """Say when to try a notice again; None where it is given up as ``backoff`` says.

    Tries before their time are those that find out whether an account answers again.

    Args:
        attempts: with the one that just failed.
        age: how long ago the notice was written.
    """
    due = sum((backoff(each) or timedelta() for each in range(1, attempts)), timedelta())
    if age < due:
        return Retry(max(due - age, _SHORTEST), is_early=True)
    delay = backoff(attempts)
    return None if delay is None else Retry(delay)
