"""Judges asked about rows that people judged: the form, and the check that goes on."""

from __future__ import annotations

import streamlit as st

from engine import planning
from engine.core.project import Project, engines
from engine.learning.judging.program import CHECKED
from engine.planning.judge_checks import judges_of, judging_recipe
from engine.runs import launcher
from engine.store import RunNow, Store
from studio.text.markdown import escape
from studio.ui.blocks import block_title, faults_drawn
from studio.ui.run_controls import controls
from studio.ui.run_monitor import follow, run_head

_ROWS = 200


def no_figures(store: Store) -> str:
    """Return why nothing is said of this project's judges: no labels, or no verdicts to hold against them."""
    read = sum(count for how, count in store.labels.counts().items() if how not in ("second", "repeat"))
    if not read:
        return "No human labels yet. Decide some judged problems on the review desk: 50 are enough to start."
    rows = "1 row is labelled" if read == 1 else f"{read:,} rows are labelled"
    return (
        f"{rows}, but no judge of this project said pass or fail of a problem that holds a label. Ratings from 0 to 5 "
        "are no such verdicts."
    )


def check_form(project: Project, store: Store) -> None:
    """Draw the form that asks judges about rows of a file."""
    block_title("Check judges", "on rows that people judged")
    recipe = judging_recipe(project)
    with st.form("judges.form", border=False):
        files = st.text_area(
            "Files", placeholder="path/to/rows.jsonl", height=80, key="judges.files",
            help="One a line, FILE or NAME=FILE: ProcessBench, outputs with is_correct, GSM-Plus, or rows with "
            "statement, solution and good.",
        )  # fmt: skip
        models = st.multiselect(
            "Models", judges_of(recipe), judges_of(recipe)[:1], accept_new_options=True, key="judges.models",
            placeholder="ENGINE:MODEL",
        )  # fmt: skip
        st.caption(f"Engines: {escape(', '.join(engines(project)))}")
        cells = st.columns(2)
        names = cells[0].multiselect("Judges", list(CHECKED), key="judges.names", placeholder="All that fit")
        limit = cells[1].number_input(
            "Rows of each file", 0, 1_000_000, _ROWS, key="judges.limit", help="Drawn with equal chances; 0 for all."
        )
        go = st.form_submit_button("Check", type="primary", icon=":material/balance:")
    if not go:
        return
    with faults_drawn("judges"):
        named = [line.strip() for line in files.splitlines() if line.strip()]
        planned = planning.judge_check(store, project, named, models, names, int(limit), recipe.settings)
        launcher.launch(planned.directory)
        st.rerun()


def check_going(project: Project, runs: list[RunNow]) -> None:
    """Draw the newest check while it goes on, or where it could not end."""
    if not runs:
        return
    directory = project.runs / runs[0].id
    status = launcher.state(directory)
    if status.state == "finished" and not status.reason:
        return
    follow(directory, status.state, lambda now: run_head(runs[0].id, now))
    with st.container(horizontal=True):
        controls(directory, status)
