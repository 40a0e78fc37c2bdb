"""The house keeps its shape: layers, explicit registries, documented members, prompts beside their modules."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from engine import knowledge
from engine.core import prompts
from engine.generation import agents, judges, solvers

ROOT = Path(__file__).resolve().parents[1]
FAMILIES = {
    "agents": agents.AGENTS,
    "judges": judges.JUDGES,
    "solving": solvers.SOLVING,
    "knowledge": knowledge.KNOWLEDGE,
}
"""Every registry of talks by the family of its prompts."""


def test_import_directions_hold():
    run = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("family", FAMILIES)
def test_every_plugin_is_documented_and_prompted(family):
    """Each prompt belongs to one entry, each entry has a name of its own and says in one line what it does."""
    entries = FAMILIES[family]
    listed = [prompt for entry in entries for prompt in entry.prompts]
    assert sorted(listed) == [name for name in prompts.hashes() if name.startswith(f"{family}/")]
    assert len({entry.name for entry in entries}) == len(entries)
    assert all(re.fullmatch(r"[A-Z].+\.", entry.summary) for entry in entries)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_module_that_asks_is_in_its_registry(family):
    """A module that names a PROMPT but is not listed would never be shown, documented or tested."""
    modules = {sys.modules[entry.talk.__module__] for entry in FAMILIES[family]}
    folders = {Path(module.__file__).parent for module in modules}
    asking = {
        path
        for folder in folders
        for path in folder.glob("*.py")
        if re.search(r"^PROMPTS?\b.* = ", path.read_text(encoding="utf-8"), re.M)
    }
    assert asking == {Path(module.__file__) for module in modules}


def test_every_prompt_lies_in_a_folder_of_its_family():
    found = {path for path in prompts.ROOT.rglob("prompts/*.txt")}
    assert found == {path for folder in prompts.FOLDERS.values() for path in (prompts.ROOT / folder).glob("*.txt")}
    assert len(prompts.hashes()) == len(found)


def _python_files(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


@pytest.mark.parametrize("path", _python_files("engine", "studio"), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_function_runs_over_sixty_lines(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno - node.lineno <= 60, f"{path}:{node.lineno} {node.name}"


MANY = {
    ("engine/curation/ds2/curated.py", "curate"): "a published method; a notebook names what it changes",
    ("engine/abacus/problem_family.py", "family"): "one row of a table, written as a decorator",
}
"""Functions that may take more than eight parameters, and why."""


def _parameters(function):
    """Names of what a caller gives; several of one kind count as none, and so does the object itself."""
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


@pytest.mark.parametrize("path", _python_files("engine", "studio"), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_function_takes_more_than_eight_parameters(path):
    """More than eight belong together in a record. Parameters of a command are its options, so it may have more."""
    place = path.relative_to(ROOT).as_posix()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (place, node.name) not in MANY:
            names = _parameters(node)
            command = place.startswith("studio/cli/") and names[-1:] == ["json"]
            assert len(names) <= 8 or command, f"{path}:{node.lineno} {node.name} takes {len(names)}"


def test_the_engine_imports_without_streamlit_torch_or_a_database():
    """The Python surface must be usable in a notebook or on a GPU box without the studio."""
    code = (
        "import sys, engine.pipeline, engine.verification.answers, engine.knowledge.graph, engine.curation.policy\n"
        "heavy = {'streamlit', 'duckdb', 'torch', 'umap', 'sentence_transformers', 'vllm', 'ray', 'trl', 'plotly'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_no_page_holds_a_class_or_sql():
    """Pages are scripts: a class in a page is a new class on every rerun."""
    for path in _python_files("pages"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)], path
        assert "duckdb" not in path.read_text(encoding="utf-8"), path


def test_every_engine_module_imports():
    for path in _python_files("engine"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if not name.endswith("__init__"):
            importlib.import_module(name)


def test_every_test_file_has_a_name_of_its_own():
    """Test folders are no packages, so two files of one name would be one module, and the second would not run."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
