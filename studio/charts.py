"""Figures in the house style: ECharts and Plotly builders that take numbers and tokens, and decide nothing.

No title inside (the block title stands above), grid lines on the value axis only, no mode bar, no animation.
Every drawing function takes `alt`: one sentence with the finding, not the type of chart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from studio.text.figures import shown_as_text
from studio.theme import Tokens, fade, on, tokens

PLOTLY = {"displayModeBar": False, "scrollZoom": False}
MOST_POINTS = 240
"""Points of a line that is redrawn while a run goes on."""


@dataclass(frozen=True, slots=True)
class Track:
    """One score on its limit track. Values are in the score's own units; `limit` None where no rule is in use."""

    label: str
    low: float
    high: float
    value: float | None
    limit: float | None
    at_least: bool = True

    @property
    def passes(self) -> bool:
        """Whether the value keeps the rule; a missing value fails nothing."""
        if self.value is None or self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def share(self, value: float) -> float:
        """Return where a value lies between the ends of the track, 0 to 1."""
        return (value - self.low) / (self.high - self.low) if self.high > self.low else 0.0


@dataclass(frozen=True, slots=True)
class BandedLine:
    """A line over an axis, with the band of its interval where there is one."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    colour: str
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    dashed: bool = False


def draw(figure: go.Figure, *, key: str, alt: str) -> None:
    """Draw a Plotly figure, names as text; the fixed `key` updates it in place instead of building it again."""
    st.plotly_chart(shown_as_text(figure), key=key, theme="streamlit", config=PLOTLY, alt=alt)


def figure(height: int, colours: Tokens | None = None) -> go.Figure:
    """Return an empty figure in the house style."""
    now = colours or tokens()
    made = go.Figure()
    made.update_layout(
        height=height,
        margin={"l": 4, "r": 8, "t": 28, "b": 4},
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom", "title": None},
        bargap=0.28,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": now.ink, "size": 12},
        hoverlabel={"bgcolor": now.panel, "font": {"color": now.ink}, "bordercolor": now.line},
        dragmode=False,
        transition={"duration": 0},
    )
    axis = {"showgrid": False, "zeroline": False, "automargin": True, "tickfont": {"color": now.mute, "size": 11}}
    made.update_xaxes(**axis, linecolor=now.line)
    made.update_yaxes(**axis)
    return made


def bars(
    names: Sequence[str],
    series: Mapping[str, Sequence[float]],
    colours: Sequence[str],
    *,
    height: int = 240,
    horizontal: bool = False,
    stacked: bool = False,
) -> go.Figure:
    """Return bars of `series` (name to values, one per entry of `names`); overlaid unless `stacked`."""
    now = tokens()
    made = figure(height, now)
    for (name, values), colour in zip(series.items(), colours, strict=True):
        across = {"x": list(values), "y": list(names)} if horizontal else {"x": list(names), "y": list(values)}
        made.add_bar(**across, name=name, marker_color=colour, orientation="h" if horizontal else "v")
    made.update_layout(barmode="stack" if stacked else "overlay", showlegend=len(series) > 1)
    if horizontal:
        made.update_yaxes(autorange="reversed")
        made.update_xaxes(showgrid=True, gridcolor=now.line)
    else:
        made.update_yaxes(showgrid=True, gridcolor=now.line)
    return made


def funnel(stages: Mapping[str, int], *, height: int = 0) -> go.Figure:
    """Return a funnel as bars: stage name to count, in order, each with its share of the first."""
    now = tokens()
    first = max(next(iter(stages.values()), 0), 1)
    made = figure(height or 34 * max(len(stages), 2) + 20, now)
    made.add_bar(
        x=list(stages.values()),
        y=list(stages),
        orientation="h",
        marker_color=now.kept,
        text=[f"{count:,} ({count / first:.0%})" for count in stages.values()],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    made.update_yaxes(autorange="reversed")
    made.update_xaxes(visible=False, range=[0, first * 1.3])
    made.update_layout(showlegend=False, margin={"l": 4, "r": 8, "t": 4, "b": 4})
    return made


def histogram_strip(
    edges: Sequence[float],
    everything: Sequence[int],
    kept: Sequence[int] | None = None,
    *,
    limit: float | None = None,
    saved: float | None = None,
    height: int = 150,
) -> go.Figure:
    """Return a histogram of all rows with the kept ones before them and a limit line; B bars need B + 1 edges."""
    now = tokens()
    made = figure(height, now)
    middle = [(low + high) / 2 for low, high in pairwise(edges)]
    made.add_bar(x=middle, y=list(everything), marker_color=now.dropped, name="all")
    if kept is not None:
        made.add_bar(x=middle, y=list(kept), marker_color=now.kept, name="kept")
    if saved is not None:
        made.add_vline(saved, line={"color": now.other, "width": 1.5, "dash": "dot"})
    if limit is not None:
        made.add_vline(limit, line={"color": now.ink, "width": 2})
    made.update_layout(barmode="overlay", bargap=0.1, showlegend=kept is not None)
    made.update_yaxes(showgrid=True, gridcolor=now.line, nticks=4)
    return made


def lines(
    drawn: Sequence[BandedLine], *, x_title: str = "", height: int = 240, limit: float | None = None
) -> go.Figure:
    """Return lines with their interval bands; long lines are thinned to `MOST_POINTS`."""
    now = tokens()
    made = figure(height, now)
    for line in drawn:
        step = max(1, -(-len(line.x) // MOST_POINTS))
        if line.low is not None and line.high is not None:
            band_x = [*line.x[::step], *reversed(line.x[::step])]
            band_y = [*line.high[::step], *reversed(line.low[::step])]
            shade = fade(line.colour, 0.18)
            made.add_scatter(
                x=band_x,
                y=band_y,
                fill="toself",
                fillcolor=shade,
                line={"width": 0},
                hoverinfo="skip",
                showlegend=False,
            )
        made.add_scatter(
            x=list(line.x[::step]),
            y=list(line.y[::step]),
            mode="lines",
            name=line.name,
            line={"color": line.colour, "width": 2, "dash": "dot" if line.dashed else "solid"},
        )
    if limit is not None:
        made.add_vline(limit, line={"color": now.ink, "width": 2})
    made.update_xaxes(title=x_title or None, title_font={"size": 12, "color": now.mute})
    made.update_yaxes(showgrid=True, gridcolor=now.line)
    return made


def items_a_minute(
    minutes: Sequence[float], series: Mapping[str, Sequence[float]], *, forecast: float | None = None, height: int = 240
) -> go.Figure:
    """Return the pace of a run: minutes since its start, and items a minute per series. Short runs show seconds."""
    now = tokens()
    pens = (now.kept, now.good, now.edit, now.mute)
    brief = max(minutes, default=0.0) < 3
    at = [60 * minute for minute in minutes] if brief else minutes
    drawn = [BandedLine(name, at, list(values), pens[k % len(pens)]) for k, (name, values) in enumerate(series.items())]
    made = lines(drawn, x_title="seconds" if brief else "minutes", height=height)
    if forecast is not None:
        made.add_hline(forecast, line={"color": now.mute, "width": 1, "dash": "dash"})
    made.update_yaxes(rangemode="tozero")
    return made


def shares(parts: Mapping[str, float], *, height: int = 44, marks: Sequence[str] = ()) -> go.Figure:
    """Return one stacked bar of shares, in percent, each written into its part after its mark."""
    now = tokens()
    made = figure(height, now)
    colours = (*now.areas, *now.areas)
    for (name, share), colour, mark in zip(parts.items(), colours, (*marks, *[""] * len(parts)), strict=False):
        made.add_bar(
            x=[share],
            y=[""],
            orientation="h",
            name=name,
            marker_color=colour,
            text=[f"{mark if share >= 15 else ''}  {share:g} %".strip() if share >= 6 else ""],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            insidetextfont={"color": on(colour)},
            hovertemplate="%{fullData.name}: %{x:g} %<extra></extra>",
        )
    made.update_layout(barmode="stack", showlegend=False, margin={"l": 0, "r": 0, "t": 0, "b": 0}, bargap=0)
    made.update_xaxes(visible=False, range=[0, max(100.0, sum(parts.values()))])
    made.update_yaxes(visible=False)
    return made


def two_sided(
    names: Sequence[str], minus: Sequence[float], plus: Sequence[float], labels: tuple[str, str]
) -> go.Figure:
    """Return bars to both sides of zero: what only the second policy keeps, and what only the first keeps."""
    now = tokens()
    series = {labels[0]: [-abs(value) for value in minus], labels[1]: list(plus)}
    made = bars(names, series, (now.other, now.kept), horizontal=True, stacked=True, height=24 * len(names) + 60)
    made.update_layout(barmode="relative")
    return made


def echarts(option: dict[str, Any], *, key: str, height: int, alt: str, selectable: bool = False) -> Any:
    """Draw an ECharts option; with `selectable` the selection comes back."""
    return st.echarts_chart(option, key=key, height=height, alt=alt, on_select="rerun" if selectable else "ignore")
