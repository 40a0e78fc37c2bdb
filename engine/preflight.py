"""What a careful person looks at before a set leaves the house, each finding with the rows it speaks of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from engine.checks import form
from engine.delivery import Cargo
from engine.exporters import ExportRow

State = Literal["good", "look", "stop"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the list. `ids` are the problems it speaks of, in order."""

    name: str
    state: State
    detail: str
    ids: tuple[str, ...] = ()


def findings(cargo: Cargo, format: str, tests: int) -> Iterator[Finding]:
    """Yield the findings about a cargo that goes out as `format`; `tests` is how many test problems are known."""
    rows = tuple(cargo.rows())
    kept = tuple(row for row in rows if not (row.contaminated or row.repeats))
    yield _test_items([row.id for row in rows if row.contaminated], tests)
    yield _repeats([row.id for row in rows if row.repeats], len(rows))
    yield _unsolved([row.id for row in kept if not (row.solution or "").strip()], format)
    yield _boxes(kept, format)
    yield _forms(kept)
    yield _languages(kept)
    if format == "preference":
        yield _pairs(kept)


def _test_items(ids: list[str], tests: int) -> Finding:
    if not tests:
        return Finding("Test items unknown", "look", "add benchmarks on the Seeds page, so that copies are found")
    return _finding(
        ids, "No test items", f"{tests:,} known, 8-word runs", _many(ids, "test item"), "left out of the files"
    )


def _repeats(ids: list[str], total: int) -> Finding:
    return _finding(ids, "No repeats", f"0 of {total:,}", _many(ids, "repeat"), "left out, the first of each stays")


def _unsolved(ids: list[str], format: str) -> Finding:
    left = "left out" if format in ("sft", "sft-pairs", "pretrain") else "their statement alone goes out"
    return _finding(ids, "All solved", "every row has a solution", f"{len(ids):,} without a solution", left)


def _boxes(rows: Iterable[ExportRow], format: str) -> Finding:
    ids = [row.id for row in rows if (row.solution or "").strip() and "\\boxed" not in (row.solution or "")]
    left = "left out where no answer is known" if format == "rl" else "a model learns to end without one"
    return _finding(ids, "Answers are boxed", "every solution has its box", f"{len(ids):,} without a box", left)


def _forms(rows: Iterable[ExportRow]) -> Finding:
    faults = {row.id: found for row in rows if (found := form.of_statement(row.statement))}
    why = next((found[0] for found in faults.values()), "")
    return _finding(list(faults), "Clean statements", "no open formula, no markup", _many(faults, "odd statement"), why)


def _languages(rows: Iterable[ExportRow]) -> Finding:
    spoken: dict[str, list[str]] = {}
    for row in rows:
        spoken.setdefault(row.language, []).append(row.id)
    order = sorted(spoken.items(), key=lambda pair: -len(pair[1]))
    said = ", ".join(f"{name} {len(ids):,}" for name, ids in order)
    if len(order) < 2:
        return Finding("One language", "good", said)
    return Finding(f"{len(order)} languages", "look", said, tuple(ident for _, ids in order[1:] for ident in ids))


def _pairs(rows: Iterable[ExportRow]) -> Finding:
    edited = sum(1 for row in rows if row.machine_statement or row.machine_solution)
    if edited:
        return Finding("Edits make pairs", "good", f"{edited:,} problems were edited by a person")
    return Finding("No pairs", "stop", "a pair is made of a problem that a person edited")


def _finding(ids: list[str], good: str, why: str, bad: str, then: str) -> Finding:
    """Return the good line where no row is concerned, else how many are and what happens to them."""
    return Finding(bad, "look", then, tuple(ids)) if ids else Finding(good, "good", why)


def _many(ids: Collection[str], word: str) -> str:
    return f"{len(ids):,} {word}{'' if len(ids) == 1 else 's'}"
