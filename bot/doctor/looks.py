"""One look: a function that gives findings, ended after a time even if it hangs."""

import queue
import threading
from collections.abc import Callable, Iterable

from bot.doctor.findings import Finding, fault
from bot.doctor.limits import LOOK_SECONDS
from handlers.texts import doctor as texts

Look = Callable[[], Iterable[Finding]]


def taken(name: str, look: Look, *, seconds: float = LOOK_SECONDS) -> list[Finding]:
    """Take a look in a thread of its own and give its findings.

    A look that hangs is left behind; its thread does not keep the program from ending.

    Args:
        name: what is looked at, for the finding that says it took too long.
        look: whatever it raises is raised here.
        seconds: how long it may take.
    """
    done: queue.SimpleQueue[list[Finding] | BaseException] = queue.SimpleQueue()

    def work() -> None:
        try:
            done.put(list(look()))
        except BaseException as error:  # noqa: BLE001 (raised again where the look was asked for)
            done.put(error)

    threading.Thread(target=work, name="doctor", daemon=True).start()
    try:
        found = done.get(timeout=seconds)
    except queue.Empty:
        return [fault(name, texts.took_too_long(round(seconds)))]
    if isinstance(found, BaseException):
        raise found
    return found
