"""A page with nothing but the lens over generated problems, and below it what the server makes of it."""

import json

import numpy as np
import streamlit as st

from engine.curation.lens_payload import payload
from engine.curation.policy import apply, gsdp, make
from engine.curation.table import ScoreTable
from studio.lens import LensRule, lens
from studio.parts.tune.policy import moved

st.set_page_config(layout="wide")
AREAS = ("Algebra", "Number theory", "Geometry", "Combinatorics", "Calculus", "Statistics", "Arithmetic", "Precalculus")


@st.cache_resource
def table(rows: int) -> tuple[ScoreTable, dict[str, str]]:
    draw = np.random.default_rng(11)
    areas = draw.integers(0, 8, 600)
    centres = draw.uniform(-1, 1, (8, 2))[areas] + draw.normal(0, 0.16, (600, 2))
    share = draw.pareto(1.2, 600) + 0.1
    concept = draw.choice(600, rows, p=share / share.sum())
    place = centres[concept] + draw.normal(0, 0.03, (rows, 2))
    judged = np.round(1 - draw.gamma(1.6, 0.09, rows).clip(0, 1), 2)
    human = np.full(rows, np.nan)
    looked = draw.choice(rows, rows // 80, replace=False)
    human[looked] = draw.random(len(looked)) < 0.2 + 0.6 * judged[looked]
    names = np.array([f"Concept {number} of {AREAS[area].lower()}" for number, area in enumerate(areas)])
    columns = {
        "id": np.array([f"P-{row:06d}" for row in range(rows)]),
        "judge_score": np.where(draw.random(rows) < 0.02, np.nan, judged),
        "solution_pass": (draw.random(rows) < 0.8).astype(float),
        "agreement": np.array([1 / 3, 2 / 3, 1.0])[draw.choice(3, rows, p=[0.15, 0.15, 0.7])],
        "difficulty": np.round(draw.beta(2, 2.2, rows), 2),
        "rarity": np.round(draw.gamma(2, 0.1, rows).clip(0, 1), 2),
        "seed_similarity": np.round(draw.beta(9, 4.5, rows), 2),
        "nearest_twin": np.round(draw.beta(10, 4, rows), 2),
        "contamination": np.round(draw.beta(1, 30, rows), 2),
        "human": human,
        "concept": names[concept],
        "x": place[:, 0],
        "y": place[:, 1],
    }
    return ScoreTable.of(columns), {str(name): AREAS[area] for name, area in zip(names, areas, strict=True)}


@st.cache_resource
def block(rows: int) -> bytes:
    made, areas = table(rows)
    return payload(made, gsdp(), areas)


rows = int(st.query_params.get("rows", "100000"))
start = gsdp()
order = st.session_state.setdefault("order", 0)
if st.button("Reset"):
    st.session_state.order = order = order + 1
if not st.toggle("Show the lens", value=True):
    st.stop()
rules = [LensRule(rule.score, rule.limit, rule.use, rule.if_missing) for rule in start.rules]
saved = [LensRule(rule.score, 0.9 if rule.score == "judge_score" else rule.limit, rule.use) for rule in rules]
said = lens(block(rows), key="tune_lens", rules=rules, order=order, compare=saved)
fresh = said.after == order
now = make("now", moved(start.rules, said.rules if fresh else ()))
shown = {
    "limits": {rule.score: rule.limit for rule in now.rules},
    "other": {rule.score: rule.limit for rule in said.other if fresh},
    "lasso": said.lasso,
    "concept": said.concept,
    "browser": said.kept if fresh else None,
    "exact": apply(now, table(rows)[0]).count,
}
st.code(json.dumps(shown), language=None)
