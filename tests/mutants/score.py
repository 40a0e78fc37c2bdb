"""Mutation testing by mutmut: changes every function of some modules in small ways, and tells what no test noticed.

`python -m tests.mutants.score PATH ...` with modules or folders; without any, the rooms of ROOMS. mutmut works in a
copy of the tree, so that nothing is left behind here. The tests of a module are those files that import it; where none
does, those of its room. `--functions N` draws that many functions of the modules, the same for the same `--seed`, and
mutates these alone: whole rooms take hours. Exit 1 where the score is below the limit.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.plant import ROOT, copied

ROOMS = tuple(f"engine/{room}" for room in ("curation", "generation", "knowledge", "learning", "export"))
LEAST = 0.80
MUTMUT = (sys.executable, "-m", "mutmut")
MARKS = "not slow and not models and not browser and not real_data"
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
NOTICED = frozenset(("killed", "timeout", "segfault", "caught by type check"))
ELSEWHERE = ("tests/browser", "tests/pages", "tests/mutants", "tests/support", "tests/bench")
"""Tests that are too far from a module to be its tests."""


def modules(paths: Sequence[str]) -> list[str]:
    """Return the modules under some paths, relative to the tree; what is no module, or gone, is passed over."""
    every = [file for path in paths for file in (sorted((ROOT / path).rglob("*.py")) or [ROOT / path])]
    return [
        str(file.relative_to(ROOT)) for file in every if file.suffix == ".py" and file.is_file() and file.stat().st_size
    ]


def tests_of(module: str) -> list[str]:
    """Return the test files that import a module; those of its room where none does."""
    package, name = str(Path(module).parent).replace("/", "."), Path(module).stem
    imports = re.compile(
        rf"^\s*(from {re.escape(package)}\.{name} import|import {re.escape(package)}\.{name}\b"
        rf"|from {re.escape(package)} import (\([^)]*|[^#\n]*)\b{name}\b)",
        re.MULTILINE,
    )
    near = [
        file
        for file in sorted((ROOT / "tests").rglob("test_*.py"))
        if not str(file.relative_to(ROOT)).startswith(ELSEWHERE)
    ]
    found = [str(file.relative_to(ROOT)) for file in near if imports.search(file.read_text(encoding="utf-8"))]
    return found or [f"tests/{Path(module).parts[1]}"]


def configured(tree: Path, wanted: Sequence[str]) -> None:
    """Write what mutmut is to do into the copy's own pyproject.toml."""
    tests = sorted({test for module in wanted for test in tests_of(module)})
    lines = {
        "source_paths": ["engine"],
        "only_mutate": list(wanted),
        "also_copy": ["studio", "pages", "assets", "data", ".streamlit"],
        "pytest_add_cli_args": ["-m", MARKS, "-p", "no:cacheprovider"],
        "pytest_add_cli_args_test_selection": tests,
    }
    body = "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())
    path = tree / "pyproject.toml"
    sound = path.read_text(encoding="utf-8")
    path.write_text(f"{sound}\n[tool.mutmut]\n{body}use_git_change_detection = false\n", encoding="utf-8")


def functions(module: str) -> list[str]:
    """Return the functions and methods of a module as patterns of mutmut's names for their mutants."""
    dotted = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    body = ast.parse((ROOT / module).read_text(encoding="utf-8")).body
    found = [f"x_{one.name}" for one in body if isinstance(one, FUNCTION)]
    classes = [one for one in body if isinstance(one, ast.ClassDef)]
    found += [f"xǁ{one.name}ǁ{way.name}" for one in classes for way in one.body if isinstance(way, FUNCTION)]
    return [f"{dotted}.{name}__mutmut_*" for name in found]


def drawn(wanted: Sequence[str], count: int, seed: int) -> list[str]:
    """Return functions of some modules, drawn without preference; all of them where there are no more."""
    every = [name for module in wanted for name in functions(module)]
    return sorted(random.Random(seed).sample(every, min(count, len(every))))


def _told(tree: Path, *words: str) -> str:
    return subprocess.run([*MUTMUT, *words], cwd=tree, capture_output=True, text=True, check=False).stdout


def main(arguments: Sequence[str] | None = None) -> int:
    """Mutate what is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", default=ROOMS, help="Modules or folders.")
    parser.add_argument("--least", type=float, default=LEAST, help="Lowest score that passes.")
    parser.add_argument("--functions", type=int, help="How many functions are drawn; all where it is not given.")
    parser.add_argument("--seed", type=int, default=0, help="What decides which are drawn.")
    asked = parser.parse_args(arguments)
    wanted = modules(asked.paths)
    if not wanted:
        print("no module is there to be mutated")
        return 0
    with tempfile.TemporaryDirectory(prefix="lemma-mutants-") as place:
        tree = copied(Path(place))
        configured(tree, wanted)
        only = drawn(wanted, asked.functions, asked.seed) if asked.functions else []
        ended = subprocess.run([*MUTMUT, "run", "--max-children", "2", *only], cwd=tree, check=False).returncode
        states = dict(re.findall(r"^\s*(\S+): (.+)$", _told(tree, "results", "--all", "true"), re.MULTILINE))
        states = {name: state for name, state in states.items() if not only or state != "not checked"}
        for name, state in states.items():
            if state not in NOTICED:
                print(_told(tree, "show", name).strip() if state == "survived" else f"# {name}: {state}", flush=True)
    if not states:
        print(f"mutmut made no mutants and ended with {ended}")
        return 1
    noticed = sum(state in NOTICED for state in states.values())
    score = noticed / len(states)
    print(f"{noticed} of {len(states)} mutants were noticed: {score:.2f}")
    return int(score < asked.least)


if __name__ == "__main__":
    sys.exit(main())
