"""README.md of an export: a dataset card in the form that hubs read, safe whatever stands in names and texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from engine.core.records import Policy
from engine.curation.methods import label
from engine.curation.panel import panel_words
from engine.export.card_overlap import contamination, plain
from engine.export.card_quality import section
from engine.export.formats.rl import VERIFY
from engine.export.rows import CardFacts
from engine.export.shape import FileShape
from engine.export.statistics import Statistics
from engine.export.strategy_sets import ALL

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LOAD_NAME = re.compile(r"[\w.-]+\Z")


@dataclass(frozen=True, slots=True)
class CardContents:
    """What was written, as the card tells it. `files` are path, split and rows of the data files."""

    purpose: str
    task: str
    schema: pa.Schema
    files: tuple[tuple[str, str, int], ...]
    left_out: Mapping[str, int]
    figures: Statistics
    pictures: tuple[tuple[str, str], ...] = ()
    """Path and title."""
    cap: int = 0
    """Rows of a class at most, where the set is balanced."""
    sample: Mapping[str, Any] = field(default_factory=dict)
    turn_marks: Mapping[str, int] = field(default_factory=dict)
    """Texts from which a mark of a turn was cut, by mark."""
    lineage: str = "lineage.parquet"
    warned: Mapping[str, int] = field(default_factory=dict)
    """Rows that went out of which a tier of decontamination warns, by what it found."""

    @property
    def splits(self) -> dict[str, tuple[int, list[str]]]:
        """Rows and paths of each split, training first."""
        found: dict[str, tuple[int, list[str]]] = {}
        for path, split, rows in self.files:
            before, paths = found.get(split, (0, []))
            found[split] = before + rows, [*paths, path]
        return found


def text(name: str, card: CardFacts, shape: FileShape, made: CardContents) -> str:
    """Return the card."""
    total = sum(rows for _, _, rows in made.files)
    left = {reason: f"{count:,}" for reason, count in made.left_out.items()}
    parts = [
        _front_matter(name, card, shape, made, total),
        f"# {plain(card.title or name)}\n",
        f"{plain(card.about)}\n" if card.about else "",
        f"{total:,} rows of {made.purpose}.\n",
        section(card.quality),
        _table("Splits", [(split, _files(rows, paths)) for split, (rows, paths) in made.splits.items()]),
        _split_rule(shape, made),
        _parts(card, shape),
        _loading(name, shape, made),
        _table("How to verify", _safe(VERIFY.items())) if shape.format == "rl" else "",
        _table("Before the export", _safe((stage, f"{count:,}") for stage, count in card.funnel.items())),
        _table("Left out", _safe(left.items())),
        _table("Marks of turns that were cut from texts", _safe((k, f"{n:,}") for k, n in made.turn_marks.items())),
        _policy(card.policy),
        contamination(card, made.left_out, made.warned),
        _table("Seeds", _safe((one, card.licenses.get(one, "licence not stated")) for one in card.sources)),
        _list("Models that wrote and solved", card.models),
        _table("Statistics", _safe(made.figures.table())),
        _table("Kinds", _safe((kind, f"{count:,}") for kind, count in made.figures.kinds.most_common())),
        "".join(f"![{plain(title)}]({path})\n\n" for path, title in made.pictures),
        _sample(made.sample),
        _again(made),
    ]
    return "\n".join(part for part in parts if part)


def _front_matter(name: str, card: CardFacts, shape: FileShape, made: CardContents, total: int) -> str:
    """Return the YAML head; every text is a JSON string, which YAML reads as it stands."""
    said = json.dumps
    lines = ["---", f"pretty_name: {said(card.title or name)}", f"license: {said(card.license)}"]
    lines += [f"language: {said(sorted(made.figures.languages))}", f"task_categories: {said([made.task])}"]
    lines += [f"tags: {said(list(card.tags))}", f"size_categories: {said([_size(total)])}"]
    lines += ["configs:", "- config_name: default", "  data_files:"]
    for split, (_, paths) in made.splits.items():
        lines += [f"  - split: {split}", f"    path: {said(paths[0] if len(paths) == 1 else paths)}"]
    if shape.container != "csv":
        # Cells are text there whatever they held, and hubs find out by themselves.
        lines += ["dataset_info:", "  features:", *_features(made.schema, "  "), "  splits:"]
        for split, (rows, _) in made.splits.items():
            lines += [f"  - name: {split}", f"    num_examples: {rows}"]
    return "\n".join([*lines, "---\n"])


def _features(fields: Iterable[pa.Field], indent: str) -> list[str]:
    """Return the columns in the words of the `datasets` package."""
    lines = []
    for one in fields:
        lines.append(f"{indent}- name: {one.name}")
        kind = one.type
        if pa.types.is_list(kind) and pa.types.is_struct(kind.value_type):
            lines += [f"{indent}  list:", *_features(kind.value_type, f"{indent}  ")]
        elif pa.types.is_list(kind):
            lines.append(f"{indent}  list: {_dtype(kind.value_type)}")
        else:
            lines.append(f"{indent}  dtype: {_dtype(kind)}")
    return lines


def _dtype(kind: pa.DataType) -> str:
    return {"double": "float64"}.get(str(kind), str(kind))


def _size(total: int) -> str:
    return next((name for limit, name in _SIZES if total < limit), "1M<n<10M")


def _files(rows: int, paths: list[str]) -> str:
    which = f"`{paths[0]}`" if len(paths) == 1 else f"{len(paths):,} files, `{paths[0]}` to `{paths[-1]}`"
    return f"{rows:,} rows in {which}"


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    if not rows:
        return ""
    body = "\n".join(f"| {left} | {right} |" for left, right in rows)
    return f"## {title}\n\n| | |\n|---|---|\n{body}\n"


def _safe(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(plain(left), plain(right)) for left, right in rows]


def _split_rule(shape: FileShape, made: CardContents) -> str:
    said = []
    if shape.test_share:
        said.append(
            f"About {shape.test_share:.0%} of the families are held out (seed {shape.seed}). A family is everything "
            "that comes from one seed or one combination of knowledge points, or differs in numbers and names only; no "
            "family stands on both sides."
        )
    if made.cap:
        said.append(
            f"Balanced by {shape.balance}: a class keeps at most {made.cap:,} problems"
            f"{'' if shape.cap else ', the size of the median class'}, drawn with seed {shape.seed}."
        )
    return "\n\n".join(said) + "\n" if said else ""


def _parts(card: CardFacts, shape: FileShape) -> str:
    if not card.parts:
        return ""
    if shape.strategies:
        return _coverage(card, shape)
    table = _table("Parts", _safe((part, f"{count:,}") for part, count in card.parts.items()))
    if shape.components:
        said = "Problems from combinations of the graph of knowledge points, by the steps between their points."
        return f"{table}\n{said} The counts are problems before copies and repeats were left out.\n"
    many = "one solution" if shape.solutions == 1 else f"up to {shape.solutions} different solutions"
    said = (
        f"Seeds with new solutions of a model, and the best synthesised problems, at most {shape.best:,}, by curated "
        f"score, the rarest first among equals; {many} of each problem, a row each. The counts are problems before "
        "copies and repeats were left out."
    )
    return f"{table}\n{said}\n"


def _coverage(card: CardFacts, shape: FileShape) -> str:
    """Return what each keep strategy keeps, of how many problems, and how the splits were made of it (FL-27)."""
    total = card.parts[ALL]
    rows = [(name, f"{count:,} ({count / total:.1%})") for name, count in card.parts.items() if name != ALL]
    said = (
        f"Each split holds what one keep strategy of FLAMES keeps of {total:,} problems, with the solution that it "
        "chose. The counts are problems before copies, repeats and solutions without an answer were left out"
    )
    equal = (
        f"; then every split was cut to the size of the smallest, all by one permutation (seed {shape.seed}): "
        "what two strategies keep is taken in the same order"
    )
    return f"{_table('Coverage', _safe(rows))}\n{said}{equal if shape.strategies == 'equal' else ''}.\n"


def _loading(name: str, shape: FileShape, made: CardContents) -> str:
    folder = name if _LOAD_NAME.match(name) else "FOLDER"
    split = next(iter(made.splits), "train")
    lines = ["from datasets import load_dataset", "", f'rows = load_dataset("{folder}", split="{split}")']
    note = ""
    if shape.container == "csv":
        note = (
            "\nEvery cell is quoted. A text that a spreadsheet could run as a formula, or that begins with an "
            "apostrophe, has an apostrophe in front: take one leading apostrophe away to get it back. Lists and "
            "conversations are JSON.\n"
        )
    return "## How to load\n\n```python\n" + "\n".join(lines) + f"\n```\n{note}"


def _policy(policy: Policy | None) -> str:
    if policy is None:
        return ""
    rows = [
        (
            plain(" · ".join(filter(None, (label(rule.method), rule.score)))),
            plain(f"{rule.op} {rule.limit:g}"),
        )
        for rule in policy.rules
        if rule.use
    ]
    rows += [(plain(f"{label(method)} · at most"), f"{size:,} problems") for method, size in policy.sizes]
    rows += [(plain(name), plain(said)) for name, said in panel_words(policy.panel)]
    return _table(f"Policy {plain(policy.name)}", rows)


def _list(title: str, names: tuple[str, ...]) -> str:
    return f"## {title}\n\n" + "".join(f"- {plain(name)}\n" for name in names) if names else ""


def _sample(row: Mapping[str, Any]) -> str:
    """Return the first row in a fence that is longer than any run of backticks in it."""
    body = json.dumps(row, ensure_ascii=False, indent=2)
    longest = max((len(run) for run in re.findall(r"`+", body)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"## A row\n\n{fence}json\n{body}\n{fence}\n"


def _again(made: CardContents) -> str:
    return (
        f"## Lineage\n\n`{made.lineage}` says of every row which seed, combination, run, model and prompt it came "
        "from. With it, `manifest.json` and the project, the same files are made again, byte for byte:\n\n"
        "```bash\nlemma export --from-manifest manifest.json --out again\n```\n"
    )
