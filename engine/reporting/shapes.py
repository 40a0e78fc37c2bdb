"""The shapes of a report: a section has a table, and a chart that says what to draw but not how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Rows with a value per column; None where there is no value."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of values, one per name or place of its chart."""

    name: str
    values: tuple[float, ...]
    published: bool = False
    """Whether a paper reports it; then it is drawn apart from what was measured here."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A group of bars per name; `stacked` where the series are parts of a whole. `unit` is count, share or score."""

    names: tuple[str, ...]
    series: tuple[Series, ...]
    stacked: bool = False
    unit: str = "count"


@dataclass(frozen=True, slots=True)
class Curve:
    """Lines over one axis."""

    x: tuple[float, ...]
    series: tuple[Series, ...]
    x_title: str
    mark: float | None = None
    """A height worth a line of its own."""


@dataclass(frozen=True, slots=True)
class PublishedBand:
    """A named stretch of an axis."""

    name: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Distributions over the same bins: `edges` (B + 1), counts (B) and cumulative shares (B) per name."""

    edges: tuple[float, ...]
    counts: tuple[Series, ...]
    cumulative: tuple[Series, ...]
    x_title: str
    bands: tuple[PublishedBand, ...] = ()
    """What papers report of their own sets."""


@dataclass(frozen=True, slots=True)
class Heat:
    """A matrix of shares: `values` has a row per entry of `rows`."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    row_title: str
    column_title: str


@dataclass(frozen=True, slots=True)
class Cloud:
    """Named points on a plane."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Clouds:
    """Several sets of points on one plane."""

    clouds: tuple[Cloud, ...]


@dataclass(frozen=True, slots=True)
class Panels:
    """Views of the same sets side by side, each with its name."""

    views: tuple[tuple[str, Clouds], ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """One named thing by two measures; `published` where a paper reports it."""

    name: str
    x: float
    y: float
    published: bool = False


@dataclass(frozen=True, slots=True)
class Dots:
    """Things by two measures; `log` where both axes are logarithmic."""

    dots: tuple[Dot, ...]
    x_title: str
    y_title: str
    log: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """Counts that pass from step to step; `links` are (from, to, count) by place in `names`."""

    names: tuple[str, ...]
    links: tuple[tuple[int, int, int], ...]


Chart = Bars | Curve | Spread | Heat | Clouds | Panels | Dots | Flow


@dataclass(frozen=True, slots=True)
class Section:
    """One question of the report. `todo` says what to run where there is no data yet; then nothing else is there."""

    name: str
    """Also the name of its files."""
    title: str
    finding: str = ""
    """One sentence that says what the figures show."""
    table: ReportTable | None = None
    chart: Chart | None = None
    notes: tuple[str, ...] = ()
    todo: str = ""


def table(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> ReportTable:
    """Return a table; ValueError for a row of another length than `columns`."""
    if any(len(row) != len(columns) for row in rows):
        raise ValueError(f"every row needs {len(columns)} values")
    return ReportTable(tuple(columns), tuple(tuple(row) for row in rows))


def missing(name: str, title: str, todo: str) -> Section:
    """Return the section of a question that nothing can be said about yet."""
    return Section(name, title, todo=f"No data yet: {todo}")
