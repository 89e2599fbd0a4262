"""What ``/metrics`` counts; no label says who or what.

Each process counts for itself: with several webhook processes behind one port a scrape meets one
of them. Rates and shares stay right, sums are one process's.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

REGISTRY = CollectorRegistry()

TURNS = Counter(
    "jinlin_turns",
    "Turns by outcome: answered, failed, given_up (the webhook had waited too long), refused "
    "(too many were waiting).",
    ["outcome"],
    registry=REGISTRY,
)
TURN_SECONDS = Histogram(
    "jinlin_turn_seconds",
    "From the arrival of a message to its answer.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0),
    registry=REGISTRY,
)
BATCH_SIZE = Histogram(
    "jinlin_batch_size",
    "Turns carried in one transaction.",
    buckets=(1, 2, 4, 8, 16, 32, 64),
    registry=REGISTRY,
)
REFUSALS = Counter(
    "jinlin_webhook_refusals",
    "Webhook requests that were not acknowledged, by status.",
    ["status"],
    registry=REGISTRY,
)


def render() -> bytes:
    """Give the Prometheus text of this process."""
    return generate_latest(REGISTRY)
