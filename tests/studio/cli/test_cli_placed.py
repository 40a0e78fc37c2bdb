"""`--project` is taken in every position, by every command: before it, behind it, between its words and options."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import typer.main

from engine.core.project import create
from studio.cli import main
from studio.cli.lazy_group import take


def _commands() -> Iterator[tuple[str, ...]]:
    """Every command as it is typed: the words of the table, and of a group each of its own."""
    for entry in main.COMMANDS:
        found = take(entry)
        inner = getattr(found, "commands", {})
        if not inner or found.invoke_without_command:
            yield (entry.name,)
        yield from ((entry.name, name) for name in inner)


COMMANDS = list(_commands())
PLACES = (
    "P words",
    "words P",
    "first P rest",
    "P= words",
    "words P=",
    "first P= rest",
    "--json P words",
    "P --json words",
)
"""Where the project stands: P is `--project DIR`, P= is `--project=DIR`; first and rest are the words of a command."""


def _typed(words: tuple[str, ...], place: str, project: Path, needed: list[str]) -> list[str]:
    parts = {
        "P": ["--project", str(project)], "P=": [f"--project={project}"], "words": list(words), "first": [words[0]],
        "rest": list(words[1:]), "--json": ["--json"],
    }  # fmt: skip
    return [word for part in place.split() for word in parts[part]] + needed


def _command(words: tuple[str, ...]) -> Any:
    found = take(next(entry for entry in main.COMMANDS if entry.name == words[0]))
    return found.commands[words[1]] if len(words) == 2 else found


def _needed(command: Any) -> list[str]:
    """What must be given to a command besides, as words: some value for each argument and option that is required."""
    found: list[str] = []
    for parameter in command.params:
        if parameter.required:
            kind = parameter.bare_type
            named = [one.value for one in kind] if isinstance(kind, type) and issubclass(kind, Enum) else []
            shown = str(parameter.metavar or "")
            value = str(named[0]) if named else shown.split("|")[0] if "|" in shown else "1"
            found += [parameter.opts[0], value] if parameter.param_type_name == "option" else [value]
    return found


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_is_given_its_project_wherever_it_stands(tmp_path: Path, words: tuple[str, ...], place: str) -> None:
    """What the command line hands to the command is looked at, as its own parser reads it."""
    command = _command(words)
    if "--json" in place and not any("--json" in parameter.opts for parameter in command.params):
        pytest.skip("the command prints no JSON")
    ready = main.placed(_typed(words, place, tmp_path, _needed(command)))
    assert tuple(ready[: len(words)]) == words
    context = command.make_context(words[-1], ready[len(words) :])
    assert context.params["project"] == tmp_path
    assert context.params.get("json", False) == ("--json" in place)


NEED_NONE = (("doctor",), ("bench",), ("engines", "discover"), ("engines", "lineup"), ("evaluate", "quality"))
"""Commands that do something sensible without a project."""


@pytest.mark.parametrize("place", ["P words", "words P", "first P rest"])
@pytest.mark.parametrize("words", [words for words in COMMANDS if words not in (("init",), ("studio",))], ids=" ".join)
def test_no_command_calls_it_wrong_usage(tmp_path: Path, command: Any, words: tuple[str, ...], place: str) -> None:
    """On a folder that is no project a command says that, or what else it lacks; none knows no `--project`."""
    nowhere = tmp_path / "nowhere"
    said = command(*_typed(words, place, nowhere, _needed(_command(words))))
    assert "No such option" not in said.err
    assert said.code != 2 or "--project" not in said.err
    assert said.code or words in NEED_NONE


def test_groups_are_the_commands_that_have_commands() -> None:
    assert {words[0] for words in COMMANDS if len(words) == 2} == main.GROUPS | main.BOTH
    assert {words[0] for words in COMMANDS if len(words) == 1} & main.GROUPS == set()


@pytest.mark.parametrize("place", ["P words", "words P", "P="])
def test_a_project_is_made_where_it_is_named(tmp_path: Path, command: Any, place: str) -> None:
    folder = tmp_path / "made"
    words = {"P words": ("--project", folder, "init"), "words P": ("init", "--project", folder), "P=": ("init", folder)}
    assert command(*words[place], "--json").values["project"] == str(folder)


def test_two_folders_for_one_project_are_wrong_usage(tmp_path: Path, command: Any) -> None:
    assert command("init", tmp_path / "a", "--project", tmp_path / "b").code == 2
    assert command("init").code == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [("{p}", "decide", "X", "approve"), ("decide", "{p}", "X", "approve"), ("decide", "X", "{p}", "approve"),
     ("decide", "X", "approve", "{p}"), ("decide", "X", "approve", "--reason", "r", "{p}"),
     ("decide", "--reason", "r", "{p}", "X", "approve")],
)  # fmt: skip
def test_a_project_stands_between_arguments_and_options_too(
    tmp_path: Path, command: Any, words: tuple[str, ...]
) -> None:
    home = create(tmp_path / "project").root
    given = [part for word in words for part in (("--project", home) if word == "{p}" else (word,))]
    said = command(*given)
    assert said.code == 1
    assert "X" in said.err


@pytest.mark.parametrize(
    "words", [("--project", "{p}"), ("engines", "--project", "{p}"), ("train", "--project", "{p}", "--help")]
)
def test_without_a_command_the_list_of_commands_is_shown(tmp_path: Path, command: Any, words: tuple[str, ...]) -> None:
    said = command(*(str(tmp_path) if word == "{p}" else word for word in words))
    assert "No such option" not in said.err
    assert "Usage" in said.out + said.err
    assert isinstance(typer.main.get_command(main.app), typer.main.TyperGroup)
