"""A pytest plugin for tests inside mutmut: which test reaches which function, the quickest test first, an end to hangs.

mutmut asks of each mutant only the tests that reach its function. What it sees by itself is what a test calls between
its own set-up and tear-down, in its own process. So that no mutant is called unnoticed by tests that were never asked,
this adds what a fixture of a module or session called, for every test that uses it, and what workers called.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

MODE, HITS = "MUTANT_UNDER_TEST", "LEMMA_HITS"
"""What mutmut is doing, and the folder in which processes of a test leave the functions that they called."""
STATS = "stats"
BOOK = Path("noticing.json")
NO_MUTANT = frozenset(("", STATS, "fail", "list_all_tests", "mutant_generation"))
TIMES, AT_LEAST_S = 5, 20
"""A mutant may take so many times what its tests take without it, and so many seconds more."""
MOST_S, FILE_S = 30, 1.0
"""A mutant meets the quickest of its tests up to so many seconds: one that a slow test alone notices survives."""


@dataclass
class Cost:
    """What a test takes by itself, in seconds, and the shared fixtures that it waits for."""

    own: float = 0.0
    shared: list[str] = field(default_factory=list)


@dataclass
class Book:
    """What every test takes: kept from the counting to the mutants."""

    tests: dict[str, Cost] = field(default_factory=dict)
    fixtures: dict[str, float] = field(default_factory=dict)

    @staticmethod
    def load(path: Path = BOOK) -> Book:
        """Read the book; an empty one where there is none yet."""
        if not path.exists():
            return Book()
        said = json.loads(path.read_text(encoding="utf-8"))
        return Book({name: Cost(**cost) for name, cost in said["tests"].items()}, said["fixtures"])

    def save(self, path: Path = BOOK) -> None:
        """Write the book."""
        tests = {name: {"own": cost.own, "shared": cost.shared} for name, cost in self.tests.items()}
        path.write_text(json.dumps({"tests": tests, "fixtures": self.fixtures}), encoding="utf-8")

    def seconds(self, tests: Iterable[str]) -> float:
        """Return what some tests take together: a file is read once, a shared fixture made once."""
        named = list(tests)
        costs = [self.tests.get(test, Cost()) for test in named]
        files = {test.partition("::")[0] for test in named}
        shared = {name for cost in costs for name in cost.shared}
        own = sum(cost.own for cost in costs) + FILE_S * len(files)
        return own + sum(self.fixtures.get(name, 0.0) for name in shared)

    def quickest_first(self, tests: Iterable[str]) -> list[str]:
        """Return tests by what their files take, then by what they take: a file's fixtures are made once."""
        files = defaultdict(list)
        for test in tests:
            files[test.partition("::")[0]].append(test)
        order = sorted(files.values(), key=self.seconds)
        return [test for file in order for test in sorted(file, key=lambda one: self.tests.get(one, Cost()).own)]

    def affordable(self, tests: Sequence[str], most: float = MOST_S) -> list[str]:
        """Return the first of some tests that take no longer together, at least one."""
        counts = range(len(tests), 1, -1)
        return list(tests[: next((count for count in counts if self.seconds(tests[:count]) <= most), 1)])


def called_by_workers() -> set[str]:
    """Take what processes of the test left in the folder of hits."""
    found: set[str] = set()
    for path in Path(os.environ[HITS]).glob("*.txt"):
        found |= set(path.read_text(encoding="utf-8").split())
        path.unlink()
    return found


class Counting:
    """Notes, while mutmut counts, what tests call by way of shared fixtures and workers, and what they take."""

    def __init__(self) -> None:
        from mutmut.state import state

        self.state, self.book = state(), Book.load()
        self.called: dict[int, set[str]] = defaultdict(set)
        self.waited = 0.0
        self.unfit: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any], request: Any) -> Generator[None, Any, Any]:
        calls, began = self.state._stats, time.monotonic()
        before = set(calls)
        calls.clear()
        try:
            return (yield)
        finally:
            calls |= called_by_workers()
            self.called[id(fixturedef)] |= calls
            calls |= before
            if fixturedef.scope != "function":
                took = time.monotonic() - began
                self.waited += took
                self.book.fixtures[_named(fixturedef)] = took

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        calls = self.state._stats
        calls |= called_by_workers()
        if item.nodeid in self.unfit:
            calls.clear()
            return
        cost = self.book.tests[item.nodeid]
        for made in _fixtures(item):
            calls |= self.called[id(made)]
            cost.shared += [_named(made)] if made.scope != "function" else []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Generator[None, Any, Any]:
        report = yield
        if call.when == "setup":
            self.book.tests[item.nodeid] = Cost(max(0.0, call.duration - self.waited))
            self.waited = 0.0
        elif call.when == "call":
            self.book.tests[item.nodeid].own += call.duration
        if report.failed:
            # What fails without a mutant tells nothing of mutants; mutmut would end here.
            self.unfit.add(item.nodeid)
            report.outcome, report.longrepr = "skipped", (str(item.path), 0, "fails without any mutant")
        return report

    def pytest_sessionfinish(self) -> None:
        self.book.save()
        Path("unfit.txt").write_text("".join(f"{test}\n" for test in sorted(self.unfit)), encoding="utf-8")


class Trying:
    """Asks the quickest tests of a mutant, in order, and ends it where it hangs.

    Without a mutant mutmut runs all of them once more, which the counting has done: one shows that they still run.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.book, self.mode = Book.load(), os.environ[MODE]
        if self.mode not in NO_MUTANT:
            # Before they are collected: a file that is not asked need not be read.
            config.args = self.book.affordable(self.book.quickest_first(config.args))
            seconds = AT_LEAST_S + TIMES * self.book.seconds(config.args)
            end = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGXCPU))
            end.daemon = True
            end.start()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        found = {item.nodeid: item for item in items}
        order = self.book.quickest_first(found)
        items[:] = [found[test] for test in (order if self.mode else order[:1])]


def pytest_configure(config: pytest.Config) -> None:
    """Begin, where mutmut runs the tests."""
    if MODE in os.environ:
        config.pluginmanager.register(Counting() if os.environ[MODE] == STATS else Trying(config))


def _fixtures(item: pytest.Item) -> Iterator[Any]:
    for name in getattr(item, "fixturenames", ()):
        yield from item._fixtureinfo.name2fixturedefs.get(name, ())  # type: ignore[attr-defined]


def _named(fixture: Any) -> str:
    return f"{fixture.baseid}::{fixture.argname}"
