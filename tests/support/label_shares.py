"""Finds what hand-picked labels must not become: a percentage or an interval of precision, recall or agreement.

It reads sentences, tables, figures and JSON as they are shown. Counts ("37 of 52 were good") and what is counted over
all rows (retention) are no finding, nor is the confidence of an interval that is spoken of without being given.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MEASURE = re.compile(
    r"\b(precision|precise|recall|accurac\w*|F1|kappa|alike|agreement|agrees? (?:with|on)|AC1|PABAK|approval rate)\b|κ",
    re.I,
)
OTHERWISE = re.compile(r"\b(?:answer agreement|agreement of (?:answers|solvers|solutions))\b|^agreement$", re.I)
"""How far answers of solvers agree is a score of a row, and none of people or judges."""
CONFIDENCE = re.compile(r"\(?9[059](?:\.\d+)?\s?%\)?(?:\s(?:interval|confidence|sure))?|nominal \d+", re.I)
NUMBER = r"[-−+]?(?:\d+(?:\.\d+)?|\.\d+)"
RANGE = re.compile(rf"{NUMBER}\s?%?\s?(?:–|—|to|-)\s?{NUMBER}\s?%?")
SHARE = re.compile(r"\d(?:\.\d+)?\s?%|(?<![\d.,v])[01]?\.\d+(?![\d.])")
COUNTED = re.compile(r"\blabel\w*|\brows\b|\bitems\b|\bkept\b|\bworth\b", re.I)
"""Columns of counts; a table with gaps holds them as floats."""
SENTENCE = re.compile(r"(?<=[a-zé)])\.\s|[\n;]|\s·\s")
ENDS = {"low", "high", "from", "to", "interval", "half_width", "95 %", "share", "value"}


def in_text(text: str, about: str = "") -> list[str]:
    """Return the sentences that give a share or an interval of a measure; `about` is the title they stand under."""
    found = []
    for sentence in SENTENCE.split(text):
        bare = CONFIDENCE.sub("", OTHERWISE.sub("", sentence))
        measured = MEASURE.search(bare) or MEASURE.search(OTHERWISE.sub("", about))
        if measured and (RANGE.search(bare) or SHARE.search(bare)):
            found.append(f"{about}: {sentence.strip()}" if about else sentence.strip())
    return found


def in_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """Return the cells of a table that give one: under a column, or in a row, that is called by a measure."""
    found = []
    for row in rows:
        named = next((cell for cell in row if isinstance(cell, str)), "")
        measured = bool(MEASURE.match(named.strip()))
        for column, cell in zip(columns, row, strict=True):
            if isinstance(cell, str):
                found += in_text(cell, f"{column} {named}" if measured and cell is not named else column)
            elif _is_share(cell, column) and (measured or MEASURE.search(OTHERWISE.sub("", column))):
                found.append(f"{named}, {column}: {cell}")
    return found


def in_json(values: Any, path: tuple[str, ...] = ()) -> list[str]:
    """Return the places of a JSON value that give one."""
    if isinstance(values, Mapping):
        pair = [values.get("low"), values.get("high")]
        if all(_is_number(one) for one in pair):
            return [f"{'.'.join(path)}: {pair}"]
        return [fault for key, value in values.items() for fault in in_json(value, (*path, str(key)))]
    if isinstance(values, list):
        return [fault for place, value in enumerate(values) for fault in in_json(value, (*path, str(place)))]
    if isinstance(values, str):
        return [f"{'.'.join(path)}: {fault}" for fault in in_text(values)]
    if not _is_number(values):
        return []
    leaf = path[-1] if path else ""
    measured = bool(MEASURE.search(OTHERWISE.sub("", leaf))) or (
        leaf in ENDS and any(MEASURE.search(key) for key in path)
    )
    return [f"{'.'.join(path)}: {values}"] if measured else []


def in_figure(figure: Mapping[str, Any]) -> list[str]:
    """Return the traces of a drawn figure that show one."""
    layout = figure.get("layout", {})
    titles = [str(layout.get(axis, {}).get("title", {}).get("text", "")) for axis in ("xaxis", "yaxis")]
    found = []
    for trace in figure.get("data", ()):
        named = OTHERWISE.sub("", " ".join((str(trace.get("name", "")), *titles)))
        if MEASURE.search(named) and any(_is_number(one) for axis in ("x", "y") for one in _flat(trace.get(axis))):
            found.append(f"a figure shows {named.strip()}")
    return found


def _flat(values: Any) -> Iterator[Any]:
    if isinstance(values, Mapping):  # Plotly packs numbers as bytes.
        yield 1.0
    else:
        yield from values or ()


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_share(value: Any, column: str) -> bool:
    """Return whether a cell is a number other than a count."""
    if not _is_number(value) or isinstance(value, int):
        return False
    return not (COUNTED.search(column) and value.is_integer())
