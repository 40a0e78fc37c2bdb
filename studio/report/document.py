"""The report as one HTML file: opens anywhere, asks nobody, shows no text as markup.

The templates escape every value. Two things alone are markup when they get there: plotly.js and the plots it draws,
whose names are escaped where the figures are made.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import plotly.graph_objects as go
import plotly.io as pio
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from engine.reporting import CHAPTERS, Report
from engine.reporting.published import LABEL, ReferenceTable, table
from engine.reporting.shapes import Cell, Section
from studio.report.figures import comparison, drawn
from studio.theme import LIGHT

MOST_ROWS = 60
"""Rows of a table in the document; the CSV files have all."""
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "responsive": True, "plotlyServerURL": ""}
_TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True, slots=True)
class Part:
    """A section as the template takes it: with its plot, and the published tables beside it."""

    section: Section
    plot: Markup | None
    beside: tuple[ReferenceTable, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """The sections of one question."""

    id: str
    title: str
    parts: tuple[Part, ...]


def document(report: Report) -> str:
    """Return the whole file; plotly.js is inlined once."""
    return (
        _environment()
        .get_template("report.html")
        .render(
            project=report.project,
            made=time.strftime("%Y-%m-%d %H:%M", time.localtime(report.made_at)),
            plotly=Markup(get_plotlyjs()),
            colours=LIGHT,
            label=LABEL,
            most_rows=MOST_ROWS,
            chapters=list(_chapters(report)),
            compared=_plot(
                comparison(table("gsdp_data_sets"), table("gsdp_main"), LIGHT, report.own.points), "published"
            ),
            own=report.own.in_words,
            published=report.published,
        )
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(shown=shown, exact=exact, numeric=numeric)
    return made


def _chapters(report: Report) -> Iterator[Chapter]:
    for title, names in CHAPTERS.items():
        yield Chapter(title.lower(), title, tuple(_part(report, name) for name in names))


def _part(report: Report, name: str) -> Part:
    section = report.section(name)
    plot = _plot(drawn(section.chart, LIGHT), name) if section.chart is not None else None
    return Part(section, plot, report.beside(name))


def _plot(made: go.Figure, name: str) -> Markup:
    return Markup(pio.to_html(made, config=_CONFIG, include_plotlyjs=False, full_html=False, div_id=f"plot-{name}"))


def shown(value: float) -> str:
    """Return a number as a reader wants it: thousands apart, three decimals at most, small ones in full."""
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.3f}" if abs(value) >= 0.01 else f"{value:.3g}"


def exact(value: float) -> str:
    """Return a published number with every digit that it has, and no more."""
    return f"{value:,}" if isinstance(value, int) else f"{value:.6g}"


def numeric(rows: Sequence[Sequence[Cell]]) -> tuple[bool, ...]:
    """Say of each column whether it holds numbers, so that a missing one stands where they stand."""
    return tuple(
        any(cell is not None and not isinstance(cell, str) for cell in cells) for cells in zip(*rows, strict=True)
    )
