"""What holds for the whole house: where Chinese may stand, how texts read, how long files are.

The floors and their contracts are checked by import-linter, a step of the test command.
"""

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

import pytest

from handlers.texts import orders as order_texts
from handlers.texts import roster, words
from storage import vocabulary
from storage.vocabulary import OrderStatus, OrganisationKind, Outcome, Role

ROOT = Path(__file__).parents[2]
FLOORS = ("bot", "handlers", "storage", "workers")
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
MAY_BE_CHINESE = (
    "handlers/texts/",
    "bot/sandbox/catalogue.py",
    "bot/sandbox/samples.py",
    "bot/sandbox/static/",
    "bot/sandbox/templates/",
)
VOCABULARY = {kind for kind in vars(vocabulary).values() if isinstance(kind, type)}
MOST_LINES = 400
SOURCES = {".py", ".toml", ".mako", ".html", ".css", ".js"}


def files() -> list[Path]:
    """Give the written files of the four floors and the tests; the tree may come without git."""
    every = (path for floor in (*FLOORS, "tests") for path in sorted((ROOT / floor).rglob("*")))
    return [path for path in every if path.suffix in SOURCES]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def modules() -> list[Path]:
    return [path for path in files() if path.suffix == ".py" and path.name != "__init__.py"]


def text_modules() -> list[Path]:
    return [path for path in modules() if name(path).startswith("handlers/texts/")]


def strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Give the string constants of a module, its docstrings aside."""
    docstrings = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr):
                docstrings.add(id(first.value))
    for node in ast.walk(tree):
        is_string = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if isinstance(node, ast.Constant) and is_string and id(node) not in docstrings:
            yield node


def test_chinese_stands_only_in_texts_the_sandbox_and_tests() -> None:
    strangers = [
        f"{name(path)}:{number}"
        for path in files()
        if not name(path).startswith((*MAY_BE_CHINESE, "tests/"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if CHINESE.search(line)
    ]

    assert strangers == []


def test_every_module_says_what_lives_in_it() -> None:
    silent = [
        name(path)
        for path in modules()
        if name(path).startswith(FLOORS) and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


def test_package_files_are_empty() -> None:
    filled = [
        name(path)
        for path in files()
        if path.name == "__init__.py" and path.stat().st_size and not path.match("channels/*")
    ]

    assert filled == ["storage/models/__init__.py"]


def test_no_text_shouts() -> None:
    """An exclamation mark after a word is said; one among other marks belongs to a pattern."""
    shouting = [
        f"{name(path)}:{constant.lineno}"
        for path in text_modules()
        for constant in strings(ast.parse(path.read_text()))
        if re.search(r"[\u4e00-\u9fff\d”）】][!！]", str(constant.value))
    ]

    assert shouting == []


def test_files_are_short() -> None:
    long = {
        name(path): lines
        for path in modules()
        if "migrations/versions" not in name(path)
        if (lines := len(path.read_text().splitlines())) > MOST_LINES
    }

    assert long == {}


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (order_texts.STATUS, OrderStatus),
        (order_texts.OUTCOME, Outcome),
        (roster.ROLE, Role),
        (roster.ORGANISATION_KIND, OrganisationKind),
    ],
    ids=["status", "outcome", "role", "kind"],
)
def test_labels_cover_their_enumeration(
    labels: MappingProxyType[StrEnum, str], kind: type[StrEnum]
) -> None:
    assert set(labels) == set(kind)
    assert len(set(labels.values())) == len(kind)


def test_every_table_of_labels_is_complete() -> None:
    """A table that is keyed by an enumeration of the vocabulary leaves none of its members out."""
    short = {}
    for path in text_modules():
        module = import_module(name(path).removesuffix(".py").replace("/", "."))
        for title, table in vars(module).items():
            if not isinstance(table, MappingProxyType):
                continue
            kinds = {type(key) for key in table if isinstance(key, StrEnum)}
            for kind in kinds & VOCABULARY:
                if missing := set(kind) - set(table):
                    short[f"{module.__name__}.{title}"] = missing

    assert short == {}


def test_no_word_of_the_vocabulary_stands_twice() -> None:
    every = [word for group in vars(words).values() if isinstance(group, tuple) for word in group]

    assert sorted(every) == sorted(set(every))


def test_each_shown_command_is_read_by_its_own_route() -> None:
    from handlers import routes  # noqa: PLC0415 (the only test that needs the whole house)

    routed = {use.words[0]: use for use in routes.COMMANDS}
    misread = {
        word: [other for other, use in routed.items() if use.read(word) and other != word]
        for word in routed
    }

    assert {word: others for word, others in misread.items() if others} == {}
