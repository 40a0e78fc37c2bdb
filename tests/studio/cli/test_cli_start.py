"""What a start of `lemma` costs: lists need no store, no numpy and no page; the shelf says what the commands say."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
import typer
import typer.main

from engine.core.project import create
from studio import cli
from studio.cli import main
from studio.cli.lazy_group import take

ROOT = Path(__file__).resolve().parents[3]
HEAVY = (
    "aiohttp",
    "duckdb",
    "networkx",
    "numpy",
    "pandas",
    "plotly",
    "pyarrow",
    "scipy",
    "streamlit",
    "sympy",
    "torch",
)


def _loaded(*words: str) -> set[str]:
    """Run `lemma` in a process of its own and return which of the heavy packages it loaded."""
    code = f"import sys\nfrom studio.cli.main import _run\n_run({list(words)!r}, False)\nprint('loaded', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    said, _, modules = done.stdout.rpartition("loaded ")
    assert said.strip(), "the command said nothing"
    return set(modules.split()) & set(HEAVY)


def test_help_loads_nothing_heavy():
    assert _loaded("--help") == set()


def test_a_list_of_runs_loads_nothing_heavy(tmp_path):
    project = create(tmp_path / "project")
    assert _loaded("runs", "list", "--project", str(project.root)) == set()


def test_a_command_loads_what_it_needs_and_no_page(tmp_path):
    assert _loaded("verify", "--project", str(create(tmp_path / "project").root)) & {"duckdb", "streamlit"} == {
        "duckdb"
    }


@pytest.mark.parametrize("entry", main.COMMANDS, ids=lambda entry: entry.name)
def test_the_shelf_says_what_the_command_says(entry):
    assert take(entry).help.split("\n\n")[0].replace("\n", " ") == entry.help


def test_every_command_is_on_the_shelf_once():
    family = typer.Typer()
    for path in sorted(Path(cli.__file__).parent.glob("*.py")):
        module = importlib.import_module(f"studio.cli.{path.stem}")
        if hasattr(module, "register"):
            module.register(family)
    names = [entry.name for entry in main.COMMANDS]
    assert sorted(names) == sorted(typer.main.get_group(family).commands)


def test_a_misspelt_command_is_wrong_usage_and_the_right_one_is_named(capsys):
    assert main._run(["exprot"], False) == 2
    assert "export" in capsys.readouterr().err
