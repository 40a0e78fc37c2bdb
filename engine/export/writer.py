"""Write a training set: data files, card, lineage and manifest, all or nothing."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from engine.core.errors import BadInput, BadSetting, UserError
from engine.core.out_folder import in_words
from engine.export import balance, lineage, manifest, quality
from engine.export import card as cards
from engine.export.card_pictures import pictures
from engine.export.exported_texts import ExportedTexts
from engine.export.files import Parquet
from engine.export.formats import FORMATS, Format, preference, raw
from engine.export.rows import FROM_TEST, NO_ANSWER, OVERLAPS, WAITS, CardFacts, Exported, ExportRow, LeftOut
from engine.export.shape import FileShape
from engine.export.shards import CONTAINERS, DataShards
from engine.export.split import split_of
from engine.export.statistics import Statistics
from engine.export.turn_marks import without_turn_marks

_LONGEST_NAME = 200
T = TypeVar("T")
Rate = Callable[[pa.Table], Mapping[str, Any]]
"""Says how good rows are, of which row_id and row_hash are given."""


@dataclass(frozen=True, slots=True)
class Again:
    """An export that is made a second time: rows come as they were chosen and split, and the result must be equal."""

    left_out: Mapping[str, int]
    warned: Mapping[str, int]
    cap: int
    """Rows that a class kept, where the set was balanced."""
    cuts: bool
    """Whether marks of turns were cut from its texts; exports of earlier versions let them out."""
    check: Callable[[Path, str], None]
    """Called with the finished folder and manifest before they take their place; raises where they differ."""


def export(
    rows: Iterable[ExportRow],
    out: str | Path,
    *,
    name: str,
    card: CardFacts,
    shape: FileShape | None = None,
    again: Again | None = None,
    rate: Rate | None = None,
    **more: Any,
) -> Exported:
    """Write `rows` to the folder `out`: data/SPLIT.*, README.md, pictures, lineage.parquet and manifest.json.

    With `rate` quality.json stands beside them. Rows are taken one by one, so their number is not limited. Copies of
    test problems, what was written from one, repeats, and rows that the format cannot use, are left out and counted.
    The folder appears whole when all is written; an earlier export in its place is replaced, any other folder that is
    not empty is refused. The same rows in the same order give the same bytes.

    Args:
        rows: what is exported; a balanced set goes through them twice.
        out: the folder.
        name: name of the set.
        card: what the card says besides counts.
        shape: how the files look; `more` are fields of it, where no shape is given.
        again: what makes this the repetition of an export.
        rate: says how good the rows are that went out, for the card and for quality.json.
        more: fields of Shape.

    Raises:
        UserError: no row is left, or the folder is occupied.
        BadSetting: unknown format, container, class, share or way to pairs.
    """
    asked = shape or FileShape(**more)
    chosen = _format(asked, again is not None)
    _known(asked.container, CONTAINERS, "container")
    _check_name(name)
    target = _free(Path(out).expanduser())
    tally = _Tally(asked, texts=ExportedTexts() if rate else None)
    if again:
        tally.left_out.update(again.left_out)
        tally.warned.update(again.warned)
        tally.cap, tally.cuts = again.cap, again.cuts
    elif asked.balance:
        tally.caps = _caps(rows, chosen, asked)
        tally.cap = tally.caps.cap
    with _beside(target) as fresh:
        _write(rows, chosen, fresh, tally)
        if not tally.splits:
            raise _nothing(tally.left_out, target)
        rated = replace(card, quality=rate(tally.texts.table())) if rate and tally.texts else card
        written = _finish(fresh, name, rated, chosen, tally)
        if again:
            again.check(fresh, written.manifest)
    return _moved(written, fresh, target)


@dataclass(slots=True)
class _Tally:
    shape: FileShape
    splits: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    warned: Counter[str] = field(default_factory=Counter)
    figures: Statistics = field(default_factory=Statistics)
    sample: dict[str, Any] = field(default_factory=dict)
    caps: balance.Caps | None = None
    cap: int = 0
    cuts: bool = True
    turn_marks: Counter[str] = field(default_factory=Counter)
    """Texts from which a mark of a turn was cut, by mark."""
    texts: ExportedTexts | None = None
    """Which texts went out, where that is asked for."""
    files: list[tuple[Path, str, int]] = field(default_factory=list)


def _format(shape: FileShape, again: bool) -> Format:
    """Return the format with what a shape lets out; what went out once goes out again, whatever is asked today."""
    chosen = _known(shape.format, FORMATS, "format")
    if shape.format == "raw" and not shape.requests:
        chosen = replace(chosen, schema=raw.FIRST_SCHEMA, rows=raw.of_first_edition)
    if shape.format == "preference":
        return replace(chosen, rows=preference.by(shape.pairs, shape.unanswered or again))
    return chosen if again else replace(chosen, rows=partial(_learnable, chosen.rows, shape))


def _learnable(
    entries: Callable[[ExportRow], Iterator[dict[str, Any]]], shape: FileShape, row: ExportRow
) -> Iterator[dict[str, Any]]:
    """Yield what a form makes of a row, unless there is no answer to learn, or the row is one half of a pair."""
    if row.silent and not shape.unanswered:
        raise LeftOut(NO_ANSWER)
    if row.better and shape.format != "raw":
        raise LeftOut("one half of a preference pair")
    yield from entries(row)


def _caps(rows: Iterable[ExportRow], chosen: Format, shape: FileShape) -> balance.Caps:
    if iter(rows) is rows:
        raise BadSetting("the rows can be read only once.", where="balance", do="Give rows that can be read twice.")
    return balance.caps(_usable(rows, chosen), shape.balance, shape.cap, shape.seed)


def usable(rows: Iterable[ExportRow], shape: FileShape) -> Iterator[ExportRow]:
    """Yield the rows that an export of this shape would hold."""
    return _usable(rows, _format(shape, False))


def _usable(rows: Iterable[ExportRow], chosen: Format) -> Iterator[ExportRow]:
    for row in rows:
        try:
            _entries(without_turn_marks(row, Counter()), chosen, None)
        except LeftOut:
            continue
        yield row


def _write(rows: Iterable[ExportRow], chosen: Format, fresh: Path, tally: _Tally) -> None:
    shape = tally.shape
    traces = Parquet(fresh / lineage.NAME, lineage.SEVERAL if shape.several else lineage.SCHEMA)
    with DataShards(fresh, chosen.schema, shape) as shards:
        try:
            for row in rows:
                counts: Counter[str] = Counter()
                said = without_turn_marks(row, counts) if tally.cuts else row
                try:
                    found = _entries(said, chosen, tally.caps)
                except LeftOut as left:
                    tally.left_out[left.reason] += 1
                    continue
                tally.turn_marks.update(counts)
                split = row.split or split_of(row.family, shape.test_share, shape.seed)
                for entry in found:
                    shards.write(split, entry)
                tally.splits[split] += len(found)
                if row.warned:
                    tally.warned[OVERLAPS[row.tier]] += 1
                tally.sample = tally.sample or found[0]
                tally.figures.add(said)
                if tally.texts is not None:
                    tally.texts.add(row)
                traces.write(lineage.line(row, split))
        finally:
            traces.close()
    tally.files = shards.named()


def _entries(row: ExportRow, chosen: Format, caps: balance.Caps | None) -> list[dict[str, Any]]:
    """Return the training rows of a problem; LeftOut says why there are none."""
    if row.waits:
        raise LeftOut(WAITS)
    if row.contaminated:
        raise LeftOut(OVERLAPS[row.tier or "ngrams"])
    if row.test_seed:
        raise LeftOut(f"{FROM_TEST} of {row.test_seed}")
    if row.repeats:
        raise LeftOut("repeats another row")
    if not row.statement.strip():
        raise LeftOut("no statement")
    found = list(chosen.rows(row))
    if caps and not caps.keeps(row):
        raise LeftOut(f"over the cap of its {caps.by}")
    return found


def _finish(fresh: Path, name: str, card: CardFacts, chosen: Format, tally: _Tally) -> Exported:
    """Write pictures, card and manifest beside the data; return the report with the paths of the fresh folder."""
    left_out = dict(sorted(tally.left_out.items()))
    warned = dict(sorted(tally.warned.items()))
    drawn = pictures(card.funnel, tally.figures)
    others = [fresh / "README.md", fresh / lineage.NAME, *(fresh / "pictures" / file for file in drawn)]
    if card.quality:
        others.append(fresh / quality.NAME)
        others[-1].write_bytes(quality.text(card.quality))
    for file, (_, svg) in drawn.items():
        (fresh / "pictures").mkdir(exist_ok=True)
        (fresh / "pictures" / file).write_text(svg, encoding="utf-8")
    made = cards.CardContents(
        purpose=chosen.purpose,
        task=chosen.task,
        schema=chosen.schema,
        files=tuple((path.relative_to(fresh).as_posix(), split, rows) for path, split, rows in tally.files),
        left_out=left_out,
        warned=warned,
        figures=tally.figures,
        pictures=tuple((f"pictures/{file}", title) for file, (title, _) in drawn.items()),
        cap=tally.cap,
        sample=tally.sample,
        turn_marks=dict(tally.turn_marks),
    )
    others[0].write_text(cards.text(name, card, tally.shape, made), encoding="utf-8")
    files = [manifest.facts(path, fresh, split, rows) for path, split, rows in tally.files]
    marks = dict(sorted(tally.turn_marks.items()))
    counts = manifest.ExportCounts(left_out, warned, tally.cap, marks)
    told = manifest.text(name, tally.shape, card, files, others, fresh, counts)
    (fresh / manifest.NAME).write_text(told, encoding="utf-8")
    return Exported(
        rows=sum(tally.splits.values()),
        files=(*(path for path, _, _ in tally.files), *others, fresh / manifest.NAME),
        sha256=manifest.whole_hash(files),
        splits=dict(tally.splits),
        left_out=left_out,
        turn_marks=marks,
        warned=warned,
        manifest=told,
        lineage=fresh / lineage.NAME,
    )


def _moved(written: Exported, fresh: Path, target: Path) -> Exported:
    """Return the report with the paths that the files have now."""
    files = tuple(target / path.relative_to(fresh) for path in written.files)
    return replace(written, files=files, lineage=target / lineage.NAME)


def _nothing(left_out: Counter[str], target: Path) -> UserError:
    why = ", ".join(f"{count:,} rows: {reason}" for reason, count in left_out.items())
    what = f"There is nothing to export ({why})." if why else "There is nothing to export: no row was approved."
    return UserError(what, where=str(target), do="Approve some problems, or choose another format.")


def _known(key: str, among: Mapping[str, T], what: str) -> T:
    if key not in among:
        raise BadSetting(f"{key} is no {what}.", where="export", do=f"Known: {', '.join(among)}.")
    return among[key]


def _check_name(name: str) -> None:
    """Raise BadSetting for a name that would change what a terminal or a card shows around it."""
    if not name.isprintable() or len(name) > _LONGEST_NAME:
        raise BadSetting(
            f"a name has {_LONGEST_NAME} characters at most, and each can be seen.", where="export",
            do="Choose another name.",
        )  # fmt: skip


def _free(target: Path) -> Path:
    """Return the folder to write to; only an earlier export may stand in its place, and nothing else beside it."""
    with in_words(target):
        if not target.exists() or (target.is_dir() and not any(target.iterdir())):
            return target
    try:
        known = {*manifest.read(target / manifest.NAME).hashes, manifest.NAME}
    except BadInput:
        raise UserError("is there already and is no export.", where=str(target), do="Choose another folder.") from None
    files = (path for path in sorted(target.rglob("*")) if not path.is_dir() or path.is_symlink())
    if strange := next((path for path in files if path.relative_to(target).as_posix() not in known), None):
        what = f"holds {strange.relative_to(target).as_posix()} beside an earlier export, which would be lost."
        raise UserError(what, where=str(target), do="Move it away, or choose another folder.")
    return target


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Give a fresh folder that takes the target's place when the block ends well, and vanishes when it does not."""
    fresh, old = (target.with_name(f".{target.name}.lemma-{word}") for word in ("new", "old"))
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    with in_words(target):
        fresh.mkdir(parents=True)
    try:
        yield fresh
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
