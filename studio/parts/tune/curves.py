"""What a limit costs: precision and recall over a score's population, and how near problems are to seeds and twins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from engine.core.records import Policy
from engine.curation import policy as policies
from engine.curation.scores import BINS, SCORES, grid
from engine.curation.table import Floats, ScoreTable
from engine.curation.trust.reviewed import ENOUGH, LabelledShare, agreement
from engine.curation.whatif import Counts
from engine.reporting.seed_similarity import distribution
from studio import navigation
from studio.charts import BandedLine, draw, lines
from studio.theme import fade, tokens
from studio.ui.blocks import block_title

STEPS = 41
_NEAR = {"seed_similarity": "nearest seed", "nearest_twin": "nearest other problem"}
_REFERENCES = (("GSDP", 0.55, 0.65), ("MathScale", 0.8, 0.9), ("MetaMath, MathCoder", 0.97, 1.0))
"""Published cosines to the nearest seed, each with the embedder of its paper."""

_SHARES = {"range": [0, 1.02], "tickmode": "linear", "dtick": 0.2}
"""An axis of shares; left alone it would take its marks from the axis of counts."""


def curves_view(table: ScoreTable, counts: Counts, other: Policy | None) -> None:
    """Draw precision and recall as the chosen score's limit moves, and the nearness to seeds or twins."""
    now = counts.chosen.policy
    used = [rule.score for rule in now.rules if np.isfinite(table.scores[rule.score]).any()]
    if not used:
        st.caption("No score is there yet.")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        key = _choice("Precision and recall as the limit moves", used, "tune.curve.score")
        _precision(table, counts, other, key)
    with right:
        near = [key for key in _NEAR if np.isfinite(table.scores[key]).any()]
        if near:
            key = _choice("Cosine to the nearest", near, "tune.curve.near")
            _nearness(table, now, key)
        else:
            block_title("Cosine to the nearest seed")
            st.caption("Measured when a run ends.")


def _choice(title: str, keys: Sequence[str], key: str) -> str:
    """Draw a block title with a choice of scores beside it."""
    row = st.columns([2, 1], vertical_alignment="center")
    with row[0]:
        block_title(title)
    chosen: str = row[1].selectbox(
        "Score", keys, format_func=lambda one: SCORES[one].label, key=key, label_visibility="collapsed"
    )
    return chosen


def _precision(table: ScoreTable, counts: Counts, other: Policy | None, key: str) -> None:
    now = counts.chosen.policy
    labels = int(np.count_nonzero(table.label >= 0))
    drawn = _shares(table, now, key) if labels >= ENOUGH else []
    figure = lines(drawn, x_title=f"Limit of {SCORES[key].label.lower()}", height=300)
    _population(figure, counts, key, counted=not drawn)
    _limits(figure, now, other, key)
    if drawn:
        finding = f"Precision and recall over the limit of {SCORES[key].label.lower()}, from {labels} labels."
    else:
        values = table.scores[key][np.isfinite(table.scores[key])]
        label = SCORES[key].label.lower()
        finding = f"{len(values):,} problems have a {label}; their median is {np.median(values):.2f}."
    draw(figure, key="tune.precision", alt=finding)
    if not drawn:
        st.markdown(f"{labels} labels. {ENOUGH} are needed to draw precision and recall.")
        if st.button(f"Label {ENOUGH - labels} more", icon=":material/fact_check:", key="tune.label"):
            navigation.go("review", queue="random")


def _shares(table: ScoreTable, now: Policy, key: str) -> list[BandedLine]:
    """Return precision and recall with their intervals, asked of the labelled rows alone: no other row counts."""
    asked = table.rows(np.flatnonzero(table.label >= 0))
    limits = grid(key)[:: max(1, len(grid(key)) // STEPS)].tolist()
    found = [
        agreement(policies.apply(_with(now, key, limit), asked, override=False).kept, asked.label) for limit in limits
    ]
    colours = tokens()
    return [
        _line("precision", limits, [one.precision for one in found], colours.kept),
        _line("recall", limits, [one.recall for one in found], colours.other),
    ]


def _with(now: Policy, key: str, limit: float) -> Policy:
    rules = tuple(replace(rule, limit=round(limit, 6), use=True) if rule.score == key else rule for rule in now.rules)
    return replace(now, rules=rules, size=None)


def _line(name: str, limits: list[float], shares: list[LabelledShare | None], colour: str) -> BandedLine:
    there = [(limit, share) for limit, share in zip(limits, shares, strict=True) if share is not None]
    return BandedLine(
        name,
        [limit for limit, _ in there],
        [share.value for _, share in there],
        colour,
        [share.low for _, share in there],
        [share.high for _, share in there],
    )


def _population(figure: go.Figure, counts: Counts, key: str, *, counted: bool) -> None:
    """Add all problems as bars behind the lines, on a scale of their own."""
    edges = np.linspace(SCORES[key].low, SCORES[key].high, BINS + 1)
    figure.add_bar(
        x=(edges[:-1] + edges[1:]) / 2,
        y=counts.all_rows[list(SCORES).index(key)],
        name="all problems",
        marker_color=fade(tokens().dropped, 0.55),
        yaxis="y2",
    )
    # The axis that is written last lies on top: lines on the right scale would be behind the bars.
    figure.update_layout(
        bargap=0.1,
        yaxis={"overlaying": "y2", "side": "left", "visible": not counted, **_SHARES},
        yaxis2={"side": "right", "visible": counted, "showgrid": False, "tickfont": {"color": tokens().mute}},
    )


def _limits(figure: go.Figure, now: Policy, other: Policy | None, key: str) -> None:
    """Draw this policy's limit solid and the other one's dotted."""
    for policy, line in (
        (other, {"color": tokens().other, "width": 1.5, "dash": "dot"}),
        (now, {"color": tokens().ink}),
    ):
        for rule in policy.rules if policy else ():
            if rule.score == key and rule.use:
                figure.add_vline(rule.limit, line=line)


def _nearness(table: ScoreTable, now: Policy, key: str) -> None:
    """Draw how near problems are to seeds or to each other, and the share of problems up to each cosine."""
    values: Floats = table.scores[key][np.isfinite(table.scores[key])]
    made, colours = distribution(values, BINS), tokens()
    figure = lines(
        [BandedLine("cumulative share", made.edges[1:].tolist(), made.cumulative.tolist(), colours.other)],
        x_title=f"Cosine to the {_NEAR[key]}",
        height=300,
    )
    figure.add_bar(
        x=(made.edges[:-1] + made.edges[1:]) / 2, y=made.counts, name="problems", marker_color=colours.kept, yaxis="y2"
    )
    figure.update_layout(
        bargap=0.1,
        yaxis={"overlaying": "y2", "side": "right", "tickformat": ".0%", **_SHARES, "showgrid": False},
        yaxis2={"side": "left", "gridcolor": colours.line},
    )
    _limits(figure, now, None, key)
    first = float(made.edges[np.flatnonzero(made.counts)[0]])
    figure.update_xaxes(range=[max(0.0, first - 0.05), 1.0])
    if key == "seed_similarity":
        _references(figure)
    finding = f"Half of the problems have a cosine of at most {np.median(values):.2f} to their {_NEAR[key]}."
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
