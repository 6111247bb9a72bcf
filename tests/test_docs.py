"""The documents name everything there is: commands, options, settings, error codes, dependencies."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import typer.main

from digitizer.cli import app
from digitizer.errors import Code
from digitizer.settings import Settings
from digitizer.understanding.tables import default_tables

ROOT = Path(__file__).parents[1]


def verbs(group, lead=""):
    """Every command there is, those of groups too: its whole name and itself."""
    for name, command in group.commands.items():
        yield from (
            verbs(command, f"{lead}{name} ") if hasattr(command, "commands") else [(lead + name, command)]
        )


COMMANDS = dict(verbs(typer.main.get_command(app)))
OPTIONS = [
    (name, option)
    for name, command in COMMANDS.items()
    for parameter in command.params
    for option in (*parameter.opts, *parameter.secondary_opts)
    if option.startswith("--")
]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def headings(command: str) -> str:
    return " ".join(re.findall(rf"^## `digitizer {command} (.*)$", read("docs/commands.md"), re.MULTILINE))


def section(command: str) -> str:
    """The command's own section, or that of its group when that names it."""
    if " " in command and f"\n## `digitizer {command}" not in read("docs/commands.md"):
        group, verb = command.split(" ")
        found = section(group)
        return found if f"`{verb}" in found or verb in headings(group) else ""
    return read("docs/commands.md").partition(f"\n## `digitizer {command}")[2].partition("\n## ")[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_section(command):
    assert section(command), f"docs/commands.md has no section for {command}"


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_every_option_is_named_in_its_command_s_section(command, option):
    assert f"`{option}" in section(command), f"{command} {option}"


@pytest.mark.parametrize("name", sorted({row.name for row in default_tables().classes}))
def test_every_class_is_in_the_glossary(name):
    assert f"| `{name}` |" in read("docs/glossary.md")


@pytest.mark.parametrize("setting", Settings.names())
def test_every_setting_is_explained(setting):
    assert f"| `{setting}` |" in read("docs/settings.md")


def test_no_setting_is_explained_that_there_is_not():
    named = set(re.findall(r"^\| `(\w+)` \|", read("docs/settings.md"), re.MULTILINE))
    assert named == set(Settings.names())


@pytest.mark.parametrize("code", list(Code))
def test_every_error_code_is_explained(code):
    assert f"`{code.value}`" in read("docs/errors.md")


def test_every_direct_dependency_is_explained():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = [re.split(r"[\[<>=~! ;]", each)[0] for each in wanted]
    explained = read("docs/dependencies.md")
    assert [name for name in names if f"`{name}`" not in explained] == []


@pytest.mark.parametrize(
    "page", [p.relative_to(ROOT) for p in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))]
)
def test_every_link_between_documents_leads_somewhere(page):
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", read(str(page))):
        assert ((ROOT / page).parent / target).exists(), f"{page} -> {target}"


def test_every_test_that_the_table_of_faults_names_is_there():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", read("docs/reliability.md"))
    assert len(named) > 50
    assert [f"{file}::{name}" for file, name in named if f"def {name}(" not in read(file)] == []
