"""`lemma bench order`: does a judge of two solutions keep to its word when they change places."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.core.errors import UserError
from engine.core.project import EngineSpec
from engine.core.protocol import Sampling
from engine.curation.trust.order_bias import Preferred
from engine.learning.evaluation import order_bench
from engine.learning.evaluation.order_bench import COLUMNS, GivenPairs, OrderScore, SolutionPair
from engine.learning.evaluation.order_results import keep_order
from engine.models import registry
from studio.cli.bench_prompts import engine_of
from studio.cli.console import Console

PAIRS = 200
CANNOT: Preferred = "can't tell"


@dataclass(frozen=True, slots=True)
class OrderTrial:
    """What is tried: an engine or its address, a model, and on how many pairs at most."""

    engine: str
    model: str
    items: int | None
    max_tokens: int
    concurrency: int


def pairs_of(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> GivenPairs:
    """Return the pairs of a file; UserError where it has none."""
    if columns and len(columns) != 2:
        raise UserError(f"{len(columns)} columns are named.", do="Name both solutions: --text ONE --text OTHER.")
    given = order_bench.pairs_of(rows, (columns[0], columns[1]) if columns else COLUMNS)
    if not given.pairs:
        raise UserError(
            f"no row has a problem and two different solutions in {given.columns[0]} and {given.columns[1]}.",
            do="lemma bench order FILE --text ONE --text OTHER --engine NAME --model MODEL.",
        )
    return given


def run(console: Console, project: Path | None, given: GivenPairs, trial: OrderTrial) -> None:
    """Ask about the pairs and print what held."""
    if not (trial.engine and trial.model):
        raise UserError("there is no model to try.", do="lemma bench order FILE --engine NAME --model MODEL.")
    spec, home = engine_of(project, trial.engine)
    pairs = given.drawn(trial.items or PAIRS)
    console.say(f"{len(pairs):,} of {len(given.pairs):,} pairs, each asked both ways …")
    score = asyncio.run(_measured(spec, trial, pairs, console))
    kept = keep_order(home.root, trial.model, given.columns, score.bias) if home else None
    left_out = {"alike": given.alike, "without": given.without, "lost": score.lost}
    values = {
        "model": trial.model, "columns": list(given.columns), "asked": len(pairs), **left_out,
        "kept_in": str(kept) if kept else None, "preferred": dict(score.preferred), "biased": score.bias.biased,
        **asdict(score.bias),
    }  # fmt: skip
    console.result(values, "\n".join(lines(given, score)))


async def _measured(spec: EngineSpec, trial: OrderTrial, pairs: Sequence[SolutionPair], console: Console) -> OrderScore:
    backend = registry.make("bench", spec)
    replies = [0]

    def count() -> None:
        replies[0] += 1
        if not replies[0] % 50:
            console.say(f"{replies[0]} replies …")

    try:
        return await order_bench.measure(
            backend, trial.model, pairs, sampling=Sampling(max_tokens=trial.max_tokens),
            concurrency=trial.concurrency, heard=count,
        )  # fmt: skip
    finally:
        await backend.aclose()


def lines(given: GivenPairs, score: OrderScore) -> list[str]:
    """Return what held, what leaned, and what was left out, in sentences."""
    bias, told = score.bias, score.preferred
    found = [f"{bias.pairs:,} pairs were read both ways"]
    if bias.consistent_share is not None and bias.preference is not None:
        share = _between(bias.consistent_share, bias.consistent_low, bias.consistent_high)
        leans = _between(bias.preference, bias.preference_low, bias.preference_high, "+")
        found += [
            f"  {bias.consistent:,} keep their word when the order is turned: {share}",
            f"  {bias.to_first:,} lean to the first place, {bias.to_second:,} to the second: "
            f"{leans}{_word(bias.biased)}",
            f"  both ways {given.columns[0]} {told.get('A', 0):,}, {given.columns[1]} {told.get('B', 0):,}, "
            f"a tie {told.get('tie', 0):,}; can't tell {told.get(CANNOT, 0):,}",
        ]
    aside = {
        "not readable in both orders": bias.unread,
        "lost by the endpoint": score.lost,
        "rows with two like solutions": given.alike,
        "rows without a problem or a solution": given.without,
    }
    return found + [f"  {count:,} {what}" for what, count in aside.items() if count]


def _between(value: float, low: float | None, high: float | None, sign: str = "") -> str:
    if low is None or high is None:
        return f"{value:{sign}.2f} (too few pairs for an interval)"
    return f"{value:{sign}.2f} ({low:{sign}.2f} to {high:{sign}.2f})"


def _word(biased: bool | None) -> str:
    return {True: ": the place counts", False: ", which may be chance", None: ""}[biased]
