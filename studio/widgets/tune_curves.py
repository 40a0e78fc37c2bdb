"""What a limit costs: a score's population with precision and recall over the same axis, and two policies compared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from engine.curation import policy as policies
from engine.curation.intervals import ENOUGH, Share, agreement
from engine.curation.policy import Selection
from engine.curation.scores import SCORES, grid
from engine.curation.table import ScoreTable
from engine.records import Policy
from studio import navigation
from studio.charts import Line, draw, histogram_strip, lines, two_sided
from studio.theme import tokens
from studio.widgets.blocks import block_title

STEPS = 41
THIN = 30


def curves_view(table: ScoreTable, now: Policy) -> None:
    """Draw the chosen score's population, and precision and recall as its limit moves."""
    used = [rule.score for rule in now.rules if np.isfinite(table.scores[rule.score]).any()]
    if not used:
        st.caption("No score is there yet.")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        key = st.selectbox("Score", used, format_func=lambda key: SCORES[key].label, key="tune.curve.score")
        _population(table, now, key)
        _precision(table, now, key)
    with right:
        _similarity(table)


def _population(table: ScoreTable, now: Policy, key: str) -> None:
    values = table.scores[key][np.isfinite(table.scores[key])]
    counts, edges = np.histogram(values, bins=40, range=(SCORES[key].low, SCORES[key].high))
    limit = next(rule.limit for rule in now.rules if rule.score == key)
    finding = f"{len(values):,} problems have a {SCORES[key].label.lower()}; their median is {np.median(values):.2f}."
    draw(histogram_strip(edges.tolist(), counts.tolist(), limit=limit), key="tune.population", alt=finding)


def _precision(table: ScoreTable, now: Policy, key: str) -> None:
    labels = int(np.count_nonzero(table.human >= 0))
    if labels < ENOUGH:
        st.markdown(f"{labels} labels. {ENOUGH} are needed to draw precision and recall.")
        if st.button(f"Label {ENOUGH - labels} more", icon=":material/fact_check:", key="tune.label"):
            navigation.go("review", queue="random")
        return
    limits = grid(key)[:: max(1, len(grid(key)) // STEPS)].tolist()
    found = [
        agreement(policies.apply(_with(now, key, limit), table, override=False).kept, table.human) for limit in limits
    ]
    colours = tokens()
    drawn = [
        _line("Precision", limits, [one.precision for one in found], colours.kept),
        _line("Recall", limits, [one.recall for one in found], colours.other),
    ]
    finding = f"Precision and recall over the limit of {SCORES[key].label.lower()}, from {labels} labels."
    draw(lines(drawn, x_title=SCORES[key].label), key="tune.precision", alt=finding)


def _with(now: Policy, key: str, limit: float) -> Policy:
    rules = tuple(replace(rule, limit=round(limit, 6), use=True) if rule.score == key else rule for rule in now.rules)
    return replace(now, rules=rules)


def _line(name: str, limits: list[float], shares: list[Share | None], colour: str) -> Line:
    there = [(limit, share) for limit, share in zip(limits, shares, strict=True) if share is not None]
    return Line(
        name,
        [limit for limit, _ in there],
        [share.value for _, share in there],
        colour,
        [share.low for _, share in there],
        [share.high for _, share in there],
    )


def _similarity(table: ScoreTable) -> None:
    """Draw how near problems are to seeds, and the share at or below each value."""
    block_title("Seed similarity", "share of problems at or below")
    values = np.sort(table.scores["seed_similarity"][np.isfinite(table.scores["seed_similarity"])])
    if not len(values):
        st.caption("Measured when a run ends.")
        return
    share = np.arange(1, len(values) + 1) / len(values)
    step = max(1, len(values) // 200)
    drawn = [Line("cumulative share", values[::step].tolist(), share[::step].tolist(), tokens().kept)]
    finding = f"Half of the problems have a cosine of at most {np.median(values):.2f} to their nearest seed."
    draw(lines(drawn, x_title="Cosine to the nearest seed"), key="tune.similarity", alt=finding)
    st.caption(
        "For reference, with other embedders: GSDP .55 to .65, MathScale .8 to .9, MetaMath and MathCoder near 1."
    )


def compare_view(table: ScoreTable, now: Selection, other: Selection, name: str) -> None:
    """Draw the two policies side by side, and the concepts that change most."""
    left, right = st.columns([1.2, 1], gap="medium")
    both = now.kept & other.kept
    with left:
        st.dataframe(
            pd.DataFrame(
                {
                    "": ["These limits (A)", f"{name} (B)", "Both"],
                    "Kept": [now.count, other.count, int(both.sum())],
                    "Precision": [_told(table, kept) for kept in (now.kept, other.kept, both)],
                    f"Concepts with {THIN}+": [_covered(table, kept) for kept in (now.kept, other.kept, both)],
                    "Mean difficulty": [_mean(table, "difficulty", kept) for kept in (now.kept, other.kept, both)],
                    "Mean nearest twin": [_mean(table, "nearest_twin", kept) for kept in (now.kept, other.kept, both)],
                }
            ),
            hide_index=True,
            placeholder="–",
        )
        only = int((now.kept & ~other.kept).sum()), int((other.kept & ~now.kept).sum())
        st.caption(f"{only[0]:,} only with these limits, {only[1]:,} only with {name}. The Rows view lists them.")
    with right:
        _changed(table, now, other)


def _told(table: ScoreTable, kept: np.ndarray) -> str:
    share = agreement(kept, table.human).precision
    return f"{share.value:.2f} ({share.low:.2f} – {share.high:.2f})" if share else "no labels"


def _per_concept(table: ScoreTable, kept: np.ndarray) -> np.ndarray:
    codes = table.concepts.codes[kept]
    return np.bincount(codes[codes < len(table.concepts.names)], minlength=len(table.concepts.names))


def _covered(table: ScoreTable, kept: np.ndarray) -> int:
    return int((_per_concept(table, kept) >= THIN).sum())


def _mean(table: ScoreTable, key: str, kept: np.ndarray) -> float | None:
    values = table.scores[key][kept]
    return round(float(np.nanmean(values)), 3) if np.isfinite(values).any() else None


def _changed(table: ScoreTable, now: Selection, other: Selection) -> None:
    block_title("Concepts that change most", "kept with these limits minus kept with the other")
    change = _per_concept(table, now.kept).astype(int) - _per_concept(table, other.kept).astype(int)
    rows = [int(row) for row in np.argsort(-np.abs(change), kind="stable")[:12] if change[row]]
    if not rows:
        st.caption("Both keep the same of every concept.")
        return
    names = [table.concepts.names[row] for row in rows]
    lost = [float(max(0, -change[row])) for row in rows]
    won = [float(max(0, change[row])) for row in rows]
    finding = f"{names[0]} changes most, by {change[rows[0]]:+d}."
    draw(two_sided(names, lost, won, ("fewer", "more")), key="tune.changed", alt=finding)
