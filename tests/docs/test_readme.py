import re
from typing import Any

import pytest
import typer.main
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot import config
from bot.cli import app
from bot.config import ENVIRONMENT_PREFIX, Account, Community, Replies, Settings
from handlers import routes
from handlers.rules.permissions import EVERYONE, GRANTS
from handlers.texts import words
from handlers.texts.reading import SKIP
from storage.vocabulary import Role
from tests.dialogues.test_story import STORY
from tests.docs.pages import README, ROOT, rows, section, spans

LONGEST = 150
REQUIRED, EMPTY = "必填", "空"
SPEAKERS = {"王阿姨": "wang", "陈书记": "chenshuji", "张三": "zhangsan"}
ALLOWED = {
    "大家": EVERYONE,
    "党员": GRANTS[Role.MEMBER],
    "书记": GRANTS[Role.SECRETARY],
}
CONTROL_WORDS = {words.CANCEL[0], words.BACK[0], words.RESUME[0], words.MORE[0], "跳过"}


def default(field: FieldInfo) -> str:
    if field.is_required():
        return REQUIRED
    return f"`{field.default}`" if field.default else EMPTY


def keys(table: str, model: type[BaseModel]) -> dict[str, str]:
    return {f"`{table}.{key}`": default(field) for key, field in model.model_fields.items()}


def test_the_settings_table_names_every_setting_with_its_default() -> None:
    variables = {
        f"`{ENVIRONMENT_PREFIX}{name.upper()}`": default(field)
        for name, field in Settings.model_fields.items()
        if name not in config.TABLES
    }
    tables = keys("community", Community) | keys("accounts", Account) | keys("replies", Replies)
    expected = variables | tables | {"`menu`": EMPTY, "`calendar`": EMPTY}
    table = rows(section(README, "设置"))
    assert {name: shown for name, shown, _ in table} == expected
    assert len(table) == len(expected)


def test_every_setting_has_a_meaning() -> None:
    assert [name for name, _, meaning in rows(section(README, "设置")) if not meaning] == []


def commands(group: Any, before: str = "jinlin") -> dict[str, list[str]]:  # noqa: ANN401 (typer has a click of its own)
    found: dict[str, list[str]] = {}
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found |= commands(command, f"{before} {name}")
            continue
        options = [
            option
            for parameter in command.params
            if parameter.param_type_name == "option"
            for option in parameter.opts
        ]
        found[f"{before} {name}"] = [option for option in options if option != "--help"]
    return found


def test_the_table_of_commands_is_the_command_line() -> None:
    table = {
        spans(command)[0]: spans(options) for command, options, _ in rows(section(README, "命令行"))
    }
    assert table == commands(typer.main.get_command(app))


def transcript() -> list[tuple[str, str, str]]:
    block = re.search(r"```text\n(.*?)```", section(README, "说起来是这样"), re.DOTALL)
    assert block
    turns: list[tuple[str, str, str]] = []
    for line in block[1].splitlines():
        if line.startswith("  "):
            sender, said, answered = turns[-1]
            turns[-1] = (sender, said, f"{answered}\n{line[2:]}".lstrip("\n"))
        else:
            name, _, said = line.partition("：")
            turns.append((SPEAKERS[name], said, ""))
    return turns


def test_the_transcript_is_what_the_story_test_hears() -> None:
    shown = transcript()
    assert shown == [turn for turn in STORY if turn in shown]
    assert {sender for sender, _, _ in shown} == {sender for sender, _, _ in STORY}


def sayings() -> list[tuple[str, str]]:
    return [
        (who, saying)
        for who, said, _ in rows(section(README, "能说什么"))
        for saying in spans(said)
    ]


def test_whatever_can_be_said_stands_in_the_table_of_words() -> None:
    routed = {command.words[0] for command in routes.COMMANDS}
    routed |= {conversation.keywords[0] for conversation in routes.CONVERSATIONS}
    assert {saying.split()[0] for _, saying in sayings()} == routed | CONTROL_WORDS
    assert "跳过" in SKIP


@pytest.mark.parametrize("saying", [saying for _, saying in sayings()])
def test_every_saying_of_the_table_is_understood(saying: str) -> None:
    readers = [command.read for command in routes.COMMANDS]
    readers += [conversation.read for conversation in routes.CONVERSATIONS]
    assert saying in CONTROL_WORDS or any(read(saying) is not None for read in readers)


def test_every_saying_stands_in_a_row_of_people_who_may_say_it() -> None:
    needed = {command.words[0]: command.permission for command in routes.COMMANDS}
    needed |= {each.keywords[0]: each.permission for each in routes.CONVERSATIONS}
    routed = [(who, saying, needed.get(saying.split()[0])) for who, saying in sayings()]
    wrong = [(who, saying) for who, saying, right in routed if right and right not in ALLOWED[who]]
    assert wrong == []


def test_the_words_of_the_glossary_are_the_words_of_the_code() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("handlers", "storage")
        for path in (ROOT / folder).rglob("*.py")
    )
    glossary = rows((ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8"))
    named = [word for _, *cells in glossary for word in spans(" ".join(cells))]
    assert len(named) > len(glossary)
    assert [word for word in named if not re.search(rf"\b{word}\b", code)] == []


def test_the_map_names_folders_and_files_that_are_there() -> None:
    missing: list[str] = []
    for where, what in rows(section(README, "代码地图")):
        folders = spans(where)
        missing += [folder for folder in folders if not (ROOT / folder).is_dir()]
        missing += [
            name
            for name in spans(what)
            if not any(
                (base / name).exists() for base in (ROOT, *(ROOT / each for each in folders))
            )
            and not (ROOT / "handlers" / name).exists()
        ]
    assert missing == []


def test_every_folder_of_code_is_on_the_map() -> None:
    named = {
        span.split("/")[0]
        for where, _ in rows(section(README, "代码地图"))
        for span in spans(where)
    }
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert named == packages


def test_the_readme_stays_short() -> None:
    assert len(README.splitlines()) <= LONGEST


def test_every_make_command_shown_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    promised = re.findall(r"(?:^|`)make (\w+)", README, re.MULTILINE)
    assert {"demo", "test", "install"} <= set(promised)
    assert [name for name in promised if not re.search(rf"^{name}:", makefile, re.MULTILINE)] == []
