"""Plants the faults of `catalogue.toml` one at a time in a copy of the tree, and tells which tests stay green.

`python -m tests.mutants.plant [ID ...]` runs, for each fault, the tests that must fail with it. Exit 1 where one stays
green, or cannot be run at all. Each line says how long the fault took, and what is left of the whole.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = Path(__file__).with_name("catalogue.toml")
CARRIED = (
    "engine",
    "studio",
    "pages",
    "tests",
    "assets",
    "data/seeds",
    "data/taxonomy",
    ".streamlit",
    "pyproject.toml",
)
"""What the tests read of the tree."""
SECONDS = 900
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""On a busy machine threads of arithmetic spend their time on waiting for each other."""
Colour = Literal["red", "green", "broken"]


@dataclass(frozen=True)
class Fault:
    """One deliberate fault: a text of a file, what stands there instead, and the tests that must notice."""

    id: str
    requirement: str
    what: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]


def catalogue(path: Path = CATALOGUE) -> tuple[Fault, ...]:
    """Return the faults that are listed."""
    listed = tomllib.loads(path.read_text(encoding="utf-8"))["fault"]
    return tuple(Fault(**{**one, "tests": tuple(one["tests"])}) for one in listed)


def copied(place: Path) -> Path:
    """Return a copy of the tree, without environments, history and what is made again."""
    for name in CARRIED:
        source, target = ROOT / name, place / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "workspace", "artifacts"))
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return place


def colour(tree: Path, tests: Sequence[str]) -> tuple[Colour, str]:
    """Run tests in a tree; red where one fails, green where all pass, broken where none could be run."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    more = {"PYTHONPATH": str(tree), **ONE_THREAD}  # Workers that a test starts must import the copy, too.
    try:
        done = subprocess.run(
            command, cwd=tree, env={**os.environ, **more}, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "red", "ran out of time"
    told = {0: "green", 1: "red"}.get(done.returncode, "broken")
    lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))] or [done.stdout[-300:]]
    return told, lines[0]  # type: ignore[return-value]


def planted(tree: Path, fault: Fault, tests: Sequence[str]) -> tuple[Colour, str]:
    """Run tests on a tree that holds one fault; the tree is as before afterwards."""
    path = tree / fault.file
    sound = path.read_text(encoding="utf-8")
    if sound.count(fault.before) != 1:
        return "broken", f"{fault.file} holds the text {sound.count(fault.before)} times"
    _exchanged(path, sound.replace(fault.before, fault.after))
    try:
        return colour(tree, tests)
    finally:
        _exchanged(path, sound)


def _exchanged(path: Path, text: str) -> None:
    """Write another text; its bytecode is told by second and length alone, which both may be those of the old one."""
    path.write_text(text, encoding="utf-8")
    Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)


def left(seconds: Sequence[float], more: int) -> str:
    """Say how long `more` faults will take, as long each as those before; their order says nothing of their length."""
    expected = sum(seconds) / len(seconds) * more
    return f"{expected / 60:.0f} min left" if expected >= 60 else f"{expected:.0f} s left"


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant what is asked for, everything by default."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("ids", nargs="*", help="Only these faults.")
    wanted = set(parser.parse_args(arguments).ids)
    faults = [fault for fault in catalogue() if not wanted or fault.id in wanted]
    if unknown := wanted - {fault.id for fault in faults}:
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    unseen, took = 0, list[float]()
    with tempfile.TemporaryDirectory(prefix="lemma-faults-") as place:
        tree = copied(Path(place))
        every = sorted({test for fault in faults for test in fault.tests})
        print(f"{len(every)} tests without any fault", flush=True)
        said, why = colour(tree, every)
        if said != "green":
            print(f"the tests fail without any fault: {why}")
            return 1
        for number, fault in enumerate(faults, 1):
            began = time.monotonic()
            said, why = planted(tree, fault, fault.tests)
            unseen += said != "red"
            took.append(time.monotonic() - began)
            far = f"{number} of {len(faults)}, {took[-1]:.0f} s, {left(took, len(faults) - number)}"
            print(f"{said:6}  {fault.requirement:8}  {fault.id}: {fault.what}  ({far})", flush=True)
            if said != "red":
                print(f"        {why}", flush=True)
    print(f"{len(faults) - unseen} of {len(faults)} faults are seen")
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
