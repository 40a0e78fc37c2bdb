"""How near problems are to seeds and to each other, with where published sets lie."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from engine.core.records import Policy
from engine.curation.scores import BINS
from engine.curation.table import Floats, ScoreTable
from engine.reporting.seed_similarity import distribution
from studio.charts import BandedLine, draw, lines
from studio.parts.tune.limit_lines import SHARES, limit_lines
from studio.theme import fade, tokens

NEAR = {"seed_similarity": "nearest seed", "nearest_twin": "nearest other problem"}
_REFERENCES = (("GSDP", 0.55, 0.65), ("MathScale", 0.8, 0.9), ("MetaMath, MathCoder", 0.97, 1.0))
"""Published cosines to the nearest seed, each with the embedder of its paper."""


def nearness(table: ScoreTable, now: Policy, key: str) -> None:
    """Draw how near problems are to seeds or to each other, and the share of problems up to each cosine."""
    values: Floats = table.scores[key][np.isfinite(table.scores[key])]
    made, colours = distribution(values, BINS), tokens()
    figure = lines(
        [BandedLine("cumulative share", made.edges[1:].tolist(), made.cumulative.tolist(), colours.other)],
        x_title=f"Cosine to the {NEAR[key]}",
        height=340,
    )
    figure.add_bar(
        x=(made.edges[:-1] + made.edges[1:]) / 2, y=made.counts, name="problems", marker_color=colours.kept, yaxis="y2"
    )
    figure.update_layout(
        bargap=0.1,
        yaxis={"overlaying": "y2", "side": "right", "tickformat": ".0%", **SHARES, "showgrid": False},
        yaxis2={"side": "left", "gridcolor": colours.line},
    )
    limit_lines(figure, now, None, key)
    first = float(made.edges[np.flatnonzero(made.counts)[0]])
    figure.update_xaxes(range=[max(0.0, first - 0.05), 1.0])
    if key == "seed_similarity":
        _references(figure)
    finding = f"Half of the problems have a cosine of at most {np.median(values):.2f} to their {NEAR[key]}."
    draw(figure, key="tune.similarity", alt=finding)
    if key == "seed_similarity":
        st.caption("Shaded: published sets, measured with other embedders.")


def _references(figure: go.Figure) -> None:
    """Shade where published sets lie; names stand on two lines, because two of the sets are neighbours."""
    colours = tokens()
    for number, (name, low, high) in enumerate(_REFERENCES):
        figure.add_vrect(low, high, fillcolor=fade(colours.good, 0.12), line_width=0, layer="below")
        figure.add_annotation(
            x=high, y=1 - 0.07 * (number % 2), yref="paper", text=name, showarrow=False, xanchor="right",
            yanchor="top", font={"size": 11, "color": colours.mute},
        )  # fmt: skip
