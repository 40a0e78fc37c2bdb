"""The dialog that starts a round."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from engine import planning
from engine.core.project import Project, engines
from engine.core.settings.training import AfterFall, Study
from engine.generation import recipes
from engine.learning.rounds.promotion import looping, standing
from engine.learning.rounds.promotion_state import Outcome
from engine.runs import launcher
from engine.store import Store
from studio.text.markdown import escape
from studio.ui.blocks import faults_drawn
from studio.ui.model_choice import model_choice

EXPERTS = ("expert_a", "expert_b", "arbiter")
_REPLAY = {"loss": "What was hard or forgotten", "none": "Nothing", "all": "All of the history"}
STUDIES: dict[Study, str] = {
    "both": "Self-play and experts",
    "self-play": "Self-play only",
    "agents": "Experts only",
    "sft": "Nobody: imitate all, prefer none",
}
"""Which examinations sort the samples of a round, in words."""
AFTER_FALL: dict[AfterFall, str] = {"stop": "Stop", "skip": "Skip it and go on from the model before"}
"""What a loop of several rounds does after one whose mean accuracy did not rise."""
_LEARN = {"requests": "Answer requests", "solutions": "Solve questions", "both": "Both"}


@st.dialog("Start a round", width="large", icon=":material/autorenew:", on_dismiss="rerun")
def start_dialog(project: Project, store: Store) -> None:
    """Draw what a round needs: the model, the data, how many requests, who examines, what is measured."""
    here = standing(store, project)
    with st.form("rounds.start", border=False):
        left, right = st.columns(2, gap="medium")
        with left:
            model = model_choice(project, "Model", "Folder of M0", start=str(here.get("model", "")))
        data = right.text_input("Fine-tuning data", str(here.get("data", "")), placeholder="Export folder, or .jsonl")
        requests = left.number_input("Requests", 10, 1_000_000, 500, 10)
        rounds = right.number_input("Rounds", 1, 10, 1, help="Several go on by themselves while accuracy rises.")
        replay = left.selectbox("Replay", list(_REPLAY), format_func=_REPLAY.__getitem__)
        learn = right.selectbox("Samples teach to", list(_LEARN), format_func=_LEARN.__getitem__)
        benchmarks = left.text_input("Benchmarks", placeholder="NAME=FILE, …", help="Separated by commas.")
        preset = right.selectbox("Hyperparameters", ["paper", "tiny"], help="`tiny` is for small models on a laptop.")
        study = left.selectbox(
            "Samples are examined by", list(STUDIES), format_func=STUDIES.__getitem__,
            help="The method used both; the others are its ablations (continual learning 4.2).",
        )  # fmt: skip
        judge = left.text_input(
            "Judge of held-out requests", placeholder="ENGINE:MODEL",
            help="Marks every model in eight dimensions on the 500 requests that nobody trains on; none where empty.",
        )  # fmt: skip
        after_fall = right.selectbox(
            "After a round that fell", list(AFTER_FALL), format_func=AFTER_FALL.__getitem__,
            help="Only where several rounds go on by themselves and benchmarks say what a round gained.",
        )  # fmt: skip
        roles = _experts(project)
        review = st.toggle("Wait for a person before sorting", False)
        best = st.toggle("Go on with the best checkpoint of each training", False, help="By two benchmarks; more time.")
        more = st.text_input("More settings", placeholder="sft.epochs=1 server.server=transformers", help="KEY=VALUE")
        go = st.form_submit_button("Start", type="primary", icon=":material/rocket_launch:")
    if not go:
        return
    wanted = here | {
        "model": model,
        "data": data.strip(),
        "rounds": int(rounds),
        "replay": replay,
        "learn": learn,
        "preset": preset,
        "review": review,
        "study": study,
        "after_fall": after_fall,
        "judge": judge.strip(),
        "best_checkpoint": best,
        "benchmarks": tuple(each.strip() for each in benchmarks.split(",") if each.strip()),
    }
    with faults_drawn("round"):
        changes = dict(each.split("=", 1) for each in more.split() if "=" in each)
        recipe = recipes.load("continual", {"items": str(int(requests))}, roles)
        planned = planning.loop(store, project, recipe, looping(wanted, changes))
        launcher.launch(planned.directory)
        st.query_params["run"] = planned.plan.id
        st.rerun()


def _experts(project: Project) -> dict[str, str]:
    """Draw the models that examine; three different ones by default, as published."""
    start = recipes.load("continual").roles
    st.caption(f"Who examines · engines: {escape(', '.join(engines(project)))}")
    cells = st.columns(len(EXPERTS))
    return {
        role: cell.text_input(role.replace("_", " ").capitalize(), start[role], key=f"rounds.role.{role}")
        for role, cell in zip(EXPERTS, cells, strict=True)
    }


def folder_of(project: Project, one: Outcome) -> Path:
    """Return the folder of a round's data."""
    return project.runs / one.run_id / "rounds" / str(one.number)
