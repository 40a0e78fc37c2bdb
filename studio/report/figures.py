"""Draws the charts of the report: a Plotly figure per shape, in the house style."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from itertools import pairwise
from math import isnan, log10

import plotly.graph_objects as go

from engine.reporting.shapes import Bars, Clouds, Curve, Dots, Flow, Heat, Panels, Series, Spread
from engine.reporting.topics import DEPTHS
from studio.charts import figure
from studio.text.figures import figure_text as safe
from studio.theme import Tokens, fade

HEIGHT = 270
LONG = 12
"""Length of a name from which bars lie down."""
_HATCHED = {"pattern": {"shape": "/", "size": 5, "solidity": 0.35}}
"""What papers report is drawn apart from what was measured here."""
MOST_NAMES = 5
"""Own points that have their names beside them; more of them tell theirs under the pointer."""
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
    for series, colour in zip(chart.series, _pens(chart.series, colours), strict=True):
        values = [None if isnan(value) else value for value in series.values]
        across = {"x": values, "y": names} if lying else {"x": names, "y": values}
        made.add_bar(
            **across, name=safe(series.name), orientation="h" if lying else "v",
            marker={"color": colour, **(_HATCHED if series.published else {})},
        )  # fmt: skip
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
            line={
                "color": colours.mute if series.published else _pen(place, colours),
                "width": 2,
                "dash": _DASHES[place % len(_DASHES)],
            },
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
    for band in chart.bands:
        made.add_vrect(
            x0=band.low, x1=band.high, fillcolor=colours.mute, opacity=0.14, line_width=0,
            annotation={"text": f"{safe(band.name)}, published", "font": {"size": 11, "color": colours.mute}},
            annotation_position="top left",
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
        hovertemplate=f"{safe(chart.row_title)} %{{y}}<br>{safe(chart.column_title)} %{{x}}"
        "<br>%{z:.3f}<extra></extra>",
    )  # fmt: skip
    made.update_xaxes(type="category", **_titled(chart.column_title, colours))
    made.update_yaxes(type="category", autorange="reversed", **_titled(chart.row_title, colours))
    return made


@drawn.register
def clouds(chart: Clouds, colours: Tokens) -> go.Figure:
    """One trace per set; seeds are open circles below the others."""
    return panels(Panels((("", chart),)), colours)


@drawn.register
def panels(chart: Panels, colours: Tokens) -> go.Figure:
    """The views side by side, one trace per set and view; a set has one colour and one entry in the legend."""
    made = figure(HEIGHT + 90, colours)
    names = list(dict.fromkeys(cloud.name for _, view in chart.views for cloud in view.clouds))
    wide = 1 / len(chart.views)
    for number, (title, view) in enumerate(chart.views):
        axis = str(number + 1) if number else ""
        for cloud in view.clouds:
            seeds = cloud.name == "seeds"
            pen = colours.mute if seeds else _pen(names.index(cloud.name) - ("seeds" in names), colours)
            made.add_scatter(
                x=cloud.x, y=cloud.y, name=safe(cloud.name), mode="markers", hoverinfo="name",
                xaxis=f"x{axis}", yaxis=f"y{axis}", legendgroup=safe(cloud.name), showlegend=not number,
                marker={"size": 8 if seeds else 6, "color": pen, "symbol": "circle-open" if seeds else "circle",
                        "opacity": 0.9 if seeds else 0.6},
            )  # fmt: skip
        span = [number * wide + (0.02 if number else 0), (number + 1) * wide - 0.02 * (number + 1 < len(chart.views))]
        made.update_layout({
            f"xaxis{axis}": {"domain": span, "anchor": f"y{axis}", "visible": False},
            f"yaxis{axis}": {"anchor": f"x{axis}", "visible": False},
        })  # fmt: skip
        if title:
            made.add_annotation(
                text=safe(title), x=span[0], y=0, xref="paper", yref="paper", showarrow=False, xanchor="left",
                yanchor="top", font={"size": 12, "color": colours.mute},
            )  # fmt: skip
    made.update_layout(margin_b=28, showlegend=True)
    return made


@drawn.register
def dots(chart: Dots, colours: Tokens) -> go.Figure:
    """One trace per thing: what a paper reports as grey diamonds, what was measured here as discs."""
    made = figure(HEIGHT + 60, colours)
    crowded = sum(not dot.published for dot in chart.dots) > MOST_NAMES
    # Names of points that lie side by side stand above and below by turns.
    for place, dot in enumerate(chart.dots):
        made.add_scatter(
            x=[dot.x], y=[dot.y], text=[safe(dot.name)], hovertemplate="%{text}<br>%{x}, %{y}<extra></extra>",
            mode="markers" if crowded and not dot.published else "markers+text",
            name=safe(f"{dot.name}, published" if dot.published else dot.name),
            textposition="bottom center" if place % 2 else "top center",
            textfont={"size": 11, "color": colours.mute if dot.published else colours.ink},
            marker={"size": 9 if dot.published else 13, "symbol": "diamond-open" if dot.published else "circle",
                    "color": colours.mute if dot.published else colours.kept},
        )  # fmt: skip
    scale = "log" if chart.log else "linear"
    more = {"dtick": 1} if chart.log else {}
    made.update_xaxes(
        type=scale, range=_room([dot.x for dot in chart.dots], chart.log), **more, **_titled(chart.x_title, colours)
    )
    made.update_yaxes(
        type=scale, range=_room([dot.y for dot in chart.dots], chart.log), showgrid=True, gridcolor=colours.line,
        **more, **_titled(chart.y_title, colours),
    )  # fmt: skip
    made.update_layout(showlegend=False, margin_l=64)
    return made


def _room(values: Sequence[float], log: bool) -> list[float]:
    """Return the ends of an axis with room for the names of points at its ends."""
    placed = [log10(value) if log else value for value in values]
    low, high = min(placed), max(placed)
    margin = 0.18 * (high - low) or 0.5
    return [low - margin, high + margin]


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


def _pens(series: Sequence[Series], colours: Tokens) -> list[str]:
    names = [one.name for one in series]
    if names == ["kept", "dropped"]:
        return [colours.kept, colours.dropped]
    if names == ["written", "kept"]:
        return [colours.dropped, colours.kept]
    if names == list(DEPTHS):
        return [colours.kept, fade(colours.kept, 0.45), colours.dropped]
    greys = iter((colours.mute, fade(colours.mute, 0.75), fade(colours.mute, 0.55), fade(colours.mute, 0.4)))
    return [next(greys) if one.published else _pen(place, colours) for place, one in enumerate(series)]


def _pen(place: int, colours: Tokens) -> str:
    return colours.areas[place % len(colours.areas)]


def _flow_pen(name: str, colours: Tokens) -> str:
    named = {"samples": colours.mute, "discarded": colours.dropped, "left out": colours.dropped}
    pairs = {"preference": colours.edit, "pairs": colours.edit}
    return (named | pairs).get(name, colours.kept)


def _titled(text: str, colours: Tokens) -> dict[str, object]:
    return {"title": safe(text), "title_font": {"size": 12, "color": colours.mute}}
