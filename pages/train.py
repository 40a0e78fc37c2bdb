"""Train & evaluate: is the set safe to train on, does training work, and what is the model worth?"""

import streamlit as st

from engine import planning
from engine.core.errors import LemmaError
from engine.runs import launcher
from studio import workspace
from studio.parts.train.checks import train_checks
from studio.parts.train.evaluate import evaluate_view
from studio.parts.train.live import train_live
from studio.parts.train.plan import train_plan
from studio.parts.train.stages import METHODS, train_stages
from studio.text.markdown import escape
from studio.ui.blocks import failure, title_row
from studio.ui.run_controls import run_picker

VIEWS = {"train": "Train", "evaluate": "Evaluate"}

shared = workspace.workspace()
project, store = shared.project, shared.store
every = [run for run in store.runs.list() if (project.runs / run.id / "plan.json").exists()]
# The trainings of two stages are drawn within the run that started them.
inner = {f"{run.id}-{name}" for run in every if run.kind == "sft-dpo" for name in METHODS}
runs = [run for run in every if run.kind in ("train", "sft-dpo") and run.id not in inner]

asked = st.query_params.get("view", "train")
with title_row("Train & evaluate"):
    view = st.segmented_control(
        "View", list(VIEWS), default=asked if asked in VIEWS else "train", required=True,
        format_func=VIEWS.__getitem__, label_visibility="collapsed", key="train.view",
    )  # fmt: skip
st.query_params["view"] = view
if view == "evaluate":
    evaluate_view(project, store)
    st.stop()

checks, recipe, live = st.columns([1, 1, 1.5], gap="medium")
with recipe:
    wanted = train_plan(project, store)
with checks:
    stages, blocked = train_checks(wanted)
with recipe:
    if st.button(
        "Launch", icon=":material/rocket_launch:", type="primary", width="stretch", key="train.launch",
        disabled=bool(blocked), help=escape(blocked) or None,
    ):  # fmt: skip
        try:
            plan = planning.training if len(stages) == 1 else planning.two_stages
            planned = plan(store, project, *stages)
            launcher.launch(planned.directory)
        except (LemmaError, OSError) as error:
            failure(error, key="train.failed")
        else:
            st.query_params["run"] = planned.plan.id
            st.rerun()
    if blocked and stages:
        st.caption(escape(blocked))
with live:
    if not runs:
        st.markdown("**Nothing was trained yet**")
        st.caption("Choose a base model and an exported set, look at the list on the left, and launch.")
    else:
        run = run_picker(runs, project, st.query_params.get("run"), key="train.run")
        st.query_params["run"] = run.id
        if run.kind == "sft-dpo":
            train_stages(project, store, run)
        else:
            place = runs.index(run)
            earlier = next((each for each in runs[place + 1 :] if each.recipe == run.recipe), None)
            train_live(project, store, run, earlier)
