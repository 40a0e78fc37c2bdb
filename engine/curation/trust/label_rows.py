"""Reads files of labels: one verdict of one person on one row, with the line it stands on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine.core.errors import BadInput
from engine.core.records import READER_ROLES, LabelVerdict, ReaderRole
from engine.curation.trust import label_exports, label_words
from engine.curation.trust.label_exports import IDS, WHY
from engine.curation.trust.label_words import flag, moment, text
from engine.seeds.files import columns, kind_of, rows
from engine.seeds.rows import BrokenRow

COLUMNS: Final = ("id", "verdict", "curator", "time", "reason", "draw", "role", "blind", "gold", "hash")
"""What a file may say of a label; id and verdict it must."""
_VERDICTS: Final = ("verdict", "label", "decision", "判断", "结论", "标签")
_CURATORS: Final = ("curator", "annotator", "reviewer", "labeler", "labeller", "标注人", "审核人")
_TIMES: Final = ("time", "timestamp", "created_at", "labelled_at", "labeled_at", "date", "时间")
_LONGEST_ID = 200
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A label as a file gives it."""

    line: int
    row_id: str
    verdict: LabelVerdict
    curator: str
    at: float | None
    """Unix time; None where the file does not say."""
    reason: str = ""
    draw_id: str = ""
    """The random draw that the file claims it comes from."""
    role: ReaderRole | None = None
    blind: bool | None = None
    gold: bool = False
    row_hash: str = ""
    """Hash of the text that was read, as `lemma labels list` gives it; '' where the file does not say."""


@dataclass(frozen=True, slots=True)
class UnusableLabel:
    """A line that cannot become a label, and why, in a sentence."""

    line: int
    row_id: str
    why: str
    code: str = "bad_field"
    """Stable name of the reason, to count by."""


def read(path: Path, curator: str = "") -> Iterator[LabelRow | UnusableLabel]:
    """Yield what each row of a file says; `curator` is who labelled where the file does not say.

    Any of JSON lines, JSON, CSV, TSV, Parquet and Arrow, also as Argilla, Label Studio and Prodigy write them. Raises
    BadInput where the file holds no labels at all, or where it cannot be told which column is meant.
    """
    kind = kind_of(path)
    _once(columns(path, kind), str(path))
    first = True
    for row in rows(path, kind):
        if isinstance(row, BrokenRow) and row.ends:
            do = "Mend or fetch the file again; nothing was added."
            raise BadInput(f"{row.reason}: {row.detail}.", where=f"{path}, line {row.line}", do=do)
        if isinstance(row, BrokenRow):
            yield UnusableLabel(row.line, "", f"cannot be read: {row.detail}", "unreadable")
            continue
        if first:
            first = False
            _once([str(name) for name in row.fields], f"{path}, line {row.line}")
            if not label_exports.is_export(row.fields):
                _must_have(_folded(row.fields), f"{path}, line {row.line}")
        for flat in label_exports.flattened(row.fields):
            yield _row(row.line, _folded(flat), curator)


def _folded(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name).strip().lower(): value for name, value in fields.items()}


def _once(names: Sequence[str], where: str) -> None:
    """Refuse a header in which a column that matters stands twice: nobody knows which of the two is meant."""
    known = {*COLUMNS, *IDS, *_VERDICTS, *_CURATORS, *_TIMES}
    twice = [name for name, count in Counter(name.strip().lower() for name in names).items() if count > 1]
    if meant := [name for name in twice if name in known]:
        raise BadInput(f"has two columns {meant[0]}.", where=where, do="Keep the one that holds.")


def _must_have(fields: Mapping[str, Any], where: str) -> None:
    lacking = [name for name, others in (("id", IDS), ("verdict", _VERDICTS)) if not fields.keys() & set(others)]
    if lacking:
        raise BadInput(
            f"has no column {' and no column '.join(lacking)}.",
            where=where,
            do=f"Give one row per label; columns: {', '.join(COLUMNS)}.",
        )
    said = [name for name in _VERDICTS if name in fields]
    if "verdict" not in said and len(said) > 1:
        raise BadInput(
            f"has several columns that may be the verdict: {', '.join(said)}.", where=where, do="Name one verdict."
        )


def _first(fields: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((fields[name] for name in names if text(fields.get(name))), None)


def _row(line: int, fields: Mapping[str, Any], curator: str) -> LabelRow | UnusableLabel:
    ident = text(_first(fields, IDS))
    if not ident:
        return UnusableLabel(line, "", "names no row", "no_id")
    if len(ident) > _LONGEST_ID:
        return UnusableLabel(line, ident[:_LONGEST_ID], f"names a row by {len(ident):,} characters", "no_id")
    if why := fields.get(WHY):
        return UnusableLabel(line, ident, str(why), "no_verdict")
    said = text(_word(_first(fields, _VERDICTS)))
    verdict = label_words.verdict(said)
    if verdict is None:
        why = f"{said[:_SHOWN]!r} is no verdict: good, bad, unsure or skipped" if said else "no verdict"
        return UnusableLabel(line, ident, why, "no_verdict")
    who = text(_first(fields, _CURATORS)) or curator
    if not who:
        why = "does not say who labelled it; give a column curator, or --curator"
        return UnusableLabel(line, ident, why, "no_curator")
    try:
        return _label(line, ident, verdict, who, fields)
    except ValueError as error:
        return UnusableLabel(line, ident, str(error))


def _label(line: int, ident: str, verdict: LabelVerdict, who: str, fields: Mapping[str, Any]) -> LabelRow:
    return LabelRow(
        line,
        ident,
        verdict,
        who,
        moment(_first(fields, _TIMES)),
        text(fields.get("reason")),
        text(fields.get("draw")),
        _role(fields.get("role")),
        flag(fields.get("blind"), "blind"),
        bool(flag(fields.get("gold"), "gold")),
        text(fields.get("hash")).lower(),
    )


def _word(value: Any) -> Any:
    """Return the word of a cell; tools that allow several write a list, or an object with one."""
    if isinstance(value, Mapping):
        value = value.get("choices")
    if isinstance(value, (list, tuple)):
        return " and ".join(dict.fromkeys(str(word) for word in value))
    return value


def _role(value: Any) -> ReaderRole | None:
    said = text(value).lower()
    if said and said not in READER_ROLES:
        raise ValueError(f"{said[:_SHOWN]!r} is no role: {', '.join(READER_ROLES)}")
    return next((role for role in READER_ROLES if role == said), None)
