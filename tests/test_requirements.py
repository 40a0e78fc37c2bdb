"""docs/requirements.md is whole and true: every id once, every way and every test that it names is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from engine.core.settings import RecipeSettings
from engine.core.settings.training import Looping
from studio.cli.lazy_group import take
from studio.cli.main import COMMANDS
from studio.navigation import ROAD

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "requirements.md"
LISTS = {"X": 8, "SC": 19, "AM": 26, "FL": 36, "GSDP": 50, "CL": 45, "CAL": 35}
"""How many requirements each list has; they are numbered from 1."""
IDS = [f"{name}-{number:02d}" for name, last in LISTS.items() for number in range(1, last + 1)]
NONE_YET = "*none yet*"


class Row(NamedTuple):
    """One line of the table."""

    ident: str
    asked: str
    way: str
    tests: str


@cache
def _rows() -> tuple[Row, ...]:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| [A-Z]+-\d", line)]
    assert all(len(row) == 4 for row in cells), [row[0] for row in cells if len(row) != 4]
    return tuple(Row(*row) for row in cells)


def _code(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def _pages(text: str) -> list[str]:
    return re.findall(r"\*\*([^*]+)\*\*", text)


@cache
def _command(name: str) -> Any:
    return take(next(one for one in COMMANDS if one.name == name))


@cache
def _tests_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _way_fault(way: str) -> str:
    """Return what is wrong with a command or setting, '' for nothing."""
    if way.startswith("lemma "):
        return _command_fault(way.split()[1:])
    section, _, name = way.partition(".")
    if section == "round":
        return "" if name in Looping.model_fields else f"a loop has no setting {name}"
    fields = RecipeSettings.model_fields
    known = section in fields and name in type(getattr(RecipeSettings(), section)).model_fields
    return "" if known else f"there is no setting {way}"


def _command_fault(words: list[str]) -> str:
    if words[0] not in {one.name for one in COMMANDS}:
        return f"there is no command {words[0]}"
    command = _command(words[0])
    plain = [word for word in words[1:] if not word.startswith("--")]
    for word in plain:
        inner = getattr(command, "commands", None)
        if inner is None:
            if not any(param.param_type_name == "argument" for param in command.params):
                return f"{command.name} takes no {word}"
            continue
        if word not in inner:
            return f"{command.name} has no {word}"
        command = inner[word]
    options = {option for param in command.params for option in param.opts}
    unknown = [word for word in words if word.startswith("--") and word not in options]
    return f"{command.name} has no {unknown[0]}" if unknown else ""


def test_every_requirement_has_exactly_one_row_in_order() -> None:
    assert [row.ident for row in _rows()] == IDS


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row.ident)
def test_a_row_names_a_way_that_is_there_and_a_test_that_is_there(row: Row) -> None:
    assert row.asked
    ways, pages = _code(row.way), _pages(row.way)
    assert ways or pages or NONE_YET in row.way, "a way, or an honest `none yet`"
    assert [fault for way in ways if (fault := _way_fault(way))] == []
    assert set(pages) <= {stop.title for stop in ROAD}
    named = _code(row.tests)
    assert named, "a requirement without a test"
    for one in named:
        file, _, name = one.partition("::")
        path = ROOT / "tests" / file
        assert path.is_file(), file
        assert name.startswith("test_"), one
        assert name in _tests_in(path), f"{file} has no {name}"


@pytest.mark.parametrize(
    ("way", "fault"),
    [
        ("lemma fly", "no command fly"),
        ("lemma engines fly", "engines has no fly"),
        ("lemma run gsdp --fly", "run has no --fly"),
        ("lemma report figures", "report takes no figures"),
        ("judging.fly", "no setting judging.fly"),
        ("fly.keep", "no setting fly.keep"),
        ("round.fly", "no setting fly"),
        ("lemma run gsdp --set", ""),
        ("lemma evaluate quality --data", ""),
        ("judging.weights", ""),
        ("round.replay", ""),
    ],
)
def test_a_way_that_is_not_there_is_found(way: str, fault: str) -> None:
    """The table's own test can fail."""
    assert (fault in _way_fault(way)) if fault else _way_fault(way) == ""
