"""Generate: what would this run cost and give, and how is it going?"""

import streamlit as st

from engine import jobs
from engine.plans import load_plan
from studio import drafts, house, navigation
from studio.drafts import Draft
from studio.launches import Launch
from studio.widgets.blocks import empty, failure, title_row
from studio.widgets.generate_forecast import DRY
from studio.widgets.generate_live import after, controls, monitor, run_picker, runs_of
from studio.widgets.generate_plan import GO, at_point, plan_editor
from studio.widgets.generate_trace import item_picker, totals, trace_steps, traced, wait_for_end

JOB, VIEW = "generate.job", "generate.view"
VIEWS = {"plan": "Plan", "dry": "Dry run", "live": "Live"}

project, store = house.house().project, house.store()


def begin(now: Draft, dry: int, reuse: tuple[str, ...]) -> None:
    """Start a run in the background."""
    st.session_state[JOB] = Launch(project, store, now.recipe, now.point, dry, () if dry else reuse).start()


def show(view: str) -> None:
    """Change to a view."""
    st.session_state[VIEW] = VIEWS[view]


def another(now: Draft) -> None:
    """Dry-run the same plan on another draw."""
    fresh = drafts.reseeded(now)
    drafts.keep(fresh)
    begin(fresh, DRY, ())


if place := st.session_state.pop(GO, ""):
    navigation.go(place, **({"build": "1"} if place == "graph" else {}))

job: Launch | None = st.session_state.get(JOB)
if job:
    job.wait(2.0)
if job and job.run_id:
    del st.session_state[JOB]
    show("dry" if job.dry else "live")
    st.query_params["run"] = job.run_id
    for note in job.notes:
        st.toast(note, icon=":material/info:")

asked = st.query_params.get("view", "live" if "run" in st.query_params else "plan")
if (point := st.query_params.get("point")) and VIEW not in st.session_state:
    drafts.keep(at_point(drafts.draft(), point))
st.session_state.setdefault(VIEW, VIEWS.get(asked, "Plan"))
with title_row("Generate"):
    chosen = st.segmented_control("View", list(VIEWS.values()), key=VIEW, required=True, label_visibility="collapsed")
# The control has been seen to say nothing at all, although it is required.
view = next((name for name, word in VIEWS.items() if word == chosen), "plan")
st.query_params["view"] = view

if job and job.running:

    @st.fragment(run_every="1s")
    def wait() -> None:
        """Look whether the run has begun."""
        st.caption(f":material/hourglass_empty: Drawing {job.dry or job.recipe.items:,} items.")
        if not job.running:
            st.rerun()

    wait()
    st.stop()
if job and job.error:
    failure(job.error, key="generate.failed")
    del st.session_state[JOB]

if view == "plan":
    plan_editor(project, store, begin)
    st.stop()

runs = runs_of(store, project, dry=view == "dry")
if not runs:
    what = "A dry run item by item" if view == "dry" else "A run while it goes on"
    why = "No dry run was made yet." if view == "dry" else "Nothing was launched yet."
    empty(what, why, "Plan a run", lambda: show("plan"), key=f"generate.{view}", icon=":material/auto_awesome:")
    st.stop()

left, right = st.columns([1, 2.6] if view == "dry" else [1, 1.4], gap="medium")
with left:
    run = run_picker(runs, project, st.query_params.get("run"), key=f"generate.{view}run")
st.query_params["run"] = run.id
directory = project.runs / run.id
status = jobs.state(directory)

if view == "live":
    with right.container(horizontal=True, horizontal_alignment="right"):
        controls(directory, status)
    monitor(store, directory, run.title)
    after(project, directory, status)
    st.stop()

items = traced(directory, status.done + status.failed, status.state, status.calls)
plan = load_plan(directory)
with left:
    wait_for_end(directory, status)
    item = item_picker(items, key=f"generate.item.{run.id}")
    st.caption(totals(items))
    planned = drafts.meant_by(plan)
    st.button(f"Another {DRY}", icon=":material/refresh:", key="generate.another", on_click=another, args=(planned,))
    if status.state == "finished":
        many = f"Launch {planned.recipe.items:,}"
        go = (planned, 0, (run.id,))
        st.button(many, icon=":material/rocket_launch:", type="primary", key="generate.go", on_click=begin, args=go)
with right:
    trace_steps(item)
