import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot import logs

PERSONAL = "张三13800000001"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("sqlalchemy", "uvicorn.error")}
    stream = io.StringIO()
    logs.configure(stream=stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, former in levels.items():
        logging.getLogger(name).setLevel(former)


def written(log: io.StringIO) -> dict[str, object]:
    (line,) = log.getvalue().splitlines()
    entry: dict[str, object] = json.loads(line)
    return entry


def test_an_event_is_one_json_line(log: io.StringIO) -> None:
    structlog.stdlib.get_logger("bot.turns").info("turns answered", turns=3)
    entry = written(log)
    assert (entry["event"], entry["turns"], entry["level"], entry["logger"]) == (
        "turns answered",
        3,
        "info",
        "bot.turns",
    )


@pytest.mark.parametrize("name", ["uvicorn.error", "rq.worker", "sqlalchemy.engine", "anything"])
def test_lines_of_libraries_take_the_same_way(name: str, log: io.StringIO) -> None:
    logging.getLogger(name).warning("%s is %s", "this", "said")
    entry = written(log)
    assert (entry["event"], entry["logger"]) == ("this is said", name)


def break_down() -> None:
    try:
        int(PERSONAL)
    except ValueError as error:
        raise LookupError(PERSONAL) from error


def test_an_exception_is_its_types_and_places_without_its_words(
    log: io.StringIO,
) -> None:
    try:
        break_down()
    except LookupError:
        structlog.stdlib.get_logger("bot.turns").exception("turns failed")
    entry = written(log)
    assert entry["error"] == "LookupError < ValueError"
    assert PERSONAL not in json.dumps(entry, ensure_ascii=False)
    assert re.findall(r"test_logs.py:\d+ (\w+)", str(entry["frames"])) == [
        "test_an_exception_is_its_types_and_places_without_its_words",
        "break_down",
    ]


def test_a_traceback_that_a_library_put_into_its_words_is_left_out(
    log: io.StringIO,
) -> None:
    text = f"job failed\nTraceback (most recent call last):\nValueError: {PERSONAL}"
    logging.getLogger("rq.worker").error(text)
    assert written(log)["event"] == "job failed"


def test_query_strings_and_passwords_are_cut_out_of_any_text(
    log: io.StringIO,
) -> None:
    text = "GET https://u:p@api/cgi-bin/send?access_token=abc&x=1 'https://b/?openid=o1' ended"
    logging.getLogger("anything").warning(text)
    assert written(log)["event"] == "GET https://api/cgi-bin/send?… 'https://b/?…' ended"


@given(
    key=st.sampled_from(
        ["openid", "sender", "token", "secret", "phone", "text", "Content", "name"]
    ),
    inside=st.booleans(),
    value=st.one_of(st.text(min_size=1), st.lists(st.integers(), min_size=1)),
)
def test_what_stands_under_a_personal_or_secret_key_never_comes_out(
    *, key: str, inside: bool, value: object
) -> None:
    event = {"event": "x", "held": {key: value}} if inside else {"event": "x", key: value}
    hidden = logs.hide_personal(None, "info", event)
    assert (hidden["held"][key] if inside else hidden[key]) == logs.HIDDEN
