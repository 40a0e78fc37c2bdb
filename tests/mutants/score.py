"""Mutation testing by mutmut: changes every function of some modules in small ways, and tells what no test noticed.

`python -m tests.mutants.score PATH ...` with modules or folders; without any, the rooms of ROOMS. mutmut works in a
copy of the tree, so that nothing is left behind here. It is shown the tests of the room and those that import a module;
of these each mutant meets those that reach its function (`noticing` counts them), the quickest first.
`--functions N` draws that many functions of the modules, the same for the same `--seed`, and mutates these alone: whole
rooms take hours. `--tree DIR` keeps the copy: a call that was ended goes on there, and with `--again` what no test
noticed is tried again by the tests as they are now. Exit 1 where the score is below the limit.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.noticing import HITS
from tests.mutants.plant import ONE_THREAD, ROOT, copied

ROOMS = tuple(f"engine/{room}" for room in ("curation", "generation", "knowledge", "learning", "export"))
LEAST = 0.80
MUTMUT = (sys.executable, "-m", "mutmut")
MARKS = "not slow and not models and not browser and not real_data"
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
CHANGED = frozenset(("staticmethod", "classmethod"))
"""Decorators that mutmut sees through; it leaves functions with others as they are."""
NOTICED = frozenset(("killed", "timeout", "segfault", "caught by type check"))
ELSEWHERE = ("tests/browser", "tests/pages", "tests/mutants", "tests/support", "tests/bench")
"""Tests that are too far from a module to be its tests."""
COUNTING = """

import os, sys
if os.environ.get("MUTANT_UNDER_TEST") == "stats" and "mutmut" not in sys.modules:
    import tests.mutants.workers
"""
"""What the copy's `engine/__init__.py` ends with, so that workers of a test say what they call."""


def modules(paths: Sequence[str]) -> list[str]:
    """Return the modules under some paths, relative to the tree; what is no module, or gone, is passed over."""
    every = [file for path in paths for file in (sorted((ROOT / path).rglob("*.py")) or [ROOT / path])]
    return [
        str(file.relative_to(ROOT)) for file in every if file.suffix == ".py" and file.is_file() and file.stat().st_size
    ]


def tests_of(module: str) -> list[str]:
    """Return the tests of a module's room, and the test files elsewhere that import the module."""
    package, name = str(Path(module).parent).replace("/", "."), Path(module).stem
    imports = re.compile(
        rf"^\s*(from {re.escape(package)}\.{name} import|import {re.escape(package)}\.{name}\b"
        rf"|from {re.escape(package)} import (\([^)]*|[^#\n]*)\b{name}\b)",
        re.MULTILINE,
    )
    room = f"tests/{Path(module).parts[1]}"
    near = [
        file
        for file in sorted((ROOT / "tests").rglob("test_*.py"))
        if not str(file.relative_to(ROOT)).startswith((*ELSEWHERE, f"{room}/"))
    ]
    return [room, *(str(file.relative_to(ROOT)) for file in near if imports.search(file.read_text(encoding="utf-8")))]


def configured(tree: Path, wanted: Sequence[str], tests: Sequence[str]) -> None:
    """Write what mutmut is to do into the copy's own pyproject.toml."""
    lines = {
        "source_paths": ["engine"],
        "only_mutate": list(wanted),
        "also_copy": ["studio", "pages", "assets", "data", ".streamlit"],
        "pytest_add_cli_args": ["-m", MARKS, "-p", "no:cacheprovider", "-p", "tests.mutants.noticing"],
        "pytest_add_cli_args_test_selection": list(tests),
        # Each mutant starts from a process that has run no test: what a cache holds would hide it.
        "process_isolation": "forkserver",
        # `noticing` ends what hangs, by what tests take with their fixtures, of which mutmut knows nothing.
        "timeout_constant": 600.0,
    }
    body = "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())
    path = tree / "pyproject.toml"
    sound = path.read_text(encoding="utf-8")
    path.write_text(f"{sound}\n[tool.mutmut]\n{body}use_git_change_detection = false\n", encoding="utf-8")
    with (tree / "engine" / "__init__.py").open("a", encoding="utf-8") as file:
        file.write(COUNTING)


def functions(module: str) -> list[str]:
    """Return the functions and methods of a module that mutmut changes, by its names for them."""
    dotted = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    body = ast.parse((ROOT / module).read_text(encoding="utf-8")).body
    found = [f"x_{one.name}" for one in body if isinstance(one, FUNCTION) and _changed(one)]
    for one in body:
        if isinstance(one, ast.ClassDef):
            found += [f"xǁ{one.name}ǁ{way.name}" for way in one.body if isinstance(way, FUNCTION) and _changed(way)]
    return [f"{dotted}.{name}" for name in found]


def _changed(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    names = [one.id if isinstance(one, ast.Name) else "" for one in function.decorator_list]
    return len(names) < 2 and CHANGED.issuperset(names)


def drawn(wanted: Sequence[str], count: int, seed: int) -> dict[str, str]:
    """Return functions of some modules with their modules, drawn without preference; more of them hold the fewer.

    The place of each depends on its name alone, so that functions that come and go leave the rest of the sample.
    """
    every = {name: module for module in wanted for name in functions(module)}
    order = sorted(every, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())
    return {name: every[name] for name in order[:count]}


@contextmanager
def _tree(kept: Path | None) -> Iterator[Path]:
    """Give the place of the copy; one that is kept is there already the second time, with other tests now."""
    if kept is None:
        with tempfile.TemporaryDirectory(prefix="lemma-mutants-") as place:
            yield Path(place)
        return
    if (kept / "tests").exists():
        shutil.copytree(ROOT / "tests", kept / "tests", dirs_exist_ok=True)
    kept.mkdir(parents=True, exist_ok=True)
    yield kept.resolve()


def _told(tree: Path, *words: str) -> str:
    return subprocess.run([*MUTMUT, *words], cwd=tree, capture_output=True, text=True, check=False).stdout


def _states(tree: Path, only: Mapping[str, str]) -> dict[str, str]:
    """Return what became of each mutant: of all, or of those of some functions."""
    said = dict(re.findall(r"^\s*(\S+): (.+)$", _told(tree, "results", "--all", "true"), re.MULTILINE))
    return {name: state for name, state in said.items() if not only or name.rpartition("__mutmut_")[0] in only}


def mutate(
    tree: Path,
    wanted: Sequence[str],
    only: Mapping[str, str],
    children: int,
    tests: Sequence[str] = (),
    again: bool = False,
) -> tuple[int, dict[str, str]]:
    """Have mutmut change `only` these functions, or all of the modules, but for what an earlier call has tried."""
    mutants, hits = tree / "mutants", tree / "hits"
    if mutants.exists():
        before = _states(tree, only)
        names = [name for name, state in before.items() if state == "not checked" or (again and state not in NOTICED)]
        if not names:
            return 0, before
    else:
        copied(tree)
        wanted = sorted(set(only.values())) or wanted
        configured(tree, wanted, tests or sorted({test for one in wanted for test in tests_of(one)}))
        # Without the number of a mutant, so that mutmut knows the tests of the function by the same words.
        names = [f"{name}*" for name in only]
        # Python does not look again into a folder of its path that was not there when it began.
        mutants.mkdir()
        hits.mkdir()
    # No process takes what it imports from where it stands: workers find the mutants, too.
    inside = {"PYTHONPATH": str(mutants), "PYTHONSAFEPATH": "1", HITS: str(hits), **ONE_THREAD}
    command = [*MUTMUT, "run", "--max-children", str(children), *names]
    ended = subprocess.run(command, cwd=tree, env={**os.environ, **inside}, check=False).returncode
    return ended, _states(tree, only)


def main(arguments: Sequence[str] | None = None) -> int:
    """Mutate what is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", default=ROOMS, help="Modules or folders.")
    parser.add_argument("--least", type=float, default=LEAST, help="Lowest score that passes.")
    parser.add_argument("--functions", type=int, help="How many functions are drawn; all where it is not given.")
    parser.add_argument("--seed", type=int, default=0, help="What decides which are drawn.")
    parser.add_argument("--tree", type=Path, help="Folder of the copy, kept for a second look.")
    parser.add_argument("--again", action="store_true", help="Try again what no test noticed.")
    parser.add_argument("--tests", nargs="*", default=(), help="Tests to show, where not all of the room.")
    parser.add_argument("--children", type=int, default=2, help="Mutants at a time.")
    asked = parser.parse_args(arguments)
    wanted = modules(asked.paths)
    if not wanted:
        print("no module is there to be mutated")
        return 0
    only = drawn(wanted, asked.functions, asked.seed) if asked.functions else {}
    with _tree(asked.tree) as tree:
        ended, states = mutate(tree, wanted, only, asked.children, asked.tests, asked.again)
        for name, state in states.items():
            if state not in NOTICED:
                print(_told(tree, "show", name).strip() if state == "survived" else f"# {name}: {state}", flush=True)
        unfit = tree / "mutants" / "unfit.txt"
        lost = unfit.read_text(encoding="utf-8").split("\n")[:-1] if unfit.exists() else []
    if not states:
        print(f"mutmut made no mutants and ended with {ended}")
        return 1
    print(summary(states, lost))
    return int(_score(states) < asked.least)


def summary(states: Mapping[str, str], lost: Sequence[str]) -> str:
    """Say what came of the mutants, and which tests could not be asked."""
    counts = Counter(states.values())
    told = ", ".join(f"{count} {state}" for state, count in counts.most_common())
    names = {name.rpartition("__mutmut_")[0] for name in states}
    noticed = sum(state in NOTICED for state in states.values())
    lines = [f"not asked, since they fail in a copy without any mutant: {', '.join(lost)}"] if lost else []
    lines += [f"{len(names)} functions, {len(states)} mutants: {told}"]
    return "\n".join([*lines, f"{noticed} of {len(states)} mutants were noticed: {_score(states):.2f}"])


def _score(states: Mapping[str, str]) -> float:
    return sum(state in NOTICED for state in states.values()) / len(states)


if __name__ == "__main__":
    sys.exit(main())
