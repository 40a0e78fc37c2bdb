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
from engine.generation import agents, judges, solvers

ROOT = Path(__file__).resolve().parents[1]
FAMILIES = {agents: agents.AGENTS, judges: judges.JUDGES, solvers: solvers.SOLVING, knowledge: knowledge.KNOWLEDGE}


def test_import_directions_hold():
    run = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def _prompts(module):
    """The prompts of a plug-in: one, several, or none where it works by rule."""
    return (module.PROMPT,) if hasattr(module, "PROMPT") else module.PROMPTS


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.__name__)
def test_every_plugin_is_listed_documented_and_prompted(family):
    folder = Path(family.__file__).parent
    prompts = {path.stem for path in (folder / "prompts").glob("*.txt")}
    listed = [prompt for module in FAMILIES[family] for prompt in _prompts(module)]
    own = family.__name__.split(".")[1]
    assert sorted(listed) == sorted(f"{own}/{stem}" for stem in prompts), "each prompt belongs to one listed module"
    assert all(module.__doc__ for module in FAMILIES[family])


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.__name__)
def test_every_module_that_asks_is_in_its_registry(family):
    """A module that names a PROMPT but is not listed would never be shown, documented or tested."""
    folder = Path(family.__file__).parent
    asking = {
        path.stem
        for path in folder.glob("*.py")
        if re.search(r"^PROMPTS?\b.* = ", path.read_text(encoding="utf-8"), re.M)
    }
    listed = {module.__name__.rsplit(".", 1)[1] for module in FAMILIES[family]}
    assert asking == listed


def _python_files(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


@pytest.mark.parametrize("path", _python_files("engine", "studio"), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_function_runs_over_sixty_lines(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno - node.lineno <= 60, f"{path}:{node.lineno} {node.name}"


def test_the_engine_imports_without_streamlit_torch_or_a_database():
    """The Python surface must be usable in a notebook or on a GPU box without the studio."""
    code = (
        "import sys, engine.planning.run_in_process, engine.verification.answers\n"
        "import engine.knowledge.graph, engine.curation.policy\n"
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
