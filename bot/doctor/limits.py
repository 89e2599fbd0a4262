"""How long each look may take, and from which figures on something is worth a word.

The numbers are ours where no other source is named.
"""

from datetime import timedelta

LOOK_SECONDS = 30.0
"""For one look, with everything it asks; a name server or a proxy can hold any call up."""

CONNECT_SECONDS = 3.0
READ_SECONDS = 5.0
"""For one HTTP request: as long as the running service waits (``bot.channels.api``)."""

ECHO_SECONDS = 1.0
"""PLATFORM.md B1: so long WeCom waits for the echo when the address is saved there."""

ANSWER_BYTES = 1024 * 1024
"""The most that is read of an answer; the longest, a list of 25 templates, is a tenth of it."""

LITTLE_DISK_BYTES = 2 * 1024**3
NO_DISK_BYTES = 200 * 1024**2

CLOCK_WARNING = timedelta(seconds=60)
CLOCK_FAULT = timedelta(seconds=290)
"""Five minutes, less what a Date in whole seconds and the way there hide (webhook: ten)."""

REDIS_VERSION = (6, 2)
"""What RQ and the queues need, see docs/operating.md."""

SIGN_OF_LIFE = timedelta(seconds=120)
"""Workers sign every half minute at the latest, the scheduler every ten seconds."""

MANY_JOBS = 100
"""A tick adds no more than a job to each queue, and stale ones go after a minute."""

OVERDUE_WARNING = timedelta(minutes=2)
OVERDUE_FAULT = timedelta(minutes=15)
"""The relay looks every ten seconds, and what failed is due again later."""

SILENCE_WARNING = timedelta(days=7)
"""A community in which nobody wrote for so long is rare."""

FAILED_SINCE = timedelta(days=1)
ALERTS_SINCE = timedelta(days=7)

CERTIFICATE_WARNING = timedelta(days=14)

MOST_NAMES = 5
"""So many organisations are named in a line; how many more there are is said."""
