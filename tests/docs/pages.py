"""Reads the project's pages: their tables, code blocks, links and code spans."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RECORDS = sorted((ROOT / "docs" / "adr").glob("*.md"))
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))

_BLOCK = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)\n(?P<body>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE
)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SERVICES = ("serve", "worker", "scheduler")


def section(page: str, heading: str) -> str:
    """Give what stands under a second-level heading."""
    found = re.search(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE
    )
    assert found, f"no section {heading}"
    return found[1]


def rows(part: str) -> list[tuple[str, ...]]:
    """Give the cells of every table row of a part, without heads and rules."""
    lines = part.splitlines()
    cells = [
        tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
        if line.startswith("|") and not following.startswith("|--")
    ]
    return [row for row in cells if set("".join(row)) - set("-")]


def spans(text: str) -> list[str]:
    """Give the code spans of a text."""
    return _SPAN.findall(text)


def blocks(page: str, language: str) -> list[str]:
    """Give the bodies of a page's code blocks in one language."""
    return [found["body"] for found in _BLOCK.finditer(page) if found["language"] == language]


def links(page: str) -> list[str]:
    """Give the targets of a page's links that stay inside the project."""
    return [target for target in _LINK.findall(page) if "://" not in target]


def anchors(page: str) -> set[str]:
    """Give the names by which links reach the headings of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _BLOCK.sub("", page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def shell_lines(page: str) -> list[list[str]]:
    """Give the words of every command that a page shows in a block, without comments."""
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def without_user(words: list[str]) -> list[str]:
    """Give a command without the ``sudo -u USER`` before it."""
    return words[3:] if words[:2] == ["sudo", "-u"] else words


def _of_the_program(words: list[str]) -> list[str]:
    """Give the use of the program in a command, however it is started; nothing for others."""
    words = without_user(words)
    if words[:3] == ["docker", "compose", "run"]:
        service = next(word for word in words if word in _SERVICES)
        return ["jinlin", *words[words.index(service) + 1 :]]
    program, *rest = words
    return ["jinlin", *rest] if program in {"jinlin", ".venv/bin/jinlin"} else []


def jinlin_lines(page: str) -> list[str]:
    """Give every use of the program that a page shows, in a block or a span, without comments."""
    shown = shell_lines(page)
    shown += [span.split() for span in spans(_BLOCK.sub("", page)) if "jinlin " in span]
    return [shlex.join(use) for words in shown if (use := _of_the_program(words))]
