"""The real command, in a process of its own or in this one, and a small real project that it made itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from engine import seeds
from engine.core.records import Seed
from engine.core.resources import shipped
from studio.cli import main

ITEMS = 40


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def values(self) -> dict[str, Any]:
        """The one JSON object of `--json`: nothing else may stand on stdout."""
        assert self.code == 0, self.err
        assert len(self.out.strip().splitlines()) == 1, self.out
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


def lemma(*words: object, project: Path | None = None, timeout: float = 180) -> Said:
    """Run `lemma` in a process of its own, as a script would."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    environment.pop("LEMMA_PROJECT", None)
    if project is not None:
        environment["LEMMA_PROJECT"] = str(project)
    command = [sys.executable, "-c", "from studio.cli.main import main; main()", *map(str, words)]
    done = subprocess.run(
        command, env=environment, cwd=Path(__file__).parents[3], capture_output=True, text=True, timeout=timeout
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


def within(*words: object, project: Path | None = None) -> Said:
    """Run `lemma` in this process: the same entry, without the second that a start takes."""
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.delenv("LEMMA_PROJECT", raising=False)
        if project is not None:
            patch.setenv("LEMMA_PROJECT", str(project))
        code = main._run([str(word) for word in words], False)
    assert "Traceback" not in err.getvalue(), err.getvalue()
    return Said(code, out.getvalue(), err.getvalue())


def few_seeds(path: Path, count: int = 60) -> Path:
    """Write some of the shipped seeds to one file, spread over all of them."""
    rows = [row for file in sorted(shipped("seeds").glob("*.jsonl")) for row in seeds.read(file)]
    found = [row for row in rows if isinstance(row, Seed)]
    chosen = found[:: len(found) // count][:count]
    lines = [
        json.dumps({"problem": s.statement, "solution": s.solution, "answer": s.answer, "points": list(s.points)})
        for s in chosen
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def road(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Said]]:
    """A project that went the whole way by commands alone, and what each command said."""
    place = tmp_path_factory.mktemp("road")
    home, data = place / "project", few_seeds(place / "seeds.jsonl")
    said: dict[str, Said] = {}

    def step(name: str, *words: object, run: Callable[..., Said] = within) -> None:
        said[name] = run(*words, "--json", project=home)
        assert said[name].code == 0, said[name].err

    step("init", "init", home, run=lemma)
    step("seeds", "seeds", "add", data)
    step("knowledge", "knowledge", "build")
    step("stats", "graph", "stats")
    step("dry", "run", "gsdp", "--items", ITEMS, "--dry-run")
    step("run", "run", "gsdp", "--items", ITEMS, "--set", "running.concurrency=8", "--engine",
         "writer=abacus:abacus-large", run=lemma)  # fmt: skip
    step("select", "select")
    return home, said


@pytest.fixture
def project(road: tuple[Path, dict[str, Said]], tmp_path: Path) -> Path:
    """A copy of the project, to be changed freely."""
    return Path(shutil.copytree(road[0], tmp_path / "copy"))


@pytest.fixture
def ask(project: Path) -> Callable[..., Said]:
    """Run a command on the copy, in this process."""
    return partial(within, project=project)


@pytest.fixture(scope="session")
def command() -> Callable[..., Said]:
    """Run a command in this process, on the project that `project=` names, on none without it."""
    return within


@pytest.fixture
def here(road: tuple[Path, dict[str, Said]]) -> Callable[..., Said]:
    """Run a command that will fail, in this process, on the project that all tests share."""
    return partial(within, project=road[0])
