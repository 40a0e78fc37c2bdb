"""The one table of programs: complete, typed like the plans, lazily imported, and found under its older names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from engine.core.settings import Recipe
from engine.execution.programs import DEFAULT, PROGRAMS, programs
from engine.runs import launcher
from engine.runs.plan import MapPlan, Plan, RunKind, save_plan

CLASSES = {cls.model_fields["kind"].default: cls for cls in get_args(get_args(Plan)[0])}
OLDER = ("engine.pipeline:PROGRAMS", "engine.rounds:PROGRAMS")
"""Names of tables in launch commands of runs that can still be resumed."""


@pytest.mark.parametrize("kind", get_args(RunKind))
def test_every_kind_has_a_program_that_takes_its_plan(kind):
    """The table names modules, so nobody but this test holds a program to the plan that it will be given."""
    hints = get_type_hints(PROGRAMS[kind].load())
    first = next(iter(hints.values()))
    assert first is CLASSES[kind]


def test_the_table_has_no_other_kinds():
    assert set(PROGRAMS) == set(get_args(RunKind))


def test_the_table_imports_no_program():
    code = (
        "import sys, engine.execution.programs\n"
        "print([name for name in sys.modules if name.startswith(('engine.pipeline', 'engine.learning.rounds', 'engine.plann'))])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("where", OLDER)
def test_older_names_lead_to_the_same_table(where):
    assert programs(where) is programs(DEFAULT)


@pytest.mark.parametrize("where", ["", *OLDER])
def test_a_worker_finds_its_program_by_every_name(where, tmp_path):
    """A run that was launched under an older name is resumed by the very command that launched it."""
    run_dir: Path = tmp_path / "map-0001"
    save_plan(run_dir, MapPlan(id="map-0001", recipe=Recipe(name="gsdp", title="t", roles={})))
    status = launcher.run_foreground(run_dir, lambda status: None, every=0.05, programs=where)
    assert (status.state, status.reason) == ("finished", "")
