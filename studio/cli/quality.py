"""`lemma evaluate quality`: human and synthetic data side by side, by any local model."""

from __future__ import annotations

import csv
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.core.errors import BadSetting, UserError
from engine.core.project import engines, find
from engine.learning.evaluation import bertscore, data_quality, perplexity, quality_files, rewards
from engine.learning.evaluation.data_quality import Likelihoods, Overlay, QualityRow
from engine.models import registry
from engine.reporting import measured
from studio.cli.console import Console
from studio.cli.options import JsonOption, ProjectOption


def quality(
    data: Annotated[list[str], typer.Option("--data", metavar="NAME=FILE", help="A set; give two or more.")],
    model: Annotated[
        str, typer.Option(metavar="FOLDER|ENGINE:MODEL", help="Whose perplexity; an engine has to echo.")
    ] = "",
    encoder: Annotated[str, typer.Option(metavar="FOLDER", help="Encoder of BERTScore.")] = "",
    human: Annotated[str, typer.Option(metavar="NAME", help="The set of people; the first one unless named.")] = "",
    pairs: Annotated[str, typer.Option(metavar="FILE", help="Preference pairs.")] = "",
    reward: Annotated[str, typer.Option(metavar="FOLDER", help="Reward model for the pairs.")] = "",
    trust: Annotated[
        bool,
        typer.Option("--trust-remote-code", help="Run the Python code in the reward model's folder: read it first."),
    ] = False,
    embedder: Annotated[str, typer.Option(help="hashing, or a sentence-transformers model.")] = "hashing",
    method: Annotated[str, typer.Option(help="Map: umap, pca or tsne.")] = "umap",
    samples: Annotated[int, typer.Option(min=2, help="Most samples of each set.")] = data_quality.SAMPLES,
    seed: Annotated[int, typer.Option(min=0, help="Seed of samples and map.")] = 0,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Places on the map, as CSV.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the figures in the project, for its report.")] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Measure sets of data: perplexity, BERTScore, a map of all, and how often a reward model prefers the chosen."""
    console = Console(json)
    if method not in ("umap", "pca", "tsne"):
        raise BadSetting(f"{method} is no map.", where="--method", do="Maps: umap, pca, tsne.")
    if bool(pairs) != bool(reward):
        raise UserError("pairs and a reward model go together.", where="--pairs", do="Give --pairs and --reward.")
    sets = dict(_named(spec) for spec in data)
    likelihoods = _likelihoods(model, project) if model else None
    rows = data_quality.table(sets, likelihoods, bertscore.encoder(encoder) if encoder else None, samples, seed, human)
    drawn = {name: data_quality.drawn(some, min(samples, len(some)), seed) for name, some in sets.items()}
    texts = {name: [one.question for one in some] for name, some in drawn.items()}
    overlay = data_quality.overlay(texts, embedder, method, seed)  # type: ignore[arg-type]
    wins = rewards.win_share(quality_files.pairs(pairs), rewards.reward_model(reward, trust=trust)) if pairs else None
    if out:
        _write(out, overlay)
    values: dict[str, Any] = {
        "sets": [asdict(row) for row in rows],
        "mixed": overlay.mixed,
        "map": overlay.map_id,
        "wins": asdict(wins) | {"share": wins.share, **_whose(pairs, reward)} if wins else None,
        "files": [str(out)] if out else [],
    }
    if keep:
        values["files"] = [*values["files"], str(measured.keep(find(project), values))]
    lines = [*map(_line, rows), f"near texts are of another set {overlay.mixed:.2f} times as often as by chance"]
    if wins:
        lines.append(f"chosen preferred in {wins.share:.3f} [{wins.low:.3f}, {wins.high:.3f}] of {wins.pairs:,} pairs")
    console.result(values, "\n".join(lines))


def _whose(pairs: str, reward: str) -> dict[str, str]:
    """Return whose pairs were scored, and by what, as a report names them."""
    return {"of": Path(pairs).stem, "reward": Path(reward).expanduser().resolve().name}


def _named(spec: str) -> tuple[str, list[data_quality.QualityExample]]:
    name, mark, file = spec.partition("=")
    if not mark:
        name, file = Path(spec).name.partition(".")[0], spec
    return name, quality_files.examples(file)


def _likelihoods(model: str, project: Path | None) -> Likelihoods:
    folder = Path(model).expanduser()
    if folder.is_dir():
        return partial(perplexity.by_model, folder=folder)
    name, served = registry.address(model, "--model")
    known = engines(find(project))
    if name not in known or not known[name].base_url:
        raise BadSetting(f"{name!r} is no engine with an address.", where="--model", do="Give a model's folder.")
    return partial(perplexity.by_endpoint, base_url=known[name].base_url, model=served)


def _write(path: Path, overlay: Overlay) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("set", "x", "y"))
        table.writerows((label, *place) for label, place in zip(overlay.labels, overlay.xy.tolist(), strict=True))


def _line(row: QualityRow) -> str:
    parts = [f"{row.name}: {row.samples:,} samples of {row.length:.0f} characters"]
    parts += [f"perplexity {row.perplexity:.2f}"] if row.perplexity is not None else []
    parts += [f"BERTScore F1 {row.bertscore:.2f}"] if row.bertscore is not None else []
    return ", ".join(parts)
