"""Dialogs of the rounds page: start the next round, compare two."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from engine import jobs, planning, recipes
from engine.errors import LemmaError
from engine.project import Project, engines
from engine.rounds import comparison
from engine.rounds.lineage import Outcome
from engine.store import Store
from studio.latex import escape, rich
from studio.looping import looping, standing
from studio.widgets.blocks import block_title

EXPERTS = ("expert_a", "expert_b", "arbiter")
_REPLAY = {"loss": "What was hard or forgotten", "none": "Nothing", "all": "All of the history"}
_LEARN = {"requests": "Answer requests", "solutions": "Solve questions", "both": "Both"}


@st.dialog("Start a round", width="large", icon=":material/autorenew:", on_dismiss="rerun")
def start_dialog(project: Project, store: Store) -> None:
    """Draw what a round needs: the model, the data, how many requests, who examines, what is measured."""
    here = standing(store, project)
    with st.form("rounds.start", border=False):
        left, right = st.columns(2, gap="medium")
        model = left.text_input("Model", str(here.get("model", "")), placeholder="Folder of M0")
        data = right.text_input("Fine-tuning data", str(here.get("data", "")), placeholder="Export folder, or .jsonl")
        requests = left.number_input("Requests", 10, 1_000_000, 500, 10)
        rounds = right.number_input("Rounds", 1, 10, 1, help="Several go on by themselves while accuracy rises.")
        replay = left.selectbox("Replay", list(_REPLAY), format_func=_REPLAY.__getitem__)
        learn = right.selectbox("Samples teach to", list(_LEARN), format_func=_LEARN.__getitem__)
        benchmarks = left.text_input("Benchmarks", placeholder="NAME=FILE, …", help="Separated by commas.")
        preset = right.selectbox("Hyperparameters", ["paper", "tiny"], help="`tiny` is for small models on a laptop.")
        roles = _experts(project)
        review = st.toggle("Wait for a person before sorting", False)
        more = st.text_input("More settings", placeholder="sft.epochs=1 server.server=transformers", help="KEY=VALUE")
        go = st.form_submit_button("Start", type="primary", icon=":material/rocket_launch:")
    if not go:
        return
    wanted = here | {
        "model": model.strip(),
        "data": data.strip(),
        "rounds": int(rounds),
        "replay": replay,
        "learn": learn,
        "preset": preset,
        "review": review,
        "benchmarks": tuple(each.strip() for each in benchmarks.split(",") if each.strip()),
    }
    try:
        changes = dict(each.split("=", 1) for each in more.split() if "=" in each)
        recipe = recipes.load("continual", {"items": str(int(requests))}, roles)
        planned = planning.loop(store, project, recipe, looping(wanted, changes))
        jobs.launch(planned.directory)
    except (LemmaError, OSError) as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    st.query_params["run"] = planned.plan.id
    st.rerun()


def _experts(project: Project) -> dict[str, str]:
    """Draw the models that examine; three different ones by default, as published."""
    start = recipes.load("continual").roles
    st.caption(f"Who examines · engines: {', '.join(engines(project))}")
    cells = st.columns(len(EXPERTS))
    return {
        role: cell.text_input(role.replace("_", " ").capitalize(), start[role], key=f"rounds.role.{role}")
        for role, cell in zip(EXPERTS, cells, strict=True)
    }


@st.dialog("Compare two rounds", width="large", icon=":material/compare_arrows:")
def compare_dialog(project: Project, rounds: Sequence[Outcome]) -> None:
    """Draw how the data of two rounds differ."""
    names = {f"M{place}": one for place, one in enumerate(rounds, start=1)}
    left, right = st.columns(2)
    first = left.selectbox("First", list(names), max(0, len(names) - 2))
    second = right.selectbox("Second", list(names), len(names) - 1)
    for change in comparison.data(folder_of(project, names[first]), folder_of(project, names[second])):
        what = {"train": "Learnt in the round", "candidates": "Fine-tuning data that came of it"}[change.name]
        block_title(what, f"{change.shared:,} in both")
        _facts(change, first, second)
        for text in change.only_second[:2]:
            with st.container(border=True):
                st.markdown(rich(text))


def _facts(change: comparison.DataChange, first: str, second: str) -> None:
    cells = st.columns(3)
    both = zip((first, second), (change.first, change.second), change.words, strict=True)
    for cell, (name, count, words) in zip(cells, both, strict=False):
        cell.metric(f"{name}, examples", f"{count:,}", f"{words:.0f} words", delta_color="off", delta_arrow="off")
    cells[2].metric(f"Only in {second}", f"{change.second - change.shared:,}")


def folder_of(project: Project, one: Outcome) -> Path:
    """Return the folder of a round's data."""
    return project.runs / one.run_id / "rounds" / str(one.number)
