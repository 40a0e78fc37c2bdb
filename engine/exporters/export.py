"""Write a training set: data files, card and manifest, all or nothing."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from engine.errors import BadSetting, UserError
from engine.exporters import card as cards
from engine.exporters import manifest, preference, pretrain, raw, rl, sft
from engine.exporters.files import Csv, JsonLines, Parquet, Writer
from engine.exporters.rows import CardFacts, Exported, ExportRow, LeftOut
from engine.exporters.split import checked, split_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Format:
    """A form of training rows."""

    purpose: str
    """Completes `1,200 rows of ...`."""
    schema: pa.Schema
    rows: Callable[[ExportRow], Iterator[dict[str, Any]]]


FORMATS: dict[str, Format] = {
    "sft": Format("conversations for supervised fine-tuning", sft.CONVERSATION, sft.conversation),
    "sft-pairs": Format("prompts and completions for supervised fine-tuning", sft.PAIR, sft.pair),
    "preference": Format("preference pairs made by people's edits", preference.SCHEMA, preference.pairs),
    "pretrain": Format("texts for continued pre-training", pretrain.SCHEMA, pretrain.text),
    "rl": Format("prompts with verifiable answers for reinforcement learning", rl.SCHEMA, rl.prompt),
    "raw": Format("problems with everything that is known of them", raw.SCHEMA, raw.everything),
}

CONTAINERS: dict[str, type[JsonLines] | type[Parquet] | type[Csv]] = {
    "jsonl": JsonLines,
    "parquet": Parquet,
    "csv": Csv,
}


def export(
    rows: Iterable[ExportRow],
    out: str | Path,
    *,
    format: str,
    name: str,
    card: CardFacts,
    test_share: float = 0.0,
    container: str = "jsonl",
    seed: int = 0,
) -> Exported:
    """Write `rows` in a form of FORMATS to the folder `out`: data/SPLIT.*, README.md and manifest.json.

    Rows are taken one by one, so their number is not limited. Contaminated rows, repeats, and rows that the format
    cannot use, are left out and counted. The folder appears whole when all is written; an earlier export in its place
    is replaced, any other folder that is not empty is refused. The same rows in the same order give the same bytes.
    Raises UserError where no row is left, BadSetting for an unknown format, container or share.
    """
    chosen = _known(format, FORMATS, "format")
    made = _known(container, CONTAINERS, "container")
    target = _free(Path(out).expanduser())
    tally = _Tally(checked(test_share), seed)
    settings = {"format": format, "container": container, "test_share": test_share, "seed": seed}
    with _beside(target) as fresh:
        with ExitStack() as stack:
            _write(rows, chosen, _Files(fresh / "data", made, chosen.schema, stack), tally)
        if not tally.ids:
            raise _nothing(tally.left_out, target)
        files = [
            manifest.facts(fresh / "data" / f"{split}{made.suffix}", fresh, split, count)
            for split, count in sorted(tally.splits.items(), reverse=True)
        ]
        told = manifest.text(name, settings, card, files, dict(tally.left_out))
        (fresh / manifest.NAME).write_text(told, encoding="utf-8")
        facts = {"languages": sorted(tally.languages), "left_out": tally.left_out, "sample": tally.sample}
        readme = cards.text(name, chosen.purpose, card, files, facts)
        (fresh / "README.md").write_text(readme, encoding="utf-8")
    written = tuple(target / file.path for file in files)
    return Exported(
        rows=sum(tally.splits.values()),
        files=(*written, target / "README.md", target / manifest.NAME),
        sha256=manifest.whole_hash(files),
        splits=dict(tally.splits),
        left_out=dict(tally.left_out),
        ids=tuple(tally.ids),
        manifest=told,
    )


@dataclass(slots=True)
class _Tally:
    share: float
    seed: int
    splits: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    languages: set[str] = field(default_factory=set)
    ids: list[tuple[str, str]] = field(default_factory=list)
    sample: dict[str, Any] = field(default_factory=dict)


class _Files:
    """A writer per split, opened when its first row comes."""

    def __init__(
        self, folder: Path, made: type[JsonLines] | type[Parquet] | type[Csv], schema: pa.Schema, stack: ExitStack
    ) -> None:
        self._folder, self._made, self._schema, self._stack = folder, made, schema, stack
        self._open: dict[str, Writer] = {}

    def of(self, split: str) -> Writer:
        """Return the writer of a split."""
        if split not in self._open:
            writer = self._made(self._folder / f"{split}{self._made.suffix}", self._schema)
            self._stack.callback(writer.close)
            self._open[split] = writer
        return self._open[split]


def _write(rows: Iterable[ExportRow], chosen: Format, files: _Files, tally: _Tally) -> None:
    for row in rows:
        try:
            if row.contaminated:
                raise LeftOut("copies a test problem")
            if row.repeats:
                raise LeftOut("repeats another row")
            found = list(chosen.rows(row))
        except LeftOut as left:
            tally.left_out[left.reason] += 1
            continue
        split = split_of(row.family, tally.share, tally.seed)
        writer = files.of(split)
        for entry in found:
            writer.write(entry)
            tally.splits[split] += 1
            tally.sample = tally.sample or entry
        tally.languages.add(row.language)
        tally.ids.append((row.id, split))


def _nothing(left_out: Counter[str], target: Path) -> UserError:
    why = ", ".join(f"{count:,} rows: {reason}" for reason, count in left_out.items())
    what = f"There is nothing to export ({why})." if why else "There is nothing to export: no row was approved."
    return UserError(what, where=str(target), do="Approve some problems, or choose another format.")


def _known(key: str, among: dict[str, T], what: str) -> T:
    if key not in among:
        raise BadSetting(f"{key} is no {what}.", where="export", do=f"Known: {', '.join(among)}.")
    return among[key]


def _free(target: Path) -> Path:
    """Return the folder to write to; only an earlier export may stand in its place."""
    occupied = target.exists() and (not target.is_dir() or any(target.iterdir()))
    if occupied and not (target / manifest.NAME).is_file():
        raise UserError("is there already and is no export.", where=str(target), do="Choose another folder.")
    return target


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Give a fresh folder that takes the target's place when the block ends well, and vanishes when it does not."""
    fresh, old = (target.with_name(f".{target.name}.{word}") for word in ("new", "old"))
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    (fresh / "data").mkdir(parents=True)
    try:
        yield fresh
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
