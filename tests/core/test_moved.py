"""Old import paths of the public surface still work, are the very modules of today, and say where they are."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from engine.core.moved import MOVED, new_name

CALLS = {
    "engine.answers": ("extract_answer", "equivalent"),
    "engine.knowledge.graph": ("KnowledgeGraph",),
    "engine.knowledge.filter": ("group_points",),
    "engine.curation.transition": ("estimate",),
    "engine.curation": ("curate", "long_tail", "rank"),
    "engine.curation.strategies": ("STRATEGIES",),
    "engine.curation.agreement": ("table",),
    "engine.checks.contamination": ("find",),
    "engine.checks.duplicates": ("find",),
    "engine.training.replay": ("select",),
    "engine.pipeline": ("run",),
    "engine.store": ("Store",),
    "engine.records": ("Seed",),
}
"""The Python calls that notebooks may rely on, under the paths they had before the rooms."""


def _fresh(code: str) -> str:
    """Run code in a process of its own, where nothing was imported yet; warnings go to what is returned."""
    done = subprocess.run([sys.executable, "-W", "always", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_every_public_call_is_found_under_its_old_path():
    lines = [f"from {module} import {', '.join(names)}" for module, names in CALLS.items()]
    said = _fresh("\n".join([*lines, "from engine.checks import contamination, duplicates"]))
    assert "engine.answers is engine.verification.answers now." in said
    assert "engine.checks.duplicates is engine.similarity.duplicates now." in said


def test_an_old_name_is_the_same_module_and_not_a_second_one():
    code = "import engine.answers, engine.verification.answers as new; print(engine.answers is new, new.__spec__.name)"
    assert _fresh(code).splitlines()[0] == "True engine.verification.answers"


@pytest.mark.parametrize("old", MOVED)
def test_every_line_of_the_table_leads_somewhere(old: str):
    assert importlib.import_module(MOVED[old])
    assert new_name(f"{old}.x.y") == f"{MOVED[old]}.x.y"


def test_names_that_never_moved_are_left_alone():
    assert new_name("engine.store.runs") is None
    assert new_name("engine") is None
    assert new_name("enginex.answers") is None


def test_a_worker_queued_under_its_old_name_starts():
    done = subprocess.run([sys.executable, "-m", "engine.worker", "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "run directory" in done.stdout
