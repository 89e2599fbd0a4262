"""What the doctor found, as values; and how they look as lines on a terminal."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from handlers.texts import doctor as texts
from handlers.texts.doctor import Advice


class State(StrEnum):
    """How it stands with one thing. SKIPPED: an earlier fault keeps it from being looked at."""

    FINE = "fine"
    WARNING = "warning"
    FAULT = "fault"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor.

    Attributes:
        name: what was looked at, in Chinese.
        setting: what is to be changed, by its exact name in the settings, or as the platform's
            own pages name it; empty where it is neither.
        said: what was found; never a secret, a token or anything personal.
        remedy: what to do about it; empty where nothing is to be done.
    """

    name: str
    state: State
    said: str
    setting: str = ""
    remedy: str = ""


def fine(name: str, said: str) -> Finding:
    """Nothing to be done."""
    return Finding(name, State.FINE, said)


def warning(name: str, advice: Advice, *, setting: str = "") -> Finding:
    """It works, and somebody should know."""
    return Finding(name, State.WARNING, advice.said, setting, advice.remedy)


def fault(name: str, advice: Advice, *, setting: str = "") -> Finding:
    """It does not work before somebody does something."""
    return Finding(name, State.FAULT, advice.said, setting, advice.remedy)


def skipped(name: str, because: str) -> Finding:
    """Not looked at; ``because`` names the finding that stands in the way."""
    return Finding(name, State.SKIPPED, texts.not_looked_at(because))


def is_sound(findings: Iterable[Finding]) -> bool:
    """Say whether none of them is a fault; warnings are allowed."""
    return all(finding.state is not State.FAULT for finding in findings)


def lines(finding: Finding) -> list[str]:
    """Write a finding: its mark and what was found, then what to do."""
    head = texts.head(texts.MARK[finding.state], finding.name, finding.setting, finding.said)
    return [head, texts.what_to_do(finding.remedy)] if finding.remedy else [head]


def summary(findings: Iterable[Finding]) -> str:
    """Write the last line: how many of each."""
    counts = Counter(finding.state for finding in findings)
    return texts.summary(
        faults=counts[State.FAULT],
        warnings=counts[State.WARNING],
        fine=counts[State.FINE],
        skipped=counts[State.SKIPPED],
    )
