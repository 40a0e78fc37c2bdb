"""The problems of an export as they stand at one moment, and what keeps some of them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any

import pyarrow as pa

from engine.curation.scores import SCORES
from engine.export import overlaps
from engine.export.dedup import DedupResult, Progress, sieve
from engine.export.mixture import DatasetMixture
from engine.export.rows import ExportRow
from engine.export.shape import FileShape
from engine.seeds.columns import language_of
from engine.similarity.overlap import OverlapScreen
from engine.store import ExportCursor, Store
from engine.store.export_cursor import Only

_WORDS = {"approved": "approve", "rejected": "reject"}
REFINED = "self_refine"
"""The agent of better versions (CL-15)."""
_SAME = (
    "id",
    "statement",
    "solution",
    "answer",
    "kind",
    "distance",
    "weight",
    "seed_id",
    "combination_id",
    "parent_id",
    "run_id",
    "agent",
)
_PAIRED = ("request", "parent_statement", "parent_solution", "wrong_solution")


class RowsToExport:
    """Problems that can be gone through as often as is wanted, always the same; close it when done."""

    def __init__(
        self, only: Only, source: ExportCursor, found: DedupResult, mixture: DatasetMixture | None = None
    ) -> None:
        self.only = only
        self.parts: Mapping[str, int] = mixture.parts if mixture else {}
        self.outside = mixture.outside if mixture else 0
        self._splits: Sequence[str] = mixture.splits if mixture else ()
        self.waiting = mixture.waiting if mixture else ()
        self.count, self.models = source.count, source.models
        self.found = found
        self._source = source

    def __enter__(self) -> RowsToExport:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let go of the store."""
        self.close()

    def __iter__(self) -> Iterator[ExportRow]:
        return self.rows()

    def close(self) -> None:
        """Let go of the store."""
        self._source.close()

    @property
    def unnamed(self) -> int:
        """Problems of which only the first of several examples is known."""
        return self._source.unnamed()

    def rows(self) -> Iterator[ExportRow]:
        """Yield the rows as exporters take them, one piece of the store at a time."""
        found = self.found
        lines = (line for piece in self._source.rows() for line in records(piece))
        for number, line in enumerate(lines):
            hit = found.hit(number)
            yield row_of(
                line,
                contaminated=found.copied(number),
                warned=hit.reason if hit and not hit.dropped else "",
                tier=hit.tier if hit else "",
                test_problem=hit.statement if hit else "",
                test_seed=found.origin(number),
                repeats=found.repeated(number),
                root=found.family(number, line["family"]),
                split=self._splits[number] if self._splits else "",
            )


def gather(
    store: Store,
    only: Only,
    shape: FileShape | None = None,
    *,
    progress: Progress | None = None,
    known: DedupResult | None = None,
    mixture: DatasetMixture | None = None,
) -> RowsToExport:
    """Return the approved or the selected problems, or those of a mixture; copies and repeats are marked.

    Every text, and the seed that it was written from, is looked up among the test problems of today, which may have
    come after the run that wrote it.

    Args:
        store: the project's store.
        only: which problems.
        shape: what is wanted of them: pairs need parents, requests and vetoed solutions, a split needs to know what is
            the same problem with other numbers; its tiers say how texts are looked up, and what becomes of the found.
        progress: told how many rows were looked at.
        known: `RowsToExport.found` of the same problems, where nothing was stored since; they are not looked at again.
        mixture: which problems with which solutions, instead; `only` is what they were taken from.
    """
    asked = shape or FileShape()
    ids = mixture.rows.to_reader() if mixture else None
    source = store.exports.outgoing("all" if mixture else only, ids, asked.format == "preference", asked.requests)
    try:
        found = known or _sieved(source, overlaps.screen(store, asked.tiers), asked.test_share > 0, progress)
        return RowsToExport(only, source, found, mixture)
    except BaseException:
        source.close()
        raise


def _sieved(source: ExportCursor, screen: OverlapScreen, families: bool, progress: Progress | None) -> DedupResult:
    return sieve(source.texts(), source.count, screen, families, progress, seeds=_test_seeds(source, screen))


def _test_seeds(source: ExportCursor, screen: OverlapScreen) -> dict[str, str]:
    """Return the test set of each seed that is a test problem, and of each problem that was shown such a seed.

    A decontaminated set has nothing that was made from one (GSDP 2.4), whichever of several examples it was. A seed
    that is a test problem with other numbers does not count: what was written from it is looked up itself.
    """
    seeds = source.seeds() if len(screen.index) else ()
    matches = ((ident, screen.copy(statement)) for ident, statement in seeds)
    found = {ident: match.benchmark for ident, match in matches if match}
    shown = source.examples() if found else ()
    return found | {problem: found[seed] for problem, seed in shown if seed in found}


def records(piece: pa.Table) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table as mappings, a thousand at a time out of Arrow's memory."""
    names = piece.column_names
    for batch in piece.to_batches(max_chunksize=1_000):
        for values in zip(*(batch[name].to_pylist() for name in names), strict=True):
            yield dict(zip(names, values, strict=True))


def row_of(row: dict[str, Any], **more: Any) -> ExportRow:
    """Return a row of `Outgoing.rows` as exporters take it; `more` are further fields."""
    return ExportRow(
        **{name: row[name] for name in _SAME},
        **{name: row[name] for name in _PAIRED if name in row},
        machine_statement=row["machine_statement"] if row["edited"] else None,
        machine_solution=row["machine_solution"] if row["edited"] else None,
        points=tuple(row["points"] or ()),
        difficulty=row.get("difficulty"),
        scores=tuple((key, float(row[key])) for key in SCORES if row.get(key) is not None),
        model=row["model"] or "",
        prompt_id=row["prompt_id"] or "",
        prompt_hash=row["prompt_hash"] or "",
        solution_id=row.get("solution_id") or "",
        language=language_of(row["statement"]),
        decision="edit" if row["edited"] else _WORDS.get(row["decision"]),
        curator=row["curator"] or "",
        silent=bool((row["solution"] or "").strip()) and (row["unread"] or not row["answer"]),
        waits=bool(row["waits"]),
        better=row["agent"] == REFINED and row["decision"] != "approved",
        **more,
    )
