"""The real command, in a process of its own or in this one, and a small real project that it made itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.support.command import ITEMS, Said, few_seeds, lemma, within


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
