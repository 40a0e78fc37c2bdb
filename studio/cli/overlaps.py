"""`lemma benchmarks check`: which seeds or problems are test problems, or near to one, tier by tier, with the pairs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from engine import planning
from engine.core.errors import UserError
from engine.core.project import Project, find
from engine.core.settings import OverlapTiers
from engine.export import overlaps
from engine.export.overlaps import OverlapCounts, OverlapPair
from engine.similarity.overlap import PROPOSED, TIERS, UNFOUND, OverlapScreen
from engine.store import Store
from studio.cli.console import Console
from studio.cli.options import JsonOption, ProjectOption, pairs
from studio.cli.running import foreground

SHOWN = 10
"""Pairs that are printed; --out writes all."""
_WORDS = {
    "ngrams": "copies of test problems",
    "numbers": "test problems with other numbers",
    "judged": "test problems in other words, says a model",
    "near": "near a test problem",
}
_MANY = 110


class Checked(StrEnum):
    """What is held against the test problems."""

    SEEDS = "seeds"
    APPROVED = "approved"
    SELECTED = "selected"
    ALL = "all"


def check(
    of: Annotated[Checked, typer.Option(help="Seeds, or which problems.")] = Checked.ALL,
    change: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write all pairs as JSON lines.")] = None,
    judge: Annotated[
        str, typer.Option(metavar="ENGINE:MODEL", help="Ask a model which texts are test problems in other words.")
    ] = "",
    nearest: Annotated[
        int, typer.Option(min=1, max=50, help="Test problems that each text is shown beside.")
    ] = PROPOSED,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Look for test problems among seeds or problems tier by tier, and show the pairs; --judge asks a model first."""
    console, rules, home = Console(json), overlaps.rules_of(pairs(change or [], "KEY=VALUE")), find(project)
    with Store(home.database) as store:
        if judge:
            _asked(store, home, console, (text for _, text in _texts(store, of)), judge, nearest, rules)
        screen = overlaps.screen(store, rules)
        if not len(screen):
            raise UserError("no benchmark is imported.", do="Add test problems first: lemma benchmarks add FILE.")
        counts = OverlapCounts()
        shown = _kept(overlaps.pairs(_texts(store, of), screen, counts), out)
    _tell(console, screen, counts, shown, of)


def _asked(
    store: Store, home: Project, console: Console, texts: Iterator[str], model: str, nearest: int, rules: OverlapTiers
) -> None:
    """Ask a model about texts that no surer tier finds; what it was asked before is not asked again."""
    planned = planning.same_problems(store, home, texts, model, nearest, rules)
    if planned is None:
        console.say(f"Nothing is left to ask {model}: each text is found by a surer tier, or was asked about")
        return
    console.say(f"{planned.plan.total:,} texts beside up to {nearest} test problems each go to {model}")
    foreground(store, planned.directory, console, "asking")


def seeds_beside_tests(store: Store, console: Console) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """Say how many seeds are test problems or near to one; return the first by test set, the rest by tier and set.

    What is written from the first is left out at export (GSDP 2.4); of the rest each problem is looked up itself.
    """
    screen = overlaps.screen(store)
    counts = OverlapCounts()
    for _ in overlaps.pairs(_texts(store, Checked.SEEDS), screen, counts) if len(screen) else ():
        pass
    found = counts.by_set()
    copies = found.pop("ngrams", {})
    if copies:
        many = sum(copies.values())
        what = "1 seed is a test problem" if many == 1 else f"{many:,} seeds are test problems"
        console.say(f"{what} ({_by(copies)}): what is written from such a seed is left out at export")
    for tier, sets in found.items():
        console.say(
            f"Seeds: {sum(sets.values()):,} {_WORDS[tier]} ({_by(sets)}); see lemma benchmarks check --of seeds"
        )
    return copies, found


def _by(sets: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sets.items())


def _texts(store: Store, of: Checked) -> Iterator[tuple[str, str]]:
    if of is Checked.SEEDS:
        for batch in store.seeds.arrow().select(["id", "statement"]).to_batches(max_chunksize=5_000):
            yield from zip(batch["id"].to_pylist(), batch["statement"].to_pylist(), strict=True)
        return
    with closing(store.exports.outgoing(of.value)) as rows:  # type: ignore[arg-type]
        for piece in rows.texts():
            yield from zip(piece["id"].to_pylist(), piece["statement"].to_pylist(), strict=True)


def _kept(found: Iterator[OverlapPair], out: Path | None) -> list[dict[str, Any]]:
    """Write every pair to `out`, where it is given; return the first ones of each tier."""
    shown: dict[str, list[dict[str, Any]]] = {tier: [] for tier in TIERS}
    with ExitStack() as stack:
        file = stack.enter_context(out.expanduser().open("wb")) if out else None
        for pair in found:
            told = pair.told()
            if file:
                file.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE))
            if len(shown[pair.hit.tier]) < SHOWN:
                shown[pair.hit.tier].append(told)
    return [pair for tier in TIERS for pair in shown[tier]]


def _tell(
    console: Console, screen: OverlapScreen, counts: OverlapCounts, shown: list[dict[str, Any]], of: Checked
) -> None:
    lines = [
        f"{counts.rows:,} {'seeds' if of is Checked.SEEDS else 'problems'} held against {len(screen):,} test problems"
    ]
    for tier in TIERS:
        sets = counts.by_set().get(tier, {})
        by = f" ({_by(sets)})" if sets else ""
        lines.append(f"  {sum(sets.values()):>8,} {_WORDS[tier]}{by} [{screen.act(tier)}]")
    lines += [
        f"  nearness counts in {name or 'a test set'} from {limit.words}" for name, limit in screen.limits.items()
    ]
    if screen.how.judges:
        lines += [f"  {', '.join(screen.how.judges)} asked about {screen.how.judged:,} texts of the project"]
    lines += [f"  {UNFOUND}"]
    for pair in shown:
        lines += [
            "",
            f"{pair['id']} {pair['reason']}",
            f"  {_short(pair['statement'])}",
            f"  {_short(pair['test_problem'])}",
        ]
    values = {
        "rows": counts.rows,
        "tests": len(screen),
        "tiers": {tier: counts.by_set().get(tier, {}) for tier in TIERS},
        "every": {tier: counts.every[tier] for tier in TIERS},
        "looked": overlaps.told(screen.how),
        "pairs": shown,
    }
    console.result(values, "\n".join(lines))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MANY else f"{line[: _MANY - 1]}…"
