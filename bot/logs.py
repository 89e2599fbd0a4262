"""Log lines: one JSON object each on stderr, our own events and those of libraries alike.

No line says who or what: values under personal or secret keys are hidden, an exception is its
types and places without its message (database drivers quote rows in theirs), and query strings
are cut off.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"

_HIDDEN_KEYS = frozenset(
    {
        "access_token",
        "answers",
        "arguments",
        "body",
        "content",
        "database_url",
        "encoding_aes_key",
        "external_id",
        "kwargs",
        "msg_signature",
        "name",
        "openid",
        "phone",
        "query",
        "recipient",
        "recipients",
        "redis_url",
        "secret",
        "secret_key",
        "sender",
        "signature",
        "text",
        "token",
        "touser",
        "userid",
    }
)
_QUERY = re.compile(r"\?[^\s'\"()<>]+")
_PASSWORD = re.compile(r"(?<=://)[^\s/@]+@")
_FRAMES = 8
_QUIET = {
    "alembic": logging.WARNING,
    "rq": logging.WARNING,
    "rq.cron": logging.WARNING,
    "rq.worker": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "urllib3": logging.ERROR,  # its warnings quote paths with access tokens
    "uvicorn.error": logging.WARNING,
}


def hide_personal(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Hide what stands under a personal or secret key, also inside dictionaries."""
    return {key: _hidden(key, value) for key, value in event.items()}


def _hidden(key: str, value: object) -> object:
    if key.lower() in _HIDDEN_KEYS:
        return HIDDEN
    if isinstance(value, dict):
        return {inner: _hidden(str(inner), held) for inner, held in value.items()}
    return value


def cut_queries(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Cut query strings and passwords out of every text, whatever library wrote it."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _PASSWORD.sub("", _QUERY.sub("?…", value))
    return event


def name_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Put an exception down as its chain of types and the places it passed, without messages."""
    given = event.pop("exc_info", None)
    event.pop("stack_info", None)
    error = _exception(given)
    if error is not None:
        event["error"] = " < ".join(type(link).__name__ for link in _chain(error))
        event["frames"] = [
            f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        ]
    return event


def _exception(given: object) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if isinstance(given[1], BaseException) else None
    return sys.exc_info()[1] if given else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


def drop_traceback_text(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Keep the first line of a text into which a library has written a traceback."""
    text = event.get("event")
    if isinstance(text, str) and "Traceback (most recent call last)" in text:
        event["event"] = text.partition("\n")[0].strip() or "an error of a library"
    return event


SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    name_exception,
    drop_traceback_text,
    hide_personal,
    cut_queries,
)


def configure(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send every logger of this process through the processors above, to stderr if to no other."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(quiet)
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
