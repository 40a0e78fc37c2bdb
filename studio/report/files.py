"""Everything that `lemma report` writes: the document, a table and a figure per section, the published tables."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path

import orjson

from engine.core.errors import UserError
from engine.core.out_folder import mark
from engine.reporting import Report, comparisons
from engine.reporting.published import LABEL
from engine.reporting.shapes import ReportTable
from studio.report.document import document
from studio.report.figures import drawn
from studio.theme import LIGHT

REPORT = "report"


def write(report: Report, folder: Path, home: Path) -> list[Path]:
    """Write all files of a report on the project `home` and return their paths, the document first.

    Every file is whole or not there. Raises UserError where the folder cannot be written.
    """
    paths: list[Path] = []
    try:
        mark(folder, REPORT, home)
        for name, content in _files(report):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_name(path.name + ".part")
            half.write_bytes(content)
            os.replace(half, path)
            paths.append(path)
    except OSError as error:
        raise UserError(
            f"cannot be written: {error.strerror or error}.", where=str(folder), do="Choose another --out."
        ) from error
    return paths


def _files(report: Report) -> Iterator[tuple[str, bytes]]:
    yield "report.html", document(report).encode()
    for section in report.sections:
        if section.table is not None:
            yield f"tables/{section.name}.csv", _csv(section.table)
            told = {"name": section.name, "title": section.title, "finding": section.finding, "notes": section.notes}
            yield f"tables/{section.name}.json", _json({**told, **_rows(section.table)})
        if section.chart is not None:
            yield f"figures/{section.name}.json", drawn(section.chart, LIGHT).to_json().encode()
        if (compared := comparisons.beside(section)) is not None:
            yield f"figures/{section.name}-compared.json", drawn(compared, LIGHT).to_json().encode()
    for each in report.published:
        rows = ReportTable(each.columns, each.rows)
        yield f"published/{each.name}.csv", _csv(rows)
        told = {"name": each.name, "title": each.title, "label": LABEL, "source": each.source, "note": each.note}
        yield f"published/{each.name}.json", _json({**told, **_rows(rows)})


def _rows(table: ReportTable) -> dict[str, object]:
    return {"rows": [dict(zip(table.columns, row, strict=True)) for row in table.rows]}


def _json(values: dict[str, object]) -> bytes:
    return orjson.dumps(values, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY) + b"\n"


def _csv(table: ReportTable) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue().encode()
