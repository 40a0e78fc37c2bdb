"""What a careful person looks at before a set leaves the house, each finding with the rows it speaks of.

The problems are gone through once, one by one; what is kept are counts, and the ids of the first of those that
somebody should look at: a page can open no more of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from engine.export import RowsToExport
from engine.export.finding import MOST, ExportFinding, FoundIds, OverlapEvidence, finding, many
from engine.export.preflight_overlaps import overlap_findings
from engine.export.rows import ExportRow
from engine.export.turn_marks import without_turn_marks
from engine.verification.answers import find_answer
from engine.verification.answers.evidence import HOW, NONE
from engine.verification.checks import form


def findings(
    outgoing_rows: RowsToExport,
    format: str,
    tests: int,
    progress: Callable[[int, str], None] | None = None,
    *,
    unanswered: bool = False,
) -> Iterator[ExportFinding]:
    """Yield the findings about rows that go out as `format`; `tests` is how many test problems are known.

    `unanswered` says that rows go out whose solution ends in no answer.
    """
    seen = _Seen()
    for number, row in enumerate(outgoing_rows.rows(), 1):
        seen.look(row)
        if progress and not number % 1_000:
            progress(number, "looking at every problem")
    for ident in outgoing_rows.waiting:
        seen.waiting.add(ident)
    if seen.waiting.count:
        yield _waiting(seen.waiting)
    yield from overlap_findings(seen.overlaps, seen.evidence, outgoing_rows.found.how, tests)
    if tests:
        yield _test_seeds(seen, outgoing_rows.unnamed)
    yield _repeats(seen.repeats, outgoing_rows.count)
    yield _unsolved(seen.unsolved, format)
    yield _silent(seen.silent, unanswered, seen.announced)
    if seen.better.count and format not in ("preference", "raw"):
        yield _better(seen.better)
    yield _boxes(seen.unboxed, format, seen.read)
    if seen.marked.count:
        yield _marks(seen)
    yield finding(
        seen.odd, "Clean statements", "no open formula, no markup", many(seen.odd, "odd statement"), seen.fault
    )
    yield _languages(seen.spoken)
    if format == "preference":
        yield _pairs(seen)


@dataclass(slots=True)
class _Seen:
    """Ids of what was found on the way."""

    overlaps: dict[str, FoundIds] = field(default_factory=dict)
    """Test problems by the tier that found them."""
    evidence: dict[str, list[OverlapEvidence]] = field(default_factory=dict)
    taught: FoundIds = field(default_factory=FoundIds)
    """Written from a test problem."""
    test_sets: Counter[str] = field(default_factory=Counter)
    repeats: FoundIds = field(default_factory=FoundIds)
    unsolved: FoundIds = field(default_factory=FoundIds)
    unboxed: FoundIds = field(default_factory=FoundIds)
    waiting: FoundIds = field(default_factory=FoundIds)
    """An edited statement whose solution nobody gave or confirmed."""
    read: Counter[str] = field(default_factory=Counter)
    """How the answers are read of solutions without a box that go out."""
    silent: FoundIds = field(default_factory=FoundIds)
    announced: Counter[str] = field(default_factory=Counter)
    """The same of solutions that count as having none."""
    marked: FoundIds = field(default_factory=FoundIds)
    marks: Counter[str] = field(default_factory=Counter)
    better: FoundIds = field(default_factory=FoundIds)
    odd: FoundIds = field(default_factory=FoundIds)
    fault: str = ""
    """What is wrong with the first odd statement."""
    spoken: dict[str, FoundIds] = field(default_factory=dict)
    edited: int = 0
    mended: int = 0
    doubled: int = 0
    """Problems with a right and a wrong solution."""

    def look(self, row: ExportRow) -> None:
        """Look at a problem; one that is left out is not looked at further."""
        if row.waits:
            self.waiting.add(row.id)
            return
        if row.contaminated or row.warned:
            self._overlap(row)
        if row.test_seed:
            self.taught.add(row.id)
            self.test_sets[row.test_seed] += 1
        if row.repeats:
            self.repeats.add(row.id)
        if row.contaminated or row.test_seed or row.repeats:
            return
        self.spoken.setdefault(row.language, FoundIds()).add(row.id)
        self._solution(row)
        counts: Counter[str] = Counter()
        if without_turn_marks(row, counts) is not row:
            self.marked.add(row.id)
            self.marks.update(counts)
        if row.better:
            self.better.add(row.id)
        if found := form.of_statement(row.statement):
            self.fault = self.fault or found[0]
            self.odd.add(row.id)
        self.edited += bool(row.machine_statement or row.machine_solution)
        self.mended += bool(row.request and row.parent_statement)
        self.doubled += bool(row.wrong_solution)

    def _overlap(self, row: ExportRow) -> None:
        tier = row.tier or "ngrams"
        self.overlaps.setdefault(tier, FoundIds()).add(row.id)
        shown = self.evidence.setdefault(tier, [])
        if len(shown) < MOST:
            shown.append(OverlapEvidence(row.id, row.statement, row.test_problem, row.contaminated or row.warned))

    def _solution(self, row: ExportRow) -> None:
        if not (row.solution or "").strip():
            self.unsolved.add(row.id)
        elif row.silent:
            self.silent.add(row.id)
            self.announced[find_answer(row.solution or "").evidence or NONE] += 1
        elif "\\boxed" not in (row.solution or ""):
            self.unboxed.add(row.id)
            self.read[find_answer(row.solution or "").evidence or NONE] += 1


def _test_seeds(seen: _Seen, unnamed: int) -> ExportFinding:
    """Tell of seeds that are test items; `unnamed` problems were made before all their examples were written down."""
    unknown = f"of {unnamed:,} Few-Shot problems of an earlier version only the first example is known"
    if unnamed and not seen.taught.count:
        return ExportFinding("No known seed is a test item", "look", unknown)
    by = ", ".join(f"{name} {count:,}" for name, count in seen.test_sets.most_common())
    bad = f"{seen.taught.count:,} written from test items"
    return finding(
        seen.taught,
        "No seed is a test item",
        "every seed of a row was compared",
        bad,
        f"left out: {by}{f'; {unknown}' if unnamed else ''}",
    )


def _repeats(ids: FoundIds, total: int) -> ExportFinding:
    return finding(ids, "No repeats", f"0 of {total:,}", many(ids, "repeat"), "left out, the first of each stays")


def _unsolved(ids: FoundIds, format: str) -> ExportFinding:
    left = "left out" if format in ("sft", "sft-pairs", "pretrain") else "their statement alone goes out"
    return finding(ids, "All solved", "every row has a solution", f"{ids.count:,} without a solution", left)


def _silent(ids: FoundIds, out: bool, kinds: Counter[str]) -> ExportFinding:
    if not ids.count:
        return ExportFinding("Every solution answers", "good", "none ends without an answer")
    then = "they go out, as was asked: a model learns to give none" if out else "left out: a model learns to give none"
    if some := _kinds(kinds):
        then += f"; outside a box some give one ({some}): sampling.answer_from says what counts"
    return ExportFinding(f"{ids.count:,} without an answer", "stop", then, tuple(ids.ids), ids.count)


def _waiting(ids: FoundIds) -> ExportFinding:
    then = "left out: the statement was edited, the solution was not; solve again, write one, or say that it holds"
    return ExportFinding(f"{ids.count:,} waiting for a solution", "stop", then, tuple(ids.ids), ids.count)


def _better(ids: FoundIds) -> ExportFinding:
    then = "left out: better versions of failed samples go out as preference pairs"
    return ExportFinding(
        ("1 half" if ids.count == 1 else f"{ids.count:,} halves") + " of a pair",
        "look",
        then,
        tuple(ids.ids),
        ids.count,
    )


def _kinds(kinds: Counter[str]) -> str:
    found = {**HOW, NONE: ""}
    return ", ".join(f"{count:,} {found[kind]}" for kind, count in kinds.most_common() if found[kind])


def _marks(seen: _Seen) -> ExportFinding:
    named = ", ".join(f"{name} {count:,}" for name, count in seen.marks.most_common())
    what = f"{seen.marked.count:,} with marks of turns"
    return ExportFinding(
        what, "look", f"cut, and what follows them: {named}", tuple(seen.marked.ids), seen.marked.count
    )


def _boxes(ids: FoundIds, format: str, kinds: Counter[str]) -> ExportFinding:
    left = "left out where no answer is known" if format == "rl" else "a model learns to end without one"
    if some := _kinds(kinds):
        left += f"; answers stand {some}"
    return finding(ids, "Answers are boxed", "every solution has its box", f"{ids.count:,} without a box", left)


def _languages(spoken: dict[str, FoundIds]) -> ExportFinding:
    order = sorted(spoken.items(), key=lambda pair: -pair[1].count)
    said = ", ".join(f"{name} {ids.count:,}" for name, ids in order)
    if len(order) < 2:
        return ExportFinding("One language", "good", said)
    others = [ident for _, ids in order[1:] for ident in ids.ids]
    count = sum(ids.count for _, ids in order[1:])
    return ExportFinding(f"{len(order)} languages", "look", said, tuple(others[:MOST]), count)


def _pairs(seen: _Seen) -> ExportFinding:
    if seen.edited or seen.mended:
        found = [f"{count:,} {what}" for count, what in ((seen.edited, "edited"), (seen.mended, "mended")) if count]
        return ExportFinding("Edits make pairs", "good", f"{' and '.join(found)} problems, each with its first version")
    if seen.doubled:
        return ExportFinding("No edits", "look", f"{seen.doubled:,} problems have a right and a wrong solution to pair")
    return ExportFinding("No pairs", "stop", "a pair is made of a problem that a person edited or a model mended")
