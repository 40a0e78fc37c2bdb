"""Draws the charts of the report: a Plotly figure per shape, in the house style."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from functools import singledispatch
from itertools import pairwise

import plotly.graph_objects as go

from engine.reporting.own_points import OwnPoint
from engine.reporting.published import ReferenceTable
from engine.reporting.shapes import Bars, Clouds, Curve, Flow, Heat, Series, Spread
from engine.reporting.topics import DEPTHS
from studio.charts import figure
from studio.theme import Tokens, fade

HEIGHT = 270
LONG = 12
"""Length of a name from which bars lie down."""
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


@singledispatch
def drawn(chart: object, colours: Tokens) -> go.Figure:
    """Return the figure of a chart; TypeError for a shape that nobody draws."""
    raise TypeError(f"no figure for {type(chart).__name__}")


@drawn.register
def bars(chart: Bars, colours: Tokens) -> go.Figure:
    """One trace per series; long names lie down, so that they can be read."""
    lying = len(chart.names) > 8 or max(map(len, chart.names), default=0) > LONG
    made = figure(max(HEIGHT, 24 * len(chart.names) * (1 if chart.stacked else len(chart.series)) + 60), colours)
    if not lying:
        made.update_layout(height=HEIGHT)
    names = [safe(name) for name in chart.names]
    for series, colour in zip(chart.series, _pens(chart.series, colours), strict=False):
        across = {"x": series.values, "y": names} if lying else {"x": names, "y": series.values}
        made.add_bar(**across, name=safe(series.name), marker_color=colour, orientation="h" if lying else "v")
    made.update_layout(
        barmode="stack" if chart.stacked else "group",
        showlegend=len(chart.series) > 1,
        legend_traceorder="normal",
        margin_t=28 if len(chart.series) > 1 else 8,
    )
    along = made.update_xaxes if lying else made.update_yaxes
    along(
        showgrid=True, gridcolor=colours.line, rangemode="tozero", tickformat=".0%" if chart.unit == "share" else None
    )
    # Names that look like numbers, as those of scores do, are names all the same.
    (made.update_yaxes if lying else made.update_xaxes)(type="category", ticklabelstandoff=4)
    if lying:
        made.update_yaxes(autorange="reversed")
    return made


@drawn.register
def curve(chart: Curve, colours: Tokens) -> go.Figure:
    """One line per series; few places get a mark each."""
    made = figure(HEIGHT, colours)
    few = len(chart.x) <= 12
    for place, series in enumerate(chart.series):
        made.add_scatter(
            x=chart.x,
            y=series.values,
            name=safe(series.name),
            mode="lines+markers" if few else "lines",
            line={"color": _pen(place, colours), "width": 2, "dash": _DASHES[place % len(_DASHES)]},
        )
    if chart.mark is not None:
        made.add_hline(chart.mark, line={"color": colours.mute, "width": 1, "dash": "dash"})
    made.update_xaxes(**_titled(chart.x_title, colours), dtick=1 if few else None)
    made.update_yaxes(showgrid=True, gridcolor=colours.line)
    return made


@drawn.register
def spread(chart: Spread, colours: Tokens) -> go.Figure:
    """A histogram per name with its cumulative curve on the right axis: two traces each."""
    made = figure(HEIGHT + 40, colours)
    middle = [(low + high) / 2 for low, high in pairwise(chart.edges)]
    for place, (counts, shares) in enumerate(zip(chart.counts, chart.cumulative, strict=True)):
        pen, name = _pen(place, colours), safe(counts.name)
        made.add_bar(x=middle, y=counts.values, name=name, marker_color=fade(pen, 0.55), legendgroup=name)
        made.add_scatter(
            x=chart.edges[1:], y=shares.values, name=name, yaxis="y2", mode="lines", showlegend=False, legendgroup=name,
            line={"color": pen, "width": 2, "dash": _DASHES[place % len(_DASHES)]},
        )  # fmt: skip
    made.update_layout(
        barmode="group", bargap=0.08, margin_r=44,
        yaxis2={"overlaying": "y", "side": "right", "range": [0, 1.02], "tickformat": ".0%",
                "tickmode": "array", "tickvals": [0, 0.25, 0.5, 0.75, 1], "showgrid": False,
                "tickfont": {"color": colours.mute, "size": 11}},
    )  # fmt: skip
    made.update_xaxes(**_titled(chart.x_title, colours))
    made.update_layout(yaxis={"showgrid": True, "gridcolor": colours.line})
    return made


@drawn.register
def heat(chart: Heat, colours: Tokens) -> go.Figure:
    """One heat-map whose cells say their share."""
    made = figure(HEIGHT + 90, colours)
    steps = [[place / (len(colours.ramp) - 1), colour] for place, colour in enumerate(colours.ramp)]
    made.add_heatmap(
        z=chart.values, x=[safe(name) for name in chart.columns], y=[safe(name) for name in chart.rows],
        colorscale=steps, zmin=0, zmax=1, texttemplate="%{z:.2f}", showscale=False, xgap=2, ygap=2,
        hovertemplate=f"{chart.row_title} %{{y}}<br>{chart.column_title} %{{x}}<br>%{{z:.3f}}<extra></extra>",
    )  # fmt: skip
    made.update_xaxes(type="category", **_titled(chart.column_title, colours))
    made.update_yaxes(type="category", autorange="reversed", **_titled(chart.row_title, colours))
    return made


@drawn.register
def clouds(chart: Clouds, colours: Tokens) -> go.Figure:
    """One trace per set; seeds are open circles below the others."""
    made = figure(HEIGHT + 90, colours)
    for place, cloud in enumerate(chart.clouds):
        seeds = cloud.name == "seeds"
        pen = colours.mute if seeds else _pen(place - 1, colours)
        made.add_scatter(
            x=cloud.x, y=cloud.y, name=safe(cloud.name), mode="markers", hoverinfo="name",
            marker={"size": 8 if seeds else 6, "color": pen, "symbol": "circle-open" if seeds else "circle",
                    "opacity": 0.9 if seeds else 0.6},
        )  # fmt: skip
    made.update_xaxes(visible=False)
    made.update_yaxes(visible=False)
    return made


@drawn.register
def flow(chart: Flow, colours: Tokens) -> go.Figure:
    """One Sankey diagram; every step says its count."""
    made = figure(HEIGHT, colours)
    into = [sum(count for _, there, count in chart.links if there == place) for place in range(len(chart.names))]
    out = [sum(count for here, _, count in chart.links if here == place) for place in range(len(chart.names))]
    pens = [_flow_pen(name, colours) for name in chart.names]
    labels = [f"{safe(name)} {max(pair):,}" for name, *pair in zip(chart.names, into, out, strict=True)]
    made.add_sankey(
        node={"label": labels, "color": pens, "pad": 18, "thickness": 14, "line": {"width": 0}},
        link={
            "source": [here for here, _, _ in chart.links],
            "target": [there for _, there, _ in chart.links],
            "value": [count for _, _, count in chart.links],
            "color": [fade(pens[there], 0.3) for _, there, _ in chart.links],
        },
        textfont={"color": colours.ink, "size": 12},
    )
    made.update_layout(margin={"l": 8, "r": 8, "t": 12, "b": 12})
    return made


def comparison(
    data_sets: ReferenceTable, main: ReferenceTable, colours: Tokens, own: Sequence[OwnPoint] = ()
) -> go.Figure:
    """Return published data sets by expansion and cost, one point each (GSDP-48); accuracy stands by its own name.

    `own` are the project's data, in another colour and form; one without a price has no place on the axis of cost.
    """
    made = figure(HEIGHT + 40, colours)
    best = max(float(value) for value in main.column("MATH") if isinstance(value, int | float))
    columns = (data_sets.column(name) for name in ("data set", "expansion", "cost"))
    # Names of points that lie side by side stand above and below by turns.
    for place, (name, ratio, cost) in enumerate(zip(*columns, strict=True)):
        gsdp = name == "GSDP"
        text = f"{safe(str(name))}, MATH {best:g}" if gsdp else safe(str(name))
        made.add_scatter(
            x=[ratio], y=[cost], name=safe(str(name)), mode="markers+text", text=[text],
            textposition="bottom center" if place % 2 else "top center",
            marker={"size": 16 if gsdp else 11, "color": colours.kept if gsdp else colours.dropped},
        )  # fmt: skip
    shown = [point for point in own if point.cost > 0]
    for point in shown:
        made.add_scatter(
            x=[point.ratio], y=[point.cost], name=f"own: {safe(point.name)}", mode="markers+text",
            text=[f"own: {safe(point.name)}"], textposition="middle right",
            marker={"size": 13, "color": colours.edit, "symbol": "diamond"},
        )  # fmt: skip
    x, y = ([math.log10(getattr(point, name)) for point in shown] for name in ("ratio", "cost"))
    across, up = ([min([-0.3, *(v - 0.3 for v in at)]), max([top, *(v + 0.3 for v in at)])]
                  for at, top in ((x, 3), (y, 2.8)))  # fmt: skip
    made.update_xaxes(type="log", range=across, dtick=1, **_titled("problems per seed", colours))
    made.update_yaxes(type="log", range=up, dtick=1, **_titled("cost per item, 0.01 cent", colours))
    made.update_layout(showlegend=False)
    made.update_yaxes(showgrid=True, gridcolor=colours.line)
    return made


def safe(text: str) -> str:
    """Return text that Plotly shows as it is: its labels are a small HTML."""
    return html.escape(text, quote=False)


def _pens(series: Sequence[Series], colours: Tokens) -> list[str]:
    names = [one.name for one in series]
    if names == ["kept", "dropped"]:
        return [colours.kept, colours.dropped]
    if names == ["written", "kept"]:
        return [colours.dropped, colours.kept]
    if names == list(DEPTHS):
        return [colours.kept, fade(colours.kept, 0.45), colours.dropped]
    return [_pen(place, colours) for place in range(len(names))]


def _pen(place: int, colours: Tokens) -> str:
    return colours.areas[place % len(colours.areas)]


def _flow_pen(name: str, colours: Tokens) -> str:
    named = {"samples": colours.mute, "discarded": colours.dropped, "left out": colours.dropped}
    pairs = {"preference": colours.edit, "pairs": colours.edit}
    return (named | pairs).get(name, colours.kept)


def _titled(text: str, colours: Tokens) -> dict[str, object]:
    return {"title": safe(text), "title_font": {"size": 12, "color": colours.mute}}
