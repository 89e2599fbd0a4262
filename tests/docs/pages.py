"""Reads the project's pages: their tables, code blocks, links and code spans."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RECORDS = sorted((ROOT / "docs" / "adr").glob("*.md"))
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))

_BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


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


def jinlin_lines(page: str) -> list[str]:
    """Give every use of the program that a page shows, in a block or a span, without comments."""
    shown = [line for block in blocks(page, "sh") for line in block.splitlines()]
    shown += spans(_BLOCK.sub("", page))
    lines = [line.partition("#")[0].strip().removeprefix(".venv/bin/") for line in shown]
    return [line for line in lines if line == "jinlin" or line.startswith("jinlin ")]
